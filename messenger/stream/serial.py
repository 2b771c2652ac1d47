"""Our own deterministic serialisation of a parsed stanza, whole and without media (decisions.md 4; XEP-0231, XEP-0264).

The same tree always gives the same text: no prefixes on elements, attributes sorted, namespaces declared where they change.
It works on a stack of its own, so that no depth can exhaust Python's.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from xml.etree.ElementTree import Element

from messenger.domain.message import RawStanza
from messenger.evidence.canonical import digest
from messenger.evidence.media import media_free_xml

XML_NS = "http://www.w3.org/XML/1998/namespace"
CLIENT_NS = "jabber:client"

_TEXT_TABLE = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", "\r": "&#13;"})
_ATTRIBUTE_TABLE = _TEXT_TABLE | str.maketrans({'"': "&quot;", "\n": "&#10;", "\t": "&#9;"})
_TEXT_SPECIAL = re.compile(r"[&<>\r]")
_ATTRIBUTE_SPECIAL = re.compile(r"[&<>\r\"\n\t]")

# Elements whose text is the bytes of a file, however short: bits of binary, in-band bytestreams, avatars, card photos.
_BINARY = frozenset(
    {
        "{urn:xmpp:bob}data",
        "{http://jabber.org/protocol/ibb}data",
        "{urn:xmpp:avatar:data}data",
        "{vcard-temp}BINVAL",
    }
)
# Cheap and over-careful: without one of these the evidence's rules take nothing out (a test compares the two).
# A run is looked at from its beginning only, or each search would cost more than the rules themselves.
_MAY_HOLD_MEDIA = re.compile(
    r"(?<![A-Za-z0-9+/_-])(?:[A-Za-z0-9+/_-]{64}"
    r"|[A-Za-z0-9+/_-]{20,}+(?:\s|&#x?[0-9A-Fa-f]{1,4};)+[A-Za-z0-9+/_-]{20})"
    r"|[dD][aA][tT][aA]:"
)
_MAY_HOLD_FILES = re.compile(r"urn:xmpp:bob|/ibb|BINVAL|avatar:data")


@lru_cache(maxsize=4096)
def split_tag(tag: str) -> tuple[str, str]:
    """ElementTree's ``{namespace}name`` as (namespace, name)."""
    if tag[:1] == "{":
        namespace, _, name = tag[1:].partition("}")
        return namespace, name
    return "", tag


def _text(value: str) -> str:
    return value.translate(_TEXT_TABLE) if _TEXT_SPECIAL.search(value) else value


def _attribute(value: str) -> str:
    return value.translate(_ATTRIBUTE_TABLE) if _ATTRIBUTE_SPECIAL.search(value) else value


def _attributes(element: Element) -> Iterator[str]:
    prefixes: dict[str, str] = {}
    for key, value in sorted(element.attrib.items()):
        namespace, name = split_tag(key)
        if not namespace:
            yield f' {name}="{_attribute(value)}"'
        elif namespace == XML_NS:
            yield f' xml:{name}="{_attribute(value)}"'
        else:
            if namespace not in prefixes:
                prefixes[namespace] = f"a{len(prefixes)}"
                yield f' xmlns:{prefixes[namespace]}="{_attribute(namespace)}"'
            yield f' {prefixes[namespace]}:{name}="{_attribute(value)}"'


def start_tag(element: Element, inherited: str = "") -> str:
    """The start tag without its closing bracket."""
    namespace, name = split_tag(element.tag)
    head = f"<{name}" if namespace == inherited else f'<{name} xmlns="{_attribute(namespace)}"'
    return head + "".join(_attributes(element)) if element.attrib else head


def serialise(element: Element, inherited: str = "", drop_files: bool = False) -> str:
    """The element as XML text. `inherited` is the default namespace around it; `drop_files` empties the elements that
    hold a file's bytes. The element's own tail is left out."""
    out: list[str] = []
    stack: list[tuple[Iterator[Element], str, str, str | None]] = []
    current: Element | None = element
    around = inherited
    while True:
        if current is not None:
            tail = current.tail if stack else None
            text = "" if drop_files and current.tag in _BINARY else current.text
            out.append(start_tag(current, around))
            out.append(">")
            if text:
                out.append(_text(text))
            namespace, name = split_tag(current.tag)
            stack.append((iter(current), name, around, tail))
            around = namespace
        children, name, outer, tail = stack[-1]
        current = next(children, None)
        if current is not None:
            continue
        stack.pop()
        if out[-1] == ">":
            out[-1] = "/>"
        else:
            out.append(f"</{name}>")
        around = outer
        if tail:
            out.append(_text(tail))
        if not stack:
            return "".join(out)


def raw_stanza(element: Element) -> RawStanza:
    """Both serialisations of a stanza with their digests (`evidence.canonical.digest`)."""
    whole = serialise(element)
    bare = serialise(element, drop_files=True) if _MAY_HOLD_FILES.search(whole) else whole
    free = media_free_xml(bare)[0] if _MAY_HOLD_MEDIA.search(bare) else bare
    whole_digest = digest(whole.encode())
    free_digest = whole_digest if free == whole else digest(free.encode())
    return RawStanza(xml=whole, sha256=whole_digest, media_free_xml=free, media_free_sha256=free_digest)
