"""The door of the officers' pages: sign-in, sessions, forms that only our own pages can send."""

from __future__ import annotations

import asyncio
import hmac
import secrets
from collections.abc import Awaitable, Callable
from urllib.parse import parse_qs, quote, urlsplit

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from messenger.desk import bodies, journal, officers
from messenger.desk.moments import MINUTE, Clock
from messenger.desk.officers import Session
from messenger.desk.problems import Problem
from messenger.desk.store import Store

COOKIE = "__Host-robin-desk"
FORM_COOKIE = "__Host-robin-desk-form"
MAX_FORM = 256 * 1024
HOME = "/desk/queue"
_FREE_TRIES = 5
_ADDRESS_TRIES = 30
_LONGEST_WAIT = 15 * MINUTE
_MOST = 10_000

Page = Callable[[Request, Session], Awaitable[Response]]
Action = Callable[[Request, Session, "Form"], Awaitable[Response]]


class Form:
    """A posted form: each field's texts."""

    def __init__(self, fields: dict[str, list[str]]) -> None:
        self._fields = fields

    def one(self, name: str) -> str:
        """The field's text without spaces around it, with plain line ends; '' when it is not there."""
        return self.texts(name)[0] if name in self._fields else ""

    def texts(self, name: str) -> list[str]:
        """`one` for a field that may come several times; empty ones keep their place."""
        return [one.replace("\r\n", "\n").replace("\r", "\n").strip() for one in self._fields.get(name, [])]

    def all(self, name: str) -> list[str]:
        """All texts of a field that may come several times."""
        return [one.strip() for one in self._fields.get(name, [])]


async def read_form(request: Request) -> Form:
    """The request's form. Raises `Problem` for another kind of body, too much of it or too many fields."""
    if request.headers.get("content-type", "").split(";")[0].strip() != "application/x-www-form-urlencoded":
        raise Problem(415, "media-type")
    body = await bodies.small_body(request, MAX_FORM)
    try:
        return Form(parse_qs(body.decode("utf-8"), keep_blank_values=True, max_num_fields=100, errors="strict"))
    except ValueError:
        raise Problem(400, "length") from None


class Tries:
    """Counts failed sign-ins by name and address, and by address alone; each further one waits longer."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._failed: dict[tuple[str, str], tuple[int, float]] = {}

    def wait(self, name: str, address: str) -> int:
        """Seconds until the next try may be made."""
        now = self._clock()
        until = max(self._until((name.casefold(), address), _FREE_TRIES), self._until(("", address), _ADDRESS_TRIES))
        return max(0, int(until - now + 0.999))

    def _until(self, key: tuple[str, str], free: int) -> float:
        count, last = self._failed.get(key, (0, 0.0))
        return last + min(30 * 2 ** min(count - free, 10), _LONGEST_WAIT) if count >= free else 0.0

    def failed(self, name: str, address: str) -> None:
        """Note a failed try."""
        if len(self._failed) >= _MOST:
            self._failed.clear()
        for key in ((name.casefold(), address), ("", address)):
            self._failed[key] = (self._failed.get(key, (0, 0.0))[0] + 1, self._clock())

    def passed(self, name: str, address: str) -> None:
        """Forget the failed tries of an officer who is in."""
        self._failed.pop((name.casefold(), address), None)


class Gate:
    """Lets officers in and keeps everybody else out."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock
        self._tries = Tries(clock)
        # Each check takes 64 MB and a core for a moment: a flood of them must not take the desk down.
        self._checking = asyncio.Semaphore(2)

    def page(self, handler: Page) -> Callable[[Request], Awaitable[Response]]:
        """A page for signed-in officers; others are sent to the sign-in and back."""

        async def guarded(request: Request) -> Response:
            session = await self.session(request)
            if session is None:
                back = quote(request.url.path, safe="/-")
                return RedirectResponse(f"/desk/sign-in?next={back}", 303)
            return await handler(request, session)

        return guarded

    def action(self, handler: Action) -> Callable[[Request], Awaitable[Response]]:
        """A form of a signed-in officer, with the session's own token in it."""

        async def guarded(request: Request) -> Response:
            session = await self.session(request)
            if session is None:
                return RedirectResponse("/desk/sign-in", 303)
            if not same_origin(request):
                return Response("403", 403, media_type="text/plain")
            try:
                form = await read_form(request)
            except Problem as problem:
                return Response(str(problem.status), problem.status, media_type="text/plain")
            if not hmac.compare_digest(form.one("csrf").encode(), session.csrf.encode()):
                return Response("403", 403, media_type="text/plain")
            return await handler(request, session, form)

        return guarded

    async def session(self, request: Request) -> Session | None:
        """The officer's session, while it lasts."""
        token = request.cookies.get(COOKIE, "")
        return await self._store.run(officers.session, token, self._clock()) if token else None

    def wait(self, request: Request, name: str) -> int:
        """Seconds until this address may try to sign in under this name again."""
        return self._tries.wait(name, _address(request))

    async def sign_in(self, request: Request, name: str, password: str) -> str:
        """A new session's token, or '' when name and password do not fit."""
        known, hashed = await self._store.run(officers.stored_hash, name[:60])
        async with self._checking:
            right = await asyncio.to_thread(officers.fits, hashed, password[:1000])
        if not right:
            self._tries.failed(name[:60], _address(request))
            await self._store.run(journal.write, self._clock(), known, "sign-in-refused")
            return ""
        self._tries.passed(name[:60], _address(request))
        return await self._store.run(officers.begin, known, self._clock())

    async def sign_out(self, request: Request) -> None:
        """End the session of this cookie."""
        await self._store.run(officers.end, request.cookies.get(COOKIE, ""), self._clock())


def set_cookie(response: Response, name: str, value: str) -> None:
    """A cookie that only our own pages send back, over HTTPS, and that no script can read."""
    response.set_cookie(name, value, path="/", secure=True, httponly=True, samesite="strict")


def drop_cookie(response: Response, name: str) -> None:
    """Take a cookie back."""
    response.delete_cookie(name, path="/", secure=True, httponly=True, samesite="strict")


def new_token() -> str:
    """A random token for a form."""
    return secrets.token_urlsafe(24)


def same_origin(request: Request) -> bool:
    """Whether a form was sent from a page of this desk, as far as the browser says."""
    if request.headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
        return False
    origin = request.headers.get("origin", "")
    return not origin or urlsplit(origin).netloc == request.headers.get("host", "")


def safe_next(text: str) -> str:
    """Where to go after the sign-in: a page of the desk, or the queue."""
    good = text.startswith("/desk/") and "//" not in text and "\\" not in text and text.isascii() and text.isprintable()
    return text if good and not text.startswith("/desk/sign-") else HOME


def _address(request: Request) -> str:
    return request.client.host if request.client else ""
