"""The desk's officer in the demonstration: uses the desk's own web pages in a real browser, with mouse and keys."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from messenger.demo.browser import Browser

Shot = Callable[[str], Path]

REASON = "To write back to the reporter."
ADVICE = "Thank you for telling us, Sam. You did well. Two things help now:"
STEP = "Show this page to a grown-up you trust."
ASK = "Two short questions, if you like. You can skip each one."
WHICH, WHERE = "Did you meet in some other place first?", "Is there a day when you can talk?"
CHOICES = ("In a game", "In a group", "No, only here")


async def answer(folder: Path, base: str, name: str, password: str, case: str, shot: Shot) -> int:
    """Sign in, open the case from the queue, open the sealed name with a reason, write advice with steps, send it.

    `shot` names a picture's file. Returns how many messages the report's page shows. Raises `BrowserFailed`.
    """
    async with Browser.start(folder) as browser:
        await browser.open(f"{base}/desk/sign-in")
        await browser.type("#name", name)
        await browser.type("#password", password)
        await browser.click("#sign-in", leads_on=True)
        await _both(browser, shot, "desk-queue")
        await browser.click(f"#case-{case}", leads_on=True)
        await browser.type("#identity-reason", REASON)
        await browser.click('form[action$="/identity"] button[type=submit]', leads_on=True)
        await browser.click("#take", leads_on=True)
        await browser.type("#text", ADVICE)
        await browser.click('label[for="step-o1"]')
        await browser.type("#own-step-1", STEP)
        await browser.evaluate("window.scrollTo(0, 0)")
        await _both(browser, shot, "desk-report")
        await browser.click("#send", leads_on=True)
        await browser.evaluate("window.scrollTo(0, 0)")
        await _both(browser, shot, "desk-advice-sent", whole=True)
        await _ask(browser)
        await _both(browser, shot, "desk-question")
        await browser.click("#send", leads_on=True)
        lines = await browser.evaluate(
            "document.querySelectorAll('[aria-labelledby=\"lines-title\"] .line, .lines > li').length"
        )
        return int(lines or 0)


async def look(folder: Path, base: str, name: str, password: str, case: str, shot: Shot, picture: str) -> str:
    """Sign in and open the case; the words of its page, with pictures of it. Raises `BrowserFailed`."""
    async with Browser.start(folder) as browser:
        await browser.open(f"{base}/desk/sign-in")
        await browser.type("#name", name)
        await browser.type("#password", password)
        await browser.click("#sign-in", leads_on=True)
        await browser.click(f"#case-{case}", leads_on=True)
        await _both(browser, shot, picture, whole=True)
        return await browser.text("main")


async def _ask(browser: Browser) -> None:
    """A question with two small ones to answer."""
    await browser.click("#kind-question")
    await browser.type("#text", ASK)
    for number, (kind, words) in enumerate((("o", WHICH), ("d", WHERE)), 1):
        await browser.click("#add-question", leads_on=True)
        await browser.type(f"#q-kind-{number}", kind)
        await browser.type(f"#q-text-{number}", words)
    await browser.type("#q-options-1", "\n".join(CHOICES))


async def _both(browser: Browser, shot: Shot, name: str, whole: bool = False) -> None:
    for dark in (False, True):
        await browser.scheme(dark)
        await browser.picture(shot(f"{name}-{'dark' if dark else 'light'}"), whole)
    await browser.scheme(False)
