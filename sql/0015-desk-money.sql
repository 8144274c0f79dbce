-- What the desk does with money that a bank's entry brought and no order took (DOMAIN Y9), and bank files that are looked at before
-- they are booked.

CREATE TABLE held_act (                -- one decision about an entry that was held, whole or not at all
  id            :id,
  bank_entry_id BIGINT NOT NULL REFERENCES bank_entry (id),
  token         TEXT   UNIQUE,         -- of the form that asked for it: sent twice it is done once; NULL: of no form
  note          TEXT   NOT NULL,       -- why, for who reads it later
  decided_by    TEXT   NOT NULL,
  decided_at    BIGINT NOT NULL
);
CREATE INDEX held_act_entry ON held_act (bank_entry_id, id);

CREATE TABLE held_part (               -- where a part of the entry went; the ledger's transaction is held:ID, of a transfer refund:ID.
                                       -- The entry's placed_cents is the sum of those that were not undone
  id            :id,
  act_id        BIGINT NOT NULL REFERENCES held_act (id),
  way           TEXT   NOT NULL CHECK (way = 'order' OR way = 'wallet' OR way = 'transfer' OR way = 'foreign'),
                                       -- paid an order; to a prepaid account; back to its payer; was not meant for us
  amount_cents  BIGINT NOT NULL CHECK (amount_cents > 0),
  order_id      BIGINT REFERENCES shop_order (id),
  account_id    BIGINT REFERENCES account (id),
  refund_id     BIGINT REFERENCES refund (id),
  undone_at     BIGINT,                -- by a counter-entry, held:ID:undone; the money is held again
  undone_by     TEXT   NOT NULL DEFAULT '',
  undone_note   TEXT   NOT NULL DEFAULT ''
);
CREATE INDEX held_part_act ON held_part (act_id, id);
CREATE INDEX held_part_order ON held_part (order_id) WHERE order_id IS NOT NULL;

-- What suggestions for held money are looked up by, besides the tax codes that invoices are looked for by; only orders that wait for it count.
CREATE INDEX order_open_due ON shop_order (brand, due_cents, id) WHERE state = 'confirmed';
CREATE INDEX bank_entry_payer ON bank_entry (debtor_iban, amount_cents);
CREATE INDEX bank_entry_statement ON bank_entry (statement_id, state);

CREATE TABLE statement_upload (        -- a bank's file that the desk looked at before anything was booked; the file lies among the uploads
  id            :id,
  brand         TEXT   NOT NULL,       -- of who may see it; '': all
  file_name     TEXT   NOT NULL,
  file_sha256   TEXT   NOT NULL,
  length        BIGINT NOT NULL,
  account       TEXT   NOT NULL,       -- as was said of a file that does not say whose it is; ''
  state         TEXT   NOT NULL CHECK (state = 'looked' OR state = 'booked' OR state = 'dropped'),
  statements    BIGINT NOT NULL,       -- as would happen; once booked, as it happened
  entries       BIGINT NOT NULL,
  matched       BIGINT NOT NULL,
  held          BIGINT NOT NULL,
  known         BIGINT NOT NULL,
  ignored       BIGINT NOT NULL,
  unbalanced    BIGINT NOT NULL,
  matched_cents BIGINT NOT NULL,
  held_cents    BIGINT NOT NULL,       -- in euro
  uploaded_by   TEXT   NOT NULL,
  uploaded_at   BIGINT NOT NULL,
  closed_by     TEXT   NOT NULL DEFAULT '',
  closed_at     BIGINT
);

CREATE INDEX statement_upload_waiting ON statement_upload (id) WHERE state = 'looked';

CREATE TABLE statement_line (          -- the first entries of each kind, to be looked at; gone once the file is booked
  upload_id     BIGINT NOT NULL REFERENCES statement_upload (id),
  line          BIGINT NOT NULL,       -- its place among the credits of the file
  outcome       TEXT   NOT NULL CHECK (outcome = 'matched' OR outcome = 'held' OR outcome = 'known'),
  amount_cents  BIGINT NOT NULL,
  currency      TEXT   NOT NULL,
  booked_on     BIGINT NOT NULL,
  debtor        TEXT   NOT NULL,
  remittance    TEXT   NOT NULL,
  reason        TEXT   NOT NULL,       -- of what would be held
  order_code    TEXT   NOT NULL,       -- that it would pay, or is about; ''
  PRIMARY KEY (upload_id, line)
);

-- The day's cash is read from the ledger by time.
CREATE INDEX ledger_at ON ledger_entry (at);
CREATE INDEX bank_statement_at ON bank_statement (imported_at);
