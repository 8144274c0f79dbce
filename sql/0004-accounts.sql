-- Customers who make their own account (DOMAIN R39, R40).

CREATE TABLE account_profile (         -- profilo registrazione; none for an account made by staff until its owner fills one in
  account_id      BIGINT PRIMARY KEY REFERENCES account (id),
  kind            TEXT   NOT NULL CHECK (kind = 'person' OR kind = 'freelance' OR kind = 'sole_trader' OR kind = 'company' OR kind = 'public_body'),
  phone           TEXT   NOT NULL,     -- '' none
  tax_code        TEXT   NOT NULL,     -- from here on: all that billing needs, or nothing but the country
  vat_number      TEXT   NOT NULL,
  street          TEXT   NOT NULL,
  postcode        TEXT   NOT NULL,
  city            TEXT   NOT NULL,
  province        TEXT   NOT NULL,
  country         TEXT   NOT NULL,
  sdi_code        TEXT   NOT NULL,
  sdi_pec         TEXT   NOT NULL,
  privacy_version TEXT   NOT NULL,     -- of the notice that was accepted, and its hash; '' where none was asked for
  privacy_sha256  TEXT   NOT NULL,
  privacy_at      BIGINT,
  changed_at      BIGINT NOT NULL
);

CREATE TABLE registration (            -- asked for, not yet proved: nothing stands in account before the link is confirmed
  token_hash      TEXT   PRIMARY KEY,  -- of the link in the mail; sending it again makes another row
  brand           TEXT   NOT NULL,
  email           TEXT   NOT NULL,     -- lower case
  user_name       TEXT   NOT NULL,     -- lower case
  name            TEXT   NOT NULL,
  password_hash   TEXT   NOT NULL,     -- argon2id
  language        TEXT   NOT NULL,
  next            TEXT   NOT NULL,     -- where one was going in the portal; ''
  visit_hash      TEXT   NOT NULL,     -- of the visitor's cookie: another browser is asked for the password, too
  kind            TEXT   NOT NULL,     -- the profile to be
  phone           TEXT   NOT NULL,
  tax_code        TEXT   NOT NULL,
  vat_number      TEXT   NOT NULL,
  street          TEXT   NOT NULL,
  postcode        TEXT   NOT NULL,
  city            TEXT   NOT NULL,
  province        TEXT   NOT NULL,
  country         TEXT   NOT NULL,
  sdi_code        TEXT   NOT NULL,
  sdi_pec         TEXT   NOT NULL,
  privacy_version TEXT   NOT NULL,
  privacy_sha256  TEXT   NOT NULL,
  created_at      BIGINT NOT NULL,
  expires_at      BIGINT NOT NULL,
  used_at         BIGINT               -- confirmed, or another link of the same address was
);
CREATE INDEX registration_email ON registration (brand, email, created_at);
CREATE INDEX registration_expiry ON registration (expires_at);

CREATE TABLE email_link (              -- an account's new e-mail, to be proved by a link
  token_hash TEXT   PRIMARY KEY,
  account_id BIGINT NOT NULL REFERENCES account (id),
  email      TEXT   NOT NULL,          -- lower case
  expires_at BIGINT NOT NULL,
  used_at    BIGINT
);
CREATE INDEX email_link_account ON email_link (account_id);
