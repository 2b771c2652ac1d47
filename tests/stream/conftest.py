"""Certificates and a client for the tests of the stream."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from hostile import JID, PASSWORD, Authority, Recorder

from messenger.domain.account import ServerAddress
from messenger.stream.address import prepared
from messenger.stream.client import GuardedClient
from messenger.stream.plan import StreamPlan


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("certificates"))


@pytest.fixture
def sink() -> Recorder:
    return Recorder()


@pytest.fixture
def client(authority: Authority, sink: Recorder) -> Callable[..., GuardedClient]:
    """Makes a client for a port; must be called on a running loop."""

    def make(
        port: int,
        *,
        direct: bool = False,
        trusted: bool = True,
        password: str = PASSWORD,
        jid: str = JID,
        plain: bool = False,
        deadline: float = 20.0,
        idle: float = 60.0,
    ) -> GuardedClient:
        ca_file: Path | None = authority.file if trusted else None
        account = prepared(jid)
        assert account is not None
        address = ServerAddress("127.0.0.1", port, not direct, str(ca_file) if ca_file else None)
        return GuardedClient(
            StreamPlan(account, password, address, allow_plain=plain, deadline=deadline, idle=idle), sink
        )

    return make
