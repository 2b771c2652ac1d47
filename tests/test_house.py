"""The rules of the house: import contracts, sizes, docstrings, plain text, translation, no dangerous calls."""

from __future__ import annotations

import ast
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "messenger"
SOURCES = sorted(PACKAGE.rglob("*.py"))
IDS = [str(path.relative_to(ROOT)) for path in SOURCES]
EVERY = pytest.mark.parametrize("path", SOURCES, ids=IDS)

FORBIDDEN_NAMES = {"utils", "common", "helpers", "manager", "secrets", "platform", "emoji"}
DOORS = 140  # characters around `except Exception` in which "door" must stand


def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text("utf-8"), str(path))


def calls(path: Path) -> Iterator[tuple[str, ast.Call]]:
    """Every call with the last part of its name."""
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Call):
            if isinstance(node.func, ast.Attribute):
                yield node.func.attr, node
            elif isinstance(node.func, ast.Name):
                yield node.func.id, node


def run(*command: str) -> None:
    done = subprocess.run([sys.executable, "-m", *command], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_import_contracts_hold() -> None:
    script = "from importlinter.cli import lint_imports_command as c; c(['--no-cache'])"
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_mypy_strict_passes() -> None:
    run("mypy")


def test_ruff_passes() -> None:
    run("ruff", "check", "messenger", "tests")


@EVERY
def test_module_is_small_and_named(path: Path) -> None:
    text = path.read_text("utf-8")
    assert path.stem not in FORBIDDEN_NAMES
    assert len(text.splitlines()) <= 400
    module = tree(path)
    assert ast.get_docstring(module), "the first line says what the file is for"
    for node in ast.walk(module):
        if isinstance(node, ast.ClassDef):
            assert (node.end_lineno or node.lineno) - node.lineno + 1 <= 250, node.name


@EVERY
def test_public_things_have_docstrings(path: Path) -> None:
    module = tree(path)
    for node in module.body:
        if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef) and not node.name.startswith("_"):
            enum_or_error = isinstance(node, ast.ClassDef) and node.bases
            assert ast.get_docstring(node) or enum_or_error, node.name


@EVERY
def test_blind_except_only_at_the_doors(path: Path) -> None:
    lines = path.read_text("utf-8").splitlines()
    for number, line in enumerate(lines):
        if re.search(r"except\s*(\(?\s*(Base)?Exception\b|:)", line):
            assert "door" in line, f"{path}:{number + 1}"


@EVERY
def test_s52_no_dangerous_calls(path: Path) -> None:
    for name, call in calls(path):
        assert name not in {"eval", "exec", "setHtml", "setMarkdown", "insertHtml", "toHtml"} or (
            name == "exec" and path.relative_to(PACKAGE).parts[0] == "app"
        ), f"{name} at {call.lineno}"
        for keyword in call.keywords:
            assert not (keyword.arg == "shell" and getattr(keyword.value, "value", None) is True)
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import | ast.ImportFrom):
            names = [alias.name for alias in node.names] + [getattr(node, "module", "") or ""]
            assert not {"pickle", "marshal", "shelve", "yaml"} & {name.split(".")[0] for name in names}


@EVERY
def test_s46_no_sql_made_of_values(path: Path) -> None:
    for name, call in calls(path):
        if name in {"execute", "executemany", "executescript"} and call.args:
            first = call.args[0]
            if isinstance(first, ast.JoinedStr):
                raise AssertionError(f"f-string SQL at {call.lineno}")
            assert not (isinstance(first, ast.BinOp) and isinstance(first.op, ast.Mod)), call.lineno
            assert not (isinstance(first, ast.Call) and getattr(first.func, "attr", "") == "format"), call.lineno


@EVERY
def test_l02_translation_takes_literals_only(path: Path) -> None:
    if path.name == "i18n.py":
        return
    for name, call in calls(path):
        if name in {"tr", "ntr", "trc"} and isinstance(call.func, ast.Name):
            count = {"tr": 1, "ntr": 2, "trc": 2}[name]
            for argument in call.args[:count]:
                assert isinstance(getattr(argument, "value", None), str), f"{path}:{call.lineno}"


_SHOWN = {
    "setText", "setWindowTitle", "setToolTip", "setPlaceholderText", "setAccessibleName", "setAccessibleDescription",
    "setStatusTip", "setTitle", "setInformativeText", "addAction", "setLabelText",
}  # fmt: skip


@pytest.mark.parametrize("path", [p for p in SOURCES if "ui" in p.relative_to(PACKAGE).parts], ids=str)
def test_shown_words_are_translated(path: Path) -> None:
    """A literal that reaches the screen goes through tr(); marks and single characters do not."""
    for name, call in calls(path):
        if name in _SHOWN:
            for argument in call.args:
                if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
                    assert not re.search(r"[A-Za-z]{2}", argument.value), f"{path}:{call.lineno} {argument.value!r}"


_LABELS = {"QLabel", "QMessageBox", "QErrorMessage", "QWhatsThis"}


@pytest.mark.parametrize("path", [p for p in SOURCES if "ui" in p.relative_to(PACKAGE).parts], ids=str)
def test_s40_labels_are_plain_text(path: Path) -> None:
    """A QLabel is made only where plain text is set at once: PlainLabel and its kin; rich text is never guessed."""
    text = path.read_text("utf-8")
    for name, call in calls(path):
        if name in _LABELS:
            assert "PlainText" in text or not call.args, f"{path}:{call.lineno}: use PlainLabel"
    assert "RichText" not in text
    assert "MarkdownText" not in text
    assert "AutoText" not in text


@pytest.mark.parametrize("path", [p for p in SOURCES if "ui" in p.relative_to(PACKAGE).parts], ids=str)
def test_a20_colours_come_from_tokens(path: Path) -> None:
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            assert not re.fullmatch(r"#[0-9A-Fa-f]{3,8}", node.value), f"{path}:{node.lineno}"


@pytest.mark.parametrize("path", [p for p in SOURCES if "ui" in p.relative_to(PACKAGE).parts], ids=str)
def test_no_nested_event_loop(path: Path) -> None:
    for name, call in calls(path):
        assert name not in {"exec", "exec_", "processEvents", "waitForFinished"}, f"{path}:{call.lineno}"


@EVERY
def test_s49_logs_take_no_values(path: Path) -> None:
    """Log lines are fixed words with numbers, class names and enum names; never an f-string or a raw value."""
    for name, call in calls(path):
        if not (isinstance(call.func, ast.Attribute) and isinstance(call.func.value, ast.Name)):
            continue
        levels = {"debug", "info", "warning", "error", "exception", "critical"}
        if call.func.value.id not in {"log", "logger", "_log"} or name not in levels:
            continue
        assert name != "exception", f"{path}:{call.lineno}: a trace-back's text may hold values"
        assert call.args, f"{path}:{call.lineno}"
        assert isinstance(call.args[0], ast.Constant), f"{path}:{call.lineno}"
        assert not any(k.arg in {"exc_info", "stack_info"} for k in call.keywords), f"{path}:{call.lineno}"


def test_lock_names_no_host() -> None:
    for lock in ROOT.glob("requirements*.lock"):
        assert "://" not in lock.read_text("utf-8"), lock.name


def test_every_json_asset_opens() -> None:
    names = list((ROOT / "assets").rglob("*.json"))
    assert names
    for path in names:
        json.loads(path.read_text("utf-8"))


def test_top_level_is_fixed() -> None:
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    top = {line.split("/")[0] for line in listed.splitlines()}
    allowed = {"pyproject.toml", "README.md", "messenger", "tests", "assets", "packaging", "LICENSE"}
    extra = {name for name in top - allowed if not name.startswith(".") and not re.fullmatch(r"requirements.*\.lock", name)}
    assert not extra
