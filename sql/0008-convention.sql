-- Conventions with an Ordine or Collegio (DOMAIN R120, §3.8, T42). What was agreed is in brand.yaml; here is who belongs to it.

CREATE TABLE member (                  -- iscritto: whom the Ordine named, for as long as it did; a new row each time
  id           :id,
  brand        TEXT   NOT NULL,
  convention   TEXT   NOT NULL,        -- by its id in brand.yaml
  tax_code     TEXT   NOT NULL,
  name         TEXT   NOT NULL,
  surname      TEXT   NOT NULL,
  enrolment_no TEXT   NOT NULL,        -- '' not told
  mailbox_id   BIGINT NOT NULL REFERENCES mailbox_row (id),
  status       TEXT   NOT NULL CHECK (status = 'active' OR status = 'left'),
  joined_on    BIGINT NOT NULL,
  left_on      BIGINT,
  changed_at   BIGINT NOT NULL
);
CREATE UNIQUE INDEX member_mailbox ON member (mailbox_id) WHERE status = 'active'; -- one Ordine at a time
CREATE INDEX member_person ON member (brand, convention, tax_code);
CREATE INDEX mailbox_convention ON mailbox_row (brand_no, convention, expires_on, id) WHERE convention <> '';

CREATE TABLE roster_file (             -- a list of members that was looked through and waits for its confirmation
  id           :id,
  brand        TEXT   NOT NULL,
  convention   TEXT   NOT NULL,
  account_id   BIGINT REFERENCES account (id), -- the delegate's; NULL: sent at the desk
  operator_id  BIGINT REFERENCES operator (id), -- whose, at the desk
  name         TEXT   NOT NULL,        -- as the sender called it
  bytes        :bytes NOT NULL,
  uploaded_at  BIGINT NOT NULL         -- it goes when it is confirmed, when the next one comes, or after a day
);
CREATE INDEX roster_file_account ON roster_file (account_id);

CREATE TABLE bulk_choice (             -- the mailboxes of the next bulk order
  owner      TEXT   NOT NULL,          -- account:1 BRAND/CONVENTION, or the transaction's own
  mailbox_id BIGINT NOT NULL REFERENCES mailbox_row (id),
  PRIMARY KEY (owner, mailbox_id)
);

CREATE TABLE bulk_order (              -- whose members an order renews: each of that body's delegates sees it, and may pay or cancel it
  order_id   BIGINT PRIMARY KEY REFERENCES shop_order (id),
  convention TEXT   NOT NULL
);

CREATE TABLE order_association (       -- R134: the account that sees the order's mailboxes once they are renewed
  order_id   BIGINT PRIMARY KEY REFERENCES shop_order (id),
  account_id BIGINT NOT NULL REFERENCES account (id)
);
