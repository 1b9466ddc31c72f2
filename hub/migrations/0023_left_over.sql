-- Which e-mail addresses a message has not reached, so that the others do not get it twice.

ALTER TABLE alert_delivery ADD COLUMN left_over TEXT;                  -- JSON; without it, none of them has it
