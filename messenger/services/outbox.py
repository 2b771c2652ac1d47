"""The outbox: delivers saved reports, keeps receipts, fetches news and advice."""

from __future__ import annotations

from messenger.domain.report import ReportSummary


class OutboxService:
    """Saved reports on their way and after. The worker runs on the engine's loop; nothing saved is ever lost or doubled."""

    async def reports(self) -> tuple[ReportSummary, ...]:
        """My reports, the newest first."""
        raise NotImplementedError

    async def report(self, report_id: str) -> ReportSummary:
        """One report. Raises `KeyError` when there is none."""
        raise NotImplementedError

    async def retry(self, report_id: str) -> None:
        """Try now, also one that needs attention."""
        raise NotImplementedError

    async def wait(self, report_id: str, seconds: float) -> ReportSummary:
        """Wait until the report is sent or needs attention, at most so long; returns how it stands then."""
        raise NotImplementedError

    async def refresh(self, report_id: str | None = None) -> None:
        """Ask the desk for news now, about one report or all. Never raises; failures are shown as `problem`."""
        raise NotImplementedError

    async def mark_read(self, report_id: str, n: int) -> None:
        """The person has seen message `n` of the desk."""
        raise NotImplementedError

    async def tick_step(self, report_id: str, n: int, step_id: str, done: bool) -> None:
        """Tick or untick a step of advice. Stays on this computer."""
        raise NotImplementedError

    async def write(self, report_id: str, text: str) -> None:
        """Reply to the desk. Raises `EndpointUnreachable` or `EndpointRejected`; the words are kept and shown when sent."""
        raise NotImplementedError

    async def copy(self, report_id: str) -> bytes:
        """The readable signed copy, with the receipt once there is one. Raises `NotKept` (decision 5)."""
        raise NotImplementedError

    async def save_copy(self, report_id: str, path: str) -> None:
        """Write the readable signed copy to a new file (mode 0600). Raises `NotKept`, `CannotWrite` or `StoreFull`."""
        raise NotImplementedError

    async def forget_copy(self, report_id: str) -> None:
        """Forget a copy that was only held in memory: the wizard calls this when it closes."""
        raise NotImplementedError

    async def start(self) -> None:
        """Start the worker: re-queue every sealed file found on disk (F7), then deliver."""
        raise NotImplementedError

    async def close(self) -> None:
        """Stop the worker in good order. What is saved goes out at the next start."""
        raise NotImplementedError
