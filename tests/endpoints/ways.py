"""For the contract of endpoints: how each kind is reached here, and how it is made to fail. Real desk, real chat server."""

from __future__ import annotations

import socket
import sqlite3
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import quote

sys.path.append(str(Path(__file__).parent.parent / "desk"))  # its desk, its people

from desk_case import LINES, line
from desk_clock import endpoint_of
from line_case import DESK, DESK_NAME, LineApp, desk_on, new_account, server_with_rooms, signed_in

from messenger import endpoints
from messenger.demo.prosody import Prosody
from messenger.desk.server import Desk
from messenger.domain.account import ConnectionState
from messenger.domain.report import EndpointProfile
from messenger.evidence.keys import PublicKeys
from messenger.evidence.package import Package
from messenger.evidence.report import Prepared
from messenger.evidence.seal import seal
from messenger.services.clock import SystemClock
from messenger.services.package_line import SessionLine
from messenger.services.ports import Endpoint, Submission
from messenger.services.sessions import Sessions

__all__ = ["DESK_NAME", "desk_on", "new_account", "server_with_rooms"]
_NO_JOURNAL = {"journal_index": 0, "journal_hash": ""}


@dataclass
class Place:
    """Where the tests run: a desk that is signed in on a chat server, a reporter's account there, and a folder."""

    chat: Prosody
    desk: Desk
    jid: str
    folder: Path

    def report(self, profile: EndpointProfile, report_id: str = "") -> Prepared:
        """A report for this way to the desk."""
        app = LineApp(self.desk, self.jid)
        app.endpoint = profile
        app.report_id = report_id or app.report_id
        return app.about("mike@robin.test", [line(seq, *one, **_NO_JOURNAL) for seq, one in enumerate(LINES, 1)])

    def cases(self) -> int:
        """How many cases the desk has."""
        with sqlite3.connect(self.desk.folder / "desk.sqlite3") as store:
            return int(store.execute("SELECT count(*) FROM reports WHERE filed IS NOT NULL").fetchone()[0])


class Way:
    """One kind: its profile, its endpoint, and what goes wrong. `receipts`: whether it gives one."""

    receipts = True

    def __init__(self, place: Place) -> None:
        self.place = place

    def profile(self) -> EndpointProfile:
        """The desk by this way."""
        raise NotImplementedError  # abstract: each way below has a profile of its own

    @asynccontextmanager
    async def endpoint(self) -> AsyncIterator[Endpoint]:
        """The kind's endpoint as Robin makes it."""
        made = endpoints.make_all(SystemClock())[self.profile().base.partition(":")[0]]
        yield made
        await made.close()

    def unreachable(self) -> EndpointProfile:
        """The same desk where nobody can be reached now."""
        raise NotImplementedError

    def rejected(self, good: Submission) -> Submission:
        """Something that will never be taken as it is."""
        other = self.place.report(good.profile, good.report_id)
        return replace(good, digest=other.digest, package=Package.of(other).encode())

    def too_large(self) -> Submission:
        """More than this way takes: the desk's limit for a report, or a stanza's."""
        return self.large(report=3)

    def large(self, **megabytes: int) -> Submission:
        """A package with so much in its parts."""
        profile = self.profile()
        made = self.place.report(profile)
        reader = PublicKeys(profile.keys).sealing_jwk()
        parts = {name: seal(b"a" * (size * 1024 * 1024), reader) for name, size in megabytes.items()}
        package = replace(Package.of(made), **parts)
        return Submission(made.report_id, made.digest, package.encode(), profile, self.place.jid)

    def filed(self) -> int:
        """How many reports arrived."""
        return self.place.cases()


class Https(Way):
    def profile(self) -> EndpointProfile:
        return endpoint_of(self.place.desk)

    def unreachable(self) -> EndpointProfile:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        return replace(self.profile(), base=f"https://127.0.0.1:{port}")


class Xmpp(Way):
    def profile(self) -> EndpointProfile:
        return replace(endpoint_of(self.place.desk), base=f"xmpp:{DESK}")

    @asynccontextmanager
    async def endpoint(self) -> AsyncIterator[Endpoint]:
        async with signed_in(self.place.chat, self.place.jid) as [person]:
            sessions = Sessions()
            sessions.put(self.place.jid, person.session)
            sessions.set_state(self.place.jid, ConnectionState.ONLINE)
            yield endpoints.make_all(SystemClock(), SessionLine(sessions))["xmpp"]

    def unreachable(self) -> EndpointProfile:
        return replace(self.profile(), base="xmpp:nobody@robin.test")


class Mail(Way):
    receipts = False

    def profile(self) -> EndpointProfile:
        return replace(endpoint_of(self.place.desk), base="mailto:desk@example.org")

    def unreachable(self) -> EndpointProfile:
        # Nothing has to be reached: the person sends it.
        return self.profile()

    def rejected(self, good: Submission) -> Submission:
        return replace(good, profile=replace(good.profile, base="https://desk.example.org"))

    def too_large(self) -> Submission:
        return self.large(report=7, items=7, identity=7)

    def filed(self) -> int:
        return 1


class Folder(Way):
    receipts = False

    @property
    def folder(self) -> Path:
        made = self.place.folder / "my stick"
        made.mkdir(exist_ok=True)
        return made

    def profile(self) -> EndpointProfile:
        return replace(endpoint_of(self.place.desk), base=f"folder://{quote(str(self.folder))}")

    def unreachable(self) -> EndpointProfile:
        return replace(self.profile(), base=f"folder://{quote(str(self.place.folder / 'not in'))}")

    def rejected(self, good: Submission) -> Submission:
        taken = self.place.folder / "a file"
        taken.write_text("this is no folder")
        return replace(good, profile=replace(good.profile, base=f"folder://{quote(str(taken))}"))

    def too_large(self) -> Submission:
        return self.large(report=7, items=7, identity=7)

    def filed(self) -> int:
        return len(list(self.folder.iterdir()))


WAYS: dict[str, type[Way]] = {"https": Https, "xmpp": Xmpp, "mailto": Mail, "folder": Folder}
