-- Reports (DOMAIN §7) and the catalogue that the desk keeps over brand.yaml.

CREATE TABLE tally_income (            -- what the ledger says was earned, summed by day; a report adds what came after tally_mark
  brand      TEXT   NOT NULL,
  on_day     BIGINT NOT NULL,          -- of the invoice or credit note
  kind       TEXT   NOT NULL,          -- of the order
  method     TEXT   NOT NULL,          -- by which it was paid
  convention TEXT   NOT NULL,          -- of its mailbox; '' none
  documents  BIGINT NOT NULL,          -- invoices less credit notes
  net_cents  BIGINT NOT NULL,
  PRIMARY KEY (brand, on_day, kind, method, convention)
);

CREATE TABLE tally_renewal (           -- terms that were renewed, by the day on which they ended
  brand      TEXT   NOT NULL,
  ended_on   BIGINT NOT NULL,
  lag        BIGINT NOT NULL,          -- days from that day to the renewal; negative: before
  renewals   BIGINT NOT NULL,
  PRIMARY KEY (brand, ended_on, lag)
);

CREATE TABLE tally_mark (              -- up to which number of a series the documents have been tallied
  brand      TEXT   NOT NULL,
  kind       TEXT   NOT NULL,
  year       BIGINT NOT NULL,
  number     BIGINT NOT NULL,
  PRIMARY KEY (brand, kind, year)
);

CREATE INDEX mailbox_gone ON mailbox (brand, expires_on) WHERE status = 'deleted'; -- who was lost, by the end of the term
