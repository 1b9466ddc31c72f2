-- Authorization codes: whoever runs the hub assigns them to an account, an operator chooses one for a screen. A code
-- means something inside its account only, so it is no secret.
CREATE TABLE authorization_code (
    id            TEXT PRIMARY KEY,         -- aut_…, newer ones are greater
    account       TEXT NOT NULL REFERENCES account (id),
    code          TEXT NOT NULL,            -- what people see
    kind          TEXT NOT NULL,            -- cloud, local, free
    days          BIGINT,                   -- how long it authorizes from its first use on, or
    ends_at       BIGINT,                   -- its end; of one with days, since its first use
    replacements  BIGINT NOT NULL,          -- how often it may come back from a screen
    replaced      BIGINT NOT NULL,          -- how often it has
    device        TEXT,                     -- the screen that it authorizes, or did last
    used_at       BIGINT,                   -- since when
    cancelled_at  BIGINT,                   -- when it became historical
    created_by    TEXT NOT NULL,            -- actor, as in the audit log
    created_at    BIGINT NOT NULL,
    UNIQUE (account, code)
);

CREATE INDEX authorization_code_account ON authorization_code (account, id);

-- How screens come to be authorized. An account without a row authorizes whoever comes in, without codes.
CREATE TABLE authorization_policy (
    account      TEXT PRIMARY KEY REFERENCES account (id),
    codes        BIGINT NOT NULL,           -- whether screens need a code
    free_screens BIGINT NOT NULL,           -- most that have a free authorization at the same time
    free_days    BIGINT NOT NULL,           -- how long each lasts
    makes_codes  BIGINT NOT NULL            -- whether the account's admins make codes themselves
);

-- Who has had a free authorization, by device id and by serial number: nobody has it twice.
CREATE TABLE free_authorization (
    account TEXT NOT NULL REFERENCES account (id),
    whose   TEXT NOT NULL,                  -- id:… or serial:…
    at      BIGINT NOT NULL,
    PRIMARY KEY (account, whose)
);

-- Kind, end and code of the authorization that is in force. What was there before has no end and no code.
ALTER TABLE device ADD COLUMN kind TEXT NOT NULL DEFAULT 'cloud';
ALTER TABLE device ADD COLUMN expires_at BIGINT;
ALTER TABLE device ADD COLUMN code TEXT REFERENCES authorization_code (id);
