"""Links: only four schemes, the real host shown, nothing opened unasked (security.md S35, S39)."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QWidget

from messenger.ui.conversation import links
from messenger.ui.widgets.ask import Question


def _found(text):
    return [text[one.start : one.end] for one in links.find(text)]


def test_links_are_found_with_and_without_a_scheme():
    assert _found("see https://example.org/a?b=1, ok") == ["https://example.org/a?b=1"]
    assert _found("it is on maths-club.example/nine-dots now") == ["maths-club.example/nine-dots"]
    assert _found("write to sam@example.org or xmpp:ann@example.org.") == ["sam@example.org", "xmpp:ann@example.org"]
    assert _found("😊 https://example.org") == ["https://example.org"]


@pytest.mark.parametrize(
    "text",
    [
        "javascript:alert(1)", "file:///etc/passwd", "ftp://example.org/x", "//example.org/x", "data:text/html,hi", "smb://host/share",
        "hello. there", "version 1.2", "vbscript:x", "ms-msdt:/id", "",
    ],
)  # fmt: skip
def test_other_schemes_are_plain_text(text):
    assert all(links.safe(one.url) and one.url.partition(":")[0] in links.SCHEMES for one in links.find(text))
    assert "javascript" not in str(links.find(text))
    assert not [one for one in links.find(text) if one.url.startswith(("file", "ftp", "data", "smb", "ms-"))]


def test_s35_the_host_is_shown_as_the_network_reads_it():
    assert links.host("http://\u0430pple.com/x") == "xn--pple-43d.com"
    assert links.host("https://good.example@evil.example/") == "evil.example"
    assert links.host("mailto:ann@example.org") == "ann@example.org"


def test_unsafe_addresses_are_never_opened(ctx, qtbot, monkeypatch):
    opened = []
    monkeypatch.setattr(QDesktopServices, "openUrl", opened.append)
    page = QWidget()
    qtbot.addWidget(page)
    page.show()
    for url in ("javascript:alert(1)", "file:///etc/passwd", "http://", "https://exa\u202emple.org/", "http://[::bad"):
        links.open_after_asking(ctx, page, url)
        assert page.findChildren(Question) == []
    assert opened == []


def test_a_link_opens_only_after_yes(ctx, qtbot, monkeypatch):
    opened = []
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda url: opened.append(url.toString()))
    page = QWidget()
    qtbot.addWidget(page)
    page.show()
    for answer in ("no", "yes"):
        links.open_after_asking(ctx, page, "http://\u0430pple.com/x")
        question = page.findChildren(Question)[-1]
        assert question.detail.text() == "xn--pple-43d.com"
        assert question.focusWidget() is question.no
        assert opened == []
        qtbot.mouseClick(getattr(question, answer), Qt.MouseButton.LeftButton)
    assert len(opened) == 1


def test_s29_a_huge_address_is_no_link_and_costs_nothing():
    assert links.find("http://example.org/" + "a" * 1_000_000) == ()
    assert links.find("a." * 500_000) is not None
