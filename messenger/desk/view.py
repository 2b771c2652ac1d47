"""One report as the officer's page shows it: plain values made from the checked report, nothing else."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from messenger.desk import triage
from messenger.evidence.report import SignedReport
from messenger.evidence.visible import escaped
from messenger.i18n import tr

Pair = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Factor:
    """One of the reasons for the urgency."""

    icon: str
    words: str


def names(signed: SignedReport) -> tuple[str, str]:
    """What reporter and reported party are called on the page while the real name is sealed."""
    body = signed.body
    reporter = body["reporter"]["jid"].split("@")[0] or tr("Reporter")
    reported = next((one["names_seen"][0] for one in body["reported"] if one["names_seen"]), "")
    if not reported:
        reported = next((one["jid"].split("@")[0] for one in body["reported"] if one["jid"]), tr("The other person"))
    return escaped(reporter), escaped(reported)


def factors(signed: SignedReport) -> list[Factor]:
    """Why the report is as urgent as it is, by the questionnaire's rules."""
    return [Factor(triage.factor_icon(one), escaped(one)) for one in signed.body["urgency"]["factors"]]


def reporter_card(signed: SignedReport) -> list[Pair]:
    """What is visible of the reporter at once, beside the address."""
    body = signed.body
    own = next((one for one in body["affected"] if one["is_reporter"]), None)
    rows = [(tr("Reports"), triage.role_words(body["role"]))]
    if own is not None:
        rows.append((tr("Age band"), triage.age_words(own["age_band"])))
    return rows


def affected_card(signed: SignedReport) -> list[Pair]:
    """The people whom it happens to, where that is not the reporter."""
    return [
        (tr("It happens to"), ", ".join(filter(None, (escaped(one["relation"]), triage.age_words(one["age_band"])))))
        for one in signed.body["affected"]
        if not one["is_reporter"]
    ]


def identity_card(reporter: dict[str, Any]) -> list[Pair]:
    """Name and contact, for an officer who has given a reason."""
    rows = [(tr("Name"), escaped(reporter["name"])), (tr("Age band"), triage.age_words(reporter["age_band"]))]
    for one in reporter["contact"]:
        words = [escaped(one["value"])]
        if one["safe"] is not None:
            words.append(tr("safe to write") if one["safe"] else tr("not safe to write"))
        if one["when"]:
            words.append(escaped(one["when"]))
        rows.append((_contact_words(one["kind"]), ", ".join(words)))
    guardian = reporter.get("guardian")
    if guardian:
        rows.append((tr("Grown-up"), ", ".join(filter(None, (escaped(guardian["name"]), escaped(guardian["contact"]))))))
    return rows


def _contact_words(kind: str) -> str:
    table = {"xmpp": tr("In the app"), "email": tr("E-mail"), "phone": tr("Phone"), "post": tr("Post")}
    return table.get(kind, tr("Other way"))


def reported_card(signed: SignedReport) -> list[list[Pair]]:
    """The reported parties: an allegation, not a verdict."""
    cards = []
    for one in signed.body["reported"]:
        claims = one["claims"]
        known = {"yes": tr("yes"), "no": tr("no"), "unsure": tr("not sure")}[one["known_offline"]]
        rows = [
            (tr("Shown name"), ", ".join(escaped(name) for name in one["names_seen"])),
            (tr("Address"), escaped(one["jid"])),
            (tr("Id in room"), escaped(one["occupant_id"] or "")),
            (tr("Says"), ", ".join(escaped(claims[key]) for key in ("name", "age", "place") if claims[key])),
            (tr("Also uses"), ", ".join(escaped(name) for name in one["other_accounts"])),
            (tr("Known in life"), known),
        ]
        cards.append([row for row in rows if row[1]])
    return cards


def facts(signed: SignedReport) -> list[Pair]:
    """What else the report says, in words."""
    body = signed.body
    answers = {True: tr("yes"), False: tr("no"), None: tr("not asked")}
    ongoing = {"yes": tr("yes"), "no": tr("no"), "unsure": tr("not sure")}
    return [
        (tr("Still going on"), ongoing[body["incident"]["ongoing"]]),
        (tr("Told a grown-up"), answers[body["actions"]["told_adult"]]),
        (tr("May be shared with police"), answers[body["consent"]["share_with_police"]]),
        (tr("Their server may be told"), answers[body["consent"]["tell_their_server"]]),
        (tr("Blocked before"), tr("yes") if body["actions"]["blocked_at"] else tr("no")),
        (tr("Declared true"), escaped(body["declaration"]["text_shown"])),
        (tr("Made with"), escaped(f"{body['client']['name']} {body['client']['version']}")),
    ]


def answers(signed: SignedReport) -> list[Pair]:
    """Every question with its answer, in the exact words that the reporter saw."""
    return [
        (escaped(one["text_shown"]), escaped(one["answer_shown"]) or ", ".join(escaped(a) for a in one["a"]))
        for one in signed.body["qualifiers"]
    ]
