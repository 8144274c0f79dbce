-- Texts that the desk keeps over the brands' files: conditions and consents, and the words of the mails (shop/wording.h).

CREATE TABLE text_version (            -- the file's own is version 0 and has no row
  id           :id,
  brand        TEXT   NOT NULL,
  name         TEXT   NOT NULL,        -- 'terms', 'privacy' …; of a mail its template, 'charge_notice'
  language     TEXT   NOT NULL,        -- 'it', 'en'
  state        TEXT   NOT NULL CHECK (state = 'draft' OR state = 'published' OR state = 'withdrawn'),
  version      TEXT   NOT NULL,        -- as orders name it; of a mail the first digits of its hash
  subject      TEXT   NOT NULL,        -- '' of what is no mail
  body         TEXT   NOT NULL,
  html         TEXT   NOT NULL,        -- '' none
  sha256       TEXT   NOT NULL,        -- of the body; of a mail, of its three parts
  from_day     BIGINT NOT NULL,        -- 0: a draft
  reason       TEXT   NOT NULL,
  written_by   TEXT   NOT NULL,        -- operator:3
  written_at   BIGINT NOT NULL,
  decided_by   TEXT   NOT NULL DEFAULT '', -- who published it; of two, the second
  decided_at   BIGINT,
  withdrawn_by TEXT   NOT NULL DEFAULT '',
  withdrawn_at BIGINT                  -- taken back before it began
);
CREATE UNIQUE INDEX text_draft ON text_version (brand, name, language) WHERE state = 'draft';
CREATE INDEX text_of ON text_version (brand, name, language, from_day);
CREATE INDEX text_words ON text_version (brand, name, sha256) WHERE state <> 'draft';
