-- Secrets that are sealed, and files that documents name. What SQL cannot do of it, `store::upgrade` does next.

-- The key by which screens know the account, hexadecimal. `signing_key` and the secrets below are sealed from now on.
ALTER TABLE account ADD COLUMN public_key TEXT NOT NULL DEFAULT '';

-- Where a webhook leads, fit to be shown. Its address is sealed: it often is a secret itself.
ALTER TABLE alert_channel ADD COLUMN shown TEXT NOT NULL DEFAULT '';

-- The files that a publication or an override names in its document.
CREATE TABLE blob_use (
    holder TEXT NOT NULL,                   -- publication.id or screen_override.id
    sha256 TEXT NOT NULL,
    PRIMARY KEY (holder, sha256)
);

CREATE INDEX blob_use_sha256 ON blob_use (sha256);

-- A file that is gone and came back is another one: whoever stored it before has to store it again.
ALTER TABLE blob ADD COLUMN life TEXT NOT NULL DEFAULT '';
-- Somebody is removing the file, or was until this moment. Nobody stores it meanwhile.
ALTER TABLE blob ADD COLUMN sweeper TEXT;
ALTER TABLE blob ADD COLUMN sweeper_until BIGINT NOT NULL DEFAULT 0;

-- The documents that are there already are yet to be read.
INSERT INTO setting (name, value) VALUES ('blob_use_due', '');
