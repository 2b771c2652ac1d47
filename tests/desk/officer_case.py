"""An officer's browser in a few lines: a cookie jar, the forms of the pages, no scripts."""

from __future__ import annotations

from html.parser import HTMLParser
from urllib.parse import urlencode

from desk_case import Answer, Https


class Page(HTMLParser):
    """A page's forms, ids and text."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.forms: list[tuple[str, dict[str, str]]] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = dict(attrs)
        self.tags.append((tag, named))
        if tag == "form":
            self.forms.append((named.get("action") or "", {}))
        elif tag == "input" and self.forms and named.get("type") == "hidden":
            self.forms[-1][1][named.get("name") or ""] = named.get("value") or ""

    def handle_data(self, data: str) -> None:
        self.words += data

    def hidden(self, action: str) -> dict[str, str]:
        """The hidden fields of the form that goes to `action`."""
        return next(fields for to, fields in self.forms if to.split("#")[0] == action)


class Officer:
    """Signs in and sends the pages' own forms."""

    def __init__(self, https: Https) -> None:
        self._https = https
        self.cookies: dict[str, str] = {}
        self.page = Page("")

    def get(self, path: str, **headers: str) -> Answer:
        return self._call("GET", path, None, headers)

    def post(self, path: str, fields: dict[str, str] | list[tuple[str, str]], **headers: str) -> Answer:
        made = {"Content-Type": "application/x-www-form-urlencoded", **{k.replace("_", "-"): v for k, v in headers.items()}}
        return self._call("POST", path, urlencode(fields).encode(), made)

    def submit(self, action: str, **fields: str) -> Answer:
        """Send the form of the page last seen, with its hidden fields."""
        return self.post(action, {**self.page.hidden(action), **fields})

    def sign_in(self, name: str, password: str) -> Answer:
        self.get("/desk/sign-in")
        return self.submit("/desk/sign-in", name=name, password=password)

    def _call(self, method: str, path: str, body: bytes | None, headers: dict[str, str]) -> Answer:
        if self.cookies:
            headers = {**headers, "Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        answer = self._https.call(method, path, body, headers)
        for cookie in answer.cookies:
            name, _, rest = cookie.partition("=")
            value = rest.split(";")[0].strip('"')
            if value and "Max-Age=0" not in cookie:
                self.cookies[name] = value
            else:
                self.cookies.pop(name, None)
        if answer.headers.get("content-type", "").startswith("text/html"):
            self.page = Page(answer.text)
        return answer
