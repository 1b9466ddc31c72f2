-- Screens that come in by a code on their display instead of a token, and screens that leave.

-- A screen that shows a code. One row a key: newer codes replace older ones.
CREATE TABLE pairing (
    device      TEXT PRIMARY KEY,           -- RFC 7638 thumbprint of its key
    public_key  TEXT NOT NULL,              -- JWK
    device_code TEXT NOT NULL UNIQUE,       -- SHA-256
    user_code   TEXT NOT NULL UNIQUE,       -- SHA-256
    location    TEXT,
    serial      TEXT,
    model       TEXT,
    macs        TEXT NOT NULL,
    tags        TEXT NOT NULL,
    software    TEXT NOT NULL,
    address     TEXT,
    state       TEXT NOT NULL,              -- waiting, paired, denied
    created_at  BIGINT NOT NULL,
    expires_at  BIGINT NOT NULL,
    decided_at  BIGINT                      -- when it left waiting
);

CREATE INDEX pairing_expires ON pairing (expires_at);

-- A paired screen has no token. SQLite cannot take NOT NULL back, so the column is made anew.
ALTER TABLE device ADD COLUMN came_by TEXT REFERENCES enrol_token (id);
UPDATE device SET came_by = enrol_token;
ALTER TABLE device DROP COLUMN enrol_token;
ALTER TABLE device RENAME COLUMN came_by TO enrol_token;

-- A screen that was unpaired, deleted or transferred. The row stays, out of sight: the screen has to be told, and
-- its next authorization needs a higher sequence.
ALTER TABLE device ADD COLUMN left_at BIGINT;
ALTER TABLE device ADD COLUMN told_at BIGINT;       -- when it first read the withdrawal that is in force
ALTER TABLE device ADD COLUMN moves_to TEXT REFERENCES account (id);    -- of a transferred one

-- By such a code an account agrees to take one screen over from another.
CREATE TABLE transfer_code (
    digest     TEXT PRIMARY KEY,            -- SHA-256
    account    TEXT NOT NULL REFERENCES account (id),
    created_by TEXT NOT NULL,               -- actor, as in the audit log
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);
