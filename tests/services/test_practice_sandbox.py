"""The sandbox of a practice report: filled in, short, and without anything that could send or keep."""

from __future__ import annotations

import asyncio
from dataclasses import fields, replace

import pytest

from messenger import resources
from messenger.domain.errors import NoEndpoint, NoKeyring
from messenger.domain.report import Shown
from messenger.questionnaire import tree
from messenger.questionnaire.interview import Interview
from messenger.services.hub import Hub
from messenger.services.practice import NoPlace, NoSecrets, Practice, Sandbox, short
from messenger.storage.in_memory import MemoryDatabase

FORM = tree.load(resources.read("questions/abuse.json"), "abuse")


def run(work):
    async def do():
        practice = Practice("T", "gb")
        sandbox = await practice.build()
        try:
            return await work(sandbox)
        finally:
            await practice.close(sandbox)

    return asyncio.run(do())


async def opened(sandbox: Sandbox):
    (draft,) = await sandbox.reporting.drafts()
    return await sandbox.reporting.resume(draft.id)


def test_it_has_only_what_the_questions_ask_for():
    """No outbox, no accounts, no chats, nobody to block: the wizard could not reach them if it tried."""
    names = {one.name for one in fields(Sandbox)}
    assert names == {"bus", "reporting", "safety", "settings"}
    assert {"outbox", "accounts", "conversations", "blocking", "aftercare", "directory"} <= {
        one.name for one in fields(Hub)
    } - names


def test_continue_is_enough_from_the_first_page_to_the_last():
    async def walk(sandbox):
        draft, _form, talk = await opened(sandbox)
        seen = []
        while not talk.at_check:
            assert not talk.problems()
            seen.append(talk.page.id)
            talk = talk.forward()
        page = await sandbox.reporting.lines(draft)
        return seen, talk, page

    seen, talk, page = run(walk)
    assert seen == ["start", "safe", "who", "what", "messages", "details"]
    assert not talk.all_problems()
    assert talk.result().urgency.tier != "now"
    assert page.chosen == 2
    assert next(row.body for row in page.rows if row.goes == "chosen") == "Which school do you go to?"


@pytest.mark.parametrize("tile", [one.id for one in FORM.categories])
def test_every_answer_of_the_short_way_can_be_given(tile):
    form = short(FORM)
    talk = Interview.start(form).answer("safe", "no").answer("role", "friend").answer("what", tile)
    for _page, question in form.questions():
        for option in question.options:
            talk = talk.answer(question.id, option.id)
            talk.cards()
            talk.result()
            talk.rows()
    assert [one.id for one in talk.pages][-1] == "check"


def test_nobody_gets_it_and_send_is_refused():
    async def send(sandbox):
        draft, _form, _talk = await opened(sandbox)
        assert await sandbox.reporting.endpoint(draft) is None
        preview = await sandbox.reporting.preview(draft)
        assert not preview.whole
        assert preview.endpoint == ""
        for shown in (None, Shown(None)):
            with pytest.raises(NoEndpoint):
                await sandbox.reporting.submit(draft.id, True, shown)
        assert [one.id for one in await sandbox.reporting.drafts()] == [draft.id]

    run(send)


def test_there_is_no_place_and_no_key_store():
    async def ask():
        with pytest.raises(NoEndpoint):
            await NoPlace().save(None, {}, True)
        for call in (NoSecrets().get("x"), NoSecrets().put("x", "y")):
            with pytest.raises(NoKeyring):
                await call

    asyncio.run(ask())


def test_a_changed_answer_is_kept_while_it_lasts_and_not_longer():
    async def change(sandbox):
        draft, _form, talk = await opened(sandbox)
        kept = await sandbox.reporting.save(replace(draft, interview=talk.answer("name", text="Kim").to_json()))
        _draft, _form, again = await sandbox.reporting.resume(kept.id)
        return again.given("name").text

    assert run(change) == "Kim"
    assert run(lambda sandbox: names(sandbox)) == "Sam"


async def names(sandbox):
    _draft, _form, talk = await opened(sandbox)
    return talk.given("name").text


def test_a_store_in_memory_has_no_file(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)

    async def use():
        database = await MemoryDatabase.make()
        (row,) = await database.run(lambda conn: conn.execute("PRAGMA database_list").fetchall())
        await database.close()
        return row["file"]

    assert asyncio.run(use()) == ""
    assert list(tmp_path.iterdir()) == []
