"""XEP-0198 stream management: what the server has of ours, and what we have truly handled of the server's.

The library's plugin acknowledges a stanza when it is parsed and forgets unacknowledged ones on a failed resume. Here a
stanza counts as handled when the layer above has stored it, and every outgoing stanza has a key by which its fate is told.
"""

from __future__ import annotations

from collections import deque

NS = "urn:xmpp:sm:3"
_MODULUS = 2**32


class Management:
    """The counters of one session, kept over resumed streams. Sequence numbers are modulo 2^32."""

    def __init__(self) -> None:
        self.resume_id = ""
        self.enabled = False
        self._received = 0
        self._open: deque[int] = deque()
        self._told = 0
        self._stale = False
        self._acked = 0
        self._unacked: deque[tuple[str, str]] = deque()
        self._asked = False

    def begin(self, resume_id: str) -> None:
        """`<enabled/>` came: a new session whose counters start at zero."""
        self.__init__()  # type: ignore[misc]
        self.enabled = True
        self.resume_id = resume_id

    def end(self) -> None:
        """The session is over and cannot be resumed."""
        self.__init__()  # type: ignore[misc]

    def suspend(self) -> None:
        """The line was lost; the counters stay for a resume."""
        self.enabled = False
        self._asked = False

    # incoming

    def arrived(self, later: bool) -> None:
        """A stanza came in; `later`: the layer above will say when it is handled, in order."""
        if not self.enabled:
            return
        self._received = (self._received + 1) % _MODULUS
        if later:
            self._open.append(self._received)

    def handled(self, number: int) -> None:
        """The oldest `number` stanzas that were handed up are done."""
        for _ in range(min(number, len(self._open))):
            self._open.popleft()

    def rewind(self) -> None:
        """Before a resume: what was not handled will be sent again by the server."""
        self._received = self.h
        self._open.clear()

    @property
    def h(self) -> int:
        """Handled stanzas: all before the oldest one that is still open."""
        return (self._open[0] - 1) % _MODULUS if self._open else self._received

    def answer(self) -> int:
        """The value for an `<a/>`."""
        self._told = self.h
        self._stale = self._told != self._received
        return self._told

    @property
    def owes_answer(self) -> bool:
        """Whether the server asked while something was open, and all of it is handled now."""
        return self.enabled and self._stale and not self._open

    # outgoing

    def sent(self, key: str, text: str) -> bool:
        """A stanza went out. True when the server should be asked for an `<a/>` now."""
        if not self.enabled:
            return False
        self._unacked.append((key, text))
        if self._asked:
            return False
        self._asked = True
        return True

    def acked(self, h: int) -> list[str]:
        """The server has `h` of ours: the keys of those newly known to have arrived. A nonsense `h` acknowledges nothing."""
        new = (h - self._acked) % _MODULUS
        self._asked = False
        if new > len(self._unacked):
            return []
        self._acked = h
        return [key for key in (self._unacked.popleft()[0] for _ in range(new)) if key]

    def ask_again(self) -> bool:
        """Whether something is still unacknowledged, so that another `<r/>` is due."""
        if not self._unacked or self._asked:
            return False
        self._asked = True
        return True

    @property
    def unacked(self) -> tuple[tuple[str, str], ...]:
        """Key and text of what the server has not confirmed."""
        return tuple(self._unacked)

    def resumed(self, h: int) -> tuple[list[str], list[str]]:
        """`<resumed h/>` came: the keys that had arrived, and the texts to send again."""
        self.enabled = True
        keys = self.acked(h)
        return keys, [text for _key, text in self._unacked]


def counter(text: str | None) -> int | None:
    """An `h` attribute: an unsigned 32-bit number, or None."""
    if not text or not text.isascii() or not text.isdecimal() or len(text) > 10:
        return None
    number = int(text)
    return number if number < _MODULUS else None
