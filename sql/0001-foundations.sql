-- One text for both engines. `:id` is an auto-numbered primary key, `:bytes` a binary column.
-- Checks of what a word may be are spelled with OR: for an IN of three words or more SQLite builds a table at every write.
-- Days are civil dates as days since 1970-01-01; instants are microseconds of UTC; money is whole cents.

CREATE TABLE account (                 -- who logs in to the shop (DOMAIN R12); not necessarily a holder
  id            :id,
  brand         TEXT   NOT NULL,
  email         TEXT   NOT NULL,       -- lower case
  user_name     TEXT   NOT NULL DEFAULT '', -- lower case, no '@'; '' none. Not a mailbox's user_id (R85)
  name          TEXT   NOT NULL,
  password_hash TEXT   NOT NULL,       -- argon2id; '' until one is set
  language      TEXT   NOT NULL DEFAULT 'it',
  created_at    BIGINT NOT NULL,
  proved_at     BIGINT,                -- when its e-mail was proved by a link; NULL: an account made by staff
  UNIQUE (brand, email)
);
CREATE UNIQUE INDEX account_user_name ON account (brand, user_name) WHERE user_name <> '';

CREATE TABLE holder (                  -- titolare: whose tax code owns the address
  id            :id,
  brand         TEXT   NOT NULL,
  kind          TEXT   NOT NULL CHECK (kind = 'person' OR kind = 'freelance' OR kind = 'sole_trader' OR kind = 'company' OR kind = 'public_body'),
  name          TEXT   NOT NULL,
  tax_code      TEXT   NOT NULL,
  vat_number    TEXT   NOT NULL,
  contact_email TEXT   NOT NULL,       -- email di riferimento: where notices go
  street        TEXT   NOT NULL,
  postcode      TEXT   NOT NULL,
  city          TEXT   NOT NULL,
  province      TEXT   NOT NULL,
  country       TEXT   NOT NULL,
  sdi_code      TEXT   NOT NULL,
  sdi_pec       TEXT   NOT NULL
);

CREATE TABLE word (                    -- a text that very many mailboxes have in common, and its number, which they keep instead
  id   :id,
  name TEXT   NOT NULL UNIQUE
);

-- What is written. Its brand and the domain of its address are numbers of `word`: no foreign keys, for every mailbox would lock the same
-- few rows. Reading is from `mailbox` below; but a brand or an address is looked for here, by the macros of store/mailbox.h.
CREATE TABLE mailbox_row (
  id               :id,
  brand_no         BIGINT NOT NULL,
  local            TEXT   NOT NULL,    -- of the address, what stands before the '@'; lower case
  domain_no        BIGINT NOT NULL,    -- … and after it
  user_id          TEXT   NOT NULL,    -- the provider's identifier, not an account's name (R85)
  holder_id        BIGINT NOT NULL REFERENCES holder (id),
  account_id       BIGINT REFERENCES account (id), -- which shop account sees it
  plan             TEXT   NOT NULL,
  extra_gb         BIGINT NOT NULL DEFAULT 0,
  extra_archive_gb BIGINT NOT NULL DEFAULT 0,
  used_mb          BIGINT NOT NULL DEFAULT 0, -- as the mail host last told, on used_on; DAY 0: it never did
  used_archive_mb  BIGINT NOT NULL DEFAULT 0,
  used_on          BIGINT NOT NULL DEFAULT 0,
  quota_mb         BIGINT NOT NULL DEFAULT 0, -- what the plan and the extra space make; the mail server holds it to that
  password_hash    TEXT   NOT NULL,    -- argon2id; '' where the provider alone knows it
  status           TEXT   NOT NULL CHECK (status = 'live' OR status = 'suspended' OR status = 'ceased' OR status = 'deleted'),
  activated_on     BIGINT NOT NULL,
  first_expires_on BIGINT NOT NULL,    -- the end of the first term that we know of; later ends are recomputed from it
  expires_on       BIGINT NOT NULL,    -- last day of service, inclusive (D1)
  anchor_day       BIGINT NOT NULL CHECK (anchor_day BETWEEN 1 AND 31), -- D3
  send_until       BIGINT NOT NULL,    -- the phase, as dates: DESIGN 1.7
  receive_until    BIGINT NOT NULL,
  read_until       BIGINT NOT NULL,
  renew_until      BIGINT NOT NULL,
  auto_renew       BIGINT NOT NULL DEFAULT 0,
  convention       TEXT   NOT NULL DEFAULT '',
  domain           TEXT   NOT NULL DEFAULT '',
  open_order_id    BIGINT              -- the one unpaid renewal order, if any (D10)
);
CREATE UNIQUE INDEX mailbox_live_address ON mailbox_row (local, domain_no) WHERE status <> 'deleted';
CREATE INDEX mailbox_account ON mailbox_row (account_id, expires_on) WHERE account_id IS NOT NULL;
CREATE INDEX mailbox_expiry ON mailbox_row (brand_no, expires_on, plan, convention) WHERE status <> 'ceased' AND status <> 'deleted'; -- the day's turn; reports
CREATE INDEX mailbox_ceased ON mailbox_row (brand_no, expires_on) WHERE status = 'ceased';

-- No joins in it, so that it can stand wherever a table can at no more cost than the columns that are read.
CREATE VIEW mailbox AS
SELECT id, (SELECT name FROM word WHERE word.id = m.brand_no) AS brand,
       m.local || '@' || (SELECT name FROM word WHERE word.id = m.domain_no) AS address,
       brand_no, local, domain_no, user_id, holder_id, account_id, plan, extra_gb, extra_archive_gb, used_mb, used_archive_mb, used_on, quota_mb,
       password_hash, status, activated_on, first_expires_on, expires_on, anchor_day, send_until, receive_until, read_until, renew_until,
       auto_renew, convention, domain, open_order_id
FROM mailbox_row m;

-- The same in both engines: where `part` begins in `whole`, from 1; 0: nowhere.
:postgres CREATE FUNCTION instr(whole text, part text) RETURNS integer LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE RETURN strpos(whole, part);

CREATE TABLE shop_order (
  id              :id,
  brand           TEXT   NOT NULL,
  code            TEXT   UNIQUE,       -- what the customer copies; made from the id, hence set right after
  kind            TEXT   NOT NULL CHECK (kind = 'renewal' OR kind = 'renewal_with_change' OR kind = 'wallet_topup' OR kind = 'purchase' OR kind = 'bulk' OR kind = 'extra_space'),
  state           TEXT   NOT NULL CHECK (state = 'confirmed' OR state = 'paid' OR state = 'invoiced' OR state = 'in_process' OR state = 'fulfilled' OR state = 'cancelled' OR state = 'lapsed' OR state = 'refunded'),
  account_id      BIGINT REFERENCES account (id), -- who placed it, where that was an account
  mailbox_id      BIGINT REFERENCES mailbox_row (id), -- the mailbox it is about, or the first of several
  door            TEXT   NOT NULL,     -- portal, api, cli
  language        TEXT   NOT NULL,
  form_token      TEXT   UNIQUE,       -- of the form that placed it: a replayed form finds it again
  net_cents       BIGINT NOT NULL,
  vat_cents       BIGINT NOT NULL,
  gross_cents     BIGINT NOT NULL CHECK (gross_cents = net_cents + vat_cents),
  vat_rate_bp     BIGINT NOT NULL,
  vat_nature      TEXT   NOT NULL DEFAULT '', -- Natura of a sale without VAT, and the law that says so; '' with VAT
  vat_law         TEXT   NOT NULL DEFAULT '',
  split_payment   BIGINT NOT NULL DEFAULT 0,  -- 1: the customer pays the VAT to the state, by the day it was placed on
  due_cents       BIGINT GENERATED ALWAYS AS (CASE split_payment WHEN 1 THEN net_cents ELSE gross_cents END) STORED,
  payment_method  TEXT   NOT NULL,     -- chosen; once settled, the one it was paid by
  terms_version   TEXT   NOT NULL,     -- what was accepted, by version and hash
  terms_sha256    TEXT   NOT NULL,
  billing_kind    TEXT   NOT NULL,
  billing_name    TEXT   NOT NULL,
  billing_tax_code   TEXT NOT NULL,
  billing_vat_number TEXT NOT NULL,
  billing_street  TEXT   NOT NULL,
  billing_postcode TEXT  NOT NULL,
  billing_city    TEXT   NOT NULL,
  billing_province TEXT  NOT NULL,
  billing_country TEXT   NOT NULL,
  billing_sdi_code TEXT  NOT NULL,
  billing_sdi_pec TEXT   NOT NULL,
  billing_email   TEXT   NOT NULL,
  confirmed_at    BIGINT NOT NULL,
  lapses_on       BIGINT NOT NULL,     -- the last day on which it may be paid (O10)
  settled_at      BIGINT,
  settled_on      BIGINT,              -- the tax point: the day the bank booked the credit, the provider authorised it …
  settled_by      TEXT   NOT NULL DEFAULT '', -- what settled it: bank:17, payment:5, cheque:2, proof:3, held:4
  provisional     BIGINT NOT NULL DEFAULT 0,  -- 1: settled on a proof of payment, the money not yet seen (P21)
  cancelled_at    BIGINT
);
CREATE INDEX order_account ON shop_order (account_id, id);
CREATE INDEX order_mailbox ON shop_order (mailbox_id, id);
CREATE INDEX order_open ON shop_order (lapses_on) WHERE state = 'confirmed';

CREATE TABLE order_line (
  order_id       BIGINT NOT NULL REFERENCES shop_order (id),
  line           BIGINT NOT NULL,      -- from 1
  kind           TEXT   NOT NULL CHECK (kind = 'renewal' OR kind = 'space' OR kind = 'upgrade_residue' OR kind = 'space_residue' OR kind = 'topup' OR kind = 'purchase' OR kind = 'extra_space' OR kind = 'late_fee'),
  mailbox_id     BIGINT REFERENCES mailbox_row (id), -- none for a top-up, and for a purchase until it is activated
  description    TEXT   NOT NULL,      -- as it will stand on the invoice
  quantity       BIGINT NOT NULL,
  unit_cents     BIGINT NOT NULL,
  net_cents      BIGINT NOT NULL,
  plan           TEXT   NOT NULL,      -- of a renewal: what the mailbox will have
  extra_gb       BIGINT NOT NULL,
  extra_archive_gb BIGINT NOT NULL DEFAULT 0,
  old_plan       TEXT   NOT NULL DEFAULT '', -- of a renewal: what it had, in case it is taken back
  old_extra_gb   BIGINT NOT NULL DEFAULT 0,
  old_extra_archive_gb BIGINT NOT NULL DEFAULT 0,
  years          BIGINT NOT NULL,      -- 0 for the other kinds
  from_day       BIGINT NOT NULL,      -- period of service; 0 of a purchase, whose term begins when it is activated
  to_day         BIGINT NOT NULL,
  old_expires_on BIGINT NOT NULL,
  new_expires_on BIGINT NOT NULL,
  fulfilled_at   BIGINT,
  PRIMARY KEY (order_id, line)
);
CREATE INDEX order_line_mailbox ON order_line (mailbox_id);

CREATE TABLE bank_statement (
  id           :id,
  account      TEXT   NOT NULL,        -- the IBAN it is about
  name         TEXT   NOT NULL,        -- the bank's identifier of the statement
  format       TEXT   NOT NULL,        -- camt.053.001.08
  opening      TEXT   NOT NULL,        -- signed decimal text as the bank wrote it, '' where absent
  closing      TEXT   NOT NULL,
  booked_cents BIGINT NOT NULL,        -- sum of all booked entries, debits negative
  entries      BIGINT NOT NULL,
  balanced     BIGINT NOT NULL DEFAULT 1, -- 0: its balances do not add up; booked with a warning
  imported_at  BIGINT NOT NULL
);

CREATE TABLE bank_entry (              -- a booked credit; nothing else is money
  id             :id,
  statement_id   BIGINT NOT NULL REFERENCES bank_statement (id),
  fingerprint    TEXT   NOT NULL UNIQUE, -- so that overlapping statements book it once
  account        TEXT   NOT NULL,
  amount_cents   BIGINT NOT NULL,
  currency       TEXT   NOT NULL,
  booked_on      BIGINT NOT NULL,
  value_on       BIGINT NOT NULL,
  debtor         TEXT   NOT NULL,
  debtor_iban    TEXT   NOT NULL,
  bank_reference TEXT   NOT NULL,
  end_to_end_id  TEXT   NOT NULL DEFAULT '',
  remittance     TEXT   NOT NULL,
  state          TEXT   NOT NULL CHECK (state = 'matched' OR state = 'held' OR state = 'refunded' OR state = 'placed'),
  held_reason    TEXT   NOT NULL,      -- '' unless it is or was held
  placed_cents   BIGINT NOT NULL DEFAULT 0, -- of what was held: the desk found where it belongs; all of it: placed
  order_id       BIGINT REFERENCES shop_order (id) -- matched with, or about which it is held
);
CREATE INDEX bank_entry_held ON bank_entry (state, id);
CREATE INDEX bank_entry_like ON bank_entry (account, booked_on, amount_cents); -- one movement in two formats
CREATE INDEX bank_statement_format ON bank_statement (account, format);
CREATE INDEX bank_entry_order ON bank_entry (order_id);

CREATE TABLE ledger_entry (            -- double entry; rows are only ever inserted; each transaction sums to zero
  id             :id,
  transaction_id TEXT   NOT NULL,      -- what caused it: 'bank:17', 'invoice:3'
  account        TEXT   NOT NULL,      -- bank:IBAN, gateway:PROVIDER:BRAND, cheques:BRAND, provisional:BRAND, wallet:ACCOUNT_ID,
                                       -- order:ID, held:ACCOUNT, held:gateway:PROVIDER:BRAND, held:cheques:BRAND, refunds:BRAND (decided,
                                       -- not yet done), outgoing:BRAND, chargebacks:BRAND (taken from us), revenue:BRAND, vat:BRAND
  amount_cents   BIGINT NOT NULL,      -- debit positive, credit negative
  at             BIGINT NOT NULL
);
CREATE INDEX ledger_transaction ON ledger_entry (transaction_id);

CREATE TABLE invoice_series (          -- the next number of each series
  brand       TEXT   NOT NULL,
  kind        TEXT   NOT NULL,         -- credit notes have numbers of their own
  year        BIGINT NOT NULL,
  last_number BIGINT NOT NULL,
  last_on     BIGINT NOT NULL,         -- numbers and dates go up together
  PRIMARY KEY (brand, kind, year)
);

CREATE TABLE invoice (                 -- immutable once issued; what it says is in its order
  id         :id,
  brand      TEXT   NOT NULL,
  year       BIGINT NOT NULL,
  number     BIGINT NOT NULL,
  kind       TEXT   NOT NULL DEFAULT 'invoice' CHECK (kind = 'invoice' OR kind = 'credit_note'),
  order_id   BIGINT NOT NULL REFERENCES shop_order (id),
  corrects_id BIGINT REFERENCES invoice (id), -- of a credit note
  reason     TEXT   NOT NULL DEFAULT '',      -- of a credit note, as it stands on it
  issued_on  BIGINT NOT NULL,
  paid_on    BIGINT NOT NULL,
  vat_rate_bp BIGINT NOT NULL,
  net_cents  BIGINT NOT NULL,
  vat_cents  BIGINT NOT NULL,
  gross_cents BIGINT NOT NULL,
  split_payment BIGINT NOT NULL DEFAULT 0, -- 1: by the tax point, the customer pays the VAT to the state
  due_cents  BIGINT GENERATED ALWAYS AS (CASE split_payment WHEN 1 THEN net_cents ELSE gross_cents END) STORED, -- what he pays us
  issued_at  BIGINT NOT NULL,
  UNIQUE (brand, kind, year, number)
);
CREATE UNIQUE INDEX invoice_order ON invoice (order_id) WHERE kind = 'invoice';
CREATE INDEX invoice_corrects ON invoice (corrects_id) WHERE kind = 'credit_note';

CREATE TABLE invoice_file (            -- the electronic invoice, written once by the worker; again only where SdI rejected it
  invoice_id BIGINT NOT NULL REFERENCES invoice (id),
  attempt    BIGINT NOT NULL DEFAULT 1,
  name       TEXT   NOT NULL UNIQUE,   -- IT…_….xml: never used twice
  bytes      :bytes NOT NULL,
  sha256     TEXT   NOT NULL,
  PRIMARY KEY (invoice_id, attempt)
);

CREATE TABLE event (                   -- who, when, what, from which door; append-only
  id         :id,
  at         BIGINT NOT NULL,
  brand      TEXT   NOT NULL,
  door       TEXT   NOT NULL,          -- portal, api, cli, job
  actor      TEXT   NOT NULL,          -- account:1, mailbox:7, key:2, system
  kind       TEXT   NOT NULL,          -- order.confirmed
  order_id   BIGINT,
  mailbox_id BIGINT,
  data       TEXT   NOT NULL           -- JSON
);
CREATE INDEX event_order ON event (order_id);
CREATE INDEX event_mailbox ON event (mailbox_id);

CREATE TABLE event_seal (              -- the hash chain over events, in the order in which they were sealed
  seq      BIGINT PRIMARY KEY,         -- gapless from 1
  event_id BIGINT NOT NULL UNIQUE REFERENCES event (id),
  hash     TEXT   NOT NULL             -- SHA-256 of the hash before and the event
);

CREATE TABLE outbox (                  -- what must happen outside: written in the deciding transaction, done later
  id           :id,
  brand        TEXT   NOT NULL,
  kind         TEXT   NOT NULL,        -- mail, invoice_file
  template     TEXT   NOT NULL,        -- of a mail
  recipient    TEXT   NOT NULL,
  language     TEXT   NOT NULL,
  order_id     BIGINT,
  data         TEXT   NOT NULL,        -- JSON: what is not in the order; secrets of links while the row waits
  state        TEXT   NOT NULL CHECK (state = 'waiting' OR state = 'leased' OR state = 'done' OR state = 'dead'),
  attempts     BIGINT NOT NULL,
  due_at       BIGINT NOT NULL,        -- when waiting: not before; when leased: until then
  lease        TEXT   NOT NULL,        -- who holds it
  last_error   TEXT   NOT NULL,
  created_at   BIGINT NOT NULL,
  done_at      BIGINT
);
CREATE INDEX outbox_due ON outbox (state, due_at);
CREATE INDEX outbox_order ON outbox (order_id);

CREATE TABLE session (
  token_hash TEXT   PRIMARY KEY,       -- SHA-256 of the cookie; the token itself is nowhere
  brand      TEXT   NOT NULL,
  account_id BIGINT REFERENCES account (id),
  mailbox_id BIGINT REFERENCES mailbox_row (id), -- logged in with the mailbox's own password (R11)
  created_at BIGINT NOT NULL,
  seen_at    BIGINT NOT NULL
);
CREATE INDEX session_seen ON session (seen_at);

CREATE TABLE throttle (                -- failures by account name and by address
  key        TEXT   PRIMARY KEY,
  failures   BIGINT NOT NULL,
  last_at    BIGINT NOT NULL
);

CREATE TABLE reset_link (              -- a password is chosen, or chosen anew: single use, short-lived
  token_hash TEXT   PRIMARY KEY,
  account_id BIGINT REFERENCES account (id),
  mailbox_id BIGINT REFERENCES mailbox_row (id),
  expires_at BIGINT NOT NULL,
  used_at    BIGINT,
  CHECK ((account_id IS NULL) <> (mailbox_id IS NULL)) -- of one of the two
);

CREATE TABLE cart_line (
  owner      TEXT   NOT NULL,          -- account:1 or mailbox:7
  mailbox_id BIGINT NOT NULL REFERENCES mailbox_row (id),
  years      BIGINT NOT NULL,
  plan       TEXT   NOT NULL,
  extra_gb   BIGINT NOT NULL,
  extra_archive_gb BIGINT NOT NULL DEFAULT 0,
  consent    TEXT   NOT NULL DEFAULT '', -- what was typed to agree that the archive goes (§3.7)
  added_at   BIGINT NOT NULL,
  PRIMARY KEY (owner, mailbox_id)
);

CREATE TABLE api_key (
  id         :id,
  brand      TEXT   NOT NULL,          -- '' is every brand
  role       TEXT   NOT NULL,          -- shop, cashier, auditor, owner
  key_hash   TEXT   NOT NULL UNIQUE,
  created_at BIGINT NOT NULL,
  revoked_at BIGINT
);

CREATE TABLE idempotency (             -- the answers given under an Idempotency-Key
  key_id     BIGINT NOT NULL,          -- no foreign key: keys stay, and all of one key's orders would lock its row
  key        TEXT   NOT NULL,
  request    TEXT   NOT NULL,          -- SHA-256 of method, path and body
  status     BIGINT NOT NULL,
  answer     TEXT   NOT NULL,
  created_at BIGINT NOT NULL,
  PRIMARY KEY (key_id, key)
);
