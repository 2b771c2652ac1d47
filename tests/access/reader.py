"""A screen reader for tests: speaks AT-SPI over the real accessibility bus, as Orca does, and knows nothing of Qt.

It finds controls by role and name, reads them, presses them by their own action and writes by the editable text
interface: no mouse, no key, no look inside the process. Source: the AT-SPI2 D-Bus interfaces (at-spi2-core, xml/).
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from jeepney import DBusAddress, HeaderFields, MatchRule, MessageType, Properties, message_bus, new_method_call
from jeepney.io.blocking import DBusConnection, open_dbus_connection

_ROOT = "/org/a11y/atspi/accessible/root"
_PREFIX = "org.a11y.atspi."
_STATES = {"focusable": 11, "focused": 12, "sensitive": 24, "showing": 25, "visible": 30, "checked": 4, "enabled": 8}
"""Bit numbers of AtspiStateType."""
_DEEPEST = 40
_SECONDS = 20.0


@dataclass(frozen=True, slots=True)
class Node:
    """One accessible object: which program, which path."""

    owner: str
    path: str


class Reader:
    """Walks what the accessibility bus shows. `address` is that of the session bus with at-spi-bus-launcher on it."""

    def __init__(self, address: str) -> None:
        session = open_dbus_connection(address)
        try:
            where = DBusAddress("/org/a11y/bus", "org.a11y.Bus", "org.a11y.Bus")
            answer = session.send_and_get_reply(new_method_call(where, "GetAddress"), timeout=_SECONDS)
            # Without this a toolkit sees no reason to show its tree.
            status = DBusAddress("/org/a11y/bus", "org.a11y.Bus", "org.a11y.Status")
            session.send_and_get_reply(Properties(status).set("IsEnabled", "b", True), timeout=_SECONDS)
        finally:
            session.close()
        self._bus: DBusConnection = open_dbus_connection(str(answer.body[0]))
        self.said: list[str] = []
        self._events: deque[Any] = deque()

    def close(self) -> None:
        """Leave the bus."""
        self._bus.close()

    # -- reading

    def programs(self) -> list[Node]:
        """The programs that show a tree; none while the registry is being started (again)."""
        try:
            return self.children(Node("org.a11y.atspi.Registry", _ROOT))
        except Gone:
            return []

    def awake(self) -> bool:
        """Whether the registry answers, so that programs can make themselves known to it."""
        try:
            self.children(Node("org.a11y.atspi.Registry", _ROOT))
        except Gone:
            return False
        return True

    def children(self, node: Node) -> list[Node]:
        """Below a node, in order."""
        return [Node(*one) for one in self._ask(node, "Accessible", "GetChildren")]

    def name(self, node: Node) -> str:
        """What is said first."""
        return str(self._property(node, "Accessible", "Name"))

    def describe(self, node: Node) -> str:
        """What is said after the name."""
        return str(self._property(node, "Accessible", "Description"))

    def role(self, node: Node) -> str:
        """Such as "push button"."""
        return str(self._ask(node, "Accessible", "GetRoleName"))

    def has(self, node: Node, state: str) -> bool:
        """Whether it is focusable, focused, showing, checked ..."""
        low, high = self._ask(node, "Accessible", "GetState")
        return bool((low | high << 32) >> _STATES[state] & 1)

    def text(self, node: Node) -> str:
        """The words of a text."""
        return str(self._ask(node, "Text", "GetText", "ii", (0, -1)))

    def walk(self, node: Node | None = None, deep: int = 0) -> Iterator[tuple[Node, str, str]]:
        """(node, role, name) of everything that shows, from all programs or below one node."""
        if node is None:
            for one in self.programs():
                yield from self.walk(one)
            return
        try:
            role, name = self.role(node), self.name(node)
            shows = deep == 0 or self.has(node, "showing") or role == "application"
        except Gone:
            return
        if not shows or deep > _DEEPEST:
            return
        yield node, role, name
        try:
            below = self.children(node)
        except Gone:
            return
        for one in below:
            if one.path != "/org/a11y/atspi/null":
                yield from self.walk(one, deep + 1)

    def tops(self) -> list[str]:
        """Role and name of the windows that show."""
        tops = [top for program in self.programs() for top in self._tops(program)]
        return [f"{self.role(top)} {self.name(top)}" for top in tops if self.has(top, "showing")]

    def words(self) -> str:
        """Everything that can be read now, one line a node."""
        lines = []
        for node, role, name in self.walk():
            more = self._written(node) if role in ("text", "password text", "label", "paragraph") else ""
            lines.append(" | ".join(one for one in (role, name, more) if one))
        return "\n".join(lines)

    # -- doing

    def find(self, role: str, name: str, seconds: float = _SECONDS, starts: bool = False) -> Node:
        """The first one that shows with this role and name; waits for it. Raises `AssertionError` with what was there."""

        def hit() -> Node | None:
            for node, its_role, its_name in self.walk():
                if its_role == role and (its_name == name or (starts and its_name.startswith(name))):
                    return node
            return None

        found = self.until(hit, seconds)
        assert found is not None, f"no {role} {name!r} in:\n{self.words()}"
        return found

    def gone(self, role: str, name: str, seconds: float = _SECONDS) -> None:
        """Wait until none with this role and name shows."""

        def away() -> bool:
            return not any(its == role and said == name for _node, its, said in self.walk())

        assert self.until(away, seconds), f"{role} {name!r} is still there"

    def press(self, role: str, name: str, starts: bool = False) -> None:
        """Do the first action of a control, as a switch or a voice does."""
        node = self.find(role, name, starts=starts)
        assert self._ask(node, "Action", "DoAction", "i", (0,)), f"{name!r} has no action"

    def write(self, role: str, name: str, words: str) -> None:
        """Put words into a field with this role; '' is any kind of text (a hidden one is a "password text")."""
        if not role:
            role = self.until(
                lambda: next((its for _n, its, said in self.walk() if said == name and "text" in its), "")
            )
        node = self.find(role, name)
        self._ask(node, "EditableText", "SetTextContents", "s", (words,))

    def until(self, holds: Callable[[], Any], seconds: float = _SECONDS) -> Any:
        """What `holds` gives as soon as it is true, or its last answer."""
        end = time.monotonic() + seconds
        while True:
            found = holds()
            if found or time.monotonic() > end:
                return found
            time.sleep(0.1)

    # -- hearing

    def listen(self, to: str = "announcement") -> None:
        """Begin to hear what is said: "announcement" (AT-SPI 2.46), or like Orca before 45 only "state-changed:showing"."""
        member = "Announcement" if to == "announcement" else "StateChanged"
        rule = MatchRule(type="signal", interface="org.a11y.atspi.Event.Object", member=member)
        self._bus.filter(rule, queue=self._events)
        self._bus.send_and_get_reply(message_bus.AddMatch(rule), timeout=_SECONDS)
        registry = DBusAddress("/org/a11y/atspi/registry", "org.a11y.atspi.Registry", "org.a11y.atspi.Registry")
        self._bus.send_and_get_reply(
            new_method_call(registry, "RegisterEvent", "sass", (f"object:{to}", [], "")), timeout=_SECONDS
        )

    def hear(self, words: str, seconds: float = _SECONDS, times: int = 1) -> bool:
        """Whether something that holds these words is said, or was, so many times."""
        end = time.monotonic() + seconds
        while sum(words in one for one in self.said) < times:
            left = end - time.monotonic()
            if left <= 0:
                return False
            try:
                self._keep(self._bus.recv_until_filtered(self._events, timeout=left))
            except TimeoutError:
                return False
        return True

    # -- the bus

    def _tops(self, program: Node) -> list[Node]:
        try:
            return self.children(program)
        except Gone:
            return []

    def _written(self, node: Node) -> str:
        try:
            return self.text(node)
        except Gone:
            return ""

    def _keep(self, message: Any) -> None:
        fields = message.header.fields
        if fields[HeaderFields.member] == "Announcement":
            self.said += [str(part[1]) for part in message.body if isinstance(part, tuple) and part and part[0] == "s"]
        elif message.body[:2] == ("showing", 1):
            node = Node(fields[HeaderFields.sender], fields[HeaderFields.path])
            try:
                self.said += [self.name(node)] if self.role(node) == "notification" else []
            except Gone:
                return

    def _ask(self, node: Node, interface: str, member: str, signature: str | None = None, body: Any = ()) -> Any:
        where = DBusAddress(node.path, node.owner, _PREFIX + interface)
        return self._reply(new_method_call(where, member, signature, body))

    def _property(self, node: Node, interface: str, name: str) -> Any:
        return self._reply(Properties(DBusAddress(node.path, node.owner, _PREFIX + interface)).get(name))[1]

    def _reply(self, message: Any) -> Any:
        try:
            answer = self._bus.send_and_get_reply(message, timeout=_SECONDS)
        except TimeoutError:
            raise Gone("no answer") from None
        if answer.header.message_type is MessageType.error:
            raise Gone(str(answer.body))
        return answer.body[0] if answer.body else None


class Gone(Exception):
    """The object went away between two questions."""
