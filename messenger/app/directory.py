"""``robin directory``: the signed directory of desks, for people who use one and for people who make one.

    robin directory check FILE [--root ROOTS.json]        # is it good? nothing changes
    robin directory install FILE [--root ROOTS.json]      # use it; a root given here is set by hand
    robin directory address [URL]                         # where newer ones are fetched from; '' for nowhere
    robin directory key KEYFILE --name NAME               # a new root: its key file, and ROOTS.json on the terminal
    robin directory sign CONTENT.json --key KEYFILE [--also KEYFILE] --out FILE
    robin directory vouch PROFILE.json --key OLDKEYS      # a desk's old key says that these are its keys now

Key files are those of a desk (passphrase from ROBIN_DESK_PASSPHRASE or typed). Keep a root's off line.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from messenger.app import signed_files
from messenger.app.offline import say_no_file
from messenger.app.paths import Profile
from messenger.desk.keys import DeskKeys, write_private
from messenger.domain.errors import AssetRefused, FormatRefused
from messenger.evidence.directory import make_directory, make_succession
from messenger.i18n import ntr, tr
from messenger.safety import profiles
from messenger.safety.directory import Root
from messenger.services.clock import SystemClock
from messenger.services.directory import ROOTS, Standing, judge
from messenger.services.hub import Hub


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Give `parser` the directory's commands; `run` takes what it parses."""
    commands = parser.add_subparsers(dest="directory_command", metavar="COMMAND", required=True)
    for name, words in (
        ("check", tr("see whether a directory is good")),
        ("install", tr("use a directory from now on")),
    ):
        one = commands.add_parser(name, help=words)
        one.add_argument("file", metavar="FILE", type=Path)
        words = tr("trust the roots in this file, set by hand")
        one.add_argument("--root", dest="keys", metavar="ROOTS", type=Path, help=words)
    address = commands.add_parser("address", help=tr("see or set where newer directories are fetched from"))
    address.add_argument("url", metavar="URL", nargs="?", help=tr("an https address, or '' for none"))
    key = commands.add_parser("key", help=tr("make the key of a root"))
    key.add_argument("file", metavar="KEYFILE", type=Path)
    key.add_argument("--name", required=True, help=tr("who signs, as people see it"))
    sign = commands.add_parser("sign", help=tr("sign a directory"))
    sign.add_argument("file", metavar="CONTENT", type=Path)
    sign.add_argument("--key", metavar="KEYFILE", type=Path, required=True, help=tr("the root's key file"))
    sign.add_argument("--also", metavar="KEYFILE", type=Path, help=tr("the key file of a root that takes over"))
    sign.add_argument("--out", metavar="FILE", type=Path, required=True, help=tr("where the signed directory goes"))
    vouch = commands.add_parser("vouch", help=tr("say with a desk's old key which keys it has now"))
    vouch.add_argument("file", metavar="PROFILE", type=Path)
    vouch.add_argument("--key", metavar="KEYFILE", type=Path, required=True, help=tr("the desk's old key file"))


def run(options: argparse.Namespace) -> int:
    """Run one command; the exit code. Raises `AssetRefused` and other `RobinError`s, which say the reason."""
    deeds = {
        "check": _check,
        "install": _install,
        "address": lambda given: signed_files.address(given, "directory"),
        "key": lambda given: signed_files.make_key(given, "root"),
        "sign": _sign,
        "vouch": _vouch,
    }
    try:
        return deeds[options.directory_command](options)
    except OSError as error:
        return say_no_file(error)


# -- using one


def _keys_file(profile: Profile) -> Path:
    return profile.roots


def _check(options: argparse.Namespace) -> int:
    roots = signed_files.trusted(options, ROOTS, _keys_file)
    _found, seen = judge(signed_files.read(options.file), options.file.name, roots, SystemClock().now())
    _show(seen)
    return 0


def _install(options: argparse.Namespace) -> int:
    async def put(hub: Hub, data: bytes, name: str) -> Standing:
        return await hub.directory.install(data, name)

    _show(signed_files.install(options, _keys_file, put))
    return 0


def _show(seen: Standing) -> None:
    lines = [
        tr("Directory {version}, signed by {roots}.").format(version=seen.version, roots=", ".join(seen.roots)),
        tr("From {issued} to {expires}.").format(issued=seen.issued_at, expires=seen.expires_at),
    ]
    if seen.hand_set:
        lines.append(tr("Its root is set by hand: Robin says so wherever a report goes."))
    count = len(seen.desks.desks)
    lines.append(ntr("{n} desk:", "{n} desks:", count).format(n=count))
    lines += [f"  {one.id}  {one.name}  {one.base}" for one in seen.desks.desks]
    print("\n".join(lines))  # noqa: T201


# -- making one


def _sign(options: argparse.Namespace) -> int:
    content = signed_files.read_object(options.file)
    words = signed_files.passphrase()
    files = [one for one in (options.key, options.also) if one is not None]
    keys = [DeskKeys.load(one, words).signing for one in files]
    try:
        text = make_directory({name: one for name, one in content.items() if name != "$schema"}, *keys)
    except FormatRefused as error:
        raise AssetRefused(options.file.name, str(error.fields["what"]), "is missing or wrong") from None
    roots = [Root(file.name, file.name, key.public_jwk()) for file, key in zip(files, keys, strict=True)]
    _found, seen = judge(text.encode("ascii"), options.file.name, roots, SystemClock().now())
    write_private(options.out, text.encode("ascii"))
    _show(seen)
    return 0


def _vouch(options: argparse.Namespace) -> int:
    entry = signed_files.read_object(options.file)
    backup = entry.pop("backup_keys", [])
    entry.pop("succession", None)
    desk = profiles.load(json.dumps(entry).encode(), options.file.name)
    if not isinstance(backup, list):
        raise AssetRefused(options.file.name, desk.id, "'backup_keys' must be a list of keys")
    old = DeskKeys.load(options.key, signed_files.passphrase()).signing
    try:
        print(make_succession(old, desk.id, [*desk.keys, *backup]))  # noqa: T201
    except FormatRefused:
        raise AssetRefused(options.file.name, desk.id, "a key is wrong") from None
    return 0
