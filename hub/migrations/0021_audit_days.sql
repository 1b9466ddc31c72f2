-- How long an account keeps its audit log; without a number for ever, except for refusals.
ALTER TABLE account ADD COLUMN keep_audit_days BIGINT;
