"""The independent verifier: alone, in plain words, with exit codes; and the transcript that people read."""

from __future__ import annotations

import ast
import json
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import evidence_case as case
import pytest

from messenger.evidence import verify as verifier
from messenger.evidence.canonical import canonical, parse_canonical
from messenger.evidence.capture import capture
from messenger.evidence.package import Package, read_copy
from messenger.evidence.report import Prepared, prepare
from messenger.evidence.schema import Schemas
from messenger.evidence.signature import sign
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


def test_for_every_line_it_says_what_is_proven_and_what_is_only_said(copy: bytes) -> None:
    lines = {one.check: one for one in verify(copy) if one.check.startswith("line ")}
    assert {name: one.level for name, one in lines.items()} == {
        "line 4": "A2", "line 5": "A2", "line 7": "A2", "line 8": "A2", "line 9": "A2", "line 10": "A1", "line 11": "A1", "line 12": "A1",
    }  # fmt: skip
    assert {one.result for one in lines.values()} == {NOTE}
    start = f"message 9, from {case.OTHER}/phone. Proven: unchanged since the reporter signed it. Said by the reporter's program: "
    assert lines["line 9"].words == (
        f"{start}found the same in the archive; the archive had it under another id. "
        "It came with a planted id, which was not trusted. Not proven: who wrote it."
    )
    for name, said in (
        ("line 7", "found the same in the archive; the archive had the same."),
        ("line 10", "in its log before the report; the archive had no message under its id."),
        ("line 11", "in its log before the report; the archive had another message under its id."),
        ("line 12", "in its log before the report; the archive was not asked."),
    ):
        assert f"Said by the reporter's program: {said} Not proven: who wrote it." in lines[name].words
    assert [one.words for one in verify(copy) if one.check == "assurance"] == [
        "The reporter's program says of the messages: 0 without any record (A0), 3 in its log before the report (A1), "
        "5 found the same in the archive (A2). That is its word. It cannot show who wrote them. 1 came with a planted id. "
        "Under the id of 1 the archive had nothing, under that of 1 another message."
    ]
    assert [one.words for one in verify(copy) if one.check == "lines"] == [
        "8 messages are shown, in order. 21 more are only counted. Files are only named."
    ]


def test_it_says_who_was_who_in_a_room_and_what_was_changed(schemas: Schemas) -> None:
    room = {one.check: one.words for one in verify(case.copy_of(case.room_prepared(schemas)))}
    assert "The room knew its writer as occ-1." in room["line 1"]
    assert f"The room knew its writer as {case.OTHER}." in room["line 2"]
    changes = (case.EditRecord("correction", "x", case.OTHER, case.Times(case.NOW), None, 2),) * 3
    nameless = case.Occupant("Max")
    lines = [case.message(1, edits=changes, journal_hash="", occupant=nameless)]
    made = prepare(
        case.stated(), capture(lines, {1001}), case.snapshot(1), case.REPORTER_SIG, case.REPORTER_ENC, schemas
    )  # fmt: skip
    (line,) = [one for one in verify(case.copy_of(made)) if one.check == "line 1"]
    assert line.level == "A0"
    assert "The room knew its writer as a name only." in line.words
    assert "without any record" in line.words
    assert "It was changed or taken back 3 times; what it said before is kept." in line.words


def test_it_says_what_followed(prepared: Prepared, schemas: Schemas) -> None:
    found = verify(case.full_copy(prepared, schemas))
    said = [
        (one.check, one.result, one.words) for one in found if one.check in ("addendum 1 ", "addendum 2 ", "withdrawal")
    ]
    assert said == [
        ("addendum 1 ", OK, "Later evidence 1 is signed with the same key and linked to what came before it. "
         "The desk signed that it got exactly this on 2026-11-25T09:00:05.000Z."),
        ("addendum 2 ", NOTE, "Later evidence 2 is signed with the same key and linked to what came before it. "
         "Nothing shows that a desk got it."),
        ("withdrawal", OK, "The desk signed that the report was taken back on 2026-11-26T09:00:05.000Z: "
         "people had begun, and the wish is noted."),
    ]  # fmt: skip
    assert [one.level for one in found if one.check == "addendum 1 line 13"] == ["A1"]
    assert any(one.words.startswith("addendum 1 message 13, from ") for one in found)
    erased = case.with_withdrawal(
        case.copy_of(prepared),
        case.withdrawal_receipt(prepared, outcome=case.WithdrawalOutcome.ERASED),
        case.ENDPOINT.keys,
    )
    assert "nobody had looked, and it is erased." in words(erased)


@pytest.mark.parametrize(
    ("level", "said"),
    [("verified", "proven by its server"), ("code", "not proven, but a code came back"), ("unverified", "not proven")],
)
def test_it_says_how_the_address_was_checked(level: str, said: str, prepared: Prepared) -> None:
    receipt = case.receipt_for(prepared, identity_level=case.IdentityLevel(level))
    copy = case.make_copy(prepared.jws, prepared.items, prepared.identity, receipt, case.ENDPOINT.keys)
    (line,) = [one.words for one in verify(copy) if one.check == "receipt"]
    assert line == (
        "The desk Example desk (https://desk.example:8443) signed that it got exactly this report on "
        f"2026-11-24T09:00:05.000Z, case number AB42-CD34. The reporter's address was {said}."
    )


def test_every_refusal_says_what_is_wrong(copy: bytes, prepared: Prepared, schemas: Schemas) -> None:
    def said(change: Callable[[dict[str, Any]], object], data: bytes = copy) -> tuple[str, str]:
        value = json.loads(data)
        change(value)
        (one,) = verify(case.rechecked(value))
        assert one.result == REFUSED
        return one.check, one.words

    assert said(lambda value: value.update(more=1))[1].startswith("Parts of the file are missing, or there are parts")
    assert said(lambda value: value["files"].update(more=1))[0] == "form"
    assert said(lambda value: value.update(type="urn:robin:copy:2"))[1] == "This kind of file is not known here."
    assert said(lambda value: value["files"]["identity"].update(salt="A" * 22)) == (
        "identity", "The reporter's details are not the ones that were signed, or belong to another report.",
    )  # fmt: skip
    assert said(lambda value: value["files"]["items"]["items"].pop())[0] == "items"
    assert said(lambda value: value.update(report=value["receipt"]))[0] == "form"
    changed = prepared.jws[:-9] + ("A" if prepared.jws[-9] != "A" else "B") + prepared.jws[-8:]
    assert said(lambda value: value.update(report=changed))[1].startswith("A signature does not fit.")
    other = sign(prepared.report, case.DESK_SIG, "robin-report+jws")
    assert said(lambda value: value.update(report=other)) == (
        "signature", "The signature is not by the key that belongs here.",
    )  # fmt: skip
    loose = sign(b'{"a": 1}', case.REPORTER_SIG, "robin-report+jws")
    assert said(lambda value: value.update(report=loose))[1].startswith("This part is not in the one form")
    assert said(lambda value: value.update(report=prepared.jws + "="))[1] == "A coded part is damaged."
    assert said(lambda value: value.update(receipt=None))[1].startswith("There is no receipt, so nothing else")
    assert said(lambda value: value.update(desk_keys=[*value["desk_keys"], case.REPORTER_SIG.public_jwk()])) == (
        "desk key", "The desk's keys are not exactly those that signed, or not the one that you gave.",
    )  # fmt: skip
    full = case.full_copy(prepared, schemas)
    assert said(lambda value: value["addenda"].pop(0), full) == (
        "addendum 1 ", "Later evidence 1 does not follow what came before it, or belongs to another report.",
    )  # fmt: skip
    kinds = parse_canonical(prepared.report)
    kinds["type"] = "urn:robin:abuse-report:2"
    assert said(lambda value: value.update(report=sign(canonical(kinds), case.REPORTER_SIG, "robin-report+jws"))) == (
        "report", "The signed part is not a report.",
    )  # fmt: skip


def test_json_names_check_words_result_and_level(
    copy: bytes, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "x.robin.json"
    path.write_bytes(copy)
    main([str(path), "--json", "--desk-key", case.DESK_SIG.thumbprint])
    out = capsys.readouterr().out
    assert out.startswith('{\n  "accepted": true')
    assert {tuple(one) for one in json.loads(out)["findings"]} == {("check", "words", "result", "level")}
    assert "desk key" not in {one["check"] for one in json.loads(out)["findings"]}
    assert main([str(path), "--desk-key", "x"]) == 1
    text = capsys.readouterr().out
    assert text.startswith("Does not hold: The desk's keys are not exactly")
    main([str(path)])
    heads = {line.split(":")[0] for line in capsys.readouterr().out.splitlines()}
    assert heads == {"Holds", "Please note", "Accepted."}


def test_a_package_of_another_kind_or_changed_is_refused(prepared: Prepared) -> None:
    data = Package.of(prepared).encode()
    value = json.loads(data)
    assert "The file was changed or is damaged." in words(canonical({**value, "digest": "A" * 43}))
    assert "This kind of file is not known here." in words(case.rechecked({**value, "type": "urn:robin:package:2"}))
    assert "Sealed for Example desk: only that desk can open it" in words(data)
    (form, seal, named) = verify(data)
    assert (form.result, seal.result, named.result) == (OK, NOTE, NOTE)


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
