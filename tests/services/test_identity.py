"""Who reports: proof on the way, after the receipt and when asked; codes; nudges. A failing proof never stops a report."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from messenger.domain.account import ConnectionState
from messenger.domain.errors import (
    CodeNotSent,
    CodeOver,
    CodeWrong,
    EndpointRejected,
    EndpointUnreachable,
    NotConnected,
    NotProved,
    RobinError,
)
from messenger.domain.events import ConnectionChanged, DeskNudged, ReportChanged
from messenger.domain.receipt import CaseStatus, IdentityLevel
from messenger.domain.report import OutboxState, ReportSummary
from messenger.services import identity, problems
from tests.services.played_chat import PlayedSession, signed_in
from tests.services.report_world import ACCOUNT, Manual, StandIn, World, opened, until
from tests.services.test_correspondence import look, news, sent

DESK = "desk@help.example"
URL = "https://desk.example:8443/v1/sessions"


def proving(auth: tuple[str, ...] = (identity.BY_CHAT, identity.BY_EMAIL)) -> StandIn:
    desk = StandIn()
    desk.profile = replace(desk.profile, jid=DESK, auth=auth)
    return desk


def online(world: World, session: PlayedSession | None = None) -> PlayedSession:
    made = session or signed_in(world.sessions, ACCOUNT)
    world.bus.publish(ConnectionChanged(ACCOUNT, ConnectionState.ONLINE))
    return made


async def saved(world: World) -> str:
    draft = await world.draft()
    return await world.services.reporting.submit(draft.id)


async def delivered(world: World) -> ReportSummary:
    report_id = await saved(world)
    await world.services.delivery.deliver_due()
    return await world.services.outbox.report(report_id)


def test_the_address_is_proved_between_handing_over_and_filing(tmp_path: Path) -> None:
    async def main() -> None:
        desk = proving()
        async with opened(tmp_path, desk, Manual(), profile=desk.profile) as world:
            session = online(world)
            waited: list[dict[str, tuple[str, str]]] = []

            async def asks() -> None:
                waited.append(dict(session.expected))

            desk.asking = asks
            report = await delivered(world)
            assert report.state is OutboxState.SENT
            assert report.receipt is not None
            digest = report.receipt.report_digest
            assert desk.asked_jids == [f"{ACCOUNT}/robin"]
            assert waited == [{digest: (DESK, URL)}]
            # Nothing is waited for once the desk has answered.
            assert session.expected == {}

    asyncio.run(main())


@pytest.mark.parametrize(
    "failure",
    [
        EndpointRejected(403, "not-confirmed"),
        EndpointRejected(408, "no-answer"),
        EndpointRejected(409, "other-address"),
        EndpointUnreachable("status 503"),
        EndpointUnreachable("form"),
        NotConnected(),
    ],
)
def test_a_failing_proof_never_stops_a_report(tmp_path: Path, failure: RobinError) -> None:
    async def main() -> None:
        desk = proving()
        desk.plans["prove_address"] = [failure]
        async with opened(tmp_path, desk, Manual(), profile=desk.profile) as world:
            session = online(world)
            report = await delivered(world)
            assert report.state is OutboxState.SENT
            assert (report.problem, report.can_prove, report.identity_domain) == ("", True, "")
            assert session.expected == {}

    asyncio.run(main())


def test_a_desk_that_never_asks_holds_a_report_up_for_a_moment_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(identity, "BEFORE_FILING", 0.05)

    async def main() -> None:
        desk = proving()

        async def never() -> None:
            await asyncio.Event().wait()

        desk.asking = never
        async with opened(tmp_path, desk, Manual(), profile=desk.profile) as world:
            session = online(world)
            report = await delivered(world)
            assert report.state is OutboxState.SENT
            assert session.expected == {}

    asyncio.run(main())


@pytest.mark.parametrize("why", ["signed out", "no xmpp", "other account"])
def test_without_a_way_no_proof_is_tried(tmp_path: Path, why: str) -> None:
    async def main() -> None:
        desk = proving((identity.BY_EMAIL,) if why == "no xmpp" else (identity.BY_CHAT,))
        async with opened(tmp_path, desk, Manual(), profile=desk.profile) as world:
            if why == "other account":
                signed_in(world.sessions, "other@home.example")
            elif why != "signed out":
                online(world)
            report = await delivered(world)
            assert report.state is OutboxState.SENT
            assert desk.calls == []
            assert report.can_prove is (why in ("signed out", "other account"))

    asyncio.run(main())


def test_the_proof_is_tried_again_after_the_receipt_once_for_each_line(tmp_path: Path) -> None:
    async def main() -> None:
        desk = proving()
        async with opened(tmp_path, desk, Manual(), profile=desk.profile) as world:
            one = await sent(world)
            desk.plans["prove_address"] = [EndpointRejected(408, "no-answer"), None]
            online(world)
            await look(world, one)
            await look(world, one)
            assert desk.calls == ["prove_address"]
            assert (await world.services.outbox.report(one)).identity_level is IdentityLevel.UNVERIFIED
            online(world)
            await look(world, one)
            report = await look(world, one)
            assert desk.calls == ["prove_address"] * 2
            assert (report.identity_level, report.identity_domain) == (IdentityLevel.VERIFIED, "home.example")
            assert (report.can_prove, report.can_code) == (False, False)
            online(world)
            await look(world, one)
            assert desk.calls == ["prove_address"] * 2

    asyncio.run(main())


def test_a_closed_case_is_not_proved_any_more(tmp_path: Path) -> None:
    async def main() -> None:
        desk = proving()
        async with opened(tmp_path, desk, Manual(), profile=desk.profile) as world:
            one = await sent(world)
            desk.news_plan = [news(CaseStatus.CLOSED)]
            await look(world, one)
            online(world)
            report = await look(world, one)
            assert desk.calls == []
            assert (report.can_prove, report.can_code, report.can_add, report.can_withdraw) == (False,) * 4

    asyncio.run(main())


def test_the_person_can_try_again(tmp_path: Path) -> None:
    async def main() -> None:
        desk = proving()
        async with opened(tmp_path, desk, Manual(), profile=desk.profile) as world:
            one = await sent(world)
            with pytest.raises(NotConnected):
                await world.services.outbox.prove_again(one)
            session = signed_in(world.sessions, ACCOUNT)
            desk.plans["prove_address"] = [EndpointRejected(403, "not-confirmed"), EndpointUnreachable("status 503")]
            with pytest.raises(NotProved):
                await world.services.outbox.prove_again(one)
            with pytest.raises(EndpointUnreachable):
                await world.services.outbox.prove_again(one)
            world.events.clear()
            assert await world.services.outbox.prove_again(one) is IdentityLevel.VERIFIED
            assert [event.report_id for event in world.told(ReportChanged)] == [one]  # type: ignore[attr-defined]
            # Nothing new is nothing to tell.
            assert await world.services.outbox.prove_again(one) is IdentityLevel.VERIFIED
            assert len(world.told(ReportChanged)) == 1
            assert (await world.services.outbox.report(one)).identity_level is IdentityLevel.VERIFIED
            assert session.expected == {}
            with pytest.raises(KeyError):
                await world.services.outbox.prove_again("nowhere")

    asyncio.run(main())


def test_two_tries_at_once_do_not_disturb_each_other(tmp_path: Path) -> None:
    async def main() -> None:
        desk = proving()
        async with opened(tmp_path, desk, Manual(), profile=desk.profile) as world:
            one = await sent(world)
            session = signed_in(world.sessions, ACCOUNT)
            waited: list[int] = []

            async def asks() -> None:
                waited.append(len(session.expected))
                await asyncio.sleep(0.01)
                waited.append(len(session.expected))

            desk.asking = asks
            again = world.services.outbox.prove_again
            assert await asyncio.gather(again(one), again(one)) == [IdentityLevel.VERIFIED] * 2
            assert waited == [1, 1, 1, 1]
            assert session.expected == {}

    asyncio.run(main())


def test_a_level_that_rises_ends_no_other_trouble(tmp_path: Path) -> None:
    async def main() -> None:
        desk = proving()
        async with opened(tmp_path, desk, Manual(), profile=desk.profile) as world:
            one = await sent(world)
            desk.reply_plan = [EndpointRejected(422, "form")]
            await world.services.outbox.write(one, "words")
            desk.news_plan = [replace(news(CaseStatus.TRIAGED), identity_level=IdentityLevel.CODE)]
            report = await look(world, one)
            assert report.identity_level is IdentityLevel.CODE
            assert report.problem == problems.words_for(problems.REPLY)[0]

    asyncio.run(main())


def test_a_desk_without_a_line_cannot_prove(tmp_path: Path) -> None:
    async def main() -> None:
        desk = StandIn()
        async with opened(tmp_path, desk, Manual(), profile=desk.profile) as world:
            one = await sent(world)
            signed_in(world.sessions, ACCOUNT)
            with pytest.raises(NotProved):
                await world.services.outbox.prove_again(one)
            report = await world.services.outbox.report(one)
            assert (report.can_prove, report.can_code) == (False, False)

    asyncio.run(main())


def test_a_code_by_mail(tmp_path: Path) -> None:
    async def main() -> None:
        desk = proving()
        async with opened(tmp_path, desk, Manual(), profile=desk.profile) as world:
            one = await sent(world)
            assert (await world.services.outbox.report(one)).can_code
            outbox = world.services.outbox
            await outbox.ask_code(one, " sam@mail.example ")
            assert [request.value for request in desk.codes] == ["sam@mail.example"]
            for wrong in ("", "12345", "1234567", "654321", "abcdef"):
                with pytest.raises(CodeWrong):
                    await outbox.answer_code(one, wrong)
            # The desk's five tries are not wasted on what cannot be a code.
            assert desk.calls.count("answer_code") == 1
            assert await outbox.answer_code(one, "123 456") is IdentityLevel.CODE
            report = await outbox.report(one)
            assert (report.identity_level, report.can_code, report.can_prove) == (IdentityLevel.CODE, False, True)

    asyncio.run(main())


def test_codes_that_cannot_be_sent_or_are_over(tmp_path: Path) -> None:
    async def main() -> None:
        desk = proving()
        async with opened(tmp_path, desk, Manual(), profile=desk.profile) as world:
            one = await sent(world)
            outbox = world.services.outbox
            desk.plans["ask_code"] = [EndpointRejected(422, "contact-kind"), EndpointUnreachable("status 503")]
            with pytest.raises(CodeNotSent):
                await outbox.ask_code(one, "sam@mail.example")
            with pytest.raises(EndpointUnreachable):
                await outbox.ask_code(one, "sam@mail.example")
            for odd in ("", "sam", "sam@a@b", "sam@mail.example\nBcc: x@y", "x" * 300 + "@mail.example"):
                with pytest.raises(CodeNotSent):
                    await outbox.ask_code(one, odd)
            desk.plans["answer_code"] = [EndpointRejected(410, "code-over"), EndpointRejected(403, "wrong-code")]
            with pytest.raises(CodeOver):
                await outbox.answer_code(one, "123456")
            with pytest.raises(CodeWrong):
                await outbox.answer_code(one, "123456")
            assert desk.codes == []

    asyncio.run(main())


def test_a_level_that_falls_is_said_plainly_and_one_that_rises_clears_it(tmp_path: Path) -> None:
    async def main() -> None:
        desk = proving()
        async with opened(tmp_path, desk, Manual(), profile=desk.profile) as world:
            one = await sent(world)
            signed_in(world.sessions, ACCOUNT)
            await world.services.outbox.prove_again(one)
            desk.plans["prove_address"] = [EndpointRejected(403, "not-confirmed")]
            desk.news_plan = [
                replace(news(CaseStatus.TRIAGED), identity_level=IdentityLevel.CODE),
                replace(news(CaseStatus.TRIAGED), identity_level=IdentityLevel.VERIFIED),
            ]
            report = await look(world, one)
            assert report.identity_level is IdentityLevel.CODE
            assert (report.problem, report.problem_advice) == problems.words_for(problems.IDENTITY)
            assert report.can_prove
            report = await look(world, one)
            assert (report.identity_level, report.problem) == (IdentityLevel.VERIFIED, "")

    asyncio.run(main())


def test_the_session_knows_which_desks_may_nudge_and_a_nudge_asks_at_once(tmp_path: Path) -> None:
    async def main() -> None:
        desk = proving()
        async with opened(tmp_path, desk, Manual(), profile=desk.profile) as world:
            session = online(world)
            await until(lambda: not world.tasks._running)
            assert session.nudgers == frozenset()
            one = await sent(world)
            await until(lambda: session.nudgers == {DESK})
            await look(world, one)
            woken = world.services.outbox._following._correspondence._woken
            woken.clear()
            world.bus.publish(DeskNudged(ACCOUNT, DESK))
            assert woken.is_set()
            desk.news_plan = [news(CaseStatus.CLOSED)]
            await look(world, one)
            online(world, session)
            await until(lambda: session.nudgers == frozenset())

    asyncio.run(main())


def test_a_desk_cannot_keep_the_client_busy_with_nudges(tmp_path: Path) -> None:
    async def main() -> None:
        desk, clock = proving(), Manual()
        async with opened(tmp_path, desk, clock, profile=desk.profile) as world:
            woken = world.services.outbox._following._correspondence._woken
            heeded = 0
            for _ in range(500):
                woken.clear()
                world.bus.publish(DeskNudged(ACCOUNT, DESK))
                heeded += woken.is_set()
            assert heeded == 30
            clock.forward(3601)
            woken.clear()
            world.bus.publish(DeskNudged(ACCOUNT, DESK))
            assert woken.is_set()

    asyncio.run(main())


def test_a_desk_needs_an_address_and_the_word_to_prove_over_chat() -> None:
    profile = proving().profile
    assert identity.provable(profile)
    assert not identity.provable(replace(profile, jid=""))
    assert not identity.provable(replace(profile, auth=("code-email",)))


def test_a_report_waits_ten_seconds_at_most_for_its_proof() -> None:
    # The desk waits for twenty; afterwards there is time for all of it.
    assert (identity.BEFORE_FILING, identity.AFTERWARDS) == (10.0, 25.0)


def test_every_level_has_a_place_in_the_order() -> None:
    assert set(identity._ORDER) == set(IdentityLevel)
    levels: list[Any] = [IdentityLevel.UNVERIFIED, IdentityLevel.CODE, IdentityLevel.VERIFIED]
    for at, before in enumerate(levels):
        assert [identity.fell(before, now) for now in levels] == [place < at for place in range(3)]
