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


@pytest.mark.parametrize(
    ("base", "jid"),
    [
        ("xmpp:desk@example.org", "desk@example.org"),
        ("mailto:desk@example.org", ""),
        ("folder:///media/stick/my%20reports", ""),
    ],
)
def test_a_report_can_go_other_ways(base: str, jid: str) -> None:
    found = read({**{name: one for name, one in profile().items() if name != "jid"}, "base": base})
    assert (found.base, found.jid) == (base, jid)
    assert profiles.load(profiles.dump(found), "again.json") == found


def test_the_fields_of_a_desk_that_checks_and_closes() -> None:
    more = {
        "auth": ["xmpp-0070", "code-email"],
        "forward_jid": "forward@example.org",
        "hours": "Mo-Fr 09:00-17:00 Europe/London",
        "out_of_hours": "night-desk",
        "pins": [SIG],
    }
    found = read({**profile(), **more})
    assert (found.auth, found.forward_jid, found.out_of_hours, found.pins) == (
        ("xmpp-0070", "code-email"),
        "forward@example.org",
        "night-desk",
        (SIG,),
    )
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
    (lambda v: v.update(base="xmpp:desk"), "such as xmpp:desk@example.org"),
    (lambda v: v.update(base="xmpp:desk@example.org/phone"), "such as xmpp:desk@example.org"),
    (lambda v: v.update(base="xmpp:other@example.org"), "name two addresses"),
    (lambda v: v.update(base="xmpp:desk@example.org?message"), "end with its path"),
    (lambda v: v.update(base="mailto:desk"), "such as mailto:desk@example.org"),
    (lambda v: v.update(base="mailto:a@example.org,b@example.org"), "such as mailto:desk@example.org"),
    (lambda v: v.update(base="mailto:desk@example.org?subject=x"), "end with its path"),
    (lambda v: v.update(base="folder://host/place"), "such as folder:///"),
    (lambda v: v.update(base="folder:///media/../etc"), "such as folder:///"),
    (lambda v: v.update(base="folder:///media/%2e%2e/etc"), "such as folder:///"),
    (lambda v: v.update(base="folder:///"), "such as folder:///"),
    (lambda v: v.update(auth=["password"]), "unknown word 'password' in 'auth'"),
    (lambda v: (v.pop("jid"), v.update(auth=["xmpp-0070"])), "no 'jid' that would ask"),
    (lambda v: v.update(forward_jid="example.org"), "'forward_jid' must be an XMPP address"),
    (lambda v: v.update(out_of_hours="night"), "needs 'hours' such as"),
    (lambda v: v.update(out_of_hours="desk", hours="24/7"), "names the desk itself"),
    (lambda v: v.update(pins=["abc"]), "'pins'"),
    (lambda v: v.update(base="mailto:desk@example.org", pins=[SIG]), "for https only"),
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
