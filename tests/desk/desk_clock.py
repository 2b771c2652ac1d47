"""What the desk's tests share beside the fixtures: a clock that can be moved, and the profile as Robin reads it."""

from __future__ import annotations

import time

from messenger.desk.server import Desk
from messenger.domain.report import EndpointProfile
from messenger.safety import profiles


class Time:
    """The desk's clock: the real one, moved by `ahead` seconds."""

    ahead = 0.0

    def __call__(self) -> float:
        return time.time() + self.ahead


def endpoint_of(desk: Desk) -> EndpointProfile:
    return profiles.load(desk.profile_path.read_bytes(), "endpoint.json", hand_set=True)
