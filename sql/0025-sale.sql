-- How sales are taken back, line by line (DOMAIN Y11).

CREATE TABLE credited_line (           -- a line of an order that a credit note took back by itself, whole
  order_id   BIGINT NOT NULL,
  line       BIGINT NOT NULL,
  invoice_id BIGINT NOT NULL REFERENCES invoice (id), -- the credit note
  PRIMARY KEY (order_id, line),        -- once
  FOREIGN KEY (order_id, line) REFERENCES order_line (order_id, line)
);
CREATE INDEX credited_line_note ON credited_line (invoice_id);

CREATE TABLE refund_returned (         -- a transfer of ours that the bank sent back: the refund stays done, its money is held again as the entry
  refund_id     BIGINT PRIMARY KEY REFERENCES refund (id),
  bank_entry_id BIGINT NOT NULL UNIQUE REFERENCES bank_entry (id),
  at            BIGINT NOT NULL
);
