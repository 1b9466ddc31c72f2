-- What connected screens and open pages have to be told. Written in the change that it tells of, read by every hub in
-- the order of the ids. Old rows are removed, the newest one stays: ids go on from it.
CREATE TABLE push (
    id      BIGINT PRIMARY KEY,
    account TEXT NOT NULL,
    device  TEXT,                           -- absent when it concerns every screen of the account
    topic   TEXT NOT NULL,                  -- authorization, content, command, release, screens
    subject TEXT,                           -- such as the id of a command
    at      BIGINT NOT NULL
);
