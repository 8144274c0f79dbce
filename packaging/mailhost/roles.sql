-- On PostgreSQL, run by the owner of casella's tables (`psql -d DATABASE -f roles.sql`) and again after each `casella migrate`: two users for
-- the mail servers. Postfix's reads addresses and what is refused; Dovecot's reads passwords too, and writes how full mailboxes are. Neither
-- reads a table, nor anything else of casella's. Their passwords are set by hand: ALTER ROLE … PASSWORD '…'.
DO $$ BEGIN CREATE ROLE casella_postfix LOGIN; EXCEPTION WHEN duplicate_object THEN NULL; END $$;
DO $$ BEGIN CREATE ROLE casella_dovecot LOGIN; EXCEPTION WHEN duplicate_object THEN NULL; END $$;
GRANT SELECT ON mailhost_address, mailhost_alias, mailhost_recipient, mailhost_sender, mailhost_stranger TO casella_postfix;
GRANT SELECT ON mailhost_box, mailhost_redirect TO casella_dovecot;
GRANT SELECT, INSERT, UPDATE ON mailhost_usage TO casella_dovecot;
