-- Screens that wait for their device, what tokens give, and whom they let in.

-- An entry for a screen: an operator made it with a device token, and its device fills it. It outlives its tokens.
CREATE TABLE screen (
    id         TEXT PRIMARY KEY,
    account    TEXT NOT NULL REFERENCES account (id),
    name       TEXT,                        -- without one the device names itself
    playlist   TEXT REFERENCES playlist (id),
    folder     TEXT,                        -- levels separated by a slash
    timezone   TEXT,                        -- IANA
    location   TEXT,
    tags       TEXT NOT NULL,
    device     TEXT,                        -- device.id, once it has come
    created_at BIGINT NOT NULL
);

CREATE INDEX screen_account ON screen (account);

-- What a provisioning token gives stands with the token, what a device token gives with its screen.
ALTER TABLE enrol_token ADD COLUMN screen TEXT REFERENCES screen (id);
ALTER TABLE enrol_token ADD COLUMN folder TEXT;
ALTER TABLE enrol_token ADD COLUMN timezone TEXT;
ALTER TABLE enrol_token ADD COLUMN location TEXT;
ALTER TABLE enrol_token ADD COLUMN batch TEXT;  -- bat_…, tokens that were made together

CREATE INDEX enrol_token_account ON enrol_token (account, id);
CREATE INDEX enrol_token_screen ON enrol_token (screen);

INSERT INTO screen (id, account, name, playlist, tags, device, created_at)
SELECT 'scr_' || substr(id, 5), account, name, playlist, tags, used_by, created_at
FROM enrol_token WHERE kind = 'device';

UPDATE enrol_token SET screen = 'scr_' || substr(id, 5), name = NULL, playlist = NULL, tags = '[]'
WHERE kind = 'device';

-- Every device that a token has let in, also those that have moved on to another.
CREATE TABLE token_device (
    token  TEXT NOT NULL REFERENCES enrol_token (id),
    device TEXT NOT NULL,
    at     BIGINT NOT NULL,
    PRIMARY KEY (token, device)
);

INSERT INTO token_device (token, device, at) SELECT enrol_token, id, created_at FROM device;

ALTER TABLE device ADD COLUMN folder TEXT;
ALTER TABLE device ADD COLUMN timezone TEXT;

-- Most screens that may play at the same time; without one there is no limit.
ALTER TABLE account ADD COLUMN screen_limit BIGINT;
