"""What the contract says beyond the schemas: times that exist, no bit left over, names of keys, no weak key, sizes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import evidence_case as case
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey

from messenger.desk.addenda import MAX_ADDENDA
from messenger.desk.bodies import MAX_TOTAL
from messenger.domain.errors import FormatRefused, SignatureRefused
from messenger.domain.receipt import AddendumReceipt, IdentityLevel, Receipt, WithdrawalOutcome, Withdrawn
from messenger.evidence import package as packages
from messenger.evidence import verify as verifier
from messenger.evidence.addendum import make_addendum_receipt, verify_addendum_receipt
from messenger.evidence.canonical import b64u, canonical, check_time, digest, parse_canonical, unb64u
from messenger.evidence.keys import SealingKey, SigningKey, check_jwk
from messenger.evidence.package import Package
from messenger.evidence.receipt import MAX_RECEIPT_BYTES, make_receipt, verify_receipt
from messenger.evidence.report import MAX_IDENTITY_BYTES, MAX_ITEMS_BYTES, Prepared, read_report
from messenger.evidence.schema import Schemas
from messenger.evidence.signature import MAX_JWS_BYTES, sign
from messenger.evidence.withdrawal import make_withdrawal_receipt, verify_withdrawal_receipt

PRIME = 2**255 - 19
ORDER = 2**252 + 27742317777372353535851937790883648493
CURVE = -121665 * pow(121666, -1, PRIME) % PRIME

TIMES = {
    "2026-11-24T09:00:00.000Z": True,
    "2024-02-29T23:59:59.999Z": True,
    "2016-12-31T23:59:60.000Z": True,
    "0000-02-29T00:00:00.000Z": True,
    "9999-12-31T23:59:59.999Z": True,
    "2026-02-29T00:00:00.000Z": False,
    "2026-02-30T00:00:00.000Z": False,
    "2026-13-01T00:00:00.000Z": False,
    "2026-00-01T00:00:00.000Z": False,
    "2026-11-00T00:00:00.000Z": False,
    "2026-11-24T24:00:00.000Z": False,
    "2026-11-24T09:60:00.000Z": False,
    "2026-11-24T09:00:60.000Z": False,
    "2026-11-24T23:59:61.000Z": False,
    "2026-11-24T09:00:00Z": False,
    "2026-11-24T09:00:00.0000Z": False,
    "2026-11-24T09:00:00.000+00:00": False,
    "2026-11-24 09:00:00.000Z": False,
    "2026-11-24t09:00:00.000z": False,
    "20261124T090000.000Z": False,
    "2026-W48-2T09:00:00.000Z": False,
    "２026-11-24T09:00:00.000Z": False,
    "2026-11-24T09:00:00.000Z\n": False,
    "today": False,
    "": False,
}


@pytest.mark.parametrize("text", TIMES)
def test_times_that_exist_in_both_readers(text: str) -> None:
    holds = TIMES[text]
    if holds:
        assert check_time(text) == text
        verifier.sound({"received_at": text, "free": "today"})
        return
    with pytest.raises(FormatRefused):
        check_time(text)
    with pytest.raises((verifier.Refused, ValueError)):
        verifier.sound([{"at": {"created_at": text}}])


def added(one: tuple[int, int], other: tuple[int, int]) -> tuple[int, int]:
    """The sum of two points of edwards25519 (RFC 8032, section 5.1)."""
    (x, y), (z, w) = one, other
    twisted = CURVE * x * y * z * w % PRIME
    return (
        (x * w + z * y) * pow(1 + twisted, -1, PRIME) % PRIME,
        (y * w + x * z) * pow(1 - twisted, -1, PRIME) % PRIME,
    )


def times(number: int, point: tuple[int, int]) -> tuple[int, int]:
    found = (0, 1)
    for bit in bin(number)[2:]:
        found = added(found, found)
        if bit == "1":
            found = added(found, point)
    return found


def root(square: int) -> int | None:
    """A square root modulo the prime (RFC 8032, section 5.1.3)."""
    found = pow(square, (PRIME + 3) // 8, PRIME)
    for one in (found, found * pow(2, (PRIME - 1) // 4, PRIME) % PRIME):
        if one * one % PRIME == square:
            return one
    return None


def small_points() -> set[tuple[int, int]]:
    """The points whose order divides eight, found by multiplying points with the order of the large group."""
    found: set[tuple[int, int]] = set()
    y = 2
    while len(found) < 8:
        y += 1
        x = root((y * y - 1) * pow(CURVE * y * y + 1, -1, PRIME) % PRIME)
        if x is not None:
            found.add(times(ORDER, (x, y)))
    return found


def test_small_points_are_the_ones_that_are_refused() -> None:
    """Every writing of the eight points of Ed25519, and of the five of X25519; both readers."""
    points = small_points()
    assert {times(8, one) for one in points} == {(0, 1)}
    signing = {y for _x, y in points}
    sealing = {(1 + y) * pow(1 - y, PRIME - 2, PRIME) % PRIME for y in signing} | {PRIME - 1}
    assert (len(signing), len(sealing)) == (5, 5)
    for curve, weak in (("Ed25519", signing), ("X25519", sealing)):
        for number in (*weak, *(one + PRIME for one in weak if one + PRIME < 2**255)):
            for sign_bit in (0, 2**255):
                jwk = {"kty": "OKP", "crv": curve, "x": b64u((number + sign_bit).to_bytes(32, "little"))}
                with pytest.raises(FormatRefused):
                    check_jwk(jwk)
                with pytest.raises((verifier.Refused, ValueError)):
                    verifier.key_name(jwk)


def test_why_small_points_are_refused() -> None:
    """With them the libraries find a signature by nobody right, and agree on a secret that everybody knows."""
    Ed25519PublicKey.from_public_bytes(b"\x01" + bytes(31)).verify(b"\x01" + bytes(63), b"whatever")
    with pytest.raises(ValueError, match=r".*"):
        X25519PrivateKey.generate().exchange(X25519PublicKey.from_public_bytes(bytes(32)))


def test_other_keys_are_taken_by_both_readers() -> None:
    for key in [SigningKey.generate() for _ in range(20)] + [SealingKey.generate() for _ in range(20)]:
        assert verifier.key_name(key.public_jwk()) == key.thumbprint
        check_jwk(key.public_jwk())
    base = {"kty": "OKP", "crv": "X25519", "x": b64u(b"\x09" + bytes(31))}
    check_jwk(base)
    verifier.key_name(base)


@pytest.mark.parametrize(
    "change", [{"kid": "A" * 43}, {"d": "A" * 43}, {"x": "A" * 42}, {"x": b64u(bytes(31) + b"\x05" + b"\x00")}]
)
def test_the_verifier_alone_knows_a_sound_key(change: dict[str, str]) -> None:
    with pytest.raises((verifier.Refused, ValueError)):
        verifier.sound([{"x": "free", "keys": {"sig": {**case.DESK_SIG.public_jwk(), **change}}}])
    with pytest.raises(FormatRefused):
        check_jwk({**case.DESK_SIG.public_jwk(), **change})


def test_words_among_free_text_are_no_members() -> None:
    """Only an object is a key, only a member's own text a time or a digest."""
    verifier.sound({"codes": ["crv", "at"], "features": ["x"], "text": "at", "at": None})


STRICT: dict[str, tuple[str, Callable[[dict[str, Any]], object]]] = {
    "time": ("report:/created_at (pattern)", lambda body: body.update(created_at="2026-11-24T24:00:00.000Z")),
    "bits": ("report:/questionnaire/sha256 (pattern)", lambda body: body["questionnaire"].update(sha256="A" * 42 + "B")),
    "name": ("report:/reporter/keys/enc ($ref)", lambda body: body["reporter"]["keys"]["enc"].update(kid="A" * 43)),
    "weak": ("report:/reporter/keys/enc ($ref)", lambda body: body["reporter"]["keys"]["enc"].update(x="A" * 43)),
    "order": ("report:/sent_to/keys (sorted)", lambda body: body["sent_to"]["keys"].reverse()),
}


@pytest.mark.parametrize("name", STRICT)
def test_a_report_is_held_against_more_than_its_schema(name: str, prepared: Prepared, schemas: Schemas) -> None:
    place, change = STRICT[name]
    body = parse_canonical(prepared.report)
    change(body)
    with pytest.raises(FormatRefused) as refusal:
        read_report(sign(canonical(body), case.REPORTER_SIG, "robin-report+jws"), schemas)
    assert refusal.value.fields["what"] == place


@pytest.mark.parametrize("at", ["today", "2026-13-01T00:00:00.000Z", "2026-11-24T09:00:00Z"])
def test_what_a_desk_signs_at_no_time_is_refused(at: str) -> None:
    keys, right = case.ENDPOINT.keys, case.NOW
    receipt = Receipt("r", "D" * 43, "AB42-CD34", right, "", IdentityLevel.CODE, "soon", "")
    received = AddendumReceipt("r", "a", "D" * 43, "AB42-CD34", right, "")
    withdrawn = Withdrawn("r", "D" * 43, "AB42-CD34", right, WithdrawalOutcome.NOTED, "")
    with pytest.raises(FormatRefused):
        make_receipt(case.DESK_SIG, replace(receipt, received_at=at))
    with pytest.raises(FormatRefused):
        make_addendum_receipt(case.DESK_SIG, replace(received, received_at=at))
    with pytest.raises(FormatRefused):
        make_withdrawal_receipt(case.DESK_SIG, replace(withdrawn, at=at))

    def anew(jws: str, kind: str, **changes: str) -> str:
        body = parse_canonical(unb64u(jws.split(".")[1]))
        return sign(canonical({**body, **changes}), case.DESK_SIG, f"robin-{kind}+jws")

    first = make_receipt(case.DESK_SIG, receipt)
    second = make_addendum_receipt(case.DESK_SIG, received)
    third = make_withdrawal_receipt(case.DESK_SIG, withdrawn)
    verify_receipt(first, keys, "D" * 43)
    verify_addendum_receipt(second, keys, "D" * 43, "r", "a")
    verify_withdrawal_receipt(third, keys, "D" * 43, "r")
    with pytest.raises(SignatureRefused):
        verify_receipt(anew(first, "receipt", received_at=at), keys, "D" * 43)
    with pytest.raises(SignatureRefused):
        verify_addendum_receipt(anew(second, "addendum-receipt", received_at=at), keys, "D" * 43, "r", "a")
    with pytest.raises(SignatureRefused):
        verify_withdrawal_receipt(anew(third, "withdrawal-receipt", at=at), keys, "D" * 43, "r")


def sealed(change: Callable[[dict[str, Any]], object]) -> Callable[[dict[str, Any]], object]:
    """A change of the header of the report's seal."""

    def made(body: dict[str, Any]) -> None:
        head, *rest = body["report"].split(".")
        said = parse_canonical(unb64u(head))
        change(said)
        body["report"] = ".".join([b64u(canonical(said)), *rest])

    return made


PACKAGES: dict[str, Callable[[dict[str, Any]], object]] = {
    "hand set 1": lambda body: body["endpoint"].update(hand_set=1),
    "demonstration 0": lambda body: body["endpoint"].update(demonstration=0),
    "a key twice": lambda body: body["endpoint"]["keys"].append({**body["endpoint"]["keys"][1]}),
    "no keys": lambda body: body["endpoint"].update(keys=[]),
    "bits of a pin": lambda body: body["endpoint"].update(pins=["A" * 42 + "B"]),
    "bits of the digest": lambda body: body.update(digest="A" * 42 + "B"),
    "no such day": lambda body: body.update(created_at="2026-02-30T00:00:00.000Z"),
    "bits of the tag": lambda body: body.update(report=body["report"][:-1] + "B"),
    "short sender's key": sealed(lambda said: said["epk"].update(x="AA")),
    "weak sender's key": sealed(lambda said: said["epk"].update(x="A" * 43)),
    "for the signing key": sealed(lambda said: said.update(kid=case.DESK_SIG.thumbprint)),
    "other header": sealed(lambda said: said.update(alg="ECDH-ES+A256KW")),
}


@pytest.mark.parametrize("name", PACKAGES)
def test_a_package_is_in_one_form(name: str, prepared: Prepared) -> None:
    body = parse_canonical(Package.of(prepared).encode())
    body.pop("check")
    PACKAGES[name](body)
    with pytest.raises(FormatRefused):
        Package.decode(canonical({**body, "check": digest(canonical(body))}))


def test_a_copy_of_everything_that_a_desk_takes_can_be_written_and_read() -> None:
    """An addendum is sealed over its JWS, which it makes a third longer; in a copy stands the JWS."""
    following = MAX_TOTAL * 3 // 4 + (MAX_ADDENDA + 2) * (MAX_RECEIPT_BYTES + 100)
    most = MAX_JWS_BYTES + MAX_ITEMS_BYTES + MAX_IDENTITY_BYTES + following + 64 * 1024
    assert most <= packages.MAX_COPY_BYTES == verifier.MAX_BYTES
    assert packages.MAX_PACKAGE_BYTES == verifier.MAX_PACKAGE
