-- The day's turn: who was told what about a term that ends, and how far each brand's turn has come (DOMAIN §3.9, D15).

CREATE TABLE notice (                  -- one for each mailbox, end of term and step of the plan (audit, invariant 7)
  id         :id,
  mailbox_id BIGINT NOT NULL REFERENCES mailbox_row (id),
  expires_on BIGINT NOT NULL,          -- the end that it is about
  event      TEXT   NOT NULL,          -- the step: -3m, -60, 0, +1, grace-15; last, ceased, deleted
  noted_on   BIGINT NOT NULL,          -- the day whose turn wrote it
  template   TEXT   NOT NULL,
  state      TEXT   NOT NULL CHECK (state = 'waiting' OR state = 'sent' OR state = 'failed' OR state = 'skipped' OR state = 'void' OR state = 'silent'),
                                       -- skipped: a later step was due as well; void: renewed before it went; silent: no address, or
                                       -- the plan has no mail for it
  language   TEXT   NOT NULL,
  sent_to    TEXT   NOT NULL,          -- the holder's email di riferimento; where there is none, the account's
  copy_to    TEXT   NOT NULL,          -- the account's, where it is another one; '' none
  version    TEXT   NOT NULL DEFAULT '', -- of the template it was written by: the first digits of its SHA-256
  outbox_id  BIGINT,                   -- the mail
  sent_at    BIGINT,
  spent_by   BIGINT NOT NULL DEFAULT 0, -- the order whose renewal was taken back, so that the end is to come or has come anew; 0: it counts
  UNIQUE (mailbox_id, expires_on, event, spent_by)
);

CREATE TABLE day_done (                -- how far a brand's turn has come: each step needs only what crossed it since
  brand        TEXT   NOT NULL,
  task         TEXT   NOT NULL,
  done_on      BIGINT NOT NULL,        -- the last day turned; 0 none
  last_mailbox BIGINT NOT NULL,        -- the newest mailbox then: later ones may have come with steps behind them
  PRIMARY KEY (brand, task)
);

CREATE TABLE legal_hold (              -- whose content must not be deleted (M19)
  mailbox_id BIGINT PRIMARY KEY REFERENCES mailbox_row (id),
  reason     TEXT   NOT NULL,
  set_at     BIGINT NOT NULL,
  set_by     TEXT   NOT NULL
);

CREATE TABLE termination (             -- disdetta: its holder gave it up (M23)
  mailbox_id BIGINT PRIMARY KEY REFERENCES mailbox_row (id),
  stops_on   BIGINT NOT NULL,          -- the last day on which it works: that of its term, or the day itself
  given_by   TEXT   NOT NULL,
  given_at   BIGINT NOT NULL
);
