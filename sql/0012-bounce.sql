-- Addresses of customers from which our mails come back (DOMAIN §3.9).

CREATE TABLE contact_bounce (
  id         :id,
  brand      TEXT   NOT NULL,
  address    TEXT   NOT NULL,          -- as we wrote to it
  since      BIGINT NOT NULL,
  last_at    BIGINT NOT NULL,
  times      BIGINT NOT NULL,          -- mails that came back since then
  status     TEXT   NOT NULL,          -- of the last one: 5.1.1 (RFC 3463)
  said       TEXT   NOT NULL,          -- the other server's words
  outbox_id  BIGINT NOT NULL REFERENCES outbox (id), -- the mail
  mailbox_id BIGINT REFERENCES mailbox_row (id), -- which the mail was about, where that is known
  UNIQUE (brand, address)
);

-- Which notice a mail was that came back.
CREATE INDEX notice_outbox ON notice (outbox_id) WHERE outbox_id IS NOT NULL;
