"""The wizard over the real reporting services, store and border; only the desk is a stand-in with real keys."""

from __future__ import annotations

import asyncio
import zipfile
from types import SimpleNamespace

import pytest
from PySide6.QtCore import Qt

from messenger.app.engine import Engine
from messenger.domain.errors import CannotWrite, EndpointUnreachable, NotKept
from messenger.domain.report import OutboxState, ReportContext
from messenger.services.clock import SystemClock
from messenger.services.guardian import GuardianService
from messenger.ui.report.messages_page import MessagesPage
from messenger.ui.report.state import Sending
from messenger.ui.report.window import ReportWindow
from messenger.ui.safety.page import SafetyPage
from tests.services.report_world import ACCOUNT, CASE, OTHER, StandIn, opened
from tests.ui.report.conftest import Hands
from tests.ui.report.stand_ins import Blocking, Chats, Safety, Settings


class Real(Hands):
    """Hands over a real engine."""

    def __init__(self, qtbot, ctx, folder, desk) -> None:
        self.qtbot, self.ctx, self.window = qtbot, ctx, None
        self.desk, self.ids, self.world = desk, [], None
        self._folder = folder
        self.engine = Engine(self._build, self._close)
        self.engine.start()
        qtbot.waitUntil(lambda: self.world is not None, timeout=20000)
        self._calls()

    async def _build(self):
        self._opened = opened(self._folder, self.desk, profile=self.desk.profile if self.desk else None)
        world = await self._opened.__aenter__()
        self.ids = await world.chat(12)
        await world.services.outbox.start()
        safety, chats = Safety(), Chats()
        hub = SimpleNamespace(
            bus=world.bus, reporting=world.services.reporting, outbox=world.services.outbox, safety=safety,
            aftercare=world.services.aftercare, addenda=world.services.addenda,
            guardian=GuardianService(world.db, world.bus, SystemClock()),
            settings=Settings(safety, lambda: self), blocking=Blocking(), accounts=chats, conversations=chats, contacts=chats,
        )  # fmt: skip
        self.world = world
        return hub

    async def _close(self, _hub) -> None:
        await self._opened.__aexit__(None, None, None)

    def publish(self, _event) -> None:
        """Settings tell nobody here."""

    def _calls(self) -> None:
        """Count the calls that are not answered yet, so that `settle` can wait for them."""
        real = self.engine.call
        self.engine.waiting = 0

        def call(ask, done=None, failed=None):
            self.engine.waiting += 1

            def over(answer, value):
                self.engine.waiting -= 1
                if answer is not None:
                    answer(value)

            return real(ask, lambda value: over(done, value), lambda error: over(failed, error))

        self.engine.call = call

    def do(self, coroutine):
        return asyncio.run_coroutine_threadsafe(coroutine, self.engine._loop).result(20)


@pytest.fixture
def real(qtbot, ctx, tmp_path):
    made = []

    def make(desk):
        one = Real(qtbot, ctx, tmp_path, desk)
        made.append(one)
        return one

    yield make
    for one in made:
        if one.window is not None:
            one.window.close()
        one.engine.close()


def context(one, *chosen):
    return ReportContext(ACCOUNT, one.do(conversation(one)), tuple(one.ids[n] for n in chosen), OTHER)


async def conversation(one):
    return await one.world.db.run(lambda conn: conn.execute("SELECT id FROM conversations LIMIT 1").fetchone()[0])


def test_from_the_click_to_the_case_number(real):
    one = real(StandIn())
    one.open(context(one, 3, 4))
    one.to_check()
    rows = {row.label: row.value for row in one.window.page.state.rows}
    assert rows["Messages"] == "2 chosen, 6 next to them"
    one.click("check.preview")
    assert "line 4" in one.find("preview.text").toPlainText()
    one.key(Qt.Key.Key_Escape)
    one.next()
    one.qtbot.waitUntil(lambda: one.window.sending.state.kind is Sending.SENT, timeout=20000)
    one.settle()
    assert one.find("send.case").text() == CASE
    filed = next(iter(one.desk.filed.values()))
    assert filed.body["evidence"]["with"] == OTHER
    page = SafetyPage(one.ctx, one.engine)
    one.qtbot.addWidget(page)
    page.show()
    one.settle()
    case = next(iter(page.cases._cases.values())).case
    assert case.title == CASE
    assert next(mark.reach.value for mark in case.marks) == "past"
    page.close()


def test_the_step_and_more_evidence_over_the_real_services(real):
    one = real(StandIn())
    one.open(context(one, 3, 4))
    one.to_check()
    one.next()
    one.qtbot.waitUntil(lambda: one.window.sending.state.kind is Sending.SENT, timeout=20000)
    one.settle()
    one.next()
    assert one.title().startswith("What about ")
    assert not one.there("aftercare.block"), "offline nobody can be blocked"
    one.click("aftercare.mute")
    one.next()
    assert "Muted." in one.find("aftercare.said.0").accessibleName()
    assert one.do(one.world.db.run(lambda conn: conn.execute("SELECT muted FROM conversations").fetchone()[0])) == 1
    page = SafetyPage(one.ctx, one.engine)
    one.qtbot.addWidget(page)
    page.resize(1100, 1200)
    page.show()
    one.settle()
    report = next(iter(page.cases._cases))
    page.cases.wanted.emit(report, "add", None)
    one.settle()
    window = page._steps.windows["add", report]
    window.presenter.evidence.toggle(one.ids[9])
    one.settle()
    window.presenter.to_words()
    window.page.area.setPlainText("This came later")
    window.presenter.send()
    one.settle()
    assert window.page.title.text() == "Saved. It goes to them."
    window.close()
    one.qtbot.waitUntil(lambda: bool(page.cases._cases[report].case.added), timeout=20000)
    added = page.cases._cases[report].case.added[0]
    assert added.text == "This came later"
    page.close()


def test_ticks_and_left_out_lines_are_the_services(real):
    one = real(StandIn())
    one.open(context(one, 5))
    one.window.presenter._talk = one.window.presenter._talk.go_to("messages")
    one.window.presenter.show_again()
    one.settle()
    page = one.window.page
    assert isinstance(page, MessagesPage)
    assert page.counts.text() == "1 chosen, 6 next to it"
    one.window.presenter.evidence.leave_out(one.ids[4])
    one.settle()
    assert page.counts.text() == "1 chosen, 5 next to it"
    one.window.presenter.evidence.toggle(one.ids[11])
    one.settle()
    assert page.counts.text() == "2 chosen, 7 next to them"
    one.click("messages.all")
    assert page.counts.text() == "12 chosen"


def test_resume_after_the_window_was_closed(real):
    one = real(StandIn())
    where = context(one, 3)
    one.open(where)
    one.next()
    one.click("safe.yes")
    one.next()
    one.click("age.16_17")
    one.window.close()
    one.settle()
    one.open(where)
    assert one.title() == "Who is this about?"
    assert one.find("age.16_17").isChecked()


def test_offline_it_is_saved_and_goes_out_on_retry(real):
    desk = StandIn()
    desk.plan = [EndpointUnreachable()] * 3
    one = real(desk)
    one.open(context(one, 3))
    one.to_check()
    one.next()
    one.qtbot.waitUntil(lambda: one.window.sending.state.kind is Sending.WAITING, timeout=20000)
    desk.plan.clear()
    one.settle()
    one.click("send.again")
    one.qtbot.waitUntil(lambda: one.window.sending.state.kind is Sending.SENT, timeout=20000)
    assert len(desk.filed) == 1


def test_what_waits_can_be_carried_and_is_still_not_sent(real, tmp_path):
    desk = StandIn()
    desk.plan = [EndpointUnreachable()] * 3
    one = real(desk)
    one.open(context(one, 3))
    one.to_check()
    one.next()
    one.qtbot.waitUntil(lambda: one.window.sending.state.kind is Sending.WAITING, timeout=20000)
    outbox, report = one.world.services.outbox, one.window.sending.report
    bag = tmp_path / "carried.zip"
    one.do(outbox.save_sealed(report, str(bag)))
    assert bag.stat().st_mode & 0o777 == 0o600
    with zipfile.ZipFile(bag) as opened_bag:
        assert any(name.endswith("data/package.json") for name in opened_bag.namelist())
    with pytest.raises(CannotWrite):
        one.do(outbox.save_sealed(report, str(bag)))
    assert one.do(outbox.handed(report)) is None
    assert one.do(outbox.report(report)).state is OutboxState.SAVED
    with pytest.raises(NotKept):
        one.do(outbox.save_sealed("00000000-0000-4000-8000-000000000000", str(tmp_path / "other.zip")))


def test_nobody_to_send_to_keeps_the_draft(real):
    one = real(None)
    one.open(context(one, 3))
    one.to_check()
    one.next()
    assert one.window.sending.state.kind is Sending.NOBODY
    assert len(one.do(one.world.services.reporting.drafts())) == 1
    assert isinstance(one.window, ReportWindow)
