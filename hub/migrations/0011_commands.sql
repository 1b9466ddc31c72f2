-- What screens are told to do, and the screens that hold a connection.

CREATE TABLE command (
    id           TEXT PRIMARY KEY,          -- cmd_…, sorts by time
    account      TEXT NOT NULL REFERENCES account (id),
    device       TEXT NOT NULL,             -- device.id
    batch        TEXT NOT NULL,             -- bat_…, commands that were given together
    kind         TEXT NOT NULL,             -- screenshot, refresh, reboot, identify, restart, collectLogs
    payload      TEXT NOT NULL,             -- JSON, as the device gets it
    created_by   TEXT NOT NULL,             -- actor, as in the audit log
    created_at   BIGINT NOT NULL,
    expires_at   BIGINT NOT NULL,
    delivered_at BIGINT,                    -- when the device first read it
    accepted_at  BIGINT,                    -- when the device wrote it down; it is not given again
    finished_at  BIGINT,
    outcome      TEXT,                      -- done, failed
    result       TEXT                       -- for people
);

CREATE INDEX command_device ON command (device, id);
CREATE INDEX command_account ON command (account, id);
CREATE INDEX command_batch ON command (batch);

-- What a device has uploaded for a command. The newest of each kind stays with its screen, for a while.
CREATE TABLE command_file (
    command    TEXT PRIMARY KEY REFERENCES command (id),
    account    TEXT NOT NULL,
    device     TEXT NOT NULL,
    kind       TEXT NOT NULL,
    media_type TEXT NOT NULL,
    bytes      TEXT NOT NULL,               -- base64: the one form that every database has
    at         BIGINT NOT NULL
);

CREATE INDEX command_file_device ON command_file (device, kind);

-- The hub that a screen is connected to, and until when that holds. The hub renews it; a screen that has hung up has
-- the moment of that. Without a moment the screen has never been connected.
ALTER TABLE device ADD COLUMN session TEXT;
ALTER TABLE device ADD COLUMN session_until BIGINT;

CREATE INDEX push_account ON push (account, id);
