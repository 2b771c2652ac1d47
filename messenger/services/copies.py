"""Readable signed copies of reports: in memory until the wizard closes, on disk only where one was asked for (decision 5)."""

from __future__ import annotations

import asyncio
import os
from importlib.resources import files
from pathlib import Path

from messenger.domain.errors import CannotWrite, EvidenceRefused, NotKept, StoreFull
from messenger.domain.report import EndpointProfile
from messenger.evidence.export.bagit import make_bag
from messenger.evidence.package import Package, with_receipt
from messenger.safety.handing import HandedWay, handed_way
from messenger.storage import report_cases, sealed_files
from messenger.storage.database import Database
from messenger.storage.sealed_files import SealedFiles

_FULL = {28, 122}
"""ENOSPC and EDQUOT."""


class Copies:
    """The copies of this run. Nothing of what is held in memory is ever written unless the person says where."""

    def __init__(self, db: Database, files: SealedFiles | None = None) -> None:
        self._db = db
        self._files = files
        self._held: dict[str, bytes] = {}

    def hold(self, report_id: str, copy: bytes) -> None:
        """Keep a copy in memory until `forget`."""
        self._held[report_id] = copy

    def forget(self, report_id: str) -> None:
        """Let a held copy go."""
        self._held.pop(report_id, None)

    async def get(self, report_id: str) -> bytes:
        """The copy. Raises `NotKept`."""
        kept = await self._db.run(report_cases.copy, report_id)
        found = kept if kept is not None else self._held.get(report_id)
        if found is None:
            raise NotKept
        return found

    async def received(self, report_id: str, receipt: str, desk: EndpointProfile) -> bytes | None:
        """Put the receipt into the copy that is held, and give the newer form of one that is kept, to be written."""
        held = self._held.get(report_id)
        if held is not None:
            self._held[report_id] = await asyncio.to_thread(_with_receipt, held, receipt, desk)
        kept = await self._db.run(report_cases.copy, report_id)
        return None if kept is None else await asyncio.to_thread(_with_receipt, kept, receipt, desk)

    async def save(self, report_id: str, path: str) -> None:
        """Write the copy to a new file, for its owner only. Raises `NotKept`, `CannotWrite` or `StoreFull`."""
        await self._write(path, await self.get(report_id))

    async def save_sealed(self, report_id: str, path: str) -> None:
        """Write the sealed report in a bag (BagIt) to a new file, to be carried to the desk; only the desk can open it.

        It lies here until the desk has it. Raises `NotKept`, `CannotWrite`, `StoreFull` or `EvidenceRefused`.
        """
        package = await self._package(report_id)
        verifier = files("messenger.evidence").joinpath("verify.py")
        await self._write(path, await asyncio.to_thread(lambda: make_bag(verifier.read_bytes(), package)))

    async def handed(self, report_id: str) -> HandedWay | None:
        """What the person does now with a report that was made but not sent; None where it goes by itself. Raises `NotKept`."""
        package = await self._package(report_id)
        profile = (await asyncio.to_thread(Package.decode, package)).endpoint
        return handed_way(profile, report_id)

    async def _package(self, report_id: str) -> bytes:
        found = await asyncio.to_thread(self._files.load, report_id) if self._files is not None else None
        if found is None:
            raise NotKept
        return found

    async def _write(self, path: str, data: bytes) -> None:
        try:
            await asyncio.to_thread(sealed_files.write_new, Path(os.path.abspath(path)), data)  # noqa: ASYNC240
        except OSError as error:
            raise (StoreFull if error.errno in _FULL else CannotWrite) from None
        except ValueError:
            raise CannotWrite from None


def _with_receipt(copy: bytes, receipt: str, desk: EndpointProfile) -> bytes:
    try:
        return with_receipt(copy, receipt, desk.keys)
    except EvidenceRefused:
        # It has one already, as after a crash between the receipt and its commit.
        return copy
