"""From stored messages to evidence: items in order, what was left out kept countable, one Merkle root over all.

An item is what the reporter shows; a withheld entry keeps only its place, a reason and the salted hash of the item
that stands there, so that nothing can be slipped in or dropped later and nothing of it can be read.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from messenger.domain.errors import FormatRefused
from messenger.domain.evidence import ArchiveCheck, Assurance, CapturedMessage, EditRecord, Occupant
from messenger.domain.message import MediaRef, RawStanza, Times
from messenger.evidence.canonical import b64u, canonical, digest, scalar_text
from messenger.evidence.media import media_free_text, media_free_xml
from messenger.evidence.seal import Random
from messenger.evidence.visible import escaped_or_none

CONTEXT = 3
COUNTABLE = 20
SALT_BYTES = 16
MAX_SHOWN = 2000
MAX_ENTRIES = 10_000
MAX_EDITS = 100
MAX_FILES = 100
MAX_CANONICAL_BYTES = 6 * 1024 * 1024
# A flood of huge messages or of changes must not make a report too big to send: long texts are cut, shorter and
# shorter, and fewer changes are listed. Characters of a text, changes of a message.
_LIMITS = ((65536, MAX_EDITS), (16384, MAX_EDITS), (4096, 40), (1024, 20), (256, 4))
_MAX_INT = 2**53 - 1
_MAX_ADDRESS = 3071
CONFIRMED = frozenset((ArchiveCheck.SAME.value, ArchiveCheck.FOUND.value))
"""What the archive must have said for a line to be A2."""


class Reason(StrEnum):
    """Why a line is not shown. CONTEXT: near a chosen one, but further than is sent. REMOVED: the reporter took it away.

    OUTSIDE: between chosen ones but further than 20 from each, or erased before; only its count is known.
    """

    CONTEXT = "context"
    REMOVED = "removed"
    OUTSIDE = "outside"


@dataclass(frozen=True, slots=True)
class Withheld:
    """A run of lines that are not shown: `count` lines from `from_seq` to `to_seq`."""

    from_seq: int
    to_seq: int
    count: int
    reason: Reason


@dataclass(frozen=True, slots=True)
class Capture:
    """The evidence of one conversation. `entries` are the items file's lines in order, shown and withheld.

    `messages` are the shown messages' ids in the store, `media` counts named files, `media_removed` pieces of
    media that were taken out of raw stanzas. What counts as an integrity finding stands in the entries themselves.
    """

    entries: tuple[dict[str, Any], ...] = ()
    merkle_root: str = ""
    withheld: tuple[Withheld, ...] = ()
    messages: tuple[int, ...] = ()
    shown: int = 0
    media: int = 0
    media_removed: int = 0

    @property
    def first_seq(self) -> int:
        """The first line's place in the conversation; 0 when there is none."""
        return int(self.entries[0]["seq"]) if self.entries else 0

    @property
    def last_seq(self) -> int:
        """The last line's place in the conversation; 0 when there is none."""
        return int(self.entries[-1]["seq"]) if self.entries else 0


def selection(seqs: Sequence[int], chosen: Collection[int], context: int = CONTEXT) -> set[int]:
    """The places that go: the chosen ones and `context` before and after each, as far as they are in `seqs`."""
    present = set(seqs)
    return {near for one in chosen for near in range(one - context, one + context + 1) if near in present}


def capture(
    messages: Sequence[CapturedMessage],
    chosen: Collection[int],
    left_out: Collection[int] = (),
    *,
    random: Random = os.urandom,
    context: int = CONTEXT,
    countable: int = COUNTABLE,
    max_bytes: int = MAX_CANONICAL_BYTES,
) -> Capture:
    """The evidence for the messages whose store ids are in `chosen`.

    `messages` must hold at least the chosen ones and, where they exist, the `countable` ones around each; more does
    no harm. `left_out` are ids that the person took away; a chosen one that is left out is left out. `random` makes
    the salts; `max_bytes` is what the shown lines may take (less for an addendum). Nothing in a message makes this
    fail. Raises `FormatRefused` for more than `MAX_SHOWN` lines to show.
    """
    by_seq = {one.seq: one for one in messages}
    picked = {one.seq for one in messages if one.message in set(chosen)}
    removed = {one.seq for one in messages if one.message in set(left_out)}
    shown = selection(list(by_seq), picked, context) - removed
    counted = _counted(by_seq, picked, shown, countable)
    if len(shown) > MAX_SHOWN:
        raise FormatRefused("lines")
    salts = {seq: random(SALT_BYTES) for seq in counted}
    for limit, edits in _LIMITS:
        items = {seq: make_item(by_seq[seq], seq in picked, salts[seq], limit, edits) for seq in counted}
        forms = {seq: canonical(items[seq].item) for seq in counted}
        if sum(len(forms[seq]) for seq in shown) <= max_bytes:
            break
    entries: list[dict[str, Any]] = []
    leaves: list[bytes] = []
    for seq in counted:
        item = items[seq].item
        leaves.append(_leaf(forms[seq]))
        if seq in shown:
            entries.append(item)
        else:
            reason = Reason.REMOVED if seq in removed else Reason.CONTEXT
            entries.append({"seq": seq, "withheld": reason.value, "leaf": b64u(leaves[-1])})
    visible = [by_seq[seq] for seq in counted if seq in shown]
    return Capture(
        entries=tuple(entries),
        merkle_root=b64u(merkle_root(leaves)),
        withheld=withheld_runs(entries),
        messages=tuple(one.message for one in visible),
        shown=len(visible),
        media=sum(len(one.media) for one in visible),
        media_removed=sum(items[seq].media_removed for seq in counted if seq in shown),
    )


def _counted(present: Collection[int], picked: set[int], shown: set[int], countable: int) -> list[int]:
    """The places that get an entry; fewer around each chosen one where there would be too many in all."""
    for width in range(countable, 0, -1):
        counted = selection(list(present), picked, width) | shown
        if len(counted) <= MAX_ENTRIES:
            return sorted(counted)
    return sorted(shown)


def withheld_runs(entries: Sequence[dict[str, Any]]) -> tuple[Withheld, ...]:
    """The runs of lines that are not shown, gaps between the entries included, in order."""
    runs: list[Withheld] = []
    previous: int | None = None
    for entry in entries:
        seq = int(entry["seq"])
        if previous is not None and seq > previous + 1:
            runs.append(Withheld(previous + 1, seq - 1, seq - previous - 1, Reason.OUTSIDE))
        if "withheld" in entry:
            reason = Reason(entry["withheld"])
            last = runs[-1] if runs else None
            if last and last.reason is reason and last.to_seq == seq - 1:
                runs[-1] = Withheld(last.from_seq, seq, last.count + 1, reason)
            else:
                runs.append(Withheld(seq, seq, 1, reason))
        previous = seq
    return tuple(runs)


def leaf_hash(item: dict[str, Any]) -> bytes:
    """The Merkle leaf of an item: SHA-256(0x00 || canonical item) (RFC 6962, section 2.1)."""
    return _leaf(canonical(item))


def _leaf(form: bytes) -> bytes:
    return hashlib.sha256(b"\x00" + form).digest()


def merkle_root(leaves: Sequence[bytes]) -> bytes:
    """The RFC 6962 tree head over leaf hashes; of none, SHA-256 of nothing."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    level = list(leaves)
    # Pairing from the left and carrying an odd last node up gives the same tree as RFC 6962's recursive split.
    while len(level) > 1:
        pairs = zip(level[::2], level[1::2], strict=False)
        above = [hashlib.sha256(b"\x01" + left + right).digest() for left, right in pairs]
        level = above + level[-1:] if len(level) % 2 else above
    return level[0]


@dataclass(frozen=True, slots=True)
class Made:
    """An item of the wire (items.schema.json), and how many pieces of media were taken out of it."""

    item: dict[str, Any]
    media_removed: int


def make_item(
    message: CapturedMessage, highlighted: bool, salt: bytes, limit: int = _LIMITS[0][0], max_edits: int = MAX_EDITS
) -> Made:
    """One message as an item. Texts of more than `limit` characters are cut, and said to be.

    Of more than `max_edits` (an even number) later changes, the first and the last are listed, and all are counted.
    """
    words, pieces = _words(message.body, limit)
    raw, raw_pieces = _raw(message.raw, limit)
    kept = message.edits
    if len(kept) > max_edits:
        kept = kept[: max_edits // 2] + kept[-max_edits // 2 :]
    edits = [_edit(one, limit) for one in kept]
    item: dict[str, Any] = {
        "seq": message.seq,
        "dir": message.direction.value,
        "via": message.via.value,
        "from": _fit(message.sender, _MAX_ADDRESS),
        "occupant": occupant(message.occupant),
        "to": _fit(message.to, _MAX_ADDRESS),
        "type": _fit(message.kind, 100),
        "id": _fit(message.stanza_id, limit) or None,
        "origin_id": _fit(message.origin_id, limit) or None,
        "stanza_id": _archive_id(message, limit),
        "dup_stanza_id": message.duplicate_archive_ids,
        "times": _times(message.times),
        **words,
        "lang": _fit(message.lang, 100) or None,
        "edits": [one.item for one in edits],
        "edits_total": len(message.edits),
        "retracted": any(_is_retraction(one) for one in message.edits),
        "reply_to": _fit(message.reply_to, limit) or None,
        "enc": _fit(message.encryption, 100),
        "media_refs": [_media(one, limit) for one in message.media[:MAX_FILES]],
        "highlighted": highlighted,
        "archive_check": message.archive_check.value,
        "assurance": assurance(message.archive_check.value, bool(message.journal_hash)),
        "journal": {"index": message.journal_index, "hash": message.journal_hash} if message.journal_hash else None,
        **raw,
        "salt": b64u(salt),
    }
    return Made(item, pieces + raw_pieces + sum(one.media_removed for one in edits))


def assurance(archive_check: str, in_journal: bool) -> str:
    """How far a line is corroborated by what stands in it: the reporter's program can state nothing above A2."""
    if archive_check in CONFIRMED:
        return Assurance.A2.value
    return (Assurance.A1 if in_journal else Assurance.A0).value


def occupant(found: Occupant | None) -> dict[str, str] | None:
    """Somebody in a room as the wire writes them."""
    if found is None:
        return None
    return {
        "nick": _fit(found.nick, _MAX_ADDRESS),
        "occupant_id": _fit(found.occupant_id, _MAX_ADDRESS),
        "role": _fit(found.role, 100),
        "affiliation": _fit(found.affiliation, 100),
        "jid": _fit(found.jid, _MAX_ADDRESS),
    }


def _fit(text: str, limit: int) -> str:
    """At most `limit` characters, none of them half a character: what the schema takes."""
    return scalar_text(text[:limit])


def _archive_id(message: CapturedMessage, limit: int) -> dict[str, str] | None:
    if message.archive_id is None:
        return None
    return {"by": _fit(message.archive_id.by, _MAX_ADDRESS), "id": _fit(message.archive_id.id, limit)}


def _times(times: Times) -> dict[str, str | None]:
    claimed = _fit(times.claimed, 64) if times.claimed else None
    return {"client": times.received, "delay": times.delay, "archive": times.archive, "claimed": claimed}


def _words(body: str, limit: int) -> tuple[dict[str, Any], int]:
    """What was written, its visible form where that differs, and the full length where it was cut."""
    text, pieces = media_free_text(scalar_text(body))
    cut = text[:limit]
    return {
        "body": cut,
        "body_escaped": escaped_or_none(cut),
        "body_length": len(text) if len(text) > limit else None,
    }, pieces


def _raw(raw: RawStanza | None, limit: int) -> tuple[dict[str, Any], int]:
    """The whole stanza's digest, and its form without media with a digest of that; a very long form is left out."""
    if raw is None:
        return {"xml_sha256": None, "raw_xml": None, "raw_sha256": None}, 0
    text, pieces = media_free_xml(scalar_text(raw.media_free_xml))
    return {
        "xml_sha256": digest(scalar_text(raw.xml).encode("utf-8")),
        "raw_xml": text if len(text) <= limit else None,
        "raw_sha256": digest(text.encode("utf-8")),
    }, pieces


def _edit(edit: EditRecord, limit: int) -> Made:
    words, pieces = _words(edit.body, limit)
    raw, raw_pieces = _raw(edit.raw, limit)
    made = {
        "kind": "retraction" if _is_retraction(edit) else "correction",
        "from": _fit(edit.sender, _MAX_ADDRESS),
        "times": _times(edit.times),
        **words,
        "journal_index": edit.journal_index,
        **raw,
    }
    return Made(made, pieces + raw_pieces)


def _media(media: MediaRef, limit: int) -> dict[str, Any]:
    url, _pieces = media_free_text(_fit(media.url, limit))
    size = media.size if media.size is not None and 0 <= media.size <= _MAX_INT else None
    name = _fit(media.name, 1000)
    return {
        "name": name,
        "name_escaped": escaped_or_none(name),
        "mime": _fit(media.mime, 200),
        "size": size,
        "url": url[:limit] or None,
        "hashes": [{"alg": _fit(alg, 100), "value": _fit(value, 200)} for alg, value in media.hashes[:10]],
    }


def _is_retraction(edit: EditRecord) -> bool:
    return edit.kind.startswith("retract")
