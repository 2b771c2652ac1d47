"""RFC 6120 stanza errors: to whom each recent message went, so that an error counts only from there."""

from __future__ import annotations

from collections import OrderedDict

_MOST = 5000


class Sent:
    """Ids of recent outgoing messages with their counterparts."""

    def __init__(self) -> None:
        self._to: OrderedDict[str, str] = OrderedDict()

    def add(self, origin_id: str, counterpart: str) -> None:
        """A message went out."""
        self._to[origin_id] = counterpart
        while len(self._to) > _MOST:
            self._to.popitem(last=False)

    def bounced(self, origin_id: str, sender: str) -> bool:
        """Whether an error from `sender` (bare) is about a message that went there; counts once."""
        if self._to.get(origin_id) != sender:
            return False
        del self._to[origin_id]
        return True
