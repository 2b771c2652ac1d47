"""The command `robin verify` and a verifier written from the contract alone come to the same verdict about a file.

A sample; the whole is `python tests/long/independent_agreement.py`. The files named below were once accepted by Robin's
verifier, or by both; the contract refuses them, and so do both now.
"""

from __future__ import annotations

import sys
from pathlib import Path

import made_files
import pytest
import verifier

from messenger.evidence import verify

sys.path.append(str(Path(__file__).resolve().parents[1] / "long"))
import independent_agreement as agreement

SAMPLE = 60
CONTAINERS = ("*.robin.json", "package.json")
# Once taken by Robin.
TAKEN = (
    "copy: unknown member",  # any member more, in the report,
    "copy: more 2 in addenda/0/0",  # an addendum,
    "copy: more 0 in receipt",  # what the desk signed,
    "copy: more 5 in identity",  # or a file, which step 1 of the contract names
    "copy: withheld with more",  # salt beside a leaf
    "copy: outside within",  # a withheld line of a reason that lines do not have
    "copy: sig private",  # a private part in a public key
    "copy: enc kid wrong",  # a key with another key's name
    "copy: true for 1",
    "copy: narrative too long",
    "copy: case number with 0",
    "copy: time 8 2026-11-24T09:00:00Z",
    "copy: receipt's time 1 2026-13-01T00:00:00.000Z",
    "copy: salt bits",  # left-over bits that are not zero
    "copy: addendum without anything",  # neither words nor lines
    "package: unknown member",
    "package: key private",
    "package: no keys",
    "package: header other alg",  # any header of a seal
    "package: header not JSON",
)
# Once taken by both, until the contract said more.
UNCLEAR = (
    "copy: addendum of none without words",  # nothing in it
    "copy: kind none",  # lines of no chat,
    "copy: addendum kind none",
    "copy: kind room",  # a room that is not described,
    "copy: room null",
    "copy: kind chat of a room",  # a chat with a room
    "copy: keys unsorted",
    "copy: journal's end at the last",  # another value at the journal's end
    "copy: edits total less",
    "copy: total below entries",
    "copy: asked never",  # an archive that was asked at no time
    "copy: identity key",  # a key with which anybody signs,
    "copy: enc x zero",  # or reads
    "copy: enc x of small order",
    "copy: enc x of small order in another writing",
    "copy: identity too large",
    "copy: receipt too large",
    "package: keys twice",
)


def test_the_examples_are_accepted_by_both() -> None:
    containers = {path for pattern in CONTAINERS for path in made_files.EXAMPLES.glob(pattern)}
    assert len(containers) >= 5
    for path in made_files.EXAMPLES.iterdir():
        data = path.read_bytes()
        assert verifier.check(data) is (path in containers), path.name
        assert (agreement.robins(data) == "accepted") is (path in containers), path.name


def test_neither_is_surprised_by_strange_bytes() -> None:
    honest = {"raw: receipt and key left out"}
    for name, data in made_files.raw().items():
        assert verifier.check(data) is (name in honest), name
        assert (agreement.robins(data) == "accepted") is (name in honest), name


def test_both_agree_about_a_sample() -> None:
    outcome = agreement.compare(agreement.files(SAMPLE, seed=1, large=False))
    assert outcome.disagreements == []
    assert outcome.files == SAMPLE
    assert min(outcome.accepted_by_both, outcome.refused_by_both) >= 10


@pytest.mark.parametrize("name", [*TAKEN, *UNCLEAR])
def test_both_refuse_it(name: str) -> None:
    data = made_files.named(large=False)[name]()
    assert not verifier.check(data)
    assert agreement.robins(data) != "accepted"


@pytest.mark.parametrize("size", ["MAX_BYTES", "MAX_PACKAGE"])
def test_both_know_the_largest_file(size: str, monkeypatch: pytest.MonkeyPatch) -> None:
    name, robins = {"MAX_BYTES": ("copy", "copy.robin.json"), "MAX_PACKAGE": ("package", "package.json")}[size]
    data = (made_files.EXAMPLES / robins).read_bytes()
    assert verifier.SIZES[name] == getattr(verify, size)
    for less in (0, 1):
        monkeypatch.setitem(verifier.SIZES, name, len(data) - less)
        monkeypatch.setattr(verify, size, len(data) - less)
        assert verifier.check(data) is (agreement.robins(data) == "accepted") is (less == 0)


def test_both_read_a_copy_of_nineteen_mebibytes() -> None:
    data = made_files.made("five large addenda")
    assert len(data) > 19 * 2**20
    assert verifier.check(data)
    assert agreement.robins(data) == "accepted"
