"""Receivers of notices and security events: real servers in processes of their own, on loopback."""

from __future__ import annotations

import datetime
import email
import email.policy
import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from jope.bootstrap import Station, open_station, provision_demo_station
from jope.kernel.clock import Clock
from jope.kernel.settings.files import AlarmChannel, SmtpChannel, StationFolder

ROOT = Path(__file__).parents[2]


class Receiver:
    """A server process that may be stopped and started again on the same address."""

    def __init__(self, module: str, before: list[str], after: list[str], file: Path) -> None:
        self._module = module
        self._before = before
        self._after = after
        self.file = file
        self.address = "0"
        self.process: subprocess.Popen[str] | None = None

    @property
    def port(self) -> int:
        """Where it listens."""
        return int(self.address)

    def start(self) -> None:
        """Start and wait until it listens."""
        command = [sys.executable, "-m", f"tests.support.{self._module}", *self._before, self.address, str(self.file), *self._after]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT)
        assert self.process.stdout is not None
        self.address = self.process.stdout.readline().strip()
        assert self.address

    def stop(self) -> None:
        """kill -9."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            assert self.process.stdout is not None
            self.process.stdout.close()
            self.process = None

    def again(self, *after: str) -> None:
        """Start anew, behaving otherwise."""
        self.stop()
        self._after = [*(word for word in self._after if not word.startswith("--")), *after]
        self.start()

    @property
    def lines(self) -> list[str]:
        """What came, in order."""
        return self.file.read_text().splitlines() if self.file.exists() else []

    @property
    def mails(self) -> list[EmailMessage]:
        """The mails that came."""
        found = []
        for line in self.lines:
            message = email.message_from_string(json.loads(line)["content"], policy=email.policy.default)
            assert isinstance(message, EmailMessage)
            found.append(message)
        return found

    def about(self, word: str) -> list[EmailMessage]:
        """The mails with a word in their body."""
        return [mail for mail in self.mails if word in str(mail.get_content())]

    def smtp(self, **more: object) -> SmtpChannel:
        """What stands in a policy."""
        plain = {"kind": "smtp", "name": "mail", "host": "127.0.0.1", "port": self.port, "tls": "none", "sender": "line@site.test"}
        return SmtpChannel.model_validate(plain | {"to": ["qa@site.test"]} | more)


@contextmanager
def mail_server(folder: Path, *options: str) -> Iterator[Receiver]:
    """A mail server for the length of a block."""
    yield from _running(Receiver("mail_server", [], list(options), folder / "mails.jsonl"))


@contextmanager
def syslog_server(folder: Path, kind: str) -> Iterator[Receiver]:
    """A syslog for the length of a block."""
    receiver = Receiver("syslog_server", [kind], [], folder / f"{kind}.log")
    if kind == "unix":
        receiver.address = str(folder / "log")
    yield from _running(receiver)


def _running(receiver: Receiver) -> Iterator[Receiver]:
    receiver.start()
    try:
        yield receiver
    finally:
        receiver.stop()


def name_channels(root: Path, *channels: AlarmChannel, **more: object) -> None:
    """Put alarm channels into a station's policy."""
    path = root / "policy.json"
    policy = StationFolder(root).policy().model_dump(mode="json")
    policy |= {"alarm_channels": [channel.model_dump(mode="json") for channel in channels]} | more
    path.write_text(json.dumps(policy))
    StationFolder(root).policy()


@contextmanager
def telling_station(root: Path, *channels: AlarmChannel, clock: Clock | None = None, **more: object) -> Iterator[Station]:
    """A demo station with alarm channels, open for the length of a block."""
    if not (root / "policy.json").exists():
        provision_demo_station(root, encrypted=False)
    name_channels(root, *channels, **more)
    station = open_station(root, clock=clock)
    try:
        yield station
    finally:
        station.close()


def certificate(folder: Path, name: str = "127.0.0.1") -> tuple[Path, Path]:
    """(certificate, private key) of a server on loopback, signed by itself."""
    import ipaddress

    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "mail.test")])
    now = datetime.datetime.now(datetime.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=30))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address(name))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "server.crt").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    (folder / "server.key").write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return folder / "server.crt", folder / "server.key"
