-- A new mailbox: the request, its names, its papers (DOMAIN §3.2 M1-M12, §3.5).

CREATE TABLE activation_request (      -- richiesta di attivazione: from the form to the mailbox
  id            :id,
  brand         TEXT   NOT NULL,
  account_id    BIGINT NOT NULL REFERENCES account (id), -- the buyer; holder and payer may be others
  state         TEXT   NOT NULL CHECK (state = 'requested' OR state = 'reserved' OR state = 'awaiting_payment' OR state = 'docs_pending' OR state = 'in_review' OR state = 'waiting' OR state = 'activating' OR state = 'active' OR state = 'refused' OR state = 'dropped'),
  plan          TEXT   NOT NULL,
  years         BIGINT NOT NULL,
  kind          TEXT   NOT NULL,       -- of the holder, as it was typed while the request is a draft
  name          TEXT   NOT NULL,
  tax_code      TEXT   NOT NULL,
  vat_number    TEXT   NOT NULL,
  street        TEXT   NOT NULL,
  postcode      TEXT   NOT NULL,
  city          TEXT   NOT NULL,
  province      TEXT   NOT NULL,
  country       TEXT   NOT NULL,
  sdi_code      TEXT   NOT NULL,
  sdi_pec       TEXT   NOT NULL,
  contact_email TEXT   NOT NULL,       -- email di riferimento of the holder
  phone         TEXT   NOT NULL,
  signer_name   TEXT   NOT NULL,       -- who signs for a company or a body; '' where the holder does
  signer_tax_code TEXT NOT NULL,
  name_1        TEXT   NOT NULL,       -- local parts wanted, in order (R46)
  name_2        TEXT   NOT NULL,
  name_3        TEXT   NOT NULL,
  held_name     TEXT   NOT NULL,       -- the one that is held; '' none
  start_now     BIGINT NOT NULL,       -- 1: a consumer asked that the service begin before the days of withdrawal are over (L15)
  begins_on     BIGINT,                -- of who did not: approved, and not activated before that day; NULL none
  order_id      BIGINT UNIQUE REFERENCES shop_order (id),
  mailbox_id    BIGINT UNIQUE REFERENCES mailbox_row (id),
  contract_version TEXT NOT NULL,      -- '' until it is paid; then the contract is fixed
  contract_sha256  TEXT NOT NULL,      -- of its PDF, in the folder of files
  error         TEXT   NOT NULL,       -- why the mail host did not take it; '' nothing
  created_at    BIGINT NOT NULL,
  changed_at    BIGINT NOT NULL,       -- a draft is dropped 30 days after (M1)
  paid_at       BIGINT,                -- silence is counted from here (M10)
  form_token    TEXT,                  -- of the empty form it was first sent from: sent twice, it is one request; NULL none
  UNIQUE (account_id, form_token)
);
CREATE INDEX request_account ON activation_request (account_id, id);
CREATE INDEX request_state ON activation_request (state, changed_at, id);

CREATE TABLE name_hold (               -- an address that nobody else may order (RI72)
  address    TEXT   PRIMARY KEY,
  request_id BIGINT NOT NULL UNIQUE REFERENCES activation_request (id),
  held_until BIGINT                    -- by the business clock; NULL: as long as its order is under way
);

CREATE INDEX mailbox_tombstone ON mailbox_row (local, domain_no) WHERE status = 'deleted'; -- L5
CREATE INDEX mailbox_user_id ON mailbox_row (user_id) WHERE user_id <> '';
CREATE INDEX holder_tax_code ON holder (tax_code);

CREATE TABLE submission (              -- invio documenti: what was sent together, and the verdict on it
  id           :id,
  request_id   BIGINT REFERENCES activation_request (id), -- NULL: of a change of holder
  number       BIGINT NOT NULL,        -- from 1
  state        TEXT   NOT NULL CHECK (state = 'in_review' OR state = 'approved' OR state = 'rejected' OR state = 'refused'),
  sent_at      BIGINT NOT NULL,
  opens_at     BIGINT NOT NULL,        -- no earlier, 24 working hours (D14)
  due_at       BIGINT NOT NULL,        -- no later, 72
  reason       TEXT   NOT NULL,        -- of a rejection or refusal; '' none
  note         TEXT   NOT NULL,        -- the reviewer's words to the customer
  identity_expires_on BIGINT,          -- as the reviewer read it on the document
  decided_at   BIGINT,
  decided_by   TEXT   NOT NULL,
  UNIQUE (request_id, number)
);
CREATE INDEX submission_queue ON submission (state, due_at, id);

CREATE TABLE document (                -- a file sent for a request or a change of holder
  id            :id,
  request_id    BIGINT REFERENCES activation_request (id), -- NULL: for a change of holder
  submission_id BIGINT REFERENCES submission (id), -- none: put there, not yet sent
  slot          TEXT   NOT NULL CHECK (slot = 'contract' OR slot = 'identity'),
  file_sha256   TEXT   NOT NULL REFERENCES stored_file (sha256),
  file_name     TEXT   NOT NULL,
  signature     TEXT   NOT NULL,       -- none, valid, untrusted, expired, broken: of a .p7m or signed PDF
  signer        TEXT   NOT NULL,       -- who signed, by the certificate; '' none
  signer_tax_code TEXT NOT NULL,
  signed_at     BIGINT,
  added_at      BIGINT NOT NULL,
  purged_at     BIGINT                 -- its bytes are gone, the rest stays (K6)
);
CREATE INDEX document_request ON document (request_id, id);

CREATE TABLE withdrawal (              -- recesso: asked for online, receipt given (L15-L16)
  id           :id,
  order_id     BIGINT NOT NULL UNIQUE REFERENCES shop_order (id),
  asked_at     BIGINT NOT NULL,        -- when it came to us
  sent_on      BIGINT NOT NULL,        -- the day that counts: online the same, of a letter the day on which it was sent
  last_on      BIGINT NOT NULL,        -- the last day on which it could be asked for
  days_used    BIGINT NOT NULL,        -- of the service
  kept_cents   BIGINT NOT NULL,
  credit_note_id BIGINT REFERENCES invoice (id)
);
