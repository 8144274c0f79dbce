-- The desk's customers, the newest first, of one brand.
CREATE INDEX account_latest ON account (brand, id);
