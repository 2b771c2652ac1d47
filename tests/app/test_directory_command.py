"""``robin directory`` and ``robin receipt`` as commands: a root is made, a directory signed, checked, installed, refused."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from messenger.desk.keys import DeskKeys
from messenger.safety import profiles
from messenger.services.clock import SystemClock, rfc3339


def days(count: int) -> str:
    from datetime import UTC, datetime, timedelta

    return rfc3339(datetime.now(UTC) + timedelta(days=count))


def content(place: Path, keys: DeskKeys, version: int = 1, **changes: Any) -> Path:
    entry = {"id": "harbour", "name": "Harbour desk", "base": "https://desk.example.org", "country": "gb"}
    said = {
        "version": version,
        "issued_at": days(-1),
        "expires_at": days(90),
        "endpoints": [{**entry, "keys": list(keys.jwks()), **changes}],
        "routes": [{"country": "gb", "category": "*", "tier": "*", "to": "harbour"}],
    }
    path = place / f"content-{version}.json"
    path.write_text(json.dumps(said))
    return path


def root(robin: Any, place: Path, name: str = "root") -> tuple[Path, Path]:
    code, out, _err = robin("directory", "key", place / f"{name}.key", "--name", "Harbour office")
    assert code == 0
    roots = place / f"{name}.json"
    roots.write_text(out)
    return place / f"{name}.key", roots


def signed(robin: Any, place: Path, key: Path, said: Path, *more: str | Path) -> Path:
    out = place / f"{said.stem}.jws"
    assert robin("directory", "sign", said, "--key", key, *more, "--out", out)[0] == 0
    return out


def test_a_directory_is_made_checked_installed_and_an_older_one_refused(robin: Any, tmp_path: Path) -> None:
    key, roots = root(robin, tmp_path)
    assert key.stat().st_mode & 0o777 == 0o600
    desk = DeskKeys.generate()
    two = signed(robin, tmp_path, key, content(tmp_path, desk, 2))
    one = signed(robin, tmp_path, key, content(tmp_path, desk, 1))
    code, _out, err = robin("directory", "check", two)
    assert code == 1
    assert "content-2.jws is wrong at directory: no root that this Robin trusts signed it" in err
    code, out, _err = robin("directory", "check", two, "--root", roots)
    assert code == 0
    assert "Harbour office" in out
    assert "set by hand" in out
    assert not (tmp_path / "profile" / "roots.json").exists()
    code, out, err = robin("directory", "install", two, "--root", roots)
    assert code == 0, err
    assert "Directory 2" in out
    assert (tmp_path / "profile" / "roots.json").read_text() == roots.read_text()
    code, _out, err = robin("directory", "install", one)
    assert code == 1
    assert "older than the one in use" in err
    assert robin("directory", "install", two)[0] == 0


def test_a_root_that_does_not_help_is_put_back(robin: Any, tmp_path: Path) -> None:
    key, roots = root(robin, tmp_path)
    _other, strangers = root(robin, tmp_path, "stranger")
    good = signed(robin, tmp_path, key, content(tmp_path, DeskKeys.generate()))
    assert robin("directory", "install", good, "--root", strangers)[0] == 1
    assert not (tmp_path / "profile" / "roots.json").exists()
    assert robin("directory", "install", good, "--root", roots)[0] == 0
    assert robin("directory", "install", good, "--root", strangers)[0] == 1
    assert (tmp_path / "profile" / "roots.json").read_text() == roots.read_text()


def test_a_desk_changes_its_keys_with_the_word_of_the_old_one(robin: Any, tmp_path: Path) -> None:
    key, roots = root(robin, tmp_path)
    old, new = DeskKeys.generate(), DeskKeys.generate()
    old.save(tmp_path / "old.key", os.environ["ROBIN_DESK_PASSPHRASE"])
    first = signed(robin, tmp_path, key, content(tmp_path, old))
    assert robin("directory", "install", first, "--root", roots)[0] == 0
    swapped = signed(robin, tmp_path, key, content(tmp_path, new, 2))
    code, _out, err = robin("directory", "install", swapped)
    assert code == 1
    assert "wrong at harbour: it has other keys than before" in err
    entry = tmp_path / "entry.json"
    desk = json.loads(content(tmp_path, new, 3).read_text())["endpoints"][0]
    entry.write_text(json.dumps(desk))
    assert profiles.load(entry.read_bytes(), "entry.json").id == "harbour"
    code, word, _err = robin("directory", "vouch", entry, "--key", tmp_path / "old.key")
    assert code == 0
    vouched = signed(robin, tmp_path, key, content(tmp_path, new, 3, succession=word.strip()))
    assert robin("directory", "install", vouched)[0] == 0


@pytest.mark.parametrize(
    ("change", "part"),
    [
        ({"version": 0}, "content-1.json is wrong at version"),
        ({"note": "x"}, "content-1.json is wrong at members"),
        ({"endpoints": []}, "unknown desk 'harbour'"),
        ({"issued_at": "soon"}, "content-1.json is wrong at time"),
        ({"expires_at": "2020-01-01T00:00:00Z"}, "content-1.json is wrong at expires_at"),
    ],
)
def test_what_is_wrong_is_not_signed(change: dict[str, Any], part: str, robin: Any, tmp_path: Path) -> None:
    key, _roots = root(robin, tmp_path)
    path = content(tmp_path, DeskKeys.generate())
    path.write_text(json.dumps({**json.loads(path.read_text()), **change}))
    out = tmp_path / "out.jws"
    code, _out, err = robin("directory", "sign", path, "--key", key, "--out", out)
    assert code == 1
    assert part in err
    assert not out.exists()


def test_a_roots_key_is_never_written_over_and_needs_its_passphrase(
    robin: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    key, _roots = root(robin, tmp_path)
    before = key.read_bytes()
    assert robin("directory", "key", key, "--name", "Again")[0] == 1
    assert key.read_bytes() == before
    monkeypatch.setenv("ROBIN_DESK_PASSPHRASE", "wrong")
    path = content(tmp_path, DeskKeys.generate())
    assert robin("directory", "sign", path, "--key", key, "--out", tmp_path / "out.jws")[0] == 1


def test_the_address_of_newer_ones_is_set_and_must_be_plain(robin: Any) -> None:
    assert robin("directory", "address")[1].strip() == "No address is set."
    url = "https://desks.example.org/robin.jws"
    assert robin("directory", "address", url)[1].strip() == url
    for bad in ("http://desks.example.org/a", "https://me@desks.example.org/a", "https://desks.example.org/?me", "x"):
        code, _out, err = robin("directory", "address", bad)
        assert code == 1
        assert "plain https address" in err
    assert robin("directory", "address")[1].strip() == url
    assert robin("directory", "address", "")[0] == 0


def test_files_that_are_not_there_are_said(robin: Any, tmp_path: Path) -> None:
    code, _out, err = robin("directory", "check", tmp_path / "nothing")
    assert code == 1
    assert "cannot be read" in err
    code, _out, err = robin("receipt", tmp_path / "nothing")
    assert code == 1
    assert "cannot be read" in err


def test_a_file_that_is_no_receipt_is_said(robin: Any, tmp_path: Path) -> None:
    path = tmp_path / "x.json"
    path.write_text("hello")
    code, _out, err = robin("receipt", path)
    assert code == 1
    assert "not a file that Robin can read" in err


def test_the_clock_of_the_tests_is_the_real_one() -> None:
    assert days(0)[:13] == SystemClock().now()[:13]
