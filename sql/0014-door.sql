-- Doors that lead straight to one mailbox: the link in a notice, the hand-off from a webmail.

CREATE TABLE door_key (                -- signs the links of notices; made when the first is needed
  one BIGINT PRIMARY KEY CHECK (one = 1),
  key TEXT   NOT NULL                  -- 32 random bytes in hex
);

CREATE TABLE door_used (               -- each opens once
  pass    TEXT   PRIMARY KEY,          -- SHA-256 of the link's token, or of the webmail's pass
  forget_at BIGINT NOT NULL            -- by then it would not open any more anyway
);
CREATE INDEX door_used_forget ON door_used (forget_at);
