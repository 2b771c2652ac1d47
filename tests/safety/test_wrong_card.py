"""A wrong country card takes only itself away."""

from __future__ import annotations

from datetime import date

import pytest

from messenger import resources
from messenger.domain.errors import AssetRefused
from messenger.safety import jurisdictions as subject

FILES = {name: resources.read(name) for name in resources.names("jurisdictions")}
DAY = date(2026, 11, 24)


@pytest.mark.parametrize(
    "wrong",
    [
        *(b"", b"{", b"[]", b"\xff\xfe", b'{"code": "gb"}', FILES["jurisdictions/gb.json"][:-40]),
        # no such day, and a year in other figures
        FILES["jurisdictions/gb.json"].replace(b'"2026-11-24"', b'"2026-02-31"', 1),
        FILES["jurisdictions/gb.json"].replace(b'"2026-11-24"', '"20\u0662\u0666-11-24"'.encode(), 1),
    ],
)
def test_the_others_go_on(wrong: bytes) -> None:
    found = subject.readable({**FILES, "jurisdictions/gb.json": wrong}.items())
    assert "gb" not in found.codes
    assert len(found.codes) == len(FILES) - 1
    assert found.card("us", DAY).emergency_number == "911"
    assert found.card("gb", DAY).code == "elsewhere"
    assert found.card("gb", DAY).lines


def test_a_code_that_is_there_twice_counts_once() -> None:
    assert len(subject.readable([*FILES.items(), ("jurisdictions/x.json", FILES["jurisdictions/gb.json"])]).codes) == 8


def test_without_a_card_for_elsewhere_it_is_said() -> None:
    with pytest.raises(AssetRefused, match="elsewhere"):
        subject.readable({**FILES, "jurisdictions/elsewhere.json": b"{"}.items())


def test_who_looked_at_a_number_is_known() -> None:
    text = FILES["jurisdictions/gb.json"].replace(b'"second-hand"', b'"checked"')
    lines = subject.readable({**FILES, "jurisdictions/gb.json": text}.items()).card("gb", DAY).lines
    assert all(one.by_person for one in lines)
    assert not any(one.by_person for one in subject.readable(FILES.items()).card("us", DAY).lines)
