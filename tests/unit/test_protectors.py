"""Key protectors: what each holds, what it refuses, and that a station's disk is of no use without it."""

from __future__ import annotations

import os
import shutil
import stat
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from jope.bootstrap import open_station, provision_demo_station
from jope.compliance.audit.commands import RotateKey
from jope.kernel.crypto.epoch_keys import EpochKeys
from jope.kernel.crypto.keys import KEY_BYTES, KeyFiles, StationKeys, read_key
from jope.kernel.crypto.protectors import CREDENTIAL, KeyProtector, SystemdCredential, protector_of
from jope.kernel.crypto.signing import SigningKey
from jope.kernel.crypto.wrapping import PREFIX, unwrap, wrap
from jope.kernel.errors import (
    ProtectorError,
    ProtectorUnavailableError,
    SettingsError,
    StoreKeyError,
    WrappingKeyMissingError,
    WrappingKeyWrongError,
)
from jope.kernel.settings.files import StationFolder
from jope.kernel.settings.key_files import key_files_of
from jope.services.anchoring.settingup import enrol, identity_of
from jope.services.provisioning.protecting import protect_station
from tests.support.demo import verified

WRAPPING = bytes(range(32))


@pytest.mark.req("C03", "P11-06")
def test_a_wrapped_key_opens_under_its_key_for_its_purpose_alone() -> None:
    key = os.urandom(32)
    text = wrap(WRAPPING, "ledger", key)
    assert unwrap(WRAPPING, "ledger", text) == key
    assert wrap(WRAPPING, "ledger", key) != text, "a fresh nonce each time"
    for wrapping, purpose, content in (
        (bytes(32), "ledger", text),
        (WRAPPING, "store", text),
        (WRAPPING, "ledger", text[:-4] + "AAA="),
        (WRAPPING, "ledger", PREFIX),
        (WRAPPING, "ledger", PREFIX + "?"),
        (WRAPPING, "ledger", key.hex()),
    ):
        with pytest.raises(WrappingKeyWrongError, match="JOPE-333"):
            unwrap(wrapping, purpose, content)


@pytest.mark.req("C03", "P11-06")
def test_keys_of_the_day_rotate_wrapped_and_the_outgoing_one_is_written_over(tmp_path: Path) -> None:
    StationKeys.create(tmp_path, WRAPPING)
    keys = EpochKeys(tmp_path, WRAPPING)
    first = KeyFiles(tmp_path, WRAPPING).read("ledger")
    old = (tmp_path / "ledger.key").read_bytes()
    assert keys.adopt(SigningKey(first).public).public == SigningKey(first).public
    following = keys.prepare()
    assert (tmp_path / "ledger.next").read_text().startswith(PREFIX)
    current = tmp_path / "ledger.key"
    held = os.open(current, os.O_RDONLY)  # the old file, after its name is gone
    keys.promote()
    assert os.pread(held, 200, 0) == b"0" * len(old)
    os.close(held)
    assert keys.adopt(following.public).public == following.public
    with pytest.raises(StoreKeyError):
        keys.adopt(SigningKey(first).public)
    (tmp_path / "ledger.next").write_text("")  # killed while it was written: no commit can have named it
    assert keys.adopt(following.public).public == following.public


@pytest.mark.req("C03", "P11-06")
def test_files_of_the_other_kind_are_refused(tmp_path: Path) -> None:
    wrapped, plain = KeyFiles(tmp_path / "w", WRAPPING), KeyFiles(tmp_path / "p")
    for files in (wrapped, plain):
        files.folder.mkdir()
        files.write("store", os.urandom(KEY_BYTES))
        assert stat.S_IMODE(files.path("store").stat().st_mode) == 0o600
        with pytest.raises(StoreKeyError, match="never overwritten"):
            files.write("store", os.urandom(KEY_BYTES))
    with pytest.raises(WrappingKeyWrongError, match="is not wrapped"):
        KeyFiles(plain.folder, WRAPPING).read("store")
    with pytest.raises(StoreKeyError):
        KeyFiles(wrapped.folder).read("store")
    wrapped.path("store").rename(wrapped.path("image"))
    with pytest.raises(WrappingKeyWrongError):
        wrapped.read("image")


@pytest.mark.req("P04", "C03")
def test_what_is_not_built_or_not_there_is_refused_with_a_code(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("dpapi", "tpm", "other"):
        with pytest.raises(ProtectorUnavailableError, match="JOPE-331"):
            protector_of(name, station="L", folder=tmp_path).load()
    for name in ("dpapi", "tpm"):
        with pytest.raises(ProtectorUnavailableError):
            protector_of(name, station="L", folder=tmp_path).store(WRAPPING)
    assert protector_of("file", station="L", folder=tmp_path).load() is None
    with pytest.raises(ProtectorError):
        protector_of("file", station="L", folder=tmp_path).store(WRAPPING)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(ProtectorUnavailableError, match="secret-tool"):
        protector_of("keyring", station="L", folder=tmp_path).load()
    (tmp_path / "wrapping.cred").write_text("x")
    with pytest.raises(ProtectorUnavailableError, match="systemd-creds"):
        protector_of("systemd-creds", station="L", folder=tmp_path, environment={}).load()


@pytest.mark.req("C03")
def test_a_service_finds_its_credential_opened(tmp_path: Path) -> None:
    given = tmp_path / "credentials"
    given.mkdir()
    protector = SystemdCredential(tmp_path, {"CREDENTIALS_DIRECTORY": str(given)})
    with pytest.raises(WrappingKeyMissingError, match="JOPE-332"):
        protector.load()
    (given / CREDENTIAL).write_text(WRAPPING.hex() + "\n")
    assert protector.load() == WRAPPING
    for wrong in (b"zz", b"00" * 31, b"\xff"):
        (given / CREDENTIAL).write_bytes(wrong)
        with pytest.raises(WrappingKeyWrongError):
            protector.load()


def _holds(protector: KeyProtector) -> None:
    with pytest.raises(WrappingKeyMissingError):
        protector.load()
    protector.store(WRAPPING)
    assert protector.load() == WRAPPING
    with pytest.raises(ProtectorError, match="already"):
        protector.store(bytes(32))
    assert protector.load() == WRAPPING


def _creds_work(folder: Path) -> bool:
    if shutil.which("systemd-creds") is None:
        return False
    tried = subprocess.run(["systemd-creds", "encrypt", "--name=t", "-", str(folder / "t")], input=b"x", capture_output=True, check=False)
    return tried.returncode == 0


@pytest.mark.req("C03")
def test_the_real_systemd_creds_holds_a_wrapping_key(tmp_path: Path) -> None:
    if not _creds_work(tmp_path):
        pytest.skip("systemd-creds is not there, or may not be used by this user")
    protector = SystemdCredential(tmp_path, {})
    _holds(protector)
    sealed = tmp_path / "wrapping.cred"
    assert stat.S_IMODE(sealed.stat().st_mode) == 0o600
    assert WRAPPING.hex() not in sealed.read_text()
    text = sealed.read_text()
    sealed.write_text(text[:40] + ("A" if text[40] != "A" else "B") + text[41:])
    with pytest.raises(WrappingKeyMissingError):
        protector.load()


_IN_A_SESSION = """
import sys
from pathlib import Path
sys.path.insert(0, {root!r})
from tests.unit.test_protectors import _holds
from jope.kernel.crypto.protectors import SecretService
_holds(SecretService("LINE-3"))
print("held")
"""


@pytest.mark.req("C03")
def test_the_real_secret_service_holds_a_wrapping_key(tmp_path: Path) -> None:
    if any(shutil.which(tool) is None for tool in ("secret-tool", "gnome-keyring-daemon", "dbus-run-session")):
        pytest.skip("libsecret's tool, a keyring daemon or a session bus is not there")
    script = tmp_path / "held.py"
    script.write_text(_IN_A_SESSION.format(root=str(Path(__file__).resolve().parents[2])))
    shell = f"printf 'pass' | gnome-keyring-daemon --unlock --components=secrets >/dev/null; exec {sys.executable} {script}"
    environment = os.environ | {"HOME": str(tmp_path), "XDG_DATA_HOME": str(tmp_path / "data"), "XDG_RUNTIME_DIR": str(tmp_path)}
    done = subprocess.run(
        ["dbus-run-session", "--", "sh", "-c", shell], capture_output=True, text=True, check=False, timeout=60, env=environment
    )
    assert done.stdout.strip() == "held", done.stderr


# --- a whole station -------------------------------------------------------------------------------------------------------


@pytest.fixture
def credential(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder that systemd would hand to the service."""
    given = tmp_path / "credentials"
    given.mkdir()
    (given / CREDENTIAL).write_text(WRAPPING.hex())
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(given))
    return given


@pytest.mark.req("C03", "P11-06", "P11-02")
def test_the_disk_of_a_protected_station_holds_no_usable_key(tmp_path: Path, credential: Path) -> None:
    root = tmp_path / "station"
    provision_demo_station(root)
    folder = StationFolder(root)
    enrol(key_files_of(folder), folder.policy())
    before = {name: read_key(folder.keys / f"{name}.key") for name in ("store", "ledger", "image", "blob", "anchor")}
    protect_station(root, "systemd-creds")
    assert folder.settings().keys.protector == "systemd-creds"
    disk = b"".join(path.read_bytes() for path in root.rglob("*") if path.is_file())
    for key in before.values():
        assert key not in disk
        assert key.hex().encode() not in disk
    station = open_station(root)
    try:
        station._dispatch_own(RotateKey())
        assert (folder.keys / "ledger.key").read_text().startswith(PREFIX)
        assert identity_of(key_files_of(folder)) is not None
        assert verified(station).ok
    finally:
        station.close()
    with pytest.raises(ProtectorError, match="protected already"):
        protect_station(root, "systemd-creds")
    (credential / CREDENTIAL).write_text("00" * 32)
    with pytest.raises(WrappingKeyWrongError, match="JOPE-333"):
        open_station(root)
    (credential / CREDENTIAL).unlink()
    with pytest.raises(WrappingKeyMissingError, match="JOPE-332"):
        open_station(root)
    text = (root / "station.toml").read_text()
    (root / "station.toml").write_text(text.replace('"systemd-creds"', '"file"'))
    with pytest.raises(StoreKeyError):
        open_station(root)
    (root / "station.toml").write_text(text.replace('"systemd-creds"', '"none"'))
    with pytest.raises(SettingsError):
        open_station(root)


@pytest.mark.req("C03", "Q03")
def test_protecting_that_was_cut_short_is_finished(tmp_path: Path, credential: Path) -> None:
    root = tmp_path / "station"
    provision_demo_station(root)
    folder = StationFolder(root)
    names = sorted(path.name for path in folder.keys.glob("*.key"))
    for wrapped in range(1, len(names)):
        copy = tmp_path / f"copy-{wrapped}"
        shutil.copytree(root, copy)
        keys = StationFolder(copy).keys
        for name in names[:wrapped]:  # killed after so many of them
            purpose = name.removesuffix(".key")
            text = wrap(WRAPPING, purpose, read_key(keys / name))
            (keys / name).write_text(text + "\n")
        protect_station(copy, "systemd-creds")
        open_station(copy).close()


@pytest.mark.req("C03", "P11-02")
def test_a_copy_of_a_protected_station_is_verified_with_the_store_key_alone(tmp_path: Path, credential: Path) -> None:
    root = tmp_path / "station"
    provision_demo_station(root)
    key_file = tmp_path / "store.key"
    shutil.copyfile(root / "keys" / "store.key", key_file)
    protect_station(root, "systemd-creds")
    (credential / CREDENTIAL).unlink()
    command = [sys.executable, "-m", "jope.cli.app", "audit", "verify", "--data", str(root)]
    assert "JOPE-332" in subprocess.run(command, capture_output=True, text=True, check=False).stderr
    done = subprocess.run([*command, "--key-file", str(key_file), "--json"], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    with closing(open(key_file)) as file:
        assert len(file.read().strip()) == 64
