-- Customers at the desk: how they are found, what is noted about them, what is held back, who was erased (DOMAIN L1, L30).

-- What a mailbox (about 'm': names, tax codes, contact of its holder) or an account ('a') is found by: each name once from each of its
-- words on, so that "rossi mar" and "mario ros" are both the beginning of a key. One range of this table answers a search.
:sqlite CREATE TABLE search_key (about TEXT NOT NULL, key TEXT NOT NULL, id BIGINT NOT NULL, brand TEXT NOT NULL, PRIMARY KEY (about, key, id)) WITHOUT ROWID;
:postgres CREATE TABLE search_key (about TEXT NOT NULL, key TEXT COLLATE "C" NOT NULL, id BIGINT NOT NULL, brand TEXT NOT NULL, PRIMARY KEY (about, key, id));

CREATE INDEX session_account ON session (account_id) WHERE account_id IS NOT NULL;

CREATE TABLE desk_note (               -- what the desk wrote down: plain text, never changed; of a mailbox, an account or an order
  id         :id,
  brand      TEXT   NOT NULL,
  mailbox_id BIGINT REFERENCES mailbox_row (id),
  account_id BIGINT REFERENCES account (id),
  order_id   BIGINT REFERENCES shop_order (id),
  body       TEXT   NOT NULL,
  pinned     BIGINT NOT NULL,          -- 1: stands on top
  written_by TEXT   NOT NULL,
  written_at BIGINT NOT NULL
);
CREATE INDEX desk_note_mailbox ON desk_note (mailbox_id, id) WHERE mailbox_id IS NOT NULL;
CREATE INDEX desk_note_account ON desk_note (account_id, id) WHERE account_id IS NOT NULL;
CREATE INDEX desk_note_order ON desk_note (order_id, id) WHERE order_id IS NOT NULL;

CREATE TABLE suspension (              -- sospesa (M20): while mailbox.status is 'suspended'
  mailbox_id BIGINT PRIMARY KEY REFERENCES mailbox_row (id),
  reason     TEXT   NOT NULL CHECK (reason = 'fraud' OR reason = 'court' OR reason = 'identity' OR reason = 'payment' OR reason = 'other'),
  note       TEXT   NOT NULL,          -- the desk's own words, not the customer's
  set_by     TEXT   NOT NULL,
  set_at     BIGINT NOT NULL
);

CREATE TABLE mailbox_hold (               -- what the desk holds back for a while; a legal hold is a row of legal_hold
  id             :id,
  mailbox_id     BIGINT NOT NULL REFERENCES mailbox_row (id),
  stops_deletion BIGINT NOT NULL,      -- 1: its content is not deleted
  stops_renewal  BIGINT NOT NULL,      -- 1: it is not renewed, by hand or by itself
  reason         TEXT   NOT NULL,
  until_on       BIGINT NOT NULL,      -- the last day
  set_by         TEXT   NOT NULL,
  set_at         BIGINT NOT NULL,
  lifted_by      TEXT   NOT NULL DEFAULT '',
  lifted_at      BIGINT,
  CHECK (stops_deletion = 1 OR stops_renewal = 1)
);
CREATE INDEX mailbox_hold_open ON mailbox_hold (mailbox_id) WHERE lifted_at IS NULL;
