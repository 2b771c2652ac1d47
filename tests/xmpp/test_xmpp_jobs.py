"""Work beside a session's queue ends with the session, begun or not."""

from __future__ import annotations

import asyncio
import gc

from messenger.xmpp.jobs import Jobs


def test_work_that_was_not_begun_is_closed() -> None:
    """A coroutine that is let go of without its first step is a warning, and a warning fails a test."""

    async def never() -> None:
        raise AssertionError("the session was over")

    async def play() -> None:
        jobs, work = Jobs(), never()
        jobs.spawn(work)
        await jobs.end()
        assert work.cr_frame is None  # closed

    asyncio.run(play())
    gc.collect()
