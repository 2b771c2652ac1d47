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
import asyncio
import contextlib
import getpass
import json
import os
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

from messenger.app import logging, paths
from messenger.app.bootstrap import Bootstrap, Start
from messenger.app.paths import Profile
from messenger.desk.keys import DeskKeys, write_private
from messenger.domain.errors import AssetRefused, FormatRefused, StoreLocked
from messenger.evidence.canonical import parse_json
from messenger.evidence.directory import MAX_BYTES, make_directory, make_succession
from messenger.i18n import ntr, tr
from messenger.safety import profiles
from messenger.safety.directory import Root
from messenger.services.clock import SystemClock
from messenger.services.directory import Standing, judge, own_roots, shipped_roots
from messenger.services.hub import Hub

_STORE = "ROBIN_PASSPHRASE"
_KEYS = "ROBIN_DESK_PASSPHRASE"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Give `parser` the directory's commands; `run` takes what it parses."""
    commands = parser.add_subparsers(dest="directory_command", metavar="COMMAND", required=True)
    for name, words in (("check", tr("see whether a directory is good")), ("install", tr("use a directory from now on"))):
        one = commands.add_parser(name, help=words)
        one.add_argument("file", metavar="FILE", type=Path)
        one.add_argument("--root", metavar="ROOTS", type=Path, help=tr("trust the roots in this file, set by hand"))
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
    commands = {
        "check": _check,
        "install": _install,
        "address": _address,
        "key": _key,
        "sign": _sign,
        "vouch": _vouch,
    }
    try:
        return commands[options.directory_command](options)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        print(tr("This file cannot be read or written: {reason}.").format(reason=reason), file=sys.stderr)  # noqa: T201
        return 1


# -- using one


def _check(options: argparse.Namespace) -> int:
    roots = (*shipped_roots(), *own_roots(paths.find(options.profile).roots), *_given(options.root))
    _found, seen = judge(_read(options.file), options.file.name, roots, SystemClock().now())
    _show(seen)
    return 0


def _install(options: argparse.Namespace) -> int:
    profile = begin(options)
    data = _read(options.file)
    with contextlib.ExitStack() as undo:
        if options.root is not None:
            _given(options.root)  # a wrong file of roots is said before anything changes
            undo.callback(_put_back, profile.roots, profile.roots.read_bytes() if profile.roots.exists() else None)
            write_private(profile.roots, _read(options.root))
        seen = asyncio.run(_put(profile, data, options.file.name))
        undo.pop_all()
    _show(seen)
    return 0


async def _put(profile: Profile, data: bytes, name: str) -> Standing:
    async with opened(profile) as hub:
        return await hub.directory.install(data, name)


def _address(options: argparse.Namespace) -> int:
    print(asyncio.run(_set_address(begin(options), options.url)))  # noqa: T201
    return 0


async def _set_address(profile: Profile, url: str | None) -> str:
    async with opened(profile) as hub:
        if url is not None:
            try:
                await hub.settings.set("directory", url)
            except ValueError:
                raise AssetRefused("directory", "address", "it must be a plain https address") from None
        return await hub.settings.get("directory") or tr("No address is set.")


def begin(options: argparse.Namespace) -> Profile:
    """The profile of a command, made and logged to."""
    profile = paths.find(options.profile)
    profile.make()
    logging.begin(profile.log, debug=options.debug)
    return profile


@contextlib.asynccontextmanager
async def opened(profile: Profile) -> AsyncIterator[Hub]:
    """The services of this profile, off line."""
    bootstrap = Bootstrap(Start(profile, True, None, os.environ.get(_STORE, "")))
    hub = await bootstrap.build()
    try:
        yield hub
    finally:
        await bootstrap.close(hub)


def _put_back(path: Path, before: bytes | None) -> None:
    if before is None:
        path.unlink(missing_ok=True)
    else:
        write_private(path, before)


def _given(path: Path | None) -> tuple[Root, ...]:
    if path is None:
        return ()
    if not path.is_file():
        raise AssetRefused(path.name, "file", "cannot be read")
    return own_roots(path)


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


def _key(options: argparse.Namespace) -> int:
    if options.file.exists():
        raise AssetRefused(options.file.name, "file", "is there already: a root's key is never written over")
    keys = DeskKeys.generate()
    keys.save(options.file, passphrase(new=True))
    root = {"id": f"root-{keys.signing.thumbprint[:8]}", "name": options.name, "key": keys.signing.public_jwk()}
    print(json.dumps({"roots": [root]}, ensure_ascii=False, indent=2))  # noqa: T201
    return 0


def _sign(options: argparse.Namespace) -> int:
    content = _object(options.file)
    words = passphrase()
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
    entry = _object(options.file)
    backup = entry.pop("backup_keys", [])
    entry.pop("succession", None)
    desk = profiles.load(json.dumps(entry).encode(), options.file.name)
    if not isinstance(backup, list):
        raise AssetRefused(options.file.name, desk.id, "'backup_keys' must be a list of keys")
    old = DeskKeys.load(options.key, passphrase()).signing
    try:
        print(make_succession(old, desk.id, [*desk.keys, *backup]))  # noqa: T201
    except FormatRefused:
        raise AssetRefused(options.file.name, desk.id, "a key is wrong") from None
    return 0


def _object(path: Path) -> dict[str, Any]:
    try:
        return parse_json(_read(path))
    except FormatRefused:
        raise AssetRefused(path.name, "file", "is not a JSON object") from None


def _read(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(MAX_BYTES + 1)


def passphrase(new: bool = False) -> str:
    """The passphrase of a key file, from the environment or typed. Raises `StoreLocked` where there is nobody to type it."""
    given = os.environ.get(_KEYS, "")
    if given:
        return given
    if not sys.stdin.isatty():
        raise StoreLocked
    words = getpass.getpass(tr("Passphrase of the key file: "))
    if not words or (new and getpass.getpass(tr("Once more: ")) != words):
        raise StoreLocked
    return words
