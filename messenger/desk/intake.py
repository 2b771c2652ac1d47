"""Takes reports in: every byte is checked before it is stored, and every repeat gets the answer of the first time."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar
from uuid import UUID

from argon2 import PasswordHasher

from messenger.desk import cases, identity, triage
from messenger.desk.cases import Filing, Incoming, Stored
from messenger.desk.keys import DeskKeys
from messenger.desk.moments import Clock, rfc3339
from messenger.desk.problems import Problem
from messenger.desk.store import Store
from messenger.domain.errors import EvidenceRefused, FormatRefused, SealRefused, SignatureRefused
from messenger.domain.receipt import Receipt
from messenger.evidence import receipt as receipts
from messenger.evidence.canonical import canonical, digest, parse_canonical
from messenger.evidence.message import REPLY_TYPE, open_reply
from messenger.evidence.report import (
    REPORT_TYPE,
    SignedReport,
    check_sealed_file,
    read_identity,
    read_items,
    read_report,
)
from messenger.evidence.schema import Schemas
from messenger.evidence.seal import check_sealed, seal, unseal
from messenger.evidence.signature import unchecked_payload

T = TypeVar("T")
# First bytes of pictures, films, sound and archives. A sealed file begins with "ey".
_MEDIA = (
    b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"RIFF", b"\x1aE\xdf\xa3", b"OggS", b"ID3", b"BM", b"II*\x00", b"MM\x00*",
    b"%PDF", b"PK\x03\x04", b"\x00\x00\x01\x00", b"fLaC", b"\x1f\x8b", b"\x00\x00\x01\xba", b"\x00\x00\x01\xb3",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Redirect:
    """Who helps with a category that this desk does not take."""

    name: str
    url: str = ""
    phone: str = ""

    def as_json(self) -> dict[str, str]:
        found = {"name": self.name, "url": self.url, "phone": self.phone}
        return {key: value for key, value in found.items() if value}


@dataclass(frozen=True, slots=True)
class Rules:
    """What this desk takes. `redirects` are the categories that it does not, with who does."""

    redirects: Mapping[str, Redirect] = field(default_factory=dict)
    retention_days: int = cases.RETENTION_DAYS


def looks_like_media(body: bytes) -> bool:
    """Whether the bytes begin as a picture, film or archive does."""
    return body.startswith(_MEDIA) or body[4:8] == b"ftyp"


def checked_id(report_id: str) -> str:
    """A version 4 UUID in its one form. Raises `Problem`."""
    try:
        made = UUID(report_id)
    except ValueError:
        raise Problem(400, "id") from None
    if str(made) != report_id or made.version != 4:
        raise Problem(400, "id")
    return report_id


class Intake:
    """The calls of a reporter's app, without HTTP. All raise `Problem` for what cannot be taken."""

    def __init__(self, keys: DeskKeys, store: Store, schemas: Schemas, rules: Rules, clock: Clock) -> None:
        self._keys = keys
        self._store = store
        self._schemas = schemas
        self._rules = rules
        self._clock = clock
        # A receipt code is random and long, so the quick cost is enough: nobody can try 10**16 codes.
        self._hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
        self._filing = asyncio.Lock()

    async def put_report(self, report_id: str, named_digest: str, body: bytes) -> bool:
        """Check and keep a report; True when it is new, False when it was here."""
        checked_id(report_id)
        incoming = await asyncio.to_thread(self._check_report, report_id, named_digest, body)
        stored = await self._store.run(cases.put, incoming, self._clock())
        if stored is Stored.OTHER:
            raise Problem(409, "other-digest")
        if stored in (Stored.GONE, Stored.WITHDRAWN):
            raise Problem(410, stored.value)
        return stored is Stored.NEW

    def _check_report(self, report_id: str, named_digest: str, body: bytes) -> Incoming:
        signed = self.open(body)
        found = signed.body
        if signed.digest != named_digest:
            raise Problem(400, "digest")
        if signed.report_id != report_id:
            raise Problem(422, "id")
        own = {self._keys.signing.thumbprint, self._keys.sealing.thumbprint}
        if not set(found["sent_to"]["keys"]) & own:
            raise Problem(422, "wrong-desk")
        self._check_categories(found)
        addresses = [("reporter", found["reporter"]["jid"]), *(("reported", one["jid"]) for one in found["reported"])]
        return Incoming(
            report_id=report_id,
            digest=signed.digest,
            sealed=body,
            category=found["category"],
            tier=found["urgency"]["tier"],
            age_band=next((one["age_band"] for one in found["affected"]), "unknown"),
            country=found["reporter"]["country"],
            factors=found["urgency"]["factors"],
            files={name: one["sealed_digest"] for name, one in found["files"].items()},
            addresses=[(kind, self._keys.index(address)) for kind, address in addresses if address],
        )

    def _check_categories(self, found: Mapping[str, Any]) -> None:
        named = {found["category"], *found["also"]}
        if named <= set(self._rules.redirects):
            redirects = {one: self._rules.redirects[one].as_json() for one in sorted(named)}
            raise Problem(451, "category", redirects=redirects)

    def open(self, body: bytes) -> SignedReport:
        """Unseal a report and check signature, form and schema."""
        if looks_like_media(body):
            raise Problem(415, "media-type")
        try:
            jws = self.unseal(body).decode("ascii")
            _check_version(jws, REPORT_TYPE)
            return read_report(jws, self._schemas)
        except SignatureRefused:
            raise Problem(422, "signature") from None
        except FormatRefused as error:
            raise Problem(422, "schema", place=str(error.fields["what"])) from None
        except UnicodeDecodeError:
            raise Problem(422, "schema") from None

    def unseal(self, body: bytes) -> bytes:
        """Open a sealed file; tells a seal for another key from a broken one."""
        try:
            kid = check_sealed(body)
        except SealRefused:
            raise Problem(422, "not-sealed") from None
        if kid != self._keys.sealing.thumbprint:
            raise Problem(422, "wrong-key")
        try:
            return unseal(body, self._keys.sealing)
        except SealRefused:
            raise Problem(422, "not-sealed") from None

    def read_letter(self, body: bytes, kind: str, opener: Callable[[], T]) -> T:
        """What `opener` makes of a sealed and signed body of type `kind`; each way to fail gets its own `Problem`."""
        if looks_like_media(body):
            raise Problem(415, "media-type")
        try:
            _check_version(self.unseal(body).decode("ascii"), kind)
            return opener()
        except UnicodeDecodeError:
            raise Problem(422, "schema") from None
        except SealRefused:
            raise Problem(422, "not-sealed") from None
        except SignatureRefused:
            raise Problem(422, "signature") from None
        except EvidenceRefused as error:
            raise Problem(422, "schema", place=str(error.fields["what"])) from None

    async def put_file(self, report_id: str, sealed_digest: str, body: bytes) -> bool:
        """Check and keep one of the files that a report names; True when it is new."""
        checked_id(report_id)
        if looks_like_media(body):
            raise Problem(415, "media-type")
        if digest(body) != sealed_digest:
            raise Problem(409, "hash")
        row = await self.row(report_id)
        listed = await self._store.run(cases.file_row, report_id, sealed_digest)
        if listed is None:
            raise Problem(409, "not-listed")
        if listed["body"] is None:
            await asyncio.to_thread(self._check_file, row["sealed"], listed["name"], body)
        stored = await self._store.run(cases.put_file, report_id, sealed_digest, body)
        if stored is Stored.GONE:
            raise Problem(404, "unknown-report")
        return stored is Stored.NEW

    def _check_file(self, sealed_report: bytes, name: str, body: bytes) -> None:
        signed = self.open(sealed_report)
        plain = self.unseal(body)
        try:
            check_sealed_file(signed, name, body)
            if name == "items":
                read_items(signed, plain, self._schemas)
            else:
                read_identity(signed, plain, self._schemas)
        except EvidenceRefused as error:
            raise Problem(422, "schema", place=str(error.fields["what"])) from None

    async def row(self, report_id: str) -> sqlite3.Row:
        """The stored report. Raises `Problem` 404 or 410."""
        checked_id(report_id)
        row = await self._store.run(cases.known, report_id)
        if row is None:
            if await self._store.run(cases.tombstone, report_id) is not None:
                raise Problem(410, "withdrawn")
            gone = await self._store.run(cases.is_erased, report_id)
            raise Problem(410, "gone") if gone else Problem(404, "unknown-report")
        return row

    async def filed(self, report_id: str) -> sqlite3.Row:
        """The stored report, when it is complete. Raises `Problem` 404, 409 or 410."""
        row = await self.row(report_id)
        if row["filed"] is None:
            raise Problem(409, "not-finished")
        return row

    async def finish(self, report_id: str) -> bytes:
        """File a complete report and return the answer: the same bytes every time, after a crash too."""
        row = await self.row(report_id)
        if row["answer"] is None:
            wanting = await self._store.run(cases.missing, report_id)
            if wanting:
                raise Problem(409, "missing", missing=wanting)
            async with self._filing:
                return unseal(await self._file(row), self._keys.sealing)
        return unseal(row["answer"], self._keys.sealing)

    async def _file(self, row: sqlite3.Row) -> bytes:
        while True:
            number = receipts.new_case_number()
            if await self._store.run(cases.case_number_free, number):
                break
        filing = await asyncio.to_thread(self._make_filing, row, number)
        return await self._store.run(cases.file_report, row["report_id"], filing)

    def _make_filing(self, row: sqlite3.Row, case_number: str) -> Filing:
        signed = self.open(row["sealed"])
        now = self._clock()
        answer_by = triage.answer_by(row["tier"], now)
        reporter = signed.body["reporter"]
        receipt = Receipt(
            report_id=signed.report_id,
            report_digest=signed.digest,
            case_number=case_number,
            received_at=rfc3339(now),
            reporter_jid=reporter["jid"],
            identity_level=identity.known(row).level,
            next_contact_by=rfc3339(answer_by),
            jws="",
        )
        code = receipts.new_receipt_code()
        sealed_code = receipts.make_code(
            self._keys.signing, reporter["keys"]["enc"], signed.report_id, signed.digest, code
        )
        answer = canonical(
            {
                "receipt": receipts.make_receipt(self._keys.signing, receipt),
                "receipt_code": sealed_code.decode("ascii"),
                "status": "received",
                "messages_after": "0",
            }
        )
        # The receipt names the reporter's address: at rest it is sealed to the desk like the report itself.
        kept = seal(answer, self._keys.sealing.public_jwk())
        return Filing(case_number, kept, self._hasher.hash(code.replace(" ", "")), now, answer_by)

    async def signed(self, row: sqlite3.Row) -> SignedReport:
        """The stored report, opened and checked again."""
        return await asyncio.to_thread(self.open, row["sealed"])

    async def put_reply(self, report_id: str, body: bytes) -> tuple[str, bool]:
        """Keep what the reporter writes back: its id, and whether it is new."""
        row = await self.filed(report_id)
        signed = await self.signed(row)
        reply = self.read_letter(
            body, REPLY_TYPE, lambda: open_reply(body, self._keys.sealing, signed.reporter_keys(), report_id)
        )
        if not 16 <= len(reply.id) <= 64:
            raise Problem(422, "schema", place="reply:/id")
        new = await self._store.run(cases.put_reply, report_id, reply.id, body, self._clock())
        if new is None:
            await self.row(report_id)
        return reply.id, bool(new)


def _check_version(jws: str, taken: str) -> None:
    """What has a later version is told apart from what is broken. Raises `Problem`."""
    try:
        kind = parse_canonical(unchecked_payload(jws)).get("type")
    except (FormatRefused, SignatureRefused):
        return
    family = taken.rsplit(":", 1)[0] + ":"
    if isinstance(kind, str) and kind.startswith(family) and kind != taken:
        raise Problem(422, "version", takes=[taken])
