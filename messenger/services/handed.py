"""Reports that go by hand: how the person goes on, the locked file for them, and the receipt file that comes back.

A report that was handed over is never called sent until the desk's signed receipt for it is on disk; then it is, like any
other one, and the locked file goes.
"""

from __future__ import annotations

import asyncio
import errno
import os
from importlib.resources import files as package_files
from pathlib import Path

from messenger.domain.errors import (
    CannotWrite,
    EvidenceRefused,
    FormatRefused,
    NoSuchReport,
    ReceiptNotRight,
    StoreFull,
)
from messenger.domain.report import OutboxState
from messenger.evidence.canonical import parse_json
from messenger.evidence.export.bagit import make_bag
from messenger.evidence.receipt import TYP, verify_receipt
from messenger.evidence.signature import unchecked_payload
from messenger.safety.handing import HandedWay, handed_way
from messenger.services.delivery import Delivery
from messenger.services.handing import Handing
from messenger.services.receivers import Receivers
from messenger.storage import outbox, report_cases, sealed_files
from messenger.storage.database import Database
from messenger.storage.sealed_files import SealedFiles

MAX_RECEIPT_FILE = 64 * 1024
"""Bytes of a receipt file."""
_FULL = (errno.ENOSPC, errno.EDQUOT)


class HandedService:
    """See the module. Works on every report whose sealed file is still here, whatever its state."""

    def __init__(
        self, db: Database, files: SealedFiles, handing: Handing, delivery: Delivery, receivers: Receivers
    ) -> None:
        self._db = db
        self._files = files
        self._handing = handing
        self._delivery = delivery
        self._receivers = receivers

    async def way(self, report_id: str) -> HandedWay | None:
        """How the person hands this report over, or None where it goes by itself. Raises `KeyError` or `EvidenceRefused`."""
        if await self._db.run(outbox.get, report_id) is None:
            raise KeyError("report")
        package = await asyncio.to_thread(self._handing.package, report_id)
        return handed_way(await self._receivers.current(package.endpoint), report_id)

    async def save_file(self, report_id: str, path: str) -> None:
        """Write the locked file (a bag, mode 0600) to a new place, for an e-mail or a stick.

        Raises `KeyError` when it is not here any more, `CannotWrite` or `StoreFull`, `EvidenceRefused` for a damaged one.
        """
        data = await asyncio.to_thread(self._files.load, report_id)
        if data is None:
            raise KeyError("report")
        try:
            await asyncio.to_thread(_write, Path(os.path.abspath(path)), data)  # noqa: ASYNC240
        except OSError as error:
            raise (StoreFull if error.errno in _FULL else CannotWrite) from None
        except ValueError:
            raise CannotWrite from None

    async def take_receipt_file(self, path: str) -> str:
        """As `take_receipt`, of a file that the person chose; no more of it is read than a receipt can be long."""
        try:
            data = await asyncio.to_thread(_load, Path(os.path.abspath(path)))  # noqa: ASYNC240
        except (OSError, ValueError):
            raise FormatRefused("file") from None
        return await self.take_receipt(data)

    async def take_receipt(self, data: bytes) -> str:
        """A receipt file that came back: checks it and marks its report as sent; returns the report's id.

        Raises `FormatRefused` for what is no receipt, `NoSuchReport`, or `ReceiptNotRight` for one that the report's desk did
        not sign, or signed for something else. The same receipt again changes nothing.
        """
        receipt, code = _read(data)
        report_id = _claimed(receipt)
        entry = await self._db.run(outbox.get, report_id)
        if entry is None:
            raise NoSuchReport
        case = await self._db.run(report_cases.get, report_id)
        try:
            if case is not None or entry.state is OutboxState.SENT:
                keys = case.profile.keys if case is not None else ()
                verify_receipt(receipt, keys, entry.digest, report_id)
            else:
                await self._delivery.take_receipt(entry, receipt, code)
        except EvidenceRefused:
            raise ReceiptNotRight from None
        return report_id


def _write(path: Path, package: bytes) -> None:
    verifier = package_files("messenger.evidence").joinpath("verify.py").read_bytes()
    sealed_files.write_new(path, make_bag(verifier, package))


def _load(path: Path) -> bytes:
    """A plain file's first bytes, one more than a receipt may have. Raises `OSError`."""
    if not path.is_file():
        raise FileNotFoundError  # a pipe or a device would keep the reader waiting
    with path.open("rb") as file:
        return file.read(MAX_RECEIPT_FILE + 1)


def _read(data: bytes) -> tuple[str, str]:
    """(receipt, sealed code or '') of a file: the JSON that a desk writes, or the bare JWS."""
    if len(data) > MAX_RECEIPT_FILE:
        raise FormatRefused("size")
    text = data.strip()
    if not text.startswith(b"{"):
        return text.decode("ascii", "replace"), ""
    found = parse_json(text, MAX_RECEIPT_FILE)
    receipt, code = found.get("receipt"), found.get("receipt_code", "")
    if not isinstance(receipt, str) or not isinstance(code, str):
        raise FormatRefused("receipt")
    return receipt, code


def _claimed(receipt: str) -> str:
    """The report that a receipt names, unchecked. Raises `FormatRefused`."""
    try:
        found = parse_json(unchecked_payload(receipt, MAX_RECEIPT_FILE), MAX_RECEIPT_FILE).get("report_id")
    except EvidenceRefused:
        raise FormatRefused(TYP) from None
    if not isinstance(found, str):
        raise FormatRefused(TYP)
    return found
