-- Who works at the desk: apart from the customers, with sessions of their own.

CREATE TABLE operator (
  id            :id,
  brand         TEXT   NOT NULL,       -- '' works for every brand
  email         TEXT   NOT NULL UNIQUE, -- lower case
  name          TEXT   NOT NULL,
  role          TEXT   NOT NULL CHECK (role = 'reviewer' OR role = 'cashier' OR role = 'support' OR
                                              role = 'catalogue' OR role = 'owner' OR role = 'auditor'),
  password_hash TEXT   NOT NULL,       -- argon2id; '' until one is set
  created_at    BIGINT NOT NULL,
  disabled_at   BIGINT,
  totp_secret   TEXT   NOT NULL DEFAULT '', -- of the second factor (RFC 6238), sealed; '' until the first login
  totp_since    BIGINT,                -- when a code of it was first right; NULL: it is still to be set up
  totp_step     BIGINT NOT NULL DEFAULT 0 -- the last half minute whose code was taken: none is taken twice
);

CREATE TABLE operator_session (
  id          :id,
  token_hash  TEXT   NOT NULL UNIQUE,  -- SHA-256 of the cookie
  operator_id BIGINT NOT NULL REFERENCES operator (id),
  client      TEXT   NOT NULL,         -- the address it was opened from
  agent       TEXT   NOT NULL,         -- what the browser called itself
  created_at  BIGINT NOT NULL,
  seen_at     BIGINT NOT NULL
);
CREATE INDEX operator_session_seen ON operator_session (seen_at);
CREATE INDEX operator_session_operator ON operator_session (operator_id);

CREATE TABLE operator_entry (          -- a login whose password was right and whose code is awaited
  token_hash  TEXT   PRIMARY KEY,      -- SHA-256 of the cookie
  operator_id BIGINT NOT NULL REFERENCES operator (id),
  expires_at  BIGINT NOT NULL
);
CREATE INDEX operator_entry_over ON operator_entry (expires_at);

CREATE TABLE operator_recovery (       -- codes for who has lost the second factor: each once
  operator_id BIGINT NOT NULL REFERENCES operator (id),
  code_hash   TEXT   NOT NULL,         -- SHA-256
  used_at     BIGINT,
  PRIMARY KEY (operator_id, code_hash)
);

CREATE TABLE operator_link (           -- to choose a password: single use
  token_hash  TEXT   PRIMARY KEY,
  operator_id BIGINT NOT NULL REFERENCES operator (id),
  expires_at  BIGINT NOT NULL,
  used_at     BIGINT
);

CREATE INDEX request_trouble ON activation_request (changed_at, id) WHERE error <> ''; -- the desk's list of what is stuck

CREATE TABLE approval (                -- what one person asks and a second one decides
  id          :id,
  brand       TEXT   NOT NULL,         -- '': no brand's
  kind        TEXT   NOT NULL,         -- refund, erasure, …
  subject     TEXT   NOT NULL,         -- what it is about: order:7
  title       TEXT   NOT NULL,         -- the same for people
  link        TEXT   NOT NULL,         -- the desk's page about it, or ''
  reason      TEXT   NOT NULL,         -- of who asks
  amount      BIGINT NOT NULL,         -- cents; 0: none
  order_id    BIGINT,
  mailbox_id  BIGINT,
  data        TEXT   NOT NULL,         -- JSON object: what is to be done
  asked_by    TEXT   NOT NULL,         -- operator:3
  asked_at    BIGINT NOT NULL,
  expires_at  BIGINT NOT NULL,
  state       TEXT   NOT NULL CHECK (state = 'waiting' OR state = 'done' OR state = 'refused' OR state = 'withdrawn' OR
                                            state = 'expired'),
  decided_by  TEXT   NOT NULL,         -- '' while it waits
  decision    TEXT   NOT NULL,         -- the reason of who decided
  decided_at  BIGINT
);
CREATE UNIQUE INDEX approval_once ON approval (kind, subject) WHERE state = 'waiting';
CREATE INDEX approval_waiting ON approval (expires_at) WHERE state = 'waiting';

CREATE TABLE chain_check (             -- how far the chain of events was walked: one row
  id         BIGINT PRIMARY KEY CHECK (id = 1),
  seq        BIGINT NOT NULL,          -- the last place looked at
  hash       TEXT   NOT NULL,          -- its hash
  broken_at  BIGINT NOT NULL,          -- the first bad place; 0: none
  begun_at   BIGINT,
  ended_at   BIGINT,                   -- NULL: it goes on
  whole_seq  BIGINT NOT NULL,          -- where the last whole walk ended: the chain may not become shorter
  whole_hash TEXT   NOT NULL,
  whole_at   BIGINT
);
