"""The XML of NCMEC's CyberTipline reporting interface, as a file for a desk or a provider that is registered there.

Elements, their order and their greatest lengths follow the interface's technical documentation (report.cybertip.org/ispws;
tests/evidence/export/ncmec_elements.py holds the table and its source). Robin never calls that interface. Only reports that
carry one of its incident types are written; no picture and no link's key is in the file.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any
from xml.etree.ElementTree import Element, SubElement

from messenger.domain.errors import NoSuchForm
from messenger.domain.evidence import Assurance
from messenger.evidence.export.dossier import Dossier, Part, bare, best_time, domain, moment
from messenger.evidence.export.xmltext import document, visible

_PREFIX = "ncmec:"
_ANNOTATION = "ncmec:annotation:"
ENTICEMENT = "Online Enticement of Children for Sexual Acts"
OBSCENE = "Unsolicited Obscene Material Sent to a Child"
HELD = "Child Pornography (possession, manufacture, and distribution)"
# When a report carries several, the one that says most about the danger to the child.
_ORDER = (ENTICEMENT, HELD, OBSCENE)
_PLAIN = dict.fromkeys(("grooming", "meeting", "blackmail"), ENTICEMENT)
_ANNOTATIONS = ("sextortion", "csamSolicitation", "minorToMinorInteraction")
_LONG = 3000


def ncmec_bytes(dossier: Dossier) -> bytes:
    """The report document. Raises `NoSuchForm` when the report has none of NCMEC's incident types."""
    return document(ncmec_report(dossier))


def ncmec_report(dossier: Dossier) -> Element:
    """As `ncmec_bytes`, as an element."""
    codes = dossier.codes(_PREFIX, _PLAIN)
    kind = next((one for one in _ORDER if one in codes), "")
    if not kind:
        raise NoSuchForm("ncmec")
    root = Element("report")
    _summary(root, dossier, kind)
    _chat(root, dossier)
    _reporter(root, dossier)
    _accused(root, dossier)
    for affected in dossier.report["affected"]:
        _victim(root, dossier, affected)
    _say(root, "additionalInfo", "\n".join(_more(dossier)))
    return root


def _say(parent: Element, name: str, text: str, limit: int | None = None) -> None:
    """A child with text, left out when there is none. What is cut stands whole in the signed report."""
    words = visible(text).strip()
    if words:
        SubElement(parent, name).text = words[:limit]


def _summary(root: Element, dossier: Dossier, kind: str) -> None:
    report = dossier.report
    found = SubElement(root, "incidentSummary")
    _say(found, "incidentType", kind)
    _say(found, "platform", report["client"]["name"], 256)
    if report["urgency"]["tier"] in ("now", "today"):
        reasons = "; ".join(report["urgency"]["factors"])
        _say(
            found,
            "escalateToHighPriority",
            f"Urgency by the reporter's answers: {report['urgency']['tier']}. {reasons}",
            _LONG,
        )
    notes = [one for one in _ANNOTATIONS if _ANNOTATION + one in report["codes"]]
    if notes:
        marks = SubElement(found, "reportAnnotations")
        for one in notes:
            SubElement(marks, one)
    at, why = _incident_at(dossier)
    _say(found, "incidentDateTime", at)
    _say(found, "incidentDateTimeDescription", why, _LONG)


def _incident_at(dossier: Dossier) -> tuple[str, str]:
    """The time of the latest chosen message, else of the latest shown, else when the report was made; and which it is."""
    chosen = (one for part in dossier.parts for one in part.highlighted)
    for lines, words in (
        (chosen, "The latest message that the reporter chose."),
        (dossier.shown, "The latest message that is shown."),
    ):
        stamps = sorted(stamp for one in lines if moment(stamp := best_time(one["times"])))
        if stamps:
            return stamps[-1], words
    return str(dossier.report["created_at"]), "When the report was made; the time of the incident is not known."


def _chat(root: Element, dossier: Dossier) -> None:
    report = dossier.report
    lines = "\n".join(_lines(dossier))
    files = "\n".join(_files(dossier.shown))
    if not lines:
        return
    chat = SubElement(SubElement(root, "internetDetails"), "chatImIncident")
    _say(chat, "chatClient", f"XMPP ({report['client']['name']} {report['client']['version']})", 255)
    _say(chat, "chatRoomName", dossier.room, 255)
    _say(chat, "content", lines)
    _say(chat, "additionalInfo", files)


def _lines(dossier: Dossier) -> Iterator[str]:
    """Each shown message: place, time, sender, words; later changes below it. Other lines of a message are set in."""
    for part in dossier.parts:
        lines = list(_talk(part))
        if part.id and lines:
            yield f"Added by the reporter on {part.made_at}:"
        yield from lines


def _talk(part: Part) -> Iterator[str]:
    for item in part.shown:
        mark = " (chosen)" if item["highlighted"] else ""
        body = item["body"].replace("\n", "\n    ")
        yield f"{item['seq']}{mark} {best_time(item['times'])} {item['from']}: {body}"
        for edit in item["edits"]:
            words = edit["body"].replace("\n", "\n    ")
            deed = "taken back" if edit["kind"] == "retraction" else f"changed to: {words}"
            yield f"    {best_time(edit['times'])} {deed}"


def _files(items: Iterable[dict[str, Any]]) -> Iterator[str]:
    for item in items:
        for media in item["media_refs"]:
            sums = ", ".join(f"{one['alg']} {one['value']}" for one in media["hashes"])
            size = "" if media["size"] is None else f"{media['size']} bytes"
            url = (media["url"] or "").partition("#")[0]
            facts = ", ".join(one for one in (media["name"], media["mime"], size, sums, url) if one)
            yield f"Message {item['seq']} names a file, which is not included: {facts}"


def _reporter(root: Element, dossier: Dossier) -> None:
    """The person who reports. Nothing is in it while the identity part is not opened."""
    person = SubElement(SubElement(root, "reporter"), "reportingPerson")
    who = dossier.reporter
    if who is None:
        return
    _say(person, "firstName", who["name"], 100)
    for kind, name, limit in (("phone", "phone", 50), ("email", "email", 255)):
        for one in who["contact"]:
            if one["kind"] == kind:
                _say(person, name, one["value"], limit)
    country = dossier.report["reporter"]["country"]
    if len(country) == 2:
        _say(SubElement(person, "address"), "country", country.upper())


def _accused(root: Element, dossier: Dossier) -> None:
    """The first reported party; the interface takes one, the others are told of at the end."""
    first = next((one for one in dossier.report["reported"] if one["jid"]), None)
    first = first or next(iter(dossier.report["reported"]), None)
    if first is None:
        return
    found = SubElement(root, "personOrUserReported")
    if first["jid"]:
        _say(found, "espIdentifier", dossier.address(first["jid"]), 255)
        _say(found, "espService", domain(first["jid"]), 100)
    names = first["names_seen"]
    _say(found, "screenName", names[0] if names else "", 256)
    for name in names[1:]:
        _say(found, "displayName", name)
    _say(found, "additionalInfo", "\n".join(_told(first)))


def _told(one: dict[str, Any]) -> Iterator[str]:
    labels = (("name", "Says their name is"), ("age", "Says their age is"), ("place", "Says they live in"))
    yield from (f"{words}: {one['claims'][key]}" for key, words in labels if one["claims"][key])
    if one["other_accounts"]:
        yield f"Other accounts named by the reporter: {', '.join(one['other_accounts'])}"
    if one["occupant_id"]:
        yield f"Id in the room: {one['occupant_id']}"
    if one["known_offline"] != "unsure":
        yield f"Known to the reporter in real life: {one['known_offline']}"


def _victim(root: Element, dossier: Dossier, affected: dict[str, Any]) -> None:
    found = SubElement(root, "victim")
    person = SubElement(found, "victimPerson")
    if affected["age"] is not None:
        _say(person, "age", str(affected["age"]))
    jid = affected["jid"] or (dossier.report["reporter"]["jid"] if affected["is_reporter"] else "")
    if jid:
        _say(found, "espIdentifier", bare(jid), 255)
        _say(found, "espService", domain(jid), 100)
    who = "The reporter." if affected["is_reporter"] else f"Not the reporter. {affected['relation']}".strip()
    _say(found, "additionalInfo", f"{who} Age band: {affected['age_band'].replace('_', ' ')}.")


def _more(dossier: Dossier) -> Iterator[str]:
    report = dossier.report
    yield f"Case {dossier.name}. Digest (SHA-256) of the signed report: {dossier.digest}."
    yield "This is what the reporter says, not a finding. The signature shows who reported, not who wrote a message."
    if dossier.reporter is None:
        yield "The reporter's name and contact are in a sealed part that was not opened for this file."
    for one in dossier.report["reported"][1:]:
        yield f"Also reported: {dossier.address(one['jid']) or ', '.join(one['names_seen']) or 'somebody without an address'}"
    if report["narrative"]:
        yield f"In the reporter's own words: {report['narrative']['text']}"
    for part in dossier.later:
        yield f"Added by the reporter on {part.made_at}, digest {part.digest}. {part.words}".strip()
    if dossier.withdrawn:
        yield f"The reporter took the report back on {dossier.withdrawn.at}."
    yield f"Declared by the reporter: {report['declaration']['text_shown']}"
    found = [part.assurance(one) for part in dossier.parts for one in part.shown]
    levels = {level: found.count(level) for level in Assurance}
    yield "Corroboration of the messages: " + (
        ", ".join(f"{count} at level {level.value}" for level, count in levels.items() if count) or "there are none"
    )
