"""Keys, signatures and seals: vectors of RFC 7638, 8032, 8037; joserfc reads and writes the same; wrong ones are refused."""

from __future__ import annotations

import evidence_case as case
import pytest
from hypothesis import given
from hypothesis import strategies as st
from joserfc import jwe, jws
from joserfc.jwk import OKPKey

from messenger.domain.errors import FormatRefused, SealRefused, SignatureRefused
from messenger.evidence import seal as seals
from messenger.evidence.canonical import b64u, canonical, digest, unb64u
from messenger.evidence.keys import PublicKeys, SealingKey, SigningKey, check_jwk, thumbprint
from messenger.evidence.seal import check_sealed, seal, unseal
from messenger.evidence.signature import sign, signer, unchecked_payload, verify

RFC_8037_D = "nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A"
RFC_8037_X = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"


def test_rfc_7638_thumbprint_of_the_rfc() -> None:
    n = (
        "0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhMstn6"
        "4tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91"
        "CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw"
    )
    assert digest(canonical({"kty": "RSA", "n": n, "e": "AQAB"})) == "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs"


def test_rfc_8037_key_thumbprint_and_signature() -> None:
    key = SigningKey.from_secret(RFC_8037_D)
    assert key.public_jwk()["x"] == RFC_8037_X
    assert key.thumbprint == "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k"
    signed = b"eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc"
    assert b64u(key.sign(signed)) == (
        "hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg"
    )


def test_rfc_8037_key_agreement() -> None:
    ephemeral = SealingKey.from_secret("dwdtCnMYpX08FsFyUbJmRd9ML4frwJkqsXf7pR25LCo")
    assert ephemeral.public_jwk()["x"] == "hSDwCYkwp1R0i33ctD73Wg2_Og0mOBr066SpjqqbTmo"
    shared = ephemeral.exchange(unb64u("3p7bfXt9wbTTW2HC7OQ1Nz-DQ8hbeGdNrfx-FG-IK08"))
    assert shared.hex() == "4a5d9d5ba4ce2de1728e3bf480350f25e07e21c947d19e3376f09b3c1e161742"


def test_secrets_round_trip_and_do_not_show() -> None:
    for kind in (SigningKey, SealingKey):
        key = kind.generate()
        again = kind.from_secret(key.to_secret())
        assert again.public_jwk() == key.public_jwk()
        assert key.to_secret() not in repr(key) + str(vars(key)).replace("_private", "")
        assert "d" not in key.public_jwk()
    for wrong in ("", "AAAA", RFC_8037_D + "A", "!" * 43):
        with pytest.raises(FormatRefused):
            SigningKey.from_secret(wrong)
        with pytest.raises(FormatRefused):
            SealingKey.from_secret(wrong)


GOOD = {"kty": "OKP", "crv": "Ed25519", "x": RFC_8037_X}


@pytest.mark.parametrize(
    "change",
    [
        {"kty": "EC"}, {"crv": "Ed448"}, {"crv": "X25519", "use": "sig"}, {"use": "enc"}, {"kid": "A" * 43}, {"d": RFC_8037_D},
        {"x": RFC_8037_X[:-1]}, {"x": RFC_8037_X[:-1] + "p"}, {"x": 1}, {"x": None}, {"alg": "EdDSA"}, {"key_ops": ["sign"]},
        {"crv": []}, {"crv": {}}, {"kty": None}, {"kid": 5}, {"use": ["sig"]},
    ],
    ids=repr,
)  # fmt: skip
def test_keys_are_strict(change: dict[str, str]) -> None:
    check_jwk(GOOD)
    with pytest.raises(FormatRefused):
        check_jwk({**GOOD, **change})


def test_a_key_may_carry_its_right_use_and_name() -> None:
    full = {**GOOD, "use": "sig", "kid": thumbprint(GOOD)}
    assert thumbprint(full) == thumbprint(GOOD)


def test_key_sets() -> None:
    keys = PublicKeys(case.ENDPOINT.keys)
    assert keys.sealing_jwk() == case.DESK_ENC.public_jwk()
    assert keys.thumbprints() == sorted([case.DESK_SIG.thumbprint, case.DESK_ENC.thumbprint])
    assert len(keys) == len(list(keys)) == 2
    assert keys.signing_jwk(case.DESK_SIG.thumbprint) == case.DESK_SIG.public_jwk()
    for ask in (keys.signing, keys.signing_jwk):
        for kid in (case.DESK_ENC.thumbprint, case.REPORTER_SIG.thumbprint, ""):
            with pytest.raises(FormatRefused):
                ask(kid)
    with pytest.raises(FormatRefused):
        PublicKeys([GOOD, GOOD])
    with pytest.raises(FormatRefused):
        PublicKeys([GOOD]).sealing_jwk()


@given(st.binary(max_size=200))
def test_signatures_round_trip(payload: bytes) -> None:
    made = sign(payload, case.DESK_SIG, "t")
    assert verify(made, [case.DESK_SIG.public_jwk()], "t") == payload
    assert verify(made, PublicKeys(case.ENDPOINT.keys), "t") == payload
    assert unchecked_payload(made) == payload
    assert signer(made, "t") == case.DESK_SIG.thumbprint


def test_joserfc_reads_and_writes_the_same_signature() -> None:
    made = sign(b"payload", case.DESK_SIG, "t")
    public = OKPKey.import_key(case.DESK_SIG.public_jwk())
    assert jws.deserialize_compact(made, public, algorithms=["Ed25519"]).payload == b"payload"
    private = OKPKey.import_key({**case.DESK_SIG.public_jwk(), "d": case.DESK_SIG.to_secret()})
    header = {"alg": "Ed25519", "kid": case.DESK_SIG.thumbprint, "typ": "t"}
    assert jws.serialize_compact(header, b"payload", private, algorithms=["Ed25519"]) == made


def test_every_changed_sign_of_a_signature_is_refused() -> None:
    made = sign(b"payload", case.DESK_SIG, "t")
    keys = PublicKeys(case.ENDPOINT.keys)
    for at, old in enumerate(made):
        for new in "A_.=z0é":
            if new != old:
                with pytest.raises(SignatureRefused):
                    verify(made[:at] + new + made[at + 1 :], keys, "t")


def header_of(**members: object) -> str:
    header = b64u(canonical({k: v for k, v in members.items() if v is not None}))
    signed = f"{header}.{b64u(b'payload')}"
    return f"{signed}.{b64u(case.DESK_SIG.sign(signed.encode()))}"


def test_only_the_one_header_is_taken() -> None:
    kid = case.DESK_SIG.thumbprint
    keys = [case.DESK_SIG.public_jwk()]
    assert verify(header_of(alg="Ed25519", kid=kid, typ="t"), keys, "t") == b"payload"
    for wrong in (
        header_of(alg="EdDSA", kid=kid, typ="t"),
        header_of(alg="none", kid=kid, typ="t"),
        header_of(alg="HS256", kid=kid, typ="t"),
        header_of(alg="Ed25519", kid=kid, typ="u"),
        header_of(alg="Ed25519", kid=kid),
        header_of(alg="Ed25519", typ="t"),
        header_of(alg="Ed25519", kid="A" * 43, typ="t"),
        header_of(alg="Ed25519", kid=1, typ="t"),
        header_of(alg="Ed25519", kid=kid, typ="t", crit=["b64"]),
        header_of(alg="Ed25519", kid=kid, typ="t", jwk=case.DESK_SIG.public_jwk()),
    ):
        with pytest.raises(SignatureRefused):
            verify(wrong, keys, "t")
    loose = b64u(f'{{"alg": "Ed25519","kid":"{kid}","typ":"t"}}'.encode())
    signed = f"{loose}.{b64u(b'payload')}"
    with pytest.raises(SignatureRefused):
        verify(f"{signed}.{b64u(case.DESK_SIG.sign(signed.encode()))}", keys, "t")


def test_wrong_keys_and_sizes_are_refused() -> None:
    made = sign(b"payload", case.DESK_SIG, "t")
    for jwks in ([], [case.REPORTER_SIG.public_jwk()], [case.DESK_ENC.public_jwk()]):
        with pytest.raises(SignatureRefused):
            verify(made, jwks, "t")
    # A key of somebody else under the right name is caught by the thumbprint.
    with pytest.raises(SignatureRefused):
        verify(made, [{**case.REPORTER_SIG.public_jwk(), "kid": case.DESK_SIG.thumbprint}], "t")
    with pytest.raises(SignatureRefused):
        verify(made, [case.DESK_SIG.public_jwk()], "t", max_bytes=len(made) - 1)
    for broken in ("", ".", "..", "a.b", made + ".", made + "A", made[:-1]):
        for ask in (signer, verify):
            with pytest.raises(SignatureRefused):
                ask(broken, [case.DESK_SIG.public_jwk()], "t") if ask is verify else ask(broken, "t")
    with pytest.raises(SignatureRefused):
        unchecked_payload("a.b")


@given(st.binary(max_size=300))
def test_seals_round_trip(plain: bytes) -> None:
    sealed = seal(plain, case.DESK_ENC.public_jwk())
    assert unseal(sealed, case.DESK_ENC) == plain
    assert check_sealed(sealed) == case.DESK_ENC.thumbprint
    assert sealed != seal(plain, case.DESK_ENC.public_jwk()), "a new key for each seal"


def test_joserfc_reads_and_writes_the_same_seal() -> None:
    private = OKPKey.import_key({**case.DESK_ENC.public_jwk(), "d": case.DESK_ENC.to_secret()})
    sealed = seal(b"plain", case.DESK_ENC.public_jwk())
    names = ["ECDH-ES", "A256GCM"]
    assert jwe.decrypt_compact(sealed.decode(), private, algorithms=names).plaintext == b"plain"


def test_every_changed_byte_of_a_seal_is_refused() -> None:
    sealed = seal(b"some words", case.DESK_ENC.public_jwk(), case.seeded("seal"))
    for at, old in enumerate(sealed):
        for new in b"A_.=z\xc3":
            if new != old:
                with pytest.raises(SealRefused):
                    unseal(sealed[:at] + bytes([new]) + sealed[at + 1 :], case.DESK_ENC)


def test_seals_refuse_other_keys_and_sizes(monkeypatch: pytest.MonkeyPatch) -> None:
    sealed = seal(b"plain", case.DESK_ENC.public_jwk())
    with pytest.raises(SealRefused):
        unseal(sealed, case.REPORTER_ENC)
    with pytest.raises(SealRefused):
        unseal(sealed, case.DESK_ENC, max_bytes=len(sealed) - 1)
    with pytest.raises(SealRefused):
        check_sealed(b"no seal")
    with pytest.raises(FormatRefused):
        seal(b"plain", case.DESK_SIG.public_jwk())
    monkeypatch.setattr(seals, "MAX_PLAIN_BYTES", 4)
    with pytest.raises(FormatRefused):
        seal(b"plain", case.DESK_ENC.public_jwk())


def test_keys_of_small_order_are_refused() -> None:
    for point in (bytes(32), b"\x01" + bytes(31)):
        with pytest.raises(FormatRefused):
            seal(b"plain", {"kty": "OKP", "crv": "X25519", "x": b64u(point)})


def test_seal_of_fixed_randomness_is_fixed() -> None:
    one, two = (seal(b"plain", case.DESK_ENC.public_jwk(), case.seeded("x")) for _ in range(2))
    assert one == two
