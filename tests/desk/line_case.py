"""What the tests of the desk's XMPP account share: a real server with people on it, a desk with an account there, real evidence."""

from __future__ import annotations

import asyncio
import contextlib
import json
import sys
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element

from desk_case import SCHEMAS, Answer, Https, ReporterApp, at, statement
from desk_clock import endpoint_of

from messenger.demo.prosody import Prosody
from messenger.desk.connections import Connections, MailServer, account
from messenger.desk.moments import Clock
from messenger.desk.server import Desk, Options
from messenger.domain.errors import AccountError
from messenger.domain.evidence import CapturedMessage, JournalHead, Occupant, RoomFacts, Snapshot
from messenger.domain.message import IncomingMessage
from messenger.evidence.capture import capture
from messenger.evidence.report import Prepared, prepare
from messenger.evidence.statement import ContactWay, Guardian, Reported, Reporter
from messenger.stream.address import prepared
from messenger.stream.client import GuardedClient
from messenger.stream.plan import StreamPlan
from messenger.stream.serial import CLIENT_NS

sys.path.append(str(Path(__file__).parent.parent / "xmpp"))  # its people

from people import PASSWORD, Person, new_account, signed_in, until

__all__ = ["PASSWORD", "Person", "new_account", "signed_in", "until"]

DOMAIN, ROOMS = "robin.test", "rooms.robin.test"
DESK_NAME = "desk"
DESK = f"{DESK_NAME}@{DOMAIN}"
MODULES = Path(__file__).parent / "prosody_modules"
_ROOMS = """"muc"
  modules_enabled = { "muc_mam" }
  restrict_room_creation = false
  muc_room_default_public = true
  max_archive_query_results = 100"""


def server_with_rooms(folder: Path, changed: str = "") -> Prosody:
    """A server that forwards reports to the desk, with a place for rooms."""
    settings = f'robin_test_forward_to = {{ "{DESK}" }}\nrobin_test_forward_changed = "{changed}"\n'
    return Prosody(
        folder, DOMAIN, modules=("robin_test_forward",), plugins=(MODULES,), settings=settings, components={ROOMS: _ROOMS}
    )


def desk_on(
    server: Prosody | None, folder: Path, clock: Clock, mail: MailServer | None = None, jid: str = DESK
) -> Desk:
    """A desk with its account on `server`, started and signed in."""
    line = account(jid, PASSWORD, server.address) if server is not None else None
    options = Options(clock=clock, connections=Connections(line, mail))
    desk = Desk.create(folder, "a long passphrase", "Harbour Child Safety Desk", "gb", options=options)
    desk.start()
    if server is not None:
        asyncio.run(until(lambda: desk.online))
    return desk


class LineApp(ReporterApp):
    """A reporter's app of a real account."""

    def __init__(self, desk: Desk, jid: str) -> None:
        super().__init__(endpoint_of(desk))
        self.jid = jid
        self.https = Https(self.endpoint)

    def about(
        self,
        other: str,
        said: Sequence[CapturedMessage] = (),
        room: RoomFacts | None = None,
        **changes: Any,
    ) -> Prepared:
        """A report about `other` with these lines, all chosen."""
        reporter = Reporter(
            self.jid, "Sam", "13_15", "gb", (ContactWay("xmpp", self.jid, True, "after school"),), Guardian("Kim", "0100 555")
        )
        stated = statement(self.endpoint, self.report_id, reporter=reporter, reported=(Reported(other),), **changes)
        taken = Snapshot(1, self.jid, other, JournalHead(0, "", ""), at(30), len(said), room)
        captured = capture(said, {one.message for one in said})
        return prepare(stated, captured, taken, self.signing, self.sealing, SCHEMAS)

    def post(self, path: str, value: Any, now: float | None = None, **headers: str) -> Answer:
        """A call with a JSON body and a fresh proof."""
        made = {"Content-Type": "application/json", **self.authorization("POST", path, now), **headers}
        return self.https.call("POST", path, json.dumps(value).encode(), made)

    def prove(self, device: str, **changes: Any) -> Answer:
        """POST /v1/sessions for this device."""
        return self.post("/v1/sessions", {"report_id": self.report_id, "jid": device, **changes})

    def news(self) -> Any:
        """GET the report's news."""
        path = f"/v1/reports/{self.report_id}"
        return self.https.call("GET", path, None, self.authorization("GET", path)).json


def as_captured(message: IncomingMessage, seq: int, **changes: Any) -> CapturedMessage:
    """A message as the client would have it in evidence."""
    values: dict[str, Any] = {
        "message": seq,
        "seq": seq,
        "direction": message.direction,
        "via": message.via,
        "sender": message.sender,
        "to": message.to,
        "kind": message.kind,
        "stanza_id": message.stanza_id,
        "origin_id": message.origin_id,
        "archive_id": message.archive_id,
        "duplicate_archive_ids": message.duplicate_archive_ids,
        "body": message.body,
        "lang": message.lang,
        "times": message.times,
        "raw": message.raw,
        "edits": (),
        "reply_to": message.reply_to,
        "media": message.media,
        "encryption": message.encryption,
        "journal_index": 0,
        "journal_hash": "",
        "occupant": message.occupant,
    }
    return CapturedMessage(**{**values, **changes})


def room_facts(room: str, nick: str) -> RoomFacts:
    return RoomFacts(room, "Block builders", Occupant(nick), True, ())


class Puppet:
    """An account that shows every stanza and sends whatever it is told: for what no client of ours would do."""

    def __init__(self, server: Prosody, jid: str, resource: str = "puppet") -> None:
        address = prepared(jid)
        assert address is not None
        self.client = GuardedClient(StreamPlan(address, PASSWORD, server.address, resource), self)
        self.full = f"{jid}/{resource}"
        self.seen: list[Element] = []

    def stanza(self, element: Element, received: str) -> None:
        self.seen.append(element)
        self.client.traffic.handled(1)

    def acked(self, keys: list[str]) -> None:
        pass

    def lost(self, reason: AccountError) -> None:
        pass

    def put(self, element: Element) -> None:
        self.client.traffic.put(element)

    def presence(self, **attributes: str) -> None:
        self.put(Element(f"{{{CLIENT_NS}}}presence", attributes))

    def iq(self, kind: str, to: str, name: str, payload: Element | None = None) -> None:
        iq = Element(f"{{{CLIENT_NS}}}iq", {"type": kind, "to": to, "id": name})
        if payload is not None:
            iq.append(payload)
        self.put(iq)

    def questions(self) -> list[Element]:
        """The iqs that came."""
        return [one for one in self.seen if one.tag == f"{{{CLIENT_NS}}}iq"]

    def messages(self) -> list[Element]:
        return [one for one in self.seen if one.tag == f"{{{CLIENT_NS}}}message"]


@contextlib.asynccontextmanager
async def puppets(server: Prosody, *jids: str) -> AsyncIterator[list[Puppet]]:
    """Puppets that are signed in and available."""
    made = [Puppet(server, jid) for jid in jids]
    try:
        for one in made:
            await one.client.open()
            one.presence()
        yield made
    finally:
        for one in made:
            await one.client.close()
