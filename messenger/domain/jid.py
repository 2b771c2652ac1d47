"""XMPP addresses (RFC 7622) as the rest of Robin uses them: parsed once, compared in bare form.

The strict PRECIS profiles are applied by the XMPP library at the border; here an address is split, folded
to lower case where the profile does so, and refused when it cannot be one.
"""

from __future__ import annotations

from dataclasses import dataclass
from unicodedata import ucd_3_2_0

from messenger.domain.errors import InvalidAddress

_MAX_PART_BYTES = 1023
_FORBIDDEN_LOCAL = set("\"&'/:<>@ ")


@dataclass(frozen=True, slots=True)
class Jid:
    """An address: ``local@domain/resource``; local and resource may be empty.

    Raises `InvalidAddress` from `parse`. Source: RFC 7622, section 3.
    """

    local: str
    domain: str
    resource: str = ""

    @classmethod
    def parse(cls, text: str) -> Jid:
        """Split and check an address. Raises `InvalidAddress` when it is not one."""
        bare, _, resource = text.strip().partition("/")
        local, at, domain = bare.rpartition("@")
        domain = domain.rstrip(".").casefold()
        local = _folded(local)
        if at and not local:
            raise InvalidAddress
        if not _is_domain(domain) or not _is_part(local) or not _is_part(resource):
            raise InvalidAddress
        if _FORBIDDEN_LOCAL & set(local):
            raise InvalidAddress
        return cls(local, domain, resource)

    @property
    def bare(self) -> str:
        """``local@domain``, or the domain alone."""
        return f"{self.local}@{self.domain}" if self.local else self.domain

    @property
    def full(self) -> str:
        """The address with its resource, where there is one."""
        return f"{self.bare}/{self.resource}" if self.resource else self.bare

    def __str__(self) -> str:
        return self.full


def bare(text: str) -> str:
    """The bare form of an address. Raises `InvalidAddress`."""
    return Jid.parse(text).bare


def _folded(local: str) -> str:
    """Small letters in their composed form, as servers and the library make them (RFC 6122, A): one name, one address.

    They know the letters of Unicode 3.2. A small letter that came later is no other form of a name there: it is left alone.
    """
    if local.isascii():
        return local.lower()
    small = (ch.casefold() for ch in local)
    kept = (
        ch if any(ucd_3_2_0.category(one) == "Cn" for one in low) else low for ch, low in zip(local, small, strict=True)
    )
    return ucd_3_2_0.normalize("NFKC", "".join(kept))


def _is_part(part: str) -> bool:
    return len(part.encode("utf-8", "replace")) <= _MAX_PART_BYTES and all(ch.isprintable() for ch in part)


def _is_domain(domain: str) -> bool:
    if not domain or not _is_part(domain) or set(domain) & set(" /@<>\"'&"):
        return False
    if domain.startswith("["):
        return domain.endswith("]")
    return all(label and not label.startswith("-") for label in domain.split("."))
