"""Sentences of the readable record: what a level of corroboration, a finding or a category means, for people of the law."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from messenger.domain.evidence import ArchiveCheck, Assurance
from messenger.domain.receipt import WithdrawalOutcome
from messenger.evidence.export.dossier import Dossier
from messenger.i18n import ntr, tr


def assurance(level: Assurance, archive_check: str) -> str:
    """What supports one message."""
    if level is Assurance.A2 and archive_check == ArchiveCheck.FOUND:
        return tr(
            "The reporter's own server had the same message when it was asked, under another number. The reporter's program says so."
        )
    return {
        Assurance.A0: tr("Typed or pasted by the reporter. Nothing supports it."),
        Assurance.A1: tr("In the log that the reporter's program kept before the report. Nothing else supports it."),
        Assurance.A2: tr(
            "The reporter's own server had the same message when it was asked. The reporter's program says so."
        ),
        Assurance.A3: tr("The reporter's server itself sent the same message to the desk."),
        Assurance.A3R: tr("The desk itself read the same message in the group's archive."),
    }[level]


def warnings(item: Mapping[str, Any]) -> Iterator[str]:
    """What speaks against one message, or asks for care."""
    check = item["archive_check"]
    if check == ArchiveCheck.MISSING:
        yield tr("The reporter's server had no message under this number when it was asked.")
    if check == ArchiveCheck.DIFFERS:
        yield tr("The reporter's server had another message under this number when it was asked.")
    if item["dup_stanza_id"]:
        yield tr("The message came with false server numbers. Its sender can have put them there.")


def levels(dossier: Dossier) -> Iterator[str]:
    """How many messages are supported how far, best first."""
    found = [part.assurance(one) for part in dossier.parts for one in part.shown]
    for level, words in (
        (Assurance.A3, tr("Sent to the desk by the reporter's server itself: {n}.")),
        (Assurance.A3R, tr("Read by the desk itself in the group's archive: {n}.")),
        (Assurance.A2, tr("Confirmed by the reporter's server, as the reporter's program says: {n}.")),
        (Assurance.A1, tr("In the program's log before the report, and nothing more: {n}.")),
        (Assurance.A0, tr("Typed or pasted, with nothing to support them: {n}.")),
    ):
        if level in found:
            yield words.format(n=found.count(level))


def integrity(counts: Mapping[str, Any]) -> Iterator[str]:
    """What the check against the own server's archive found."""
    if counts["dup_stanza_ids"]:
        yield ntr(
            "{n} message came with false server numbers.",
            "{n} messages came with false server numbers.",
            counts["dup_stanza_ids"],
        )
    if counts["mam_missing"]:
        yield ntr(
            "{n} message was not in the server's archive when it was asked.",
            "{n} messages were not in the server's archive when it was asked.",
            counts["mam_missing"],
        )
    if counts["mam_mismatch"]:
        yield ntr(
            "For {n} message the server's archive had something else.",
            "For {n} messages the server's archive had something else.",
            counts["mam_mismatch"],
        )
    if counts["mam_same"] is None:
        yield tr("The reporter's server was not asked about the messages.")


def outcomes() -> dict[WithdrawalOutcome, str]:
    """What the desk did when a report was taken back."""
    return {
        WithdrawalOutcome.ERASED: tr("before anybody had looked at it"),
        WithdrawalOutcome.NOTED: tr("after people had begun to look at it"),
    }


def categories() -> dict[str, str]:
    """What each category is called for an officer."""
    return {
        "grooming": tr("Grooming: too friendly, or wants secrets"),
        "sexual": tr("Private pictures or sexual talk"),
        "blackmail": tr("Blackmail"),
        "meeting": tr("Wants to meet, or knows where somebody lives"),
        "threat": tr("Threats to hurt somebody"),
        "bullying": tr("Bullying"),
        "self_harm": tr("Self-harm"),
        "deception": tr("Deception: money, passwords or pretending"),
        "unsure": tr("Something else"),
    }


def tiers() -> dict[str, str]:
    """How soon somebody should look."""
    return {
        "now": tr("now: somebody may be in danger"),
        "today": tr("today"),
        "soon": tr("soon"),
        "log": tr("no hurry"),
    }


def roles() -> dict[str, str]:
    """Who reports, seen from the person harmed."""
    return {
        "self": tr("it happens to them"),
        "parent": tr("a parent or carer"),
        "friend": tr("a friend"),
        "professional": tr("somebody who works with the person"),
        "other": tr("somebody else"),
    }


def unsure() -> dict[str, str]:
    """Yes, no, or neither."""
    return {"yes": tr("yes"), "no": tr("no"), "unsure": tr("not known")}
