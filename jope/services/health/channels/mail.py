"""Notices by mail (SMTP, RFC 5321; STARTTLS, RFC 3207), with the server's certificate pinned to a CA file."""

from __future__ import annotations

import smtplib
import socket
import ssl
from collections.abc import Callable
from datetime import UTC, datetime
from email.message import EmailMessage
from email.utils import format_datetime
from pathlib import Path
from typing import Any, Final

from jope.kernel.errors import ChannelPinError, ChannelRefusedError, ChannelUnreachableError
from jope.kernel.settings.files import SmtpChannel
from jope.services.health.channels.ports import Message
from jope.services.health.channels.sockets import DEADLINE_SECONDS, STEP_SECONDS, Lifeline, pinned_context
from jope.services.health.channels.wording import one_line

_IMPORTANCE: Final = {1: "high", 2: "high", 3: "normal", 4: "low", 0: "normal"}


def mail_of(message: Message, channel: SmtpChannel, station_id: str) -> EmailMessage:
    """A notice as a mail. Its Message-ID is the notice's own, so that a repeated one is known as such."""
    mail = EmailMessage()
    mail["Subject"] = message.title
    mail["From"] = channel.sender
    mail["To"] = ", ".join(channel.to)
    mail["Date"] = format_datetime(datetime.fromtimestamp(message.at_us // 1_000_000, UTC))
    mail["Message-ID"] = f"<{message.id}@{station_id}.jope.invalid>"
    mail["Auto-Submitted"] = "auto-generated"
    mail["Importance"] = _IMPORTANCE[message.priority]
    mail.set_content("\n".join(message.lines) + "\n")
    return mail


class _Client(smtplib.SMTP):
    """The library's client on a socket that another thread can cut; with TLS from the first byte where a context is given."""

    def __init__(self, host: str, port: int, lifeline: Lifeline, context: ssl.SSLContext | None, name: str) -> None:
        self._lifeline = lifeline
        self._context = context
        super().__init__(host, port, local_hostname=name, timeout=STEP_SECONDS)

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        opened = self._lifeline.take(socket.create_connection((host, port), timeout))
        if self._context is None:
            return opened
        return self._lifeline.take(self._context.wrap_socket(opened, server_hostname=host))


class MailChannel:
    """One mail server."""

    def __init__(self, settings: SmtpChannel, *, folder: Path, station_id: str, password: Callable[[str], str]) -> None:
        self.name = settings.name
        self.priorities = settings.priorities
        self._settings = settings
        self._folder = folder
        self._station_id = station_id
        self._password = password
        self._lifeline = Lifeline()

    def send(self, message: Message) -> str:
        """Hand the mail to the server.

        Raises:
            ChannelUnreachableError, ChannelRefusedError, ChannelPinError, ChannelSecretError: as named.
        """
        try:
            with self._lifeline.within(DEADLINE_SECONDS):
                return self._converse(message)
        except (ssl.SSLError, ssl.CertificateError, smtplib.SMTPNotSupportedError) as error:
            raise ChannelPinError(f"The mail server of {self.name} is not the pinned one: {_reason(error)}") from error
        except smtplib.SMTPRecipientsRefused as error:
            code, said = next(iter(error.recipients.values()))
            raise self._said(code, said) from error
        except smtplib.SMTPResponseException as error:
            raise self._said(error.smtp_code, error.smtp_error) from error
        except (OSError, smtplib.SMTPException, EOFError, ValueError) as error:
            raise ChannelUnreachableError(f"The mail server of {self.name} does not answer: {_reason(error)}") from error

    def follow(self, active: frozenset[int]) -> None:
        """Mails show nothing that lasts."""

    def abort(self) -> None:
        """Cut the connection."""
        self._lifeline.stop()

    def _converse(self, message: Message) -> str:
        settings = self._settings
        context = None if settings.tls == "none" else pinned_context(self._folder / settings.ca_file)
        from_start = context if settings.tls == "tls" else None
        with _Client(settings.host, settings.port, self._lifeline, from_start, self._station_id) as client:
            if settings.tls == "starttls" and context is not None:
                client.starttls(context=context)
            if settings.login:
                client.login(settings.login, self._password(self.name))
            refused = client.send_message(mail_of(message, settings, self._station_id), settings.sender, list(settings.to))
        return f"not taken for {', '.join(sorted(refused))}" if refused else ""

    def _said(self, code: int, said: Any) -> ChannelRefusedError | ChannelUnreachableError:
        """4xx passes, 5xx stays (RFC 5321, 4.2.1)."""
        text = said.decode("utf-8", "replace") if isinstance(said, bytes) else str(said)
        words = f"The mail server of {self.name} answers {code}: {one_line(text)}"
        return ChannelRefusedError(words) if 500 <= code < 600 else ChannelUnreachableError(words)


def _reason(error: Exception) -> str:
    return one_line(getattr(error, "strerror", None) or str(error) or type(error).__name__) + "."
