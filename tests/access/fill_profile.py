"""Fills a profile for the screen reader's tests: an account, an accepted friend, and somebody who writes for the first time.

Run on the stage (it needs the key store there): ``python -m tests.access.fill_profile PROFILE``. No server is asked; the
messages go through the same store as those that come from one.
"""

from __future__ import annotations

import asyncio
import sys

from messenger.app import paths
from messenger.app.bootstrap import Bootstrap, Start
from messenger.domain.account import Account
from messenger.storage import accounts, conversations, history
from tests.chat_case import message

ME, FRIEND, NEW = "sam@home.example", "ann@home.example", "mike_2010@chat.example"


async def fill(folder: str) -> None:
    bootstrap = Bootstrap(Start(paths.find(folder), offline=True))
    hub = await bootstrap.build()
    database = bootstrap._database
    assert database is not None
    await hub.settings.set("onboarded", "yes")
    await hub.settings.set("country", "gb")
    await hub.settings.set("theme", "light")
    await database.write(accounts.put, Account(ME, "Sam"))
    lines = [
        message(n=n, account=ME, counterpart=who, sender=f"{who}/phone", body=body)
        for n, (who, body) in enumerate(
            ((FRIEND, "maths at four?"), (NEW, "hey"), (NEW, "are you on?"), (NEW, "see https://games.example/level"))
        )
    ]
    await database.write(lambda conn: conversations.set_accepted(conn, conversations.ensure(conn, ME, FRIEND), 1))
    await database.write(history.store, lines, True)
    await bootstrap.close(hub)


if __name__ == "__main__":
    asyncio.run(fill(sys.argv[1]))
