-- Requests with an Idempotency-Key: while they run, and for a day what they were answered.
CREATE TABLE idempotency (
    account    TEXT NOT NULL REFERENCES account (id),
    actor      TEXT NOT NULL,               -- whose key it is: a person or an API token
    key        TEXT NOT NULL,               -- HMAC of the key under the hub's secret
    request    TEXT NOT NULL,               -- SHA-256 of method, path, headers that matter and body
    status     BIGINT,                      -- absent while it runs
    answer     TEXT,                        -- encrypted, by a key that takes the client's to make
    created_at BIGINT NOT NULL,
    PRIMARY KEY (account, actor, key)
);

CREATE INDEX idempotency_created ON idempotency (created_at);
