-- What is known of content, in which folders it lies, and how its bytes arrive.

ALTER TABLE content ADD COLUMN folder TEXT NOT NULL DEFAULT '';        -- levels separated by a slash; '' is the top
ALTER TABLE content ADD COLUMN tags TEXT NOT NULL DEFAULT '[]';
ALTER TABLE content ADD COLUMN duration_ms BIGINT;
ALTER TABLE content ADD COLUMN width BIGINT;
ALTER TABLE content ADD COLUMN height BIGINT;
ALTER TABLE content ADD COLUMN codec TEXT;                             -- of the picture, such as H.264
ALTER TABLE content ADD COLUMN audio TEXT;                             -- codec of the sound
ALTER TABLE content ADD COLUMN details TEXT;                           -- everything that the probe said, JSON
ALTER TABLE content ADD COLUMN thumbnail TEXT;                         -- blob.sha256 of a JPEG
ALTER TABLE content ADD COLUMN probe TEXT NOT NULL DEFAULT 'waiting';  -- waiting, running, done, failed, none
ALTER TABLE content ADD COLUMN probed_at BIGINT;                       -- when the probe began
ALTER TABLE content ADD COLUMN problem TEXT;                           -- why a screen could not show it
ALTER TABLE content ADD COLUMN created_by TEXT NOT NULL DEFAULT 'cli';

CREATE INDEX content_folder_title ON content (account, folder, title);
CREATE INDEX content_sha256 ON content (sha256);
CREATE INDEX content_thumbnail ON content (thumbnail);

-- Folders that somebody has made; one that only content names is a folder as well.
CREATE TABLE content_folder (
    account    TEXT NOT NULL REFERENCES account (id),
    path       TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (account, path)
);

-- Every file of the store that has its digest as its name, and some that are about to come: the row is there first.
CREATE TABLE blob (
    sha256     TEXT PRIMARY KEY,
    size       BIGINT NOT NULL,
    touched_at BIGINT NOT NULL                                         -- last stored, or last let go of
);

INSERT INTO blob (sha256, size, touched_at) SELECT DISTINCT sha256, size, created_at FROM content;

-- A file that is arriving.
CREATE TABLE upload (
    id         TEXT PRIMARY KEY,
    account    TEXT NOT NULL REFERENCES account (id),
    created_by TEXT NOT NULL,
    title      TEXT NOT NULL,
    folder     TEXT NOT NULL,
    size       BIGINT NOT NULL,
    received   BIGINT NOT NULL,
    lease      TEXT,                                                   -- of whoever writes to it now
    content    TEXT,                                                   -- content.id, once it is whole
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);

CREATE INDEX upload_account ON upload (account);

-- The parts of it that have arrived; each lies in the store under a name of its own.
CREATE TABLE upload_piece (
    upload TEXT NOT NULL REFERENCES upload (id),
    first  BIGINT NOT NULL,
    size   BIGINT NOT NULL,
    name   TEXT NOT NULL,
    PRIMARY KEY (upload, first)
);

-- Most bytes of content; without one there is no limit.
ALTER TABLE account ADD COLUMN content_limit BIGINT;
