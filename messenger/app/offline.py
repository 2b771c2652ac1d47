"""Commands that need the services and no server: a profile is opened off line, something is done, and it is closed."""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
from collections.abc import Awaitable, Callable
from typing import TypeVar

from messenger.app import logging, paths
from messenger.app.bootstrap import Bootstrap, Start
from messenger.app.paths import Profile
from messenger.i18n import tr
from messenger.services.hub import Hub

_STORE = "ROBIN_PASSPHRASE"
Done = TypeVar("Done")


def profile_of(options: argparse.Namespace) -> Profile:
    """The profile of a command, made and logged to. Raises `NoPlace`."""
    profile = paths.find(options.profile)
    profile.make()
    logging.begin(profile.log, debug=options.debug)
    return profile


def with_services(profile: Profile, deed: Callable[[Hub], Awaitable[Done]]) -> Done:
    """What `deed` does with the services of a profile. Raises what it and `Bootstrap.build` raise."""

    async def whole() -> Done:
        bootstrap = Bootstrap(Start(profile, True, None, os.environ.get(_STORE, "")))
        hub = await bootstrap.build()
        try:
            return await deed(hub)
        finally:
            await bootstrap.close(hub)

    return asyncio.run(whole())


def say_no_file(error: OSError) -> int:
    """A file that was named on the command line can not be used: the reason in words; the exit code."""
    reason = error.strerror or type(error).__name__
    print(tr("This file cannot be read or written: {reason}.").format(reason=reason), file=sys.stderr)  # noqa: T201
    return 1
