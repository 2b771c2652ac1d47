"""A report as people read it: plain text for the wizard's preview and the print, HTML for the desk and a kept copy.

Both are built from the parsed bytes that are signed and sealed, never from what the wizard held before, so that the
preview shows exactly what goes. What another person wrote stands in its visible form, each line of it marked, so
that no message can pass for a line of the transcript.
"""

from __future__ import annotations

import html
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from messenger.domain.receipt import AddendumReceipt, Receipt, WithdrawalOutcome, Withdrawn
from messenger.evidence.canonical import parse_canonical
from messenger.evidence.report import Prepared
from messenger.evidence.visible import escaped
from messenger.i18n import ntr, tr


@dataclass(frozen=True, slots=True)
class Line:
    """One line: `label` in our words, `text` in somebody's. `kind`: fact, message, chosen, note."""

    label: str
    text: str
    kind: str = "fact"


@dataclass(frozen=True, slots=True)
class Section:
    """A titled part of the transcript."""

    title: str
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Following:
    """What came after a report: addenda (their parsed bodies, in order, each with its receipt or None), a withdrawal."""

    addenda: tuple[tuple[dict[str, Any], AddendumReceipt | None], ...] = ()
    withdrawn: Withdrawn | None = None


_NOTHING = Following()


def preview_text(prepared: Prepared) -> str:
    """Exactly what a prepared report sends, as plain text."""
    return transcript_text(
        parse_canonical(prepared.report),
        parse_canonical(prepared.items)["items"],
        parse_canonical(prepared.identity)["reporter"],
    )


def transcript_text(
    report: dict[str, Any],
    entries: Sequence[dict[str, Any]],
    reporter: dict[str, Any] | None,
    receipt: Receipt | None = None,
    following: Following = _NOTHING,
) -> str:
    """A report as plain text. `reporter` is None where the identity file is not opened."""
    return _text(sections(report, entries, reporter, receipt, following))


def addendum_text(addendum: dict[str, Any], receipt: AddendumReceipt | None = None) -> str:
    """Later evidence alone, as plain text: its parsed body, exactly what is sent."""
    return _text([_addendum(tr("More for the report"), addendum, receipt)])


def _text(parts: Sequence[Section]) -> str:
    blocks = []
    for section in parts:
        lines = [section.title, "=" * len(section.title)]
        for line in section.lines:
            lines.extend(_text_line(line))
        blocks.append("\n".join(lines))
    return "\n\n".join(blocks) + "\n"


def messages_text(manifest: dict[str, Any], entries: Sequence[dict[str, Any]]) -> str:
    """The messages alone, for a draft whose other answers are not there yet: manifest and items as they would be sent."""
    lines = [piece for line in _messages(manifest, entries) for piece in _text_line(line)]
    return "\n".join(lines) + "\n"


def transcript_html(
    report: dict[str, Any],
    entries: Sequence[dict[str, Any]],
    reporter: dict[str, Any] | None,
    receipt: Receipt | None = None,
    following: Following = _NOTHING,
) -> str:
    """A report as an HTML fragment without style, script, picture or link; every value is escaped."""
    parts: list[str] = []
    for section in sections(report, entries, reporter, receipt, following):
        parts.append(f"<section><h2>{html.escape(section.title)}</h2>")
        for line in section.lines:
            label = f"<b>{html.escape(line.label)}</b> " if line.label else ""
            text = "<br>".join(html.escape(one) for one in escaped(line.text).split("\n"))
            parts.append(f'<p class="{html.escape(line.kind)}">{label}<bdi>{text}</bdi></p>')
        parts.append("</section>")
    return "\n".join(parts)


def sections(
    report: dict[str, Any],
    entries: Sequence[dict[str, Any]],
    reporter: dict[str, Any] | None,
    receipt: Receipt | None = None,
    following: Following = _NOTHING,
) -> list[Section]:
    """The report in its parts, in the order in which people ask: who gets it, about whom, what, which messages, from whom."""
    found = [
        Section(tr("Where it goes"), tuple(_destination(report, receipt))),
        Section(tr("What it is about"), tuple(_matter(report))),
        Section(tr("Your answers"), tuple(_answers(report))),
        Section(tr("Messages"), tuple(_messages(report["evidence"], entries))),
        Section(tr("Who reports"), tuple(_person(report, reporter))),
        Section(tr("Sent along"), tuple(_technical(report))),
    ]
    for number, (addendum, word) in enumerate(following.addenda, 1):
        found.append(_addendum(tr("More for the report, part {n}").format(n=number), addendum, word))
    if following.withdrawn:
        found.append(Section(tr("Taken back"), tuple(_withdrawn(following.withdrawn))))
    return [section for section in found if section.lines]


def _text_line(line: Line) -> Iterator[str]:
    first, *rest = escaped(line.text).split("\n")
    mark = "* " if line.kind == "chosen" else "  " if line.kind in ("message", "note") else ""
    yield f"{mark}{line.label} {first}".rstrip() if line.label else f"{mark}{first}".rstrip()
    for more in rest:
        yield f"      | {more}".rstrip()


def _destination(report: dict[str, Any], receipt: Receipt | None) -> Iterator[Line]:
    to = report["sent_to"]
    yield Line(tr("To:"), to["name"])
    if to["base"]:
        yield Line(tr("Address:"), to["base"])
    yield Line(tr("Made on:"), _moment(report["created_at"]))
    yield Line(tr("Report number:"), report["report_id"])
    if receipt:
        yield Line(tr("Case number:"), receipt.case_number)
        yield Line(tr("Got there on:"), _moment(receipt.received_at))


def _matter(report: dict[str, Any]) -> Iterator[Line]:
    for one in report["reported"]:
        yield Line(tr("About:"), one["jid"] or tr("somebody without a chat address"))
        if one["names_seen"]:
            yield Line(tr("Names seen:"), ", ".join(one["names_seen"]))
        for label, value in _claims(one["claims"]):
            yield Line(label, value)
        if one["other_accounts"]:
            yield Line(tr("Other accounts:"), ", ".join(one["other_accounts"]))
    words = _category_words()
    yield Line(tr("What is happening:"), ", ".join(words[one] for one in [report["category"], *report["also"]]))
    for one in report["affected"]:
        yield Line(tr("Who it happens to:"), _affected(one))
    if report["narrative"]:
        yield Line(tr("In your own words:"), report["narrative"]["text"])


def _claims(claims: dict[str, str]) -> Iterator[tuple[str, str]]:
    if claims["name"]:
        yield tr("Says their name is:"), claims["name"]
    if claims["age"]:
        yield tr("Says their age is:"), claims["age"]
    if claims["place"]:
        yield tr("Says they live in:"), claims["place"]


def _answers(report: dict[str, Any]) -> Iterator[Line]:
    for one in report["qualifiers"]:
        yield Line(one["text_shown"], one["answer_shown"])
    yield Line(report["declaration"]["text_shown"], tr("Yes"))


def _addendum(title: str, addendum: dict[str, Any], receipt: AddendumReceipt | None) -> Section:
    lines = [Line(tr("Made on:"), _moment(addendum["created_at"]))]
    if receipt:
        lines.append(Line(tr("Got there on:"), _moment(receipt.received_at)))
    if addendum["narrative"]:
        lines.append(Line(tr("In your own words:"), addendum["narrative"]["text"]))
    if addendum["evidence"]:
        lines.extend(_messages(addendum["evidence"], addendum["items"]))
    return Section(title, tuple(lines))


def _withdrawn(word: Withdrawn) -> Iterator[Line]:
    yield Line(tr("The desk answered on:"), _moment(word.at))
    if word.outcome is WithdrawalOutcome.ERASED:
        yield Line("", tr("Nobody had looked at it yet. It is deleted there."))
    else:
        yield Line("", tr("People had begun to look at it. They noted that you took it back."))


def _messages(manifest: dict[str, Any], entries: Sequence[dict[str, Any]]) -> Iterator[Line]:
    yield from _room(manifest["room"])
    yield Line("", ntr("{n} message is sent.", "{n} messages are sent.", manifest["shown"]))
    yield from _asked(manifest["integrity"])
    hidden = {run["from_seq"]: run for run in manifest["withheld"]}
    previous = 0
    for entry in entries:
        # A gap has a run of its own, which begins where no entry is.
        if previous and previous + 1 in hidden and entry["seq"] != previous + 1:
            yield _withheld(hidden[previous + 1])
        previous = entry["seq"]
        if "withheld" not in entry:
            yield from _message(entry, manifest["kind"] == "room")
        elif entry["seq"] in hidden:
            yield _withheld(hidden[entry["seq"]])


def _withheld(run: dict[str, Any]) -> Line:
    if run["reason"] == "removed":
        words = ntr(
            "{n} message taken out. Its words are not sent.",
            "{n} messages taken out. Their words are not sent.",
            run["count"],
        )
    else:
        words = ntr("{n} message not sent.", "{n} messages not sent.", run["count"])
    return Line("", f"({words})", "note")


def _room(room: dict[str, Any] | None) -> Iterator[Line]:
    if room is None:
        return
    yield Line(tr("Room:"), ", ".join(one for one in (room["name"], room["jid"]) if one))
    if room["public"]:
        yield Line("", tr("Anybody may read what was written in this room."))
    yield Line(tr("You in the room:"), _occupant(room["me"]))


def _occupant(who: dict[str, str]) -> str:
    """Somebody in a room, in one line: the name can be taken by anybody, the room's own mark cannot."""
    mark = tr("the room's own mark {mark}").format(mark=who["occupant_id"]) if who["occupant_id"] else ""
    return ", ".join(one for one in (who["nick"], who["jid"], mark, who["role"], who["affiliation"]) if one)


def _asked(integrity: dict[str, Any]) -> Iterator[Line]:
    """What the archive said over all lines, and how many came with a planted id."""
    if integrity["mam_same"] is not None:
        counts = (
            (integrity["mam_same"], tr("the same: {n}")),
            (integrity["mam_found"], tr("the same under another id: {n}")),
            (integrity["mam_missing"], tr("not there: {n}")),
            (integrity["mam_mismatch"], tr("something else there: {n}")),
        )
        words = ", ".join(form.format(n=count) for count, form in counts if count)
        when = _moment(integrity["asked_at"]) if integrity["asked_at"] else ""
        yield Line(tr("The server's archive was asked:"), ". ".join(one for one in (when, words) if one))
    planted = integrity["dup_stanza_ids"]
    if planted:
        yield Line("", ntr("{n} message came with a false id.", "{n} messages came with a false id.", planted))


def _message(item: dict[str, Any], in_room: bool) -> Iterator[Line]:
    kind = "chosen" if item["highlighted"] else "message"
    yield Line(f"{_best(item['times'])} {escaped(item['from'])}:", item["body"], kind)
    if item["body_length"] is not None:
        words = tr("Only the first {n} of {total} characters are sent.")
        yield Line("", words.format(n=len(item["body"]), total=item["body_length"]), "note")
    for media in item["media_refs"]:
        size = ntr("{n} byte", "{n} bytes", media["size"]) if media["size"] is not None else tr("size not known")
        facts = ", ".join(one for one in (media["name"], media["mime"], size, media["url"]) if one)
        yield Line(tr("File, named only, not sent:"), facts, "note")
    yield from _history(item)
    if item["occupant"]:
        yield Line(tr("In the room:"), _occupant(item["occupant"]), "note")
    yield Line(tr("Robin says:"), _proof(item, in_room), "note")
    if item["dup_stanza_id"]:
        yield Line("", tr("It came with a false id, which is not used."), "note")


def _history(item: dict[str, Any]) -> Iterator[Line]:
    """Later changes, in order. What was written first stands above them and stays."""
    for edit in item["edits"]:
        when = _best(edit["times"])
        if edit["kind"] == "retraction":
            yield Line(tr("Taken back on {when}. The words stay here.").format(when=when), "", "note")
        else:
            yield Line(tr("Changed on {when} to:").format(when=when), edit["body"], "note")
    more = item["edits_total"] - len(item["edits"])
    if more:
        yield Line("", ntr("{n} more change is not listed.", "{n} more changes are not listed.", more), "note")


def _proof(item: dict[str, Any], in_room: bool) -> str:
    """The assurance of a line in plain words: never more than the reporter's program can know."""
    found = item["archive_check"]
    if found == "same":
        return tr("the room's archive has the same.") if in_room else tr("your server's archive has the same.")
    if found == "found":
        return tr("the server has the same under another id.")
    kept = tr("noted at the time.") if item["journal"] else tr("nothing shows where it is from.")
    if found == "missing":
        return f"{kept} {tr('The server has no message under this id.')}"
    if found == "differs":
        return f"{kept} {tr('The server has another message under this id.')}"
    return kept


def _best(times: dict[str, str | None]) -> str:
    return _moment(times["archive"] or times["delay"] or times["client"] or "")


def _person(report: dict[str, Any], reporter: dict[str, Any] | None) -> Iterator[Line]:
    who = report["reporter"]
    if who["jid"]:
        yield Line(tr("Chat address:"), who["jid"])
    yield Line(tr("Country:"), " ".join(one for one in (who["country"].upper(), who["region"]) if one))
    if reporter is None:
        return
    yield Line(tr("Name:"), reporter["name"])
    yield Line(tr("Age:"), age_words()[reporter["age_band"]])
    for one in reporter["contact"]:
        safe = {True: tr("safe to write"), False: tr("not safe to write"), None: ""}[one["safe"]]
        yield Line(tr("Contact:"), ", ".join(part for part in (one["value"], safe, one["when"]) if part))
    if reporter["guardian"]:
        guardian = reporter["guardian"]
        yield Line(tr("Grown-up:"), ", ".join(part for part in (guardian["name"], guardian["contact"]) if part))


def _technical(report: dict[str, Any]) -> Iterator[Line]:
    client, server = report["client"], report["evidence"]["server"]
    yield Line(tr("Program:"), " ".join(part for part in (client["name"], client["version"], client["os"]) if part))
    if server["domain"]:
        yield Line(tr("Your server:"), server["domain"])
    if report["evidence"]["shown"]:
        yield Line("", tr("The numbers, times and raw form of each message that is sent."))
    yield Line("", tr("Which questions were asked, and how soon somebody should look at your answers."))


def _affected(one: dict[str, Any]) -> str:
    who = tr("the person who reports") if one["is_reporter"] else one["relation"] or tr("somebody else")
    age = str(one["age"]) if one["age"] is not None else age_words()[one["age_band"]]
    return ", ".join(part for part in (who, age, one["jid"]) if part)


def _moment(time: str) -> str:
    """`2026-11-24T08:00:00.000Z` as `2026-11-24 08:00:00 UTC`; anything else as it is."""
    if len(time) == 24 and time[10] == "T" and time.endswith("Z"):
        return f"{time[:10]} {time[11:19]} UTC"
    return escaped(time)


def age_words() -> dict[str, str]:
    """What each age band is called."""
    return {
        "under_13": tr("under 13"),
        "13_15": tr("13 to 15"),
        "16_17": tr("16 or 17"),
        "18_over": tr("18 or over"),
        "unknown": tr("age not known"),
    }


def _category_words() -> dict[str, str]:
    return {
        "grooming": tr("too friendly, or wants secrets"),
        "sexual": tr("private pictures or private talk"),
        "blackmail": tr("do this, or I will tell"),
        "meeting": tr("wants to meet, or knows where I live"),
        "threat": tr("says they will hurt somebody"),
        "bullying": tr("mean again and again"),
        "self_harm": tr("about hurting oneself"),
        "deception": tr("a trick: money, passwords or pretending"),
        "unsure": tr("something else"),
    }
