"""The command ``robin``: the window, and the commands demo, desk, verify, outbox and export.

Exit codes: 0 done, 1 the world said no (said in one plain sentence), 2 wrong use, 3 something is missing here.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence

from messenger import __version__
from messenger.i18n import install, tr, trd


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command line; returns the exit code."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    install()
    if given and given[0] == "verify":
        # The independent verifier has a command line of its own (decision 28).
        from messenger.app.verify_command import VerifyCommand
        from messenger.evidence.schema import Schemas

        return VerifyCommand(Schemas.packaged()).run(given[1:])
    parser = _parser(given)
    options = parser.parse_args(given)
    if options.print_paths:
        return _print_paths(options)
    from messenger.domain.errors import RobinError

    try:
        return _run(options)
    except RobinError as error:
        print(f"robin: {trd(error.sentence)} {trd(error.advice)}".format(**error.fields), file=sys.stderr)
        return 1


def _run(options: argparse.Namespace) -> int:
    os.umask(0o077)  # whatever is written from here on is for its owner's eyes only
    if options.command == "demo":
        from messenger.app import demonstration

        return demonstration.run(options)
    if options.command == "desk":
        from messenger.desk import cli as desk

        return desk.run(options)
    if options.command == "notice":
        from messenger.app import notice

        return notice.run(options)
    if options.command == "outbox":
        from messenger.app import outbox

        return outbox.run(options)
    if options.command == "receipt":
        from messenger.app import receipt

        return receipt.run(options)
    if options.command == "tips":
        from messenger.app import tips

        return tips.run(options)
    if options.command == "directory":
        from messenger.app import directory

        return directory.run(options)
    if options.command == "export":
        from messenger.app import export

        return export.run(options)
    from messenger.app import window

    return window.run(options)


def _parser(given: Sequence[str]) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="robin", description=tr("Robin Messenger: chat with people you know. Get help when you need it."))
    parser.add_argument("--version", action="version", version=f"Robin Messenger {__version__}")
    parser.add_argument("--profile", metavar="DIR", help=tr("keep everything in this folder"))
    parser.add_argument("--offline", action="store_true", help=tr("do not sign in"))
    parser.add_argument("--report", action="store_true", help=tr("open Report abuse"))
    parser.add_argument("--endpoint", metavar="FILE", help=tr("send reports to the desk of this profile file"))
    parser.add_argument("--debug", action="store_true", help=tr("log to the terminal (no names, no messages)"))
    parser.add_argument("--print-paths", action="store_true", help=tr("show where files are kept"))
    commands = parser.add_subparsers(dest="command", metavar="COMMAND")
    demo = commands.add_parser("demo", help=tr("try Robin on a server and a desk of its own"))
    demo.add_argument("--headless", action="store_true", help=tr("without a person: ends with pictures and result.json"))
    demo.add_argument("--out", metavar="DIR", help=tr("where the pictures and result.json go"))
    commands.add_parser("verify", help=tr("check a saved report"))
    outbox = commands.add_parser("outbox", help=tr("see and send reports that wait"))
    outbox.add_argument("action", nargs="?", choices=("list", "send"), default="list")
    receipt = commands.add_parser("receipt", help=tr("take the receipt file of a desk"))
    receipt.add_argument("file", metavar="FILE")
    _add_directory(commands, given)
    _add_tips(commands, given)
    _add_export(commands, given)
    _add_notice(commands, given)
    _add_desk(commands, given)
    return parser


def _add_export(commands: argparse._SubParsersAction[argparse.ArgumentParser], given: Sequence[str]) -> None:
    parser = commands.add_parser("export", help=tr("make a saved report into a page, a bag or a file for others"))
    if "export" in given:
        from messenger.app import export

        export.add_arguments(parser)


def _add_tips(commands: argparse._SubParsersAction[argparse.ArgumentParser], given: Sequence[str]) -> None:
    parser = commands.add_parser("tips", help=tr("sign, check or use newer tips; write the open data"))
    if "tips" in given:
        from messenger.app import tips

        tips.add_arguments(parser)


def _add_directory(commands: argparse._SubParsersAction[argparse.ArgumentParser], given: Sequence[str]) -> None:
    parser = commands.add_parser("directory", help=tr("check, use or make a signed directory of desks"))
    if "directory" in given:
        from messenger.app import directory

        directory.add_arguments(parser)


def _add_notice(commands: argparse._SubParsersAction[argparse.ArgumentParser], given: Sequence[str]) -> None:
    notice = commands.add_parser("notice", help=tr("see what a safety rule sees in a text"))
    if "notice" in given:
        from messenger.app import notice as command

        command.add_arguments(notice)


def _add_desk(commands: argparse._SubParsersAction[argparse.ArgumentParser], given: Sequence[str]) -> None:
    desk = commands.add_parser("desk", help=tr("run a desk that receives reports"))
    if "desk" in given:
        # The desk's own options come with its web parts, which nobody else should have to wait for.
        from messenger.desk import cli

        cli.add_arguments(desk)


def _print_paths(options: argparse.Namespace) -> int:
    from messenger.app import paths

    profile = paths.find(options.profile)
    for name, path in (("data", profile.data), ("state", profile.state), ("outbox", profile.outbox), ("log", profile.log)):
        print(f"{name}: {path}")
    return 0
