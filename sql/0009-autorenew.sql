-- Automatic renewal (DOMAIN §3.6).

CREATE TABLE mandate (                 -- the consent that a mailbox be renewed again and again; one that stands for each mailbox
  id             :id,
  brand          TEXT   NOT NULL,
  mailbox_id     BIGINT NOT NULL REFERENCES mailbox_row (id),
  account_id     BIGINT REFERENCES account (id), -- whose instrument it is; NULL: it came with an imported mailbox, and none with it
  instrument_id  BIGINT REFERENCES instrument (id), -- NULL until its order is paid
  method         TEXT   NOT NULL,      -- stripe, paypal, card; '' until the order is paid
  state          TEXT   NOT NULL CHECK (state = 'off' OR state = 'on' OR state = 'notified' OR state = 'charging' OR state = 'retrying' OR state = 'failed_open' OR state = 'method_missing' OR state = 'off_by_user'),
  years          BIGINT NOT NULL,      -- of each renewal (R163)
  plan           TEXT   NOT NULL,      -- what the price was agreed for
  extra_gb       BIGINT NOT NULL,
  agreed_cents   BIGINT NOT NULL,      -- with VAT, of one renewal; 0: none was
  language       TEXT   NOT NULL,
  consent_version TEXT  NOT NULL,      -- of autorenew-VERSION.txt; '' of an imported one
  consent_sha256 TEXT   NOT NULL,
  consented_at   BIGINT NOT NULL,
  consented_door TEXT   NOT NULL,
  consented_by   TEXT   NOT NULL,
  order_id       BIGINT REFERENCES shop_order (id), -- with which it was asked for; NULL: in the client area
  expires_on     BIGINT NOT NULL,      -- the end of the term that is renewed next
  warn_on        BIGINT,               -- the day of the next warning; NULL: none
  charge_on      BIGINT,               -- the day of the next attempt; NULL: none
  announced_cents BIGINT NOT NULL DEFAULT 0, -- by the last warning about this term; 0: none yet
  noticed        BIGINT NOT NULL DEFAULT 0,  -- 1: the second warning left thirty days before (L17)
  attempts       BIGINT NOT NULL DEFAULT 0,  -- of this term
  charge_order_id BIGINT REFERENCES shop_order (id), -- the system's order of this term
  changed_at     BIGINT NOT NULL,
  ended_at       BIGINT                -- off for good
);
CREATE UNIQUE INDEX mandate_standing ON mandate (mailbox_id) WHERE state <> 'off' AND state <> 'off_by_user';
CREATE INDEX mandate_mailbox ON mandate (mailbox_id, id);
CREATE INDEX mandate_warn ON mandate (warn_on) WHERE warn_on IS NOT NULL;
CREATE INDEX mandate_charge ON mandate (charge_on) WHERE charge_on IS NOT NULL;
CREATE INDEX mandate_instrument ON mandate (instrument_id);
CREATE INDEX mandate_order ON mandate (order_id) WHERE order_id IS NOT NULL;
CREATE INDEX mandate_charge_order ON mandate (charge_order_id) WHERE charge_order_id IS NOT NULL;

CREATE TABLE charge_warning (          -- that a charge was announced, to whom, when and what: evidence (A2, art. 65-bis)
  mailbox_id   BIGINT NOT NULL REFERENCES mailbox_row (id),
  expires_on   BIGINT NOT NULL,        -- the term's end
  kind         TEXT   NOT NULL CHECK (kind = 'first' OR kind = 'second'),
  mandate_id   BIGINT NOT NULL REFERENCES mandate (id),
  sent_on      BIGINT NOT NULL,
  recipient    TEXT   NOT NULL,        -- the mail itself is a row of the outbox
  charge_on    BIGINT NOT NULL,
  amount_cents BIGINT NOT NULL,
  was_cents    BIGINT NOT NULL,        -- agreed
  PRIMARY KEY (mailbox_id, expires_on, kind, mandate_id) -- who switches on again is announced anew, and the first consent keeps its own
);

CREATE TABLE charge (                  -- an attempt, written before the provider is asked: nothing is charged without its row
  mailbox_id   BIGINT NOT NULL REFERENCES mailbox_row (id),
  expires_on   BIGINT NOT NULL,        -- the end of the term that is renewed
  attempt      BIGINT NOT NULL,        -- of this consent, from 1
  mandate_id   BIGINT NOT NULL REFERENCES mandate (id),
  order_id     BIGINT NOT NULL REFERENCES shop_order (id),
  payment_id   BIGINT NOT NULL UNIQUE REFERENCES payment (id), -- what came of it
  on_day       BIGINT NOT NULL,
  free_withdrawal BIGINT NOT NULL,     -- 1: a consumer without his thirty days' notice may leave the new term at any time (L17)
  PRIMARY KEY (mailbox_id, expires_on, mandate_id, attempt)
);
