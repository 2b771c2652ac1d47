"""One static file over HTTPS, with nothing that names the asker: for the signed directory of desks and newer tips."""

from __future__ import annotations

from messenger.domain.errors import EndpointUnreachable
from messenger.endpoints._transport import DEADLINE, Transport, checked_base


async def fetch(address: str, most: int, ca_file: str = "", deadline: float = DEADLINE) -> bytes:
    """The file at an https address, at most `most` bytes: no redirect, no cookie, no query, no validator of an earlier visit.

    It has `deadline` seconds for all of it. Raises `EndpointUnreachable`, or `EndpointRejected` for what is no plain https
    address.
    """
    transport = Transport(deadline)
    try:
        answer = await transport.call("GET", checked_base(address), ca_file, max_answer=most)
    finally:
        await transport.close()
    if answer.status != 200:
        raise EndpointUnreachable(f"status {answer.status}", answer.retry_after)
    return answer.body
