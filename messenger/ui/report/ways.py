"""How a report reaches people, in words: who checks what, who sees what, and that a file or an e-mail is not sent by itself."""

from __future__ import annotations

from messenger.domain.jurisdiction import HelpLine
from messenger.domain.report import EndpointProfile
from messenger.i18n import tr
from messenger.ui.report.state import CheckState, Receiver, Way

MOST_PLACES = 3
"""So many stand on the check page beside a desk; one press shows all of the country."""


def way_of(profile: EndpointProfile) -> Way:
    """By the scheme of the desk's address: a folder and an e-mail are handed over by the person."""
    kind = profile.base.partition(":")[0]
    return {"mailto": Way.EMAIL, "folder": Way.FILE}.get(kind, Way.SENDS)


def checks(profile: EndpointProfile) -> str:
    """How the desk learns who reports."""
    if profile.base.startswith("xmpp:"):
        # The server vouches for the sender of a message: there is nothing to ask (endpoints/xmpp_report).
        return tr("It comes from your chat account. That tells them it is you.")
    if "xmpp-0070" in profile.auth:
        return tr("When you send, they ask your chat server if this is you. Robin says yes for you.")
    if "code-email" in profile.auth:
        return tr("They can send a code to your e-mail to check that it is you.")
    return tr("They cannot check from here that it is you. They still read it.")


def details_lines(receiver: Receiver | None) -> tuple[tuple[str, str], ...]:
    """Under the details: who sees what, and how they check. (icon, words)"""
    if receiver is None:
        return ()
    return (
        ("eye", tr("They see your chat address at once.")),
        ("lock", tr("Your name is locked. They open it only if they must, and write down why.")),
        ("user-check", receiver.checks),
    )


def where_words(receiver: Receiver, about: str) -> tuple[str, str]:
    """Who gets it (and which desk does not, and why), and what that means: (first words, the rest)."""
    who = f"{receiver.name}, {receiver.country}" if receiver.country else receiver.name
    seen = tr("They see your chat address at once, and your name only if they must.")
    if receiver.way is Way.FILE:
        first = tr("This makes a file for {who}.").format(who=who)
        rest = [tr("No one has it until you hand it over.")]
    elif receiver.way is Way.EMAIL:
        first = tr("This makes an e-mail to {who}.").format(who=who)
        rest = [tr("No one has it until you send that e-mail.")]
    else:
        first = tr("Goes to: {who}, over your chat account.") if receiver.chat else tr("Goes to: {who}.")
        first = first.format(who=who)
        # At a desk for a try nobody is trained; `practice` says what it is.
        reader = [] if receiver.practice else [tr("A trained person there reads it.")]
        rest = [*reader, seen, receiver.checks]
    if about:
        rest.append(tr("{name} is not told.").format(name=about))
    return f"{first} {receiver.closed}".rstrip(), " ".join(rest)


def send_words(receiver: Receiver | None) -> str:
    """What the last button says."""
    if receiver is not None and receiver.way is Way.FILE:
        return tr("Make the file")
    if receiver is not None and receiver.way is Way.EMAIL:
        return tr("Make the e-mail")
    return tr("Send report")


def elsewhere(state: CheckState) -> tuple[HelpLine, ...]:
    """Who else can help, for the check page: who to call in danger, who takes this instead, then who fits best.

    The helpline that "Talk to someone" names anyway stands here only where it is the one that takes this, or where nobody
    is there to send to.
    """
    where = state.where
    if where is None:
        return ()
    first = [one for one in where.places if one.kind == "emergency" or one.instead_of]
    rest = [one for one in where.places if one not in first]
    if state.receiver is None:
        return tuple(one.line for one in (*first, *rest))
    others = [one for one in rest if one.line != state.talk]
    return tuple(one.line for one in (*first, *others)[: max(MOST_PLACES, len(first))])
