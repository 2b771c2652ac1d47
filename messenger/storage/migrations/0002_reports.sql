-- Reports: drafts, the outbox, cases with the desk's messages, kept copies, and what is asked only once.

-- id is also the report's id. snapshot '' means: about no chat of this computer. Lists and the interview are JSON.
CREATE TABLE report_drafts(
  id TEXT PRIMARY KEY,
  account TEXT NOT NULL,
  counterpart TEXT NOT NULL,
  conversation INTEGER,
  snapshot TEXT NOT NULL,
  questionnaire TEXT NOT NULL,
  interview TEXT NOT NULL,
  chosen TEXT NOT NULL,
  left_out TEXT NOT NULL,
  started_at TEXT NOT NULL,
  updated_at TEXT NOT NULL
) STRICT;

-- Name, contact, country and the like of the last report, by field of the questionnaire.
CREATE TABLE report_details(field TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;

-- The reporter's two secret keys, only where there is no key store; this file is encrypted. account '': signed out.
CREATE TABLE reporter_keys(account TEXT PRIMARY KEY, secret TEXT NOT NULL) STRICT;

-- Every report that was saved, in order. problem is a fixed word, never somebody's text. urgency: 0 now, 3 log.
-- key: thumbprint of the signing key of the reporter, '' where only the file was found.
CREATE TABLE outbox(
  n INTEGER PRIMARY KEY AUTOINCREMENT,
  report_id TEXT NOT NULL UNIQUE,
  digest TEXT NOT NULL,
  account TEXT NOT NULL,
  about TEXT NOT NULL,
  endpoint_id TEXT NOT NULL,
  endpoint TEXT NOT NULL,
  urgency INTEGER NOT NULL,
  key TEXT NOT NULL,
  saved_at TEXT NOT NULL,
  state TEXT NOT NULL,
  attempts INTEGER NOT NULL DEFAULT 0,
  problem TEXT NOT NULL DEFAULT ''
) STRICT;

CREATE INDEX outbox_waiting ON outbox(urgency, n) WHERE state IN ('saved', 'sending');

-- After the verified receipt. profile is the endpoint as JSON, with the keys that the report was sealed to.
CREATE TABLE report_cases(
  report_id TEXT PRIMARY KEY,
  profile TEXT NOT NULL,
  sent_at TEXT NOT NULL,
  receipt TEXT NOT NULL,
  receipt_code TEXT NOT NULL,
  status TEXT NOT NULL,
  history TEXT NOT NULL,
  seen INTEGER NOT NULL DEFAULT 0,
  etag TEXT NOT NULL DEFAULT '',
  changed_at TEXT NOT NULL,
  problem TEXT NOT NULL DEFAULT ''
) STRICT;

-- What the desk wrote. steps is JSON: [[id, text], ...]; ticked is JSON: [id, ...].
CREATE TABLE report_messages(
  report_id TEXT NOT NULL,
  n INTEGER NOT NULL,
  at TEXT NOT NULL,
  from_name TEXT NOT NULL,
  from_role TEXT NOT NULL,
  kind TEXT NOT NULL,
  words TEXT NOT NULL,
  steps TEXT NOT NULL,
  ticked TEXT NOT NULL DEFAULT '[]',
  seen INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY(report_id, n)
) STRICT, WITHOUT ROWID;

-- What the reporter wrote back; sealed once and kept until the desk has it.
CREATE TABLE report_replies(
  n INTEGER PRIMARY KEY AUTOINCREMENT,
  report_id TEXT NOT NULL,
  at TEXT NOT NULL,
  words TEXT NOT NULL,
  sealed BLOB,
  sent INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE INDEX report_replies_of ON report_replies(report_id, n);

-- Readable signed copies, only of reports where one was asked for (decision 5).
CREATE TABLE report_copies(report_id TEXT PRIMARY KEY, copy BLOB NOT NULL) STRICT;
