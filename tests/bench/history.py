"""Measures the store with long histories: opening a page and finding words. Prints JSON.

python tests/bench/history.py [messages ...]        # 100000 and 1000000 when none are given
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from chat_case import ME, at  # noqa: E402

from messenger.storage import conversations, pages, search, snapshots  # noqa: E402
from messenger.storage.connection import Connection  # noqa: E402
from messenger.storage.database import Database  # noqa: E402

RARE = "zwieback"
_WORDS = 5_000


def fill(conn: Connection, count: int, chats: int = 200) -> int:
    """Bulk rows of the real schema, half of them in one conversation; returns that conversation. The rare word is in five.

    The journal's hashes are made up here: chaining them is not what is measured.
    """
    rng = random.Random(7)
    words = [
        hashlib.md5(str(n).encode(), usedforsecurity=False).hexdigest()[: rng.randint(3, 9)] for n in range(_WORDS)
    ]
    ids = [conversations.ensure(conn, ME, f"person{n}@a.example") for n in range(chats)]
    rare = set(rng.sample(range(count), 5))

    def rows() -> Any:
        for n in range(count):
            body = " ".join(rng.choices(words, k=10)) + (f" {RARE}" if n in rare else "")
            conversation = ids[0] if n % 2 else ids[rng.randrange(1, chats)]
            xml = f"<message id='m{n}'><body>{body}</body></message>"
            digest = hashlib.sha256(xml.encode()).hexdigest()
            yield n + 1, conversation, body, xml, digest, at(n)

    batch: list[Any] = []
    for row in rows():
        batch.append(row)
        if len(batch) == 5_000:
            _insert(conn, batch)
            batch = []
    _insert(conn, batch)
    for one in ids:
        conversations.refresh_last(conn, one)
        conversations.set_accepted(conn, one, 1)
    return ids[0]


def _insert(conn: Connection, batch: list[Any]) -> None:
    conn.executemany(
        "INSERT INTO stanzas(id, xml, sha256, media_free_sha256) VALUES (?, ?, ?, ?)",
        [(n, xml, digest, digest) for n, _c, _b, xml, digest, _at in batch],
    )
    conn.executemany(
        "INSERT INTO messages(id, conversation, sort_at, direction, via, sender, recipient, kind, stanza_id, origin_id,"
        " archive_by, archive_id, body, received, state, stanza, journal_index, journal_hash)"
        " VALUES (?, ?, ?, ?, 'archive', ?, ?, 'chat', ?, ?, ?, ?, ?, ?, 'received', ?, ?, ?)",
        [
            (
                *(n, conversation, moment, "in" if n % 3 else "out", "person@a.example/x", ME, f"m{n}", f"m{n}"),
                *(ME, f"a{n}", body, moment, n, n, digest),
            )
            for n, conversation, body, _xml, digest, moment in batch
        ],
    )
    conn.executemany(
        "INSERT INTO journal(idx, kind, at, digest, hash) VALUES (?, 'message', ?, ?, ?)",
        [(n, moment, digest, digest) for n, _c, _b, _x, digest, moment in batch],
    )


async def _median(times: int, work: Callable[[], Awaitable[Any]]) -> float:
    taken = []
    for _ in range(times):
        started = time.perf_counter()
        await work()
        taken.append((time.perf_counter() - started) * 1_000)
    return round(statistics.median(taken), 3)


async def measure(path: Path, count: int) -> dict[str, Any]:
    """Build a store of `count` messages at `path` and measure it, opened afresh."""
    key = bytes(range(32))
    started = time.perf_counter()
    database = await Database.open(path, key)
    chat = await database.write(fill, count)
    await database.close()
    built = time.perf_counter() - started
    started = time.perf_counter()
    database = await Database.open(path, key)
    opened = (time.perf_counter() - started) * 1_000
    started = time.perf_counter()
    page = await database.run(pages.page, chat)
    first = (time.perf_counter() - started) * 1_000
    middle, size = count // 2, await asyncio.to_thread(lambda: path.stat().st_size)
    assert len(page.messages) == 60
    assert len(await database.run(search.search, ME, RARE)) == 5
    snap = await database.run(snapshots.snapshot, chat, at(count))
    result = {
        "messages": count,
        "build_s": round(built, 1),
        "size_mb": round(size / 1e6),
        "open_store_ms": round(opened, 2),
        "open_page_first_ms": round(first, 3),
        "open_page_ms": await _median(20, lambda: database.run(pages.page, chat)),
        "page_in_the_middle_ms": await _median(20, lambda: database.run(pages.page, chat, around=middle)),
        "chat_list_ms": await _median(10, lambda: database.run(conversations.chats, ME)),
        "find_rare_word_ms": await _median(20, lambda: database.run(search.search, ME, RARE)),
        "find_beginning_ms": await _median(20, lambda: database.run(search.search, ME, "zwi")),
        "find_common_word_ms": await _median(20, lambda: database.run(search.search, ME, "c4")),
        "snapshot_ms": await _median(3, lambda: database.run(snapshots.snapshot, chat, at(count))),
        "capture_50_with_20_around_ms": await _median(
            3, lambda: database.run(snapshots.around, snap, [one.id for one in page.messages[:50]], 20)
        ),
        "snapshot_page_ms": await _median(3, lambda: database.run(snapshots.page, snap, limit=100)),
    }
    await database.close()
    return result


def main(counts: list[int]) -> None:
    results = []
    for count in counts or [100_000, 1_000_000]:
        with tempfile.TemporaryDirectory() as folder:
            results.append(asyncio.run(measure(Path(folder) / "robin.db", count)))
    print(json.dumps(results, indent=1))


if __name__ == "__main__":
    main([int(one) for one in sys.argv[1:]])
