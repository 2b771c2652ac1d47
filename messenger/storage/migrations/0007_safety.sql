-- Safety in the moment. All of this stays on this computer.

-- Since when somebody is in the roster here (RFC 3339 UTC), '' where it was before this was kept.
ALTER TABLE contacts ADD COLUMN since TEXT NOT NULL DEFAULT '';

-- Notices as they were shown. The matched words are read from the message, never kept twice.
-- state: shown, acted or dismissed; useful: 1, 0 or NULL for not said. message NULL: it was about what was written, or about a person.
-- first and last are places in the message as it first came, or, with an edit, in the words of that correction.
CREATE TABLE notices(
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  conversation INTEGER NOT NULL REFERENCES conversations(id) ON DELETE CASCADE,
  message INTEGER,
  edit INTEGER,
  rule TEXT NOT NULL,
  first INTEGER NOT NULL DEFAULT 0,
  last INTEGER NOT NULL DEFAULT 0,
  places TEXT NOT NULL DEFAULT '{}',
  at TEXT NOT NULL,
  state TEXT NOT NULL DEFAULT 'shown',
  action TEXT NOT NULL DEFAULT '',
  useful INTEGER
) STRICT;

CREATE INDEX notices_at ON notices(at);
CREATE INDEX notices_chat ON notices(conversation, at);

-- "Mute for a day": until when; '' where it was muted by hand and stays so.
ALTER TABLE conversations ADD COLUMN muted_until TEXT NOT NULL DEFAULT '';

-- An invitation into a room that was put away by itself, because nobody new may write.
ALTER TABLE invitations ADD COLUMN away INTEGER NOT NULL DEFAULT 0;

-- A rule that was not useful twice is quiet for a while.
CREATE TABLE notice_rules(
  rule TEXT PRIMARY KEY,
  not_useful INTEGER NOT NULL DEFAULT 0,
  quiet_until TEXT NOT NULL DEFAULT ''
) STRICT;

-- "Do not ask for this person again": a rule that looks at what goes out no longer stops here.
CREATE TABLE notice_unasked(
  conversation INTEGER NOT NULL REFERENCES conversations(id) ON DELETE CASCADE,
  rule TEXT NOT NULL,
  PRIMARY KEY(conversation, rule)
) STRICT, WITHOUT ROWID;

-- Words that the person wants to be asked about before they go out.
CREATE TABLE private_words(word TEXT PRIMARY KEY) STRICT;

-- "I know them", ticked by hand.
CREATE TABLE known_people(account TEXT NOT NULL, jid TEXT NOT NULL, PRIMARY KEY(account, jid)) STRICT, WITHOUT ROWID;

-- Whom the person blocked and when, with what can be compared: the shown name and the digest of the picture.
CREATE TABLE blocks(
  account TEXT NOT NULL,
  jid TEXT NOT NULL,
  name TEXT NOT NULL DEFAULT '',
  picture TEXT NOT NULL DEFAULT '',
  at TEXT NOT NULL,
  PRIMARY KEY(account, jid)
) STRICT, WITHOUT ROWID;

-- The app lock: an Argon2id hash of the PIN, wrong tries in a row, and until when no try counts.
CREATE TABLE app_lock(
  id INTEGER PRIMARY KEY CHECK (id = 1),
  pin TEXT NOT NULL,
  wrong INTEGER NOT NULL DEFAULT 0,
  wait_until TEXT NOT NULL DEFAULT ''
) STRICT;

-- Young-person mode: the guardian's PIN (Argon2id), since when, and what the guardian set (JSON).
CREATE TABLE guardian(
  id INTEGER PRIMARY KEY CHECK (id = 1),
  pin TEXT NOT NULL,
  since TEXT NOT NULL,
  wrong INTEGER NOT NULL DEFAULT 0,
  wait_until TEXT NOT NULL DEFAULT '',
  rules TEXT NOT NULL DEFAULT '{}',
  told INTEGER NOT NULL DEFAULT 0
) STRICT;

-- People and groups whom the guardian said yes or no to, and those whom the young person asked for. No message is here.
-- state: yes, no or waits.
CREATE TABLE guardian_people(
  account TEXT NOT NULL,
  jid TEXT NOT NULL,
  state TEXT NOT NULL,
  is_group INTEGER NOT NULL DEFAULT 0,
  at TEXT NOT NULL,
  PRIMARY KEY(account, jid)
) STRICT, WITHOUT ROWID;

-- A newer signed file of tips than the one that came with this Robin; the last good one is kept.
CREATE TABLE packs(
  kind TEXT PRIMARY KEY,
  version INTEGER NOT NULL,
  words BLOB NOT NULL,
  got TEXT NOT NULL
) STRICT;
