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

CREATE INDEX mailbox_gone ON mailbox_row (brand_no, expires_on) WHERE status = 'deleted'; -- who was lost, by the end of the term

CREATE TABLE catalogue_change (        -- what the desk has dated beyond brand.yaml; it counts from a day that had not begun when it was decided
  id          :id,
  kind        TEXT   NOT NULL CHECK (kind = 'price' OR kind = 'sale'),
  brand       TEXT   NOT NULL,
  convention  TEXT   NOT NULL,         -- whose term's price it is; '' of a plan
  plan        TEXT   NOT NULL,         -- '' of a convention
  from_day    BIGINT NOT NULL,
  net_cents   BIGINT NOT NULL CHECK (net_cents >= 0), -- price: for a year of the plan, for the whole term of a convention
  extra_gb_cents BIGINT NOT NULL CHECK (extra_gb_cents >= 0), -- price: a year; 0: none on sale
  sold_from   BIGINT NOT NULL,         -- sale: when the plan may be bought, both inclusive; 0: no limit
  sold_until  BIGINT NOT NULL,
  max_years   BIGINT NOT NULL,         -- sale: 0: as many as the brand allows
  reason      TEXT   NOT NULL,
  decided_by  TEXT   NOT NULL,         -- operator:3; of two, the second
  decided_at  BIGINT NOT NULL,
  withdrawn_by TEXT  NOT NULL DEFAULT '',
  withdrawn_at BIGINT                  -- taken back before it began
);
CREATE UNIQUE INDEX catalogue_change_day ON catalogue_change (kind, brand, convention, plan, from_day) WHERE withdrawn_at IS NULL;
