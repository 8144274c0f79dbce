-- Invoices on their way through the tax office's exchange system (SdI; PAYMENTS §9).

CREATE TABLE sdi_invoice (             -- where each invoice stands: one row an invoice, from its issue
  invoice_id  BIGINT PRIMARY KEY REFERENCES invoice (id),
  brand       TEXT   NOT NULL,         -- this and the next two as on the invoice, for the register's indexes
  kind        TEXT   NOT NULL,
  issued_on   BIGINT NOT NULL,
  state       TEXT   NOT NULL CHECK (state = 'to_send' OR state = 'sent' OR state = 'delivered' OR state = 'not_delivered' OR state = 'rejected' OR state = 'accepted' OR state = 'refused' OR state = 'expired' OR state = 'attested'),
  attempt     BIGINT NOT NULL,         -- the file that is current, from 1 (invoice_file)
  changed_at  BIGINT NOT NULL,
  resend_by   BIGINT NOT NULL DEFAULT 0, -- rejected: the last day to mend it and send it again; 0: SdI says that it has it already
  said        TEXT   NOT NULL DEFAULT ''  -- what the notice that made this state says
);
CREATE INDEX sdi_day ON sdi_invoice (issued_on, invoice_id);
CREATE INDEX sdi_brand_day ON sdi_invoice (brand, issued_on, invoice_id);
CREATE INDEX sdi_state_day ON sdi_invoice (state, issued_on, invoice_id);
CREATE INDEX sdi_credit_notes ON sdi_invoice (issued_on, invoice_id) WHERE kind = 'credit_note';
INSERT INTO sdi_invoice (invoice_id, brand, kind, issued_on, state, attempt, changed_at)
  SELECT id, brand, kind, issued_on, 'to_send', 1, issued_at FROM invoice;

CREATE TABLE sdi_sending (             -- each file that was given to a channel; a name goes once
  name       TEXT   PRIMARY KEY,
  invoice_id BIGINT NOT NULL REFERENCES invoice (id),
  attempt    BIGINT NOT NULL,
  channel    TEXT   NOT NULL,          -- folder, mail; hand: a notice came for a file that nobody here sent
  begun_at   BIGINT NOT NULL,          -- before the channel was asked
  sent_at    BIGINT,                   -- once it had taken it
  sdi_id     TEXT   NOT NULL DEFAULT '', -- IdentificativoSdI, once a notice has told it
  outcome    TEXT   NOT NULL DEFAULT '', -- the state that SdI's notices gave this file
  UNIQUE (invoice_id, attempt)
);

CREATE TABLE sdi_series (              -- names for files that are sent again: counted from the end, so that they never meet the others
  id   BIGINT PRIMARY KEY,             -- 1
  last BIGINT NOT NULL
);

CREATE TABLE sdi_notice (              -- every notice, as it was received
  id          :id,
  brand       TEXT   NOT NULL,
  name        TEXT   NOT NULL,         -- of the file
  kind        TEXT   NOT NULL,         -- RC, NS, MC, NE, DT, AT, MT, EC, SE; '' for what cannot be read
  sdi_id      TEXT   NOT NULL,
  about       TEXT   NOT NULL,         -- the name of the file it is about
  invoice_id  BIGINT REFERENCES invoice (id), -- NULL: of no file of ours
  effect      TEXT   NOT NULL CHECK (effect = 'changed' OR effect = 'known' OR effect = 'noted' OR effect = 'against' OR effect = 'strange' OR effect = 'unreadable'),
  said        TEXT   NOT NULL,         -- its errors or description; what is wrong with one that cannot be read
  bytes       :bytes NOT NULL,
  sha256      TEXT   NOT NULL,
  received_at BIGINT NOT NULL,
  UNIQUE (brand, name, sha256)         -- read once, however often it comes
);
CREATE INDEX sdi_notice_invoice ON sdi_notice (invoice_id, id) WHERE invoice_id IS NOT NULL;
CREATE INDEX sdi_notice_odd ON sdi_notice (id) WHERE effect = 'strange' OR effect = 'unreadable' OR effect = 'against';

-- What an invoice is looked for by.
CREATE INDEX invoice_of_order ON invoice (order_id);
CREATE INDEX order_tax_code ON shop_order (billing_tax_code);
CREATE INDEX order_vat_number ON shop_order (billing_vat_number) WHERE billing_vat_number <> '';

CREATE TABLE public_order (            -- what a public body's purchase has to say on its invoice, and its commitment to pay
  order_id     BIGINT PRIMARY KEY REFERENCES shop_order (id),
  cig          TEXT   NOT NULL,        -- '' none
  cup          TEXT   NOT NULL,
  act          TEXT   NOT NULL DEFAULT '', -- the commitment: "determina n. 12 del 3/12/2026"; '' none
  committed_at BIGINT,                 -- when it was registered, and the order fulfilled; settled_by is commitment:ORDER
  committed_by TEXT   NOT NULL DEFAULT ''
);
