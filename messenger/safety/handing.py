"""Ways without a receipt of their own: what the person goes on with, a folder's file or the words of an e-mail draft.

    way = handed_way(profile, report_id)        # None for a desk that answers by itself

The draft is neutral: it says nothing of what happened. The file is locked for the desk, so whoever finds it can not read it.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PurePosixPath
from urllib.parse import unquote

from messenger.domain.report import EndpointProfile
from messenger.i18n import tr

EMAIL, FOLDER = "email", "folder"
SUFFIX = ".zip"


@dataclass(frozen=True, slots=True)
class HandedWay:
    """`kind` is email or folder. `place`: the address, or the folder. `file`: the name of the locked file.

    `subject` and `words` are the draft of an e-mail; '' for a folder. `next`: what the person does now, in a sentence or two.
    """

    kind: str
    place: str
    file: str
    subject: str
    words: str
    next: str


def file_name(report_id: str) -> str:
    """The name of the locked file, made of the report's id alone."""
    return f"robin-report-{report_id}{SUFFIX}"


def folder_of(profile: EndpointProfile) -> PurePosixPath:
    """The folder of a profile of kind folder."""
    return PurePosixPath(unquote(profile.base.removeprefix("folder://")))


def handed_way(profile: EndpointProfile, report_id: str) -> HandedWay | None:
    """How a report goes to this desk by hand, or None where it goes by itself."""
    kind, _, rest = profile.base.partition(":")
    name = file_name(report_id)
    if kind == "mailto":
        return HandedWay(
            EMAIL,
            rest,
            name,
            tr("A locked file for you"),
            tr(
                "Hello,\n\nthis e-mail brings a locked file: {file}\nOnly your desk can open it."
                " Please send me the receipt file when you have it.\n\nThank you"
            ).format(file=name),
            tr(
                "Send the locked file by e-mail to {address}. The words of the e-mail are ready. Robin sends nothing."
            ).format(address=rest),
        )
    if kind == "folder":
        return HandedWay(
            FOLDER,
            str(folder_of(profile)),
            name,
            "",
            "",
            tr("The locked file is in the folder. Bring it to {name}.").format(name=profile.name),
        )
    return None
