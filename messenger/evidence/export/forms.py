"""The forms of one report by name, for the command and for a desk's officers: what each is called as a file, and its bytes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, tzinfo

from messenger.domain.errors import NoSuchForm
from messenger.evidence.export.case import case_bytes
from messenger.evidence.export.dossier import Dossier
from messenger.evidence.export.ncmec import ncmec_bytes
from messenger.evidence.export.page import record_page
from messenger.evidence.export.plain import record_text
from messenger.evidence.export.record import Recorder
from messenger.evidence.export.xarf import xarf_bytes
from messenger.evidence.export.xep0377 import block_bytes

Make = Callable[[Dossier, tzinfo, str], bytes]


@dataclass(frozen=True, slots=True)
class Form:
    """One form. `make` takes a dossier, a zone and the zone's name, which only the readable forms use."""

    suffix: str
    media_type: str
    make: Make


def _timeless(make: Callable[[Dossier], bytes]) -> Make:
    return lambda dossier, _zone, _zone_name: make(dossier)


FORMS: Mapping[str, Form] = {
    "html": Form(".html", "text/html; charset=utf-8", lambda *given: record_page(Recorder(*given).record())),
    "txt": Form(".txt", "text/plain; charset=utf-8", lambda *given: record_text(Recorder(*given).record())),
    "xarf": Form(".json", "application/json", _timeless(xarf_bytes)),
    "ncmec": Form(".xml", "application/xml", _timeless(ncmec_bytes)),
    "case": Form(".jsonld", "application/ld+json", _timeless(case_bytes)),
    "xep0377": Form(".xml", "application/xml", _timeless(block_bytes)),
}


def write(form: str, dossier: Dossier, zone: tzinfo = UTC, zone_name: str = "UTC") -> bytes:
    """The report in this form. Raises `NoSuchForm` when the form has no place for it, and `KeyError` for an unknown name."""
    return FORMS[form].make(dossier, zone, zone_name)


def available(dossier: Dossier) -> tuple[str, ...]:
    """The names of the forms that have a place for this report, in the order of `FORMS`."""
    return tuple(one for one in FORMS if _has_place(one, dossier))


def _has_place(form: str, dossier: Dossier) -> bool:
    try:
        write(form, dossier)
    except NoSuchForm:
        return False
    return True
