-- What follows a receipt: identity, addenda, withdrawal, consent, aftercare.

-- '' or the report to which this draft adds something; then it is no report of its own.
ALTER TABLE report_drafts ADD COLUMN addendum_of TEXT NOT NULL DEFAULT '';
-- In a room: at whom Report abuse was pressed, as JSON, or ''.
ALTER TABLE report_drafts ADD COLUMN occupant TEXT NOT NULL DEFAULT '';

-- How well the desk knows who reports, as it said last. withdrawal: its signed answer, outcome: what it says.
ALTER TABLE report_cases ADD COLUMN identity TEXT NOT NULL DEFAULT 'unverified';
ALTER TABLE report_cases ADD COLUMN withdrawal TEXT NOT NULL DEFAULT '';
ALTER TABLE report_cases ADD COLUMN outcome TEXT NOT NULL DEFAULT '';

-- A message's questions, as JSON. A reply's answers, as JSON; answered: the message that they answer, or 0.
ALTER TABLE report_messages ADD COLUMN form TEXT NOT NULL DEFAULT '[]';
ALTER TABLE report_replies ADD COLUMN answered INTEGER NOT NULL DEFAULT 0;
ALTER TABLE report_replies ADD COLUMN answers TEXT NOT NULL DEFAULT '[]';

-- What is to be known of a report after it was sealed, for what is offered after the receipt. marked: ids of the own
-- archive of the chosen lines of the other side, as JSON. party: the real address in a room, or ''. done: JSON.
CREATE TABLE report_after(
  report_id TEXT PRIMARY KEY,
  category TEXT NOT NULL DEFAULT '',
  marked TEXT NOT NULL DEFAULT '[]',
  room INTEGER NOT NULL DEFAULT 0,
  public_room INTEGER NOT NULL DEFAULT 0,
  party TEXT NOT NULL DEFAULT '',
  third_party INTEGER NOT NULL DEFAULT 0,
  done TEXT NOT NULL DEFAULT '[]',
  told_server INTEGER NOT NULL DEFAULT 0,
  read_room INTEGER NOT NULL DEFAULT 0
) STRICT;

-- Signed and sealed statements to the desk, sealed once and kept until it has them. kind: consent or withdrawal;
-- about: what it says, so that the same wish is not sealed twice.
CREATE TABLE report_letters(
  n INTEGER PRIMARY KEY AUTOINCREMENT,
  report_id TEXT NOT NULL,
  kind TEXT NOT NULL,
  about TEXT NOT NULL,
  at TEXT NOT NULL,
  sealed BLOB,
  sent INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE INDEX report_letters_of ON report_letters(report_id, n);

-- Later evidence: sealed once. made is what it was made from, as JSON, kept until the desk has it, since a chain that
-- went on elsewhere makes it be sealed anew; jws only where a readable copy of the report is kept.
CREATE TABLE report_addenda(
  n INTEGER PRIMARY KEY AUTOINCREMENT,
  addendum_id TEXT NOT NULL UNIQUE,
  report_id TEXT NOT NULL,
  at TEXT NOT NULL,
  words TEXT NOT NULL,
  lines INTEGER NOT NULL,
  digest TEXT NOT NULL,
  prev_digest TEXT NOT NULL,
  sealed BLOB,
  made TEXT NOT NULL,
  jws TEXT NOT NULL DEFAULT '',
  sent_at TEXT NOT NULL DEFAULT '',
  receipt TEXT NOT NULL DEFAULT '',
  refused INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE INDEX report_addenda_of ON report_addenda(report_id, n);
