"""The words of choices that stand in more than one place: in the settings and in the first steps."""

from __future__ import annotations

from messenger.i18n import tr

Choices = tuple[tuple[str, str], ...]


def themes() -> Choices:
    """Colours (value, words)."""
    return (
        ("system", tr("Like the computer")),
        ("light", tr("Light")),
        ("dark", tr("Dark")),
        ("cream", tr("Cream")),
        ("contrast", tr("High contrast")),
    )


def sizes() -> Choices:
    """Text sizes in per cent (value, words)."""
    return tuple((str(size), tr("{n} %").format(n=size)) for size in (100, 125, 150, 200, 300))


def bands() -> Choices:
    """Which words suit a person (value, words); never an age."""
    return (
        ("S", tr("Short and simple")),
        ("T", tr("For teenagers")),
        ("A", tr("For adults")),
        ("C", tr("For people who care for others")),
    )


def writers() -> Choices:
    """Who can write (value, words)."""
    return (("accepted", tr("People I accept")), ("nobody_new", tr("No one new")))
