"""What ``robin directory`` and ``robin tips`` share: a signed file is put in use, its address set, its key made."""

from __future__ import annotations

import argparse
import contextlib
import getpass
import json
import os
import sys
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any, TypeVar

from messenger.app import paths
from messenger.app.offline import profile_of, with_services
from messenger.app.paths import Profile
from messenger.desk.keys import DeskKeys, write_private
from messenger.domain.errors import AssetRefused, FormatRefused, StoreLocked
from messenger.evidence.canonical import parse_json
from messenger.i18n import tr
from messenger.safety.directory import Root
from messenger.services.hub import Hub
from messenger.services.signed_file import own_roots, shipped_roots

_KEYS = "ROBIN_DESK_PASSPHRASE"
_MOST = 512 * 1024
"""Bytes read of a file: one more, and whoever reads it says that it is too big."""

Done = TypeVar("Done")


def install(
    options: argparse.Namespace, place: Callable[[Profile], Path], deed: Callable[[Hub, bytes, str], Awaitable[Done]]
) -> Done:
    """Put `options.file` in use by `deed` (its bytes and name). Keys in `options.keys` are kept in `place` from then on.

    Raises `AssetRefused`; then the keys are as they were.
    """
    profile = profile_of(options)
    data, keys_file = read(options.file), place(profile)
    with contextlib.ExitStack() as undo:
        if options.keys is not None:
            _given(options.keys)  # a wrong file of keys is said before anything changes
            undo.callback(_put_back, keys_file, keys_file.read_bytes() if keys_file.exists() else None)
            write_private(keys_file, read(options.keys))
        done = with_services(profile, lambda hub: deed(hub, data, options.file.name))
        undo.pop_all()
    return done


def address(
    options: argparse.Namespace, setting: str, also: Callable[[str], Mapping[str, str]] = lambda _url: {}
) -> int:
    """Show `setting`, an address, after it was set to `options.url`, if that is given, and what `also` names with it."""

    async def ask(hub: Hub) -> str:
        if options.url is not None:
            try:
                await hub.settings.set(setting, options.url)
            except ValueError:
                raise AssetRefused(options.command, "address", "it must be a plain https address") from None
            for name, value in also(options.url).items():
                await hub.settings.set(name, value)
        return await hub.settings.get(setting) or tr("No address is set.")

    print(with_services(profile_of(options), ask))  # noqa: T201
    return 0


def make_key(options: argparse.Namespace, kind: str) -> int:
    """A new key in `options.file`, signing as `options.name`; the list of keys with it goes to the terminal."""
    if options.file.exists():
        raise AssetRefused(options.file.name, "file", "is there already: a key is never written over")
    keys = DeskKeys.generate()
    keys.save(options.file, passphrase(new=True))
    root = {"id": f"{kind}-{keys.signing.thumbprint[:8]}", "name": options.name, "key": keys.signing.public_jwk()}
    print(json.dumps({"roots": [root]}, ensure_ascii=False, indent=2))  # noqa: T201
    return 0


def trusted(options: argparse.Namespace, asset: str, place: Callable[[Profile], Path]) -> tuple[Root, ...]:
    """Who may sign: the keys that came with Robin (`asset`), the profile's, those in `options.keys`. Raises `AssetRefused`."""
    return (*shipped_roots(asset), *own_roots(place(paths.find(options.profile))), *_given(options.keys))


def read(path: Path) -> bytes:
    """A file's bytes, no more than can be right and one."""
    with path.open("rb") as file:
        return file.read(_MOST + 1)


def read_object(path: Path) -> dict[str, Any]:
    """The JSON object in a file. Raises `AssetRefused`."""
    try:
        return parse_json(read(path))
    except FormatRefused:
        raise AssetRefused(path.name, "file", "is not a JSON object") from None


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


def _given(path: Path | None) -> tuple[Root, ...]:
    if path is None:
        return ()
    if not path.is_file():
        raise AssetRefused(path.name, "file", "cannot be read")
    return own_roots(path)


def _put_back(path: Path, before: bytes | None) -> None:
    if before is None:
        path.unlink(missing_ok=True)
    else:
        write_private(path, before)
