"""The evidence manifest: the part of the signed report that pins the items file line by line."""

from __future__ import annotations

from typing import Any

from messenger.domain.errors import EvidenceRefused
from messenger.domain.evidence import Snapshot
from messenger.evidence.canonical import b64u, unb64u
from messenger.evidence.capture import Capture, leaf_hash, merkle_root, withheld_runs
from messenger.evidence.statement import ServerFacts

VERSION = 1


def make_manifest(capture: Capture, snapshot: Snapshot | None, server: ServerFacts, captured_at: str) -> dict[str, Any]:
    """The manifest over a capture; `snapshot` is None where the report is about no chat of this client."""
    shown = [entry for entry in capture.entries if "withheld" not in entry]
    times = sorted(_best(entry["times"]) for entry in shown)
    return {
        "v": VERSION,
        "kind": "chat" if snapshot else "none",
        "account": (snapshot.account or None) if snapshot else None,
        "with": (snapshot.counterpart or None) if snapshot else None,
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
        "integrity": {"dup_stanza_ids": capture.duplicate_ids, "mam_missing": None, "mam_mismatch": None},
    }


def check_entries(manifest: dict[str, Any], entries: list[dict[str, Any]]) -> None:
    """Refuse entries that are not the ones the manifest was made over. Raises `EvidenceRefused` naming the place.

    Recomputed are: order, count, withheld runs, each shown item's media-free digest, and the Merkle root.
    """
    leaves: list[bytes] = []
    previous = 0
    for entry in entries:
        seq = entry["seq"]
        if seq <= previous:
            raise EvidenceRefused(f"order at {seq}")
        previous = seq
        leaves.append(unb64u(entry["leaf"]) if "withheld" in entry else leaf_hash(entry))
    shown = sum(1 for entry in entries if "withheld" not in entry)
    ends = {"first": entries[0]["seq"], "last": entries[-1]["seq"]} if entries else None
    if (len(entries), shown, ends) != (manifest["entries"], manifest["shown"], manifest["seq"]):
        raise EvidenceRefused("count")
    if _runs(entries) != manifest["withheld"]:
        raise EvidenceRefused("withheld")
    if b64u(merkle_root(leaves)) != manifest["merkle_root"]:
        raise EvidenceRefused("items")


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
