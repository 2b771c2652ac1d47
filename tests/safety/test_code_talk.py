"""Whether somebody wrote of a code: wide enough for what people ask, and not for plain talk."""

from __future__ import annotations

import pytest

from messenger.safety.code_talk import spoken


@pytest.mark.parametrize(
    "text",
    [
        "what code did you get?", "whats the c o d e", "tell me the 6 digits they sent", "i sent you a text, what does it say",
        "ur otp pls", "the verification number", "read me the PIN", "wh\u0430t c\u043ede did it send", "login number?",
        "the app gave you a number, send it",
    ],
)  # fmt: skip
def test_an_ask_for_a_code_is_heard(text: str) -> None:
    assert spoken(text)


@pytest.mark.parametrize(
    "text",
    ["hello", "see you at the park", "my favourite number", "", "\n" * 1000, "how many did you score?", "who won"],
)
def test_plain_talk_is_not(text: str) -> None:
    assert not spoken(text)
