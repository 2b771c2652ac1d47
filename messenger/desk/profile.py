"""What the desk says of itself: the endpoint profile for Robin's assets, and the discovery document."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from messenger.desk.bodies import MAX_TOTAL
from messenger.desk.connections import Connections
from messenger.desk.intake import Rules
from messenger.desk.keys import DeskKeys
from messenger.evidence.statement import CATEGORIES

LANGUAGES = ("en",)


@dataclass(frozen=True, slots=True)
class Address:
    """Where a desk is and who runs it. `own_certificate`: self-signed, so that clients must pin the file."""

    name: str
    country: str
    host: str
    port: int
    certificate: Path
    key: Path
    own_certificate: bool

    @property
    def base(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"https://{host}" if self.port == 443 else f"https://{host}:{self.port}"


def profile_of(address: Address, keys: DeskKeys, connections: Connections) -> dict[str, Any]:
    """The members of `domain.report.EndpointProfile` but `hand_set`, which the reader decides."""
    return {
        "jid": connections.jid,
        "auth": connections.auth(),
        "forward_jid": connections.jid,
        "id": f"desk-{keys.signing.thumbprint[:8].lower().replace('_', 'x').replace('-', 'x')}",
        "name": address.name,
        "base": address.base,
        "country": address.country,
        "keys": list(keys.jwks()),
        "languages": list(LANGUAGES),
        "ca_file": str(address.certificate.resolve()) if address.own_certificate else "",
        "demonstration": address.own_certificate,
    }


def discovery_document(
    address: Address,
    keys: DeskKeys,
    rules: Rules,
    emergency: dict[str, str],
    questionnaires: Sequence[Mapping[str, str]] = (),
    connections: Connections | None = None,
) -> dict[str, Any]:
    """The document of reporting.md c.2, for this desk."""
    beside = connections or Connections()
    return {
        "v": 1,
        "name": address.name,
        "base": address.base,
        "jid": beside.jid,
        "countries": [address.country],
        "categories": {
            "accepts": [one for one in CATEGORIES if one not in rules.redirects],
            "redirects": {name: one.as_json() for name, one in rules.redirects.items()},
        },
        "hours": "",
        "out_of_hours": None,
        "emergency": emergency,
        "languages": list(LANGUAGES),
        "limits": {"bytes": MAX_TOTAL, "media": "hash-only"},
        "retention_days": rules.retention_days,
        "keys": {"keys": list(keys.jwks())},
        "auth": beside.auth(),
        "corroboration": {"forward_jid": beside.jid} if beside.jid else None,
        "questionnaires": [dict(one) for one in questionnaires],
        "privacy_url": f"{address.base}/privacy",
    }

