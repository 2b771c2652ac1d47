"""Reports into a folder or onto a stick: the sealed package in a bag (BagIt) that the person brings to the desk."""

from __future__ import annotations

import asyncio
import contextlib
import os
import secrets
from importlib.resources import files
from pathlib import Path

from messenger.domain.errors import EndpointRejected, EndpointUnreachable, Handed
from messenger.endpoints._one_way import OneWay, checked
from messenger.evidence.export.bagit import make_bag
from messenger.safety.handing import FOLDER, file_name, folder_of
from messenger.services.ports import Accepted, Clock, Endpoint, Submission

KIND = "folder"


def make(clock: Clock) -> Endpoint:
    """The endpoint for folders."""
    return Folder(clock)


class Folder(OneWay):
    """`ports.Endpoint` that writes one file. The same report again writes the same bytes under the same name."""

    async def submit(self, submission: Submission) -> Accepted:
        """Never accepted: raises `Handed` when the bag is on disk, `EndpointUnreachable` where the folder is not there (a
        stick that is not in) or full, `EndpointRejected` for what is no folder, `EvidenceRefused` for a damaged package."""
        place = await asyncio.to_thread(_write, submission)
        raise Handed(FOLDER, str(place))


def _write(submission: Submission) -> Path:
    checked(submission)
    folder = Path(folder_of(submission.profile))
    try:
        odd = folder.exists() and not folder.is_dir()
    except OSError:  # a stick that was pulled out answers with an I/O error, and a folder of somebody else with a refusal
        raise EndpointUnreachable("folder") from None
    if odd:
        raise EndpointRejected(0, "folder")
    target = folder / file_name(submission.report_id)
    bag = make_bag(files("messenger.evidence").joinpath("verify.py").read_bytes(), submission.package)
    part = folder / f".{submission.report_id}.{secrets.token_hex(8)}.part"
    try:
        fd = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
        with os.fdopen(fd, "wb") as file:
            file.write(bag)
            file.flush()
            os.fsync(file.fileno())
        os.replace(part, target)
    except OSError:
        with contextlib.suppress(OSError):
            os.unlink(part)
        raise EndpointUnreachable("folder") from None
    return target
