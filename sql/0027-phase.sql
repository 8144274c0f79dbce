-- Space that members of a professional body pay for themselves, once the body has renewed their mailboxes (DOMAIN §3.8).

CREATE TABLE space_carried (           -- kept over the end of the term for which it was paid; the row goes when it is paid, or the space does
  mailbox_id BIGINT PRIMARY KEY REFERENCES mailbox_row (id),
  order_id   BIGINT NOT NULL UNIQUE REFERENCES shop_order (id), -- by which the member pays for the new term
  paid_until BIGINT NOT NULL           -- the last day for which it is paid
);
