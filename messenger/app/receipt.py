"""``robin receipt FILE``: a desk's receipt file for a report that was handed over; only then it is sent."""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
from pathlib import Path

from messenger.app import logging, paths
from messenger.app.bootstrap import Bootstrap, Start
from messenger.i18n import tr
from messenger.services.handed import MAX_RECEIPT_FILE

_VARIABLE = "ROBIN_PASSPHRASE"


def run(options: argparse.Namespace) -> int:
    """Check the receipt and mark its report as sent. Raises `NoSuchReport`, `ReceiptNotRight`, `FormatRefused`."""
    try:
        with Path(options.file).open("rb") as file:
            data = file.read(MAX_RECEIPT_FILE + 1)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        print(tr("This file cannot be read or written: {reason}.").format(reason=reason), file=sys.stderr)  # noqa: T201
        return 1
    profile = paths.find(options.profile)
    profile.make()
    logging.begin(profile.log, debug=options.debug)
    case = asyncio.run(_take(Bootstrap(Start(profile, True, None, os.environ.get(_VARIABLE, ""))), data))
    print(tr("The report is there. Its case number is {case}.").format(case=case))  # noqa: T201
    return 0


async def _take(bootstrap: Bootstrap, data: bytes) -> str:
    hub = await bootstrap.build()
    try:
        report = await hub.outbox.report(await hub.handed.take_receipt(data))
        return report.case_number
    finally:
        await bootstrap.close(hub)
