"""The correspondence of a case in order: what the desk wrote, what came back, and each answer beside its question."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass

from messenger.desk import advice, forms
from messenger.desk.forms import Asked
from messenger.desk.keys import DeskKeys
from messenger.desk.moments import short
from messenger.domain.errors import EvidenceRefused
from messenger.evidence.message import Reply, open_reply
from messenger.evidence.report import SignedReport
from messenger.evidence.visible import escaped
from messenger.i18n import tr


@dataclass(frozen=True, slots=True)
class Letter:
    """One message of the correspondence, either way."""

    mine: bool
    who: str
    at: str
    kind: str
    text: str
    steps: tuple[tuple[str, bool], ...] = ()
    form: tuple[Asked, ...] = ()
    order: float = 0.0


def letters(
    signed: SignedReport, keys: DeskKeys, sent: Sequence[sqlite3.Row], came: Sequence[sqlite3.Row], now: float
) -> list[Letter]:
    """Both sides in order of time. A stored reply that does not open any more is shown as that."""
    found: list[Letter] = []
    replies: list[Reply] = []
    for one in came:
        try:
            reply = open_reply(one["sealed"], keys.sealing, signed.reporter_keys(), signed.report_id)
        except EvidenceRefused:
            words = tr("This reply does not open any more: the store was changed or damaged.")
            found.append(Letter(False, "", short(one["at"], now), tr("Reply"), words, order=one["at"]))
            continue
        replies.append(reply)
        text = escaped(reply.text) or _about(reply)
        if text:
            found.append(Letter(False, "", short(one["at"], now), tr("Reply"), text, order=one["at"]))
    done = {id for reply in replies for id in reply.done}
    for own in advice.written(sent, keys):
        answers = [answer for reply in replies if reply.to == own.n for answer in reply.answers]
        found.append(
            Letter(
                mine=True,
                who=own.officer,
                at=short(own.at, now),
                kind=advice.kind_words(own.kind),
                text=own.text,
                steps=tuple((text, id in done) for id, text in own.steps),
                form=forms.asked(own.form, answers),
                order=own.at,
            )
        )
    return sorted(found, key=lambda one: one.order)


def _about(reply: Reply) -> str:
    """A reply without words of its own still shows that something came."""
    return tr("Answered the questions above.") if reply.answers else ""
