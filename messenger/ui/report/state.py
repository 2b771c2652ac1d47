"""What a wizard page shows, as frozen records: made from the interview by pure functions, drawn by the views."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from messenger.domain.jurisdiction import CountryCard, HelpLine
from messenger.i18n import tr, trd
from messenger.questionnaire.conditions import Kind
from messenger.questionnaire.form import Card, CardKind, Page, PageKind, Question, QuestionKind
from messenger.questionnaire.interview import Interview, Problem
from messenger.safety.handing import HandedWay
from messenger.safety.where import Where
from messenger.ui.plain import isolate

EMERGENCY_FIELD = "emergency_choice"
"""The question that is answered by the buttons of the emergency card."""


_LINE_ICONS = {
    "This takes about three minutes.": "clock-3",
    "A trained person reads what you send.": "user-check",
    "We ask for your name, so that real people can help you.": "users",
    "The other person is not told.": "lock",
    "Are you in danger now? Call for help first.": "siren",
    "Press Shift three times to hide this page.": "eye-off",
    "It cannot hide from a person or an app that sees your screen.": "eye",
}
"""A picture for each sentence (msgid) of the start page; others get the plain one."""


@dataclass(frozen=True, slots=True)
class Choice:
    """One answer to choose, in the reader's words."""

    id: str
    text: str
    icon: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class Ask:
    """One question on a page. `error` is the sentence under it after Continue; `title`: the page's title asks it. `optional`: said so,
    because the page as a whole is not. `in_card`: answered by the buttons of the emergency card.
    """

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
    optional: bool = False
    in_card: bool = False


@dataclass(frozen=True, slots=True)
class CardState:
    """A card with help. An emergency card has the country's number; a help card its helpline.

    `call`: its title says no more than to call, so that the country's own sentence can stand in its place.
    `after`: the question below which it stands, because its answer called for it.
    """

    id: str
    kind: CardKind
    title: str
    lines: tuple[str, ...]
    actions: tuple[str, ...]
    call: bool = False
    after: str = ""
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
    """A page as the window draws it. `step` is 0 where there is no progress. `lines` are (icon, words), `notes` the same below."""

    id: str
    kind: PageKind
    title: str
    help: str
    lines: tuple[tuple[str, str], ...]
    urgent: HelpLine | None
    asks: tuple[Ask, ...]
    cards: tuple[CardState, ...]
    faults: tuple[Fault, ...]
    step: int
    total: int
    back: bool
    returning: bool
    skip: bool
    notes: tuple[tuple[str, str], ...] = ()

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
        lines=tuple((_LINE_ICONS.get(one, "info"), trd(one)) for one in page.lines),
        urgent=_urgent(numbers) if page.kind is PageKind.START else None,
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
        title=talk.questions()[0] is question and words == _title(talk, page),
        optional=not question.required and not page.skip and not question.options,
        in_card=question.field == EMERGENCY_FIELD,
    )


def _choices(talk: Interview, question: Question, numbers: Numbers) -> tuple[Choice, ...]:
    chosen = talk.given(question.id).choices
    if question.kind is QuestionKind.COUNTRY:
        return tuple(Choice(code, trd(name), "", code in chosen) for code, name in numbers.countries)
    return tuple(Choice(one.id, trd(talk.wording(one)), one.icon, one.id in chosen) for one in question.options)


def _cards(talk: Interview, faults: Sequence[Problem], numbers: Numbers) -> tuple[CardState, ...]:
    missing = {one.card.id: (one.card, one.question) for one in reversed(faults) if one.card is not None}
    called = [(one, _caller(talk, one)) for one in talk.cards(talk.page.id)]
    return tuple(card_state(one, numbers, after) for one, after in (*called, *missing.values()))


def _caller(talk: Interview, card: Card) -> str:
    """The question whose answer called for the card, '' when several together or the categories did."""
    for part in card.when.each() if card.when is not None else ():
        if part.kind is Kind.ANSWER and set(part.values) & set(talk.given(part.question).choices):
            return part.question
    return ""


def card_state(card: Card, numbers: Numbers, after: str = "") -> CardState:
    """A card of the questionnaire with this country's numbers."""
    return CardState(
        id=card.id,
        kind=card.kind,
        title=trd(card.title),
        lines=tuple(trd(one) for one in card.lines),
        actions=card.actions,
        call=card.title.startswith("Call"),
        after=after,
        country=numbers.card if card.kind is CardKind.EMERGENCY else None,
        helpline=numbers.talk if card.kind is CardKind.HELP or "helpline" in card.actions else None,
        more=_take_down(numbers) if {"take_down", "report_remove"} & set(card.actions) else (),
    )


def _urgent(numbers: Numbers) -> HelpLine | None:
    lines = numbers.card.lines if numbers.card is not None else ()
    return next((one for one in lines if one.kind == "emergency"), None)


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


class Way(StrEnum):
    """Whether Robin sends the report itself, or makes a thing that the person hands over."""

    SENDS = "sends"
    FILE = "file"
    EMAIL = "email"


@dataclass(frozen=True, slots=True)
class Receiver:
    """Who gets the report, in words. `hand_set` and `practice` are lines that stay in sight; both empty for an ordinary desk.

    `checks` says how they learn who reports; `closed` which desk does not get it, and why. `chat`: it goes over the
    person's own chat account.
    """

    name: str
    country: str
    hand_set: str = ""
    practice: str = ""
    way: Way = Way.SENDS
    checks: str = ""
    closed: str = ""
    chat: bool = False


@dataclass(frozen=True, slots=True)
class CheckState:
    """The check page. `receiver` is None where nobody is there to send to; `may_keep` offers a copy (not under 18).

    `where` says who else can help, None while that is not known yet; `notice` why this page is there again.
    """

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
    where: Where | None = None
    notice: str = ""


class Sending(StrEnum):
    """How the sending stands. SAVED is said only when the sealed report is on disk, SENT only with the receipt.

    HANDED: a file or an e-mail was made, and nobody has it yet.
    """

    SAVING = "saving"
    SAVED = "saved"
    WAITING = "waiting"
    ATTENTION = "attention"
    NOBODY = "nobody"
    FAILED = "failed"
    HANDED = "handed"
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
    """The page after Send. `code` and `case` are there once the receipt is; `handing` where the person hands it over."""

    kind: Sending
    title: str
    lines: tuple[str, ...]
    case: str = ""
    code: str = ""
    sent_at: str = ""
    steps: tuple[NextStep, ...] = ()
    copy: bool = False
    retry: bool = False
    note: str = ""
    handing: HandedWay | None = None
