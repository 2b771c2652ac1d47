-- Accounts, people, conversations, messages with their journal and search, the outgoing queue, tips and settings.

CREATE TABLE accounts(
  jid TEXT PRIMARY KEY,
  position INTEGER NOT NULL,
  nick TEXT NOT NULL DEFAULT '',
  status_text TEXT NOT NULL DEFAULT '',
  show TEXT NOT NULL DEFAULT 'online',
  host TEXT,
  port INTEGER,
  starttls_only INTEGER NOT NULL DEFAULT 1,
  ca_file TEXT,
  enabled INTEGER NOT NULL DEFAULT 1
) STRICT;

CREATE TABLE settings(key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;

-- The roster as the server last told it (RFC 6121).
CREATE TABLE contacts(
  account TEXT NOT NULL,
  jid TEXT NOT NULL,
  name TEXT NOT NULL DEFAULT '',
  subscription TEXT NOT NULL DEFAULT 'none',
  pending INTEGER NOT NULL DEFAULT 0,
  groups TEXT NOT NULL DEFAULT '[]',
  PRIMARY KEY(account, jid)
) STRICT, WITHOUT ROWID;

-- Somebody asks to see our presence.
CREATE TABLE requests(
  account TEXT NOT NULL,
  jid TEXT NOT NULL,
  words TEXT NOT NULL DEFAULT '',
  at TEXT NOT NULL,
  PRIMARY KEY(account, jid)
) STRICT, WITHOUT ROWID;

CREATE TABLE blocked(account TEXT NOT NULL, jid TEXT NOT NULL, PRIMARY KEY(account, jid)) STRICT, WITHOUT ROWID;

CREATE TABLE avatars(
  account TEXT NOT NULL,
  jid TEXT NOT NULL,
  image BLOB NOT NULL,
  PRIMARY KEY(account, jid)
) STRICT;

-- accepted: 1 the person chose to talk, 0 not decided, -1 put away ("Not now").
CREATE TABLE conversations(
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  account TEXT NOT NULL,
  counterpart TEXT NOT NULL,
  accepted INTEGER NOT NULL DEFAULT 0,
  pinned INTEGER NOT NULL DEFAULT 0,
  muted INTEGER NOT NULL DEFAULT 0,
  draft TEXT NOT NULL DEFAULT '',
  unread INTEGER NOT NULL DEFAULT 0,
  last_message INTEGER,
  last_sort TEXT NOT NULL DEFAULT '',
  last_at TEXT NOT NULL DEFAULT '',
  last_preview TEXT NOT NULL DEFAULT '',
  last_direction TEXT,
  last_state TEXT,
  UNIQUE(account, counterpart)
) STRICT;

-- Our own serialisation of a parsed stanza, whole and without media; media_free_xml NULL: the same as xml.
CREATE TABLE stanzas(
  id INTEGER PRIMARY KEY,
  xml TEXT NOT NULL,
  sha256 TEXT NOT NULL,
  media_free_xml TEXT,
  media_free_sha256 TEXT NOT NULL
) STRICT;

-- body is as first received and never changes; shown is what the window shows after edits (NULL: body).
-- sort_at orders a conversation together with id. archive_journal: entry at which the archive's id became known.
-- merged: entry at which this row became an edit of a message that arrived later; then it is no line of its own.
CREATE TABLE messages(
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  conversation INTEGER NOT NULL REFERENCES conversations(id) ON DELETE CASCADE,
  sort_at TEXT NOT NULL,
  direction TEXT NOT NULL,
  via TEXT NOT NULL,
  sender TEXT NOT NULL,
  recipient TEXT NOT NULL,
  kind TEXT NOT NULL,
  stanza_id TEXT NOT NULL,
  origin_id TEXT NOT NULL,
  archive_by TEXT NOT NULL DEFAULT '',
  archive_id TEXT NOT NULL DEFAULT '',
  archive_journal INTEGER,
  duplicate_archive_ids INTEGER NOT NULL DEFAULT 0,
  body TEXT NOT NULL,
  shown TEXT,
  edited INTEGER NOT NULL DEFAULT 0,
  retracted INTEGER NOT NULL DEFAULT 0,
  lang TEXT NOT NULL DEFAULT '',
  received TEXT NOT NULL,
  delay TEXT,
  archived TEXT,
  claimed TEXT,
  corrects TEXT NOT NULL DEFAULT '',
  retracts TEXT NOT NULL DEFAULT '',
  reply_to TEXT NOT NULL DEFAULT '',
  media TEXT NOT NULL DEFAULT '',
  encryption TEXT NOT NULL DEFAULT 'none',
  wants_receipt INTEGER NOT NULL DEFAULT 0,
  markable INTEGER NOT NULL DEFAULT 0,
  state TEXT NOT NULL,
  stanza INTEGER,
  stanza_journal INTEGER,
  merged INTEGER,
  journal_index INTEGER NOT NULL,
  journal_hash TEXT NOT NULL
) STRICT;

CREATE INDEX messages_order ON messages(conversation, sort_at, id, journal_index, merged);
CREATE UNIQUE INDEX messages_archive ON messages(conversation, archive_by, archive_id) WHERE archive_id <> '';
CREATE INDEX messages_origin ON messages(conversation, origin_id) WHERE origin_id <> '';
CREATE INDEX messages_stanza ON messages(conversation, stanza_id) WHERE stanza_id <> '';
CREATE INDEX messages_corrects ON messages(conversation, corrects) WHERE corrects <> '';
CREATE INDEX messages_retracts ON messages(conversation, retracts) WHERE retracts <> '';
CREATE INDEX messages_out ON messages(conversation, sort_at) WHERE direction = 'out';
CREATE INDEX messages_waiting ON messages(conversation, sort_at) WHERE state IN ('sent', 'delivered');

CREATE TABLE edits(
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  message INTEGER NOT NULL REFERENCES messages(id) ON DELETE CASCADE,
  conversation INTEGER NOT NULL,
  kind TEXT NOT NULL,
  body TEXT NOT NULL,
  sender TEXT NOT NULL,
  stanza_id TEXT NOT NULL,
  origin_id TEXT NOT NULL,
  archive_by TEXT NOT NULL DEFAULT '',
  archive_id TEXT NOT NULL DEFAULT '',
  sort_at TEXT NOT NULL,
  received TEXT NOT NULL,
  delay TEXT,
  archived TEXT,
  claimed TEXT,
  stanza INTEGER,
  stanza_journal INTEGER,
  journal_index INTEGER NOT NULL
) STRICT;

CREATE INDEX edits_message ON edits(message, kind, sort_at, id);
CREATE INDEX edits_stanza ON edits(conversation, stanza_id) WHERE stanza_id <> '';
CREATE INDEX edits_origin ON edits(conversation, origin_id) WHERE origin_id <> '';
CREATE INDEX edits_archive ON edits(conversation, archive_id) WHERE archive_id <> '';

CREATE TRIGGER messages_stanza_gone AFTER DELETE ON messages WHEN old.stanza IS NOT NULL BEGIN
  DELETE FROM stanzas WHERE id = old.stanza;
END;

CREATE TRIGGER edits_stanza_gone AFTER DELETE ON edits WHEN old.stanza IS NOT NULL BEGIN
  DELETE FROM stanzas WHERE id = old.stanza;
END;

-- The hash chain over digests (decision 11): hash = SHA-256(hash before || entry). It outlives what it speaks of.
CREATE TABLE journal(
  idx INTEGER PRIMARY KEY,
  kind TEXT NOT NULL,
  at TEXT NOT NULL,
  digest TEXT NOT NULL,
  hash TEXT NOT NULL
) STRICT;

CREATE VIEW message_words AS SELECT id, coalesce(shown, body) AS words FROM messages;

CREATE VIRTUAL TABLE search USING fts5(
  words, content = 'message_words', content_rowid = 'id', tokenize = 'unicode61 remove_diacritics 2', prefix = '2 3'
);

-- Erased words leave the index at once, not at the next merge.
INSERT INTO search(search, rank) VALUES ('secure-delete', 1);

CREATE TRIGGER messages_found AFTER INSERT ON messages BEGIN
  INSERT INTO search(rowid, words) VALUES (new.id, coalesce(new.shown, new.body));
END;

CREATE TRIGGER messages_lost AFTER DELETE ON messages BEGIN
  INSERT INTO search(search, rowid, words) VALUES ('delete', old.id, coalesce(old.shown, old.body));
END;

CREATE TRIGGER messages_reworded AFTER UPDATE OF shown ON messages BEGIN
  INSERT INTO search(search, rowid, words) VALUES ('delete', old.id, coalesce(old.shown, old.body));
  INSERT INTO search(rowid, words) VALUES (new.id, coalesce(new.shown, new.body));
END;

-- What was written here and not yet taken by the own server; payload is the stanza's content as JSON.
CREATE TABLE outgoing(
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  account TEXT NOT NULL,
  message INTEGER NOT NULL REFERENCES messages(id) ON DELETE CASCADE,
  origin_id TEXT NOT NULL UNIQUE,
  payload TEXT NOT NULL,
  failed INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE INDEX outgoing_message ON outgoing(message);

-- How far the own archive is known: up to the archive id newest, that is, the rows up to newest_row. A gap is a place
-- from where older messages are still to be fetched: going back from before_id until known_id (empty: the archive's
-- beginning) or a row up to known_row is reached.
CREATE TABLE archive_state(
  account TEXT PRIMARY KEY,
  newest TEXT NOT NULL DEFAULT '',
  newest_row INTEGER NOT NULL DEFAULT 0,
  synced_at TEXT NOT NULL DEFAULT ''
) STRICT;

CREATE TABLE archive_gaps(
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  account TEXT NOT NULL,
  before_id TEXT NOT NULL,
  known_id TEXT NOT NULL,
  known_row INTEGER NOT NULL DEFAULT 0
) STRICT;

-- Where the deck of tips stands, and which were pinned or found useful (JSON). It never leaves this computer.
CREATE TABLE deck(id INTEGER PRIMARY KEY CHECK (id = 1), seed TEXT NOT NULL, state TEXT NOT NULL) STRICT;
