-- What waits for people at the desk: one view over all of it, and who has taken which.

CREATE VIEW desk_task AS               -- queue, item within it, whose, what it is about, since when, by when (0: no deadline)
  SELECT 'proofs' AS queue, CAST(p.id AS TEXT) AS item, p.brand AS brand, '' AS account, o.code AS subject, p.channel AS detail,
         p.received_at AS since, p.due_at AS due_at
  FROM proof p JOIN shop_order o ON o.id = p.order_id WHERE p.state = 'received'
  UNION ALL
  SELECT 'documents', CAST(r.id AS TEXT), r.brand, '', o.code, r.name, s.sent_at, s.due_at
  FROM submission s JOIN activation_request r ON r.id = s.request_id JOIN shop_order o ON o.id = r.order_id
  WHERE s.state = 'in_review'
  UNION ALL                            -- who is to have a mailbox that changes its holder
  SELECT 'holders', CAST(c.id AS TEXT), c.brand, '', m.address, c.name, s.sent_at, s.due_at
  FROM submission s JOIN holder_change c ON c.id = s.change_id JOIN mailbox m ON m.id = c.mailbox_id
  WHERE s.state = 'in_review'
  UNION ALL                            -- a bank's entry is the brand's whose account it came to; the brand files know which
  SELECT 'held', 'bank-' || CAST(e.id AS TEXT), '', e.account, coalesce(o.code, e.debtor), e.held_reason, s.imported_at, 0
  FROM bank_entry e JOIN bank_statement s ON s.id = e.statement_id LEFT JOIN shop_order o ON o.id = e.order_id
  WHERE e.state = 'held'
  UNION ALL
  SELECT 'held', 'payment-' || CAST(p.id AS TEXT), p.brand, '', o.code, p.held_reason, coalesce(p.authorised_at, p.created_at), 0
  FROM payment p JOIN shop_order o ON o.id = p.order_id WHERE p.state = 'held'
  UNION ALL
  SELECT 'held', 'cheque-' || CAST(c.id AS TEXT), c.brand, '', o.code, c.held_reason, c.closed_on * 86400000000, 0
  FROM cheque c JOIN shop_order o ON o.id = c.order_id
  WHERE c.state = 'cleared' AND c.held_reason <> '' AND NOT EXISTS (SELECT 1 FROM refund r WHERE r.cheque_id = c.id)
  UNION ALL                            -- what was to be done outside and was given up on
  SELECT 'effects', CAST(b.id AS TEXT), b.brand, '', CASE b.kind WHEN 'mail' THEN b.recipient ELSE coalesce(o.code, b.kind) END,
         b.last_error, b.created_at, 0
  FROM outbox b LEFT JOIN shop_order o ON o.id = b.order_id WHERE b.state = 'dead'
  UNION ALL
  SELECT 'contacts', CAST(c.id AS TEXT), c.brand, '', c.address, c.status, c.since, 0 FROM contact_bounce c
  UNION ALL                            -- automatic renewals that are over: the order waits to be paid by hand
  SELECT 'charges', CAST(m.id AS TEXT), m.brand, '', x.address, coalesce(o.code, ''), m.changed_at, m.expires_on * 86400000000
  FROM mandate m JOIN mailbox x ON x.id = m.mailbox_id LEFT JOIN shop_order o ON o.id = m.charge_order_id
  WHERE m.state = 'failed_open'
  UNION ALL
  SELECT 'approvals', CAST(a.id AS TEXT), a.brand, '', a.title, a.kind, a.asked_at, a.expires_at FROM approval a WHERE a.state = 'waiting';

CREATE INDEX mandate_failed ON mandate (id) WHERE state = 'failed_open';
CREATE INDEX cheque_held ON cheque (id) WHERE state = 'cleared' AND held_reason <> '';

CREATE TABLE desk_hold (               -- who has taken a task, or has put it off; without effect once `until` has passed
  queue       TEXT   NOT NULL,
  item        TEXT   NOT NULL,
  operator_id BIGINT NOT NULL REFERENCES operator (id),
  at          BIGINT NOT NULL,
  until       BIGINT NOT NULL,
  note        TEXT   NOT NULL,         -- why it was put off; '' while somebody works at it
  put_off     BIGINT NOT NULL,         -- 1: nobody is to be given it before `until`
  PRIMARY KEY (queue, item)
);
CREATE INDEX desk_hold_until ON desk_hold (until);
