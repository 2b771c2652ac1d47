-- Which pictures of a person were seen here and since when (RFC 3339 UTC, '' for before this was kept), so that a new one can
-- be told once (R16). Only the SHA-256 of a picture is kept; told: 1 when a note spoke of it.
CREATE TABLE pictures_seen(
  account TEXT NOT NULL,
  jid TEXT NOT NULL,
  digest TEXT NOT NULL,
  at TEXT NOT NULL DEFAULT '',
  told INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY(account, jid, digest)
) STRICT, WITHOUT ROWID;
