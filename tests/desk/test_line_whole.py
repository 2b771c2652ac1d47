"""The whole way with the engine of Robin itself: a report proves its account, the server corroborates it, news arrive by a nudge."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path

from desk_case import Https
from desk_clock import endpoint_of
from line_case import PASSWORD, Person, new_account, until
from officer_case import Officer
from test_line_corroboration import SAID

from messenger.demo.prosody import Prosody
from messenger.desk import corroboration
from messenger.desk.server import Desk
from messenger.desk.store import FILE, Store
from messenger.domain.message import Direction
from messenger.domain.receipt import IdentityLevel
from messenger.domain.report import OutboxState, ReportContext
from tests.e2e.conftest import home
from tests.e2e.reporting import walk


async def test_from_the_click_to_the_news(chat: Prosody, lined: Desk, tmp_path: Path) -> None:
    sam_jid, mike_jid = await new_account(chat), await new_account(chat)
    mike = Person(mike_jid, chat.address)
    await mike.session.start()
    try:
        async with home(tmp_path / "profile", lined.profile_path) as hub:
            account = (await hub.accounts.sign_in(sam_jid, PASSWORD, False, chat.address)).jid
            await hub.contacts.add(account, mike_jid, "")
            conversation = await hub.conversations.open(account, mike_jid)
            for words in SAID:
                await mike.say(sam_jid, words)

            async def heard() -> tuple[int, ...]:
                page = await hub.conversations.page(conversation)
                return tuple(one.id for one in page.messages if one.direction is Direction.IN)

            async with asyncio.timeout(20):
                while len(await heard()) < len(SAID):
                    await asyncio.sleep(0.05)
            draft, _form, talk = await hub.reporting.begin(ReportContext(account, conversation, (), mike_jid))
            kept = replace(draft, interview=walk(talk).to_json(), chosen=await heard())
            report_id = await hub.reporting.submit((await hub.reporting.save(kept)).id)
            done = await hub.outbox.wait(report_id, 40)
            assert done.state is OutboxState.SENT
            assert done.receipt is not None
            assert done.receipt.identity_level is IdentityLevel.VERIFIED
            assert done.identity_level is IdentityLevel.VERIFIED

            # After the receipt: block, and let the own server know. It sends the desk what it has.
            offered = await hub.aftercare.options(report_id)
            assert offered.can_block
            assert offered.can_tell_server
            await hub.aftercare.block(report_id, tell_server=True)

            def levels() -> dict[int, str]:
                store = Store(lined.folder / FILE)
                try:
                    return {seq: one[0].level for seq, one in store.run_now(corroboration.marks, report_id).lines.items()}
                finally:
                    store.close()

            await until(lambda: len(levels()) == len(SAID), 20)
            assert set(levels().values()) == {"A3"}

            # The officer writes; the news come by themselves.
            officer = Officer(Https(endpoint_of(lined)))
            assert officer.sign_in("Priya Nair", lined.add_officer("Priya Nair")).status == 303
            await asyncio.to_thread(write, officer, done.receipt.case_number)

            async def advised() -> bool:
                return any(one.advice for one in await hub.outbox.reports() if one.id == report_id)

            async with asyncio.timeout(20):
                while not await advised():
                    await asyncio.sleep(0.05)
    finally:
        await mike.session.stop()
    assert lined.dropped().get("handler failed", 0) == 0


def write(officer: Officer, case_number: str) -> None:
    officer.get(f"/desk/cases/{case_number}")
    assert officer.submit(f"/desk/cases/{case_number}/message", kind="advice", text="You did well.", do="send").status == 303
