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
  disabled_at   BIGINT
);

CREATE TABLE operator_session (
  token_hash  TEXT   PRIMARY KEY,      -- SHA-256 of the cookie
  operator_id BIGINT NOT NULL REFERENCES operator (id),
  created_at  BIGINT NOT NULL,
  seen_at     BIGINT NOT NULL
);
CREATE INDEX operator_session_seen ON operator_session (seen_at);

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
