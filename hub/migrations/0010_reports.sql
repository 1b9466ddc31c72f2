-- What screens report, how they are sorted into folders and groups, what an account has set, and alerts.

ALTER TABLE account ADD COLUMN timezone TEXT;                           -- IANA; of screens without one
ALTER TABLE account ADD COLUMN online_minutes BIGINT NOT NULL DEFAULT 3;
ALTER TABLE account ADD COLUMN keep_logs_days BIGINT NOT NULL DEFAULT 90;
ALTER TABLE account ADD COLUMN keep_plays_days BIGINT NOT NULL DEFAULT 365;

-- What a screen said of itself last, and what it has used of its quotas today.
CREATE TABLE device_status (
    device       TEXT PRIMARY KEY REFERENCES device (id),
    received_at  BIGINT NOT NULL,           -- of the newest report, by the hub's clock
    at           BIGINT,                    -- of the status, by the screen's clock
    title        TEXT,                      -- what plays
    width        BIGINT,
    height       BIGINT,
    rotation     BIGINT,
    free_bytes   BIGINT,
    total_bytes  BIGINT,
    status       TEXT,                      -- all of it, JSON as it came
    faults       BIGINT NOT NULL DEFAULT 0, -- not resolved
    recent       TEXT NOT NULL DEFAULT '[]',-- ids of the newest reports
    day          BIGINT NOT NULL DEFAULT 0, -- that the counts are of
    logs         BIGINT NOT NULL DEFAULT 0,
    plays        BIGINT NOT NULL DEFAULT 0,
    dropped      BIGINT NOT NULL DEFAULT 0
);

-- Time that a screen was heard of regularly, by UTC day.
CREATE TABLE device_day (
    device    TEXT NOT NULL REFERENCES device (id),
    day       BIGINT NOT NULL,              -- since 1970
    online_ms BIGINT NOT NULL,
    PRIMARY KEY (device, day)
);

CREATE TABLE fault (
    device              TEXT NOT NULL REFERENCES device (id),
    id                  TEXT NOT NULL,      -- the screen's
    account             TEXT NOT NULL REFERENCES account (id),
    class               TEXT NOT NULL,      -- content, network, hardware
    code                TEXT NOT NULL,      -- of the catalogue
    detail              TEXT,
    raised_at           BIGINT NOT NULL,    -- by the screen's clock
    received_at         BIGINT NOT NULL,    -- by the hub's
    cleared_at          BIGINT,
    cleared_received_at BIGINT,
    PRIMARY KEY (device, id)
);

CREATE INDEX fault_open ON fault (account, class) WHERE cleared_received_at IS NULL;
CREATE INDEX fault_received ON fault (account, received_at);

CREATE TABLE device_log (
    device      TEXT NOT NULL REFERENCES device (id),
    id          TEXT NOT NULL,              -- the screen's
    account     TEXT NOT NULL REFERENCES account (id),
    at          BIGINT NOT NULL,            -- by the screen's clock
    received_at BIGINT NOT NULL,
    severity    BIGINT NOT NULL,            -- 0 debug, 1 info, 2 warning, 3 error
    source      TEXT,
    message     TEXT NOT NULL,
    PRIMARY KEY (device, id)
);

CREATE INDEX device_log_device ON device_log (device, at);
CREATE INDEX device_log_account ON device_log (account, at);
CREATE INDEX device_log_received ON device_log (account, received_at);

-- Proof of play.
CREATE TABLE play (
    device      TEXT NOT NULL REFERENCES device (id),
    id          TEXT NOT NULL,              -- the screen's
    account     TEXT NOT NULL REFERENCES account (id),
    started_at  BIGINT NOT NULL,            -- by the screen's clock
    received_at BIGINT NOT NULL,
    duration_ms BIGINT NOT NULL,
    content     TEXT,                       -- content.id or SHA-256, as the publication named it
    title       TEXT NOT NULL,
    layout      TEXT,
    playlist    TEXT,
    completed   BIGINT NOT NULL,
    reason      TEXT,                       -- why not completed
    PRIMARY KEY (device, id)
);

CREATE INDEX play_device ON play (device, started_at);
CREATE INDEX play_account ON play (account, started_at);
CREATE INDEX play_received ON play (account, received_at);

-- What an account has used, by UTC day; kept for ever, since counters are made of it.
CREATE TABLE account_day (
    account TEXT NOT NULL REFERENCES account (id),
    day     BIGINT NOT NULL,
    reports BIGINT NOT NULL DEFAULT 0,
    records BIGINT NOT NULL DEFAULT 0,      -- log lines, plays and faults
    dropped BIGINT NOT NULL DEFAULT 0,
    sent    BIGINT NOT NULL DEFAULT 0,      -- alert messages
    failed  BIGINT NOT NULL DEFAULT 0,
    PRIMARY KEY (account, day)
);

-- Folders that were made; one that a screen names is there as well.
CREATE TABLE screen_folder (
    account TEXT NOT NULL REFERENCES account (id),
    path    TEXT NOT NULL,                  -- levels separated by a slash
    PRIMARY KEY (account, path)
);

CREATE TABLE screen_group (
    id         TEXT PRIMARY KEY,            -- sgr_…
    account    TEXT NOT NULL REFERENCES account (id),
    name       TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    UNIQUE (account, name)
);

CREATE TABLE screen_group_member (
    screen_group TEXT NOT NULL REFERENCES screen_group (id),
    device       TEXT NOT NULL REFERENCES device (id),
    PRIMARY KEY (screen_group, device)
);

CREATE INDEX screen_group_member_device ON screen_group_member (device);
CREATE INDEX device_account_name ON device (account, name, id);
CREATE INDEX device_serial ON device (account, serial);

-- A board that showed up with a key that it should not have: a copied card, or another card in a known board.
CREATE TABLE device_doubt (
    device  TEXT NOT NULL REFERENCES device (id),
    kind    TEXT NOT NULL,                  -- clone, swap
    other   TEXT NOT NULL,                  -- clone: the other serial number; swap: the device that it was
    account TEXT NOT NULL REFERENCES account (id),
    at      BIGINT NOT NULL,
    PRIMARY KEY (device, kind, other)
);

-- Where alerts go.
CREATE TABLE alert_channel (
    id         TEXT PRIMARY KEY,            -- ach_…
    account    TEXT NOT NULL REFERENCES account (id),
    name       TEXT NOT NULL,
    kind       TEXT NOT NULL,               -- webhook, email
    target     TEXT NOT NULL,               -- address of the webhook, or e-mail addresses as a JSON list
    created_at BIGINT NOT NULL
);

CREATE TABLE alert_rule (
    id         TEXT PRIMARY KEY,            -- alr_…
    account    TEXT NOT NULL REFERENCES account (id),
    kind       TEXT NOT NULL,               -- offline, fault, token, authorization, storage
    number     BIGINT NOT NULL,             -- minutes, days, or per cent
    class      TEXT,                        -- of faults; absent for all
    channel    TEXT,                        -- alert_channel.id; absent for all
    created_at BIGINT NOT NULL
);

-- One thing that is or was wrong, and that people are told of once.
CREATE TABLE alert (
    id           TEXT PRIMARY KEY,          -- alt_…, sorts by time
    account      TEXT NOT NULL REFERENCES account (id),
    rule         TEXT NOT NULL,
    subject      TEXT NOT NULL,             -- id of the screen or the token
    name         TEXT NOT NULL,             -- what it was called
    summary      TEXT NOT NULL,
    opened_at    BIGINT NOT NULL,
    calm_since   BIGINT,                    -- nothing is wrong any more, but that may be for a moment only
    flaps        BIGINT NOT NULL DEFAULT 0,
    closed_at    BIGINT
);

CREATE UNIQUE INDEX alert_open ON alert (rule, subject) WHERE closed_at IS NULL;
CREATE INDEX alert_account ON alert (account, id);

-- A message on its way. One hub at a time has claimed it.
CREATE TABLE alert_delivery (
    id            TEXT PRIMARY KEY,         -- ald_…, sorts by time
    account       TEXT NOT NULL REFERENCES account (id),
    channel       TEXT NOT NULL,
    event         TEXT NOT NULL,            -- opened, recovered, test
    body          TEXT NOT NULL,            -- JSON, as a webhook gets it
    state         TEXT NOT NULL,            -- waiting, sent, failed
    attempts      BIGINT NOT NULL DEFAULT 0,
    next_at       BIGINT NOT NULL,
    claimed_until BIGINT NOT NULL DEFAULT 0,
    last_error    TEXT,
    created_at    BIGINT NOT NULL,
    done_at       BIGINT
);

CREATE INDEX alert_delivery_waiting ON alert_delivery (next_at) WHERE state = 'waiting';
CREATE INDEX alert_delivery_account ON alert_delivery (account, id);
