"""The composition root: plain constructors, no container, no registry. ``open_station`` joins the rooms and returns a ``Station``.

The station is the one thing that faces (client, command line) hold. Everything that crosses is a frozen dataclass; no object with a live session leaves it.
"""

from __future__ import annotations

import gc
import socket
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any, Final, TypeVar

import structlog

from jope import __version__
from jope.compliance.access.permissions import Permission
from jope.compliance.access.pools import ReadingPools
from jope.compliance.access.questions import SAME_QUESTION_SECONDS, question_text
from jope.compliance.access.reader import ALL_LINES, Reader, looked_over, require_reader
from jope.compliance.access.roles import READ_ONLY_ROLES
from jope.compliance.access.scope import Sight, sight_of
from jope.compliance.alarms import handlers as alarm_handlers
from jope.compliance.alarms.commands import RaiseAlarm, ReturnAlarm
from jope.compliance.alarms.handlers import REVIEW_OF_ALARMS
from jope.compliance.audit import handlers as audit_handlers
from jope.compliance.audit.actions import Action
from jope.compliance.audit.commands import NoteAttestation, NoteQuestion, NoteSensitiveRead
from jope.compliance.audit.head_mark import HeadMark
from jope.compliance.audit.ledger import origin_text
from jope.compliance.audit.recorder import EventDraft, LedgerIdentity, LedgerRecorder, trusted_time
from jope.compliance.audit.verification.report import VerifyReport
from jope.compliance.authority import handlers as authority_handlers
from jope.compliance.authority.handlers import ACCESS_LINE_RECORD, GRANT_RECORD
from jope.compliance.bus.asked import require_form
from jope.compliance.bus.dispatch import CommandBus
from jope.compliance.bus.parts import BusParts
from jope.compliance.bus.station_events import StationEvents
from jope.compliance.changes import handlers as change_handlers
from jope.compliance.changes.commands import ChangeOutcome
from jope.compliance.changes.executing import Changes
from jope.compliance.changes.handlers import CHANGE_RECORD
from jope.compliance.changes.life_cycle import ChangeState
from jope.compliance.commands import (
    Command,
    Guard,
    GuardContext,
    GuardVerdict,
    Principal,
    SignatureInput,
    SigningSheet,
    declarations_of,
)
from jope.compliance.evidence import handlers as evidence_handlers
from jope.compliance.evidence.handlers import REVIEW_RECORD
from jope.compliance.evidence.scope import ReviewScopes
from jope.compliance.identity import handlers as identity_handlers
from jope.compliance.identity.authentication import Authenticator
from jope.compliance.identity.choosing import NewPasswords
from jope.compliance.identity.commands import EndSession, NoteClockJump
from jope.compliance.identity.passwords import PasswordProver, first_password
from jope.compliance.identity.queries import StationRow, person_of, station_of
from jope.compliance.identity.sessions import SessionRegistry, SessionStanding
from jope.compliance.people import handlers as people_handlers
from jope.compliance.people.badges import filled_in
from jope.compliance.people.commands import IssueCredential
from jope.compliance.people.handlers import DISABLING_RECORD, FACTOR_RECORD, IDENTITY_RECORD
from jope.compliance.recovery import handlers as recovery_handlers
from jope.compliance.recovery.commands import RecoverAccounts, SealCode
from jope.compliance.recovery.handlers import RECOVERY_RECORD
from jope.compliance.recovery.proving import Claim, Recovering
from jope.compliance.retention import handlers as retention_handlers
from jope.compliance.retention.disposable import RetentionKinds
from jope.compliance.retention.handlers import DISPOSAL_RECORD
from jope.compliance.settings import handlers as settings_handlers
from jope.compliance.settings.catalog import HORN, IDLE_LOCK, NOTICE_DAYS, PROFILE, Settings
from jope.compliance.settings.profiles import profile_named, weaknesses
from jope.compliance.signatures import handlers as signing_handlers
from jope.compliance.signatures.commands import FillSignatureMatrix, IssueStatement
from jope.compliance.signatures.handlers import ACCEPTANCE_RECORD, ACTION_RECORD
from jope.compliance.signatures.matrix import RULE, SignatureMatrix, missing_statements
from jope.compliance.signatures.queue import LONGEST_QUEUE, QueueItem, WaitingQuery
from jope.compliance.signatures.records import SignedRecord
from jope.compliance.signatures.rules import floors_of
from jope.compliance.signatures.sealing import RecordSealing
from jope.compliance.signatures.statements import Statement, has_accepted, statements_in_force
from jope.compliance.timekeeping import handlers as timekeeping_handlers
from jope.compliance.timekeeping.handlers import CLOCK_RECORD
from jope.compliance.training import handlers as training_handlers
from jope.compliance.training.due import RecordedTraining
from jope.compliance.training.duties import DeclaredDuties
from jope.compliance.training.handlers import TRAINING_RECORD
from jope.compliance.training.queries import readable_sop
from jope.kernel.canonical import canonical_text
from jope.kernel.clock import JUMP_LIMIT_US, Clock, ClockWatch, SystemClock, site_text, utc_text
from jope.kernel.crypto.epoch_keys import EpochKeys
from jope.kernel.crypto.keys import KeyFiles, StationKeys
from jope.kernel.crypto.sealing import FieldSealer
from jope.kernel.crypto.signing import SigningKey
from jope.kernel.errors import (
    JopeError,
    ReadOnlyError,
    RefusedError,
    SettingsError,
    ThrottledError,
    UnwritableFileError,
    WeakCredentialError,
)
from jope.kernel.ids import new_id
from jope.kernel.logs import configure_logs
from jope.kernel.settings.files import PolicyFile, StationFile, StationFolder
from jope.kernel.settings.key_files import key_files_of
from jope.kernel.store.blobs import BlobStore
from jope.kernel.store.command_thread import CommandThread
from jope.kernel.store.engine import StoreLocation, create, open_writer
from jope.kernel.store.lock import StationLock, os_user
from jope.kernel.store.migrations import Migrated, expected_schema, fingerprint, require_current
from jope.kernel.store.rows import RowSession
from jope.kernel.store.schema import sealed_columns
from jope.kernel.store.uow import WriteStore
from jope.plant.batches import handlers as batch_handlers
from jope.plant.batches.queries import BATCH_SCOPE, running_context, waiting_batches
from jope.plant.batches.records import BATCH_RECORD, CLEARANCE_RECORD, FORMULATION_RECORD, MOVE_RECORD
from jope.plant.devices import handlers as device_handlers
from jope.plant.devices.checks import handlers as check_handlers
from jope.plant.devices.checks.handlers import CALIBRATION_RECORD, CHECK_RECORD
from jope.plant.devices.commands import AskScaleAction, RecordScaleAction
from jope.plant.devices.equipment import handlers as equipment_handlers
from jope.plant.devices.equipment.handlers import CLEANING_RECORD, MAINTENANCE_RECORD, NOTE_RECORD
from jope.plant.devices.equipment.queries import waiting_cleanings
from jope.plant.devices.ports import ActionReceipt, DeviceConfig, DriverFactory, Gateway, GatewayFactory, OutputFactory, ScaleAction
from jope.plant.devices.printing import PrinterFactory
from jope.plant.devices.queries import device_configs
from jope.plant.devices.registry import handlers as registry_handlers
from jope.plant.devices.registry.credentials import CertificateMaker, DeviceCredentials
from jope.plant.devices.room import DeviceRoom, InstalledDrivers, RoomParts, Trends, Trial
from jope.plant.devices.sampling.store import StoredSample, sample_location
from jope.plant.devices.state_events import GatewayPort
from jope.plant.devices.tags import BrowseNode, TagDriverFactory
from jope.plant.materials import handlers as material_handlers
from jope.plant.materials.handlers import ANALYSIS_RECORD, HOLD_RECORD, LOT_RECORD, LOT_VOID_RECORD, RETEST_RECORD
from jope.plant.materials.queries import waiting_lots
from jope.plant.materials.stock import handlers as stock_handlers
from jope.plant.quality import handlers as quality_handlers
from jope.plant.quality.handlers import CLASSIFICATION_RECORD, CLOSURE_RECORD, VOID_RECORD
from jope.plant.quality.queries import deviation_document, waiting_deviations
from jope.plant.recipes import handlers as recipe_handlers
from jope.plant.recipes.handlers import RECIPE_RECORD
from jope.plant.recipes.queries import waiting_recipes
from jope.plant.weighing import handlers as weighing_handlers
from jope.plant.weighing.handlers import DISPENSE_RECORD, WEIGHING_RECORD
from jope.plant.weighing.queries import waiting_at_scales
from jope.services.anchoring import handlers as anchoring_handlers
from jope.services.anchoring.keeping import AnchorKeeper
from jope.services.anchoring.policy import PolicyAnchors, targets_of
from jope.services.anchoring.settingup import identity_of
from jope.services.anchoring.trail import StoredTrail
from jope.services.exports import handlers as export_handlers
from jope.services.health import handlers as health_handlers
from jope.services.health.channels.keeping import TriedChannel
from jope.services.health.channels.outputs import require_drivers
from jope.services.health.reading import Health
from jope.services.health.room import HealthMark, HealthParts, HealthRoom
from jope.services.provisioning import handlers as provisioning_handlers
from jope.services.provisioning.commands import CommissionStation, Founder, FurnishDemoStation, ProvisionDemoStation
from jope.services.provisioning.demo_data import DEMO_PASSWORD
from jope.services.provisioning.founding import Founding
from jope.services.provisioning.handlers import LETTER_RECORD, POLICY_RECORD, require_two_founders
from jope.services.qualification.attestation.checks import Attestation, libraries, program
from jope.services.qualification.attestation.start import check_start
from jope.services.reporting import handlers as reporting_handlers
from jope.services.reporting.labels import handlers as label_handlers
from jope.services.reporting.labels.handlers import LABEL_RECORD
from jope.services.reporting.labels.sending import LabelSender
from jope.services.scheduling.change_keeping import ChangeKeeper
from jope.services.scheduling.disposing import DisposalKeeper
from jope.services.scheduling.ledger_keeping import LedgerKeeper, what_came_before
from jope.services.scheduling.own_alarms import OwnAlarms
from jope.services.scheduling.review_keeping import ReviewKeeper
from jope.services.scheduling.schedule import Schedule
from jope.services.scheduling.verification_keeping import VerificationKeeper

if TYPE_CHECKING:
    from jope.services.exports.commands import ExportData
    from jope.services.exports.exporting import Exported

log = structlog.get_logger("jope.station")
_Answer = TypeVar("_Answer")

HANDLER_MODULES: Final[tuple[ModuleType, ...]] = (
    audit_handlers,
    identity_handlers,
    settings_handlers,
    people_handlers,
    recovery_handlers,
    authority_handlers,
    change_handlers,
    signing_handlers,
    alarm_handlers,
    evidence_handlers,
    timekeeping_handlers,
    retention_handlers,
    training_handlers,
    device_handlers,
    registry_handlers,
    check_handlers,
    equipment_handlers,
    material_handlers,
    stock_handlers,
    recipe_handlers,
    quality_handlers,
    weighing_handlers,
    batch_handlers,
    provisioning_handlers,
    reporting_handlers,
    label_handlers,
    export_handlers,
    anchoring_handlers,
    health_handlers,
)
SIGNED_RECORDS: Final[Mapping[str, SignedRecord]] = {
    r.kind: r
    for r in (
        LOT_RECORD,
        ANALYSIS_RECORD,
        HOLD_RECORD,
        RETEST_RECORD,
        LOT_VOID_RECORD,
        RECIPE_RECORD,
        WEIGHING_RECORD,
        DISPENSE_RECORD,
        FORMULATION_RECORD,
        CLEARANCE_RECORD,
        MOVE_RECORD,
        BATCH_RECORD,
        REVIEW_RECORD,
        CLOCK_RECORD,
        DISPOSAL_RECORD,
        TRAINING_RECORD,
        CLASSIFICATION_RECORD,
        CLOSURE_RECORD,
        VOID_RECORD,
        ACCEPTANCE_RECORD,
        ACTION_RECORD,
        CHANGE_RECORD,
        IDENTITY_RECORD,
        DISABLING_RECORD,
        RECOVERY_RECORD,
        FACTOR_RECORD,
        GRANT_RECORD,
        ACCESS_LINE_RECORD,
        LETTER_RECORD,
        POLICY_RECORD,
        CALIBRATION_RECORD,
        CHECK_RECORD,
        CLEANING_RECORD,
        MAINTENANCE_RECORD,
        NOTE_RECORD,
        REVIEW_OF_ALARMS,
        LABEL_RECORD,
    )
}
WAITING: Final[tuple[WaitingQuery, ...]] = (
    waiting_at_scales,
    waiting_batches,
    waiting_lots,
    waiting_recipes,
    waiting_deviations,
    waiting_cleanings,
)
"""What may wait for a signature, room by room."""
REVIEW_SCOPES: Final[ReviewScopes] = {"batch": BATCH_SCOPE}
RETENTION_KINDS: Final = RetentionKinds(
    records=frozenset({"batch", "lot", "recipe", "deviation"}), accompanying=frozenset({"user", "device", "session", "material"})
)
LARGEST_DOCUMENT: Final = 20 * 1024 * 1024
RESERVE_BYTES: Final = 4 * 1024 * 1024
ANCHOR_GRACE_SECONDS: Final = 3.0
"""How long a stop waits for the anchors that answer to take the last checkpoint."""
LIBRARIES_AFTER_SECONDS: Final = 60.0
"""The libraries are half a gigabyte: they are compared beside the work, once people have signed in."""
NIGHT_TICK_SECONDS: Final = 60.0
METRICS_SECONDS: Final = 60.0
TICK_SECONDS: Final = 5.0
"""How often the station looks whether something is due by time."""


@dataclass(frozen=True, slots=True)
class StationInfo:
    """What the shell shows of the station."""

    station_id: str
    site: str
    line: str
    zone: str
    demo: bool
    version: str
    panel_pitch_mm: float


@dataclass(frozen=True, slots=True)
class Plant:
    """The devices' side as bootstrap is given it: found by entry point, never imported from here."""

    drivers: Mapping[str, DriverFactory]
    gateway: GatewayFactory
    outputs: Mapping[str, OutputFactory] = field(default_factory=dict)
    """Drivers of relays and other switched outputs for alarms, by name."""
    tags: Mapping[str, TagDriverFactory] = field(default_factory=dict)
    """Drivers of devices with tags, by protocol."""
    certificate: CertificateMaker | None = None
    """Makes the station's certificate for servers that ask for one."""
    printers: Mapping[str, PrinterFactory] = field(default_factory=dict)
    """Drivers of label printers, by protocol."""

    def installed(self) -> InstalledDrivers:
        """The drivers as the devices' room takes them."""
        return InstalledDrivers(self.drivers, self.tags, self.gateway, self.printers)


def provision_demo_station(
    root: Path, *, line: str = "L3", zone: str = "Europe/Vienna", scale_address: str = "", encrypted: bool = True, password_hash: str = ""
) -> None:
    """Make a demo station in an empty directory: keys, files, schema and the genesis commit.

    ``password_hash`` is an Argon2id hash of the demo password, where the caller has one already.

    Raises:
        RefusedError: the directory holds a station already.
    """
    settings = StationFile(station_id=f"DEMO-{line}", site="Demo site", line=line, zone=zone, encrypted=encrypted, demo=True)
    policy = _new_directory(root, settings)
    station = open_station(root)
    try:
        prover = PasswordProver()
        command = ProvisionDemoStation(
            station_id=settings.station_id,
            site=settings.site,
            line=line,
            zone=zone,
            password_hash=password_hash or prover.hash(DEMO_PASSWORD),
            scale_address=scale_address,
            origin=policy.origin,
            genesis_public_key=policy.genesis_public_key,
            schema_fingerprint=fingerprint(expected_schema()),
        )
        prover.close()
        station.bus.dispatch(command, as_station=True)
        station.prepare_signing()
    finally:
        station.close()


def _new_directory(root: Path, settings: StationFile, *, release_key: str = "") -> PolicyFile:
    """Keys, files and an empty store. Returns the policy file, whose genesis key pins the trail outside of it.

    Raises:
        RefusedError: the directory holds a station already.
    """
    folder = StationFolder(root)
    root.mkdir(parents=True, exist_ok=True)
    if folder.store.exists():
        raise RefusedError(f"{root} holds a station already.", remedy="Give an empty directory.")
    keys = StationKeys.create(folder.keys)
    public = SigningKey(keys.ledger).public.hex()
    policy = PolicyFile(format=1, origin=origin_text(settings.station_id, 1), genesis_public_key=public, release_key=release_key)
    folder.write(settings, policy)
    folder.blobs.mkdir(exist_ok=True)
    create(_location(folder, settings, keys))
    return policy


@dataclass(frozen=True, slots=True)
class FounderEntry:
    """What a founder enters about themselves, and by what the other founder checked who they are. ``code`` is the sealed code that this person keeps."""

    employee_id: str
    name: str
    password: str = field(repr=False)
    identity: str
    code: str = field(default_factory=first_password, repr=False)


def commission_station(
    root: Path, settings: StationFile, admin: FounderEntry, quality: FounderEntry, *, profile: str, release_key: str = ""
) -> str:
    """Begin a station in an empty directory with two founders, an administrator and a person of quality assurance. Returns the genesis key, hex.

    Nothing is written before everything that was entered is in order. Each founder signs the profile afterwards, with ``AdoptPolicy``.
    ``release_key`` is the key (hex) that signs releases of the program; only a demo station begins without one.

    Raises:
        RefusedError: the directory holds a station already, or what was entered is not in order.
        WeakCredentialError: a founder's password does not follow the profile.
        SettingsError: the profile is unknown.
    """
    released = program(release_key=release_key, demo=settings.demo)
    if not released.ok:
        raise RefusedError(released.message, remedy="Install a released program and give its release key, or begin a demo station.")
    rules = profile_named(profile)
    for who in (admin, quality):
        wrong = tuple(weaknesses(rules, who.password, employee_id=who.employee_id, name=who.name))
        if wrong:
            raise WeakCredentialError(" ".join((f"The password of {who.employee_id} is not accepted.", *wrong)))
    if admin.password == quality.password:
        raise WeakCredentialError("Two founders do not have one password.")
    require_two_founders(*(Founder(employee_id=f.employee_id, name=f.name, password_hash="") for f in (admin, quality)))
    policy = _new_directory(root, settings, release_key=release_key)
    station = open_station(root)
    try:
        prover = PasswordProver()
        founders = [
            Founder(employee_id=f.employee_id, name=f.name, password_hash=prover.hash(f.password), code_hash=prover.hash(f.code))
            for f in (admin, quality)
        ]
        prover.close()
        command = CommissionStation(
            station_id=settings.station_id, site=settings.site, line=settings.line, zone=settings.zone, demo=settings.demo,
            admin=founders[0], quality=founders[1], identity_of_admin=admin.identity, identity_of_quality=quality.identity, profile=profile,
            origin=policy.origin, genesis_public_key=policy.genesis_public_key, schema_fingerprint=fingerprint(expected_schema()),
        )  # fmt: skip
        station.bus.dispatch(command, as_station=True)
        station.prepare_signing()
    finally:
        station.close()
    return policy.genesis_public_key


def furnish_demo(station: Station, scale_address: str) -> None:
    """Give a commissioned demo station its materials, checks and simulated scale, once."""
    station.bus.dispatch(FurnishDemoStation(line=station.info.line, scale_address=scale_address), as_station=True)


def _location(folder: StationFolder, settings: StationFile, keys: StationKeys) -> StoreLocation:
    return StoreLocation(folder.store, keys.store if settings.encrypted else None)


def open_station(root: Path, plant: Plant | None = None, *, clock: Clock | None = None) -> Station:
    """Open a station directory and join its rooms.

    Raises:
        StationHeldError: another process holds it.
        SettingsError, StoreKeyError, StoreVersionError, StoreDamagedError: as named.
        UnwiredPortError: a command needs a port that nobody provides.
        OutputDriverMissingError, SinkUnavailableError: the policy names what this machine does not have.
    """
    folder = StationFolder(root)
    settings, policy = folder.settings(), folder.policy()
    configure_logs(folder.logs, clock=clock, keep_days=settings.log_retention_days)
    if plant is not None:
        require_drivers(policy, plant.outputs)
    lock = StationLock(folder.lock)
    try:
        files = key_files_of(folder)
        keys = StationKeys.load(folder.keys, files.wrapping_key)
        location = _location(folder, settings, keys)
        migrated = require_current(location)
        return Station(folder, settings, policy, keys, files, location, lock, plant, clock or SystemClock(), migrated)
    except BaseException:
        lock.release()
        raise


class Station:
    """A running station: dispatches commands, answers queries, tells what changed. Thread-safe; never call it from the GUI thread unless said so."""

    _labels: LabelSender | None = None

    def __init__(
        self,
        folder: StationFolder,
        settings: StationFile,
        policy: PolicyFile,
        keys: StationKeys,
        files: KeyFiles,
        location: StoreLocation,
        lock: StationLock,
        plant: Plant | None,
        clock: Clock,
        migrated: Migrated | None,
    ) -> None:
        self.folder = folder
        self.policy = policy
        self.clock = clock
        self.blobs = BlobStore(folder.blobs, keys.blob)
        self._lock = lock
        self._closed = False
        self._listeners: list[Callable[[frozenset[str]], None]] = []
        with ExitStack() as undo:  # what began before a refusal to open must not live on
            self._commands = CommandThread()
            undo.callback(self._commands.close)
            self._prover = PasswordProver()
            undo.callback(self._prover.close)
            self._readers = ReadingPools(location)
            undo.callback(self._readers.dispose)
            self._host = socket.gethostname()
            with self._readers.connect(ALL_LINES) as connection:
                row = station_of(_raw(connection), settings)
            if row.provisioned:
                _require_same_station(row, settings)
            self.info = StationInfo(row.station_id, row.site, row.line, row.zone, row.demo, __version__, settings.panel_pitch_mm)
            self.devices: DeviceRoom | None = None
            mark = HeadMark(folder.head_mark, policy.origin)
            undo.callback(mark.close)
            self._mark = mark
            genesis = bytes.fromhex(policy.genesis_public_key)
            self._epoch_keys = EpochKeys(folder.keys, files.wrapping_key)
            self._sealer = FieldSealer(keys.image)
            self.recorder = LedgerRecorder(
                LedgerIdentity(policy.origin, genesis, __version__, 1),
                self._epoch_keys, self._sealer, sealed_columns(), clock, mark,
            )  # fmt: skip
            self.recorder.listeners.append(self._tell)
            self._writer = self._commands.run(lambda: open_writer(location))
            self._store = WriteStore(self._writer, self.recorder)
            self._here = Principal(
                "SYSTEM",
                "system",
                frozenset({Permission.SYSTEM, Permission.STATION_PROVISION, Permission.AUDIT_READ}),
                ALL_LINES,
                "",
                settings.station_id,
                self._host,
                os_user(),
            )
            self._gateway_port = GatewayPort(clock)
            self._clock_watch = ClockWatch(clock)
            self.bus = self._join(settings.zone, plant)
            self._events = StationEvents(self._dispatch_own)
            undo.callback(self._events.stop)
            self._keeper = LedgerKeeper(
                self.recorder, mark, clock, station_id=settings.station_id, dispatch=self._dispatch_own, tell=self._events.tell
            )
            self._reserve_disk()
            self._alarms = OwnAlarms(settings.station_id, self._dispatch_own, self._ask)
            self._verification = VerificationKeeper(
                clock, zone=settings.zone, runner=partial(_verify_apart, root=folder.root), dispatch=self._dispatch_own, alarms=self._alarms
            )
            self._health = self._begin_health(settings, files, plant, undo)
            self._start_ledger(migrated, demo=settings.demo, provisioned=row.provisioned)
            self._settle_own_alarms()
            self._schedule = self._scheduled(undo, provisioned=row.provisioned)
            self._anchors = self._begin_anchoring(files, undo)
            if plant is not None:
                self._start_plant(plant, files, sample_location(folder.root, location.key and keys.store), undo)
            undo.pop_all()
        gc.freeze()  # what start-up made lives as long as the station; the collector need not look at it again

    def _start_ledger(self, migrated: Migrated | None, *, demo: bool, provisioned: bool) -> None:
        """Before the first command: is this the program, is this its store, is the trail where it was left (URS N04)."""
        with self._readers.connect(ALL_LINES) as connection:
            raw: Any = connection.connection.dbapi_connection
            after = what_came_before(raw.cursor())
            behind = self._keeper.start(raw.cursor(), migrated)
            if not provisioned:
                self.attestation = Attestation(())  # an empty store: the commit that provisions it comes first
                return
            quality = self.recorder.quality(self.clock.now())
            report = check_start(
                raw, pragmas=self._writer.pragmas, not_refused=self._writer.not_refused, policy=self.policy, quality=quality, demo=demo,
                matrix=self.matrix, sealer=self._sealer,
            )  # fmt: skip
            self.attestation = report.attestation
            self.bus.read_only_reason = " ".join(filter(None, (behind, report.attestation.reason)))
            self._dispatch_own(
                NoteAttestation(
                    ok=self.attestation.ok and not behind, results=canonical_text(self.attestation.as_json()), from_seq=report.since,
                    head_seq=report.verified.seq, head_hash=report.verified.hash.hex(), root=report.verified.root.hex(),
                    after=after,
                )
            )  # fmt: skip
            self._verification.start(raw.cursor())
        self.prepare_signing()
        self._alarms.settle("attestation", self.attestation.reason)

    def prepare_signing(self) -> None:
        """Read the matrix; where the program is the released one, first write down what it does not hold yet: new actions, a new statement."""

        def read() -> tuple[tuple[str, ...], tuple[int, ...]]:
            cursor = self._store.cursor
            self.matrix.load(cursor)
            self._load_settings()
            self._founding.load(cursor)
            return self.matrix.missing(cursor), missing_statements(cursor)

        actions, statements = self._commands.run(read)
        if not self.attestation.ok or self.bus.read_only_reason:
            return
        if actions:
            self._dispatch_own(FillSignatureMatrix(actions=actions))
        for number in statements:
            self._dispatch_own(IssueStatement(number=number))

    def _on_rules_set(self, drafts: Sequence[EventDraft]) -> None:
        """On the command thread, after a commit."""
        kinds = {kind for draft in drafts for kind, _ in draft.subjects}
        if RULE in kinds:
            self.matrix.load(self._store.cursor)
        if "setting" in kinds:
            self._load_settings()
        if POLICY_RECORD.kind in kinds:
            self._founding.load(self._store.cursor)

    def _load_settings(self) -> None:
        """On the command thread: what is set, and how often anything was."""
        cursor = self._store.cursor
        self._settings.load(cursor)
        row = cursor.execute("SELECT settings_revision FROM station").fetchone()
        self.recorder.settings_revision = 1 if row is None else int(row[0])

    def _scheduled(self, undo: ExitStack, *, provisioned: bool) -> Schedule:
        """What the station does by itself from here on; alarms go out once the start is written down."""
        schedule = Schedule()
        undo.callback(schedule.stop)
        if provisioned:
            self._health.start()
        schedule.every(TICK_SECONDS, self._keeper.tick, name="ledger")
        schedule.every(TICK_SECONDS, self._end_sessions, name="sessions")
        self._disposal = DisposalKeeper(self._writer.location, self._commands, self._looking, lambda: self.bus.read_only_reason)
        schedule.every(TICK_SECONDS, self._disposal.tick, name="disposal")
        self._change_keeper = ChangeKeeper(self._dispatch_own, lambda: self._reading(ALL_LINES), lambda: self.bus.read_only_reason)
        schedule.every(TICK_SECONDS, self._change_keeper.tick, name="changes")
        self._review_keeper = ReviewKeeper(
            self._settings, lambda: self._reading(ALL_LINES), self._alarms, lambda: self.bus.read_only_reason
        )
        if provisioned:
            schedule.every(NIGHT_TICK_SECONDS, self._review_keeper.tick, name="access-review")
        schedule.every(NIGHT_TICK_SECONDS, self._verification.tick, name="verification")
        schedule.every(TICK_SECONDS, self._health.tick, name="channels")
        schedule.every(METRICS_SECONDS, self._health.minute, name="metrics")
        schedule.after(TICK_SECONDS, self._health.minute, name="first-metrics")
        schedule.after(LIBRARIES_AFTER_SECONDS, self._attest_libraries, name="libraries")
        return schedule

    def _end_sessions(self) -> None:
        """Write down the end of sessions whose access has ended; nobody was answered in them since."""
        for session_id in self.sessions.over():
            self._dispatch_own(EndSession(session_id=session_id, cause="access ended"))

    def _attest_libraries(self) -> None:
        """The slow part of the self-attestation. A library that is not the released one makes the station read-only from here on."""
        result = libraries()
        self.attestation = Attestation((*self.attestation.results, result))
        if not result.ok:
            self.bus.read_only_reason = " ".join(filter(None, (self.bus.read_only_reason, result.message)))
            self._dispatch_own(NoteAttestation(ok=False, results=canonical_text(Attestation((result,)).as_json())))
            self._alarms.settle("attestation", self.attestation.reason)

    # --- joining ---------------------------------------------------------------------------------------------------

    def _join(self, zone: str, plant: Plant | None) -> CommandBus:
        self._settings = Settings()
        self.sessions = SessionRegistry(self.clock, idle_seconds=lambda: self._settings.number(IDLE_LOCK), judged_us=self._judged_us)
        authenticator = Authenticator(self._store, self._commands, self._prover, self.sessions, self._settings, self.clock, zone)
        self._founding = Founding()
        declarations = self._founding.guard(declarations_of(*HANDLER_MODULES))
        self._approved_by = {kind.__name__: one.four_eyes.approve for kind, one in declarations.items() if one.four_eyes is not None}
        floors = floors_of(declarations)
        self.matrix = SignatureMatrix(floors)
        self._recovering = Recovering(self._store, self._commands, self._prover, self.clock, self._dispatch_own, self._tell_throttled)
        self.recorder.listeners.append(self._on_rules_set)
        self._duties = DeclaredDuties(declarations, self.matrix)
        self.ports: dict[str, object] = {
            "settings": self._settings,
            "new_passwords": NewPasswords(self._store, self._commands, self._prover, self._settings, self.clock),
            "documents": self.blobs,
            "duties": self._duties,
            "signature_floors": floors,
            "retention_kinds": RETENTION_KINDS,
            "sessions": self.sessions,
            "orders": batch_handlers.BatchOrders(),
            "gateway": self._gateway_port,
            "device_trial": Trial(plant.installed() if plant is not None else None, self.clock, self._shown_to),
            "deviations": quality_handlers.DeviationDesk(),
            "epoch_keys": self._epoch_keys,
            "anchors": PolicyAnchors(self.policy),
            "review_scopes": REVIEW_SCOPES,
        }
        changes = Changes(declarations, self.ports, self._person_of)
        self.ports["changes"] = changes
        bus = CommandBus(
            BusParts(
                store=self._store,
                commands=self._commands,
                declarations=declarations,
                ports=self.ports,
                sessions=self.sessions,
                authenticator=authenticator,
                sealing=RecordSealing(SIGNED_RECORDS, self._name_of),
                matrix=self.matrix,
                clock=self.clock,
                zone=zone,
                here=self._here,
                person=self._person_of,
                high_water_us=lambda: self.recorder.high_water_us,
                four_eyes=changes,
                training=RecordedTraining(zone),
            )
        )
        bus.on_disk_full = self._on_disk_full
        return bus

    def _begin_anchoring(self, files: KeyFiles, undo: ExitStack) -> AnchorKeeper:
        """Give every checkpoint to the anchors that the policy names, from the newest one on."""
        targets = targets_of(self.policy, lambda: identity_of(files), self.clock)
        anchors = AnchorKeeper(targets, StoredTrail(lambda: self._reading(ALL_LINES)), self.clock, self._dispatch_own)
        self.recorder.listeners.append(anchors.on_commit)
        anchors.start()
        undo.callback(anchors.stop, 0.0)
        self._schedule.every(TICK_SECONDS, anchors.tick, name="anchors")
        return anchors

    def _begin_health(self, settings: StationFile, files: KeyFiles, plant: Plant | None, undo: ExitStack) -> HealthRoom:
        """Capture errors and hear security events from here on; channels begin once the start is written down."""
        room = HealthRoom(
            HealthParts(
                folder=self.folder,
                settings=settings,
                policy=self.policy,
                version=__version__,
                keys=files,
                outputs=plant.outputs if plant is not None else None,
                clock=self.clock,
                bus=self.bus,
                dispatch=self._dispatch_own,
                tell=self._events.tell,
                reading=lambda: self._reading(ALL_LINES),
                settle=self._alarms.settle,
            )
        )
        room.begin()
        undo.callback(room.close)
        undo.callback(room.stop, 0.0)
        self.recorder.listeners.append(room.on_commit)
        return room

    def _dispatch_own(self, command: Command) -> object:
        """A command of the station itself."""
        return self.bus.dispatch(command, as_station=True)

    def _tell_throttled(self, error: ThrottledError) -> None:
        """A throttle beside the bus bites."""
        self.bus.tell_throttled(error)

    def _judged_us(self) -> int:
        """The time that access is judged by: a clock that was set back revives nothing that had ended."""
        return max(self.clock.now().utc_us, self.recorder.high_water_us)

    def _person_of(self, cursor: Any, employee_id: str, where: Principal, now_us: int) -> tuple[Principal, str]:
        """A person with what they may do at a time, and never before the newest trusted event of the trail."""
        return person_of(cursor, employee_id, where, max(now_us, self.recorder.high_water_us))

    def _name_of(self, employee_id: str) -> str:
        row = self._store.cursor.execute("SELECT name FROM user_account WHERE employee_id = ?", (employee_id,)).fetchone()
        return "" if row is None else str(row[0])

    # --- what faces call ---------------------------------------------------------------------------------------------

    def dispatch(self, command: Command, token: str | None = None, signature: SignatureInput | None = None) -> Any:
        """Run a command as the person behind the token. See ``CommandBus.dispatch``."""
        jump_us = self._clock_watch.look()
        if jump_us:
            self.bus.dispatch(NoteClockJump(jump_us=jump_us), as_station=True)
        result = self.bus.dispatch(command, token, signature)
        if isinstance(result, ChangeOutcome) and result.state == ChangeState.APPROVED:
            return self._change_keeper.execute(result.request_id)
        return result

    def issue_password(self, employee_id: str, token: str | None) -> str:
        """Give out a first password, once: its text is told here and kept nowhere. Blocks for an Argon2id run.

        Raises:
            DeniedError, RefusedError: as ``IssueCredential`` says.
        """
        password = first_password()
        self.dispatch(IssueCredential(employee_id=employee_id, password_hash=self._prover.hash(password)), token)
        return password

    def seal_code(self, token: str | None) -> str:
        """Make the sealed code of the person behind the token, once: its text is told here and kept nowhere. Blocks for an Argon2id run.

        Raises:
            DeniedError, RefusedError: as ``SealCode`` says.
        """
        code = first_password()
        self.dispatch(SealCode(code_hash=self._prover.hash(code)), token)
        return code

    def founders_due(self) -> tuple[str, ...]:
        """Employee ids of the founders who have not signed the password profile yet. Quick; may be called from the GUI thread."""
        return self._founding.due

    def recover(self, first: Claim, second: Claim, reason: str) -> str:
        """Two people open their own accounts, when nobody who could unlock can sign in. Returns the recovery's id. Blocks for four Argon2id runs.

        Raises:
            ReadOnlyError: the station is read-only.
            ThrottledError, RecoveryFailedError, GuardRefusedError: as ``Recovering.recover`` says.
        """
        if self.bus.read_only_reason:
            raise ReadOnlyError(f"The station is read-only: {self.bus.read_only_reason}.")
        command = RecoverAccounts(recovery_id=new_id(), first=first.employee_id, second=second.employee_id, reason=reason)
        require_form(command, None)
        self._recovering.recover(first, second, command)
        return command.recovery_id

    def read(self, query: Callable[..., _Answer], token: str | None, /, **arguments: Any) -> _Answer:
        """Answer a query in a short read-only transaction, scoped to the person's lines.

        Raises:
            SessionEndedError: nobody is signed in.
            PermissionDeniedError: the role may not read this.
            NotFoundError: what was asked for is not there.
        """
        holder = self.sessions.holder(token)
        if holder is None:
            self.sessions.principal(token)
        assert holder is not None
        require_reader(query, holder.permissions, holder.role)
        self._note_sensitive(query, arguments, holder, token)
        self._note_question(query.__name__, arguments, holder, token)
        with self._reading(holder.line, holder.employee_id, self._sight(holder)) as reader:
            return query(reader, **arguments)

    def _note_sensitive(self, query: Callable[..., object], arguments: Mapping[str, Any], holder: Principal, token: str | None) -> None:
        """Write down that one person's trail is read by another, once in ten minutes of a session (URS C13)."""
        for person in looked_over(query, arguments) - {"", holder.employee_id}:
            known = self._ask("SELECT 1 FROM user_account WHERE employee_id = ?", (person,))
            if known and self.sessions.looks_anew(token, person):
                self.dispatch(NoteSensitiveRead(employee_id=person, query=query.__name__), token)
                self.sessions.looked(token, person)

    def _note_question(self, name: str, arguments: Mapping[str, Any], holder: Principal, token: str | None) -> None:
        """Write down every question of an inspector before it is answered (URS A13; 21 CFR 11.1(e))."""
        if holder.role not in READ_ONLY_ROLES:
            return
        question = f"{name} {question_text(arguments, paging=False)}"
        if self.sessions.looks_anew(token, question, seconds=SAME_QUESTION_SECONDS):
            self.dispatch(NoteQuestion(query=name, arguments=question_text(arguments)), token)
            self.sessions.looked(token, question)

    def sheet(self, command: Command, token: str | None) -> SigningSheet:
        """What a signature dialog shows for a command.

        Raises:
            JopeError: the record is not there, or the session is over.
        """
        principal = self.sessions.principal(token)
        self._note_question("sheet", {"command": type(command).__name__}, principal, token)
        with self._guarding(principal) as context, self._looking() as cursor:
            return self.bus.sheet(command, context, cursor)

    def preflight(self, command: Command, token: str | None) -> GuardVerdict | None:
        """Why the person could not do this now, or None. The first condition that is not met, with all ``others``; see ``why_not``."""
        found = self.why_not(command, token)
        return replace(found[0], others=found[1:]) if found else None

    def why_not(self, command: Command, token: str | None, *, at_us: int | None = None) -> tuple[GuardVerdict, ...]:
        """Every condition that is not met now, each with its clause and who can resolve it; empty where the person could do this (URS A03).

        The same guards as in the bus, on a reader: the bus refuses at the first. Whoever may not do this at all, or asks about another line's record, is told
        that and nothing of the record. With ``at_us`` (UTC microseconds) the guards judge the rows as they are by that later time: what will have run out by
        then is told now.
        """
        declaration = self.bus.declaration(command)
        try:
            principal = self.sessions.principal(token)
            if not declaration.witness and declaration.permission not in principal.permissions:
                what = f"Your role ({principal.role}) may not do this."
                return (GuardVerdict("permission", what, self._who_may(declaration.permission), "11.10(d)"),)
            self._note_question("preflight", {"command": type(command).__name__}, principal, token)
            with self._guarding(principal) as context, self._looking() as cursor:
                outside = self.bus.out_of_scope(command, principal, cursor)
                if outside is not None:
                    return (outside,)
                untrained = self.bus.training_due(command, context, context.session.cursor)
                then = _at(context, at_us)
                asked = [_asked(guard, command, then) for guard in declaration.guards_before_proof()]
        except JopeError as error:
            return (GuardVerdict(error.code, error.message, error.what_to_do, ""),)
        return tuple(dict.fromkeys(verdict for verdict in (untrained, *asked) if verdict is not None))

    def _who_may(self, permission: Permission) -> str:
        """Which roles hold a permission, as a sentence."""
        sql = "SELECT r.title FROM role_permission p JOIN role r ON r.role = p.role WHERE p.permission = ? AND p.held = 1 ORDER BY r.title"
        titles = [title for (title,) in self._ask(sql, (permission.value,))]
        return f"Ask a person whose role allows it: {', '.join(titles)}." if titles else "No role of this station allows it."

    def fill_in(self, badge: str) -> str:
        """The employee id that a badge fills in, empty where the badge was revoked. It proves nothing, and nobody is signed in for it."""
        with self._looking() as cursor:
            return filled_in(cursor, badge)

    def statement_due(self, token: str | None, command: Command | None = None) -> tuple[Statement, ...]:
        """The accountability statement in its languages that the person behind the token has to accept before signing.

        Empty once it is accepted, and for a command that a second person signs beside the one who is signed in.

        Raises:
            SessionEndedError: nobody is signed in.
        """
        principal = self.sessions.principal(token)
        if command is not None and self.bus.declaration(command).witness:
            return ()
        self._note_question("statement_due", {}, principal, token)
        with self._reading(principal.line, sight=self._sight(principal)) as reader:
            return () if has_accepted(reader.cursor, principal.employee_id) else statements_in_force(reader.cursor)

    def signing_queue(self, token: str | None) -> tuple[QueueItem, ...]:
        """What waits for the signature of the person behind the token and may be signed now: their role, their line, no part of theirs in it.

        Raises:
            SessionEndedError: nobody is signed in.
        """
        principal = self.sessions.principal(token)
        self._note_question("signing_queue", {}, principal, token)
        with self._reading(principal.line, sight=self._sight(principal)) as reader:
            waiting = sorted((one for query in WAITING for one in query(reader)), key=lambda one: one.since_us)
        found: list[QueueItem] = []
        with self._guarding(principal) as context, self._looking() as cursor:
            for one in waiting:
                sheet = self.bus.waiting(one.command, context, cursor) if len(found) < LONGEST_QUEUE else None
                if sheet is not None:
                    key = f"{type(one.command).__name__} {sheet.subject_kind} {sheet.subject_id}"
                    found.append(QueueItem(key, one.command, sheet.title, sheet.meaning, sheet.series, one.since_us))
        return tuple(found)

    def is_signed(self, command: Command) -> bool:
        """Whether a command needs a signature now. Quick; may be called from the GUI thread."""
        return self.bus.is_signed(command)

    def enter(self, token: str | None, page: str) -> None:
        """The person looks at a page; a series of signatures on another one is over. Quick; may be called from the GUI thread."""
        self.sessions.enter(token, page)

    def fetch_series(self, token: str | None) -> str:
        """The token of the series that the last full signature opened, handed out once. Quick; may be called from the GUI thread."""
        return self.sessions.fetch_series(token)

    def series_left(self, token: str | None) -> float:
        """Seconds until the running series ends by itself. Quick; may be called from the GUI thread."""
        return self.sessions.series_left(token)

    def standing(self, token: str | None) -> SessionStanding:
        """How a session stands, and what its person may do now. Quick; may be called from the GUI thread."""
        return self.sessions.standing(token)

    def touch(self, token: str | None) -> None:
        """A person touched a key, the mouse or the screen. Quick; may be called from the GUI thread."""
        self.sessions.touch(token)

    def idle_left(self, token: str | None) -> float:
        """Seconds until the idle lock. Quick; may be called from the GUI thread."""
        return self.sessions.idle_left(token)

    def clock_texts(self) -> tuple[str, str]:
        """Site time with offset, and UTC; whoever shows them also watches the clock. Quick; may be called from the GUI thread."""
        jump_us = self._clock_watch.look()
        if jump_us:
            self._events.tell(NoteClockJump(jump_us=jump_us))
        now_us = self.clock.now().utc_us
        return site_text(now_us, self.info.zone), utc_text(now_us)

    def on_change(self, callback: Callable[[frozenset[str]], None]) -> Callable[[], None]:
        """Be told after each commit which kinds of records it was about. Returns how to stop being told."""
        self._listeners.append(callback)
        return lambda: self._listeners.remove(callback) if callback in self._listeners else None

    def act_on_scale(self, device_id: str, action: ScaleAction, token: str | None, batch_no: str) -> ActionReceipt:
        """Zero or tare a scale and write down what it answered. Blocks up to five seconds.

        Raises:
            DeniedError, RefusedError: the person may not, or the batch does not run; the scale was not asked.
            DeviceError: offline, refused or indeterminate.
        """
        self.dispatch(AskScaleAction(device_id=device_id, action=action.value, batch_no=batch_no), token)
        kept = self._gateway_port.act(device_id, action)
        self.dispatch(RecordScaleAction(device_id=device_id, batch_no=batch_no, receipt=kept.number), token)
        if kept.error is not None:
            raise kept.error
        return kept.receipt

    def trends(self, token: str | None, tags: Sequence[str], from_us: int, to_us: int, count: int = 600) -> Trends:
        """What tags did in a time (UTC microseconds), for whoever is signed in. Blocks.

        Raises:
            SessionEndedError: nobody is signed in.
            RefusedError: the station runs without devices.
        """
        self._note_question("trends", {"tags": " ".join(tags)}, self.sessions.present(token), token)
        return self._present_devices().trends(tags, from_us, to_us, count)

    def newest_samples(self, token: str | None, tag: str, count: int = 50) -> tuple[StoredSample, ...]:
        """The newest kept values of a tag with their raw frames, newest first. Blocks.

        Raises:
            SessionEndedError: nobody is signed in.
            RefusedError: the station runs without devices.
        """
        self._note_question("newest_samples", {"tag": tag}, self.sessions.present(token), token)
        return self._present_devices().newest_samples(tag, count)

    def browse_device(self, token: str | None, device_id: str, address: str = "") -> tuple[BrowseNode, ...]:
        """What a connected device offers below an address. Blocks for up to ten seconds.

        Raises:
            SessionEndedError: nobody is signed in.
            RefusedError, NotFoundError, DeviceError: the station runs without devices, or this one cannot tell.
        """
        self._note_question("browse_device", {"device": device_id}, self.sessions.present(token), token)
        return self._present_devices().gateway.browse(device_id, address)

    def retry_device(self, token: str | None, device_id: str) -> None:
        """Try a device again at once that waits or was refused. Quick.

        Raises:
            SessionEndedError: nobody is signed in.
            RefusedError, NotFoundError: there is no such device here.
        """
        self.sessions.principal(token)
        self._present_devices().gateway.retry(device_id)

    def _present_devices(self) -> DeviceRoom:
        if self.devices is None:
            raise RefusedError("No device is connected to this station.", remedy="Start the client with its drivers.")
        return self.devices

    def verify(self, token: str | None, progress: Callable[[str, float], None] = lambda _layer, _share: None) -> VerifyReport:
        """Verify the whole trail in processes of their own, as an audited job that the person behind the token asked for. Blocks.

        Raises:
            VerificationCancelledError: ``cancel_verification`` was called, or one runs already.
        """
        return self._verification.verify("demand", lambda command: self.dispatch(command, token), progress)

    def cancel_verification(self) -> None:
        """End the running verification without a verdict. Quick; may be called from the GUI thread."""
        self._verification.cancel()

    def read_only_reason(self) -> str:
        """Why the station is read-only, empty where it is not. Quick; may be called from the GUI thread."""
        return self.bus.read_only_reason

    def health(self, token: str | None) -> Health:
        """The station's health, for whoever is signed in. Blocks.

        Raises:
            SessionEndedError: nobody is signed in.
        """
        self._note_question("health", {}, self.sessions.present(token), token)
        return self._health.read()

    def password_profile(self) -> str:
        """The name of the password profile in force. Quick; may be called from the GUI thread."""
        return self._settings.text(PROFILE)

    def horn_sounds(self) -> bool:
        """Whether the site lets the horn sound. Quick; may be called from the GUI thread."""
        return self._settings.text(HORN) == "on"

    def health_mark(self) -> HealthMark:
        """The worst state of the station as of the last minute. Quick; may be called from the GUI thread."""
        return self._health.mark

    def test_channels(self, token: str | None) -> tuple[TriedChannel, ...]:
        """Send a test through every alarm channel, as an event of the person and one of each result. Blocks for at most a minute.

        Raises:
            DeniedError: the person may not.
        """
        return self._health.test_channels(lambda command: self.dispatch(command, token))

    def export_support(self, token: str | None, path: Path) -> Path:
        """Make a support file. The export is an event in the trail before the file exists. Blocks.

        Raises:
            DeniedError: the person may not.
            UnwritableFileError: it cannot be written.
        """
        self._health.export_support(lambda command: self.dispatch(command, token), path)
        return path

    def note_place(self, place: str) -> None:
        """Which page is open, for errors that are captured from here on. Quick; may be called from the GUI thread."""
        self._health.capture.place = place

    def capture_message(self, kind: str, file: str, line: int, function: str) -> None:
        """A library of the client warns: capture the place. Quick; may be called from the GUI thread."""
        self._health.capture.take_message(kind, file, line, function)

    def keep_document(self, content: bytes, token: str | None) -> str:
        """Keep a document for a command that will name it by its hash, hex. Until one does, it is part of no record.

        Raises:
            SessionEndedError: nobody is signed in.
            RefusedError: it is empty, or larger than a document may be.
        """
        self.sessions.principal(token)
        if not 0 < len(content) <= LARGEST_DOCUMENT:
            raise RefusedError("The document is empty or larger than 20 MB.", remedy="Choose another file.")
        return self.blobs.put(content)

    def sop_document(self, sop_id: str, number: int, token: str | None) -> bytes:
        """The document of a version of a procedure, as it was published; for whoever is signed in.

        Raises:
            NotFoundError: there is no such version.
            StoreDamagedError: the document is not what was published.
        """
        return self.blobs.get(self.read(readable_sop, token, sop_id=sop_id, number=number).document_hash)

    def deviation_document(self, number: str, n: int, token: str | None) -> bytes:
        """A document that was attached to a deviation as evidence.

        Raises:
            PermissionDeniedError: the person may not read deviations.
            NotFoundError: there is no such document in their scope.
            StoreDamagedError: the document is not what was attached.
        """
        return self.blobs.get(self.read(deviation_document, token, number=number, n=n))

    def print_batch_record(self, batch_no: str, token: str | None, path: Path) -> Path:
        """Print a batch record as PDF. The print is an event in the trail before the file exists. Blocks.

        Raises:
            UnwritableFileError: the file cannot be written; the station keeps the document.
        """
        from jope.services.reporting.commands import PrintBatchRecord
        from jope.services.reporting.printing import write_batch_record

        self.dispatch(PrintBatchRecord(batch_no=batch_no), token)
        self._keeper.checkpoint("record.printed")
        with self._reading(ALL_LINES) as reader:  # the bus let the record's line pass; the proofs of its events go over the whole trail
            content = write_batch_record(reader, batch_no, self.info, self.policy.origin)
        self.blobs.put(content)
        part = path.with_suffix(".part")
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            part.write_bytes(content)
            part.replace(path)
        except OSError as error:
            message = f"The record was printed into the station, but cannot be written to {path}: {error.strerror}."
            raise UnwritableFileError(message) from error
        return path

    def export_data(self, command: ExportData, token: str | None, path: Path) -> Exported:
        """Make a bundle of the trail. The export is an event in the trail before the file exists. Blocks.

        Raises:
            UnwritableFileError, ExportError: as ``services.exports.exporting.export`` says.
        """
        from jope.services.exports.exporting import ExportPorts, export
        from jope.services.reporting.printing import write_batch_record

        ports = ExportPorts(
            dispatch=lambda asked: self.dispatch(asked, token),
            checkpoint=self._keeper.checkpoint,
            reading=lambda: self._reading(ALL_LINES),
            sign=lambda message: self._commands.run(lambda: self.recorder.sign_statement(message)),
            print_batch=lambda reader, batch_no: write_batch_record(reader, batch_no, self.info, self.policy.origin),
            info=self.info,
            origin=self.policy.origin,
            genesis_public=self.policy.genesis_public_key,
        )
        return export(command, path, ports)

    def close(self) -> None:
        """Stop devices and threads and let go of the station. May be called twice."""
        if self._closed:
            return
        self._closed = True
        if self._labels is not None:
            self._labels.stop()
        if self.devices is not None:
            self.devices.stop()
        self._verification.stop()
        self._schedule.stop()
        self._events.stop()
        self._health.stop()
        try:
            self._keeper.stop()
        except JopeError as error:  # a full disk, say: the station is let go of all the same, and the head mark stands
            log.error("no last checkpoint", code=error.code)
        self._anchors.stop(ANCHOR_GRACE_SECONDS)
        self._health.close()
        self._mark.close()
        self._commands.close(self._let_go_of_store)
        self._prover.close()
        self._readers.dispose()
        self._lock.release()

    def _let_go_of_store(self) -> None:
        self._writer.engine.dispose()
        self._writer.connection.close()

    # --- reading -----------------------------------------------------------------------------------------------------

    def _reading(self, line: str, employee_id: str = "", sight: Sight | None = None) -> _Reading:
        return _Reading(self, line, employee_id, sight or Sight(line))

    def _guarding(self, principal: Principal) -> _Guarding:
        return _Guarding(self, principal, self._sight(principal))

    def _sight(self, principal: Principal) -> Sight:
        """What a person's reading connections show."""
        return sight_of(principal.line, principal.employee_id, principal.permissions, self._approved_by)

    def new_reader(self, connection: Any, line: str, employee_id: str) -> Reader:
        """A reader over an open connection; for the two context managers below."""
        cursor, now_us = _raw(connection), self.clock.now().utc_us
        return Reader(
            cursor, line=line, zone=self.info.zone, now_us=now_us, records=SIGNED_RECORDS, scopes=REVIEW_SCOPES, employee_id=employee_id,
            duties=self._duties, trail_us=self.recorder.high_water_us,
        )  # fmt: skip

    def _ask(self, sql: str, parameters: tuple[Any, ...]) -> Sequence[Any]:
        with self._readers.connect(ALL_LINES) as connection:
            rows: Sequence[Any] = _raw(connection).execute(sql, parameters).fetchall()
            return rows

    @contextmanager
    def _looking(self) -> Iterator[Any]:
        """A cursor of the reading pool."""
        with self._readers.connect(ALL_LINES) as connection:
            yield _raw(connection)

    def connect_reader(self, sight: Sight | str) -> Any:
        """A reading connection that shows what is in sight; a line alone is a sight, ``*`` everything."""
        return self._readers.connect(sight)

    # --- devices -----------------------------------------------------------------------------------------------------

    @property
    def gateway(self) -> Gateway | None:
        """The gateway to the devices, None where the program runs without drivers."""
        return None if self.devices is None else self.devices.gateway

    def _start_plant(self, plant: Plant, files: KeyFiles, samples: StoreLocation, undo: ExitStack) -> None:
        """Open the samples, then connect the devices."""
        self._credentials = DeviceCredentials(files, self.info.station_id, self.clock, plant.certificate)
        room = DeviceRoom(
            RoomParts(
                plant.installed(), samples, self.info.station_id, self.clock, self._events.tell, self._dispatch_own, self._ask,
                self._alarms.settle, lambda: self.bus.read_only_reason, self._device_configs, self.info.zone,
                lambda: self._settings.number(NOTICE_DAYS),
            ),
            self._gateway_port,
        )  # fmt: skip
        undo.callback(room.stop)
        with self._looking() as cursor:
            context = running_context(cursor, self.info.line)
        self.recorder.listeners.append(self._on_plant)
        room.start(context)
        self._schedule.every(TICK_SECONDS, room.tick, name="devices")
        self.devices = room
        labels = LabelSender(self._ask, self._dispatch_own, lambda: self.gateway, lambda: self.bus.read_only_reason)
        undo.callback(labels.stop)
        labels.start()
        self._labels = labels

    def _shown_to(self, config: DeviceConfig) -> DeviceConfig:
        """The configuration with what the device is shown of the station."""
        return self._credentials.given_to(config)

    def _device_configs(self) -> tuple[DeviceConfig, ...]:
        with self._reading(ALL_LINES) as reader:
            return tuple(self._shown_to(config) for config in device_configs(reader))

    def _on_plant(self, drafts: Sequence[EventDraft]) -> None:
        """On the command thread, after a commit: what is heard from here on belongs to what runs now."""
        if self.devices is None:
            return
        if any(kind == "batch" for draft in drafts for kind, _ in draft.subjects):
            self.devices.contexts.change(running_context(self._store.cursor, self.info.line), self.clock.now().utc_us)
        actions = frozenset(draft.action for draft in drafts)
        self.devices.on_commit(actions)
        if self._labels is not None:
            self._labels.on_commit(actions)

    def _tell(self, drafts: Sequence[EventDraft]) -> None:
        if all(draft.action is Action.DATA_READ for draft in drafts):
            return  # reading changes nothing that a page shows; a page that refreshed at it would read again
        kinds = frozenset(kind for draft in drafts for kind, _ in draft.subjects) | {"audit"}
        for listener in list(self._listeners):
            try:
                listener(kinds)
            except RuntimeError as error:  # a window that is being closed; the commit stands whoever listens
                log.warning("listener failed", error=str(error))

    # --- the station's own alarms -----------------------------------------------------------------------------------

    def _settle_own_alarms(self) -> None:
        """At start: alarm a clock that stands before the trail; return what the process that raised it took with it."""
        own = "SELECT kind FROM alarm WHERE source = ? AND returned_us IS NULL AND kind IN ('clock', 'disk_full') ORDER BY kind"
        with self._readers.connect(ALL_LINES) as connection:
            cursor = _raw(connection)
            past = {kind for (kind,) in cursor.execute(own, (self._here.station,)).fetchall()}
            behind_us = trusted_time(cursor) - self.clock.now().utc_us
        if behind_us > JUMP_LIMIT_US:
            past.discard("clock")
            text = f"The station's clock stands {behind_us // 1_000_000} s before the last event of the trail."
            self.bus.dispatch(RaiseAlarm(priority=2, source=self._here.station, kind="clock", text=text), as_station=True)
        for kind in sorted(past):
            self.bus.dispatch(ReturnAlarm(source=self._here.station, kind=kind), as_station=True)

    # --- disk full -----------------------------------------------------------------------------------------------------

    def _reserve_disk(self) -> None:
        if not self.folder.reserve.exists():
            with self.folder.reserve.open("wb") as file:
                file.write(b"\0" * RESERVE_BYTES)

    def _on_disk_full(self) -> None:
        """Give up the reserve, write the alarm, and go read-only (reliability.md rule 11)."""
        if self.bus.read_only_reason:
            return
        self.bus.read_only_reason = "the disk is full"
        self.folder.reserve.unlink(missing_ok=True)
        self.bus.dispatch(
            RaiseAlarm(priority=1, source=self._here.station, kind="disk_full", text="The disk is full. The station is read-only."),
            as_station=True,
        )


def _require_same_station(row: StationRow, settings: StationFile) -> None:
    """The file names the station before the store is open; what counts stands in the store, and the file may not say otherwise.

    Raises:
        SettingsError: names what differs.
    """
    for name in ("station_id", "site", "line", "zone", "demo"):
        if getattr(row, name) != getattr(settings, name):
            raise SettingsError(f"The station's file and its store disagree on '{name}'.", remedy="Put the file (station.toml) back.")


def _verify_apart(progress: Callable[[str, float], None], cancelled: threading.Event, *, root: Path) -> VerifyReport:
    from jope.services.qualification.verifying import verify_in_processes  # a start need not wait for it

    return verify_in_processes(root, progress=progress, cancelled=cancelled)


def _at(context: GuardContext, at_us: int | None) -> GuardContext:
    """The context as of a later time; as it is, where none is named or it is past."""
    return context if at_us is None else replace(context, now=replace(context.now, utc_us=max(at_us, context.now.utc_us)))


def _asked(guard: Guard, command: Command, context: GuardContext) -> GuardVerdict | None:
    """What one guard says; where it cannot say it, because a record is not there, that."""
    try:
        return guard(command, context)
    except JopeError as error:
        return GuardVerdict(error.code, error.message, error.what_to_do, "")


def _raw(connection: Any) -> Any:
    return connection.connection.dbapi_connection.cursor()


class _Reading:
    """A short read-only transaction with a scoped reader."""

    def __init__(self, station: Station, line: str, employee_id: str, sight: Sight) -> None:
        self._station = station
        self._sight = sight
        self._line = line
        self._employee_id = employee_id

    def __enter__(self) -> Reader:
        self._connection = self._station.connect_reader(self._sight)
        self._transaction = self._connection.begin()
        return self._station.new_reader(self._connection, self._line, self._employee_id)

    def __exit__(self, *_: object) -> None:
        self._transaction.rollback()
        self._connection.close()


class _Guarding:
    """A guard context on a reader, for sheets and pre-flight."""

    def __init__(self, station: Station, principal: Principal, sight: Sight) -> None:
        self._station = station
        self._sight = sight
        self._principal = principal

    def __enter__(self) -> GuardContext:
        self._connection = self._station.connect_reader(self._sight)
        self._transaction = self._connection.begin()
        session = RowSession(self._connection, _raw(self._connection))
        return GuardContext(session, self._principal, self._station.clock.now(), self._station.info.zone, self._station.ports)

    def __exit__(self, *_: object) -> None:
        self._transaction.rollback()
        self._connection.close()
