"""Stand-in services and an engine that answers on the next turn of the event loop, for tests of the window."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from datetime import datetime, timedelta
from types import SimpleNamespace

from PySide6.QtCore import QTimer

from messenger.domain.account import Account, ConnectionState, Show
from messenger.domain.contact import Contact, ContactRequest, Presence, Subscription
from messenger.domain.conversation import ChatSummary
from messenger.domain.errors import RobinError
from messenger.domain.events import (
    ChatsChanged,
    GuardianChanged,
    LockChanged,
    MessagesChanged,
    MessagesStored,
    SettingsChanged,
)
from messenger.domain.guardian import GuardianPerson, GuardianState
from messenger.domain.lock import LockAnswer, LockState
from messenger.domain.lookalike import resembles
from messenger.domain.message import DeliveryState, Direction, MediaRef, MessagePage, MessageView, SearchHit
from messenger.domain.notice import FirstContact, Notice, NoticeCard, NoticeSeen, Pause
from messenger.domain.room import RoomInvitation, RoomNow, RoomPerson
from messenger.domain.tip import Tip
from messenger.services.tip_pack import TipsStanding

ME = "sam@example.org"


def at(days: int = 0, hour: int = 15, minute: int = 31, second: int = 0) -> str:
    """A local time some days ago, as the services give it."""
    day = (datetime.now().astimezone() - timedelta(days=days)).replace(
        hour=hour, minute=minute, second=second, microsecond=0
    )
    return day.isoformat(timespec="milliseconds")


class StandInEngine:
    """Runs each question to its end at once (nothing in the stand-ins waits) and gives the answer a turn later."""

    def __init__(self, hub: SimpleNamespace) -> None:
        self.hub = hub
        self.handlers = defaultdict(list)
        self.calls = 0
        self.tasks_failed: list[RobinError] = []
        self.over = False

    def call(self, ask, done=None, failed=None):
        self.calls += 1
        live = [True]
        try:
            coroutine = ask(self.hub)
            try:
                coroutine.send(None)
            except StopIteration as end:
                result = end.value
            else:
                raise AssertionError("a stand-in waited")
        except RobinError as error:
            kept = error
            if failed is not None:
                QTimer.singleShot(0, lambda: failed(kept) if live[0] and not self.over else None)
            else:
                self.tasks_failed.append(kept)
        else:
            if done is not None:
                QTimer.singleShot(0, lambda: done(result) if live[0] and not self.over else None)
        return lambda: live.__setitem__(0, False)

    def on(self, kind, handler):
        self.handlers[kind].append(handler)
        return lambda: self.handlers[kind].remove(handler)

    def tell(self, event) -> None:
        """Publish an event."""
        for handler in list(self.handlers[type(event)]):
            handler(event)


class Recorder:
    """Remembers which deeds were asked for; `fail` makes the next one fail."""

    def __init__(self) -> None:
        self.deeds: list[tuple] = []
        self.fail: dict[str, RobinError] = {}

    def note(self, *deed) -> None:
        self.deeds.append(deed)
        if deed[0] in self.fail:
            raise self.fail.pop(deed[0])


class Accounts(Recorder):
    def __init__(self, account: Account | None) -> None:
        super().__init__()
        self.account = account
        self.now = ConnectionState.ONLINE

    async def active(self):
        return self.account

    async def state(self, account):
        return self.now

    async def list(self):
        return (self.account,) if self.account else ()

    async def sign_in(self, jid, password, remember, server=None):
        self.note("sign_in", jid, password, remember, server)
        self.account = Account(jid)
        return self.account

    async def register(self, domain, username, password, server=None):
        self.note("register", domain, username, password, server)
        self.account = Account(f"{username}@{domain}")
        return self.account

    async def sign_out(self, account, forget=False):
        self.note("sign_out", account, forget)
        self.account = None

    async def reconnect(self, account):
        self.note("reconnect", account)

    async def set_presence(self, account, show, text):
        self.note("set_presence", account, show, text)
        self.account = replace(self.account, show=show, status_text=text)

    async def set_nick(self, account, nick):
        self.note("set_nick", account, nick)

    async def set_active(self, active):
        return None


class Conversations(Recorder):
    def __init__(self) -> None:
        super().__init__()
        self.rows: list[ChatSummary] = []
        self.stored: dict[int, list[MessageView]] = defaultdict(list)
        self.drafts: dict[int, str] = {}
        self.first_unread: dict[int, int] = {}
        self.next_id = 1
        self.biggest_page = 0

    def add(self, conversation: int, body: str, when: str, mine: bool = False, **more) -> MessageView:
        """Store a message."""
        title = next((row.title for row in self.rows if row.conversation == conversation), "Ann Lee")
        view = MessageView(
            self.next_id,
            conversation,
            Direction.OUT if mine else Direction.IN,
            ME if mine else "ann@example.org",
            "Sam" if mine else title,
            body,
            when,
            more.pop("state", DeliveryState.DELIVERED if mine else DeliveryState.RECEIVED),
            **more,
        )
        self.next_id += 1
        self.stored[conversation].append(view)
        return view

    async def chats(self, account):
        return tuple(self.rows)

    async def summary(self, conversation):
        return next(row for row in self.rows if row.conversation == conversation)

    async def open(self, account, jid):
        self.note("open", account, jid)
        found = next((row.conversation for row in self.rows if row.counterpart == jid), None)
        if found is None:
            found = max((row.conversation for row in self.rows), default=0) + 1
            self.rows.append(ChatSummary(found, account, jid, jid.partition("@")[0], "", "", None, None, 0, "", False))
        return found

    async def page(self, conversation, before=None, after=None, around=None, limit=60):
        rows = self.stored[conversation]
        ids = [row.id for row in rows]
        end = len(rows)
        start = max(0, end - limit)
        if before is not None:
            end = ids.index(before)
            start = max(0, end - limit)
        elif after is not None:
            start = ids.index(after) + 1
            end = min(len(rows), start + limit)
        elif around is not None:
            start = max(0, ids.index(around) - limit // 2)
            end = min(len(rows), start + limit)
        self.biggest_page = max(self.biggest_page, end - start)
        unread = self.first_unread.get(conversation) if before is None and after is None else None
        return MessagePage(conversation, tuple(rows[start:end]), start > 0, end < len(rows), unread)

    async def messages(self, conversation, ids):
        return tuple(row for row in self.stored[conversation] if row.id in set(ids))

    async def send(self, conversation, body, reply_to=None):
        self.note("send", conversation, body, reply_to)
        view = self.add(conversation, body, at(0, 23, 59), True, state=DeliveryState.QUEUED)
        self.tell(MessagesStored(conversation, (view.id,), True, False))
        return view.id

    async def resend(self, message):
        self.note("resend", message)

    async def correct(self, message, body):
        self.note("correct", message, body)

    async def retract(self, message):
        self.note("retract", message)

    async def mark_read(self, conversation, upto):
        self.note("mark_read", conversation, upto)

    async def set_typing(self, conversation, typing):
        self.note("set_typing", conversation, typing)

    async def draft(self, conversation):
        return self.drafts.get(conversation, "")

    async def set_draft(self, conversation, text):
        self.note("set_draft", conversation, text)
        self.drafts[conversation] = text

    async def set_pinned(self, conversation, pinned):
        self.note("set_pinned", conversation, pinned)

    async def set_muted(self, conversation, muted):
        self.note("set_muted", conversation, muted)

    async def delete_history(self, conversation):
        self.note("delete_history", conversation)
        self.stored[conversation].clear()

    async def search(self, account, query, before=None, limit=50, conversation=None):
        hits = []
        for key, rows in self.stored.items():
            title = next((row.title for row in self.rows if row.conversation == key), "")
            for row in rows:
                place = row.body.casefold().find(query.casefold())
                if place >= 0 and (conversation in {None, key}) and (before is None or row.id < before):
                    span = ((place, place + len(query)),)
                    hits.append(SearchHit(row.id, key, title, row.sender_name, row.body, span, row.at))
        return tuple(sorted(hits, key=lambda hit: -hit.message)[:limit])

    def tell(self, event) -> None:
        """Replaced by `make_hub`."""

    def change(self, view: MessageView, **more) -> None:
        """Change a stored message and say so."""
        rows = self.stored[view.conversation]
        number = next(n for n, row in enumerate(rows) if row.id == view.id)
        rows[number] = replace(rows[number], **more)
        self.tell(MessagesChanged(view.conversation, (view.id,)))


class Contacts(Recorder):
    def __init__(self) -> None:
        super().__init__()
        self.people: list[Contact] = []
        self.waiting: list[ContactRequest] = []

    async def contacts(self, account):
        return tuple(self.people)

    async def contact(self, account, jid):
        return next(one for one in self.people if one.jid == jid)

    async def count(self, account):
        return len(self.waiting)

    async def resembles(self, account, jid):
        return resembles(jid, [one.jid for one in self.people])

    async def add(self, account, jid, name=""):
        self.note("add", account, jid, name)

    async def remove(self, account, jid):
        self.note("remove", account, jid)
        self.people = [one for one in self.people if one.jid != jid]

    async def rename(self, account, jid, name):
        self.note("rename", account, jid, name)

    async def requests(self, account):
        return tuple(self.waiting)

    async def accept(self, account, jid):
        self.note("accept", account, jid)
        self.waiting = [one for one in self.waiting if one.jid != jid]
        return 1

    async def decline(self, account, jid):
        self.note("decline", account, jid)
        self.waiting = [one for one in self.waiting if one.jid != jid]


class FirstContacts(Recorder):
    """The cards of those who wait at `contacts`, with the words of the stored messages."""

    def __init__(self, talk: Conversations, contacts: Contacts, blocking: Blocking) -> None:
        super().__init__()
        self.talk, self.contacts, self.blocking = talk, contacts, blocking
        self.away: list[FirstContact] = []
        self.facts: dict = {}
        self.open_links = True

    def made(self, one: ContactRequest) -> FirstContact:
        row = next((row for row in self.talk.rows if row.counterpart == one.jid), None)
        said = [view.body for view in self.talk.stored[row.conversation]] if row is not None else []
        return FirstContact(
            conversation=row.conversation if row is not None else 0,
            account=one.account,
            counterpart=one.jid,
            name=one.jid.partition("@")[0],
            server=one.jid.rpartition("@")[2],
            resembles=one.resembles,
            groups=(),
            words=tuple(said[-5:]) or ((one.text,) if one.text else ()),
            count=max(one.messages, len(said)),
            **self.facts,
        )

    async def waiting(self, account):
        return tuple(self.made(one) for one in self.contacts.waiting)

    async def put_away(self, account):
        return tuple(self.away)

    async def card(self, conversation):
        row = next(row for row in self.talk.rows if row.conversation == conversation)
        found = next((one for one in self.contacts.waiting if one.jid == row.counterpart), None)
        return self.made(found) if found is not None and row.counterpart not in self.blocking.jids else None

    async def links(self, conversation):
        return self.open_links


class Blocking(Recorder):
    def __init__(self) -> None:
        super().__init__()
        self.jids: list[str] = []

    async def blocked(self, account):
        return tuple(self.jids)

    async def block(self, account, jid):
        self.note("block", account, jid)
        self.jids.append(jid)

    async def unblock(self, account, jid):
        self.note("unblock", account, jid)
        self.jids.remove(jid)

    async def supported(self, account):
        return True


class Rooms(Recorder):
    """Groups by conversation: how they stand and who is there."""

    def __init__(self) -> None:
        super().__init__()
        self.stands: dict[int, RoomNow] = {}
        self.there: dict[int, tuple[RoomPerson, ...]] = {}
        self.waiting: list[RoomInvitation] = []
        self.away: list[RoomInvitation] = []
        self.joined = 20

    async def nick(self, account):
        return "Sam"

    async def now(self, conversation):
        return self.stands[conversation]

    async def people(self, conversation):
        return self.there.get(conversation, ())

    async def join(self, account, address, nick="", password=""):
        self.note("join", account, address, nick, password)
        return self.joined

    async def create(self, account, name, nick="", members_only=True):
        self.note("create", account, name, nick, members_only)
        return self.joined

    async def join_again(self, conversation, password=""):
        self.note("join_again", conversation)

    async def leave(self, conversation):
        self.note("leave", conversation)

    async def invite(self, conversation, jid):
        self.note("invite", conversation, jid)

    async def invitations(self, account):
        return tuple(self.waiting)

    async def put_away(self, account):
        return tuple(self.away)

    async def accept(self, account, room, nick=""):
        self.note("accept", account, room)
        self.waiting = [one for one in self.waiting if one.room != room]
        return self.joined

    async def decline(self, account, room):
        self.note("decline", account, room)
        self.waiting = [one for one in self.waiting if one.room != room]


class Notices(Recorder):
    """Notices by conversation, and what is found in words that are about to go out."""

    def __init__(self) -> None:
        super().__init__()
        self.waiting: dict[int, list[Notice]] = defaultdict(list)
        self.pauses: dict[str, Pause] = {}
        self.rows: list[NoticeSeen] = []
        self.sentences: tuple[str, ...] = ("I would rather not say.", "No, thank you.", "I have to go now.")
        self.kept_words: tuple[str, ...] = ()
        self.known_chats: set[int] = set()
        self.found: list[Notice] = []
        self.rests = False
        self.cards: dict[str, NoticeCard] = {}

    async def current(self, conversation):
        return next(iter(self.waiting[conversation]), None)

    async def answer(self, notice_id, action):
        self.note("answer", notice_id, action)
        if action not in {"ways_out", "who_can_help", "meet_safely", "money_safely", "show_both", "copy"}:
            for rows in self.waiting.values():
                rows[:] = [one for one in rows if one.id != notice_id]

    async def useful(self, notice_id, yes):
        self.note("useful", notice_id, yes)
        return self.rests

    async def before_send(self, conversation, text):
        self.note("before_send", conversation, text)
        return self.pauses.get(text)

    async def rest(self, conversation, rule):
        self.note("rest", conversation, rule)

    async def ways(self, rule):
        return self.sentences

    async def card(self, kind):
        return self.cards[kind]

    async def findings(self, conversation):
        return tuple(self.found)

    async def seen(self, limit=100):
        return tuple(self.rows[:limit])

    async def counts(self):
        states = [row.state for row in self.rows]
        return {"shown": len(states), "acted": states.count("acted"), "dismissed": states.count("dismissed")}

    async def forget_all(self):
        self.note("forget_all")
        self.rows = []

    async def private_words(self):
        return self.kept_words

    async def set_private_words(self, words):
        self.note("set_private_words", tuple(words))
        self.kept_words = tuple(words)

    async def known(self, conversation):
        return conversation in self.known_chats

    async def set_known(self, conversation, yes):
        self.note("set_known", conversation, yes)
        (self.known_chats.add if yes else self.known_chats.discard)(conversation)


class Safety:
    async def tip(self):
        return Tip(
            "t1",
            "Surprises are fine. Secrets that feel heavy are not.",
            "You can tell.",
            "secrets",
            "",
            "",
            "Childnet",
            "",
            12,
            72,
        )


    async def about(self, trigger):
        return (Tip("T26", "Trust the odd feeling", "You can leave without a reason.", "people", "", "", "CEOP", "", 1, 1),)


class Settings(Recorder):
    def __init__(self) -> None:
        super().__init__()
        self.values = {
            "theme": "system", "text_size": "100", "motion": "system", "band": "T", "read_receipts": "contacts", "typing": "on",
            "notifications": "on", "enter_sends": "yes", "window_geometry": "", "endpoint": "", "country": "gb",
            "notices": "all", "harsh_words": "no", "new_tips": "no", "tips_address": "",
            "lock_after": "off", "lock_at_start": "yes", "locked": "no", "hide_explained": "no",
        }  # fmt: skip

    async def all(self):
        return dict(self.values)

    async def get(self, key):
        return self.values[key]

    async def set(self, key, value):
        self.note("set", key, value)
        self.values[key] = value
        self.tell(SettingsChanged((key,)))

    def tell(self, event) -> None:
        """Replaced by `make_hub`."""


class NewerTips:
    """Which tips are in use."""

    def __init__(self) -> None:
        self.seen = TipsStanding(1, 72, "", "", "", False, "")

    async def standing(self):
        return self.seen


class Lock(Recorder):
    """The app lock with its PIN in the open."""

    def __init__(self, settings: Settings) -> None:
        super().__init__()
        self.settings, self.kept, self.wait = settings, "", 0

    async def state(self):
        after = self.settings.values["lock_after"]
        start = self.settings.values["lock_at_start"] == "yes"
        return LockState(bool(self.kept), 0 if after == "off" else int(after), start) if self.kept else LockState()

    async def set_pin(self, pin):
        self.note("set_pin", pin)
        self.kept = pin
        self.tell(LockChanged(False))

    async def check(self, pin):
        self.note("check", pin)
        return LockAnswer(pin == self.kept and not self.wait, self.wait)

    async def change(self, old, new):
        answer = await self.check(old)
        self.kept = new if answer.ok else self.kept
        return answer

    async def remove(self, pin):
        answer = await self.check(pin)
        self.kept = "" if answer.ok else self.kept
        if answer.ok:
            self.tell(LockChanged(False))
        return answer

    async def wait_seconds(self):
        return self.wait

    async def told(self, locked):
        self.note("told", locked)

    def tell(self, event) -> None:
        """Replaced by `make_hub`."""


class Guardian(Recorder):
    """Young-person mode with its PIN in the open; `people` and `asking` are what its page shows."""

    def __init__(self) -> None:
        super().__init__()
        self.kept, self.now, self.wait = "", GuardianState(), 0
        self.listed: list[GuardianPerson] = []
        self.asking: list[GuardianPerson] = []

    async def state(self):
        return replace(self.now, waiting=len(self.asking)) if self.now.on else self.now

    async def accepted(self):
        return tuple(self.listed)

    async def waiting(self):
        return tuple(self.asking)

    async def people(self):
        return tuple(self.listed)

    async def begin(self, pin, rules):
        self.note("begin", pin, rules)
        self.kept, self.now = pin, GuardianState(True, rules, told=False)
        self.tell(GuardianChanged())

    async def check(self, pin):
        return LockAnswer(pin == self.kept and not self.wait, self.wait)

    async def ask(self, account, jid, group=False):
        self.note("ask", account, jid, group)

    async def told(self):
        self.now = replace(self.now, told=True)
        self.tell(GuardianChanged())

    def tell(self, event) -> None:
        """Replaced by `make_hub`."""


class Reporting:
    def __init__(self) -> None:
        self.profile = None

    async def endpoint(self, draft):
        return self.profile


def make_engine(account: Account | None = None) -> StandInEngine:
    """An engine with empty services."""
    hub = SimpleNamespace(
        accounts=Accounts(account),
        conversations=Conversations(),
        contacts=Contacts(),
        blocking=Blocking(),
        rooms=Rooms(),
        safety=Safety(),
        notices=Notices(),
        settings=Settings(),
        reporting=Reporting(),
        tips=NewerTips(),
    )
    hub.lock, hub.guardian = Lock(hub.settings), Guardian()
    hub.first_contact = FirstContacts(hub.conversations, hub.contacts, hub.blocking)
    engine = StandInEngine(hub)
    hub.conversations.tell = engine.tell
    hub.settings.tell = hub.lock.tell = hub.guardian.tell = engine.tell
    return engine


def everyday() -> StandInEngine:
    """The profile of the mock-ups: some chats, some messages, one request."""
    engine = make_engine(Account(ME, "Sam", "at the park until four", Show.ONLINE))
    talk = engine.hub.conversations
    sent, read, got = DeliveryState.DELIVERED, DeliveryState.READ, DeliveryState.RECEIVED

    def chat(number, address, title, preview, when, unread=0, state=got, **more):
        direction = Direction.IN if state is got else Direction.OUT
        known = more.pop("known", True)
        talk.rows.append(
            ChatSummary(
                number,
                ME,
                address,
                title,
                preview,
                when,
                direction,
                state,
                unread,
                more.pop("draft", ""),
                known,
                **more,
            )
        )

    chat(
        1,
        "ann@example.org",
        "Ann Lee",
        "got it, thank you 😊",
        at(0, 15, 36),
        state=sent,
        show=Show.ONLINE,
        pinned=True,
    )
    chat(2, "dad@example.org", "Dad", "See you at 5 by the gate", at(0, 15, 20), 2, show=Show.ONLINE)
    chat(3, "priya@example.org", "Priya Shah", "I liked chapter 4 best", at(0, 14, 2), 5)
    chat(4, "gran@example.org", "Gran", "", at(0, 12, 48), draft="thank you for the lovely book", show=Show.AWAY)
    chat(5, "coach@example.org", "Coach Jo", "the pool opens at 8", at(0, 11, 15), 12, muted=True)
    chat(6, "leo@example.org", "Leo Park", "haha, that is the one", at(2), state=read)
    chat(7, "maya@example.org", "Maya Okafor", "see the new picture", at(3))
    talk.add(1, "I found the bird book in the library", at(1, 18, 42), True)
    first = talk.add(1, "hi! are you coming to maths club at 4?", at(0, 15, 31))
    talk.add(1, "we are doing the puzzle with the nine dots", at(0, 15, 31, 30))
    talk.add(
        1,
        "yes! Dad says I can stay till 5",
        at(0, 15, 33),
        True,
        reply_id=first.id,
        reply_name="Ann Lee",
        reply_body=first.body,
        state=read,
    )
    talk.add(1, "do I need to bring anything?", at(0, 15, 33, 20), True, state=read)
    talk.add(1, "only the worksheet. it is on the club page too: maths-club.example/nine-dots", at(0, 15, 35))
    talk.add(1, "", at(0, 15, 35, 20), media=(MediaRef("nine-dots-worksheet.pdf", "application/pdf", 184_000),))
    talk.add(1, "got it, thank you 😊", at(0, 15, 36), True)
    for row in talk.rows[1:]:
        if row.preview:
            talk.add(row.conversation, row.preview, row.at, row.last_direction is Direction.OUT)
    for row in talk.rows:
        presence = Presence(row.counterpart, row.show)
        engine.hub.contacts.people.append(Contact(ME, row.counterpart, row.title, Subscription.BOTH, presence, True))
    engine.hub.contacts.waiting.append(ContactRequest(ME, "mike_2010@chat.example", "hey", at(0, 10, 0), 3))
    return engine


def tell_chats(engine: StandInEngine) -> None:
    """Say that the list changed."""
    engine.tell(ChatsChanged(ME))
