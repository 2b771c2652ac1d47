"""The store itself: keys, modes, one thread, bursts, errors, migrations, damage."""

from __future__ import annotations

import asyncio
import os
import random
import resource
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import pytest
from chat_case import ME, SAM, at, message

from messenger.domain.errors import SecondInstance, StoreDamaged, StoreError, StoreFull, StoreLocked, StoreNewer
from messenger.domain.message import OutgoingMessage
from messenger.storage import (
    conversations,
    history,
    journal,
    keyfile,
    migrations,
    outgoing,
    pages,
    rooms,
    salvage,
    settings,
)
from messenger.storage.connection import Connection, Error, connect, scalar
from messenger.storage.database import Database

KEY = bytes(range(32))


def test_pragmas_read_back(scenario: Any) -> None:
    async def work(db: Database) -> None:
        def read(conn: Connection) -> dict[str, Any]:
            names = ("journal_mode", "synchronous", "secure_delete", "trusted_schema", "foreign_keys", "temp_store")
            return {name: scalar(conn, "PRAGMA " + name) for name in names}

        found = await db.run(read)
        assert found == {
            "journal_mode": "wal", "synchronous": 2, "secure_delete": 1, "trusted_schema": 0, "foreign_keys": 1,
            "temp_store": 2,
        }  # fmt: skip

    scenario(work)


def test_s47_modes_are_private_whatever_the_umask(path: Path) -> None:
    script = (
        "import asyncio, os, sys; from pathlib import Path\n"
        "from messenger.storage.database import Database\n"
        "from messenger.storage import settings, keyfile\n"
        "os.umask(0)\n"
        "path = Path(sys.argv[1])\n"
        "async def main():\n"
        "    key = keyfile.derive(path, 'three random words')\n"
        "    db = await Database.open(path, key)\n"
        "    await db.write(settings.put, 'theme', 'dark')\n"
        "    for one in [path.parent, *path.parent.iterdir()]:\n"
        "        print(one.name, oct(one.stat().st_mode & 0o777))\n"
        "    await db.close()\n"
        "asyncio.run(main())\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, str(path)], capture_output=True, text=True, check=True, cwd=Path.cwd()
    )
    lines = dict(line.rsplit(" ", 1) for line in done.stdout.splitlines())
    assert lines.pop("profile") == "0o700"
    assert {"robin.db", "robin.db-wal", "robin.db.lock", "robin.db.check", "robin.db.salt"} <= set(lines)
    assert set(lines.values()) == {"0o600"}
    assert done.stderr == ""


def test_wrong_key_is_locked_and_changes_nothing(path: Path, scenario: Any) -> None:
    async def fill(db: Database) -> None:
        await db.write(settings.put, "theme", "dark")

    scenario(fill)
    before = path.read_bytes()
    with pytest.raises(StoreLocked):
        asyncio.run(Database.open(path, bytes(32)))
    assert path.read_bytes() == before

    async def read(db: Database) -> None:
        assert await db.run(settings.every) == {"theme": "dark"}

    scenario(read)


def test_passphrase_opens_the_same_store_again(path: Path) -> None:
    first = keyfile.derive(path, "correct horse")
    assert keyfile.derive(path, "correct horse") == first
    assert keyfile.derive(path, "correct horsf") != first
    assert len(first) == keyfile.KEY_BYTES
    # One of the two copies of the salt may be damaged.
    path.with_name("robin.db.salt").write_bytes(b"x" * 24)
    assert keyfile.derive(path, "correct horse") == first


def test_second_instance_is_refused(path: Path) -> None:
    async def work() -> None:
        first = await Database.open(path, KEY)
        with pytest.raises(SecondInstance):
            await Database.open(path, KEY)
        await first.close()
        second = await Database.open(path, KEY)
        await second.close()

    asyncio.run(work())


def test_all_work_is_on_one_thread_and_not_the_loop(scenario: Any) -> None:
    async def work(db: Database) -> None:
        names = await asyncio.gather(*(db.run(lambda _conn: threading.current_thread().name) for _ in range(20)))
        assert set(names) == {"store"}

    scenario(work)


def test_a_write_that_fails_writes_nothing_and_others_of_its_burst_stay(scenario: Any) -> None:
    def bad(conn: Connection) -> None:
        settings.put(conn, "a", "half")
        raise LookupError("mine")

    async def work(db: Database) -> None:
        answers = await asyncio.gather(
            db.write(settings.put, "x", "1"), db.write(bad), db.write(settings.put, "y", "2"), return_exceptions=True
        )
        assert isinstance(answers[1], LookupError)
        assert await db.run(settings.every) == {"x": "1", "y": "2"}

    scenario(work)


def test_a_burst_of_writes_shares_commits(scenario: Any) -> None:
    async def work(db: Database) -> None:
        statements: list[str] = []
        await db.run(lambda conn: cast(Any, conn).set_trace_callback(statements.append))
        for number in range(3):
            await db.write(settings.put, f"alone {number}", "v")
        assert statements.count("COMMIT") == 3
        gate = threading.Event()
        waiting = asyncio.ensure_future(db.run(lambda _conn: gate.wait(10)))
        await asyncio.sleep(0.05)
        burst = [asyncio.ensure_future(db.write(settings.put, str(number), "v")) for number in range(50)]
        await asyncio.sleep(0.05)
        gate.set()
        await asyncio.gather(waiting, *burst)
        assert statements.count("COMMIT") == 4
        assert len(await db.run(settings.every)) == 53

    scenario(work)


def test_nothing_can_attach_another_file(path: Path, scenario: Any) -> None:
    async def work(db: Database) -> None:
        with pytest.raises(Error, match="not authorized"):
            await db.run(lambda conn: conn.execute("ATTACH DATABASE ? AS other", (str(path) + "2",)))

    scenario(work)


def test_s46_hostile_addresses_and_ids_are_values(scenario: Any) -> None:
    hostile = [
        "o'neil@a.example",
        'q"uote@a.example',
        "50%_@a.example",
        "nul\x00@a.example",
        "'; DROP TABLE messages; --",
    ]

    async def work(db: Database) -> None:
        for number, jid in enumerate(hostile):
            made = message(f"words {jid}", number, counterpart=jid, stanza_id=jid, archive=jid)
            (stored,) = await db.write(history.store, [made])
            page = await db.run(pages.page, stored.conversation)
            assert [one.body for one in page.messages] == [f"words {jid}"]
            assert await db.run(conversations.find, ME, jid) == stored.conversation
            assert (await db.write(history.store, [made]))[0].new == []
            await db.write(conversations.set_draft, stored.conversation, jid)
            assert await db.run(conversations.draft, stored.conversation) == jid
        assert len(await db.run(conversations.strangers, ME)) == len(hostile)

    scenario(work)


# -- the disk


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of one megabyte, where root may mount one."""
    place = tmp_path / "small"
    place.mkdir()
    mount = shutil.which("mount")
    done = (
        subprocess.run([mount, "-t", "tmpfs", "-o", "size=1m", "none", str(place)], capture_output=True, check=False)
        if mount
        else None
    )
    if done is None or done.returncode:
        yield tmp_path / "limited"
        return
    yield place
    subprocess.run(["umount", str(place)], check=True)


async def _fill(path: Path) -> tuple[list[int], int]:
    """Write until the disk is full; the ids that were told as stored, and how many writes failed."""
    db = await Database.open(path, KEY)
    told, failures = [], 0
    for number in range(400):
        try:
            (stored,) = await db.write(history.store, [message("w" * 9_000, number)])
            told += stored.new
        except StoreFull:
            failures += 1
            if failures == 3:
                break
    rows = await db.run(lambda conn: [int(row[0]) for row in conn.execute("SELECT id FROM messages ORDER BY id")])
    assert rows == told
    await db.close()
    return told, failures


def test_f05_disk_full_is_told_and_nothing_told_is_lost(small_disk: Path) -> None:
    if small_disk.name == "limited":
        # No mount here: the kernel's limit on file sizes is just as real an error of write(2).
        soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (700_000, hard))
        try:
            told, failures = asyncio.run(_fill(small_disk / "robin.db"))
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    else:
        told, failures = asyncio.run(_fill(small_disk / "profile" / "robin.db"))
        path = small_disk / "profile" / "robin.db"
        assert failures == 3

        async def again() -> list[int]:
            db = await Database.open(path, KEY)
            assert db.damaged is None
            rows = await db.run(lambda conn: [int(row[0]) for row in conn.execute("SELECT id FROM messages")])
            await db.close()
            return rows

        assert asyncio.run(again()) == told
    assert failures == 3
    assert told


async def _write_on(db: Database) -> None:
    for number in range(200):
        await db.write(history.store, [message("w" * 9_000, number)])


def test_f05_a_folder_that_cannot_be_written_is_full(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("x")
    with pytest.raises(StoreFull):
        asyncio.run(Database.open(file / "profile" / "robin.db", KEY))


def test_f05_after_a_full_disk_the_store_goes_on_when_there_is_space(small_disk: Path) -> None:
    if small_disk.name == "limited":
        # The limit that stands in for a small disk cannot be lifted again; the tests beside this one run with it.
        pytest.skip("only root can mount a small disk")
    path, ballast = small_disk / "profile" / "robin.db", small_disk / "ballast"

    async def work() -> None:
        db = await Database.open(path, KEY)
        ballast.write_bytes(b"")
        with ballast.open("wb", buffering=0) as file:
            try:
                while file.write(b"x" * 4096):
                    pass
            except OSError:
                pass
        with pytest.raises(StoreFull):
            await _write_on(db)
        ballast.unlink()
        (stored,) = await db.write(history.store, [message("after", 999)])
        assert stored.new
        await db.close()

    asyncio.run(work())


# -- killed


_KILLED = """
import asyncio, os, signal, sys
from pathlib import Path
sys.path.insert(0, "tests")
from chat_case import ME, SAM, at
from messenger.domain.message import OutgoingMessage
from messenger.storage import conversations, outgoing
from messenger.storage.database import Database

async def main():
    db = await Database.open(Path(sys.argv[1]), bytes(range(32)))
    conversation = await db.write(conversations.ensure, ME, SAM)
    for number in range(int(sys.argv[2])):
        await db.write(outgoing.add, conversation, OutgoingMessage(ME, SAM, f"o{number}", f"hello {number}"), at(number))
        print(number, flush=True)
    os.kill(os.getpid(), signal.SIGKILL)

asyncio.run(main())
"""


def test_f16_killed_between_add_and_send_it_is_still_there(path: Path, scenario: Any) -> None:
    done = subprocess.run([sys.executable, "-c", _KILLED, str(path), "7"], capture_output=True, text=True, check=False)
    assert done.returncode == -signal.SIGKILL, done.stderr
    told = [int(line) for line in done.stdout.split()]
    assert told == list(range(7))

    async def work(db: Database) -> None:
        assert db.damaged is None
        waiting = await db.run(outgoing.waiting, ME)
        assert [one.origin_id for one in waiting] == [f"o{number}" for number in told]
        assert await db.run(journal.holds)

    scenario(work)


# -- migrations


@pytest.mark.parametrize("number", range(migrations.newest() + 1))
def test_f21_every_schema_migrates(path: Path, number: int) -> None:
    path.parent.mkdir()
    conn = connect(path, KEY)
    migrations.migrate(conn, number)
    assert migrations.version(conn) == number
    if number >= 1:
        # As the Robin of that schema wrote it: today's code may know columns that it did not have.
        conn.execute("INSERT INTO conversations(account, counterpart) VALUES ('kim@robin.test', 'sam@robin.test')")
        conn.execute(
            "INSERT INTO messages(conversation, sort_at, direction, via, sender, recipient, kind, stanza_id, origin_id,"
            " body, received, state, journal_index, journal_hash) VALUES (1, 't', 'in', 'live', 'sam@robin.test',"
            " 'kim@robin.test', 'chat', 's', 'o', 'kept over the upgrade', '2026-11-24T10:00:00.000Z', 'received', 1, 'h')"
        )
        settings.put(conn, "theme", "dark")
    conn.close()
    keyfile.write_mark(path.with_name("robin.db.check"), keyfile.StoreMark(keyfile.verifier(KEY), number > 0, True))

    async def work() -> None:
        db = await Database.open(path, KEY)
        assert db.damaged is None
        assert await db.run(migrations.version) == migrations.newest()
        if number >= 1:
            page = await db.run(pages.page, 1)
            assert [one.body for one in page.messages] == ["kept over the upgrade"]
            assert await db.run(settings.every) == {"theme": "dark"}
        await db.close()

    asyncio.run(work())


def test_f21_a_migration_that_fails_changes_nothing(
    path: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    path.parent.mkdir()
    broken = tmp_path / f"{migrations.newest() + 1:04}_broken.sql"
    broken.write_text("CREATE TABLE half(a);\nCREATE TABLE half(a);\n", "utf-8")
    whole = migrations.files()
    conn = connect(path, KEY)
    migrations.migrate(conn)
    monkeypatch.setattr(migrations, "files", lambda: [*whole, broken])
    with pytest.raises(Error, match="already exists"):
        migrations.migrate(conn)
    assert migrations.version(conn) == len(whole)
    assert not scalar(conn, "SELECT count(*) FROM sqlite_master WHERE name = 'half'")
    conn.close()


def test_f07_a_newer_store_is_refused_and_unchanged(path: Path, scenario: Any) -> None:
    async def newer(db: Database) -> None:
        await db.write(lambda conn: conn.execute("PRAGMA user_version = 900"))

    scenario(newer)
    before = path.read_bytes()
    with pytest.raises(StoreNewer):
        asyncio.run(Database.open(path, KEY))
    assert path.read_bytes() == before


# -- damage


def _grow(path: Path) -> None:
    async def work() -> None:
        db = await Database.open(path, KEY)
        await db.write(history.store, [message(f"hello {number}", number) for number in range(200)])
        await db.write(settings.put, "theme", "dark")
        await db.close()

    asyncio.run(work())


def damage(data: bytes, rng: random.Random) -> bytes:
    """Flip bits, cut off, or overwrite the beginning."""
    kind = rng.randrange(5)
    if kind == 0:
        return data[: rng.randrange(len(data))]
    if kind == 1:
        return b"SQLite format 3\x00" + data[16:]
    spoiled = bytearray(data)
    for _ in range(rng.choice((1, 1, 8, 200))):
        spoiled[rng.randrange(len(spoiled))] ^= 1 << rng.randrange(8)
    return bytes(spoiled)


async def use_damaged(path: Path, clean: bool) -> str:
    """Open a damaged store and use it as the engine does; says what became of it. Raises nothing but `StoreError`."""
    mark = path.with_name(path.name + ".check")
    found = keyfile.read_mark(mark)
    assert found is not None
    keyfile.write_mark(mark, keyfile.StoreMark(found.verifier, True, clean))
    db = await Database.open(path, KEY)
    try:
        conversation = await db.write(conversations.ensure, ME, SAM)
        await db.run(pages.page, conversation)
        (stored,) = await db.write(history.store, [message("after the damage", 9_999)])
        page = await db.run(pages.page, stored.conversation)
        assert page.messages[-1].body == "after the damage"
        await db.check()
        # A new store may have lost the conversation: whoever goes on asks for it again, as the services do.
        conversation = await db.write(conversations.ensure, ME, SAM)
        await db.write(outgoing.add, conversation, OutgoingMessage(ME, SAM, "o-after", "hi"), at(10_000))
        return "moved aside" if db.damaged is not None else "whole"
    finally:
        await db.close()


@pytest.mark.parametrize("seed", range(60))
def test_f07_damage_never_stops_the_store(tmp_path: Path, seed: int) -> None:
    path = tmp_path / "robin.db"
    _grow(path)
    rng = random.Random(seed)
    original = path.read_bytes()
    spoiled = damage(original, rng)
    path.write_bytes(spoiled)
    asides = asyncio.run(use_damaged(path, clean=bool(seed % 2)))
    assert asides == "moved aside"
    kept = [one for one in tmp_path.iterdir() if ".damaged-" in one.name and not one.name.endswith(("-wal", "-shm"))]
    if spoiled:
        assert [one.read_bytes()[:4096] for one in kept] == [spoiled[:4096]]


def test_f07_small_tables_come_over_and_ids_never_come_again(path: Path, scenario: Any) -> None:
    async def before(db: Database) -> int:
        (stored,) = await db.write(history.store, [message("hello " * 500, number) for number in range(100)])
        await db.write(settings.put, "theme", "dark")
        await db.write(conversations.set_draft, stored.conversation, "unsent")
        return max(stored.new)

    highest = scenario(before)
    spoiled = bytearray(path.read_bytes())
    spoiled[-5_000] ^= 1
    path.write_bytes(bytes(spoiled))

    async def after(db: Database) -> None:
        damaged = not await db.check()
        assert damaged
        assert db.damaged is not None
        assert await db.run(settings.every) == {"theme": "dark"}
        found = await db.run(conversations.find, ME, SAM)
        assert found is not None
        assert await db.run(conversations.draft, found) == "unsent"
        (stored,) = await db.write(history.store, [message("new", 1)])
        assert stored.new[0] > highest + 1_000_000
        assert (await db.run(journal.head)).index > 1_000_000
        assert await db.run(journal.holds)

    scenario(after)


def test_f07_small_tables_of_an_older_schema_come_over_without_what_it_did_not_have(tmp_path: Path) -> None:
    """SQLite reads a column in quotes that is not there as its own name."""
    old = connect(tmp_path / "old.db", KEY)
    migrations.migrate(old, 6)
    old.execute("INSERT INTO contacts(account, jid, name, subscription) VALUES (?, ?, 'Sam', 'both')", (ME, SAM))
    old.execute("INSERT INTO conversations(account, counterpart, draft) VALUES (?, ?, 'unsent')", (ME, SAM))
    old.execute(
        "INSERT INTO invitations(account, room, inviter, by_room, reason, password, at)"
        " VALUES (?, 'den@rooms.test', ?, 0, '', '', '2026-11-24T10:00:00.000Z')",
        (ME, SAM),
    )
    old.close()
    new = connect(tmp_path / "new.db", KEY)
    migrations.migrate(new)
    salvage.salvage(tmp_path / "old.db", KEY, new)
    assert scalar(new, "SELECT since FROM contacts") == ""
    assert conversations.next_unmuting(new) == ""
    assert scalar(new, "SELECT draft FROM conversations") == "unsent"
    assert len(rooms.invitations(new, ME)) == 1
    new.close()


def _spoil_pages(path: Path) -> None:
    size = path.stat().st_size
    with path.open("r+b") as file:
        for place in range(4096, size - 4096, 4096):
            file.seek(place + 100)
            file.write(os.urandom(8))


def test_f07_damage_while_running_begins_anew_and_tells(path: Path) -> None:
    async def work() -> None:
        db = await Database.open(path, KEY)
        await db.write(history.store, [message("x" * 5_000, number) for number in range(100)])
        told: list[bool] = []
        db.on_damage = lambda: told.append(True)
        await db.run(lambda conn: conn.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall())
        await db.run(lambda conn: conn.execute("PRAGMA shrink_memory").fetchall())
        _spoil_pages(path)
        assert len((await db.run(pages.page, 1)).messages) == 0
        assert told == [True]
        assert db.damaged is not None
        (stored,) = await db.write(history.store, [message("goes on", 1)])
        assert stored.new
        await db.close()

    asyncio.run(work())


def test_f07_a_deleted_file_is_noticed(path: Path, scenario: Any) -> None:
    scenario(lambda db: db.write(settings.put, "theme", "dark"))
    path.unlink()

    async def work(db: Database) -> None:
        assert db.damaged is not None
        assert await db.run(settings.every) == {}

    scenario(work)


def test_a_store_whose_key_is_lost_can_be_put_aside_and_opened_later(path: Path, scenario: Any) -> None:
    key = keyfile.derive(path, "forgotten")

    async def work() -> Path:
        assert await Database.put_aside(path) is None
        db = await Database.open(path, key)
        await db.write(settings.put, "theme", "dark")
        with pytest.raises(SecondInstance):
            await Database.put_aside(path)
        await db.close()
        aside = await Database.put_aside(path)
        assert aside is not None
        new = await Database.open(path, KEY)
        assert await new.run(settings.every) == {}
        assert new.damaged is None
        await new.close()
        return aside

    aside = asyncio.run(work())
    assert keyfile.derive(aside, "forgotten") == key

    async def again() -> None:
        old = await Database.open(aside, key)
        assert await old.run(settings.every) == {"theme": "dark"}
        await old.close()

    asyncio.run(again())


def test_store_errors_are_of_the_domain(scenario: Any) -> None:
    assert issubclass(StoreDamaged, StoreError)

    async def work(db: Database) -> None:
        await db.close()
        with pytest.raises(RuntimeError, match="closed"):
            await db.run(settings.every)

    scenario(work)


# -- nothing in clear


def test_s49_bodies_are_not_in_the_files(path: Path) -> None:
    canary = "canary-5f1e-tiger"

    async def work() -> None:
        db = await Database.open(path, KEY)
        await db.write(history.store, [message(canary, 1)])
        await db.write(settings.put, "trusted_adult", canary)
        for one in path.parent.iterdir():
            _assert_clear_of(one, canary)
        await db.close()

    asyncio.run(work())
    for one in path.parent.iterdir():
        _assert_clear_of(one, canary)


def _assert_clear_of(file: Path, canary: str) -> None:
    data = file.read_bytes()
    for form in (canary.encode(), canary.encode("utf-16-le"), SAM.encode(), ME.encode()):
        assert form not in data, file.name
