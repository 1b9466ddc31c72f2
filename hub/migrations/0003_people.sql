-- A link by which somebody gets in for the first time. It is gone when it was used or withdrawn.
CREATE TABLE invitation (
    id         TEXT PRIMARY KEY,
    account    TEXT NOT NULL REFERENCES account (id),
    email      TEXT NOT NULL,               -- lower case
    role       TEXT NOT NULL,
    digest     TEXT NOT NULL UNIQUE,        -- SHA-256 of the code in the link
    created_by TEXT NOT NULL,               -- actor, as in the audit log
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    UNIQUE (account, email)
);

-- The second step of signing in, RFC 6238.
ALTER TABLE operator ADD COLUMN totp_secret TEXT;               -- hexadecimal; absent when there is no second step
ALTER TABLE operator ADD COLUMN totp_step BIGINT;               -- of the code that was used last
ALTER TABLE operator ADD COLUMN totp_failures BIGINT NOT NULL DEFAULT 0;
ALTER TABLE operator ADD COLUMN totp_failed_at BIGINT NOT NULL DEFAULT 0;

-- For somebody whose phone is gone. A code is deleted by its use.
CREATE TABLE recovery_code (
    operator TEXT NOT NULL REFERENCES operator (id),
    digest   TEXT NOT NULL,                 -- SHA-256
    PRIMARY KEY (operator, digest)
);

-- Names as they were when it happened: the log is read after the person or the thing is gone.
ALTER TABLE audit ADD COLUMN actor_name TEXT;
ALTER TABLE audit ADD COLUMN subject_name TEXT;
CREATE INDEX audit_account ON audit (account, id);
