-- What people compose: playlists with rules, layouts, schedules; what of it is published; and overrides.

-- What was edited is a draft until it is published. The published state is a document, not rows.
ALTER TABLE playlist ADD COLUMN folder TEXT;                            -- levels separated by a slash
ALTER TABLE playlist ADD COLUMN updated_at BIGINT NOT NULL DEFAULT 0;

-- An item shows content, a layout or a web page. SQLite cannot take NOT NULL back, so the column is made anew.
ALTER TABLE playlist_item ADD COLUMN shows TEXT REFERENCES content (id);
UPDATE playlist_item SET shows = content;
ALTER TABLE playlist_item DROP COLUMN content;
ALTER TABLE playlist_item RENAME COLUMN shows TO content;
ALTER TABLE playlist_item ADD COLUMN layout TEXT;                       -- layout.id
ALTER TABLE playlist_item ADD COLUMN url TEXT;
ALTER TABLE playlist_item ADD COLUMN rules TEXT NOT NULL DEFAULT '{}';  -- JSON: title, from, until, days, hours, minIntervalMs

CREATE INDEX playlist_account ON playlist (account, name, id);
CREATE INDEX playlist_item_content ON playlist_item (content);

-- Drafts of layouts, named times, and entries of the schedule: what they hold is JSON, as the API has it.
CREATE TABLE layout (
    id         TEXT PRIMARY KEY,
    account    TEXT NOT NULL REFERENCES account (id),
    name       TEXT NOT NULL,
    folder     TEXT,
    body       TEXT NOT NULL,           -- width, height, background, backgroundImage, zones
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);

CREATE TABLE time_block (
    id         TEXT PRIMARY KEY,
    account    TEXT NOT NULL REFERENCES account (id),
    name       TEXT NOT NULL,
    folder     TEXT,
    body       TEXT NOT NULL,           -- days, spans
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);

CREATE TABLE schedule_entry (
    id         TEXT PRIMARY KEY,
    account    TEXT NOT NULL REFERENCES account (id),
    name       TEXT NOT NULL,
    folder     TEXT,
    body       TEXT NOT NULL,           -- target, audience, priority, timing
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);

CREATE INDEX layout_account ON layout (account, name, id);
CREATE INDEX time_block_account ON time_block (account, name, id);
CREATE INDEX schedule_entry_account ON schedule_entry (account, name, id);

-- What is shown above all, at once: no draft, no approval. It ends by itself.
CREATE TABLE screen_override (
    id         TEXT PRIMARY KEY,
    account    TEXT NOT NULL REFERENCES account (id),
    name       TEXT NOT NULL,
    target     TEXT NOT NULL,           -- JSON, as screens get it
    audience   TEXT NOT NULL,           -- JSON
    starts_at  BIGINT NOT NULL,
    ends_at    BIGINT NOT NULL,
    stopped_at BIGINT,
    created_by TEXT NOT NULL,           -- actor, as in the audit log
    created_at BIGINT NOT NULL
);

CREATE INDEX screen_override_account ON screen_override (account, ends_at);

-- What was published or is to be. The published one with the highest number is in force; a document never changes.
CREATE TABLE publication (
    id           TEXT PRIMARY KEY,
    account      TEXT NOT NULL REFERENCES account (id),
    number       BIGINT NOT NULL,       -- of published ones, from 1; 0 as long as it is a request
    state        TEXT NOT NULL,         -- requested, published, rejected, withdrawn
    document     TEXT NOT NULL,         -- JSON: playlists, layouts, schedule, as screens get them
    changes      TEXT NOT NULL,         -- JSON: against the one before
    comment      TEXT,
    created_by   TEXT NOT NULL,         -- actor who published or asked
    created_at   BIGINT NOT NULL,
    decided_by   TEXT,                  -- actor who approved or rejected
    decided_at   BIGINT,
    answer       TEXT,                  -- why
    published_at BIGINT,
    sequence     BIGINT,                -- account.content_sequence that it got
    restores     TEXT                   -- publication.id that it brings back
);

CREATE INDEX publication_account ON publication (account, number);

-- Defaults. What a screen has of both: the layout counts.
ALTER TABLE account ADD COLUMN default_layout TEXT;                 -- layout.id
ALTER TABLE account ADD COLUMN approval TEXT NOT NULL DEFAULT 'none';   -- none, managers, everybody
ALTER TABLE device ADD COLUMN layout TEXT;                          -- layout.id
ALTER TABLE screen ADD COLUMN layout TEXT;
ALTER TABLE enrol_token ADD COLUMN layout TEXT;
