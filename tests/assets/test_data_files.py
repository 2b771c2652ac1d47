"""Every data file opens, fits its JSON Schema, and names only what exists."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from messenger import resources
from messenger.questionnaire import checks, tree
from messenger.safety import deck, directory, jurisdictions, notices, phrases, pictures, profiles

ROOT = resources.root()
FOLDERS = ("questions", "jurisdictions", "endpoints", "tips", "notices", "phrases", "pictures")
OWN_SCHEMA = {"endpoints/roots.json", "notices/ways-en-GB.json"}
FILES = [name for folder in FOLDERS for name in resources.names(folder) if name not in OWN_SCHEMA]
LOADERS = {
    "questions": tree.load,
    "jurisdictions": jurisdictions.load,
    "endpoints": profiles.load,
    "tips": deck.load,
    "notices": notices.load,
    "phrases": phrases.load,
    "pictures": pictures.load,
}


def schema(folder: str) -> dict[str, Any]:
    found = json.loads((ROOT / folder / "schema" / f"{folder}.json").read_text("utf-8"))
    assert isinstance(found, dict)
    return found


def strings(value: Any, key: str) -> list[str]:
    """Every text under this key, anywhere in a file."""
    if isinstance(value, list):
        return [one for part in value for one in strings(part, key)]
    if isinstance(value, dict):
        own = [value[key]] if isinstance(value.get(key), str) else []
        return own + [one for part in value.values() for one in strings(part, key)]
    return []


@pytest.mark.parametrize("folder", FOLDERS)
def test_each_folder_has_a_schema_that_is_one(folder: str) -> None:
    found = schema(folder)
    Draft202012Validator.check_schema(found)
    assert found["$id"] == f"urn:robin:schema:{folder}:1"


@pytest.mark.parametrize("name", FILES)
def test_each_file_fits_its_schema_and_its_loader(name: str) -> None:
    folder = name.split("/")[0]
    data = resources.read(name)
    value = json.loads(data)
    assert [error.message for error in Draft202012Validator(schema(folder)).iter_errors(value)] == []
    assert value["$schema"] == f"schema/{folder}.json"
    LOADERS[folder](data, name)


def test_the_files_of_the_first_version_are_there() -> None:
    assert set(FILES) >= {"questions/abuse.json", "tips/en-GB.json", "notices/en-GB.json"}
    assert len([one for one in FILES if one.startswith("jurisdictions/")]) >= 8


def test_no_agencys_profile_is_shipped() -> None:
    assert resources.names("endpoints") == ["endpoints/roots.json"]
    assert not list((ROOT / "endpoints").glob("*.jws"))


def test_no_root_of_a_directory_is_shipped() -> None:
    data = resources.read("endpoints/roots.json")
    found = json.loads((ROOT / "endpoints" / "schema" / "roots.json").read_text("utf-8"))
    Draft202012Validator.check_schema(found)
    assert list(Draft202012Validator(found).iter_errors(json.loads(data))) == []
    assert directory.load_roots(data, "endpoints/roots.json") == ()


def test_what_dump_writes_fits_the_schema() -> None:
    key = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"
    value = {
        "id": "desk",
        "name": "Desk",
        "base": "https://127.0.0.1:8443",
        "country": "gb",
        "jid": "desk@example.org",
        "hand_set": True,
        "keys": [
            {"kty": "OKP", "crv": "Ed25519", "x": key, "use": "sig"},
            {"kty": "OKP", "crv": "X25519", "x": key, "use": "enc"},
        ],
    }
    written = profiles.dump(profiles.load(json.dumps(value).encode(), "desk.json"))
    check = Draft202012Validator(schema("endpoints"))
    assert list(check.iter_errors(json.loads(written))) == []
    assert list(check.iter_errors({**value, "base": "http://127.0.0.1"}))
    assert list(check.iter_errors({**value, "keys": value["keys"][:1]}))


@pytest.mark.parametrize("name", FILES)
def test_every_icon_is_shipped(name: str) -> None:
    icons = {path.stem for path in (ROOT / "icons").glob("*.svg")}
    assert set(strings(json.loads(resources.read(name)), "icon")) <= icons


@pytest.mark.parametrize("name", FILES)
def test_no_logo_and_no_address_without_tls(name: str) -> None:
    text = resources.read(name).decode("utf-8")
    assert "http://" not in text
    assert "logo" not in text.lower()


def test_the_words_of_the_report_format_are_the_same() -> None:
    """Categories, roles, age bands and tiers of the data are those of assets/schema."""
    common = next(
        found
        for path in sorted(Path(ROOT / "schema").glob("*.json"))
        if "ageBand" in (found := json.loads(path.read_text("utf-8"))).get("$defs", {})
    )["$defs"]
    report = json.loads((ROOT / "schema" / "report.schema.json").read_text("utf-8"))["properties"]
    form = tree.load(resources.read("questions/abuse.json"), "questions/abuse.json")
    assert set(common["ageBand"]["enum"]) == checks.AGE_BANDS == set(jurisdictions.AGE_BANDS)
    assert set(common["category"]["enum"]) == {one.id for one in form.categories} == set(jurisdictions.CATEGORIES)
    assert set(report["role"]["enum"]) == checks.ROLES
    assert (
        report["urgency"]["properties"]["tier"]["enum"] == [one.id for one in form.tiers] == list(jurisdictions.TIERS)
    )
    assert set(jurisdictions.HINTS) == checks.ROUTES


def test_the_licence_note_stands_beside_the_data() -> None:
    note = (ROOT / "LICENSE-data.txt").read_text("utf-8")
    assert "CC BY 4.0" in note
    assert "CC-BY-4.0" in json.loads(resources.read("tips/en-GB.json"))["licence"]
