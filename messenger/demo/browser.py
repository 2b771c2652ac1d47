"""Drives a real Chromium by its DevTools port: opens pages, types and clicks as a person does, takes pictures.

    async with Browser.start(Path("/tmp/x")) as browser:
        await browser.open("https://127.0.0.1:8443/desk/")
        await browser.type("#name", "Priya Nair")
        await browser.click("#sign-in", leads_on=True)
        await browser.picture(Path("queue.png"))

Key and mouse events go in through the browser's own input, so that hidden, covered or disabled controls are noticed.
The protocol is described at https://chromedevtools.github.io/devtools-protocol/ (domains Page, Runtime, Input, Emulation).
"""

from __future__ import annotations

import asyncio
import base64
import contextlib
import itertools
import json
import shutil
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, Self

import aiohttp

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
PATIENCE = 30.0
_FLAGS = (
    "--headless=new", "--disable-gpu", "--disable-quic", "--no-first-run", "--no-default-browser-check",
    "--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-default-apps",
    "--disable-extensions", "--disable-features=Translate,MediaRouter,OptimizationHints", "--metrics-recording-only",
    "--mute-audio", "--hide-scrollbars", "--force-color-profile=srgb", "--password-store=basic", "--lang=en-GB",
    "--remote-debugging-port=0", "--remote-allow-origins=*", "--no-sandbox",
)  # fmt: skip


class BrowserFailed(RuntimeError):
    """The browser is not there, did not start, or the page is not as expected."""


class Browser:
    """One window of a browser. Make it with `start`."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self._socket = socket
        self._numbers = itertools.count(1)
        self._answers: dict[int, asyncio.Future[dict[str, Any]]] = {}
        self._loaded = asyncio.Event()
        self._reading = asyncio.create_task(self._read())

    @classmethod
    @contextlib.asynccontextmanager
    async def start(
        cls, folder: Path, *, width: int = 1280, height: int = 800, dark: bool = False, any_certificate: bool = True
    ) -> AsyncIterator[Self]:
        """A browser with a new profile under `folder`, ended on leaving. `any_certificate` is for the demonstration's desk.

        Raises `BrowserFailed` when there is no Chromium or it does not start.
        """
        program = next((found for name in NAMES if (found := shutil.which(name))), None)
        if program is None:
            raise BrowserFailed("no Chromium is installed")
        home = folder / "browser-profile"
        home.mkdir(parents=True, exist_ok=True)
        (home / "DevToolsActivePort").unlink(missing_ok=True)  # of a browser that used this profile before
        more = ["--ignore-certificate-errors"] if any_certificate else []
        process = await asyncio.create_subprocess_exec(
            program, *_FLAGS, *more, f"--user-data-dir={home}", f"--window-size={width},{height}", "about:blank",
            stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.DEVNULL,
        )  # fmt: skip
        try:
            port = await _port(home, process)
            async with aiohttp.ClientSession() as session:
                address = await _page_address(session, port)
                async with session.ws_connect(address, max_msg_size=0, heartbeat=None) as socket:
                    browser = cls(socket)
                    try:
                        await browser._prepare(width, height, dark)
                        yield browser
                    finally:
                        browser._reading.cancel()
        finally:
            await _end(process)

    async def _prepare(self, width: int, height: int, dark: bool) -> None:
        await self.call("Page.enable")
        await self.call("Runtime.enable")
        await self.resize(width, height)
        await self.scheme(dark)

    async def call(self, method: str, **params: Any) -> dict[str, Any]:
        """One call of the DevTools protocol. Raises `BrowserFailed`."""
        number = next(self._numbers)
        answer: asyncio.Future[dict[str, Any]] = asyncio.get_running_loop().create_future()
        self._answers[number] = answer
        await self._socket.send_json({"id": number, "method": method, "params": params})
        try:
            async with asyncio.timeout(PATIENCE):
                found = await answer
        except TimeoutError:
            raise BrowserFailed(f"{method}: no answer") from None
        finally:
            self._answers.pop(number, None)
        if "error" in found:
            raise BrowserFailed(f"{method}: {found['error'].get('message', '')}")
        result: dict[str, Any] = found.get("result", {})
        return result

    async def _read(self) -> None:
        async for message in self._socket:
            if message.type is not aiohttp.WSMsgType.TEXT:
                continue
            found = json.loads(message.data)
            waiting = self._answers.get(found.get("id", 0))
            if waiting is not None and not waiting.done():
                waiting.set_result(found)
            if found.get("method") == "Page.loadEventFired":
                self._loaded.set()

    # -- looking

    async def evaluate(self, expression: str) -> Any:
        """The value of a JavaScript expression in the page. Raises `BrowserFailed` when it throws."""
        found = await self.call("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        if "exceptionDetails" in found:
            raise BrowserFailed(f"the page refused: {expression[:80]}")
        return found["result"].get("value")

    async def text(self, selector: str) -> str:
        """The text of the first element that fits."""
        await self.wait_for(selector)
        return str(await self.evaluate(f"document.querySelector({json.dumps(selector)}).innerText"))

    async def has(self, selector: str) -> bool:
        """Whether an element that fits is in the page."""
        return bool(await self.evaluate(f"document.querySelector({json.dumps(selector)}) !== null"))

    async def wait_for(self, selector: str, seconds: float = PATIENCE) -> None:
        """Wait until an element that fits is in the page. Raises `BrowserFailed`."""
        try:
            async with asyncio.timeout(seconds):
                while not await self.has(selector):  # noqa: ASYNC110 - the page has no way to tell us
                    await asyncio.sleep(0.05)
        except TimeoutError:
            raise BrowserFailed(f"not on the page: {selector}") from None

    async def address(self) -> str:
        """Where the browser is."""
        return str(await self.evaluate("location.href"))

    # -- doing

    async def open(self, url: str) -> None:
        """Go to a page and wait until it is there."""
        self._loaded.clear()
        found = await self.call("Page.navigate", url=url)
        if found.get("errorText"):
            raise BrowserFailed(f"the page did not open: {found['errorText']}")
        await self._until_loaded()

    async def click(self, selector: str, leads_on: bool = False) -> None:
        """Press the first element that fits with the mouse; `leads_on`: wait for the page that it leads to."""
        x, y = await self._place(selector)
        self._loaded.clear()
        for kind in ("mouseMoved", "mousePressed", "mouseReleased"):
            button = "none" if kind == "mouseMoved" else "left"
            await self.call("Input.dispatchMouseEvent", type=kind, x=x, y=y, button=button, clickCount=1)
        if leads_on:
            await self._until_loaded()

    async def type(self, selector: str, text: str, pace: float = 0.0) -> None:
        """Click into a field and type `text`, key by key, with `pace` seconds between the keys."""
        await self.click(selector)
        for sign in text:
            key = "\r" if sign == "\n" else sign
            name = "Enter" if sign == "\n" else sign
            await self.call("Input.dispatchKeyEvent", type="keyDown", text=key, key=name)
            await self.call("Input.dispatchKeyEvent", type="keyUp", key=name)
            if pace:
                await asyncio.sleep(pace)

    async def press(self, key: str, code: int) -> None:
        """Press a key without a sign, such as ``("Tab", 9)``."""
        for kind in ("rawKeyDown", "keyUp"):
            await self.call("Input.dispatchKeyEvent", type=kind, key=key, code=key, windowsVirtualKeyCode=code)

    async def scheme(self, dark: bool) -> None:
        """Ask pages for their dark or light colours."""
        value = "dark" if dark else "light"
        await self.call("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": value}])

    async def resize(self, width: int, height: int) -> None:
        """Set the size of the page's window in CSS pixels."""
        await self.call(
            "Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=False
        )

    async def picture(self, path: Path, whole: bool = False) -> None:
        """A PNG of the window, or of the `whole` page."""
        await self.evaluate("document.fonts.ready.then(() => true)")
        found = await self.call("Page.captureScreenshot", format="png", captureBeyondViewport=whole)
        await asyncio.to_thread(path.write_bytes, base64.b64decode(found["data"]))

    async def _place(self, selector: str) -> tuple[float, float]:
        """The middle of an element, scrolled into sight. Raises `BrowserFailed` when something else covers it."""
        await self.wait_for(selector)
        found = await self.evaluate(
            f"(() => {{ const one = document.querySelector({json.dumps(selector)});"
            "one.scrollIntoView({block: 'center', inline: 'nearest'}); const box = one.getBoundingClientRect();"
            "const x = box.x + box.width / 2, y = box.y + box.height / 2, top = document.elementFromPoint(x, y);"
            "const open = top && (one === top || one.contains(top) || (top.labels ? false : top.control === one));"
            "return box.width > 0 && open ? [x, y] : null; })()"
        )
        if found is None:
            raise BrowserFailed(f"cannot be pressed: {selector}")
        return float(found[0]), float(found[1])

    async def _until_loaded(self) -> None:
        try:
            async with asyncio.timeout(PATIENCE):
                await self._loaded.wait()
        except TimeoutError:
            raise BrowserFailed("the page did not load") from None


async def _port(home: Path, process: asyncio.subprocess.Process) -> int:
    """The DevTools port, which the browser writes into its profile when it listens."""
    file = home / "DevToolsActivePort"
    try:
        async with asyncio.timeout(PATIENCE):
            while process.returncode is None:
                text = await asyncio.to_thread(_read_text, file)
                if text.count("\n") >= 1:
                    return int(text.splitlines()[0])
                await asyncio.sleep(0.05)
    except TimeoutError:
        pass
    raise BrowserFailed("the browser did not start")


def _read_text(path: Path) -> str:
    return path.read_text("ascii") if path.exists() else ""


async def _page_address(session: aiohttp.ClientSession, port: int) -> str:
    async with asyncio.timeout(PATIENCE):
        while True:
            async with session.get(f"http://127.0.0.1:{port}/json/list") as answer:
                pages = [one for one in await answer.json() if one.get("type") == "page"]
            if pages:
                return str(pages[0]["webSocketDebuggerUrl"])
            await asyncio.sleep(0.05)


async def _end(process: asyncio.subprocess.Process) -> None:
    if process.returncode is not None:
        return
    with contextlib.suppress(ProcessLookupError):
        process.terminate()
    try:
        async with asyncio.timeout(5):
            await process.wait()
    except TimeoutError:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        await process.wait()
