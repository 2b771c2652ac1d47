"""A bag (BagIt, RFC 8493) in one .zip: the sealed report to carry by hand, with what a stranger needs to check it.

The same parts always give the same bytes: fixed order, fixed times, nothing compressed. Anything readable is in the bag
only when the caller hands over a readable copy.
"""

from __future__ import annotations

import hashlib
import io
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, tzinfo

from messenger.domain.errors import EvidenceRefused, NoSuchForm
from messenger.evidence.canonical import canonical
from messenger.evidence.export.case import case_bytes
from messenger.evidence.export.dossier import Dossier
from messenger.evidence.export.ncmec import ncmec_bytes
from messenger.evidence.export.page import record_page
from messenger.evidence.export.plain import record_text
from messenger.evidence.export.record import Recorder
from messenger.evidence.export.xarf import xarf_bytes
from messenger.evidence.package import Copy, Package
from messenger.evidence.report import ITEMS_TYPE
from messenger.i18n import tr

MEDIA_TYPE = "application/zip"
SUFFIX = ".zip"
_LONG_AGO = (1980, 1, 1, 0, 0, 0)  # the first time that a zip can hold: these files have no time of their own
_MODE = 0o100644


@dataclass(frozen=True, slots=True)
class Readable:
    """A readable copy for a bag: its bytes, and what `read_copy` made of them. `zone` is for the times of the record.

    `dossier` is for a desk that knows more of the case than the copy says; made from the copy when it is None.
    """

    data: bytes
    copy: Copy
    zone: tzinfo = UTC
    zone_name: str = "UTC"
    dossier: Dossier | None = None


def bag_name(report_id: str) -> str:
    """The name of the bag's folder; with `SUFFIX` that of its file."""
    return f"robin-report-{report_id}"


def make_bag(verifier: bytes, package: bytes = b"", receipt: str = "", readable: Readable | None = None) -> bytes:
    """The bag's bytes. `verifier` is the file verify.py, `package` the sealed package, `receipt` the desk's JWS.

    Raises `EvidenceRefused` when package and copy are of two reports, `FormatRefused` for a broken package, and `ValueError`
    when there is neither.
    """
    sealed = Package.decode(package) if package else None
    signed = readable.copy.signed if readable else None
    if sealed is None and signed is None:
        raise ValueError("nothing to put into the bag")
    if sealed and signed and sealed.digest != signed.digest:
        raise EvidenceRefused("package")
    report_id = sealed.report_id if sealed else signed.report_id if signed else ""
    made = sealed.created_at if sealed else str(signed.body["created_at"]) if signed else ""
    payload = _readable(readable) if readable else {}
    if package:
        payload["package.json"] = package
    receipt = receipt or (readable.copy.receipt.jws if readable and readable.copy.receipt else "")
    if receipt:
        payload["receipt.jws"] = receipt.encode("ascii")
    tags = {
        "README.txt": _readme(payload).encode("utf-8"),
        "verify.py": verifier,
        "bag-info.txt": _info(payload, report_id, made[:10]),
    }
    return _zip(bag_name(report_id), _bag(payload, tags))


def _readable(given: Readable) -> dict[str, bytes]:
    """Every readable form there is for this report, by file name."""
    signed = given.copy.signed
    dossier = given.dossier or Dossier.of_copy(given.copy)
    record = Recorder(dossier, given.zone, given.zone_name).record()
    items = {"type": ITEMS_TYPE, "report_id": signed.report_id, "items": list(given.copy.entries)}
    found = {
        "copy.robin.json": given.data,
        "report.jws": signed.jws.encode("ascii"),
        "report.json": signed.report,
        "items.json": canonical(items),
        "transcript.html": record_page(record),
        "transcript.txt": record_text(record),
        "case.jsonld": case_bytes(dossier),
    }
    for name, make in (("xarf.json", xarf_bytes), ("ncmec.xml", ncmec_bytes)):
        try:
            found[name] = make(dossier)
        except NoSuchForm:
            continue
    return found


def _bag(payload: Mapping[str, bytes], tags: Mapping[str, bytes]) -> dict[str, bytes]:
    """All files of the bag by their path in it (RFC 8493, section 2)."""
    files = {f"data/{name}": data for name, data in payload.items()}
    manifest = _manifest(files)
    tagged = {
        **tags,
        "bagit.txt": b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n",
        "manifest-sha256.txt": manifest,
    }
    return {**files, **tagged, "tagmanifest-sha256.txt": _manifest(tagged)}


def _manifest(files: Mapping[str, bytes]) -> bytes:
    return "".join(f"{hashlib.sha256(files[name]).hexdigest()}  {name}\n" for name in sorted(files)).encode("utf-8")


def _info(payload: Mapping[str, bytes], report_id: str, day: str) -> bytes:
    size = sum(len(data) for data in payload.values())
    lines = (
        ("Bag-Software-Agent", "Robin Messenger"),
        ("Bagging-Date", day),
        ("External-Identifier", report_id),
        ("Payload-Oxum", f"{size}.{len(payload)}"),
    )
    return "".join(f"{label}: {value}\n" for label, value in lines).encode("utf-8")


def _zip(folder: str, files: Mapping[str, bytes]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_STORED) as bag:
        for name in sorted(files):
            entry = zipfile.ZipInfo(f"{folder}/{name}", _LONG_AGO)
            entry.create_system = 3  # Unix, whatever this computer is
            entry.external_attr = _MODE << 16
            bag.writestr(entry, files[name])
    return stream.getvalue()


def _readme(payload: Mapping[str, bytes]) -> str:
    """What the bag is, in plain words, with each file that is really there."""
    about = {
        "package.json": tr("The report, sealed. Only the desk that it is for can open it."),
        "receipt.jws": tr("The signed receipt of the desk that got the report."),
        "transcript.html": tr("The report to read and to print. It opens in any browser."),
        "transcript.txt": tr("The same as plain text."),
        "copy.robin.json": tr("The whole report to check, with the name and contact of the person who reports."),
        "report.jws": tr("The report as it was signed."),
        "report.json": tr("The report without its signature."),
        "items.json": tr("The messages, one by one."),
        "case.jsonld": tr("For the tools of the police: CASE/UCO."),
        "xarf.json": tr("For the people who run servers: XARF."),
        "ncmec.xml": tr("For a provider that reports to NCMEC in the USA."),
    }
    check = "copy.robin.json" if "copy.robin.json" in payload else "package.json"
    lines = [
        tr("This is a report that a person made with Robin Messenger."),
        tr("It holds no pictures and no files. They are only named."),
        "",
        *(f"data/{name}\n    {words}" for name, words in about.items() if name in payload),
        "",
        tr(
            "To check that nothing was changed, run this line in this folder. It needs Python and its package cryptography:"
        ),
        f"    python verify.py data/{check}",
        "",
    ]
    if "copy.robin.json" in payload:
        lines.append(
            tr("The files here can be read by anybody who has them. Keep them safe. Give them only to people who help.")
        )
    else:
        lines.append(tr("Nobody can read the report without the desk's key. Give the whole file to the desk."))
    return "\n".join(lines) + "\n"
