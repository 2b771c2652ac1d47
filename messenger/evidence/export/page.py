"""The readable record as one HTML page: no script, no link, no picture, nothing from elsewhere; made to be read and printed.

Every text is escaped. A content security policy in the page allows its own style by digest and nothing else, so that a
mistake in escaping would still run nothing and fetch nothing.
"""

from __future__ import annotations

import base64
import hashlib
import html
from collections.abc import Iterable, Iterator

from messenger.evidence.export.record import Addition, Record
from messenger.evidence.export.talk import Box, Change, Fact, Gap, Message, Stamp
from messenger.evidence.export.xmltext import visible
from messenger.i18n import locale_code, tr

_STYLE = """
:root { color-scheme: light; --ink: #1b2330; --muted: #4e596b; --line: #c9d1dc; --soft: #f3f5f9; --accent: #1f5fbf;
  --care: #8a1c15; --care-soft: #fdf1f0; --box: #e4e8ee; }
* { box-sizing: border-box; }
body { margin: 0; background: #fff; color: var(--ink); font: 16px/1.5 "Inter", "Noto Sans", "DejaVu Sans", sans-serif; }
main { max-width: 54rem; margin: 0 auto; padding: 2rem 1.5rem 4rem; }
header { border-bottom: 3px solid var(--ink); padding-bottom: 1.25rem; }
header p { margin: 0; color: var(--muted); }
h1 { margin: .25rem 0 1rem; font-size: 1.9rem; line-height: 1.2; }
h2 { margin: 2.5rem 0 .75rem; font-size: 1.25rem; }
dl { display: grid; grid-template-columns: minmax(9rem, 14rem) 1fr; gap: .35rem 1.25rem; margin: 0; }
dt { color: var(--muted); }
dd { margin: 0; overflow-wrap: anywhere; }
bdi { white-space: pre-wrap; overflow-wrap: anywhere; }
.how { background: var(--soft); border: 1px solid var(--line); border-radius: 8px; padding: .5rem 1.25rem; }
.how li, .proof li { margin: .35rem 0; }
.how ul, .proof { padding-left: 1.2rem; margin: .4rem 0; }
ol.messages { list-style: none; margin: 0; padding: 0; }
.message { border: 1px solid var(--line); border-left: 6px solid var(--line); border-radius: 8px; padding: .75rem 1rem;
  margin: .75rem 0; break-inside: avoid; }
.message.chosen { border-left-color: var(--accent); }
.message > .top { display: flex; flex-wrap: wrap; gap: .1rem .75rem; align-items: baseline; }
.top .place { color: var(--muted); font-variant-numeric: tabular-nums; }
.top .who { font-weight: 650; }
.top .chosen { border: 1px solid var(--accent); color: var(--accent); border-radius: 999px; padding: 0 .6rem; font-size: .8rem;
  font-weight: 600; }
.address, .time, .under { color: var(--muted); font-size: .875rem; }
.time { font-variant-numeric: tabular-nums; }
.said { margin: .5rem 0; }
.own .said { padding-left: 1.5rem; }
.history { margin: .5rem 0 .5rem 1rem; padding-left: .9rem; border-left: 2px dotted var(--muted); }
.history p { margin: .15rem 0; }
.file { background: var(--box); border-radius: 6px; padding: .6rem .9rem; margin: .5rem 0; }
.file p { margin: 0 0 .25rem; font-weight: 600; }
.file dl { font-size: .875rem; grid-template-columns: 6rem 1fr; }
.under { margin: .5rem 0 0; }
.level { display: inline-block; min-width: 2.1rem; text-align: center; border: 1px solid var(--muted); border-radius: 5px;
  font-weight: 600; margin-right: .4rem; }
.care { background: var(--care-soft); color: var(--care); border-radius: 6px; padding: .35rem .75rem; margin: .5rem 0 0;
  font-size: .9rem; }
.gap { text-align: center; color: var(--muted); border-top: 1px dashed var(--muted); border-bottom: 1px dashed var(--muted);
  padding: .4rem; margin: 1rem 0; font-size: .9rem; }
.sign { border: 1px solid var(--care); border-radius: 4px; padding: 0 .2rem; font-size: .8em; color: var(--care);
  background: #fff; }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; vertical-align: top; border-bottom: 1px solid var(--line); padding: .4rem .75rem .4rem 0;
  font-weight: 400; overflow-wrap: anywhere; }
th { color: var(--muted); width: 45%; }
.check dd { font-family: "DejaVu Sans Mono", monospace; font-size: .875rem; }
footer { margin-top: 3rem; border-top: 1px solid var(--line); padding-top: .75rem; color: var(--muted); font-size: .875rem; }
@page { margin: 18mm 16mm; @bottom-right { content: counter(page) " / " counter(pages); font: 9pt sans-serif; } }
@media print {
  body { font-size: 10.5pt; }
  main { max-width: none; padding: 0; }
  h2 { break-after: avoid; }
  dt { break-after: avoid; }
  tr { break-inside: avoid; }
  .how, .file, .care, .message, .level, .sign { print-color-adjust: exact; }
}
@media (max-width: 40rem) { dl { grid-template-columns: 1fr; gap: 0; } dd { margin-bottom: .5rem; } }
"""


def record_page(record: Record) -> bytes:
    """The page, as UTF-8."""
    return "\n".join(_page(record)).encode("utf-8")


def _policy() -> str:
    digest = base64.b64encode(hashlib.sha256(_STYLE.encode("utf-8")).digest()).decode("ascii")
    return f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"


def _page(record: Record) -> Iterator[str]:
    yield "<!DOCTYPE html>"
    yield f'<html lang="{_text(locale_code())}">'
    yield "<head>"
    yield '<meta charset="utf-8">'
    yield f'<meta http-equiv="Content-Security-Policy" content="{_text(_policy())}">'
    yield '<meta name="viewport" content="width=device-width, initial-scale=1">'
    yield '<meta name="referrer" content="no-referrer">'
    yield f"<title>{_text(record.title)} {_text(record.number)}</title>"
    yield f"<style>{_STYLE}</style>"
    yield "</head>"
    yield "<body><main>"
    yield f"<header><p>{_text('Robin Messenger')}</p><h1>{_text(record.title)} {_text(record.number)}</h1>"
    yield from _facts(record.head)
    yield "</header>"
    yield f'<section><h2>{_text(tr("How to read this record"))}</h2><div class="how"><ul>'
    yield from (f"<li>{_text(one)}</li>" for one in record.how)
    yield "</ul></div></section>"
    yield from _section(tr("What is reported"), _facts(record.matter))
    yield from _section(tr("Messages"), _messages(record.summary, record.messages))
    for one in record.later:
        yield from _section(tr("Added later"), _addition(one))
    if record.answers:
        yield from _section(tr("Questions that the reporter answered"), _answers(record.answers))
    yield from _section(tr("Who reports"), _facts(record.person))
    yield from _section(tr("What this record shows, and what it does not"), _list(record.proof))
    yield f'<section class="check"><h2>{_text(tr("How to check it"))}</h2>'
    yield from _facts(record.check)
    yield "</section>"
    yield f"<footer>{_text(tr('End of the record'))} {_text(record.number)}</footer>"
    yield "</main></body></html>"
    yield ""


def _section(title: str, parts: Iterable[str]) -> Iterator[str]:
    yield f"<section><h2>{_text(title)}</h2>"
    yield from parts
    yield "</section>"


def _facts(facts: Iterable[Fact]) -> Iterator[str]:
    yield "<dl>"
    yield from (f"<dt>{_text(one.label)}</dt><dd>{_quoted(one.value)}</dd>" for one in facts)
    yield "</dl>"


def _answers(facts: Iterable[Fact]) -> Iterator[str]:
    yield "<table>"
    yield from (f'<tr><th scope="row">{_quoted(one.label)}</th><td>{_quoted(one.value)}</td></tr>' for one in facts)
    yield "</table>"


def _list(lines: Iterable[str]) -> Iterator[str]:
    yield '<ul class="proof">'
    yield from (f"<li>{_text(one)}</li>" for one in lines)
    yield "</ul>"


def _addition(one: Addition) -> Iterator[str]:
    yield from _facts(one.facts)
    if one.summary:
        yield from _messages(one.summary, one.messages)


def _messages(summary: str, messages: Iterable[Message | Gap]) -> Iterator[str]:
    yield f"<p>{_text(summary)}</p>"
    yield '<ol class="messages">'
    for one in messages:
        if isinstance(one, Gap):
            yield f'<li class="gap">{_text(_places(one))}: {_text(one.text)}</li>'
        else:
            yield from _message(one)
    yield "</ol>"


def _places(gap: Gap) -> str:
    if gap.first == gap.last:
        return tr("Number {n}").format(n=gap.first)
    return tr("Numbers {first} to {last}").format(first=gap.first, last=gap.last)


def _message(one: Message) -> Iterator[str]:
    kinds = ["message", "own" if one.own else "theirs", *(["chosen"] if one.chosen else [])]
    mark = f'<span class="chosen">{_text(tr("Chosen"))}</span>' if one.chosen else ""
    yield f'<li class="{" ".join(kinds)}">'
    yield f'<div class="top"><span class="place">{one.place}</span><span class="who">{_quoted(one.who)}</span>'
    yield f'<span class="address">{_quoted(one.address)}</span>{mark}</div>'
    yield f'<div class="time">{_stamp(one.at)}</div>'
    if one.text or not (one.boxes or one.changes):
        yield f'<div class="said">{_quoted(one.text)}</div>'
    if one.cut:
        yield f'<p class="under">{_text(one.cut)}</p>'
    yield from (_box(box) for box in one.boxes)
    yield from (_change(change) for change in one.changes)
    yield from (f'<p class="care">{_text(tr("Take care:"))} {_text(words)}</p>' for words in one.warnings)
    yield f'<p class="under"><span class="level">{_text(one.level)}</span>{_text(one.assurance)}</p>'
    yield from (f'<p class="under">{_quoted(words)}</p>' for words in one.notes)
    yield "</li>"


def _change(one: Change) -> str:
    text = "" if one.text is None else f"<div>{_quoted(one.text)}</div>"
    return f'<div class="history"><p class="time">{_text(one.label)}, {_stamp(one.at)}</p>{text}</div>'


def _box(one: Box) -> str:
    rows = "".join(_facts(one.facts))
    return f'<div class="file"><p>{_text(tr("File, named only:"))} {_quoted(one.name)}</p>{rows}</div>'


def _stamp(at: Stamp) -> str:
    return f"{_text(at.local)} &#183; {_text(at.utc)}" if at.local else _text(at.utc)


def _text(words: str) -> str:
    """Our own words, or a value among them."""
    return html.escape(visible(words))


def _quoted(words: str) -> str:
    """Somebody's words, kept apart from the direction of what stands around them; hidden characters are framed."""
    return f'<bdi dir="auto">{"".join(_marked(words))}</bdi>'


def _marked(words: str) -> Iterator[str]:
    shown = visible(words)
    if shown == words:
        yield html.escape(words)
        return
    # Both texts side by side: where they differ, a character was written out. What somebody typed like that is not framed.
    place = start = 0
    for sign in words:
        if shown[place] == sign:
            place += 1
            continue
        end = shown.index("]", place) + 1
        yield f'{html.escape(shown[start:place])}<span class="sign">{html.escape(shown[place:end])}</span>'
        place = start = end
    yield html.escape(shown[start:])
