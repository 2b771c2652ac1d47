"""What the hub asks of its doors: protocols that xmpp, endpoints and credentials implement."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from messenger.domain.account import ConnectionState, Login, ServerAddress, Show
from messenger.domain.contact import Presence, RosterItem
from messenger.domain.errors import RobinError
from messenger.domain.message import ChatState, IncomingMessage, Marker, OutgoingMessage
from messenger.domain.receipt import AddendumReceipt, CaseStatus, IdentityLevel, Receipt, Withdrawn
from messenger.domain.report import EndpointProfile, StatusChange
from messenger.domain.room import RoomInvitation, RoomNow
from messenger.services.archive_page import ArchivePage as ArchivePage
from messenger.services.room_ports import ChatRooms


@dataclass(frozen=True, slots=True)
class PackageAnswer:
    """What a desk answered over XMPP, not checked yet: the signed receipt, and the sealed receipt code or ''."""

    receipt: str
    code: str


class PackageCarrier(Protocol):
    """Sealed packages over one signed-in account."""

    async def send(self, desk: str, report_id: str, digest: str, package: bytes) -> PackageAnswer:
        """Send a package to a desk's bare address and wait for its answer, at most some seconds.

        Raises `EndpointUnreachable` (not online, no answer, bounced) or `EndpointRejected` (what the desk refuses).
        """


class SessionListener(Protocol):
    """What a session tells the hub. Called on the engine's loop; awaited calls return when the fact is stored."""

    def state_changed(self, account: str, state: ConnectionState, reason: RobinError | None, retry_in: int) -> None:
        """The stream's state; `retry_in` seconds until the next try, 0 when none is planned."""

    async def ready(self, account: str, resumed: bool) -> None:
        """Signed in. After a fresh session (not resumed) the hub resends its queue and syncs the archive."""

    async def messages(self, batch: Sequence[IncomingMessage]) -> None:
        """Checked messages in order of arrival (live, carbons); one call may hold a burst."""

    async def acknowledged(self, account: str, origin_id: str) -> None:
        """The own server took an outgoing message (XEP-0198, or its archive copy)."""

    async def rejected(self, account: str, origin_id: str) -> None:
        """An error stanza came back for an outgoing message."""

    async def marked(self, account: str, counterpart: str, marker: Marker, stanza_id: str, by_me: bool) -> None:
        """Delivered or read, for the message with this id; `by_me`: another of my own devices read it."""

    async def chat_state(self, account: str, counterpart: str, state: ChatState) -> None:
        """The counterpart is writing, or stopped (only from people in the roster)."""

    async def presence(self, account: str, presence: Presence) -> None:
        """A roster contact's presence changed."""

    async def roster(self, account: str, items: Sequence[RosterItem], whole: bool) -> None:
        """The roster (`whole`), or pushed changes of it."""

    async def subscription_requested(self, account: str, jid: str, text: str) -> None:
        """Somebody asks for presence. Nothing was answered."""

    async def blocklist(self, account: str, jids: Sequence[str]) -> None:
        """The whole list of blocked addresses, at sign-in and after each change."""

    async def avatar(self, account: str, jid: str, image: bytes) -> None:
        """A contact's picture (PNG or JPEG, checked by magic bytes and size)."""

    async def nudged(self, account: str, desk: str) -> None:
        """A pinned desk says that there is news; it said nothing else."""

    async def confirm_refused(self, account: str, sender: str) -> None:
        """Somebody asked to confirm what this client did not begin (XEP-0070): it was refused."""

    async def room_changed(self, account: str, room: RoomNow) -> None:
        """How this account stands in a room, its subject, or who is in it, changed (many changes are told as one)."""

    async def invited(self, account: str, invitation: RoomInvitation) -> None:
        """Somebody asks this account into a room. Nothing was answered and nothing was asked of the room."""


@dataclass(frozen=True, slots=True)
class ServerReport:
    """One reported message for the own server (XEP-0377). `reason` is "abuse" or "spam"; `archive_id` of the own archive.

    `text` names the case and the digest; both forms of `by` are sent (reporting.md, facts 4 to 7).
    """

    reason: str
    text: str
    case_number: str
    digest: str
    archive_id: str = ""
    third_party: bool = False


class ChatSession(Protocol):
    """One account's connection. Made by a `ChatServer`; `start` returns when the first sign-in succeeded or failed."""

    async def start(self) -> None:
        """Connect and sign in, then stay connected with back-off until `stop`. Raises `AccountError` at the first failure
        that the person must mend (password, name, certificate); other failures are told by `state_changed` and retried."""

    async def stop(self) -> None:
        """Sign out in good order; ends all tasks."""

    async def send(self, message: OutgoingMessage) -> None:
        """Put a message on the stream. Raises `NotConnected`; success is told by `acknowledged`."""

    async def send_marker(self, counterpart: str, marker: Marker, stanza_id: str) -> None:
        """A receipt (XEP-0184) or displayed marker (XEP-0333). Silently nothing when offline."""

    async def send_chat_state(self, counterpart: str, state: ChatState) -> None:
        """XEP-0085. Silently nothing when offline."""

    async def set_presence(self, show: Show, status: str) -> None:
        """Broadcast presence, or keep it for the next sign-in."""

    async def set_active(self, active: bool) -> None:
        """XEP-0352: whether a person looks at the window."""

    def set_quiet(self, jids: frozenset[str]) -> None:
        """Nothing goes to these bare addresses by itself (answers, marks, states, look-ups) until set anew (decision 10)."""

    async def archive_page(self, before: str | None, size: int = 250, counterpart: str = "") -> ArchivePage:
        """A page of the own archive ending before archive id `before` (None: the newest). Raises `FeatureMissing`."""

    async def archive_by_ids(self, ids: Sequence[str]) -> tuple[IncomingMessage, ...]:
        """Messages of the own archive by archive id (XEP-0313 extended); unknown ids are absent from the answer."""

    async def add_contact(self, jid: str, name: str) -> None:
        """Roster set and subscription request."""

    async def remove_contact(self, jid: str) -> None:
        """Roster remove."""

    async def rename_contact(self, jid: str, name: str) -> None:
        """Roster set with a new name."""

    async def answer_request(self, jid: str, accept: bool) -> None:
        """subscribed (and a request back) or unsubscribed."""

    async def block(self, jids: Sequence[str]) -> None:
        """XEP-0191. Raises `FeatureMissing`."""

    async def unblock(self, jids: Sequence[str]) -> None:
        """XEP-0191."""

    async def block_and_report(self, jid: str, reports: Sequence[ServerReport]) -> None:
        """XEP-0191 with XEP-0377 0.4.1: one block, one item for each report. Raises `FeatureMissing` or `NotConnected`."""

    def full_jid(self) -> str:
        """The bound address with its resource, or '' while not signed in."""

    def expect_confirm(self, desk: str, url: str, transaction: str) -> None:
        """Answer one XEP-0070 question, once: from this bare address, with this url, method POST and this transaction id.

        Any other question of that kind is refused and told as `SessionListener.confirm_refused`.
        """

    def forget_confirm(self, transaction: str) -> None:
        """Answer it no more."""

    def expect_news(self, desks: frozenset[str]) -> None:
        """Bare addresses of desks with open cases: an empty nudge of one of them is told as `SessionListener.nudged`."""

    async def change_password(self, password: str) -> None:
        """XEP-0077."""

    @property
    def packages(self) -> PackageCarrier:
        """Sealed packages to desks."""

    @property
    def rooms(self) -> ChatRooms:
        """The rooms of this account."""

    def features(self) -> frozenset[str]:
        """Features of the own server and account (XEP-0030), once known."""

    def time_offset_ms(self) -> int | None:
        """Own server's clock minus ours (XEP-0202), where known."""


class ChatServer(Protocol):
    """The XMPP door."""

    def session(self, login: Login, listener: SessionListener) -> ChatSession:
        """A session that is not started yet."""

    async def register(self, domain: str, username: str, password: str, server: ServerAddress | None) -> str:
        """Make an account in-band (XEP-0077); returns its bare address. Raises `RegistrationRefused` and its kin."""


class SecretStore(Protocol):
    """The keyring door. All calls may block and are made off the loop by the implementation."""

    @property
    def persistent(self) -> bool:
        """Whether secrets survive the end of the process."""

    async def get(self, name: str) -> str | None:
        """A secret, or None. Raises `NoKeyring` or `KeyringLocked`."""

    async def put(self, name: str, value: str) -> None:
        """Keep a secret. Raises `NoKeyring` or `KeyringLocked`."""

    async def delete(self, name: str) -> None:
        """Forget a secret; nothing happens when there is none."""


@dataclass(frozen=True, slots=True)
class Submission:
    """What an endpoint is given: the package's bytes as they lie on disk, unchanged on every try.

    `account` is the bare address of the account that the report was made from, or ''. `proof`, where there is one, is
    to be awaited once the desk has the report and before it is filed: it proves who reports, soon ends, never raises.
    """

    report_id: str
    digest: str
    package: bytes
    profile: EndpointProfile
    account: str = ""
    proof: Callable[[], Awaitable[None]] | None = None


class PackageLine(Protocol):
    """A way for sealed packages over the person's own XMPP account (endpoints/xmpp_report)."""

    async def send_package(self, account: str, desk: str, report_id: str, digest: str, package: bytes) -> PackageAnswer:
        """Send a package to a desk's bare address and wait for its answer, at most some seconds.

        `account` '' means whichever is signed in. Raises `EndpointUnreachable` (not signed in, no answer, bounced) or
        `EndpointRejected` (413 too large; what the desk itself refuses).
        """


@dataclass(frozen=True, slots=True)
class CaseNews:
    """What the desk says of a case now. `sealed` are message numbers with their sealed bytes, oldest first."""

    status: CaseStatus
    history: tuple[StatusChange, ...]
    case_number: str
    sealed: tuple[tuple[int, str], ...]
    etag: str = ""
    identity_level: IdentityLevel = IdentityLevel.UNVERIFIED


@dataclass(frozen=True, slots=True)
class Accepted:
    """A verified receipt and the sealed receipt code (a JWE for the reporter's key), or ''."""

    receipt: Receipt
    sealed_code: str


class Endpoint(Protocol):
    """One way to hand over a report. Modules in endpoints/ each export `KIND` and `make(...) -> Endpoint`."""

    async def submit(self, submission: Submission) -> Accepted:
        """Hand over, idempotent by report id. Raises `EndpointUnreachable` (retry), `EndpointRejected` (do not), or
        `Handed` where the way has no receipt of its own."""

    async def news(
        self,
        profile: EndpointProfile,
        report_id: str,
        prove: Callable[[str, str], str],
        after: int,
        etag: str,
        wait: int = 0,
    ) -> CaseNews | None:
        """Status and messages after number `after`; None when nothing changed since `etag`.

        `prove(method, path)` signs a proof of possession of the reporter's key for each call. With `wait` the desk may
        hold its answer back for so many seconds until there is news.
        """

    async def write(
        self, profile: EndpointProfile, report_id: str, prove: Callable[[str, str], str], sealed: bytes
    ) -> None:
        """Hand over a sealed reply of the reporter."""

    async def prove_address(
        self, profile: EndpointProfile, report_id: str, prove: Callable[[str, str], str], jid: str
    ) -> IdentityLevel:
        """Ask the desk to check by XEP-0070 that this full JID made this report; waits for its answer.

        The transaction id of the desk's question is the report's digest, its method POST and its url the address of
        `/v1/sessions`. Raises `EndpointUnreachable` or `EndpointRejected` (403 refused, 408 no answer, 409 another address).
        """

    async def ask_code(
        self, profile: EndpointProfile, report_id: str, prove: Callable[[str, str], str], sealed: bytes
    ) -> None:
        """Have a code sent to the address in the sealed request. Raises `EndpointUnreachable` or `EndpointRejected`."""

    async def answer_code(
        self, profile: EndpointProfile, report_id: str, prove: Callable[[str, str], str], code: str
    ) -> IdentityLevel:
        """Give the code. Raises `EndpointUnreachable` or `EndpointRejected` (403 wrong, 410 over)."""

    async def consent(
        self, profile: EndpointProfile, report_id: str, prove: Callable[[str, str], str], sealed: bytes
    ) -> None:
        """Hand over the reporter's sealed consent (own server told, room may be read)."""

    async def add(
        self,
        profile: EndpointProfile,
        report_id: str,
        prove: Callable[[str, str], str],
        addendum_id: str,
        digest: str,
        sealed: bytes,
    ) -> AddendumReceipt:
        """Hand over later evidence, idempotent by its id; a verified receipt or `EndpointUnreachable`, `EndpointRejected`."""

    async def withdraw(
        self, profile: EndpointProfile, report_id: str, prove: Callable[[str, str], str], digest: str, sealed: bytes
    ) -> Withdrawn:
        """Hand over a sealed withdrawal, idempotent; `digest` is the report's. The desk's verified answer."""

    def clock_offset(self, profile: EndpointProfile) -> int:
        """The desk's clock minus ours in seconds, as far as known, else 0: proofs are made by the desk's clock (F8)."""

    async def close(self) -> None:
        """Let go of connections."""


class Clock(Protocol):
    """Time, so that back-off can be tested with a virtual one."""

    def now(self) -> str:
        """RFC 3339 UTC with milliseconds and Z."""

    def monotonic(self) -> float:
        """Seconds that never go back."""

    async def sleep(self, seconds: float) -> None:
        """Wait."""


Spawn = Callable[[str, Awaitable[None]], None]
