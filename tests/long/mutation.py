"""Mutation testing of questionnaire, evidence, outbox and the stanza ingress (cosmic-ray's operators, our own sampling).

    python tests/long/mutation.py [--sample 60] [--seed 1] [--group NAME ...] [--workers 2] [--out FILE]

Takes a random sample of all mutants of each group, runs the group's tests on each in a copy of the checkout, and prints
JSON: killed, survived, timed out (counts as killed), and every survivor with its place. Exits 1 below 80 %. Needs what
requirements-long.lock lists beside the tests' own environment.

What is no mutant: a change in annotations (never evaluated here), in the keywords of a dataclass decorator (slots,
frozen), in the arguments of a log line; `==` for `is` (here `is` stands only beside None, True, False and members of
enums, where both say the same); and another sign between flags of `os.open`, when the number stays what it was. Run it
on a checkout that nobody changes meanwhile (git archive).
"""

from __future__ import annotations

import argparse
import ast
import json
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from itertools import islice
from pathlib import Path
from queue import Queue

import cosmic_ray.plugins
from cosmic_ray.ast import ast_nodes, get_ast
from cosmic_ray.mutating import mutate_code

ROOT = Path(__file__).resolve().parents[2]
SLOW = "not flip and not thousand and not flood and not very_many"
REPORTING = [
    "tests/storage/test_sealed_files.py",
    *(
        f"tests/services/test_{name}.py"
        for name in ("outbox_delivery", "outbox_desks", "reporting", "report_parts", "correspondence", "service_following")
    ),
    "tests/services/test_reporting_desk.py",
]
FOLLOWING = [
    f"tests/services/test_{name}.py" for name in ("addenda", "aftercare", "archive_checks", "service_following", "identity")
]
GROUPS: dict[str, tuple[list[str], list[str]]] = {
    "questionnaire": (["messenger/questionnaire/*.py"], ["tests/questionnaire"]),
    "evidence": (["messenger/evidence/*.py"], ["tests/evidence", "--ignore=tests/evidence/export", "-k", SLOW]),
    "export": (["messenger/evidence/export/*.py"], ["tests/evidence/export", "-k", "not conform and not validator"]),
    "outbox": (
        [
            f"messenger/{name}.py"
            for name in (
                "services/outbox",
                "services/delivery",
                "services/handing",
                "services/saving",
                "storage/outbox",
                "storage/sealed_files",
            )
        ],
        REPORTING,
    ),
    "following": (
        [
            *(
                f"messenger/services/{name}.py"
                for name in ("addenda", "aftercare", "archive_checks", "identity", "summaries", "withdrawals")
            ),
            *(f"messenger/storage/report_{name}.py" for name in ("addenda", "after")),
        ],
        FOLLOWING,
    ),
    "ingress": (
        [f"messenger/stream/{name}.py" for name in ("ingress", "stamps", "address")],
        [f"tests/stream/test_stream_{name}.py" for name in ("ingress", "ingress_edges", "parts")],
    ),
}
ENOUGH = 0.80


@dataclass(frozen=True)
class Mutant:
    """One change: an operator of cosmic-ray at its n-th place in a file."""

    path: str
    operator: str
    occurrence: int
    line: int


SAME = ("core/ReplaceComparisonOperator_Is_Eq", "core/ReplaceComparisonOperator_IsNot_NotEq")


class Flags(ast.NodeTransformer):
    """Sums of `os.O_...` flags become their number."""

    def visit_BinOp(self, node: ast.BinOp) -> ast.AST:
        text = ast.unparse(node)
        if re.fullmatch(r"[()]*os\.O_\w+(?: [|+^] os\.O_\w+)+[()]*", text):
            return ast.Constant(eval(text, {"os": os}))
        return self.generic_visit(node)


def bare(tree: ast.AST) -> str:
    """The tree without what is no mutant."""
    tree = Flags().visit(tree)
    for node in ast.walk(tree):
        if isinstance(node, ast.arg | ast.AnnAssign):
            node.annotation = ast.Constant(None)
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            node.returns = None
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "dataclass":
            node.keywords = []
        elif isinstance(node, ast.Call) and ast.unparse(node.func).startswith("log."):
            node.args, node.keywords = [], []
    return ast.dump(tree)


def places(path: str) -> list[Mutant]:
    """Every place of a file where an operator of cosmic-ray fits; not all of them change what it does."""
    nodes = list(ast_nodes(get_ast((ROOT / path).read_text("utf-8"))))
    found: list[Mutant] = []
    for name in cosmic_ray.plugins.operator_names():
        if "Variable" in name:
            continue  # these two need arguments of the caller's own
        operator = cosmic_ray.plugins.get_operator(name)()
        try:
            lines = [place[0][0] for node in nodes for place in operator.mutation_positions(node)]
        except AttributeError:
            continue  # ExceptionReplacer cannot read a dotted name in a tuple of exceptions
        found += [Mutant(path, name, number, line) for number, line in enumerate(lines)]
    return found


def changed(mutant: Mutant) -> str | None:
    """The file with this change, or None when it is no mutant."""
    if mutant.operator in SAME:
        return None
    source = (ROOT / mutant.path).read_text("utf-8")
    try:
        text = mutate_code(source, cosmic_ray.plugins.get_operator(mutant.operator)(), mutant.occurrence)
        different = text is not None and bare(ast.parse(text)) != bare(ast.parse(source))
    except (SyntaxError, AttributeError):
        return None
    return str(text) if different else None


def run_tests(copy: Path, tests: list[str], seconds: float) -> str:
    """killed, survived or timeout."""
    command = [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", "--no-header", *tests]
    try:
        done = subprocess.run(command, cwd=copy, capture_output=True, timeout=seconds, check=False)
    except subprocess.TimeoutExpired:
        return "timeout"
    broken_import = done.returncode == 4 and b"ImportError while loading conftest" in done.stderr + done.stdout
    if done.returncode > 2 and not broken_import:
        # Neither a failed test nor a module that cannot be imported: the run itself is wrong, and no score.
        raise SystemExit(done.stdout.decode()[-2000:] + done.stderr.decode()[-2000:])
    return "survived" if done.returncode == 0 else "killed"


def one(mutant: Mutant, copies: Queue[Path], tests: list[str], seconds: float) -> tuple[Mutant, str]:
    """Apply a mutant in a free copy, run the tests, put the file back."""
    copy = copies.get()
    try:
        source = (ROOT / mutant.path).read_text("utf-8")
        (copy / mutant.path).write_text(changed(mutant) or source, "utf-8")
        result = run_tests(copy, tests, seconds)
        (copy / mutant.path).write_text(source, "utf-8")
        return mutant, result
    finally:
        copies.put(copy)


def group(name: str, sample: int, seed: int, workers: int, folder: Path) -> dict[str, object]:
    """Run one group's sample."""
    patterns, tests = GROUPS[name]
    paths = sorted(
        {str(p.relative_to(ROOT)) for pattern in patterns for p in ROOT.glob(pattern) if p.name != "__init__.py"}
    )
    every = [mutant for path in paths for mutant in places(path)]
    random.Random(seed).shuffle(every)
    chosen = list(islice((mutant for mutant in every if changed(mutant) is not None), sample))
    copies: Queue[Path] = Queue()
    for number in range(workers):
        copy = folder / f"{name}-{number}"
        copy.mkdir()
        for part in ("messenger", "tests", "assets", "packaging", ".ci"):
            shutil.copytree(ROOT / part, copy / part, ignore=shutil.ignore_patterns("__pycache__"))
        for part in ("pyproject.toml", "README.md"):
            if (ROOT / part).exists():
                shutil.copy(ROOT / part, copy / part)
        copies.put(copy)
    began = time.monotonic()
    first = copies.get()
    copies.put(first)
    if run_tests(first, tests, 900) != "survived":
        raise SystemExit(f"the tests of {name} fail without a mutant")
    limit = max(60.0, 4 * (time.monotonic() - began))
    with ThreadPoolExecutor(workers) as pool:
        results = list(pool.map(lambda mutant: one(mutant, copies, tests, limit), chosen))
    counts = Counter(result for _, result in results)
    killed = counts["killed"] + counts["timeout"]
    return {
        "files": paths, "places": len(every), "tried": len(chosen), "killed": killed, "timeout": counts["timeout"],
        "score": round(killed / len(chosen), 4) if chosen else None,
        "survivors": [asdict(mutant) for mutant, result in results if result == "survived"],
        "seconds": round(time.monotonic() - began),
    }  # fmt: skip


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sample", type=int, default=60)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--group", action="append", choices=sorted(GROUPS))
    parser.add_argument("--out")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="mutation") as folder:
        result: dict[str, dict[str, object]] = {}
        for name in options.group or sorted(GROUPS):
            result[name] = group(name, options.sample, options.seed, options.workers, Path(folder))
            print(name, result[name]["killed"], "of", result[name]["tried"], file=sys.stderr, flush=True)
            if options.out:
                Path(options.out).write_text(json.dumps(result, indent=1) + "\n", "utf-8")
    print(json.dumps(result, indent=1))
    return 0 if all((one["score"] or 0) >= ENOUGH for one in result.values()) else 1  # type: ignore[operator]


if __name__ == "__main__":
    sys.exit(main())
