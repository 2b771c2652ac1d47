"""``robin desk``: run a desk, add officers, print its endpoint profile.

    robin desk run --dir D [--host 127.0.0.1] [--port 8443] [--name ...] [--country gb] [--cert F --key F]
    robin desk officer add NAME --dir D
    robin desk profile --dir D
    robin desk take FILE... --dir D
    robin desk account set JID --dir D
    robin desk mail set --host H --sender ADDRESS --dir D
"""

from __future__ import annotations

import argparse
import asyncio
import getpass
import logging
import os
import sys
from pathlib import Path

from messenger.desk import carried, connect, officers
from messenger.desk.problems import Problem
from messenger.desk.server import PROFILE, Desk
from messenger.domain.errors import EvidenceRefused, FormatRefused, StoreDamaged, StoreLocked, StoreNewer
from messenger.i18n import tr

PASSPHRASE = "ROBIN_DESK_PASSPHRASE"  # noqa: S105 - the name of a variable
PASSWORD = "ROBIN_DESK_OFFICER_PASSWORD"  # noqa: S105 - the name of a variable
DEFAULT_PORT = 8443


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Give `parser` the desk's commands; `run` takes what it parses."""
    commands = parser.add_subparsers(dest="desk_command", metavar="COMMAND", required=True)
    serve = commands.add_parser("run", help=tr("receive reports, until Ctrl+C"))
    _folder(serve)
    serve.add_argument("--host", default="127.0.0.1", help=tr("the address to listen on"))
    serve.add_argument("--port", type=_port, default=DEFAULT_PORT, help=tr("the port to listen on"))
    serve.add_argument("--name", default="Robin desk", help=tr("the desk's name, as reporters see it"))
    serve.add_argument("--country", type=_country, default="gb", help=tr("two letters"))
    serve.add_argument("--cert", type=Path, help=tr("certificate chain (PEM); without it one is made for this computer"))
    serve.add_argument("--key", type=Path, help=tr("key of the certificate (PEM)"))
    officer = commands.add_parser("officer", help=tr("people who read reports"))
    actions = officer.add_subparsers(dest="officer_action", metavar="ACTION", required=True)
    add = actions.add_parser("add", help=tr("make an officer, or give one a new password"))
    add.add_argument("officer", metavar="NAME")
    add.add_argument("--ask", action="store_true", help=tr("type the password instead of getting a random one"))
    _folder(add)
    profile = commands.add_parser("profile", help=tr("print the endpoint profile for Robin"))
    _folder(profile)
    take = commands.add_parser("take", help=tr("take locked files that people brought, and write their receipts"))
    take.add_argument("files", metavar="FILE", nargs="+", type=Path)
    _folder(take)
    connect.add_arguments(commands, _folder)


def run(args: argparse.Namespace) -> int:
    """Run one command; returns the exit code. Raises `RobinError` for a store or keys that cannot be read."""
    commands = {"run": _run, "officer": _add_officer, "profile": _profile, "take": _take}
    command = commands.get(args.desk_command, _connect)
    try:
        return command(args)
    except officers.NameRefused:
        return _say(tr("A name has letters, digits, spaces, dots and hyphens. It has at most 60 characters."))
    except StoreLocked:
        return _say(tr("The passphrase does not open the desk's keys."))
    except StoreNewer:
        return _say(tr("The desk's store is from a newer Robin. Nothing was changed."))
    except StoreDamaged:
        return _say(tr("The desk's store is damaged. Nothing was changed. Put back a copy of the folder."))
    except FormatRefused:
        return _say(tr("The desk's keys or settings are damaged. Put back a copy of the folder."))
    except OSError as error:
        return _say(tr("The desk cannot start here: {reason}.").format(reason=error.strerror or type(error).__name__))


def _run(args: argparse.Namespace) -> int:
    if (args.cert is None) != (args.key is None):
        return _say(tr("Give both --cert and --key, or neither."))
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(message)s")
    passphrase = _passphrase()
    if not passphrase:
        return _say(tr("The desk's keys need a passphrase."))
    desk = Desk.create(
        args.dir, passphrase, args.name, args.country, args.host, args.port, cert=args.cert, key=args.key
    )
    print(tr("The desk listens at {base}").format(base=desk.address.base), flush=True)
    print(tr("Officers sign in at {page}").format(page=f"{desk.address.base}/desk/"), flush=True)
    if desk.jid:
        print(tr("Chat account of the desk: {jid}").format(jid=desk.jid), flush=True)
    print(tr("Profile for Robin: {path}").format(path=desk.profile_path), flush=True)
    desk.run()
    return 0


def _add_officer(args: argparse.Namespace) -> int:
    password = os.environ.get(PASSWORD, "")
    if args.ask:
        password = getpass.getpass(tr("Password for {name}: ").format(name=args.officer))
    if password and len(password) < officers.SHORTEST:
        return _say(tr("A password has at least 8 characters."))
    args.dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    made = officers.add(args.dir, args.officer, password)
    if password:
        print(tr("{name} can sign in now.").format(name=args.officer))
    else:
        print(tr("{name} can sign in now. The password is shown once: {password}").format(name=args.officer, password=made))
    return 0


def _profile(args: argparse.Namespace) -> int:
    path = args.dir / PROFILE
    if not path.is_file():
        return _say(tr("There is no desk in this folder yet. Run it once."))
    sys.stdout.write(path.read_text("utf-8", "replace"))
    return 0


def _take(args: argparse.Namespace) -> int:
    passphrase, code = _passphrase(), 0
    for file in args.files:
        try:
            receipt = asyncio.run(carried.take(args.dir, passphrase, file))
        except (EvidenceRefused, Problem) as error:
            code = _say(f"{file.name}: {carried.why(error)}")
            continue
        print(tr("Taken. Give this receipt back: {path}").format(path=receipt))
    return code


def _connect(args: argparse.Namespace) -> int:
    code, said = connect.run(args, _passphrase())
    print(said, file=sys.stderr if code else sys.stdout)
    return code


def _passphrase() -> str:
    given = os.environ.get(PASSPHRASE, "")
    if given or not sys.stdin.isatty():
        return given
    return getpass.getpass(tr("Passphrase of the desk's keys: "))


def _folder(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--dir", type=Path, default=Path("robin-desk"), help=tr("where the desk keeps its files"))


def _port(text: str) -> int:
    port = int(text)
    if not 0 <= port <= 65535:
        raise argparse.ArgumentTypeError(tr("not a port"))
    return port


def _country(text: str) -> str:
    country = text.lower()
    if country != "elsewhere" and not (len(country) == 2 and country.isascii() and country.isalpha()):
        raise argparse.ArgumentTypeError(tr("a country has two letters"))
    return country


def _say(words: str) -> int:
    print(words, file=sys.stderr)
    return 1
