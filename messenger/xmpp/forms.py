"""XEP-0004 data forms, as far as archive queries and registration need them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from xml.etree.ElementTree import Element, SubElement

NS = "jabber:x:data"


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a form that a server sent."""

    name: str
    kind: str
    required: bool
    values: tuple[str, ...]


def submit(form_type: str, values: Mapping[str, str | Sequence[str]]) -> Element:
    """A filled form."""
    form = Element(f"{{{NS}}}x", {"type": "submit"})
    _field(form, "FORM_TYPE", (form_type,), hidden=True)
    for name, value in values.items():
        _field(form, name, (value,) if isinstance(value, str) else value)
    return form


def fields(form: Element) -> tuple[Field, ...]:
    """The fields of a form in order."""
    return tuple(
        Field(
            name=field.get("var", ""),
            kind=field.get("type", "text-single"),
            required=field.find(f"{{{NS}}}required") is not None,
            values=tuple(value.text or "" for value in field.iterfind(f"{{{NS}}}value")),
        )
        for field in form.iterfind(f"{{{NS}}}field")
    )


def _field(form: Element, name: str, values: Sequence[str], hidden: bool = False) -> None:
    field = SubElement(form, f"{{{NS}}}field", {"var": name})
    if hidden:
        field.set("type", "hidden")
    for value in values:
        SubElement(field, f"{{{NS}}}value").text = value
