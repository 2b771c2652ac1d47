-- Rooms (XEP-0045).

-- kind: chat or room.
ALTER TABLE conversations ADD COLUMN kind TEXT NOT NULL DEFAULT 'chat';

-- Who said a room's message: the name then, the room's lasting id (XEP-0421), role and affiliation, the real address where
-- it was shown, and a mark of the unbroken stay. moderation: the room took a message away. moderated: it was taken away so.
ALTER TABLE messages ADD COLUMN nick TEXT NOT NULL DEFAULT '';
ALTER TABLE messages ADD COLUMN occupant_id TEXT NOT NULL DEFAULT '';
ALTER TABLE messages ADD COLUMN role TEXT NOT NULL DEFAULT '';
ALTER TABLE messages ADD COLUMN affiliation TEXT NOT NULL DEFAULT '';
ALTER TABLE messages ADD COLUMN real_jid TEXT NOT NULL DEFAULT '';
ALTER TABLE messages ADD COLUMN stay TEXT NOT NULL DEFAULT '';
ALTER TABLE messages ADD COLUMN moderation INTEGER NOT NULL DEFAULT 0;
ALTER TABLE messages ADD COLUMN moderated INTEGER NOT NULL DEFAULT 0;

-- wanted: the person wants to be in. The own place as it was last; features as JSON; newest: how far its archive is known.
CREATE TABLE rooms(
  conversation INTEGER PRIMARY KEY REFERENCES conversations(id) ON DELETE CASCADE,
  name TEXT NOT NULL DEFAULT '',
  nick TEXT NOT NULL DEFAULT '',
  password TEXT NOT NULL DEFAULT '',
  wanted INTEGER NOT NULL DEFAULT 1,
  subject TEXT NOT NULL DEFAULT '',
  features TEXT NOT NULL DEFAULT '[]',
  occupant_id TEXT NOT NULL DEFAULT '',
  role TEXT NOT NULL DEFAULT '',
  affiliation TEXT NOT NULL DEFAULT '',
  ended TEXT NOT NULL DEFAULT '',
  newest TEXT NOT NULL DEFAULT ''
) STRICT;

-- Every name that was seen in a room, with what is left of it when letters that look alike are made the same.
CREATE TABLE room_names(
  conversation INTEGER NOT NULL REFERENCES conversations(id) ON DELETE CASCADE,
  nick TEXT NOT NULL,
  occupant_id TEXT NOT NULL,
  skeleton TEXT NOT NULL,
  PRIMARY KEY(conversation, nick, occupant_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX room_names_alike ON room_names(conversation, skeleton);

CREATE TABLE invitations(
  account TEXT NOT NULL,
  room TEXT NOT NULL,
  inviter TEXT NOT NULL,
  by_room INTEGER NOT NULL,
  reason TEXT NOT NULL,
  password TEXT NOT NULL,
  at TEXT NOT NULL,
  name TEXT NOT NULL DEFAULT '',
  people INTEGER,
  PRIMARY KEY(account, room)
) STRICT, WITHOUT ROWID;
