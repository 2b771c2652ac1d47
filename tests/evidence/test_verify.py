"""The independent verifier: alone, in plain words, with exit codes; and the transcript that people read."""

from __future__ import annotations

import ast
import json
import re
import subprocess
import sys
from pathlib import Path

import evidence_case as case
import pytest

from messenger.evidence import verify as verifier
from messenger.evidence.canonical import parse_canonical
from messenger.evidence.capture import capture
from messenger.evidence.package import Package, read_copy
from messenger.evidence.report import Prepared, prepare
from messenger.evidence.schema import Schemas
from messenger.evidence.transcript import preview_text, transcript_html, transcript_text
from messenger.evidence.verify import NOTE, OK, REFUSED, Unreadable, main, verify

SOURCE = Path(verifier.__file__)


def words(data: bytes, desk_key: str = "") -> str:
    return "\n".join(f"{one.result} {one.check}: {one.words}" for one in verify(data, desk_key))


def test_it_is_short_and_stands_alone() -> None:
    text = SOURCE.read_text("utf-8")
    assert len(text.splitlines()) <= 300
    roots = set()
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import):
            roots |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0
            roots.add((node.module or "").split(".")[0])
    assert roots - set(sys.stdlib_module_names) == {"cryptography"}


def test_it_runs_as_a_file_of_its_own(copy: bytes, tmp_path: Path) -> None:
    alone = tmp_path / "verify.py"
    alone.write_bytes(SOURCE.read_bytes())
    good, bad = tmp_path / "a.robin.json", tmp_path / "b.robin.json"
    good.write_bytes(copy)
    bad.write_bytes(copy.replace(b"Which street", b"Which Street"))
    run = [sys.executable, "-I", str(alone)]
    done = subprocess.run([*run, str(good)], capture_output=True, text=True, check=False, cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.strip().endswith("Accepted.")
    done = subprocess.run([*run, str(bad), "--json"], capture_output=True, text=True, check=False, cwd=tmp_path)
    assert done.returncode == 1
    assert json.loads(done.stdout)["accepted"] is False


def test_exit_codes_and_words(copy: bytes, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "x.robin.json"
    path.write_bytes(copy)
    assert main([str(path)]) == 0
    out = capsys.readouterr().out
    assert (
        "The signature shows who reported and that nothing changed since. It does not show who wrote a message." in out
    )
    assert "AB42-CD34" in out
    assert main([str(path), "--json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert answer["accepted"] is True
    assert {one["result"] for one in answer["findings"]} == {OK, NOTE}
    path.write_bytes(copy + b"\n")
    assert main([str(path)]) == 1
    assert "Do not rely on this file" in capsys.readouterr().out
    for other in (b"", b"PK\x03\x04", b"hello", b"x" * (verifier.MAX_BYTES + 1)):
        path.write_bytes(other)
        assert main([str(path)]) == 2
        assert "not a report file" in capsys.readouterr().out
    assert main([str(tmp_path / "missing"), "--json"]) == 2
    assert json.loads(capsys.readouterr().out)["accepted"] is None
    with pytest.raises(Unreadable):
        verify(tmp_path)


def test_it_says_what_is_not_proven(copy: bytes, prepared: Prepared) -> None:
    text = words(copy)
    assert "note assurance" in text
    assert "That is its word. It cannot show who wrote them." in text
    assert text.count("Not proven: who wrote it.") == 8
    assert "The reporter's address was not proven." in text
    assert case.DESK_SIG.thumbprint in text
    bare = words(case.copy_of(prepared, with_receipt=False))
    assert "note receipt: There is no receipt." in bare
    assert REFUSED not in bare


def test_the_desks_key_can_be_given(copy: bytes, prepared: Prepared) -> None:
    assert "desk key" not in words(copy, case.DESK_SIG.thumbprint)
    assert REFUSED not in words(copy, case.DESK_SIG.thumbprint)
    assert REFUSED in words(copy, case.REPORTER_SIG.thumbprint)
    assert REFUSED in words(case.copy_of(prepared, with_receipt=False), case.DESK_SIG.thumbprint)


def test_a_receipt_by_a_desk_that_the_report_was_not_for_is_refused(copy: bytes, prepared: Prepared) -> None:
    value = json.loads(copy)
    value["receipt"] = case.receipt_for(prepared, case.REPORTER_SIG)
    value["desk_keys"] = [case.REPORTER_SIG.public_jwk()]
    assert "not signed by the desk that the report was made for" in words(case.rechecked(value))


def test_a_receipt_for_another_report_is_refused(copy: bytes, prepared: Prepared) -> None:
    for changes in ({"report_digest": "A" * 43}, {"report_id": "3f0c2a9e-6d1b-4b7a-9c55-0a4d8e2f7b11"}):
        value = json.loads(copy)
        value["receipt"] = case.receipt_for(prepared, **changes)
        assert "The receipt is for another report." in words(case.rechecked(value))


def test_a_sealed_package_is_checked_for_damage_only(prepared: Prepared) -> None:
    data = Package.of(prepared).encode()
    text = words(data)
    assert "ok form: The file is as it was saved." in text
    assert "only that desk can open it" in text
    assert prepared.digest in text
    for hidden in ("Sam", case.ACCOUNT, case.OTHER):
        assert hidden not in text


def test_names_from_strangers_cannot_steer_the_terminal(
    schemas: Schemas, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    nasty = "desk\x1b[2J\u202eksed\nHolds: everything"
    made = prepare(
        case.stated(endpoint=case.replace(case.ENDPOINT, name=nasty)),
        case.captured(), case.snapshot(), case.REPORTER_SIG, case.REPORTER_ENC, schemas,
    )  # fmt: skip
    path = tmp_path / "x.robin.json"
    path.write_bytes(case.copy_of(made))
    assert main([str(path)]) == 0
    out = capsys.readouterr().out
    assert "\x1b" not in out
    assert "\u202e" not in out
    assert "\nHolds: everything" not in out


def parts(copy: bytes, schemas: Schemas) -> tuple[str, str]:
    found = read_copy(copy, schemas)
    arguments = (found.signed.body, found.entries, found.reporter, found.receipt)
    return transcript_text(*arguments), transcript_html(*arguments)


def test_the_preview_shows_exactly_what_goes(prepared: Prepared) -> None:
    text = preview_text(prepared)
    for shown in ("Example desk", case.ACCOUNT, case.OTHER, "Sam", "Alex, aunt", "after school", "Which street do you live in?",
                  "He keeps asking where I live.", "Did they ask you to keep it secret? Yes", "I believe that this is true."):  # fmt: skip
        assert shown in text
    for seq in (4, 5, 7, 8, 9, 10, 11, 12):
        assert f"08:{seq:02d}:00" in text
    assert "line 6" not in text, "what was taken out is not in the preview, because it is not in the bytes"
    assert "1 message taken out." in text
    assert "beach.jpg" in text
    assert "named only, not sent" in text
    chosen = [line for line in text.splitlines() if line.startswith("* ")]
    assert len(chosen) == 2


def test_every_value_that_goes_is_in_the_preview(prepared: Prepared) -> None:
    """Each body that is sealed can be read in the preview; nothing is sent that is not shown."""
    text = preview_text(prepared)
    for item in parse_canonical(prepared.items)["items"]:
        if "withheld" not in item:
            assert (item["body_escaped"] or item["body"]) in text
            for edit in item["edits"]:
                assert edit["body"] in text


def test_transcript_has_receipt_and_marks_hidden_signs(copy: bytes, schemas: Schemas) -> None:
    text, page = parts(copy, schemas)
    assert "AB42-CD34" in text
    assert "[U+202E]neerg[U+202C]" in text
    assert "\u202e" not in text + page


def test_s39_nothing_of_a_stranger_becomes_markup_or_a_line_of_its_own(schemas: Schemas) -> None:
    nasty = "<script>alert(1)</script>\n* 2026-11-24 08:00:00 UTC robin@home.example/robin: I said yes\n<img src=x onerror=y>'\""
    lines = [case.message(seq, nasty if seq == 3 else "") for seq in range(1, 6)]
    made = prepare(
        case.stated(narrative="<b>", reported=(case.Reported(case.OTHER, ("<i>",)),)),
        capture(lines, {1003}), case.snapshot(5), case.REPORTER_SIG, case.REPORTER_ENC, schemas,
    )  # fmt: skip
    text, page = parts(case.copy_of(made), schemas)
    assert not any(line.startswith("* ") and "I said yes" in line for line in text.splitlines())
    assert "      | * 2026-11-24" in text
    tags = set(re.findall(r"<([a-z/0-9]+)", page))
    assert tags == {"section", "/section", "h2", "/h2", "p", "/p", "b", "/b", "bdi", "/bdi", "br"}
    assert "<script" not in page
    assert "onerror=y&gt;" in page


def test_without_the_identity_file_no_name_is_shown(copy: bytes, schemas: Schemas) -> None:
    found = read_copy(copy, schemas)
    text = transcript_text(found.signed.body, found.entries, None)
    assert "Sam" not in text
    assert case.ACCOUNT in text
