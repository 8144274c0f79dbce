-- Erasing a person's data (DOMAIN L30), and references to the provider's logs (L1).

CREATE TABLE erasure (                 -- that somebody's data were erased, and nothing of whose they were
  id        :id,
  brand     TEXT   NOT NULL,           -- '': of all
  reason    TEXT   NOT NULL,
  done_by   TEXT   NOT NULL,           -- operator:3; of two, the second
  at        BIGINT NOT NULL
);

CREATE TABLE erasure_item (            -- a row whose personal columns go: at once, or when the law lets them
  kind       TEXT   NOT NULL,          -- of store/erasure_kinds.c
  row_id     BIGINT NOT NULL,          -- in that kind's table
  erasure_id BIGINT NOT NULL REFERENCES erasure (id),
  due_on     BIGINT NOT NULL,          -- the first day on which it may go
  done_on    BIGINT,                   -- NULL: it waits
  PRIMARY KEY (kind, row_id)
);
CREATE INDEX erasure_item_due ON erasure_item (due_on, kind) WHERE done_on IS NULL;

CREATE TABLE event_said (              -- what an event says of a person, apart from the log, which has only its hash: it can be erased
  event_id   BIGINT PRIMARY KEY REFERENCES event (id),
  account_id BIGINT,                   -- of whom, where it was an account; otherwise the event's mailbox or order says it
  salt       TEXT   NOT NULL,          -- goes with it, so that nobody can find out what was hashed by guessing
  data       TEXT   NOT NULL           -- JSON object
);
CREATE INDEX event_said_account ON event_said (account_id) WHERE account_id IS NOT NULL;

CREATE TABLE log_reference (           -- where the provider keeps the log of a mailbox's messages (log dei messaggi, 30 months)
  id         :id,
  mailbox_id BIGINT NOT NULL REFERENCES mailbox_row (id),
  from_on    BIGINT NOT NULL,          -- the days that it covers, both inclusive
  to_on      BIGINT NOT NULL CHECK (to_on >= from_on),
  location   TEXT   NOT NULL,          -- as the provider names it: a path, an identifier of its archive
  sha256     TEXT   NOT NULL,          -- of the log; '' not told
  bytes      BIGINT NOT NULL,          -- 0: not told
  added_by   TEXT   NOT NULL,
  added_at   BIGINT NOT NULL,
  UNIQUE (mailbox_id, from_on, to_on, location)
);
CREATE INDEX log_reference_end ON log_reference (to_on);
