-- Whom a new price will meet at the next charge, told once (DOMAIN §3.6).

CREATE TABLE price_told (              -- the mail itself is a row of the outbox
  id         :id,
  mandate_id BIGINT NOT NULL REFERENCES mandate (id),
  change_id  BIGINT NOT NULL REFERENCES catalogue_change (id),
  told_on    BIGINT NOT NULL,
  UNIQUE (mandate_id, change_id)
);
