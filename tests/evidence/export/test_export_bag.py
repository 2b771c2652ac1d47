"""The bag: RFC 8493 to the letter, the same bytes each time, nothing readable in it unless a readable copy was given."""

from __future__ import annotations

import hashlib
import io
import json
import re
import subprocess
import sys
import zipfile
from dataclasses import replace
from pathlib import Path

import evidence_case
import export_case as case
import pytest

from messenger.domain.errors import EvidenceRefused, FormatRefused
from messenger.domain.evidence import Assurance
from messenger.domain.message import MediaRef
from messenger.evidence import verify
from messenger.evidence.export.bagit import SUFFIX, Readable, bag_name, make_bag
from messenger.evidence.export.dossier import Dossier
from messenger.evidence.package import Package, read_copy
from messenger.evidence.report import Prepared
from messenger.evidence.schema import Schemas

VERIFIER = Path(verify.__file__).read_bytes()
SECRETS = ("Sam", "Alex", "Which street", "max@elsewhere.example", "robin@home.example")


def opened(data: bytes) -> dict[str, bytes]:
    """The files of a bag, by their path in it, after every check of RFC 8493 that holds for one without holes."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert archive.testzip() is None
        names = archive.namelist()
        (folder,) = {name.split("/")[0] for name in names}
        assert len(names) == len(set(names))
        files = {name.removeprefix(f"{folder}/"): archive.read(name) for name in names}
    assert folder == bag_name(evidence_case.REPORT_ID)
    assert files["bagit.txt"] == b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"
    payload = {name for name in files if name.startswith("data/")}
    assert listed(files, "manifest-sha256.txt") == payload
    tags = set(files) - payload - {"tagmanifest-sha256.txt"}
    assert listed(files, "tagmanifest-sha256.txt") == tags
    info = dict(line.split(": ", 1) for line in files["bag-info.txt"].decode().splitlines())
    assert info["Payload-Oxum"] == f"{sum(len(files[name]) for name in payload)}.{len(payload)}"
    assert re.fullmatch(r"\d{4}-\d\d-\d\d", info["Bagging-Date"])
    assert info["External-Identifier"] == evidence_case.REPORT_ID
    return files


def listed(files: dict[str, bytes], manifest: str) -> set[str]:
    """What a manifest lists; every sum in it fits."""
    found = set()
    for line in files[manifest].decode().splitlines():
        total, name = line.split("  ", 1)
        assert hashlib.sha256(files[name]).hexdigest() == total
        assert name not in found
        found.add(name)
    return found


@pytest.fixture(scope="module")
def made(schemas: Schemas) -> Prepared:
    return case.prepared(schemas)


@pytest.fixture(scope="module")
def package(made: Prepared) -> bytes:
    return Package.of(made).encode()


@pytest.fixture(scope="module")
def readable(made: Prepared, schemas: Schemas) -> Readable:
    data = evidence_case.copy_of(made)
    return Readable(data, read_copy(data, schemas))


def test_a_sealed_bag_holds_nothing_that_can_be_read(made: Prepared, package: bytes) -> None:
    files = opened(make_bag(VERIFIER, package, evidence_case.receipt_for(made)))
    assert {name for name in files if name.startswith("data/")} == {"data/package.json", "data/receipt.jws"}
    assert files["data/package.json"] == package
    everything = b"".join(data for name, data in files.items() if name != "data/receipt.jws")
    for word in SECRETS:
        assert word.encode() not in everything
    readme = files["README.txt"].decode()
    assert "python verify.py data/package.json" in readme
    assert "transcript" not in readme
    assert "Nobody can read the report without the desk's key." in readme


def test_without_a_receipt_there_is_none(package: bytes) -> None:
    assert "data/receipt.jws" not in opened(make_bag(VERIFIER, package))


def test_a_readable_bag_holds_every_form(package: bytes, readable: Readable, made: Prepared) -> None:
    files = opened(make_bag(VERIFIER, package, readable=readable))
    assert {name.removeprefix("data/") for name in files if name.startswith("data/")} == {
        *("package.json", "receipt.jws", "copy.robin.json", "report.jws", "report.json", "items.json"),
        *("transcript.html", "transcript.txt", "case.jsonld", "xarf.json", "ncmec.xml"),
    }
    assert files["data/report.json"] == made.report
    assert files["data/items.json"] == made.items
    assert files["data/report.jws"].decode() == made.jws
    assert files["data/copy.robin.json"] == readable.data
    readme = files["README.txt"].decode()
    for name in files:
        if name.startswith("data/"):
            assert name in readme
    assert "Keep them safe." in readme


@pytest.mark.parametrize(("category", "there"), [("bullying", set()), ("deception", {"xarf.json"})])
def test_forms_that_have_no_place_for_it_are_left_out(schemas: Schemas, category: str, there: set[str]) -> None:
    answers = {"d1": "money"} if category == "deception" else {}
    data = evidence_case.copy_of(case.prepared(schemas, category, **answers))
    files = opened(make_bag(VERIFIER, readable=Readable(data, read_copy(data, schemas))))
    assert {name.removeprefix("data/") for name in files} & {"xarf.json", "ncmec.xml"} == there
    assert "data/package.json" not in files
    assert files["data/receipt.jws"]


def test_what_was_added_later_is_in_the_bag_too(schemas: Schemas) -> None:
    data = evidence_case.full_copy(case.prepared(schemas), schemas)
    files = opened(make_bag(VERIFIER, readable=Readable(data, read_copy(data, schemas))))
    assert files["data/copy.robin.json"] == data
    for name in ("data/transcript.html", "data/transcript.txt", "data/ncmec.xml"):
        assert b"He wrote again." in files[name]


def test_a_desk_that_knows_more_says_it_in_the_record(readable: Readable) -> None:
    found = replace(Dossier.of_copy(readable.copy), raised={7: Assurance.A3}, identity_level="verified")
    files = opened(make_bag(VERIFIER, readable=replace(readable, dossier=found)))
    assert b"Sent to the desk by the reporter's server itself: 1." in files["data/transcript.txt"]
    assert b"checked by the desk" in files["data/transcript.txt"]
    assert b"level A3." in files["data/case.jsonld"]
    assert files["data/copy.robin.json"] == readable.data


def test_the_same_parts_give_the_same_bytes(package: bytes, readable: Readable) -> None:
    one, other = (make_bag(VERIFIER, package, readable=readable) for _ in range(2))
    assert one == other
    with zipfile.ZipFile(io.BytesIO(one)) as archive:
        assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert {entry.compress_type for entry in archive.infolist()} == {zipfile.ZIP_STORED}
        assert archive.namelist() == sorted(archive.namelist())
        assert {(entry.create_system, entry.external_attr >> 16) for entry in archive.infolist()} == {(3, 0o100644)}


def test_the_verifier_in_the_bag_runs_alone_on_its_files(package: bytes, readable: Readable, tmp_path: Path) -> None:
    with zipfile.ZipFile(io.BytesIO(make_bag(VERIFIER, package, readable=readable))) as archive:
        archive.extractall(tmp_path)
    folder = tmp_path / bag_name(evidence_case.REPORT_ID)
    for name in ("copy.robin.json", "package.json"):
        command = [sys.executable, "-I", "verify.py", f"data/{name}", "--json"]
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, timeout=60)
        assert done.returncode == 0, done.stdout + done.stderr
        assert json.loads(done.stdout)["accepted"] is True


def test_package_and_copy_must_be_of_one_report(schemas: Schemas, readable: Readable) -> None:
    other = Package.of(case.prepared(schemas, "threat")).encode()
    with pytest.raises(EvidenceRefused):
        make_bag(VERIFIER, other, readable=readable)


def test_a_broken_package_is_refused(package: bytes) -> None:
    with pytest.raises(EvidenceRefused):
        make_bag(VERIFIER, package.replace(b"Example desk", b"Another desk"))
    with pytest.raises(FormatRefused):
        make_bag(VERIFIER, b"{}")


def test_an_empty_bag_is_not_made() -> None:
    with pytest.raises(ValueError, match="nothing"):
        make_bag(VERIFIER)


def test_no_pictures_bytes_and_no_links_key_outside_of_the_signed_report(schemas: Schemas) -> None:
    media = MediaRef("a.jpg", "image/jpeg", 7, "aesgcm://up.example/a1#c2VjcmV0", ())
    data, copy = case.signed_words(schemas, "see", media)
    files = opened(make_bag(VERIFIER, readable=Readable(data, copy)))
    signed = {"data/copy.robin.json", "data/items.json"}
    assert {name for name, found in files.items() if b"c2VjcmV0" in found} == signed


def test_the_files_name_ends_as_it_should() -> None:
    assert bag_name("x") + SUFFIX == "robin-report-x.zip"
