"""``robin outbox``: reports that wait, and sending them now, from a terminal."""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
from pathlib import Path

from messenger.app import logging, paths
from messenger.app.bootstrap import Bootstrap, Start
from messenger.domain.events import TaskFailed
from messenger.domain.report import OutboxState
from messenger.i18n import ntr, tr, trd
from messenger.services.hub import Hub
from messenger.services.receivers import Receivers

_VARIABLE = "ROBIN_PASSPHRASE"
_PATIENCE = 60.0
_SETTLED = (OutboxState.SENT, OutboxState.HANDED)
"""What Robin can do nothing more for: the rest of a report that was handed over is up to people."""


def run(options: argparse.Namespace) -> int:
    """List the reports of this profile, or send those that wait; 0 when none is left waiting."""
    profile = paths.find(options.profile)
    profile.make()
    logging.begin(profile.log, debug=options.debug)
    endpoint = Path(options.endpoint) if options.endpoint else None
    bootstrap = Bootstrap(Start(profile, True, endpoint, os.environ.get(_VARIABLE, "")))
    return asyncio.run(_run(bootstrap, Receivers(command_line=endpoint), options.action == "send"))


async def _run(bootstrap: Bootstrap, receivers: Receivers, send: bool) -> int:
    await receivers.choose("")  # a file that was named and cannot be read is said before anything else
    hub = await bootstrap.build()
    hub.bus.subscribe(TaskFailed, _say)
    try:
        if send:
            await _send(hub)
        reports = await hub.outbox.reports()
    finally:
        await bootstrap.close(hub)
    for one in reports:
        case = one.case_number or tr("no case number yet")
        print(f"{one.saved_at}  {_words(one.state)}  {case}  {trd(one.problem)}".rstrip())  # noqa: T201
    waiting = sum(1 for one in reports if one.state not in _SETTLED)
    print(ntr("{n} report is waiting.", "{n} reports are waiting.", waiting) if waiting else tr("No report is waiting."))  # noqa: T201
    return 1 if waiting else 0


async def _send(hub: Hub) -> None:
    for one in await hub.outbox.reports():
        if one.state not in _SETTLED:
            await hub.outbox.retry(one.id)
            await hub.outbox.wait(one.id, _PATIENCE)


def _say(event: TaskFailed) -> None:
    """What went wrong beside it, such as a store that had to be begun anew."""
    if event.error is not None:
        print(f"robin: {trd(event.error.sentence)} {trd(event.error.advice)}".format(**event.error.fields), file=sys.stderr)  # noqa: T201


def _words(state: OutboxState) -> str:
    return {
        OutboxState.SAVED: tr("Saved"),
        OutboxState.SENDING: tr("Sending"),
        OutboxState.NEEDS_ATTENTION: tr("Needs a look"),
        OutboxState.HANDED: tr("Handed over"),
        OutboxState.SENT: tr("Sent"),
    }[state]
