-- Renewing a mailbox that is not one's own, by its user-id and address (R84, P3).

CREATE TABLE mailbox_grant (           -- who gave both right may renew that mailbox, in this session and no other; it shows nothing else of it
  session    TEXT   NOT NULL REFERENCES session (token_hash) ON DELETE CASCADE,
  mailbox_id BIGINT NOT NULL REFERENCES mailbox_row (id),
  found_at   BIGINT NOT NULL,
  PRIMARY KEY (session, mailbox_id)
);
CREATE INDEX mailbox_grant_mailbox ON mailbox_grant (mailbox_id);
