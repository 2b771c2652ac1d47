-- What is to be known of a report after it was sealed: the reported party's lasting id in a room, whether the people who
-- run that room were told, and whose helpline fits the reporter (age band and country as they were given, or '').
ALTER TABLE report_after ADD COLUMN occupant TEXT NOT NULL DEFAULT '';
ALTER TABLE report_after ADD COLUMN told_room INTEGER NOT NULL DEFAULT 0;
ALTER TABLE report_after ADD COLUMN reader TEXT NOT NULL DEFAULT '';
ALTER TABLE report_after ADD COLUMN country TEXT NOT NULL DEFAULT '';
