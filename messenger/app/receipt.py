"""``robin receipt FILE``: a desk's receipt file for a report that was handed over; only then it is sent."""

from __future__ import annotations

import argparse
from pathlib import Path

from messenger.app.offline import profile_of, say_no_file, with_services
from messenger.i18n import tr
from messenger.services.handed import MAX_RECEIPT_FILE
from messenger.services.hub import Hub


def run(options: argparse.Namespace) -> int:
    """Check the receipt and mark its report as sent. Raises `NoSuchReport`, `ReceiptNotRight`, `FormatRefused`."""
    try:
        with Path(options.file).open("rb") as file:
            data = file.read(MAX_RECEIPT_FILE + 1)
    except OSError as error:
        return say_no_file(error)

    async def take(hub: Hub) -> str:
        report = await hub.outbox.report(await hub.handed.take_receipt(data))
        return report.case_number

    case = with_services(profile_of(options), take)
    print(tr("The report is there. Its case number is {case}.").format(case=case))  # noqa: T201
    return 0
