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
