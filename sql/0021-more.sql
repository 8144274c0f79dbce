-- Space bought while a term runs.

CREATE TABLE space_claim (             -- the one unpaid order of extra space of a mailbox; it gives way to any order that renews it
  mailbox_id BIGINT PRIMARY KEY REFERENCES mailbox (id),
  order_id   BIGINT NOT NULL UNIQUE REFERENCES shop_order (id)
);
