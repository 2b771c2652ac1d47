"""What the desk answers when it cannot take something: problem+json (RFC 9457) with words that a child may read."""

from __future__ import annotations

import json
from typing import Any

from starlette.responses import Response

from messenger.i18n import tr


class Problem(Exception):
    """An answer that is not a success. `kind` is the last part of ``urn:robin:problem:<kind>``; `extra` are further members."""

    def __init__(self, status: int, kind: str, retry_after: int = 0, **extra: Any) -> None:
        super().__init__(kind)
        self.status = status
        self.kind = kind
        self.retry_after = retry_after
        self.extra = extra

    def document(self) -> dict[str, Any]:
        """The members of problem+json."""
        return {
            "type": f"urn:robin:problem:{self.kind}",
            "title": self.kind.replace("-", " "),
            "status": self.status,
            "words": words(self.kind),
            **self.extra,
        }

    def response(self) -> Response:
        body = self.document()
        headers = {}
        if self.retry_after:
            headers["Retry-After"] = str(self.retry_after)
        if self.status == 401:
            headers["WWW-Authenticate"] = 'DPoP algs="Ed25519"'
        content = json.dumps(body, ensure_ascii=False, separators=(",", ":"))
        return Response(content, self.status, headers, "application/problem+json")


def words(kind: str) -> str:
    """One plain sentence or two for the person who reports."""
    table = {
        "id": tr("This is not the number of a report."),
        "length": tr("Some of the report got lost on the way. It can be sent again."),
        "digest": tr("Some of the report got lost on the way. It can be sent again."),
        "slow": tr("The report took too long to arrive. It can be sent again."),
        "too-large": tr("This is too big for us. Choose fewer messages and send it again."),
        "media-type": tr("We do not take pictures or films. The words about them are enough."),
        "not-sealed": tr("This did not arrive in the form that we can read."),
        "wrong-key": tr("This was sealed for somebody else. Get the newest details of this desk and send it again."),
        "wrong-desk": tr("This is for another desk."),
        "signature": tr("We cannot see who signed this report. Make a new one, please."),
        "version": tr("This report comes from a newer app than we can read. We are sorry."),
        "schema": tr("Something in this report is not in the form that we can read."),
        "other-digest": tr("Something with this number is here. It is not the same."),
        "hash": tr("This part is not the one that its name says. It can be sent again."),
        "not-listed": tr("This part does not belong to the report."),
        "missing": tr("Some parts of the report are not here yet. Send them first."),
        "category": tr("We cannot help with this kind of trouble. Here is who can."),
        "flood": tr("Very many messages come from your place. Please wait a little. Nothing is lost."),
        "unknown-report": tr("We do not have a report with this number."),
        "gone": tr("This report was here. We do not keep reports for ever, so it was erased."),
        "withdrawn": tr("You took this report back, and it was erased. You can make a new one at any time."),
        "withdrawn-noted": tr("You took this report back. You can still write to us, or make a new report."),
        "chain": tr("Something you added before is not here yet. Send that first."),
        "full": tr("There is no more room in this report. Make a new one, please."),
        "not-finished": tr("The report is not complete yet."),
        "proof": tr("We could not check that it is you. Check the clock of your computer."),
        "replayed": tr("This was asked before. Ask again, please."),
        "other-address": tr("This is not the address in your report."),
        "not-confirmed": tr("Your chat account did not say yes. Your report is here all the same."),
        "no-answer": tr("Your chat account did not answer in time. Your report is here all the same."),
        "no-line": tr("We cannot reach your chat server just now. Your report is here all the same."),
        "asked-already": tr("We asked a few times already. Please wait a little. Your report is here all the same."),
        "contact-kind": tr("We cannot write to this address. Please check it."),
        "no-mail": tr("We cannot send e-mail just now. Your report is here all the same."),
        "wrong-code": tr("This is not the code that we sent. Please look again."),
        "code-over": tr("This code is over. Ask for a new one."),
        "method": tr("This cannot be done here."),
        "not-found": tr("There is nothing here."),
        "fault": tr("Something broke on our side. Your report is safe with you. Try again soon."),
    }
    return table.get(kind, table["fault"])
