"""Hostile transports: no session without TLS and the proof, nothing injected, no bad certificate (L1-L6, S18-S22)."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from hostile import (
    BIND,
    DOMAIN,
    JID,
    PASSWORD,
    SASL,
    SCRAM,
    SM,
    STARTTLS,
    TLS,
    Authority,
    HostileServer,
    Recorder,
    Script,
    Talk,
    mechanisms,
)

from messenger.domain.errors import (
    AccountError,
    BadCertificate,
    NoSecureConnection,
    ServerTimedOut,
    ServerUnreachable,
    WrongPassword,
)
from messenger.stream.client import ALLOWED_PLUGINS, GuardedClient

Make = Callable[..., GuardedClient]
SECRETS = (PASSWORD, "<auth", "<message", "<presence")


async def outcome(
    make: Make, context: ssl.SSLContext, *scripts: Script, direct: bool = False, **options: object
) -> tuple[AccountError | None, HostileServer, GuardedClient]:
    """Try to sign in once; the failure, or None, and both sides."""
    async with HostileServer(context, *scripts, direct=direct) as server:
        client = make(server.port, direct=direct, **options)
        try:
            await client.open()
            failure = None
        except AccountError as error:
            failure = error
        await asyncio.sleep(0.05)
        await client.close(0.1)
    return failure, server, client


def refused(
    make: Make, authority: Authority, sink: Recorder, script: Script, kind: type[AccountError] = NoSecureConnection
) -> None:
    """The script never gets a session, a stanza or a secret in clear."""
    failure, server, client = asyncio.run(outcome(make, authority.context(), script))
    assert type(failure) is kind
    assert not client.traffic.up
    assert sink.stanzas == []
    assert not any(secret in server.clear for secret in SECRETS)


def test_an_honest_server_gets_a_session(client: Make, authority: Authority, sink: Recorder) -> None:
    async def script(talk: Talk) -> None:
        await talk.honest()
        talk.say(f"<message from='sam@{DOMAIN}/x' to='{JID}' type='chat' id='m1'><body>hello</body></message>")
        await talk.rest()

    failure, server, _client = asyncio.run(outcome(client, authority.context(), script))
    assert failure is None
    assert [stanza.get("id") for stanza in sink.stanzas] == ["m1"]
    assert not any(secret in server.clear for secret in SECRETS)


def test_direct_tls(client: Make, authority: Authority) -> None:
    async def script(talk: Talk) -> None:
        await talk.honest()
        await talk.rest()

    failure, server, _client = asyncio.run(outcome(client, authority.context(), script, direct=True))
    assert failure is None
    assert server.clear == ""


def test_l01_only_bind_is_offered_in_clear(client: Make, authority: Authority, sink: Recorder) -> None:
    async def script(talk: Talk) -> None:
        await talk.header(BIND)
        await talk.rest()

    refused(client, authority, sink, script)


def test_l02_only_anonymous_is_offered_in_clear(client: Make, authority: Authority, sink: Recorder) -> None:
    async def script(talk: Talk) -> None:
        await talk.header(mechanisms("ANONYMOUS"))
        talk.say(f"<success xmlns='{SASL}'/>")
        await talk.rest()

    refused(client, authority, sink, script)


def test_l02_only_anonymous_is_offered_inside_tls(client: Make, authority: Authority, sink: Recorder) -> None:
    async def script(talk: Talk) -> None:
        await talk.starttls()
        await talk.header(mechanisms("ANONYMOUS"))
        assert "<auth" not in await talk.rest()

    refused(client, authority, sink, script)


def test_l03_starttls_is_stripped(client: Make, authority: Authority, sink: Recorder) -> None:
    async def script(talk: Talk) -> None:
        await talk.header(SCRAM)
        await talk.rest()

    refused(client, authority, sink, script)


def test_l04_proof_is_skipped_inside_tls(client: Make, authority: Authority, sink: Recorder) -> None:
    async def script(talk: Talk) -> None:
        await talk.starttls()
        await talk.header(BIND + SM)
        assert "<iq" not in await talk.rest()

    refused(client, authority, sink, script)


@pytest.mark.parametrize(
    "injected",
    [
        f"<message from='sam@{DOMAIN}' to='{JID}'><body>injected</body></message>",
        f"<presence from='sam@{DOMAIN}' type='subscribe'/>",
        "<iq type='result' id='x'/>",
    ],
)
@pytest.mark.parametrize("where", ["features", "proceed", "tls"])
def test_l05_stanza_before_sign_in(
    client: Make, authority: Authority, sink: Recorder, injected: str, where: str
) -> None:
    async def script(talk: Talk) -> None:
        if where == "features":
            await talk.header(STARTTLS)
            talk.say(injected)
        elif where == "proceed":
            await talk.header(STARTTLS)
            await talk.until("<starttls[^>]*/>")
            talk.say(f"<proceed xmlns='{TLS}'/>{injected}")
        else:
            await talk.starttls()
            await talk.header(SCRAM)
            talk.say(injected)
        await talk.rest()

    refused(client, authority, sink, script)


@pytest.mark.parametrize("tail", ["<message><body>half", "text", "<a", "<a/>"])
def test_s20_bytes_behind_proceed(client: Make, authority: Authority, sink: Recorder, tail: str) -> None:
    async def script(talk: Talk) -> None:
        await talk.header(STARTTLS)
        await talk.until("<starttls[^>]*/>")
        talk.say(f"<proceed xmlns='{TLS}'/>{tail}")
        await talk.rest()

    refused(client, authority, sink, script)


def test_s20_bytes_behind_success(client: Make, authority: Authority, sink: Recorder) -> None:
    async def script(talk: Talk) -> None:
        await talk.starttls()
        await talk.header(SCRAM)
        await talk.until("<auth")
        talk.say(f"<success xmlns='{SASL}'/><message><body>early</body></message>")
        await talk.rest()

    refused(client, authority, sink, script)


async def _failure_then_bind(talk: Talk) -> None:
    await talk.starttls()
    await talk.header(SCRAM)
    await talk.until("<auth")
    talk.say(f"<failure xmlns='{SASL}'><not-authorized/></failure>")
    talk.say(f"<stream:features>{BIND}</stream:features>")
    assert "<iq" not in await talk.rest()


async def _resumed_without_tls(talk: Talk) -> None:
    await talk.header(SM)
    talk.say("<resumed xmlns='urn:xmpp:sm:3' previd='x' h='0'/>")
    await talk.rest()


async def _enabled_without_proof(talk: Talk) -> None:
    await talk.starttls()
    await talk.header(SM)
    talk.say("<enabled xmlns='urn:xmpp:sm:3' id='x'/>")
    await talk.rest()


async def _registration_offer(talk: Talk) -> None:
    await talk.header("<register xmlns='http://jabber.org/features/iq-register'/>" + BIND)
    await talk.rest()


async def _tls_failure(talk: Talk) -> None:
    await talk.header(STARTTLS)
    await talk.until("<starttls[^>]*/>")
    talk.say(f"<failure xmlns='{TLS}'/>")
    await talk.rest()


async def _success_without_challenge(talk: Talk) -> None:
    await talk.starttls()
    await talk.header(SCRAM)
    await talk.until("<auth")
    talk.say(f"<success xmlns='{SASL}'/>")
    await talk.rest()


async def _compression_only(talk: Talk) -> None:
    await talk.header("<compression xmlns='http://jabber.org/features/compress'><method>zlib</method></compression>")
    assert "compress" not in await talk.rest()


@pytest.mark.parametrize(
    ("script", "kind"),
    [
        (_failure_then_bind, WrongPassword),
        (_resumed_without_tls, NoSecureConnection),
        (_enabled_without_proof, NoSecureConnection),
        (_registration_offer, NoSecureConnection),
        (_tls_failure, NoSecureConnection),
        (_success_without_challenge, NoSecureConnection),
        (_compression_only, NoSecureConnection),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_s19_scripts_that_leave_out_a_step(
    client: Make, authority: Authority, sink: Recorder, script: Script, kind: type[AccountError]
) -> None:
    refused(client, authority, sink, script, kind)


def test_s19_direct_tls_is_blocked(client: Make, authority: Authority, sink: Recorder) -> None:
    """A port that speaks plain text where TLS is expected gets nothing but a TLS greeting."""

    async def script(talk: Talk) -> None:
        talk.say("<stream:stream>")
        await talk.rest()

    async def run() -> None:
        async with HostileServer(authority.context(), script) as server:
            guarded = client(server.port, direct=True, deadline=1.0)
            with pytest.raises((NoSecureConnection, ServerTimedOut, ServerUnreachable)):
                await guarded.open()
            assert not any(secret in server.clear for secret in SECRETS)

    asyncio.run(run())
    assert sink.stanzas == []


def test_wrong_password(client: Make, authority: Authority, sink: Recorder) -> None:
    async def script(talk: Talk) -> None:
        await talk.starttls()
        await talk.header(SCRAM)
        await talk.scram()
        assert "<auth" not in await talk.rest()  # no second try with a weaker mechanism

    failure, _server, _client = asyncio.run(outcome(client, authority.context(), script, password="wrong"))
    assert type(failure) is WrongPassword


def test_server_that_does_not_know_the_password(client: Make, authority: Authority, sink: Recorder) -> None:
    async def script(talk: Talk) -> None:
        await talk.starttls()
        await talk.header(SCRAM)
        await talk.scram(lie=True)
        assert "<iq" not in await talk.rest()

    refused(client, authority, sink, script, BadCertificate)


@pytest.mark.parametrize("rounds", [1, 4095, 2_000_001, 2**63])
def test_server_that_asks_for_too_few_or_too_many_rounds(
    client: Make, authority: Authority, sink: Recorder, rounds: int
) -> None:
    async def script(talk: Talk) -> None:
        await talk.starttls()
        await talk.header(SCRAM)
        await talk.scram(rounds=rounds)

    refused(client, authority, sink, script, BadCertificate)


def test_plain_only_where_configured(client: Make, authority: Authority, sink: Recorder) -> None:
    async def script(talk: Talk) -> None:
        await talk.starttls()
        await talk.header(mechanisms("PLAIN", "ANONYMOUS"))
        await talk.until("<auth[^>]*PLAIN")
        talk.say(f"<success xmlns='{SASL}'/>")
        await talk.bind()
        await talk.rest()

    refused(client, authority, sink, script)
    failure, server, _client = asyncio.run(outcome(client, authority.context(), script, plain=True))
    assert failure is None
    assert PASSWORD not in server.clear


def _bad_contexts(authority: Authority) -> dict[str, ssl.SSLContext]:
    past = datetime.now(UTC) - timedelta(days=1)
    old = authority.context()
    with pytest.warns(DeprecationWarning, match="TLSv1"):
        old.minimum_version = ssl.TLSVersion.TLSv1
    with pytest.warns(DeprecationWarning, match="TLSv1"):
        old.maximum_version = ssl.TLSVersion.TLSv1_1
    old.set_ciphers("ALL:@SECLEVEL=0")
    return {
        "wrong host": authority.context("evil.test"),
        "name of the SRV target": authority.context("127.0.0.1"),
        "common name only": authority.context("other.test", common_name=DOMAIN),
        "unknown authority": authority.context(ca=authority.other),
        "expired": authority.context(not_after=past),
        "old TLS": old,
    }


@pytest.mark.parametrize(
    "case", ["wrong host", "name of the SRV target", "common name only", "unknown authority", "expired", "old TLS"]
)
@pytest.mark.parametrize("direct", [False, True])
def test_s18_l06_bad_certificate(client: Make, authority: Authority, sink: Recorder, case: str, direct: bool) -> None:
    async def script(talk: Talk) -> None:
        if not talk.secure:
            await talk.starttls()
        await talk.rest()

    context = _bad_contexts(authority)[case]
    failure, server, _guarded = asyncio.run(outcome(client, context, script, direct=direct))
    kinds = {NoSecureConnection} if case == "old TLS" else {BadCertificate}
    assert type(failure) in kinds
    assert not any(secret in server.clear for secret in SECRETS)
    assert all("<auth" not in talk.seen for talk in server.talks)


def test_l06_no_handler_for_a_bad_certificate_can_be_attached(client: Make) -> None:
    async def run() -> None:
        guarded = client(1)
        with pytest.raises(ValueError, match="always ends"):
            guarded.add_event_handler("ssl_invalid_chain", print)
        assert guarded.event_handled("ssl_invalid_chain") == 0

    asyncio.run(run())


def test_l12_l26_no_plugin_no_automatic_answer(client: Make) -> None:
    async def run() -> None:
        guarded = client(1)
        assert set(guarded.plugin) == set(ALLOWED_PLUGINS) == set()
        for name in ("xep_0009", "xep_0027", "xep_0047", "xep_0050", "xep_0065", "xep_0071", "xep_0095", "xep_0138"):
            guarded.register_plugin(name)
        guarded.check_plugins()
        assert guarded.auto_authorize is None
        assert guarded.auto_subscribe is False
        with pytest.raises(RuntimeError):
            guarded.connect()
        guarded.plugin.enable("xep_0030")
        with pytest.raises(RuntimeError):
            guarded.check_plugins()

    asyncio.run(run())


def test_a_silent_server_is_given_up(client: Make, authority: Authority) -> None:
    async def script(talk: Talk) -> None:
        await talk.rest(5)

    failure, _server, _client = asyncio.run(outcome(client, authority.context(), script, deadline=0.3))
    assert type(failure) is ServerTimedOut


def test_no_server_there(client: Make) -> None:
    async def run() -> None:
        with pytest.raises(ServerUnreachable):
            await client(1).open()

    asyncio.run(run())


def test_s12_another_host_is_never_followed(client: Make, authority: Authority, sink: Recorder) -> None:
    async def script(talk: Talk) -> None:
        await talk.header(STARTTLS)
        talk.say(
            "<stream:error><see-other-host xmlns='urn:ietf:params:xml:ns:xmpp-streams'>evil.test</see-other-host>"
            "</stream:error>"
        )
        await talk.rest()

    failure, server, guarded = asyncio.run(outcome(client, authority.context(), script))
    assert isinstance(failure, AccountError)
    assert len(server.talks) == 1
    assert guarded.default_domain == DOMAIN


def test_bound_to_somebody_else(client: Make, authority: Authority, sink: Recorder) -> None:
    async def script(talk: Talk) -> None:
        await talk.starttls()
        await talk.header(SCRAM)
        await talk.scram()
        await talk.header(BIND)
        name = (await talk.until(r'<iq[^>]*id="([^"]+)".*?</iq>'))[1]
        talk.say(
            f"<iq type='result' id='{name}'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'>"
            f"<jid>eve@{DOMAIN}/r</jid></bind></iq>"
        )
        await talk.rest()

    refused(client, authority, sink, script, ServerUnreachable)
