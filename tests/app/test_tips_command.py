"""``robin tips`` as commands: a key is made, tips are signed, checked, installed, refused; the open data; the release check."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from messenger import resources
from messenger.app import open_data
from messenger.safety import deck, freshness, jurisdictions
from messenger.safety.freshness import Dated

ROOT = Path(__file__).resolve().parent.parent.parent


@pytest.fixture
def signed(robin: Any, tmp_path: Path) -> Any:
    """Signs tips with a new key; (the file, its list of keys)."""
    code, out, _err = robin("tips", "key", tmp_path / "tips.key", "--name", "Harbour House")
    assert code == 0
    keys = tmp_path / "keys.json"
    keys.write_text(out)

    def make(version: int, **changes: Any) -> tuple[Path, Path]:
        said = {**json.loads(resources.read("tips/en-GB.json")), "version": version, **changes}
        source, made = tmp_path / f"tips-{version}.json", tmp_path / f"tips-{version}.jws"
        source.write_text(json.dumps(said))
        code, out, err = robin("tips", "pack", source, "--key", tmp_path / "tips.key", "--out", made)
        assert (code, err) == (0, "")
        assert f"Tips number {version}, signed by" in out
        assert "72 tips." in out
        return made, keys

    return make


def test_a_publishers_walk(robin: Any, signed: Any, tmp_path: Path) -> None:
    made, keys = signed(2)
    code, out, _err = robin("tips", "check", made, "--keys", keys)
    assert code == 0
    assert "signed by Harbour House" in out
    code, _out, err = robin("tips", "check", made)
    assert code != 0
    assert "no key" in err
    assert robin("tips", "install", made, "--keys", keys)[:2] == (0, "These tips are in use now.\n")
    assert robin("tips", "install", made)[:2] == (0, "These tips were in use already.\n")
    newer, _keys = signed(4)
    assert robin("tips", "install", newer)[0] == 0
    code, _out, err = robin("tips", "install", made)
    assert code != 0
    assert "older than number 4" in err


def test_a_refused_file_leaves_the_keys_as_they_were(robin: Any, signed: Any, tmp_path: Path) -> None:
    made, keys = signed(2)
    made.write_bytes(made.read_bytes()[:-9] + b"AAAAAAAA\n")
    code, _out, err = robin("tips", "install", made, "--keys", keys)
    assert code != 0
    assert "it was changed" in err
    assert not (tmp_path / "profile" / "tip-keys.json").exists()


def test_tips_without_a_source_are_not_signed(robin: Any, signed: Any, tmp_path: Path) -> None:
    signed(2)
    said = json.loads(resources.read("tips/en-GB.json"))
    del said["tips"][0]["source"]
    (tmp_path / "bad.json").write_text(json.dumps(said))
    code, _out, err = robin(
        "tips", "pack", tmp_path / "bad.json", "--key", tmp_path / "tips.key", "--out", tmp_path / "x"
    )
    assert code != 0
    assert "'source' is missing" in err
    assert not (tmp_path / "x").exists()


def test_a_key_is_never_written_over(robin: Any, signed: Any, tmp_path: Path) -> None:
    code, _out, err = robin("tips", "key", tmp_path / "tips.key", "--name", "Again")
    assert code != 0
    assert "never written over" in err


def test_the_address(robin: Any) -> None:
    assert "No address is set." in robin("tips", "address")[1]
    assert robin("tips", "address", "https://tips.example.org/en-GB.jws")[1] == "https://tips.example.org/en-GB.jws\n"
    code, _out, err = robin("tips", "address", "http://tips.example.org/x")
    assert code != 0
    assert "plain https address" in err


# -- the open data


def test_the_open_data_is_whole_and_its_sums_are_right(robin: Any, tmp_path: Path) -> None:
    out = tmp_path / "data"
    code, said, _err = robin("tips", "data", "--out", out)
    assert code == 0
    files = {str(one.relative_to(out)) for one in out.rglob("*") if one.is_file()}
    assert f"{len(files)} files written" in said
    for name in ("tips/en-GB.json", "tips/schema/tips.json", "notices/ways-en-GB.json", "phrases/en.json"):
        assert name in files
    assert {"questions/abuse.json", "jurisdictions/gb.json", "LICENSE-data.txt", "README.md", "SOURCES.md"} <= files
    assert not [one for one in files if "keys" in one or "endpoints" in one]
    sums = dict(reversed(line.split("  ")) for line in (out / "SHA256SUMS").read_text().splitlines())
    assert set(sums) == files - {"SHA256SUMS"}
    for name, expected in sums.items():
        assert hashlib.sha256((out / name).read_bytes()).hexdigest() == expected
    subprocess.run(["sha256sum", "--quiet", "-c", "SHA256SUMS"], cwd=out, check=True)
    schema = json.loads((out / "tips/schema/tips.json").read_text("utf-8"))
    assert (
        list(Draft202012Validator(schema).iter_errors(json.loads((out / "tips/en-GB.json").read_text("utf-8")))) == []
    )


def test_every_tip_and_every_number_stands_in_the_sources() -> None:
    said = open_data.sources(date(2026, 11, 24))
    book = deck.load(resources.read("tips/en-GB.json"), "tips/en-GB.json")
    for one in book.tips:
        assert f"| {one.id} | {one.source_url} | {one.seen_on} | {one.status} |" in said
    for name in resources.names("jurisdictions"):
        for body in jurisdictions.load(resources.read(name), name).bodies:
            assert body.source is None or f".{body.id} | {body.source.url} |" in said
    assert "| imgur | https://" in said
    assert "| old |" not in said
    assert "| old |" in open_data.sources(date(2028, 1, 1))


def test_a_folder_that_holds_something_is_left_alone(robin: Any, tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "mine").write_text("x")
    assert robin("tips", "data", "--out", tmp_path / "data")[0] != 0
    assert [one.name for one in (tmp_path / "data").iterdir()] == ["mine"]


# -- before a release


@pytest.mark.parametrize(
    ("today", "code"), [("2026-11-24", 0), ("2027-12-01", 0), ("2028-05-01", 0), ("2028-05-04", 1)]
)
def test_the_release_check_fails_at_18_months_and_not_before(robin: Any, today: str, code: int) -> None:
    found, out, _err = robin("tips", "sources", "--today", today)
    assert found == code
    assert ("gb.childline" in out) is (code == 1)


def test_the_release_check_is_a_script() -> None:
    done = subprocess.run(
        [sys.executable, ROOT / "packaging" / "release-check", "--today", "2031-01-01"], capture_output=True, text=True
    )
    assert done.returncode == 1
    assert "Older than 18 months" in done.stdout


def test_ages_of_facts() -> None:
    fact = Dated("gb.a", "https://a.example", "checked", "2026-01-01")
    assert (fact.old(date(2027, 1, 1)), fact.old(date(2027, 1, 2))) == (False, True)
    assert (fact.too_old(date(2027, 7, 3)), fact.too_old(date(2027, 7, 4))) == (False, True)
    other = Dated("gb.b", "https://b.example", "checked", "2025-01-01")
    assert freshness.too_old([fact, other], date(2030, 1, 1)) == (other, fact)
