"""Who gets a draft's report by its answers, and the words about it."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path
from typing import Any

from messenger.domain.report import EndpointProfile, ReportContext
from messenger.evidence.keys import SealingKey, SigningKey
from messenger.safety.directory import Desks
from messenger.safety.where import Asked
from messenger.services.bus import Bus
from messenger.services.report_parts import Ways, report_services
from messenger.services.safety import SafetyService
from messenger.services.settings import SettingsService
from messenger.services.tasks import Tasks
from messenger.storage.database import Database
from tests.services.report_world import KEY, Manual, Memory, answered


def desk(id: str, country: str = "gb") -> EndpointProfile:
    keys = (SigningKey.generate().public_jwk(), SealingKey.generate().public_jwk())
    return EndpointProfile(id, f"Desk {id}", f"https://{id}.example.org", keys, country)


BOOK = Desks(
    (desk("police"), desk("night"), desk("police-ie", "ie")),
    {
        ("gb", "*", "*"): "police",
        ("gb", "bullying", "*"): "card",
        ("gb", "*", "now"): "night",
        ("ie", "*", "*"): "police-ie",
    },
)


async def book() -> Desks:
    return BOOK


def routed(tmp_path: Path, country: str = "gb", **answers: str) -> Any:
    async def chosen() -> str:
        return country

    async def whole() -> Any:
        db = await Database.open(tmp_path / "robin.db", KEY)
        bus = Bus()
        tasks = Tasks(bus)
        ways = Ways(tmp_path / "outbox", tmp_path / "endpoints", country=chosen, directory=book)
        services = report_services(db, Memory(), {}, ways, tasks, bus, Manual())
        try:
            draft, form, talk = await services.reporting.begin(ReportContext())
            talk = answered(form, talk, "2026-11-24T09:00:00.000Z", answers)
            draft = await services.reporting.save(replace(draft, interview=talk.to_json()))
            found = await services.reporting.route(draft)
            same = await services.reporting.endpoint(draft)
            assert same == (found.profile if found else None)
            return found.profile.id if found else None
        finally:
            await services.outbox.close()
            await tasks.close()
            await db.close()

    return asyncio.run(whole())


def test_category_urgency_and_country_decide(tmp_path: Path) -> None:
    assert routed(tmp_path / "a", what="grooming") == "police"
    assert routed(tmp_path / "b", what="bullying") is None
    assert routed(tmp_path / "c", what="grooming", safe="no") == "night"
    assert routed(tmp_path / "d", "ie", what="bullying") == "police-ie"
    assert routed(tmp_path / "e", "fr", what="grooming") is None


def test_the_words_come_for_the_chosen_country(tmp_path: Path) -> None:
    async def whole() -> Any:
        db = await Database.open(tmp_path / "robin.db", KEY)
        try:
            settings = SettingsService(db, Bus())
            safety = SafetyService(db, settings, Manual())
            await settings.set("country", "gb")
            chosen = await safety.where(Asked("", "bullying", "soon", "13_15"), desk("police"))
            named = await safety.where(Asked("jp", "grooming", "now", "13_15"), None)
            return chosen, named
        finally:
            await db.close()

    chosen, named = asyncio.run(whole())
    assert chosen.lines == ("Your report goes to Desk police.", "CEOP does not take this. Childline can help with it.")
    assert "Your own police pass it to INTERPOL." in named.notes
