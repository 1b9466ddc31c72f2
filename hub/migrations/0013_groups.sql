-- Groups of people with rights on folders, signing in through a provider, and how long the audit log is kept.

CREATE TABLE person_group (
    id         TEXT PRIMARY KEY,            -- grp_…
    account    TEXT NOT NULL REFERENCES account (id),
    name       TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    UNIQUE (account, name)
);

CREATE TABLE group_member (
    person_group TEXT NOT NULL REFERENCES person_group (id),
    operator     TEXT NOT NULL REFERENCES operator (id),
    PRIMARY KEY (person_group, operator)
);

CREATE INDEX group_member_operator ON group_member (operator);

-- What the members of a group may do with what lies in a folder, and in the folders below it.
CREATE TABLE group_folder (
    person_group TEXT NOT NULL REFERENCES person_group (id),
    area         TEXT NOT NULL,             -- content, screens
    folder       TEXT NOT NULL,             -- levels separated by a slash; empty for the top
    level        TEXT NOT NULL,             -- none, read, write
    PRIMARY KEY (person_group, area, folder)
);

-- By what an OpenID provider knows a person.
CREATE TABLE identity (
    issuer     TEXT NOT NULL,
    subject    TEXT NOT NULL,
    operator   TEXT NOT NULL REFERENCES operator (id),
    created_at BIGINT NOT NULL,
    PRIMARY KEY (issuer, subject)
);

CREATE INDEX identity_operator ON identity (operator);

-- A suspended person signs in nowhere and keeps everything else.
ALTER TABLE operator ADD COLUMN suspended_at BIGINT;

-- A personal token has an owner and ends with them; one without is a service account.
ALTER TABLE api_token ADD COLUMN owner TEXT;    -- operator.id
ALTER TABLE api_token ADD COLUMN folder TEXT;   -- all that it reaches; without one, everything

-- Days that the audit log is kept; without a number, for ever.
ALTER TABLE account ADD COLUMN audit_days BIGINT;
ALTER TABLE account ADD COLUMN refusal_days BIGINT DEFAULT 30;
