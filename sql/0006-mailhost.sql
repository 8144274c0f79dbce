-- What Postfix and Dovecot read (packaging/mailhost): which mailboxes there are, and what each may do now. Dates carry the phase, so
-- that a mailbox stops at Rome's midnight with no job run. They read views alone; Dovecot writes one table, how full mailboxes are.
-- They look an address up by its two parts, local and domain, as the indexes have it; `address` is there to be shown.

CREATE TABLE mailhost_alias (          -- addresses of the host's own (postmaster@…): no mailbox may have them
  address TEXT PRIMARY KEY,            -- lower case
  target  TEXT NOT NULL                -- where their mail goes
);
CREATE INDEX mailhost_alias_parts ON mailhost_alias ((substr(address, 1, instr(address, '@') - 1)), (substr(address, instr(address, '@') + 1)));

CREATE VIEW mailhost_redirect AS       -- the same in parts
SELECT address, substr(address, 1, instr(address, '@') - 1) AS local, substr(address, instr(address, '@') + 1) AS domain,
       substr(target, 1, instr(target, '@') - 1) AS to_local, substr(target, instr(target, '@') + 1) AS to_domain FROM mailhost_alias;

CREATE TABLE mailhost_usage (          -- how full each is, as Dovecot says whenever that changes (its dictionary "usage")
  address  TEXT PRIMARY KEY,           -- lower case
  bytes    BIGINT NOT NULL DEFAULT 0,
  messages BIGINT NOT NULL DEFAULT 0
);

-- The day in Rome, as mailbox counts days; on a simulated database, where its clock stands. SQLite knows no zones: summer time
-- runs from 01:00 UTC of the last Sunday of March to that of October (Directive 2000/84/EC).
:sqlite CREATE VIEW mailhost_clock AS SELECT CASE simulated WHEN 1 THEN clock_us / 1000000 ELSE unixepoch() END AS second FROM db_meta;
:sqlite CREATE VIEW mailhost_today AS SELECT (second + 3600 + CASE WHEN second >= unixepoch(strftime('%Y', second, 'unixepoch') || '-04-01 01:00:00', 'weekday 0', '-7 days') AND second < unixepoch(strftime('%Y', second, 'unixepoch') || '-11-01 01:00:00', 'weekday 0', '-7 days') THEN 3600 ELSE 0 END) / 86400 AS day FROM mailhost_clock;
:postgres CREATE VIEW mailhost_today AS SELECT ((CASE simulated WHEN 1 THEN to_timestamp(clock_us / 1000000) ELSE now() END AT TIME ZONE 'Europe/Rome')::date - DATE '1970-01-01')::bigint AS day FROM db_meta;

CREATE VIEW mailhost_box AS            -- every mailbox that is not deleted, and what it may do today (DOMAIN §3.2, P7)
SELECT m.id AS id, m.address AS address, m.local AS local, d.name AS domain,
       CASE m.password_hash WHEN '' THEN NULL ELSE '{ARGON2ID}' || m.password_hash END AS password,
       m.quota_mb AS quota_mb,
       CASE WHEN m.status = 'live' AND t.day <= m.read_until THEN 1 ELSE 0 END AS may_read,
       CASE WHEN m.status = 'live' AND t.day <= m.receive_until THEN 1 ELSE 0 END AS may_receive,
       CASE WHEN m.status = 'live' AND t.day <= m.send_until THEN 1 ELSE 0 END AS may_send
FROM mailbox m JOIN word d ON d.id = m.domain_no CROSS JOIN mailhost_today t WHERE m.status <> 'deleted';

CREATE VIEW mailhost_address AS        -- the same without passwords: what Postfix is shown
SELECT m.address AS address, m.local AS local, d.name AS domain
FROM mailbox m JOIN word d ON d.id = m.domain_no WHERE m.status <> 'deleted';

CREATE VIEW mailhost_recipient AS      -- whose mail is refused, so that nobody is told it was delivered
SELECT address, local, domain, '550 5.2.1 Casella non attiva: il messaggio non viene consegnato. Mailbox not active: the message is not delivered.' AS action
FROM mailhost_box WHERE may_receive = 0
UNION ALL                              -- and those of the host's own addresses whose mail goes to such a one
SELECT a.address, a.local, a.domain, '550 5.2.1 Indirizzo non attivo: il messaggio non viene consegnato. Address not active: the message is not delivered.'
FROM mailhost_redirect a JOIN mailhost_box b ON b.local = a.to_local AND b.domain = a.to_domain WHERE b.may_receive = 0;

CREATE VIEW mailhost_sender AS         -- who is known and may not send
SELECT address, local, domain, '550 5.7.1 Casella scaduta o non attiva: per inviare va rinnovata. Mailbox expired or not active: renew it to send.' AS action
FROM mailhost_box WHERE may_send = 0;

CREATE VIEW mailhost_stranger AS       -- addresses that nobody outside may say a message is from
SELECT address, local, domain, '550 5.7.1 Mittente di questo gestore: inviare con le proprie credenziali. Sender belongs here: log in to send.' AS action
FROM mailhost_address
UNION ALL
SELECT address, local, domain, '550 5.7.1 Mittente di questo gestore: inviare con le proprie credenziali. Sender belongs here: log in to send.'
FROM mailhost_redirect;
