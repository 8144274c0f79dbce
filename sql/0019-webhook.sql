-- Events told to other programs as they happen (Standard Webhooks).

CREATE TABLE webhook (                 -- an endpoint that is told
  id            :id,
  brand         TEXT   NOT NULL,
  url           TEXT   NOT NULL,
  kinds         TEXT   NOT NULL,       -- which events: "order. mailbox.renewed"; '' all
  email         TEXT   NOT NULL,       -- who is written to when it is switched off
  secret        TEXT   NOT NULL,       -- sealed
  old_secret    TEXT   NOT NULL,       -- sealed; the one before, which still signs; '' none
  old_until     BIGINT,                -- until when (the machine's clock)
  cursor        BIGINT NOT NULL,       -- place in the chain of events up to which it was fed
  failing_since BIGINT,                -- since when nothing arrived (the machine's clock)
  created_at    BIGINT NOT NULL,
  disabled_at   BIGINT
);

CREATE TABLE webhook_delivery (        -- one event for one endpoint: the log, and what is sent again
  id          :id,
  webhook_id  BIGINT NOT NULL REFERENCES webhook (id),
  event_id    BIGINT NOT NULL REFERENCES event (id),
  state       TEXT   NOT NULL CHECK (state = 'waiting' OR state = 'done' OR state = 'failed'),
  attempts    BIGINT NOT NULL,
  status      BIGINT NOT NULL,         -- the last answer's; 0: there was none
  error       TEXT   NOT NULL,         -- why the last attempt failed
  created_at  BIGINT NOT NULL,         -- these by the machine's clock
  tried_at    BIGINT,
  UNIQUE (webhook_id, event_id)
);
CREATE INDEX webhook_delivery_list ON webhook_delivery (webhook_id, id);
