"""Messages for the tests of the store and of the services."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from messenger.domain.message import ArchiveId, Direction, IncomingMessage, RawStanza, Times, Via

ME = "robin@a.example"
SAM = "sam@a.example"
START = datetime(2026, 11, 24, 8, 0, 0, tzinfo=UTC)


def at(seconds: float) -> str:
    moment = START + timedelta(seconds=seconds)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def raw(xml: str) -> RawStanza:
    digest = hashlib.sha256(xml.encode("utf-8", "surrogatepass")).hexdigest()
    return RawStanza(xml, digest, xml, digest)


def message(
    body: str = "hello",
    n: int = 0,
    *,
    direction: Direction = Direction.IN,
    via: Via = Via.LIVE,
    account: str = ME,
    counterpart: str = SAM,
    sender: str | None = None,
    stanza_id: str | None = None,
    origin_id: str | None = None,
    archive: str | None = None,
    archive_time: str | None = None,
    received: str | None = None,
    delay: str | None = None,
    kind: str = "chat",
    **more: object,
) -> IncomingMessage:
    """A message of Sam number `n`, `n` seconds after the start."""
    incoming = direction is Direction.IN
    sender = sender or (f"{counterpart}/phone" if incoming else f"{account}/desk")
    stanza_id = f"id-{n}" if stanza_id is None else stanza_id
    made = IncomingMessage(
        account=account,
        counterpart=counterpart,
        direction=direction,
        via=via,
        sender=sender,
        to=account if incoming else counterpart,
        kind=kind,
        stanza_id=stanza_id,
        origin_id=stanza_id if origin_id is None else origin_id,
        archive_id=ArchiveId(account, archive) if archive else None,
        duplicate_archive_ids=False,
        body=body,
        lang="",
        times=Times(received or at(n), delay, archive_time, None),
        raw=raw(f"<message from='{sender}' id='{stanza_id}'><body>{body}</body></message>"),
    )
    return replace(made, **more)  # type: ignore[arg-type]


def archived(original: IncomingMessage, archive: str, seconds: float) -> IncomingMessage:
    """The archive's copy of a message, read later."""
    return replace(
        original,
        via=Via.ARCHIVE,
        archive_id=ArchiveId(original.account, archive),
        times=Times(at(seconds + 100_000), None, at(seconds), None),
    )
