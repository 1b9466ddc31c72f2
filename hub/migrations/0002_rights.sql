-- What a person or a program may do: admin, content, viewer. Those who were there before looked after everything.
ALTER TABLE operator ADD COLUMN role TEXT NOT NULL DEFAULT 'admin';

-- A token by which a program uses the API.
CREATE TABLE api_token (
    id         TEXT PRIMARY KEY,
    account    TEXT NOT NULL REFERENCES account (id),
    name       TEXT NOT NULL,
    role       TEXT NOT NULL,
    digest     TEXT NOT NULL UNIQUE,        -- SHA-256 of the token
    created_by TEXT NOT NULL,               -- actor, as in the audit log
    created_at BIGINT NOT NULL,
    expires_at BIGINT,
    revoked_at BIGINT,
    last_used  BIGINT
);
