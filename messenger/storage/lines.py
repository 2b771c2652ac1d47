"""Rows to words of the domain and back: media lists, times, raw stanzas."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from messenger.domain.message import MediaRef, Occupant, RawStanza, Times
from messenger.storage.connection import Connection, Row


def media_text(media: Sequence[MediaRef]) -> str:
    """Media references as JSON; '' for none."""
    if not media:
        return ""
    return json.dumps([[one.name, one.mime, one.size, one.url, list(one.hashes)] for one in media], ensure_ascii=False)


def media_of(text: str) -> tuple[MediaRef, ...]:
    """Media references back from JSON."""
    if not text:
        return ()
    found: list[list[Any]] = json.loads(text)
    return tuple(
        MediaRef(name, mime, size, url, tuple((alg, value) for alg, value in hashes))
        for name, mime, size, url, hashes in found
    )


def times_of(row: Row, archive: bool = True) -> Times:
    """The times of a message or edit; without `archive`, as before the archive's copy was seen."""
    return Times(str(row["received"]), row["delay"], row["archived"] if archive else None, row["claimed"])


def occupant_of(row: Row) -> Occupant | None:
    """Who said a room's message, from its columns; None in a chat."""
    if row["kind"] != "groupchat" or not row["nick"]:
        return None
    return Occupant(
        str(row["nick"]),
        str(row["occupant_id"]),
        str(row["role"]),
        str(row["affiliation"]),
        str(row["real_jid"]),
    )


def stanza_row(conn: Connection, raw: RawStanza) -> int:
    """Keep a raw stanza; returns its id. The media-free form is written only where it differs."""
    free = None if raw.media_free_xml == raw.xml else raw.media_free_xml
    return conn.execute(
        "INSERT INTO stanzas(xml, sha256, media_free_xml, media_free_sha256) VALUES (?, ?, ?, ?)",
        (raw.xml, raw.sha256, free, raw.media_free_sha256),
    ).lastrowid


def raw_of(row: Row) -> RawStanza | None:
    """The raw stanza from joined columns `xml`, `sha256`, `media_free_xml`, `media_free_sha256`."""
    if row["xml"] is None:
        return None
    free = row["xml"] if row["media_free_xml"] is None else row["media_free_xml"]
    return RawStanza(str(row["xml"]), str(row["sha256"]), str(free), str(row["media_free_sha256"]))
