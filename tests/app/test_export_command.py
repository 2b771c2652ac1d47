"""``robin export``: each form is made from a copy that verifies, and nothing else is; no file is written over."""

from __future__ import annotations

import io
import stat
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from messenger import resources
from messenger.app import cli
from messenger.evidence.export.dossier import Dossier
from messenger.evidence.export.forms import FORMS, available, write
from messenger.evidence.package import read_copy
from messenger.evidence.schema import Schemas

EXAMPLES = "schema/examples"
Robin = Callable[..., tuple[int, str]]


@pytest.fixture
def robin(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Robin:
    """Runs the command; gives its exit code and what it said."""
    monkeypatch.setenv("TZ", "Europe/Paris")

    def run(*arguments: str | Path) -> tuple[int, str]:
        code = cli.main(["export", *map(str, arguments)])
        return code, capsys.readouterr().err

    return run


def example(name: str) -> Path:
    return resources.path(f"{EXAMPLES}/{name}")


@pytest.mark.parametrize("form", list(FORMS))
def test_each_form_is_what_the_library_makes(robin: Robin, tmp_path: Path, form: str) -> None:
    out = tmp_path / "out"
    assert robin(example("copy.robin.json"), "--format", form, "--out", out, "--zone", "UTC") == (0, "")
    copy = read_copy(example("copy.robin.json").read_bytes(), Schemas.packaged())
    assert out.read_bytes() == write(form, Dossier.of_copy(copy))
    assert stat.S_IMODE(out.stat().st_mode) == 0o600


def test_a_bag_is_made_and_holds_the_sealed_report_when_it_is_given(robin: Robin, tmp_path: Path) -> None:
    out = tmp_path / "bag.zip"
    arguments = (example("copy.robin.json"), "--format", "bag", "--out", out, "--package", example("package.json"))
    assert robin(*arguments) == (0, "")
    with zipfile.ZipFile(io.BytesIO(out.read_bytes())) as bag:
        names = {name.partition("/")[2] for name in bag.namelist()}
        folder = bag.namelist()[0].partition("/")[0]
        assert bag.read(f"{folder}/data/package.json") == example("package.json").read_bytes()
        assert b"Europe/Paris" in bag.read(f"{folder}/data/transcript.html")
    assert {"README.txt", "verify.py", "data/copy.robin.json", "data/transcript.txt"} <= names


@pytest.mark.parametrize("form", ["html", "xarf", "bag"])
def test_a_copy_that_does_not_verify_is_refused(robin: Robin, tmp_path: Path, form: str) -> None:
    broken = tmp_path / "broken.robin.json"
    data = example("copy.robin.json").read_bytes()
    broken.write_bytes(data.replace(b"Which street", b"What  street"))
    assert broken.read_bytes() != data
    code, said = robin(broken, "--format", form, "--out", tmp_path / "out")
    assert code == 1
    assert "changed or is not complete" in said
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("content", [None, b"", b"{}", b"\xff", b"x" * 17_000_000])
def test_what_is_no_copy_is_refused(robin: Robin, tmp_path: Path, content: bytes | None) -> None:
    file = tmp_path / "no.robin.json"
    if content is not None:
        file.write_bytes(content)
    code, said = robin(file, "--format", "txt", "--out", tmp_path / "out")
    assert code == 1
    assert "not a file that Robin can read" in said
    assert not (tmp_path / "out").exists()


def test_a_sealed_package_alone_cannot_be_read(robin: Robin, tmp_path: Path) -> None:
    code, _said = robin(example("package.json"), "--format", "txt", "--out", tmp_path / "out")
    assert code == 1


def test_nothing_is_written_over(robin: Robin, tmp_path: Path) -> None:
    out = tmp_path / "out"
    out.write_bytes(b"mine")
    code, said = robin(example("copy.robin.json"), "--format", "txt", "--out", out)
    assert (code, out.read_bytes()) == (1, b"mine")
    assert "Choose another name or another place." in said
    assert robin(example("copy.robin.json"), "--format", "txt", "--out", tmp_path / "no" / "out")[0] == 1


def test_the_name_can_be_left_out(robin: Robin, tmp_path: Path) -> None:
    for form in ("html", "txt", "ncmec", "case"):
        out = tmp_path / form
        assert robin(example("copy.robin.json"), "--format", form, "--out", out, "--unnamed")[0] == 0
        assert b"Sam" not in out.read_bytes()
    with pytest.raises(SystemExit) as stop:
        robin(example("copy.robin.json"), "--format", "bag", "--out", tmp_path / "bag", "--unnamed")
    assert stop.value.code == 2
    assert not (tmp_path / "bag").exists()


def test_times_are_those_of_the_zone_or_of_this_computer(robin: Robin, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    copy = example("copy.robin.json")
    robin(copy, "--format", "txt", "--out", tmp_path / "asked", "--zone", "America/New_York")
    assert b"2026-11-24 03:07:00 America/New_York (2026-11-24 08:07:00 UTC)" in (tmp_path / "asked").read_bytes()
    robin(copy, "--format", "txt", "--out", tmp_path / "here")
    assert b"2026-11-24 09:07:00 Europe/Paris (2026-11-24 08:07:00 UTC)" in (tmp_path / "here").read_bytes()
    monkeypatch.setenv("TZ", "No/Where")
    robin(copy, "--format", "txt", "--out", tmp_path / "nowhere")
    assert b"2026-11-24 08:07:00 UTC [Chosen]" in (tmp_path / "nowhere").read_bytes()


@pytest.mark.parametrize("zone", ["No/Where", "../../etc/passwd", "\x00"])
def test_an_unknown_zone_is_wrong_use(robin: Robin, tmp_path: Path, zone: str) -> None:
    with pytest.raises(SystemExit) as stop:
        robin(example("copy.robin.json"), "--format", "txt", "--out", tmp_path / "out", "--zone", zone)
    assert stop.value.code == 2
    assert not (tmp_path / "out").exists()


def test_a_form_with_no_place_for_it_says_so(robin: Robin, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    copy = read_copy(example("copy.robin.json").read_bytes(), Schemas.packaged())
    assert available(Dossier.of_copy(copy)) == tuple(FORMS)
    body = {**copy.signed.body, "category": "bullying"}
    dossier = Dossier(body, copy.signed.digest, copy.entries)
    assert available(dossier) == ("html", "txt", "case", "xep0377")
    monkeypatch.setattr("messenger.app.export.Dossier.of_copy", lambda copy, named: dossier)
    code, said = robin(example("copy.robin.json"), "--format", "ncmec", "--out", tmp_path / "out")
    assert code == 1
    assert "not made for what this report is about" in said
    assert not (tmp_path / "out").exists()
