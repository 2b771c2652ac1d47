"""``robin verify``: the independent verifier's findings, and one more of Robin's own strict readers."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from messenger.app.cli import main
from messenger.app.verify_command import VerifyCommand
from messenger.evidence import verify
from messenger.evidence.canonical import canonical, digest
from messenger.evidence.schema import Schemas

EXAMPLES = Path(__file__).resolve().parents[2] / "assets" / "schema" / "examples"
sys.path.append(str(EXAMPLES.parents[2] / "tests" / "independent"))

import made_files  # noqa: E402

FITS = "Holds: Every single field has the form that the format asks for."
MISFIT = "Does not hold: A field does not have the form that the format asks for."


@pytest.mark.parametrize("name", ["copy.robin.json", "copy-with-addenda.robin.json", "package.json"])
def test_a_good_file_is_accepted_with_its_form(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["verify", str(EXAMPLES / name)]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[-2:] == [FITS, "Accepted."]
    assert verify.main([str(EXAMPLES / name)]) == 0
    alone = capsys.readouterr().out.splitlines()
    assert alone[-2:] == [f"Please note: {verify.FIELDS}", "Accepted."]
    assert "not looked at here" in verify.FIELDS


@pytest.mark.parametrize("name", ["unknown member", "1 for true", "case number with 0", "hundred and one addenda"])
def test_a_field_of_another_form_refuses_a_copy(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "x.robin.json"
    path.write_bytes(made_files.made(name))
    assert main(["verify", str(path)]) == 1
    lines = capsys.readouterr().out.splitlines()
    assert lines[-2:] == [MISFIT, "Refused. Do not rely on this file."]
    assert main(["verify", str(path), "--json"]) == 1
    answer = json.loads(capsys.readouterr().out)
    assert answer["accepted"] is False
    assert [one["check"] for one in answer["findings"] if one["result"] == "refused"] == ["form"]


@pytest.mark.parametrize("name", ["header other alg", "unknown member", "no keys", "hand set 1", "text bits"])
def test_a_field_of_another_form_refuses_a_package(name: str) -> None:
    found = VerifyCommand(Schemas.packaged()).findings(made_files.packages()[f"package: {name}"])
    assert [one.check for one in found if one.result == verify.REFUSED] == ["form"]


def test_what_the_verifier_refuses_is_not_read_again(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "x.robin.json"
    path.write_bytes(made_files.made("dup other, not counted"))
    assert main(["verify", str(path)]) == 1
    assert "form that the format asks for" not in capsys.readouterr().out


def test_a_package_that_names_a_copy_is_a_package() -> None:
    value = json.loads((EXAMPLES / "package.json").read_bytes())
    value["endpoint"]["name"] = '"type":"urn:robin:copy:1"'
    rest = {name: one for name, one in value.items() if name != "check"}
    found = VerifyCommand(Schemas.packaged()).findings(canonical({**rest, "check": digest(canonical(rest))}))
    assert [one.check for one in found if one.result == verify.REFUSED] == []


def test_no_file_and_a_file_too_large(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert main(["verify", str(tmp_path / "missing")]) == 2
    assert main(["verify", str(tmp_path)]) == 2
    monkeypatch.setattr(verify, "MAX_BYTES", 1000)
    assert main(["verify", str(EXAMPLES / "copy.robin.json")]) == 2
    assert "not a report file" in capsys.readouterr().out
