"""``robin export``: a kept copy in the forms that others read, from a terminal. A copy that does not verify is refused."""

from __future__ import annotations

import argparse
import os
from datetime import UTC, tzinfo
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from messenger.domain.errors import CannotWrite, FormatRefused
from messenger.evidence import verify
from messenger.evidence.export.bagit import Readable, make_bag
from messenger.evidence.export.dossier import Dossier
from messenger.evidence.export.forms import FORMS, write
from messenger.evidence.package import MAX_COPY_BYTES, MAX_PACKAGE_BYTES, read_copy
from messenger.evidence.schema import Schemas
from messenger.i18n import tr

BAG = "bag"
_LOCAL = Path("/etc/localtime")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of the command."""
    parser.set_defaults(wrong_use=parser.error)
    parser.add_argument("copy", metavar="COPY", help=tr("the copy that was kept, a file .robin.json"))
    parser.add_argument("--format", required=True, choices=(*FORMS, BAG), help=tr("the kind of file to make"))
    parser.add_argument("--out", required=True, metavar="FILE", help=tr("the file to make; nothing is written over"))
    parser.add_argument("--package", metavar="FILE", help=tr("the sealed report, to go into the bag"))
    parser.add_argument("--zone", metavar="NAME", help=tr("times of this place, such as Europe/London"))
    parser.add_argument(
        "--unnamed", action="store_true", help=tr("leave out the name and the contact of the person who reports")
    )


def run(options: argparse.Namespace) -> int:
    """Make the file; 0 when it is there. Raises a `RobinError` for everything that keeps it from being made."""
    zone, name = _zone(options)
    if options.unnamed and options.format == BAG:
        options.wrong_use(tr("A bag holds the copy itself, with the name in it."))
    data = _read(options.copy, MAX_COPY_BYTES)
    copy = read_copy(data, Schemas.packaged())
    if options.format != BAG:
        made = write(options.format, Dossier.of_copy(copy, named=not options.unnamed), zone, name)
    else:
        package = _read(options.package, MAX_PACKAGE_BYTES) if options.package else b""
        verifier = Path(verify.__file__).read_bytes()
        made = make_bag(verifier, package, readable=Readable(data, copy, zone, name))
    _write(options.out, made)
    return 0


def _read(path: str, most: int) -> bytes:
    try:
        with Path(path).open("rb") as file:
            return file.read(most + 1)  # one more than allowed, so that too much is refused and not cut
    except OSError:
        raise FormatRefused("file") from None


def _write(path: str, data: bytes) -> None:
    """Write a new file; one that is there stays as it is."""
    place = Path(path)
    try:
        with place.open("xb") as file:
            file.write(data)
    except FileExistsError:
        raise CannotWrite from None
    except OSError:
        place.unlink(missing_ok=True)
        raise CannotWrite from None


def _zone(options: argparse.Namespace) -> tuple[tzinfo, str]:
    """The zone that was asked for, else this computer's, else UTC."""
    name = options.zone or _local()
    try:
        return (ZoneInfo(name), name) if name and name != "UTC" else (UTC, "UTC")
    except (ZoneInfoNotFoundError, ValueError, OSError):
        if options.zone:
            options.wrong_use(tr("There is no time zone with this name. One that there is: Europe/London"))
        return UTC, "UTC"


def _local() -> str:
    """The name of this computer's zone, or ''."""
    given = os.environ.get("TZ", "").removeprefix(":")
    return given or str(_LOCAL.resolve()).partition("/zoneinfo/")[2]
