"""Compares the command `robin verify` with one that was written from the contract alone. A command, not a test.

    python tests/long/independent_agreement.py [--files N] [--seed N]

The files are kept copies and packages: honest ones, ones with a change under fitting signatures (tests/independent/made_files.py,
each change by name and single values by chance), and the mutations of tests/long/package_mutations.py. Prints JSON: how many
files, how many both accept, how many both refuse, and every disagreement with its reason. Exit code 1 when there is one.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "long"), str(ROOT / "tests" / "independent")]

import made_files  # noqa: E402
import package_mutations  # noqa: E402
import verifier  # noqa: E402

from messenger.app.verify_command import VerifyCommand  # noqa: E402
from messenger.evidence.schema import Schemas  # noqa: E402
from messenger.evidence.verify import Unreadable  # noqa: E402

COMMAND = VerifyCommand(Schemas.packaged())


@dataclass(frozen=True)
class Disagreement:
    """One file that is accepted by one side only. `form` when ours refuses it for its form alone."""

    file: str
    ours: str
    robins: str
    form: bool = False


@dataclass
class Outcome:
    """The figures of a run."""

    files: int = 0
    accepted_by_both: int = 0
    refused_by_both: int = 0
    disagreements: list[Disagreement] = field(default_factory=list)


def robins(data: bytes) -> str:
    """The verdict of the command `robin verify`: `accepted`, or why not."""
    try:
        refused = [one.words for one in COMMAND.findings(data) if one.result == "refused"]
    except Unreadable as error:
        return f"not readable: {error}"
    return " ".join(refused) or "accepted"


def compare(files: Iterator[tuple[str, bytes]]) -> Outcome:
    """Both verdicts on every file."""
    outcome = Outcome()
    for name, data in files:
        outcome.files += 1
        refused, accepted = verifier.verdict(data), verifier.check(data)
        assert accepted == (refused is None), name
        robin = robins(data)
        if accepted and robin == "accepted":
            outcome.accepted_by_both += 1
        elif not accepted and robin != "accepted":
            outcome.refused_by_both += 1
        else:
            form = isinstance(refused, verifier.Misfit)
            outcome.disagreements.append(Disagreement(name, str(refused or "accepted"), robin, form))
    return outcome


def files(count: int, seed: int, large: bool = True) -> Iterator[tuple[str, bytes]]:
    """`count` files: a third by name, a third with a value changed by chance under signatures that fit, a third mutations."""
    cases = package_mutations.Cases()
    honest = sorted(cases.honest)
    makers = list(made_files.named(large).items())
    random.Random(seed).shuffle(makers)
    for number in range(count):
        rng = random.Random(f"{seed} {number}")
        if number % 3 == 0 and makers:
            name, make = makers.pop()
            yield name, make()
        elif number % 15 == 2:
            yield "honest", rng.choice(honest)
        elif number % 3 == 2:
            how, data, _package = cases.file(number, rng)
            yield f"mutation {number}: {how}", data
        else:
            how, data = made_files.drawn(rng, package_mutations.places)
            yield f"drawn {number}: {how}", data


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--files", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=0)
    asked = parser.parse_args()
    outcome = compare(files(asked.files, asked.seed))
    print(json.dumps(asdict(outcome), indent=2))
    return 1 if outcome.disagreements else 0


if __name__ == "__main__":
    sys.exit(main())
