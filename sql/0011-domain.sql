-- What happens to mailboxes that get smaller, and to those on domains of the customers' own.

CREATE TABLE plan_change (             -- a renewal by which a mailbox gets less room, or loses its archive (DOMAIN §3.7)
  id              :id,
  order_id        BIGINT NOT NULL REFERENCES shop_order (id),
  mailbox_id      BIGINT NOT NULL REFERENCES mailbox_row (id),
  state           TEXT   NOT NULL CHECK (state = 'ordered' OR state = 'waiting' OR state = 'held' OR state = 'done' OR state = 'dropped'),
  old_plan        TEXT   NOT NULL,
  new_plan        TEXT   NOT NULL,
  quota_mb        BIGINT NOT NULL,     -- what there will be
  archive_mb      BIGINT NOT NULL,
  kept_archive_mb BIGINT NOT NULL,     -- what there is of an archive until then; mailbox.quota_mb says it of the rest
  used_mb         BIGINT NOT NULL DEFAULT 0, -- as the mail host told when it was last asked for this change
  used_archive_mb BIGINT NOT NULL DEFAULT 0,
  consent         TEXT   NOT NULL,     -- what was typed to agree that the archive goes; '' where none goes
  consent_text    TEXT   NOT NULL,     -- what stood above the field, in full
  consent_by      TEXT   NOT NULL,     -- who typed it, by which door: "portal account:1"
  ordered_at      BIGINT NOT NULL,     -- when it was typed and ordered
  asked_on        BIGINT NOT NULL DEFAULT 0, -- the day on which the mail host was last asked
  done_at         BIGINT
);
CREATE UNIQUE INDEX plan_change_order ON plan_change (order_id, mailbox_id);
CREATE UNIQUE INDEX plan_change_open ON plan_change (mailbox_id) WHERE state = 'waiting' OR state = 'held';

CREATE TABLE certified_domain (        -- a domain of a customer's own: its mailboxes expire with it (DOMAIN §3.8, P44)
  id              :id,
  brand           TEXT   NOT NULL,
  name            TEXT   NOT NULL,     -- lower case; mailbox.domain names it
  expires_on      BIGINT NOT NULL,     -- last day, inclusive; that of each of its mailboxes
  unregistered_on BIGINT NOT NULL DEFAULT 0, -- the day from which it is nobody's; DAY 0: it is registered (M20)
  UNIQUE (brand, name)
);
CREATE INDEX mailbox_domain ON mailbox_row (brand_no, domain) WHERE domain <> '';
