-- Everything a hub knows, except the bytes of the content, which lie in files named by their digest.
--
-- Portable on purpose (SQLite now, PostgreSQL for more than one machine): ids are texts made by the hub,
-- moments are milliseconds since 1970, booleans are 0 and 1, lists are JSON texts. Secrets are stored as
-- digests, except the keys that the hub signs with.

CREATE TABLE setting (
    name  TEXT PRIMARY KEY,
    value TEXT NOT NULL
);

-- A tenant. Nothing below is ever shared between two accounts.
CREATE TABLE account (
    id                 TEXT PRIMARY KEY,
    name               TEXT NOT NULL UNIQUE,
    signing_key        TEXT NOT NULL,       -- Ed25519 seed, hexadecimal
    default_playlist   TEXT,                -- playlist.id
    content_sequence   BIGINT NOT NULL,     -- grows with every change of what its screens play
    content_changed_at BIGINT NOT NULL,
    created_at         BIGINT NOT NULL
);

-- A person who may sign in to the console.
CREATE TABLE operator (
    id            TEXT PRIMARY KEY,
    account       TEXT NOT NULL REFERENCES account (id),
    email         TEXT NOT NULL UNIQUE,     -- lower case
    password_hash TEXT NOT NULL,            -- PHC string
    created_at    BIGINT NOT NULL
);

CREATE TABLE session (
    digest     TEXT PRIMARY KEY,            -- SHA-256 of the cookie
    operator   TEXT NOT NULL REFERENCES operator (id),
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);

CREATE TABLE content (
    id         TEXT PRIMARY KEY,
    account    TEXT NOT NULL REFERENCES account (id),
    title      TEXT NOT NULL,
    kind       TEXT NOT NULL,               -- image, video
    sha256     TEXT NOT NULL,
    size       BIGINT NOT NULL,
    media_type TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    UNIQUE (account, sha256)
);

CREATE TABLE playlist (
    id         TEXT PRIMARY KEY,
    account    TEXT NOT NULL REFERENCES account (id),
    name       TEXT NOT NULL,
    created_at BIGINT NOT NULL
);

CREATE TABLE playlist_item (
    id          TEXT PRIMARY KEY,
    playlist    TEXT NOT NULL REFERENCES playlist (id),
    position    BIGINT NOT NULL,
    content     TEXT NOT NULL REFERENCES content (id),
    duration_ms BIGINT,                     -- images only
    UNIQUE (playlist, position)
);

-- What lets a device into an account.
CREATE TABLE enrol_token (
    id         TEXT PRIMARY KEY,
    account    TEXT NOT NULL REFERENCES account (id),
    kind       TEXT NOT NULL,               -- provisioning, device
    name       TEXT,
    digest     TEXT NOT NULL UNIQUE,
    playlist   TEXT REFERENCES playlist (id),
    tags       TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT,                      -- device tokens, and only while unused
    revoked_at BIGINT,
    used_by    TEXT                         -- device tokens: device.id, for ever
);

CREATE TABLE device (
    id            TEXT PRIMARY KEY,         -- RFC 7638 thumbprint of its key
    account       TEXT NOT NULL REFERENCES account (id),
    enrol_token   TEXT NOT NULL REFERENCES enrol_token (id),
    public_key    TEXT NOT NULL,            -- JWK
    name          TEXT NOT NULL,
    location      TEXT,
    serial        TEXT,
    model         TEXT,
    macs          TEXT NOT NULL,
    tags          TEXT NOT NULL,
    software      TEXT NOT NULL,
    address       TEXT,
    playlist      TEXT REFERENCES playlist (id),
    granted       BIGINT NOT NULL,          -- the authorization that is in force
    sequence      BIGINT NOT NULL,          -- of that authorization; grows, also across accounts
    authorized_at BIGINT NOT NULL,          -- its notBefore
    created_at    BIGINT NOT NULL,
    last_seen     BIGINT NOT NULL
);

CREATE INDEX device_account ON device (account);

-- Nonces that have done their work. Each is kept until it would have expired anyway.
CREATE TABLE used_nonce (
    nonce      TEXT PRIMARY KEY,
    expires_at BIGINT NOT NULL
);

-- Who did what, and what was refused.
CREATE TABLE audit (
    id      TEXT PRIMARY KEY,
    at      BIGINT NOT NULL,
    account TEXT,                           -- absent when an unknown token tells nothing
    actor   TEXT NOT NULL,                  -- cli, device, operator id
    action  TEXT NOT NULL,
    subject TEXT NOT NULL,                  -- id of what it was done to
    outcome TEXT NOT NULL,                  -- ok, refused
    code    TEXT,                           -- problem code of a refusal
    address TEXT,
    detail  TEXT
);

CREATE INDEX audit_at ON audit (at);
