"""``robin tips``: newer tips as a signed file, for people who publish them and people who use them, and the open data.

    robin tips key KEYFILE --name NAME                # a new key: its file, and the list of keys on the terminal
    robin tips pack TIPS.json --key KEYFILE --out FILE
    robin tips check FILE [--keys KEYS.json]          # is it good, and newer than what came with Robin?
    robin tips install FILE [--keys KEYS.json]        # use it; keys given here are kept in the profile
    robin tips address [URL]                          # where newer ones are fetched from; '' for nowhere
    robin tips data --out DIR                         # tips, notices, questions, country cards with their sources
    robin tips sources [--today DATE]                 # before a release: fails for a card that is older than 18 months

A key file is that of a desk (passphrase from ROBIN_DESK_PASSPHRASE or typed). Keep it off line.
"""

from __future__ import annotations

import argparse
from datetime import date
from pathlib import Path

from messenger.app import open_data, signed_files
from messenger.app.offline import say_no_file
from messenger.app.paths import Profile
from messenger.desk.keys import DeskKeys, write_private
from messenger.domain.errors import AssetRefused, FormatRefused
from messenger.evidence.tip_pack import make_pack
from messenger.i18n import ntr, tr
from messenger.safety import freshness, tip_pack
from messenger.safety.directory import Root
from messenger.services.clock import SystemClock
from messenger.services.hub import Hub
from messenger.services.tip_pack import KEYS, CheckedPack, judge, shipped_book


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Give `parser` the commands; `run` takes what it parses."""
    commands = parser.add_subparsers(dest="tips_command", metavar="COMMAND", required=True)
    for name, words in (
        ("check", tr("see whether a file of tips is good")),
        ("install", tr("use these tips from now on")),
    ):
        one = commands.add_parser(name, help=words)
        one.add_argument("file", metavar="FILE", type=Path)
        one.add_argument("--keys", metavar="KEYS", type=Path, help=tr("trust the keys in this file"))
    address = commands.add_parser("address", help=tr("see or set where newer tips are fetched from"))
    address.add_argument("url", metavar="URL", nargs="?", help=tr("an https address, or '' for none"))
    key = commands.add_parser("key", help=tr("make a key to sign tips with"))
    key.add_argument("file", metavar="KEYFILE", type=Path)
    key.add_argument("--name", required=True, help=tr("who signs, as people see it"))
    pack = commands.add_parser("pack", help=tr("sign a file of tips"))
    pack.add_argument("file", metavar="TIPS", type=Path)
    pack.add_argument("--key", metavar="KEYFILE", type=Path, required=True, help=tr("the key file"))
    pack.add_argument("--out", metavar="FILE", type=Path, required=True, help=tr("where the signed tips go"))
    data = commands.add_parser("data", help=tr("write tips, notices, questions and country cards for others"))
    data.add_argument("--out", metavar="DIR", type=Path, required=True, help=tr("a new folder"))
    sources = commands.add_parser("sources", help=tr("fail for a country card that is too old for a release"))
    sources.add_argument(
        "--today", metavar="DATE", type=date.fromisoformat, default=None, help=tr("as if it were this day")
    )


def run(options: argparse.Namespace) -> int:
    """Run one command; the exit code. Raises `RobinError`s, which say the reason."""
    deeds = {
        "check": _check,
        "install": _install,
        "address": _address,
        "key": lambda given: signed_files.make_key(given, "tips"),
        "pack": _pack,
        "data": _data,
        "sources": _sources,
    }
    try:
        return deeds[options.tips_command](options)
    except OSError as error:
        return say_no_file(error)


def _keys_file(profile: Profile) -> Path:
    return profile.tip_keys


def _check(options: argparse.Namespace) -> int:
    keys = signed_files.trusted(options, KEYS, _keys_file)
    own = shipped_book()
    found = judge(signed_files.read(options.file), options.file.name, keys, own)
    tip_pack.newer(found.book, own, options.file.name)
    _show(found)
    return 0


def _install(options: argparse.Namespace) -> int:
    async def put(hub: Hub, data: bytes, name: str) -> bool:
        return await hub.tips.install(data, name)

    new = signed_files.install(options, _keys_file, put)
    print(tr("These tips are in use now.") if new else tr("These tips were in use already."))  # noqa: T201
    return 0


def _address(options: argparse.Namespace) -> int:
    # An address means that newer tips are wanted.
    return signed_files.address(options, "tips_address", lambda url: {"new_tips": "yes" if url else "no"})


def _pack(options: argparse.Namespace) -> int:
    content = signed_files.read_object(options.file)
    key = DeskKeys.load(options.key, signed_files.passphrase()).signing
    try:
        text = make_pack(content, SystemClock().now(), key).encode("ascii")
    except FormatRefused as error:
        raise AssetRefused(options.file.name, str(error.fields["what"]), "is missing or wrong") from None
    found = judge(text, options.file.name, [Root("key", options.key.name, key.public_jwk())], shipped_book())
    write_private(options.out, text)
    _show(found)
    return 0


def _data(options: argparse.Namespace) -> int:
    count = open_data.write(options.out, date.today())
    print(ntr("{n} file written.", "{n} files written.", count))  # noqa: T201
    return 0


def _sources(options: argparse.Namespace) -> int:
    today = options.today or date.today()
    cards = [one for name, facts in open_data.dated() if name.startswith("jurisdictions/") for one in facts]
    stale = [one for one in cards if one.old(today)]
    wrong = freshness.too_old(cards, today)
    print(ntr("{n} number or page in all.", "{n} numbers and pages in all.", len(cards)))  # noqa: T201
    print(tr("Older than 12 months: {n}. Older than 18 months: {m}.").format(n=len(stale), m=len(wrong)))  # noqa: T201
    for one in wrong:
        print(f"  {one.checked_on}  {one.place}  {one.url}")  # noqa: T201
    return 1 if wrong else 0


def _show(found: CheckedPack) -> None:
    count = len(found.book.tips)
    print(tr("Tips number {version}, signed by {who}.").format(version=found.book.version, who=found.signed_by))  # noqa: T201
    print(ntr("{n} tip.", "{n} tips.", count))  # noqa: T201
