"""GIVEN a real server, desk and contacts WHEN somebody chats and reports THEN a case, a receipt and advice come of it."""

from __future__ import annotations

import asyncio
from pathlib import Path

from messenger.demo.world import Credentials, World
from messenger.domain.message import DeliveryState, Direction
from messenger.domain.report import OutboxState
from messenger.evidence import verify
from tests.e2e.conftest import home
from tests.e2e.reporting import report


def test_chat_report_receipt(world: tuple[World, Credentials], tmp_path: Path) -> None:
    place, me = world
    bad = place.jid("mike_2010")

    async def job() -> None:
        async with home(tmp_path / "profile", place.desk.profile_path) as hub:
            account = (await hub.accounts.sign_in(me.jid, me.password, False, me.server)).jid
            place.play("mike_2010")
            heard: list[int] = []

            async def incoming() -> bool:
                for chat in await hub.conversations.chats(account):
                    if chat.counterpart == bad:
                        page = await hub.conversations.page(chat.conversation)
                        heard[:] = [m.id for m in page.messages if m.direction is Direction.IN]
                        return len(heard) >= 2
                return False

            async with asyncio.timeout(30):
                while not await incoming():
                    await asyncio.sleep(0.05)
            conversation = await hub.conversations.open(account, bad)
            sent = await hub.conversations.send(conversation, "why do you want to know")
            async with asyncio.timeout(30):
                while (await hub.conversations.messages(conversation, [sent]))[0].state is not DeliveryState.READ:
                    await asyncio.sleep(0.05)
            id = await report(hub, account, conversation, tuple(heard), keep_copy=True)
            done = await hub.outbox.wait(id, 30)
            assert done.state is OutboxState.SENT
            assert done.case_number
            assert done.receipt is not None
            assert len(done.receipt_code.replace(" ", "")) == 16
            copy = tmp_path / "copy.robin.json"
            await hub.outbox.save_copy(id, str(copy))
            assert verify.main([str(copy)]) == 0
            data = copy.read_bytes()
            for place_of_change in range(0, len(data), max(1, len(data) // 60)):
                changed = bytearray(data)
                changed[place_of_change] ^= 1
                copy.write_bytes(changed)
                assert verify.main([str(copy)]) != 0, place_of_change

    asyncio.run(job())


def test_report_without_account_and_offline_is_kept(tmp_path: Path) -> None:
    from messenger.domain.errors import NoEndpoint
    from messenger.domain.report import ReportContext

    async def job() -> None:
        async with home(tmp_path / "profile", offline=True) as hub:
            draft, _form, _talk = await hub.reporting.begin(ReportContext())
            try:
                await hub.reporting.submit(draft.id)
            except NoEndpoint:
                pass
            else:
                raise AssertionError("nobody is there to send to")
            assert [one.id for one in await hub.reporting.drafts()] == [draft.id]
        async with home(tmp_path / "profile", offline=True) as hub:
            assert [one.id for one in await hub.reporting.drafts()] == [draft.id], "kept over a restart"

    asyncio.run(job())
