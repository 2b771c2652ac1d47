"""A wrong endpoint profile is refused in plain words; a right one comes back as it was written."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from messenger.domain.errors import AssetRefused
from messenger.safety import profiles

SIG = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"  # the example key of RFC 8037
ENC = "hSDwCYkwp1R0i33ctD73Wg2_Og0mOBr066SpjqqbTmo"  # the example key of RFC 7748


def profile() -> dict[str, Any]:
    return {
        "id": "desk",
        "name": "Harbour desk",
        "base": "https://desk.example.org:8443",
        "country": "gb",
        "jid": "desk@example.org",
        "hours": "Every day, 9 to 5",
        "languages": ["en"],
        "keys": [
            {"kty": "OKP", "crv": "Ed25519", "x": SIG, "use": "sig"},
            {"kty": "OKP", "crv": "X25519", "x": ENC, "use": "enc", "kid": "one"},
        ],
    }


def read(value: dict[str, Any]) -> Any:
    return profiles.load(json.dumps(value).encode(), "desk.json")


def test_a_right_profile_is_read() -> None:
    found = read(profile())
    assert (found.id, found.base, found.country, found.jid) == (
        "desk",
        "https://desk.example.org:8443",
        "gb",
        "desk@example.org",
    )
    assert [one["use"] for one in found.keys] == ["sig", "enc"]
    assert not found.hand_set


def test_what_is_written_is_what_is_read() -> None:
    found = read({**profile(), "ca_file": "/tmp/ca.pem", "demonstration": True})
    assert profiles.load(profiles.dump(found), "again.json") == found


def test_a_hand_set_profile_says_so_whatever_the_file_says() -> None:
    data = json.dumps({**profile(), "hand_set": False}).encode()
    assert profiles.load(data, "mine.json", hand_set=True).hand_set


def test_a_slash_at_the_end_of_the_base_is_taken_off() -> None:
    assert read({**profile(), "base": "https://desk.example.org/robin/"}).base == "https://desk.example.org/robin"


def _key(index: int, **change: Any) -> Callable[[dict[str, Any]], Any]:
    return lambda value: value["keys"][index].update(change)


BROKEN: list[tuple[Callable[[dict[str, Any]], Any], str]] = [
    (lambda v: v.update(base="http://desk.example.org"), "must be https"),
    (lambda v: v.update(base="ftp://desk.example.org"), "must be an https"),
    (lambda v: v.update(base="desk.example.org"), "must be an https"),
    (lambda v: v.update(base="https://"), "must be an https"),
    (lambda v: v.update(base="https://:8443"), "must be an https"),
    (lambda v: v.update(base="https://desk.example.org:99999"), "not an address"),
    (lambda v: v.update(base="https://me:word@desk.example.org"), "name or password"),
    (lambda v: v.update(base="https://desk.example.org/?a=b"), "end with its path"),
    (lambda v: v.update(base="https://desk.example.org/#a"), "end with its path"),
    (lambda v: v.update(base="https://desk.example org"), "end with its path"),
    (lambda v: v.pop("base"), "'base' is missing"),
    (lambda v: v.pop("name"), "'name' is missing"),
    (lambda v: v.pop("keys"), "'keys' is missing"),
    (lambda v: v.update(keys=[]), "'keys' is empty"),
    (lambda v: v["keys"].pop(0), "one key of use 'sig'"),
    (lambda v: v["keys"].pop(1), "one key of use 'enc'"),
    (lambda v: v["keys"].append(v["keys"][0]), "one key of use 'sig'"),
    (_key(0, kty="RSA"), "not one of OKP"),
    (_key(0, crv="X25519"), "not one of Ed25519"),
    (_key(1, crv="Ed25519"), "not one of X25519"),
    (_key(0, use="both"), "not one of sig, enc"),
    (_key(0, x=SIG[:40]), "32 bytes"),
    (_key(0, x=SIG + "="), "base64url"),
    (_key(0, x=SIG[:-1] + "p"), "32 bytes"),
    (_key(0, x=SIG.replace("_", "/")), "base64url"),
    (_key(0, x="A" * 43), "not a key"),
    (_key(0, x="ü" * 43), "base64url"),
    (_key(0, d=SIG), "private key"),
    (_key(0, key_ops=["verify"]), "'key_ops' is not known"),
    (lambda v: v.update(jid="desk"), "XMPP address"),
    (lambda v: v.update(jid="desk@example.org/phone"), "XMPP address"),
    (lambda v: v.update(country="GB"), "two small letters"),
    (lambda v: v.update(country="gbr"), "two small letters"),
    (lambda v: v.update(hand_set="no"), "true or false"),
    (lambda v: v.update(url="https://x.example"), "'url' is not known"),
]


@pytest.mark.parametrize(("change", "reason"), BROKEN, ids=[f"{number}-{one[1]}" for number, one in enumerate(BROKEN)])
def test_a_wrong_profile_is_refused_in_plain_words(change: Callable[[dict[str, Any]], Any], reason: str) -> None:
    value = profile()
    change(value)
    with pytest.raises(AssetRefused) as refused:
        read(value)
    assert refused.value.fields["file"] == "desk.json"
    assert reason in str(refused.value.fields["reason"])
