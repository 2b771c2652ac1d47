"""``robin desk account`` and ``robin desk mail``: the desk's XMPP account and mail server, sealed into its folder.

    robin desk account set JID --dir D [--server HOST[:PORT]] [--starttls] [--ca FILE]
    robin desk mail set --host H --sender ADDRESS --dir D [--port 587] [--tls starttls|tls] [--user U] [--ca FILE]
    robin desk account|mail remove --dir D
"""

from __future__ import annotations

import argparse
import getpass
import os
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from messenger.desk import connections
from messenger.desk.connections import TLS_KINDS, MailServer
from messenger.desk.keys import FILE as KEY_FILE
from messenger.desk.keys import DeskKeys
from messenger.desk.mail import mail_address
from messenger.domain.account import ServerAddress
from messenger.domain.errors import FormatRefused
from messenger.i18n import tr

ACCOUNT_PASSWORD = "ROBIN_DESK_XMPP_PASSWORD"  # noqa: S105 - the name of a variable
MAIL_PASSWORD = "ROBIN_DESK_SMTP_PASSWORD"  # noqa: S105 - the name of a variable
_PORT = 5222
_Commands = argparse._SubParsersAction  # argparse gives this type no public name


def add_arguments(commands: _Commands[argparse.ArgumentParser], folder: Callable[[argparse.ArgumentParser], None]) -> None:
    """Give the desk's `commands` two more; `folder` adds --dir."""
    account = commands.add_parser("account", help=tr("the desk's chat account, to check who reports"))
    actions = account.add_subparsers(dest="action", metavar="ACTION", required=True)
    chosen = actions.add_parser("set", help=tr("use this account"))
    chosen.add_argument("jid", metavar="JID")
    chosen.add_argument("--server", type=_place, default=None, help=tr("host, or host:port, instead of what DNS says"))
    chosen.add_argument("--starttls", action="store_true", help=tr("never TLS from the first byte"))
    chosen.add_argument("--ca", type=Path, help=tr("more certificate roots (PEM)"))
    folder(chosen)
    folder(actions.add_parser("remove", help=tr("use no account")))
    mail = commands.add_parser("mail", help=tr("the mail server, to send codes"))
    actions = mail.add_subparsers(dest="action", metavar="ACTION", required=True)
    chosen = actions.add_parser("set", help=tr("use this server"))
    chosen.add_argument("--host", required=True, help=tr("the mail server's name"))
    chosen.add_argument("--port", type=_port, default=587, help=tr("the mail server's port"))
    chosen.add_argument("--tls", choices=TLS_KINDS, default=TLS_KINDS[0], help=tr("how the line is made safe"))
    chosen.add_argument("--sender", required=True, help=tr("the address that codes come from"))
    chosen.add_argument("--user", default="", help=tr("the name to sign in with"))
    chosen.add_argument("--ca", type=Path, help=tr("more certificate roots (PEM)"))
    folder(chosen)
    folder(actions.add_parser("remove", help=tr("send no mail")))


def run(args: argparse.Namespace, passphrase: str) -> tuple[int, str]:
    """Run one of the two commands: the exit code and what to say. Raises `StoreLocked` for a wrong passphrase."""
    if getattr(args, "jid", "") and args.server is None and (args.starttls or args.ca):
        return 1, tr("Give --server too: --starttls and --ca go with it.")
    if not (args.dir / KEY_FILE).is_file():
        return 1, tr("There is no desk in this folder yet. Run it once.")
    keys = DeskKeys.load(args.dir / KEY_FILE, passphrase)
    try:
        now = connections.load(args.dir, keys)
        changed = _account(args, now) if args.desk_command == "account" else _mail(args, now)
    except FormatRefused as error:
        if error.fields.get("what") == "jid":
            return 1, tr("An account has an address such as desk@example.org, and a password.")
        return 1, tr("The desk's settings are damaged. Remove the file {name} and set them anew.").format(
            name=connections.FILE
        )
    if changed is None:
        return 1, tr("This is not an e-mail address.")
    connections.save(args.dir, keys, changed)
    return 0, tr("Saved. The desk uses it from its next start.")


def _account(args: argparse.Namespace, now: connections.Connections) -> connections.Connections:
    if args.action == "remove":
        return replace(now, line=None)
    server = None
    if args.server is not None:
        host, port = args.server
        server = ServerAddress(host, port, args.starttls, str(args.ca.resolve()) if args.ca else None)
    password = _password(ACCOUNT_PASSWORD, tr("Password of the account: "))
    return replace(now, line=connections.account(args.jid, password, server))


def _mail(args: argparse.Namespace, now: connections.Connections) -> connections.Connections | None:
    if args.action == "remove":
        return replace(now, mail=None)
    sender = mail_address(args.sender)
    if not sender:
        return None
    password = _password(MAIL_PASSWORD, tr("Password of the mail server: ")) if args.user else ""
    roots = str(args.ca.resolve()) if args.ca else ""
    return replace(now, mail=MailServer(args.host, args.port, sender, args.user, password, args.tls, roots))


def _password(variable: str, question: str) -> str:
    given = os.environ.get(variable, "")
    if given or not sys.stdin.isatty():
        return given
    return getpass.getpass(question)


def _place(text: str) -> tuple[str, int]:
    """``host`` or ``host:port``, the host in brackets where it is an IPv6 address."""
    host, colon, port = text.rpartition(":")
    if not colon or text.endswith("]"):
        host, port = text, str(_PORT)
    host = host.removeprefix("[").removesuffix("]")
    if not host:
        raise argparse.ArgumentTypeError(tr("not a server"))
    return host, _port(port)


def _port(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= 65535:
        raise argparse.ArgumentTypeError(tr("not a port"))
    return int(text)
