"""Why a saved report is not there yet: fixed words for the store, and kind sentences for the person.

Nothing that came over the wire is shown: whoever sits on the way could choose those words.
"""

from __future__ import annotations

from messenger.domain.errors import (
    EndpointRejected,
    EndpointUnreachable,
    EvidenceRefused,
    ReceiptRefused,
    RobinError,
    StoreError,
)
from messenger.i18n import tr

MANY = "many"
DAMAGED = "damaged"
GONE = "gone"
FAULT = "fault"
KEYS = "keys"
MESSAGE = "message"
CLOSED = "closed"
HANDED = "handed"
IDENTITY = "identity"
REPLY = "reply"
ADDED = "added"
CHAIN = "chain"
_BUSY = "busy"
_LINE = "line"
_CLOCK = "certificate"
_FOLDER = "folder"
_STRANGER = "receipt"
_DISK = "disk"
_REJECTED = "rejected"


def word_for(error: RobinError) -> str:
    """The fixed word for a failure."""
    if isinstance(error, EndpointRejected):
        return f"{_REJECTED}.{error.fields['status']}"
    if isinstance(error, ReceiptRefused):
        return _STRANGER
    if isinstance(error, EndpointUnreachable):
        reason = str(error.fields["reason"])
        return reason if reason in (_CLOCK, _FOLDER) else _BUSY if answered(error) else _LINE
    if isinstance(error, EvidenceRefused):
        return DAMAGED
    return _DISK if isinstance(error, StoreError) else FAULT


def answered(error: EndpointUnreachable) -> bool:
    """Whether it was the desk that said no for now; else the way to it is the trouble."""
    return str(error.fields["reason"]).startswith("status ") and not isinstance(error, ReceiptRefused)


def words_for(word: str) -> tuple[str, str]:
    """(what happened, what to do) for a fixed word, translated; two times '' for none."""
    if not word:
        return "", ""
    table = {
        _LINE: (tr("The report could not be sent yet."), tr("It is saved. Robin keeps trying.")),
        _FOLDER: (tr("The folder or the stick is not there, or it is full."), tr("It is saved. Robin tries again.")),
        _BUSY: (tr("The people who get reports are busy."), tr("It is saved. Robin tries again a bit later.")),
        _CLOCK: (
            tr("The answer did not come from the right people."),
            tr("It is saved. Check the clock of this computer. Robin keeps trying."),
        ),
        _STRANGER: (
            tr("The answer did not come from the right people."),
            tr("It is saved. Does this network ask you to sign in first? Robin keeps trying."),
        ),
        _DISK: (tr("There is no space left on this computer."), tr("Make some space. Robin keeps trying.")),
        FAULT: (tr("Something went wrong in Robin."), tr("It is saved. Robin keeps trying.")),
        MANY: (
            tr("You have made many reports in a short time. Thank you for telling us."),
            tr("This one is saved. It goes out within the hour. In danger, call the number above."),
        ),
        DAMAGED: (
            tr("The saved report was changed on this computer."),
            tr("It cannot be sent like this. Make a new report, please."),
        ),
        GONE: (
            tr("The saved report is gone from here."),
            tr("It cannot be sent. Make a new report, please."),
        ),
        KEYS: (
            tr("The keys for this case are not on this computer."),
            tr("The desk can still help you. Tell them your case number."),
        ),
        MESSAGE: (tr("One message could not be opened."), tr("Ask the desk to send it again.")),
        HANDED: (
            tr("The report is ready. It is not sent yet."),
            tr("Give the locked file to the desk. Robin keeps it here as well."),
        ),
        IDENTITY: (
            tr("The desk does not count your address as checked any more."),
            tr("Your report is still there. You can have it checked again."),
        ),
        REPLY: (
            tr("The desk could not take your words."),
            tr("They are kept here. Try to say it in fewer words."),
        ),
        ADDED: (
            tr("The desk could not take what you added."),
            tr("It is kept here. Your report is still there. You can add it again."),
        ),
        CHAIN: (
            tr("Something was added to this report from another place."),
            tr("What you added is kept here. Tell the desk your case number."),
        ),
        CLOSED: (tr("The desk does not keep this case any more."), tr("You can make a new report at any time.")),
        f"{_REJECTED}.0": (
            tr("The place where this report should go is not set right."),
            tr("It is saved. Ask the person who set up Robin."),
        ),
        f"{_REJECTED}.409": (
            tr("The desk has a report with this number, and it is not the same one."),
            tr("It is saved here. Ask the desk about it, or make a new one."),
        ),
        f"{_REJECTED}.410": (
            tr("The desk had this report and does not keep it any more."),
            tr("Make a new report if you need help."),
        ),
        f"{_REJECTED}.413": (
            tr("This report is too big for the desk."),
            tr("It is saved here. Make a new one with fewer messages."),
        ),
        f"{_REJECTED}.451": (
            tr("The desk cannot help with this kind of trouble."),
            tr("The numbers in Robin can help you now."),
        ),
    }
    rejected = (
        tr("The people who get reports could not take this one."),
        tr("It is saved here. You can try again, or call one of the numbers."),
    )
    return table.get(word, rejected)
