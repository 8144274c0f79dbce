-- Space bought while a term runs.

CREATE TABLE space_claim (             -- the one unpaid order of extra space of a mailbox; it gives way to any order that renews it
  mailbox_id BIGINT PRIMARY KEY REFERENCES mailbox_row (id),
  order_id   BIGINT NOT NULL UNIQUE REFERENCES shop_order (id)
);

CREATE TABLE autorenew_wish (          -- automatic renewal that was asked for with a purchase: a mandate once there is a mailbox
  order_id       BIGINT PRIMARY KEY REFERENCES shop_order (id),
  account_id     BIGINT NOT NULL REFERENCES account (id),
  instrument_id  BIGINT REFERENCES instrument (id), -- NULL until the order is paid by one that the provider keeps
  method         TEXT   NOT NULL,      -- '' until then
  consent_version TEXT  NOT NULL,      -- of autorenew-VERSION.txt
  consent_sha256 TEXT   NOT NULL,
  consented_at   BIGINT NOT NULL,
  consented_door TEXT   NOT NULL,
  consented_by   TEXT   NOT NULL
);

CREATE TABLE page_vote (               -- whether a page was of use to who read it (R167), counted by day and by nothing else
  brand      TEXT   NOT NULL,
  page       TEXT   NOT NULL,          -- "guida"
  voted_on   BIGINT NOT NULL,
  useful     BIGINT NOT NULL,
  useless    BIGINT NOT NULL,
  PRIMARY KEY (brand, page, voted_on)
);
