"""Starts a real Prosody on loopback for the demonstration and the tests: own folder, own certificate, SQLite, no rate limits."""

from __future__ import annotations

import datetime
import ipaddress
import os
import random
import shutil
import socket
import subprocess
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from messenger.domain.account import ServerAddress

_PORTS = range(20_000, 32_000)  # below the kernel's range of passing ports
# Not csi_simple: in 0.12.3 its flush now and then leaves a message with an inactive client waiting.
_MODULES = (
    "roster", "saslauth", "tls", "disco", "carbons", "mam", "smacks", "csi", "blocklist", "register",
    "ping", "pep", "vcard_legacy", "time", "offline", "version",
)  # fmt: skip
ROOMS = """\
"muc"
  modules_enabled = { "muc_mam" }
  muc_log_by_default = true
  restrict_room_creation = "local"
"""
"""A component for rooms with an archive; only accounts of the server make new ones."""
_CONFIG = """\
run_as_root = {root}
pidfile = "{folder}/prosody.pid"
data_path = "{folder}/data"
log = {{ {{ levels = {{ min = "{level}" }}, to = "file", filename = "{folder}/prosody.log" }} }}
plugin_paths = {{ {plugins} }}
modules_enabled = {{ {modules} }}
modules_disabled = {{ {disabled} }}
interfaces = {{ "127.0.0.1" }}
c2s_ports = {{ {port} }}
c2s_direct_tls_ports = {{ {direct_port} }}
s2s_ports = {{ {s2s_port} }}
http_ports = {{ }}
https_ports = {{ }}
c2s_require_encryption = true
authentication = "internal_hashed"
storage = "sql"
sql = {{ driver = "SQLite3", database = "prosody.sqlite" }}
allow_registration = {registration}
default_archive_policy = true
archive_expires_after = "never"
max_archive_query_results = 250
smacks_hibernation_time = 300
smacks_max_queue_size = 20000
ssl = {{ key = "{folder}/server.key", certificate = "{folder}/server.pem" }}
{settings}
VirtualHost "{domain}"
{components}
"""


class ProsodyFailed(RuntimeError):
    """Prosody is not installed, or did not come up. The message holds no path and no address."""


class Prosody:
    """One Prosody process. Calls block; run them off the loop.

    `folder` is made when missing and holds everything. `registration`: whether anybody may make accounts. `modules`: more
    of Prosody's modules by name. `command`: how to run it, for an unpacked copy that is not installed. `components`: host ->
    line after it, such as ``{"rooms.robin.test": '"muc"'}``, written as Component blocks; a line break begins its settings.
    `plugins`: folders with modules of our own. `settings`: more global lines in Lua. `federated`: talk to other servers
    (`s2s_port`); how their names are found is up to `settings`.
    """

    def __init__(
        self,
        folder: Path,
        domain: str = "robin.test",
        *,
        registration: bool = True,
        modules: Sequence[str] = (),
        without: Sequence[str] = (),
        command: Sequence[str] = ("prosody",),
        level: str = "info",
        components: Mapping[str, str] | None = None,
        plugins: Sequence[Path] = (),
        settings: str = "",
        federated: bool = False,
    ) -> None:
        self.folder = folder
        self.domain = domain
        self.port, self.direct_port, self.s2s_port = free_ports(3)
        self._registration = registration
        self._modules = [name for name in (*_MODULES, *modules) if name not in without]
        self._command = tuple(command)
        self._level = level
        self._components = dict(components or {})
        self._plugins = tuple(plugins)
        self.settings = settings
        self._federated = federated
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def ca_file(self) -> Path:
        """The root that clients of this server must be given."""
        return self.folder / "root.pem"

    @property
    def address(self) -> ServerAddress:
        """Where clients connect with STARTTLS."""
        return ServerAddress("127.0.0.1", self.port, True, str(self.ca_file))

    @property
    def direct_address(self) -> ServerAddress:
        """Where clients connect with direct TLS (and, failing that, STARTTLS on the same port)."""
        return ServerAddress("127.0.0.1", self.direct_port, False, str(self.ca_file))

    def start(self, seconds: float = 15.0) -> None:
        """Write the configuration and run it until the port answers. Raises `ProsodyFailed`."""
        if shutil.which(self._command[0]) is None:
            raise ProsodyFailed("Prosody is not installed.")
        (self.folder / "data").mkdir(parents=True, exist_ok=True)
        if not self.ca_file.exists():
            make_certificate(self.folder, self.domain, also=tuple(self._components))
        config = self.folder / "prosody.cfg.lua"
        config.write_text(self._config(), encoding="utf-8")
        self._process = subprocess.Popen(
            [*self._command, "-F", "--config", str(config)],
            cwd=self.folder,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        deadline = time.monotonic() + seconds
        while not _answers(self.port):
            if self._process.poll() is not None or time.monotonic() > deadline:
                self.stop()
                raise ProsodyFailed("Prosody did not start.")
            time.sleep(0.02)

    def stop(self, seconds: float = 5.0) -> None:
        """End the process in good order, or by force after `seconds`."""
        process, self._process = self._process, None
        if process is None:
            return
        process.terminate()
        try:
            process.wait(seconds)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    def kill(self) -> None:
        """End the process as a power cut would."""
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            process.wait()

    def __enter__(self) -> Prosody:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def _config(self) -> str:
        return _CONFIG.format(
            root="true" if os.geteuid() == 0 else "false",
            folder=_lua(self.folder),
            plugins=", ".join(f'"{_lua(one)}"' for one in self._plugins),
            disabled='"limits"' if self._federated else '"s2s", "limits"',
            s2s_port=self.s2s_port if self._federated else "",
            settings=self.settings,
            components="\n".join(f'Component "{host}" {rest}' for host, rest in self._components.items()),
            level=self._level,
            modules=", ".join(f'"{name}"' for name in self._modules),
            port=self.port,
            direct_port=self.direct_port,
            registration="true" if self._registration else "false",
            domain=self.domain,
        )


def free_ports(number: int) -> list[int]:
    """Ports on loopback that nobody listens on now."""
    found: list[int] = []
    chance = random.SystemRandom()
    while len(found) < number:
        port = chance.choice(_PORTS)
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
        if port not in found:
            found.append(port)
    return found


def _lua(path: Path) -> str:
    """A path for a Lua string."""
    return str(path).replace("\\", "\\\\").replace('"', '\\"')


def make_certificate(folder: Path, domain: str, days: int = 30, also: Sequence[str] = ()) -> None:
    """A root of our own (`root.pem`) and a certificate below it for `domain`, localhost and 127.0.0.1 (`server.pem`, `.key`).

    `also` are more host names, such as components.

    The root's key is thrown away.
    """
    now = datetime.datetime.now(datetime.UTC)
    root_key, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    root_name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Robin demonstration")])

    def begin(subject: x509.Name, public: ec.EllipticCurvePublicKey) -> x509.CertificateBuilder:
        return (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(root_name)
            .public_key(public)
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - datetime.timedelta(hours=1))
            .not_valid_after(now + datetime.timedelta(days=days))
        )

    signs = x509.KeyUsage(False, False, False, False, False, True, True, False, False)
    root = (
        begin(root_name, root_key.public_key())
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(signs, critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(root_key.public_key()), critical=False)
        .sign(root_key, hashes.SHA256())
    )
    hosts = [x509.DNSName(one) for one in (domain, *also, "localhost")]
    names = [*hosts, x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
    leaf = (
        begin(x509.Name([]), key.public_key())
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.SubjectAlternativeName(names), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(root_key.public_key()), critical=False)
        .sign(root_key, hashes.SHA256())
    )
    _write(folder / "root.pem", root.public_bytes(serialization.Encoding.PEM))
    _write(folder / "server.pem", leaf.public_bytes(serialization.Encoding.PEM))
    _write(
        folder / "server.key",
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()),
    )


def _write(path: Path, data: bytes) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)


def _answers(port: int) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=0.5):
            return True
    except OSError:
        return False
