"""Robin's own HTTPS endpoint against this desk: addenda, consent, withdrawal, with the answers that the client needs."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest
from desk_case import Https, ReporterApp
from officer_case import Officer

from messenger.desk.server import Desk
from messenger.domain.errors import EndpointRejected
from messenger.domain.receipt import IdentityLevel, WithdrawalOutcome
from messenger.endpoints.https import HttpsEndpoint
from messenger.evidence.possession import make_proof
from messenger.evidence.receipt import verify_receipt
from messenger.services.clock import SystemClock


def prover(app: ReporterApp) -> Callable[[str, str], str]:
    return lambda method, path: make_proof(app.signing, method, app.endpoint.base + path, app.report_id, int(time.time()))


async def test_what_follows_as_the_client_sends_it(https: Https, app: ReporterApp, desk: Desk) -> None:
    prepared = app.report()
    number = verify_receipt(https.send(prepared).json["receipt"], app.endpoint.keys, prepared.digest).case_number
    client, prove, report_id = HttpsEndpoint(SystemClock()), prover(app), app.report_id
    try:
        news = await client.news(app.endpoint, report_id, prove, 0, "")
        assert news is not None
        assert news.identity_level is IdentityLevel.UNVERIFIED
        first = app.addendum(prepared.digest)
        second = app.addendum(first.digest, lines=(), words="And more.")
        with pytest.raises(EndpointRejected) as early:
            await client.add(app.endpoint, report_id, prove, second.addendum_id, second.digest, second.sealed)
        assert early.value.fields["last"] == prepared.digest
        for one in (first, first, second):
            receipt = await client.add(app.endpoint, report_id, prove, one.addendum_id, one.digest, one.sealed)
            assert receipt.case_number == number
        body = app.consent(tell_own_server=True)
        for _n in range(2):
            await client.consent(app.endpoint, report_id, prove, body)
        letter = app.withdrawal()
        said = [await client.withdraw(app.endpoint, report_id, prove, prepared.digest, letter) for _n in range(2)]
        assert said[0] == said[1]
        assert (said[0].outcome, said[0].case_number) == (WithdrawalOutcome.ERASED, number)
        with pytest.raises(EndpointRejected) as gone:
            await client.news(app.endpoint, report_id, prove, 0, "")
        assert gone.value.fields["status"] == 410
    finally:
        await client.close()


async def test_noted_as_the_client_hears_it(https: Https, app: ReporterApp, desk: Desk) -> None:
    prepared = app.report()
    number = verify_receipt(https.send(prepared).json["receipt"], app.endpoint.keys, prepared.digest).case_number
    officer = Officer(https)
    officer.sign_in("Ann Ray", desk.add_officer("Ann Ray"))
    officer.get(f"/desk/cases/{number}")
    client = HttpsEndpoint(SystemClock())
    try:
        said = await client.withdraw(app.endpoint, app.report_id, prover(app), prepared.digest, app.withdrawal())
        assert said.outcome is WithdrawalOutcome.NOTED
        news = await client.news(app.endpoint, app.report_id, prover(app), 0, "")
        assert news is not None
        assert [one.status.value for one in news.history] == ["received", "withdrawn"]
    finally:
        await client.close()
