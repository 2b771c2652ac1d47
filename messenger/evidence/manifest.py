"""The evidence manifest: the part of the signed report that pins the items file line by line."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from messenger.domain.errors import EvidenceRefused
from messenger.domain.evidence import ArchiveCheck, RoomFacts, Snapshot
from messenger.evidence.canonical import b64u, digest, scalar_text, unb64u
from messenger.evidence.capture import Capture, assurance, leaf_hash, merkle_root, occupant, withheld_runs
from messenger.evidence.statement import ServerFacts

VERSION = 1
_MAX_ADDRESS = 3071


def make_manifest(capture: Capture, snapshot: Snapshot | None, server: ServerFacts, captured_at: str) -> dict[str, Any]:
    """The manifest over a capture; `snapshot` is None where the report is about no chat of this client."""
    shown = [entry for entry in capture.entries if "withheld" not in entry]
    times = sorted(_best(entry["times"]) for entry in shown)
    return {
        "v": VERSION,
        "kind": ("room" if snapshot.room else "chat") if snapshot else "none",
        "account": (snapshot.account or None) if snapshot else None,
        "with": (snapshot.counterpart or None) if snapshot else None,
        "room": _room(snapshot.room) if snapshot and snapshot.room else None,
        "range": {"first": times[0], "last": times[-1]} if times else None,
        "seq": {"first": capture.first_seq, "last": capture.last_seq} if capture.entries else None,
        "total": snapshot.total if snapshot else 0,
        "entries": len(capture.entries),
        "shown": capture.shown,
        "withheld": _runs(capture.entries),
        "merkle_root": capture.merkle_root or b64u(merkle_root([])),
        "media": {"named": capture.media, "removed_pieces": capture.media_removed},
        "journal": _journal(snapshot),
        "captured_at": snapshot.taken_at if snapshot else captured_at,
        "server": {
            "domain": server.domain or None,
            "features": sorted(server.features),
            "time_offset_ms": server.time_offset_ms,
        },
        "integrity": {**_integrity(shown), "asked_at": server.asked_at},
    }


def check_entries(manifest: dict[str, Any], entries: list[dict[str, Any]]) -> None:
    """Refuse entries that are not the ones the manifest was made over. Raises `EvidenceRefused` naming the place.

    Recomputed are: order, count, withheld runs, each line's assurance and the findings over all, and the Merkle root.
    """
    _check_kind(manifest, len(entries))
    leaves: list[bytes] = []
    previous = 0
    for entry in entries:
        seq = entry["seq"]
        if seq <= previous:
            raise EvidenceRefused(f"order at {seq}")
        previous = seq
        leaves.append(unb64u(entry["leaf"]) if "withheld" in entry else leaf_hash(entry))
    shown = [entry for entry in entries if "withheld" not in entry]
    for entry in shown:
        _check_line(entry)
    ends = {"first": entries[0]["seq"], "last": entries[-1]["seq"]} if entries else None
    if (len(entries), len(shown), ends) != (manifest["entries"], manifest["shown"], manifest["seq"]):
        raise EvidenceRefused("count")
    if _runs(entries) != manifest["withheld"]:
        raise EvidenceRefused("withheld")
    _check_journal(manifest["journal"], [entry["journal"] for entry in shown if entry["journal"]])
    stated, counted = manifest["integrity"], _integrity(shown)
    if {**counted, "asked_at": stated["asked_at"]} != stated:
        raise EvidenceRefused("integrity")
    if counted["mam_same"] is not None and stated["asked_at"] is None:
        raise EvidenceRefused("integrity")
    if b64u(merkle_root(leaves)) != manifest["merkle_root"]:
        raise EvidenceRefused("items")


def _check_kind(manifest: dict[str, Any], lines: int) -> None:
    """A room is described when it is a room, a report about no chat has no lines, and no file has more lines than its chat."""
    kind = manifest["kind"]
    if (manifest["room"] is not None) != (kind == "room") or (kind == "none" and lines):
        raise EvidenceRefused("kind")
    if manifest["total"] < lines:
        raise EvidenceRefused("total")


def _check_line(entry: dict[str, Any]) -> None:
    """What the Merkle leaf cannot show: that a line's parts fit each other, and that it claims no more than they show."""
    for part in (entry, *entry["edits"]):
        if part["raw_xml"] is not None and digest(part["raw_xml"].encode("utf-8")) != part["raw_sha256"]:
            raise EvidenceRefused(f"raw at {entry['seq']}")
    if entry["assurance"] != assurance(entry["archive_check"], entry["journal"] is not None):
        raise EvidenceRefused(f"assurance at {entry['seq']}")
    if entry["edits_total"] < len(entry["edits"]):
        raise EvidenceRefused(f"edits at {entry['seq']}")


def _check_journal(journal: dict[str, Any] | None, links: Sequence[dict[str, Any]]) -> None:
    """Each line has a place of its own in the chain, at or before the end that was fixed at the click, whose value is known."""
    end, head = (journal["index"], journal["head"]) if journal else (-1, "")
    places = {link["index"]: link["hash"] for link in links}
    if len(places) != len(links) or max(places, default=-1) > end or places.get(end, head) != head:
        raise EvidenceRefused("journal")


def _integrity(shown: Sequence[dict[str, Any]]) -> dict[str, int | None]:
    """Lines with a planted id, and what the archive said: all None when it was asked for no line."""
    said = Counter(entry["archive_check"] for entry in shown)
    asked = any(said[one.value] for one in ArchiveCheck if one is not ArchiveCheck.NOT_ASKED)
    return {
        "dup_stanza_ids": sum(1 for entry in shown if entry["dup_stanza_id"]),
        "mam_same": said[ArchiveCheck.SAME.value] if asked else None,
        "mam_found": said[ArchiveCheck.FOUND.value] if asked else None,
        "mam_missing": said[ArchiveCheck.MISSING.value] if asked else None,
        "mam_mismatch": said[ArchiveCheck.DIFFERS.value] if asked else None,
    }


def _room(room: RoomFacts) -> dict[str, Any]:
    return {
        "jid": scalar_text(room.jid[:_MAX_ADDRESS]),
        "name": scalar_text(room.name[:1000]),
        "me": occupant(room.me),
        "public": room.public,
        "features": sorted(scalar_text(one[:500]) for one in room.features)[:500],
    }


def _runs(entries: Any) -> list[dict[str, Any]]:
    return [
        {"from_seq": run.from_seq, "to_seq": run.to_seq, "count": run.count, "reason": run.reason.value}
        for run in withheld_runs(entries)
    ]


def _journal(snapshot: Snapshot | None) -> dict[str, Any] | None:
    if snapshot is None or not snapshot.head.head:
        return None
    return {"head": snapshot.head.head, "index": snapshot.head.index, "started_at": snapshot.head.started_at}


def _best(times: dict[str, str | None]) -> str:
    return times["archive"] or times["delay"] or times["client"] or ""
