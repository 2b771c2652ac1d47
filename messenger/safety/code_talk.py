"""Whether somebody wrote of a code: then digits that go back may be one that was sent to this person (R6).

Wide on purpose: it asks nobody anything and shows nothing; it only lets R6 look at the digits that go out.
"""

from __future__ import annotations

from messenger.safety import words

_CODE = frozenset({
    "code", "codes", "pin", "pins", "otp", "passcode", "passcodes", "otps", "2fa", "tan",
})  # fmt: skip
_MAYBE = frozenset({
    "digit", "digits", "number", "numbers", "verification", "verify", "login", "log", "sign", "text", "sms",
})  # fmt: skip
_SENT = frozenset({
    "sent", "send", "sends", "sending", "got", "get", "gets", "receive", "received", "text", "texted",
    "tell", "give", "read", "came", "security",
})  # fmt: skip


def spoken(raw: str) -> bool:
    """Whether these words speak of a code that one is sent."""
    found = {one.text for one in words.read(raw).words}
    if found & _CODE:
        return True
    return len(found & _MAYBE) > 1 or (bool(found & _MAYBE) and bool(found & _SENT))
