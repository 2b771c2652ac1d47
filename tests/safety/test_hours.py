"""Opening hours: what is understood, and when somebody is there."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from messenger.safety import hours

DAY = "Mo-Fr 09:00-17:00 Europe/London"
NIGHT = "Fr-Sa 22:00-06:00 UTC"


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "moment", "there"),
    [
        (DAY, "2026-11-24T09:00", True),
        (DAY, "2026-11-24T08:59", False),
        (DAY, "2026-11-24T16:59", True),
        (DAY, "2026-11-24T17:00", False),
        (DAY, "2026-11-28T12:00", False),
        (DAY, "2026-07-01T08:30", True),  # summer time: it is half past nine there
        (DAY, "2026-07-01T16:30", False),
        (NIGHT, "2026-11-27T23:00", True),
        (NIGHT, "2026-11-28T05:59", True),
        (NIGHT, "2026-11-28T06:00", False),
        (NIGHT, "2026-11-29T05:59", True),
        (NIGHT, "2026-11-27T05:59", False),
        ("Sa-Mo 10:00-14:00 UTC", "2026-11-29T10:00", True),
        ("Sa-Mo 10:00-14:00 UTC", "2026-11-24T10:00", False),
        ("Mo 09:00-12:00, Mo 13:00-24:00 UTC", "2026-11-23T12:30", False),
        ("Mo 09:00-12:00, Mo 13:00-24:00 UTC", "2026-11-23T23:59", True),
        ("Mo 00:00-00:00 UTC", "2026-11-23T13:00", True),
        ("24/7", "2026-11-29T03:00", True),
        ("Mo-Fr 09:00-17:00 Nowhere/Atall", "2026-11-29T03:00", True),
    ],
)
def test_somebody_is_there(text: str, moment: str, there: bool) -> None:
    found = hours.read(text)
    assert found is not None
    assert found.open_at(at(moment)) is there


@pytest.mark.parametrize(
    "text",
    [
        *(
            "",
            "Every day, 9 to 5",
            "Mo-Fr 9-17 UTC",
            "Mo-Fr 09:00-17:00",
            "Mo-Fr 09:00-25:00 UTC",
            "Mo 09:00-24:30 UTC",
        ),
        *("Xx 09:00-17:00 UTC", "Mo-Fr 09:00-17:00 GMT", "Mo-Fr 09:00-17:00 ../etc/passwd", "24/7 UTC"),
    ],
)
def test_other_words_are_for_people_only(text: str) -> None:
    assert hours.read(text) is None
