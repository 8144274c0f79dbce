-- Every way to pay beside the transfer (DOMAIN §3.4).

CREATE TABLE payment (                 -- an attempt to pay an order through a provider, or from the prepaid account
  id            :id,
  brand         TEXT   NOT NULL,
  order_id      BIGINT NOT NULL REFERENCES shop_order (id),
  key           TEXT   NOT NULL UNIQUE, -- our id at the provider, CODE-1, CODE-2 …: never used twice
  method        TEXT   NOT NULL,       -- card, paypal, stripe, wallet
  provider      TEXT   NOT NULL,       -- axerve, paypal, stripe, wallet
  state         TEXT   NOT NULL CHECK (state = 'new' OR state = 'pending' OR state = 'unknown' OR state = 'authorised' OR state = 'captured' OR state = 'needs_action' OR state = 'failed' OR state = 'cancelled' OR state = 'expired' OR state = 'held' OR state = 'part_refunded' OR state = 'refunded' OR state = 'charged_back'),
  amount_cents  BIGINT NOT NULL,
  nonce         TEXT   NOT NULL UNIQUE, -- the unguessable part of the addresses at which we are called back
  provider_ref  TEXT   NOT NULL,       -- paymentID, PayPal's order, the session; '' until known
  capture_ref   TEXT   NOT NULL,       -- bankTransactionID, capture, payment intent: what is refunded
  redirect_url  TEXT   NOT NULL,       -- where the browser goes
  remember      BIGINT NOT NULL,       -- 1: the customer asked that the card be kept
  instrument_id BIGINT,                -- of a charge without the customer
  authorised_at BIGINT,                -- by the provider's word (D16)
  captured_cents BIGINT,               -- as the provider says
  refunded_cents BIGINT NOT NULL DEFAULT 0,
  charged_back_cents BIGINT NOT NULL DEFAULT 0, -- what the provider has taken back from us
  under_way     BIGINT NOT NULL DEFAULT 0, -- 1: the provider says that it was paid and is not settled yet
  held_reason   TEXT   NOT NULL,       -- '' unless it is or was held
  error         TEXT   NOT NULL,       -- the provider's code of the last refusal
  created_at    BIGINT NOT NULL,
  ask_at        BIGINT,                -- when the poller asks the provider next, by the machine's clock; NULL: settled for good
  asked         BIGINT NOT NULL DEFAULT 0, -- times
  expires_at    BIGINT NOT NULL        -- after it, what was never authorised is given up; by the machine's clock
);
CREATE INDEX payment_order ON payment (order_id, id);
CREATE INDEX payment_ask ON payment (ask_at) WHERE ask_at IS NOT NULL;
CREATE INDEX payment_ref ON payment (provider, provider_ref);
CREATE INDEX payment_capture ON payment (provider, capture_ref);
CREATE INDEX payment_held ON payment (id) WHERE state = 'held';
CREATE INDEX payment_unknown ON payment (id) WHERE state = 'unknown';

CREATE TABLE instrument (              -- a card or PayPal account kept for charges without the customer; never its number
  id          :id,
  brand       TEXT   NOT NULL,
  account_id  BIGINT NOT NULL REFERENCES account (id),
  provider    TEXT   NOT NULL,
  token       TEXT   NOT NULL,         -- the provider's; '' once removed
  customer    TEXT   NOT NULL,         -- the provider's customer, where it has one
  first_ref   TEXT   NOT NULL,         -- the payment with which it was given, where the provider wants it named
  label       TEXT   NOT NULL,         -- Visa, Mastercard, PayPal
  last4       TEXT   NOT NULL,
  exp_month   BIGINT NOT NULL,         -- 0: none
  exp_year    BIGINT NOT NULL,
  created_at  BIGINT NOT NULL,
  removed_at  BIGINT
);
CREATE INDEX instrument_account ON instrument (account_id);

CREATE TABLE notification (            -- what providers sent us, raw, kept before it is read
  id          :id,
  provider    TEXT   NOT NULL,
  brand       TEXT   NOT NULL,
  event_id    TEXT   NOT NULL,         -- the provider's, or the hash of the whole where it has none
  headers     TEXT   NOT NULL,         -- those that the signature covers
  body        TEXT   NOT NULL,
  verified    BIGINT NOT NULL,         -- 1: its signature is the provider's; 0: kept as a hint, or a forgery
  payment_id  BIGINT REFERENCES payment (id),
  copies      BIGINT NOT NULL DEFAULT 1, -- times it came
  received_at BIGINT NOT NULL,
  UNIQUE (provider, event_id)
);

CREATE TABLE refund (                  -- money given back: decided in its transaction, done by a worker
  id           :id,
  brand        TEXT   NOT NULL,
  key          TEXT   NOT NULL UNIQUE, -- idempotency key at the provider
  order_id     BIGINT REFERENCES shop_order (id),
  payment_id   BIGINT REFERENCES payment (id),
  bank_entry_id BIGINT REFERENCES bank_entry (id),
  cheque_id    BIGINT UNIQUE,          -- of what a cheque brought for an order that did not take it
  credit_note_id BIGINT REFERENCES invoice (id),
  destination  TEXT   NOT NULL CHECK (destination = 'source' OR destination = 'wallet' OR destination = 'transfer'),
  amount_cents BIGINT NOT NULL CHECK (amount_cents > 0),
  iban         TEXT   NOT NULL,        -- of a transfer, with the holder's name
  payee        TEXT   NOT NULL,
  state        TEXT   NOT NULL CHECK (state = 'waiting' OR state = 'unknown' OR state = 'done' OR state = 'failed' OR state = 'dropped'), -- dropped: a charge-back has given it back already
  turned       BIGINT NOT NULL DEFAULT 0, -- 1: the provider refused it, and it went another way
  elsewhere    BIGINT NOT NULL DEFAULT 0, -- 1: given back at the provider's own desk, without us
  reason       TEXT   NOT NULL,
  provider_ref TEXT   NOT NULL,
  error        TEXT   NOT NULL,
  decided_by   TEXT   NOT NULL,
  created_at   BIGINT NOT NULL,
  done_at      BIGINT
);
CREATE INDEX refund_order ON refund (order_id);
CREATE INDEX refund_open ON refund (id) WHERE state <> 'done' AND state <> 'dropped';
CREATE INDEX refund_payment ON refund (payment_id);

CREATE TABLE wallet (                  -- the prepaid account of an account; its ledger account is wallet:ACCOUNT_ID
  account_id    BIGINT PRIMARY KEY REFERENCES account (id),
  balance_cents BIGINT NOT NULL CHECK (balance_cents >= 0),
  owed_cents    BIGINT NOT NULL DEFAULT 0 CHECK (owed_cents >= 0) -- of top-ups that were charged back after they were spent;
                                       -- what comes in pays it first
);

CREATE TABLE wallet_entry (            -- its statement; the sum is the balance
  id           :id,
  account_id   BIGINT NOT NULL REFERENCES account (id),
  kind         TEXT   NOT NULL CHECK (kind = 'topup' OR kind = 'draw' OR kind = 'refund' OR kind = 'credit' OR kind = 'charge_back'),
  amount_cents BIGINT NOT NULL,        -- what comes in is positive
  balance_cents BIGINT NOT NULL,       -- afterwards
  cause        TEXT   NOT NULL UNIQUE, -- the ledger's: payment:5, refund:2
  order_id     BIGINT REFERENCES shop_order (id),
  at           BIGINT NOT NULL
);
CREATE INDEX wallet_entry_account ON wallet_entry (account_id, id);

CREATE TABLE cheque (
  id           :id,
  brand        TEXT   NOT NULL,
  order_id     BIGINT NOT NULL REFERENCES shop_order (id),
  kind         TEXT   NOT NULL CHECK (kind = 'bank' OR kind = 'cashier'), -- assegno bancario, circolare
  number       TEXT   NOT NULL,
  abi          TEXT   NOT NULL,
  cab          TEXT   NOT NULL,
  drawer       TEXT   NOT NULL,
  amount_cents BIGINT NOT NULL,
  dated_on     BIGINT NOT NULL,
  state        TEXT   NOT NULL CHECK (state = 'received' OR state = 'deposited' OR state = 'cleared' OR state = 'bounced'),
  received_on  BIGINT NOT NULL,
  deposited_on BIGINT,
  clears_on    BIGINT,                 -- not before this day
  closed_on    BIGINT,                 -- cleared or bounced
  held_reason  TEXT   NOT NULL DEFAULT '', -- cleared, and its order could not be settled
  UNIQUE (abi, number)
);
CREATE INDEX cheque_order ON cheque (order_id);
CREATE INDEX cheque_open ON cheque (state, id);

CREATE TABLE stored_file (             -- what was uploaded; its bytes lie in the folder of files, under its hash
  sha256       TEXT   PRIMARY KEY,
  content_type TEXT   NOT NULL,        -- by content, never by what the browser said
  length       BIGINT NOT NULL,
  scanned_at   BIGINT,                 -- by clamd; NULL where none is configured
  stored_at    BIGINT NOT NULL
);

CREATE TABLE proof (                   -- of payment (contabile)
  id           :id,
  brand        TEXT   NOT NULL,
  order_id     BIGINT NOT NULL REFERENCES shop_order (id),
  channel      TEXT   NOT NULL CHECK (channel = 'upload' OR channel = 'mail' OR channel = 'fax'),
  file_sha256  TEXT   NOT NULL REFERENCES stored_file (sha256),
  file_name    TEXT   NOT NULL,        -- as the sender called it
  state        TEXT   NOT NULL CHECK (state = 'received' OR state = 'accepted' OR state = 'rejected' OR state = 'credited' OR state = 'never_credited'),
  kind         TEXT   NOT NULL,        -- by the desk: what it is; '' until then
  reason       TEXT   NOT NULL,        -- of a rejection
  received_at  BIGINT NOT NULL,
  due_at       BIGINT NOT NULL,        -- the desk answers by then (D12-D13)
  decided_at   BIGINT,
  decided_by   TEXT   NOT NULL DEFAULT '',
  alert_on     BIGINT,                 -- accepted: the first day on which the missing credit is an alert (Y12)
  UNIQUE (order_id, file_sha256)
);
CREATE INDEX proof_queue ON proof (state, due_at, id);
CREATE INDEX proof_alert ON proof (alert_on) WHERE state = 'accepted';
