"""Text for XML documents: what XML 1.0 cannot hold, and what would hide or turn text round, is written out."""

from __future__ import annotations

import re
from collections.abc import Iterator
from xml.etree.ElementTree import Element, indent, tostring
from xml.sax.saxutils import escape, quoteattr

from messenger.evidence.visible import escaped

XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
# Everything outside of the Char production of XML 1.0 (section 2.2) and the carriage return, which a reader would change.
_FORBIDDEN = re.compile("[^\t\n\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def allowed(text: str) -> str:
    """`text` with each character that XML 1.0 cannot carry as ``[U+0007]``; all others as they are."""
    return _FORBIDDEN.sub(lambda match: f"[U+{ord(match.group()):04X}]", text)


def visible(text: str) -> str:
    """As `allowed`, and hidden characters written out too: for documents that people read."""
    return allowed(escaped(text))


def document(root: Element) -> bytes:
    """The XML document of `root`: UTF-8 with a declaration, indented, and a newline at its end."""
    indent(root)
    return bytes(tostring(root, encoding="utf-8", xml_declaration=True)) + b"\n"


def stanza(root: Element) -> bytes:
    """`root` as XMPP writes it (RFC 6120, section 4.8): each change of namespace declared where it happens, no prefixes."""
    return "".join(_pieces(root, "")).encode("utf-8") + b"\n"


def _pieces(element: Element, around: str) -> Iterator[str]:
    space, _, name = element.tag.rpartition("}")
    space = space.removeprefix("{")
    yield f"<{name}"
    if space != around:
        yield f" xmlns={quoteattr(space)}"
    for key, value in element.items():
        yield f" {'xml:lang' if key == XML_LANG else key}={quoteattr(value)}"
    if not element.text and not len(element):
        yield "/>"
        return
    yield f">{escape(element.text or '')}"
    for child in element:
        yield from _pieces(child, space)
    yield f"</{name}>"
