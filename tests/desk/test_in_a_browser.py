"""An officer in a real browser: types, clicks, sends; both colour schemes, keyboard, a narrow window."""

from __future__ import annotations

import asyncio
import shutil
from pathlib import Path

import pytest
from desk_case import Https, ReporterApp

from messenger.demo.browser import NAMES, Browser, BrowserFailed
from messenger.desk.server import Desk
from messenger.evidence.receipt import verify_receipt

# packaging/test installs Chromium, so this never skips in CI; only a developer without it is spared.
pytestmark = pytest.mark.skipif(not any(shutil.which(name) for name in NAMES), reason="no Chromium here")


def test_an_officer_s_way(https: Https, app: ReporterApp, desk: Desk, tmp_path: Path) -> None:
    password = desk.add_officer("Priya Nair")
    prepared = app.report()
    number = verify_receipt(https.send(prepared).json["receipt"], app.endpoint.keys, prepared.digest).case_number

    async def walk() -> None:
        async with Browser.start(tmp_path) as browser:
            await browser.open(app.endpoint.base + "/desk/")
            await browser.type("#name", "Priya Nair")
            await browser.type("#password", password)
            await browser.click("#sign-in", leads_on=True)
            assert (await browser.address()).endswith("/desk/queue")
            light = await browser.evaluate("getComputedStyle(document.body.parentElement).backgroundColor")
            await browser.scheme(True)
            dark = await browser.evaluate("getComputedStyle(document.body.parentElement).backgroundColor")
            assert light != dark
            assert await browser.evaluate("document.fonts.check('14px Inter')")
            for width in (1280, 800, 500):
                await browser.resize(width, 800)
                assert await browser.evaluate("document.documentElement.scrollWidth") <= width
            await browser.resize(1280, 800)
            await browser.click(f"#case-{number}", leads_on=True)
            for width in (1280, 800, 500):
                await browser.resize(width, 800)
                assert await browser.evaluate("document.documentElement.scrollWidth") <= width
            await browser.resize(1280, 800)
            await browser.type("#text", "You did well.\nTwo things help now:")
            await browser.click("#step-o1")
            await browser.click("#send", leads_on=True)
            assert "Two things help now:" in await browser.text(".letters")
            # A question with a form: Return in a line of text must not send, and nothing needs a script.
            assert not await browser.evaluate("document.querySelector('.asks').checkVisibility()")
            await browser.click("#kind-question")
            assert await browser.evaluate("document.querySelector('.asks').checkVisibility()")
            await browser.type("#text", "Can you help us?")
            await browser.click("#add-question", leads_on=True)
            assert await browser.evaluate("document.querySelector('#kind-question').checked")
            await browser.type("#q-text-1", "Where does he write?\n")
            await browser.wait_for(".composer .notice")
            assert "write 2 to 20 choices" in await browser.text(".composer .notice")
            await browser.type("#q-options-1", "A game\nThe phone")
            for width in (1280, 800, 500):
                await browser.resize(width, 800)
                assert await browser.evaluate("document.documentElement.scrollWidth") <= width
            await browser.resize(1280, 800)
            await browser.click("#send", leads_on=True)
            assert "Where does he write?" in await browser.text(".asked")
            with pytest.raises(BrowserFailed):
                await browser.wait_for("#not-there", 0.2)
            await browser.picture(tmp_path / "page.png")

    asyncio.run(walk())
    path = f"/v1/reports/{app.report_id}/messages"
    answer = https.call("GET", f"{path}?after=0", None, app.authorization("GET", path))
    advice = app.read(answer.json["messages"][0]["sealed"], 1)
    assert advice.text == "You did well.\nTwo things help now:"
    assert [one.text for one in advice.steps] == ["Keep the messages. Do not answer."]
    assert [one.text for one in app.read(answer.json["messages"][1]["sealed"], 2).form] == ["Where does he write?"]
    assert (tmp_path / "page.png").read_bytes().startswith(b"\x89PNG")
