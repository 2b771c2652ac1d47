"""The way to the desk of a case: its address now, the endpoint that speaks to it, and proofs with the reporter's key."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from urllib.parse import urlsplit

from messenger.domain.errors import EndpointRejected
from messenger.domain.report import EndpointProfile
from messenger.evidence.keys import Jwk, PublicKeys
from messenger.evidence.possession import make_proof
from messenger.services import problems
from messenger.services.ports import Clock, Endpoint
from messenger.services.receivers import Receivers
from messenger.services.reporter_keys import KeyPair, ReporterKeys
from messenger.storage import outbox, report_cases
from messenger.storage.connection import Connection
from messenger.storage.database import Database
from messenger.storage.outbox import Entry
from messenger.storage.report_cases import Case


@dataclass(frozen=True, slots=True)
class Way:
    """How to talk about one case. `account` is the reporter's bare address, or ''."""

    case: Case
    profile: EndpointProfile
    endpoint: Endpoint
    pair: KeyPair = field(repr=False)
    account: str
    prove: Callable[[str, str], str] = field(repr=False)

    @property
    def reader(self) -> Jwk:
        """The desk's key to seal to."""
        return PublicKeys(self.profile.keys).sealing_jwk()


class Desks:
    """Finds ways."""

    def __init__(
        self,
        db: Database,
        endpoints: Mapping[str, Endpoint],
        receivers: Receivers,
        keys: ReporterKeys,
        clock: Clock,
    ) -> None:
        self._db = db
        self._endpoints = endpoints
        self._receivers = receivers
        self._keys = keys
        self._clock = clock

    async def to(self, report_id: str) -> Way:
        """The way to a case's desk. Raises `KeyError` without a case, `EndpointRejected` without an endpoint or keys."""
        case, entry = await self._db.run(_case_of, report_id)
        if case is None:
            raise KeyError("case")
        profile = await self._receivers.current(case.profile)
        endpoint = self.endpoint(profile)
        account = (entry.account if entry else "") or case.receipt.reporter_jid
        pair = await self._keys.find(account, entry.key if entry else "")
        if pair is None:
            raise EndpointRejected(0, problems.KEYS)
        return Way(case, profile, endpoint, pair, account, self.prover(profile, endpoint, pair, report_id))

    def endpoint(self, profile: EndpointProfile) -> Endpoint:
        """The endpoint of the profile's kind. Raises `EndpointRejected`."""
        found = self._endpoints.get(urlsplit(profile.base).scheme)
        if found is None:
            raise EndpointRejected(0, "kind")
        return found

    def prover(
        self, profile: EndpointProfile, endpoint: Endpoint, pair: KeyPair, report_id: str
    ) -> Callable[[str, str], str]:
        """Signs a proof of possession for each call, by the desk's clock (F8)."""

        def prove(method: str, path: str) -> str:
            now = int(datetime.fromisoformat(self._clock.now()).timestamp()) + endpoint.clock_offset(profile)
            return make_proof(pair.signing, method, profile.base.rstrip("/") + path, report_id, now)

        return prove


def _case_of(conn: Connection, report_id: str) -> tuple[Case | None, Entry | None]:
    return report_cases.get(conn, report_id), outbox.get(conn, report_id)
