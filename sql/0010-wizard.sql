-- A renewal on its way through the brand's steps (DOMAIN T38, RI140), before there is an order.

CREATE TABLE wizard (
  id         TEXT   PRIMARY KEY,       -- stands in the address, so that two windows do not disturb each other; also the order's form_token
  brand      TEXT   NOT NULL,
  owner      TEXT   NOT NULL,          -- account:1 or mailbox:7
  mailbox_id BIGINT REFERENCES mailbox_row (id), -- the first of those that are renewed; NULL: none yet
  answers    TEXT   NOT NULL,          -- a JSON object: what was typed, by step; "lines" are the mailboxes with their choices
  version    BIGINT NOT NULL,          -- one more with every change
  order_id   BIGINT,                   -- what became of it; NULL: nothing yet
  created_at BIGINT NOT NULL,
  changed_at BIGINT NOT NULL
);
CREATE INDEX wizard_owner ON wizard (owner, mailbox_id, changed_at);
CREATE INDEX wizard_changed ON wizard (changed_at);
