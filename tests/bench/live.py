"""Robin against a real server, in this new process: sign-in, bursts with the chat closed and open, Report to receipt.

Started by run.py, which plays the other side: a line "BURST n" asks it for n messages. The last line is JSON.
"""

from __future__ import annotations

import json
import statistics
import sys
import time
from collections.abc import Callable, Coroutine
from dataclasses import replace
from pathlib import Path
from typing import Any

sys.path[:0] = [str(Path(__file__).resolve().parents[2]), str(Path(__file__).resolve().parent)]

from memory import pss_mb  # noqa: E402
from PySide6.QtCore import QEvent, QObject, QTimer  # noqa: E402

from messenger.app import paths  # noqa: E402
from messenger.app.bootstrap import Bootstrap, Start  # noqa: E402
from messenger.app.window import Application, application  # noqa: E402
from messenger.domain.account import ServerAddress  # noqa: E402
from messenger.domain.report import OutboxState, ReportContext  # noqa: E402
from messenger.services.hub import Hub  # noqa: E402
from tests.e2e.reporting import walk  # noqa: E402

GIVEN = json.loads(sys.argv[1])
_PATIENCE = 240.0


class Live:
    """The running program and its measures."""

    def __init__(self) -> None:
        self.app = application(["robin"])
        profile = paths.find(GIVEN["folder"])
        profile.make()
        self.robin = Application(self.app, profile, offline=False, endpoint=Path(GIVEN["endpoint"]))
        bootstrap = Bootstrap(Start(profile, False, Path(GIVEN["endpoint"]), "four quiet words"))
        self.robin.engine._build = bootstrap.build
        self.robin.engine._close = bootstrap.close
        self.robin.start()
        self.gaps: list[float] = []
        self._last = time.perf_counter()
        self._tick = QTimer()
        self._tick.timeout.connect(self._beat)
        self._tick.start(10)

    def _beat(self) -> None:
        now = time.perf_counter()
        self.gaps.append((now - self._last) * 1000)
        self._last = now

    def ask(self, work: Callable[[Hub], Coroutine[Any, Any, Any]]) -> Any:
        """Ask the hub and wait for the answer, with the window alive."""
        got: list[Any] = []
        self.robin.engine.call(work, got.append, got.append)
        self.until(lambda: bool(got))
        if isinstance(got[0], Exception):
            raise got[0]
        return got[0]

    def until(self, holds: Callable[[], object]) -> None:
        """Let the window live until something holds."""
        end = time.monotonic() + _PATIENCE
        while not holds():
            assert time.monotonic() < end
            self.app.processEvents()
            time.sleep(0.001)

    def live_for(self, seconds: float) -> None:
        """Let the window live for a while."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            self.app.processEvents()
            time.sleep(0.004)

    def idle_cpu(self) -> float:
        """CPU seconds a second that this process spends on waiting (this script's own loop)."""
        cpu, began = time.process_time(), time.perf_counter()
        self.live_for(2.0)
        return (time.process_time() - cpu) / (time.perf_counter() - began)

    def burst(self, chat: int, count: int) -> dict[str, float]:
        """Receive `count` messages; CPU seconds a thousand, the whole time, and the longest stall of the window."""

        async def stored(hub: Hub) -> int:
            page = await hub.conversations.page(chat, limit=1)
            return page.messages[-1].id if page.messages else 0

        before = self.ask(stored)
        idle = self.idle_cpu()
        self.gaps.clear()
        self._last = time.perf_counter()
        cpu, began = time.process_time(), time.perf_counter()
        print(f"BURST {count}", flush=True)
        last, quiet = before, time.monotonic()
        while last - before < count:
            assert time.monotonic() - quiet < 60
            now = self.ask(stored)
            if now != last:
                last, quiet = now, time.monotonic()
            self.live_for(0.25)
        took = time.perf_counter() - began
        spent = time.process_time() - cpu - idle * took
        return {
            "messages": count,
            "cpu_s_per_1000": round(spent / count * 1000, 3),
            "seconds": round(took, 2),
            "worst_stall_ms": round(max(self.gaps), 1),
            "p99_gap_ms": round(sorted(self.gaps)[int(len(self.gaps) * 0.99) - 1], 1),
        }

    def report_page_ms(self, context: ReportContext) -> float:
        """From the click on Report to the first page painted."""
        painted: list[float] = []

        class Watch(QObject):
            def eventFilter(self, watched: QObject, event: QEvent) -> bool:
                if event.type() == QEvent.Type.Paint and not painted:
                    QTimer.singleShot(0, lambda: painted.append(time.perf_counter()))
                return False

        watch = Watch()
        began = time.perf_counter()
        self.robin.report(context)
        window = self.robin.report_windows()[-1]
        window.installEventFilter(watch)
        self.until(lambda: bool(painted))
        took = (painted[0] - began) * 1000
        window.close()
        self.until(lambda: not self.robin.report_windows())
        return round(took, 1)

    def receipt_ms(self, context: ReportContext) -> float:
        """From Send on the check page to the verified receipt of the loopback desk."""

        async def ready(hub: Hub) -> str:
            draft, _form, talk = await hub.reporting.begin(context)
            await hub.reporting.save(replace(draft, interview=walk(talk).to_json(), chosen=context.messages))
            return draft.id

        draft = self.ask(ready)
        began = time.perf_counter()

        async def send(hub: Hub) -> OutboxState:
            return (await hub.outbox.wait(await hub.reporting.submit(draft), 60)).state

        assert self.ask(send) is OutboxState.SENT
        return round((time.perf_counter() - began) * 1000, 1)


def main() -> None:
    live = Live()
    found: dict[str, Any] = {"pss_signed_out_mb": 0.0}
    live.ask(lambda hub: hub.settings.all())
    found["pss_signed_out_mb"] = pss_mb()
    server = ServerAddress(GIVEN["host"], GIVEN["port"], True, GIVEN["ca"])
    began = time.perf_counter()
    account = live.ask(lambda hub: hub.accounts.sign_in(GIVEN["jid"], GIVEN["password"], False, server)).jid
    found["sign_in_ms"] = round((time.perf_counter() - began) * 1000, 1)
    other = GIVEN["jid"].replace("sam@", "mike_2010@")
    chat = live.ask(lambda hub: hub.conversations.open(account, other))
    found["pss_signed_in_mb"] = pss_mb()
    found["burst_chat_closed"] = live.burst(chat, GIVEN["burst"])
    live.robin.window.open_conversation(chat)
    live.until(lambda: live.robin.window.messages.rowCount() > 0)
    found["burst_chat_open"] = live.burst(chat, GIVEN["burst"])
    found["pss_after_bursts_mb"] = pss_mb()
    page = live.ask(lambda hub: hub.conversations.page(chat, limit=4))
    context = ReportContext(account, chat, tuple(one.id for one in page.messages), other)
    found["report_to_first_page_first_ms"] = live.report_page_ms(context)
    found["report_to_first_page_ms"] = statistics.median(live.report_page_ms(context) for _ in range(5))
    found["send_to_receipt_ms"] = statistics.median(live.receipt_ms(context) for _ in range(5))
    live.robin.close()
    print(json.dumps(found), flush=True)


main()
