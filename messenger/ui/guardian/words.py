"""The words of young-person mode that stand in several places: what a grown-up sees of it, and what never."""

from __future__ import annotations

from messenger.domain.guardian import GuardianPerson, Standing
from messenger.i18n import tr
from messenger.ui.plain import isolate, visible


def sees() -> str:
    """What the guardian can see, said to the young person."""
    return tr("They can see who wants to write to you, and who you can write to.")


def never() -> str:
    """What the guardian never sees, said to the young person."""
    return tr("They can not see your messages or your notes. They can not see your reports or who you call.")


def always() -> str:
    """What stays on."""
    return tr("You can always report, block, hide Robin and find the help numbers.")


def standing_words(standing: Standing) -> str:
    """How it stands with a yes, on the card of a request."""
    if standing is Standing.ASKED:
        return tr("You asked. A grown-up has to say yes first. They see it when they look here.")
    if standing is Standing.REFUSED:
        return tr("A grown-up said no for now. You can talk with them about it.")
    return tr("A grown-up has to say yes first. You can ask them.")


def called(person: GuardianPerson) -> str:
    """A person or group, fit to stand in a sentence."""
    return isolate(visible(person.name, 80))


def address(person: GuardianPerson) -> str:
    """The address, and for a group that it is one."""
    shown = visible(person.jid)
    return tr("Group: {address}").format(address=isolate(shown)) if person.group else shown
