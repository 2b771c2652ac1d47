"""Sends the one kind of e-mail that the desk writes: a code of six digits. The words say nothing of what it is for (SMTP, RFC 5321)."""

from __future__ import annotations

import asyncio
import contextlib
import re
import smtplib
import ssl
from email.message import EmailMessage
from email.utils import format_datetime, formataddr, localtime, make_msgid

from messenger.desk.connections import MailServer
from messenger.i18n import tr

SECONDS = 20.0
_STEP_SECONDS = 10.0
_LONGEST = 254
# Plain addresses only (RFC 5321, 4.1.2, without quoted names): nothing in one can end a line or name a second reader.
_LOCAL = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
_LABEL = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?")


class MailFailed(Exception):
    """The mail server did not take the letter."""


def mail_address(text: str) -> str:
    """A plain e-mail address with its domain in ASCII and small letters, or '' when it is none that we write to."""
    local, _at, domain = text.strip().rpartition("@")
    if not _LOCAL.fullmatch(local) or len(local) > 64:
        return ""
    try:
        ascii_domain = domain.encode("idna").decode("ascii").lower()
    except UnicodeError:
        return ""
    labels = ascii_domain.split(".")
    if len(labels) < 2 or not all(_LABEL.fullmatch(one) for one in labels):
        return ""
    address = f"{local}@{ascii_domain}"
    return address if len(address) <= _LONGEST else ""


def letter(sender: str, to: str, code: str) -> EmailMessage:
    """The letter. The code is not in the subject: it would stand on a locked screen."""
    message = EmailMessage()
    message["From"] = formataddr(("Robin", sender))
    message["To"] = to
    message["Subject"] = tr("Your code")
    message["Date"] = format_datetime(localtime())
    message["Message-ID"] = make_msgid(domain=sender.rpartition("@")[2])
    message["Auto-Submitted"] = "auto-generated"
    lines = (
        tr("Hello,"),
        tr("your code for Robin is {code}.").format(code=code),
        tr("Type it where you were asked for it. It works for 15 minutes."),
        tr("You did not ask for a code? Then you need not do anything."),
    )
    message.set_content("\n\n".join(lines) + "\n")
    return message


class Mailer:
    """Sends codes through one server, always under TLS with the certificate checked."""

    def __init__(self, server: MailServer, seconds: float = SECONDS) -> None:
        self._server = server
        self._seconds = seconds

    async def send(self, to: str, code: str) -> None:
        """Hand one letter to the server. Raises `MailFailed`, at the latest after `seconds`."""
        try:
            async with asyncio.timeout(self._seconds):
                await asyncio.to_thread(self._send, to, code)
        except (OSError, smtplib.SMTPException, ssl.SSLError, UnicodeError, ValueError):
            # Of what the server said nothing is kept: it may repeat the address.
            raise MailFailed from None

    def _send(self, to: str, code: str) -> None:
        server = self._server
        context = ssl.create_default_context(cafile=server.ca_file or None)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        name = server.sender.rpartition("@")[2]
        with self._open(context, name) as smtp:
            if server.user:
                smtp.login(server.user, server.password)
            refused = smtp.send_message(letter(server.sender, to, code), server.sender, [to])
            if refused:
                raise OSError("refused")

    def _open(self, context: ssl.SSLContext, name: str) -> smtplib.SMTP:
        server = self._server
        if server.tls == "tls":
            return smtplib.SMTP_SSL(server.host, server.port, name, timeout=_STEP_SECONDS, context=context)
        with contextlib.ExitStack() as failed:
            smtp = smtplib.SMTP(server.host, server.port, name, timeout=_STEP_SECONDS)
            failed.callback(smtp.close)
            # Raises where the server does not offer it: nothing ever goes in clear.
            smtp.starttls(context=context)
            failed.pop_all()
        return smtp
