"""Takes sealed reports that people brought by hand (a stick, an e-mail's attachment): ``robin desk take FILE``.

The same intake as for every other way; what comes out is a receipt file for the person to take home, which their Robin
checks and shows as sent. Nothing proves here who brought it: such a report stays unverified until its sender proves more.
"""

from __future__ import annotations

import io
import time
import zipfile
from pathlib import Path

from messenger.desk.intake import Intake, Rules
from messenger.desk.keys import FILE as KEY_FILE
from messenger.desk.keys import DeskKeys, write_private
from messenger.desk.moments import Clock
from messenger.desk.problems import Problem, words
from messenger.desk.store import FILE as STORE_FILE
from messenger.desk.store import Store
from messenger.domain.errors import EvidenceRefused, FormatRefused
from messenger.evidence.canonical import canonical, parse_json
from messenger.evidence.package import MAX_PACKAGE_BYTES, Package
from messenger.evidence.schema import Schemas
from messenger.i18n import trd

SUFFIX = ".receipt.json"
_IN_BAG = "/data/package.json"
_MOST_IN_BAG = 64


def read_package(data: bytes) -> Package:
    """The package in a file: bare, or in a bag (a .zip of `robin-report-<id>`). Raises `EvidenceRefused`."""
    if data.startswith(b"PK"):
        data = _from_bag(data)
    return Package.decode(data)


def _from_bag(data: bytes) -> bytes:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as bag:
            found = [one for one in bag.infolist()[:_MOST_IN_BAG] if one.filename.endswith(_IN_BAG)]
            if len(found) != 1 or found[0].file_size > MAX_PACKAGE_BYTES:
                raise FormatRefused("bag")
            with bag.open(found[0]) as file:
                # What the zip says of its size need not be so.
                return file.read(MAX_PACKAGE_BYTES + 1)
    # The last three are zipfile's words for a bag under a password, one packed in a way unknown to it, and a cut one.
    except (zipfile.BadZipFile, OSError, RuntimeError, NotImplementedError, EOFError):
        raise FormatRefused("bag") from None


async def take(folder: Path, passphrase: str, file: Path, clock: Clock = time.time) -> Path:
    """File the report in `file` and write its receipt beside it; the same report again gets the same receipt.

    Returns the receipt file's path. Raises `StoreLocked`, `FormatRefused` or another `EvidenceRefused`, `Problem` for what
    the desk does not take, or `OSError`.
    """
    with file.open("rb") as opened:
        data = opened.read(MAX_PACKAGE_BYTES * 2)
    package = read_package(data)
    keys = DeskKeys.load(folder / KEY_FILE, passphrase)
    store = Store(folder / STORE_FILE)
    try:
        intake = Intake(keys, store, Schemas.packaged(), Rules(), clock)
        await intake.put_report(package.report_id, package.digest, package.report)
        for sealed_digest, body in package.files().items():
            await intake.put_file(package.report_id, sealed_digest, body)
        answer = parse_json(await intake.finish(package.report_id))
    finally:
        store.close()
    path = file.with_name(f"robin-report-{package.report_id}{SUFFIX}")
    write_private(path, canonical({"receipt": answer["receipt"], "receipt_code": answer["receipt_code"]}))
    return path


def why(error: EvidenceRefused | Problem) -> str:
    """The reason in one plain sentence."""
    return words(error.kind) if isinstance(error, Problem) else trd(error.sentence)
