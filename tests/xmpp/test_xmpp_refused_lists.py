"""A server that refuses its lists for a moment: what is known of contacts and blocked people stays as it was."""

from __future__ import annotations

import asyncio
from typing import Any
from xml.etree.ElementTree import Element

import pytest
from people import Listener

from messenger.domain.account import Login
from messenger.domain.contact import RosterItem, Subscription
from messenger.stream.ingress import BLOCKING, ROSTER
from messenger.stream.requests import Refused
from messenger.xmpp.session import Session

ME, SAM, EVE = "me@a.example", "sam@a.example", "eve@b.example"


@pytest.mark.parametrize("refused", [True, False])
def test_a_refused_list_is_no_empty_list(monkeypatch: pytest.MonkeyPatch, refused: bool) -> None:
    async def work() -> Listener:
        heard = Listener(rosters={SAM: RosterItem(SAM, "Sam", Subscription.BOTH)}, blocked=(EVE,))
        session = Session(Login(ME, "a quiet river"), heard)

        async def request(kind: str, payload: Element, to: str = "", seconds: float = 0) -> Element:
            if refused or payload.tag not in (f"{{{ROSTER}}}query", f"{{{BLOCKING}}}blocklist"):
                raise Refused("internal-server-error")
            answer = Element("iq")
            answer.append(Element(payload.tag))
            return answer

        def put(_element: Any, **_more: Any) -> None:
            return None

        monkeypatch.setattr(session._traffic, "request", request)
        monkeypatch.setattr(session._traffic, "put", put)
        await session._set_up()
        await asyncio.gather(*session._jobs._tasks)
        return heard

    heard = asyncio.run(work())
    assert (list(heard.rosters), heard.blocked) == (([SAM], (EVE,)) if refused else ([], ()))
