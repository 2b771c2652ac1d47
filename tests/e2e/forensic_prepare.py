"""Makes the profile of the forensic test with the real services and the real key store: ``python forensic_prepare.py PROFILE``.

What is planted comes on standard input as JSON, so that it stands in no file, argument or environment.
"""

from __future__ import annotations

import asyncio
import json
import sys
from dataclasses import replace
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from messenger.app import paths
from messenger.app.bootstrap import Bootstrap, Start
from messenger.domain.account import ServerAddress
from messenger.domain.message import DeliveryState, Direction
from messenger.domain.report import ReportContext
from messenger.questionnaire.form import QuestionKind
from tests.e2e.reporting import ANSWERS, AT


async def prepare(folder: str, given: dict[str, str]) -> None:
    profile = paths.find(folder)
    profile.make()
    bootstrap = Bootstrap(Start(profile))
    hub = await bootstrap.build()
    try:
        await hub.settings.set("onboarded", "yes")
        await hub.settings.set("country", "gb")
        await hub.notices.set_private_words([given["private word"]])
        server = ServerAddress(given["host"], int(given["port"]), True, given["ca"])
        account = (await hub.accounts.sign_in(given["jid"], given["password"], True, server)).jid
        chat = await hub.conversations.open(account, given["other"])
        sent = await hub.conversations.send(chat, given["sent"])
        async with asyncio.timeout(30):
            while (await hub.conversations.messages(chat, [sent]))[0].state is DeliveryState.QUEUED:
                await asyncio.sleep(0.05)
            print("sent", flush=True)
            while not any(
                one.direction is Direction.IN and one.body == given["received"]
                for one in (await hub.conversations.page(chat)).messages
            ):
                await asyncio.sleep(0.05)
        await hub.conversations.set_draft(chat, given["unsent"])
        # A report that was begun, up to the page of own words: the window goes on with it.
        draft, _form, talk = await hub.reporting.begin(ReportContext(account, chat, (), given["other"]))
        talk = talk.forward()
        while talk.page.id != "words":
            for question in talk.questions():
                answer = ANSWERS.get(question.id)
                if answer is not None and question.kind is not QuestionKind.TEXT:
                    talk = talk.answer(question.id, *((answer,) if isinstance(answer, str) else answer), at=AT)
            talk = talk.forward()
        talk = talk.answer("contact", "email", at=AT)
        await hub.reporting.save(replace(draft, interview=talk.to_json()))
    finally:
        await bootstrap.close(hub)


if __name__ == "__main__":
    asyncio.run(prepare(sys.argv[1], json.loads(sys.stdin.read())))
