-- Change of holder (cambio di intestatario; DOMAIN M25).

CREATE TABLE holder_change (           -- from the asking to the effect
  id              :id,
  brand           TEXT   NOT NULL,
  mailbox_id      BIGINT NOT NULL REFERENCES mailbox_row (id),
  state           TEXT   NOT NULL CHECK (state = 'asked' OR state = 'accepted' OR state = 'in_review' OR state = 'done' OR state = 'cancelled' OR state = 'declined' OR state = 'refused' OR state = 'expired'),
  from_holder_id  BIGINT NOT NULL REFERENCES holder (id), -- whose the mailbox is when it is asked for
  from_account_id BIGINT REFERENCES account (id), -- which sees the mailbox then; NULL none
  asked_by        TEXT   NOT NULL,     -- account:1, mailbox:7, operator:2: the present holder's consent
  asked_door      TEXT   NOT NULL,
  consent_sha256  TEXT   NOT NULL,     -- of the words that the present holder confirmed
  account_id      BIGINT REFERENCES account (id), -- the new holder's; NULL until it is accepted
  language        TEXT   NOT NULL,     -- of the new holder's mails
  kind            TEXT   NOT NULL,     -- the new holder, as in activation_request
  name            TEXT   NOT NULL,
  tax_code        TEXT   NOT NULL,
  vat_number      TEXT   NOT NULL,
  street          TEXT   NOT NULL,
  postcode        TEXT   NOT NULL,
  city            TEXT   NOT NULL,
  province        TEXT   NOT NULL,
  country         TEXT   NOT NULL,
  sdi_code        TEXT   NOT NULL,
  sdi_pec         TEXT   NOT NULL,
  contact_email   TEXT   NOT NULL,     -- where the link goes, and later all that concerns the mailbox
  phone           TEXT   NOT NULL,
  signer_name     TEXT   NOT NULL,
  signer_tax_code TEXT   NOT NULL,
  token_hash      TEXT   UNIQUE,       -- of the link; NULL: none opens any more
  terms_version   TEXT   NOT NULL DEFAULT '', -- what the new holder accepted: the new contract
  terms_sha256    TEXT   NOT NULL DEFAULT '',
  reason          TEXT   NOT NULL DEFAULT '', -- of a refusal, by name
  note            TEXT   NOT NULL DEFAULT '', -- of who refused or declined
  asked_at        BIGINT NOT NULL,
  accepted_at     BIGINT,
  ended_at        BIGINT,
  changed_at      BIGINT NOT NULL,
  expires_on      BIGINT NOT NULL      -- the last day for what is awaited: an answer, papers
);
CREATE UNIQUE INDEX holder_change_open ON holder_change (mailbox_id) WHERE ended_at IS NULL;
CREATE INDEX holder_change_mailbox ON holder_change (mailbox_id, id);
CREATE INDEX holder_change_account ON holder_change (account_id, id) WHERE account_id IS NOT NULL;
CREATE INDEX holder_change_expiry ON holder_change (expires_on) WHERE ended_at IS NULL;
CREATE INDEX holder_change_state ON holder_change (state, changed_at, id);

CREATE TABLE holding (                 -- who held a mailbox before whom; who holds it now is mailbox.holder_id
  mailbox_id BIGINT NOT NULL REFERENCES mailbox_row (id),
  number     BIGINT NOT NULL,          -- from 1
  holder_id  BIGINT NOT NULL UNIQUE REFERENCES holder (id),
  since_at   BIGINT,                   -- NULL: from the activation
  until_at   BIGINT NOT NULL,          -- when it passed to the next
  change_id  BIGINT NOT NULL UNIQUE REFERENCES holder_change (id), -- by which it passed
  PRIMARY KEY (mailbox_id, number)
);

-- Papers of a request for a mailbox, or of a change of holder: of one of the two.
ALTER TABLE submission ADD COLUMN change_id BIGINT REFERENCES holder_change (id) CHECK ((request_id IS NULL) <> (change_id IS NULL));
ALTER TABLE document ADD COLUMN change_id BIGINT REFERENCES holder_change (id) CHECK ((request_id IS NULL) <> (change_id IS NULL));
CREATE UNIQUE INDEX submission_change ON submission (change_id, number) WHERE change_id IS NOT NULL;
CREATE INDEX document_change ON document (change_id, id) WHERE change_id IS NOT NULL;
