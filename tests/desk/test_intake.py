"""Reports go in once, whole, and get the same signed receipt every time."""

from __future__ import annotations

from desk_case import SCHEMAS, Https, ReporterApp

from messenger.evidence.discovery import read_discovery
from messenger.evidence.receipt import open_code, verify_receipt


def test_a_whole_report(https: Https, app: ReporterApp) -> None:
    prepared = app.report()
    assert https.put_report(prepared).status == 201
    assert [one.status for one in https.put_files(prepared)] == [201, 201]
    answer = https.finish(app.report_id)
    assert answer.status == 200
    receipt = verify_receipt(answer.json["receipt"], app.endpoint.keys, prepared.digest, app.report_id)
    assert receipt.reporter_jid == "sam@example.org"
    code = open_code(answer.json["receipt_code"].encode(), app.sealing, app.endpoint.keys, prepared.digest)
    assert len(code) == 19
    assert https.put_report(prepared).status == 200
    assert [one.status for one in https.put_files(prepared)] == [200, 200]
    assert https.finish(app.report_id).body == answer.body


def test_discovery_is_signed(https: Https, app: ReporterApp) -> None:
    answer = https.call("GET", "/.well-known/abuse-report")
    document = read_discovery(answer.body, SCHEMAS, app.endpoint.keys)
    assert document["base"] == app.endpoint.base
