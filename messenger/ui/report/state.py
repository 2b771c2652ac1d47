"""What a wizard page shows, as frozen records: made from the interview by pure functions, drawn by the views."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from messenger.domain.jurisdiction import CountryCard, HelpLine
from messenger.i18n import tr, trd
from messenger.questionnaire.form import Card, CardKind, Page, PageKind, Question, QuestionKind
from messenger.questionnaire.interview import Interview, Problem
from messenger.ui.plain import isolate

EMERGENCY_FIELD = "emergency_choice"
"""The question that is answered by the buttons of the emergency card."""


@dataclass(frozen=True, slots=True)
class Choice:
    """One answer to choose, in the reader's words."""

    id: str
    text: str
    icon: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class Ask:
    """One question on a page. `error` is the sentence under it after Continue; `title` says that the page's title asks it."""

    id: str
    kind: QuestionKind
    text: str
    help: str
    choices: tuple[Choice, ...]
    value: str
    error: str
    required: bool
    more: bool
    longest: int
    title: bool
    in_card: bool = False


@dataclass(frozen=True, slots=True)
class CardState:
    """A card with help. An emergency card has the country's number; a help card its helpline.

    `call`: its title says no more than to call, so that the country's own sentence can stand in its place.
    """

    id: str
    kind: CardKind
    title: str
    lines: tuple[str, ...]
    actions: tuple[str, ...]
    call: bool = False
    country: CountryCard | None = None
    helpline: HelpLine | None = None
    more: tuple[HelpLine, ...] = ()


@dataclass(frozen=True, slots=True)
class Fault:
    """A line of the error summary; `question` (or `page` on the check page) is where it leads."""

    question: str
    words: str
    page: str = ""


@dataclass(frozen=True, slots=True)
class PageState:
    """A page as the window draws it. `step` is 0 where there is no progress."""

    id: str
    kind: PageKind
    title: str
    help: str
    lines: tuple[str, ...]
    asks: tuple[Ask, ...]
    cards: tuple[CardState, ...]
    faults: tuple[Fault, ...]
    step: int
    total: int
    back: bool
    returning: bool
    skip: bool

    @property
    def danger(self) -> bool:
        """Whether an emergency card stands on the page."""
        return any(one.kind is CardKind.EMERGENCY for one in self.cards)


@dataclass(frozen=True, slots=True)
class CheckRow:
    """A line of the check page; Change leads to `question` on `page`. `given` is false for "Not given"."""

    label: str
    value: str
    given: bool
    page: str
    question: str = ""


@dataclass(frozen=True, slots=True)
class Numbers:
    """The country's card and the helpline for this reader, with the name of every country by code."""

    card: CountryCard | None = None
    talk: HelpLine | None = None
    countries: tuple[tuple[str, str], ...] = ()

    def country_name(self, code: str) -> str:
        return next((name for one, name in self.countries if one == code), code)


def page_state(talk: Interview, faults: Sequence[Problem], numbers: Numbers, can_leave: bool) -> PageState:
    """The present page of `talk`. `can_leave`: there is something before the interview's first page to go back to."""
    page = talk.page
    step, total = talk.progress
    asks = tuple(_ask(talk, page, one, faults, numbers) for one in talk.questions())
    return PageState(
        id=page.id,
        kind=page.kind,
        title=_title(talk, page),
        help=trd(page.help),
        lines=tuple(trd(one) for one in page.lines),
        asks=asks,
        cards=_cards(talk, faults, numbers),
        faults=tuple(Fault(one.question, trd(one.words)) for one in faults),
        step=step,
        total=total,
        back=not talk.at_start or can_leave,
        returning=talk.returning,
        skip=page.skip,
    )


def _title(talk: Interview, page: Page) -> str:
    first = next(iter(talk.questions()), None)
    return trd(talk.wording(first) if first is not None and first.text == page.title else page.title)


def _ask(talk: Interview, page: Page, question: Question, faults: Sequence[Problem], numbers: Numbers) -> Ask:
    given = talk.given(question.id)
    words = trd(talk.wording(question))
    return Ask(
        id=question.id,
        kind=question.kind,
        text=words,
        help=trd(question.help),
        choices=_choices(talk, question, numbers),
        value=given.text,
        error=next((trd(one.words) for one in faults if one.question == question.id), ""),
        required=question.required,
        more=question.more,
        longest=question.max_length,
        title=words == _title(talk, page),
        in_card=question.field == EMERGENCY_FIELD,
    )


def _choices(talk: Interview, question: Question, numbers: Numbers) -> tuple[Choice, ...]:
    chosen = talk.given(question.id).choices
    if question.kind is QuestionKind.COUNTRY:
        return tuple(Choice(code, trd(name), "", code in chosen) for code, name in numbers.countries)
    return tuple(Choice(one.id, trd(talk.wording(one)), one.icon, one.id in chosen) for one in question.options)


def _cards(talk: Interview, faults: Sequence[Problem], numbers: Numbers) -> tuple[CardState, ...]:
    missing = [one.card for one in faults if one.card is not None]
    return tuple(card_state(one, numbers) for one in (*talk.cards(talk.page.id), *missing))


def card_state(card: Card, numbers: Numbers) -> CardState:
    """A card of the questionnaire with this country's numbers."""
    return CardState(
        id=card.id,
        kind=card.kind,
        title=trd(card.title),
        lines=tuple(trd(one) for one in card.lines),
        actions=card.actions,
        call=card.title.startswith("Call"),
        country=numbers.card if card.kind is CardKind.EMERGENCY else None,
        helpline=numbers.talk if card.kind is CardKind.HELP or "helpline" in card.actions else None,
        more=_take_down(numbers) if {"take_down", "report_remove"} & set(card.actions) else (),
    )


def _take_down(numbers: Numbers) -> tuple[HelpLine, ...]:
    return tuple(one for one in numbers.card.lines if one.kind == "take_down") if numbers.card is not None else ()


def check_rows(talk: Interview, numbers: Numbers, messages: str) -> tuple[CheckRow, ...]:
    """The check page: every labelled question on the way; `messages` (counts in words) in its place when there is any."""
    rows: list[CheckRow] = []
    by_page: Mapping[str, list[CheckRow]] = _answered(talk, numbers)
    for page in talk.pages:
        if page.kind is PageKind.MESSAGES:
            rows.append(CheckRow(tr("Messages"), messages or tr("Not given"), bool(messages), page.id))
        rows += by_page.get(page.id, [])
    return tuple(rows)


def _answered(talk: Interview, numbers: Numbers) -> dict[str, list[CheckRow]]:
    found: dict[str, list[CheckRow]] = {}
    for row in talk.rows():
        country = talk.form.question(row.question).kind is QuestionKind.COUNTRY
        read: Callable[[str], str] = numbers.country_name if country else (str if row.typed else trd)
        value = "; ".join(read(one) for one in row.values)
        if row.typed and not country and value:
            value = tr("“{words}”").format(words=isolate(value)) if len(value) > 40 or "\n" in value else isolate(value)
        given = bool(row.values)
        found.setdefault(row.page, []).append(
            CheckRow(trd(row.label), value if given else tr("Not given"), given, row.page, row.question)
        )
    return found


@dataclass(frozen=True, slots=True)
class Receiver:
    """Who gets the report, in words. `hand_set` and `practice` are lines that stay in sight; both empty for an ordinary desk."""

    name: str
    country: str
    hand_set: str = ""
    practice: str = ""


@dataclass(frozen=True, slots=True)
class CheckState:
    """The check page. `receiver` is None where nobody is there to send to; `may_keep` offers a copy (not under 18)."""

    title: str
    help: str
    rows: tuple[CheckRow, ...]
    faults: tuple[Fault, ...]
    receiver: Receiver | None
    about: str
    declaration: str
    may_keep: bool
    keep_copy: bool
    step: int
    total: int
    talk: HelpLine | None


class Sending(StrEnum):
    """How the sending stands. SAVED is said only when the sealed report is on disk, SENT only with the receipt."""

    SAVING = "saving"
    SAVED = "saved"
    WAITING = "waiting"
    ATTENTION = "attention"
    NOBODY = "nobody"
    FAILED = "failed"
    SENT = "sent"


@dataclass(frozen=True, slots=True)
class NextStep:
    """One dated step of what happens next."""

    icon: str
    when: str
    words: str
    done: bool


@dataclass(frozen=True, slots=True)
class SendState:
    """The last page. `code` and `case` are there once the receipt is; `block` is the address that can be blocked, or ''."""

    kind: Sending
    title: str
    lines: tuple[str, ...]
    case: str = ""
    code: str = ""
    sent_at: str = ""
    steps: tuple[NextStep, ...] = ()
    block: str = ""
    blocked: bool = False
    copy: bool = False
    retry: bool = False
    note: str = ""
