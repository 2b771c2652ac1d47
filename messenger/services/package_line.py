"""Sealed packages over the account that a report was made from: the line of endpoints/xmpp_report (`ports.PackageLine`)."""

from __future__ import annotations

from messenger.domain.errors import EndpointUnreachable
from messenger.services.ports import ChatSession, PackageAnswer
from messenger.services.sessions import Sessions


class SessionLine:
    """Over the report's own account, so that the desk sees from whom it comes; without one over any that is online."""

    def __init__(self, sessions: Sessions) -> None:
        self._sessions = sessions

    async def send_package(self, account: str, desk: str, report_id: str, digest: str, package: bytes) -> PackageAnswer:
        """See `ports.PackageLine`."""
        session = self._session(account)
        if session is None:
            raise EndpointUnreachable("line")
        return await session.packages.send(desk, report_id, digest, package)

    def _session(self, account: str) -> ChatSession | None:
        if account:
            return self._sessions.online(account)
        return next((one for name, one in self._sessions.every() if self._sessions.online(name) is not None), None)
