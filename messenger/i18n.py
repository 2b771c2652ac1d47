"""The translation function (gettext, decisions.md 23). British English is the source language.

`tr` and `ntr` take literal strings only, so that the catalogue is complete; values go in with `.format`.
"""

from __future__ import annotations

import gettext
from collections.abc import Iterable

from messenger import resources

_DOMAIN = "robin"


class Translator:
    """One loaded catalogue; falls back to the source words."""

    def __init__(self, languages: Iterable[str] = ()) -> None:
        self.catalogue: gettext.NullTranslations = gettext.translation(
            _DOMAIN, localedir=resources.root() / "i18n", languages=list(languages) or None, fallback=True
        )


# The one exception to "nothing global": gettext's own way is a function that can be called at import of any view.
# It is set once by app/bootstrap before the first window and only read afterwards.
_current = gettext.NullTranslations()


def install(languages: Iterable[str] = ()) -> None:
    """Choose the language of this process, by codes in order of preference; none means the environment's."""
    global _current
    _current = Translator(languages).catalogue


def tr(text: str) -> str:
    """The translation of `text`, or `text` itself."""
    return _current.gettext(text) if text else ""


def ntr(one: str, many: str, n: int) -> str:
    """The right form for `n`; `{n}` in the words is filled in."""
    return _current.ngettext(one, many, n).format(n=n)


def trc(context: str, text: str) -> str:
    """A translation in a context, where one English word has two meanings."""
    return _current.pgettext(context, text)


def trd(text: str) -> str:
    """The translation of a msgid that comes from a data file or an error class, where it is extracted from."""
    return tr(text)


def locale_code() -> str:
    """The language of this process as BCP 47, such as 'en' or 'cy'; the source language is 'en-GB'."""
    language = _current.info().get("language", "")
    return language.replace("_", "-") or "en-GB"
