"""The tree of errors. Each class carries its meaning and a stable code that stands in the audit trail and on the screen.

Codes are never reused. The hundreds say whose business an error is: 0xx kernel, 1xx identity and authority, 2xx signatures, 3xx ledger,
4xx devices, 5xx materials, recipes and batches, 6xx services. Every error says what happened and what to do.
"""

from __future__ import annotations

from typing import ClassVar


class JopeError(Exception):
    """Something the program understands and refuses or reports. ``message`` is a sentence for a person, ``remedy`` what to do."""

    code: ClassVar[str] = "JOPE-000"
    remedy: ClassVar[str] = "Report this code to the system administrator."
    in_trail = False
    """Whether whoever raised it has written it to the trail already."""

    def __init__(self, message: str, *, remedy: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.what_to_do = remedy if remedy is not None else type(self).remedy

    def __str__(self) -> str:
        return f"{self.code}: {self.message} {self.what_to_do}".rstrip()


# --- kernel: store, clock, settings ----------------------------------------------------------------------------------


class EnvironmentFaultError(JopeError):
    """The environment failed, not the program: disk, key, file, another process."""

    code = "JOPE-001"


class StoreKeyError(EnvironmentFaultError):
    """The key of the store is missing or does not open it."""

    code = "JOPE-002"
    remedy = "Put the station's own key back beside its store (keys/store.key), or restore a backup."


class StoreVersionError(EnvironmentFaultError):
    """The store was written by a newer version of the program."""

    code = "JOPE-003"
    remedy = "Install the version of the program that wrote this store, or a newer one."


class StoreDamagedError(EnvironmentFaultError):
    """The store cannot be read as a database."""

    code = "JOPE-004"
    remedy = "Stop, keep the files as they are, run 'jope audit verify', and restore a backup."


class StoreUnavailableError(EnvironmentFaultError):
    """A storage operation failed; whether the last commit stands is looked up by its command id."""

    code = "JOPE-005"
    remedy = "Look at disk and file rights; the command may be repeated with the same id."


class DiskFullError(EnvironmentFaultError):
    """The disk is full; the station is read-only until there is room."""

    code = "JOPE-006"
    remedy = "Free space on the disk of the station directory, then restart the station."


class StationHeldError(EnvironmentFaultError):
    """Another process holds this station."""

    code = "JOPE-007"
    remedy = "Close the other client first; reading commands work beside it."


class SettingsError(EnvironmentFaultError):
    """A settings or policy file is missing or cannot be understood."""

    code = "JOPE-008"


class ForbiddenStatementError(JopeError):
    """A statement that no part of the program may issue was refused by the store's authorizer or triggers."""

    code = "JOPE-009"


class UnseenChangeError(JopeError):
    """A commit would have changed a row that the audit trail does not show. It was rolled back."""

    code = "JOPE-010"


class CanonicalFormError(JopeError):
    """A value has no canonical JSON form (a float, an integer of 2^53 or more, a key outside ASCII, a duplicate key)."""

    code = "JOPE-011"


class QuantityError(JopeError):
    """A text is not a decimal quantity in a known unit, or two units cannot be compared."""

    code = "JOPE-012"


class UnwiredPortError(JopeError):
    """A command needs a port that nobody provides; the station refuses to start it."""

    code = "JOPE-013"


class ChangeMovedError(JopeError):
    """An approved change would not change what its approvers were shown."""

    code = "JOPE-022"
    remedy = "Ask for the change anew, so that it is approved as things stand now."


class NotFoundError(JopeError):
    """What was named does not exist, or not within the reader's scope."""

    code = "JOPE-014"
    remedy = "Check the number."


class ClockSuspectError(JopeError):
    """The clock stands before the last event of the trail; regulated commands wait until it is corrected."""

    code = "JOPE-015"
    remedy = "Set the clock right, or let two people say that it is right (About, Clock). Nothing is lost meanwhile."


class ProgramFaultError(JopeError):
    """The program itself failed. Nothing was saved; the failure is an event in the trail."""

    code = "JOPE-016"
    remedy = "Nothing was saved. Report this code and the time to the system administrator."


class StationClosedError(EnvironmentFaultError):
    """The station was closed while something still wanted to write."""

    code = "JOPE-017"
    remedy = "Open the station again; the command may be repeated with the same id."


class UnwritableFileError(EnvironmentFaultError):
    """A file outside the station cannot be written."""

    code = "JOPE-021"
    remedy = "Name a folder that exists, may be written to, and has room."


class SavedNeverthelessError(JopeError):
    """The command is in the store and in the trail; something that follows a commit failed."""

    code = "JOPE-020"
    remedy = "It is saved; do not repeat it. Report this code and the time."


# --- identity and authority ------------------------------------------------------------------------------------------


class DeniedError(JopeError):
    """The person may not do this."""

    code = "JOPE-100"
    remedy = "Ask a person whose role allows it."


class AuthenticationError(DeniedError):
    """Employee id or password is wrong. The sentence is the same for both."""

    code = "JOPE-101"
    remedy = "Type employee id and password again."


class AccountLockedError(DeniedError):
    """The account is locked after three failures."""

    code = "JOPE-102"
    remedy = "An administrator or a deputy on shift unlocks it after checking who you are; when nobody can, two people recover with their sealed codes."


class AccountDisabledError(DeniedError):
    """The account is disabled."""

    code = "JOPE-103"
    remedy = "Ask the administrator."


class ThrottledError(DeniedError):
    """Too many failures in a minute."""

    code = "JOPE-104"
    remedy = "Wait a minute and try again."


class RecoveryFailedError(DeniedError):
    """An employee id, a password or a sealed code is wrong. The sentence is the same for all of them."""

    code = "JOPE-111"
    remedy = "Each of the two types employee id, password and the code of their own envelope."


class SessionEndedError(DeniedError):
    """The session is locked, timed out or ended."""

    code = "JOPE-105"
    remedy = "Unlock with employee id and password, or sign in."


class PermissionDeniedError(DeniedError):
    """The role does not hold the permission, or the line is outside the person's scope."""

    code = "JOPE-106"


class TrainingDueError(DeniedError):
    """The person lacks the training that this action, or its signature, asks for (21 CFR 11.10(i))."""

    code = "JOPE-108"
    remedy = "Read and sign the named document, or have the training recorded, then do it again."


class CredentialDueError(DeniedError):
    """The password was given by somebody else, or its time is over: it is changed before anything else is done (21 CFR 11.200(a)(2), 11.300(b))."""

    code = "JOPE-109"
    remedy = "Choose a new password; only you know it."


class ReadOnlyError(DeniedError):
    """The station is read-only."""

    code = "JOPE-107"
    remedy = "The line at the top says why. Reading, verifying and exporting go on."


# --- signatures ------------------------------------------------------------------------------------------------------


class SignatureError(DeniedError):
    """The signature is incomplete or not allowed."""

    code = "JOPE-200"


class SignatureDueError(SignatureError):
    """This action needs a signature."""

    code = "JOPE-201"
    remedy = "Sign with employee id, password and meaning."


class MeaningError(SignatureError):
    """The meaning is not the one this action is signed with."""

    code = "JOPE-202"
    remedy = "Choose the meaning that the action asks for."


class RecordChangedError(SignatureError):
    """The record changed since it was shown to the signer."""

    code = "JOPE-203"
    remedy = "Look at the record again, then sign."


class SamePersonError(SignatureError):
    """The second person must be another person."""

    code = "JOPE-204"
    remedy = "Ask a second, qualified person."


class SeriesEndedError(SignatureError):
    """The series of signatures is over, or it is not for this action, person or page: the password alone does not sign."""

    code = "JOPE-205"
    remedy = "Sign with employee id and password."


class StatementDueError(SignatureError):
    """The signer has not accepted the accountability statement that is in force."""

    code = "JOPE-206"
    remedy = "Sign in, read the statement and accept it by signature; then sign."


# --- ledger ------------------------------------------------------------------------------------------------------------


class LedgerError(JopeError):
    """Something about the trail's own proofs does not fit."""

    code = "JOPE-300"


class CheckpointError(LedgerError):
    """A text is no checkpoint, or one of another form than the canonical one."""

    code = "JOPE-301"
    remedy = "Scan or copy the whole checkpoint again."


class ExportError(LedgerError):
    """A bundle of the trail cannot be made."""

    code = "JOPE-310"


class ExportUnsettledError(ExportError):
    """No checkpoint covers the export, so that nobody could verify the bundle."""

    code = "JOPE-311"
    remedy = "Look at the station's clock and its alarms, then export again."


class BundleTooLargeError(ExportError):
    """What is exported does not fit into one bundle."""

    code = "JOPE-312"
    remedy = "Export single records with --subject."


class AnchorError(LedgerError):
    """A checkpoint could not be kept outside the station."""

    code = "JOPE-320"
    remedy = "Look at the anchor's machine and the network between; the station goes on trying."


class AnchorUnreachableError(AnchorError):
    """An anchor does not answer in time."""

    code = "JOPE-321"


class AnchorDisagreesError(AnchorError):
    """An anchor remembers another trail than this one: the trail was rewritten, cut off, or an older file was put back."""

    code = "JOPE-322"
    remedy = "Stop releasing batches, keep all files as they are, call QA and run 'jope audit verify --online'."


class AnchorRefusedError(AnchorError):
    """An anchor does not take this station's checkpoints: the trail or its client certificate is not registered there, or a key is unknown."""

    code = "JOPE-323"
    remedy = "Register trail and certificate at the witness ('jope witness add'), or correct policy.json."


class PinError(AnchorError):
    """Another machine than the pinned one answers, or an answer is not signed by the pinned key."""

    code = "JOPE-324"
    remedy = "Compare the fingerprint in policy.json with the one that 'jope witness init' printed; somebody may stand in between."


class AnchorConflictError(AnchorDisagreesError):
    """A folder holds another checkpoint under the name of this one. It was not overwritten."""

    code = "JOPE-325"


class WitnessError(EnvironmentFaultError):
    """The witness's own directory is not there, is damaged, or says something else than what is asked."""

    code = "JOPE-326"
    remedy = "Stop the witness, keep its directory as it is, and look at the named file."


class WitnessRequestError(LedgerError):
    """A request to the witness is malformed."""

    code = "JOPE-327"
    remedy = "Use the product's own client, or the form of C2SP tlog-witness."


class ProtectorError(EnvironmentFaultError):
    """The keys of the station cannot be unwrapped, or not be wrapped."""

    code = "JOPE-330"
    remedy = "See docs/operations/keys.md."


class ProtectorUnavailableError(ProtectorError):
    """The key protector that station.toml names is not there on this machine."""

    code = "JOPE-331"
    remedy = "Install what the protector needs, or name another one in station.toml; see docs/operations/keys.md."


class WrappingKeyMissingError(ProtectorError):
    """The protector does not hold the wrapping key of this station."""

    code = "JOPE-332"
    remedy = "Run as the station's own user on the station's own machine; a copy of the files alone opens nothing."


class WrappingKeyWrongError(ProtectorError):
    """A wrapped key does not open under this wrapping key: it is another station's, was changed, or was moved under another name."""

    code = "JOPE-333"
    remedy = "Put the station's own key files back, or restore a backup."


# --- services -----------------------------------------------------------------------------------------------------------
class ChannelError(EnvironmentFaultError):
    """An alarm channel did not take a notice."""

    code = "JOPE-600"
    remedy = "Look at the channel's server and the network between; the station goes on trying."


class ChannelUnreachableError(ChannelError):
    """The channel's server does not answer in time, or closed the connection."""

    code = "JOPE-601"


class ChannelRefusedError(ChannelError):
    """The channel's server answers and refuses: sender, receiver or password."""

    code = "JOPE-602"
    remedy = "Correct the channel in policy.json or its password ('jope health set-password'), or have the server take this sender."


class ChannelPinError(ChannelError):
    """The channel's server shows a certificate that the pinned CA file does not vouch for, or offers no TLS."""

    code = "JOPE-603"
    remedy = "Compare the server's certificate with the CA file that policy.json names; somebody may stand in between."


class ChannelSecretError(ChannelError):
    """The password of a channel is not there or does not open."""

    code = "JOPE-604"
    remedy = "Set it again: 'jope health set-password --data DIR --channel NAME'."


class OutputDriverMissingError(SettingsError):
    """The policy names an output whose driver is not installed."""

    code = "JOPE-605"
    remedy = "Install the driver, or take the channel out of policy.json."


class SinkUnavailableError(SettingsError):
    """The sink of security events that the policy names does not exist on this system."""

    code = "JOPE-606"
    remedy = "Name a syslog in policy.json, or run on the system that has the sink."


class HealthUnreadableError(EnvironmentFaultError):
    """The state of a station cannot be read."""

    code = "JOPE-607"
    remedy = "Look at the files of the station directory; 'jope audit verify' says more."


# --- guards and life cycles ------------------------------------------------------------------------------------------


class RefusedError(JopeError):
    """The command is allowed, but not now: a guard or a rule stands against it."""

    code = "JOPE-500"


class WeakCredentialError(RefusedError):
    """A new password does not follow the station's profile."""

    code = "JOPE-110"
    remedy = "Choose another one."


class MalformedCommandError(RefusedError):
    """A field of a command has another type, is too long, or holds characters that no record may hold."""

    code = "JOPE-018"
    remedy = "Type it again, shorter and without control characters."


class ReusedCommandError(RefusedError):
    """The id of a command was used before, by somebody else or for another command."""

    code = "JOPE-019"
    remedy = "Give the command again."


class TransitionError(RefusedError):
    """The life cycle has no such arrow from the present state."""

    code = "JOPE-501"
    remedy = "Finish the step that comes first."


class GuardRefusedError(RefusedError):
    """A guard refused; ``message`` says what is missing and ``what_to_do`` who can resolve it."""

    code = "JOPE-502"


class WeighingRefusedError(RefusedError):
    """A weighing attempt was not accepted. The attempt is kept."""

    code = "JOPE-510"
    remedy = "Correct the load and weigh again."


class OutOfTurnError(GuardRefusedError):
    """Another lot expires first; this one is taken with a reason."""

    code = "JOPE-522"


class CertificateError(RefusedError):
    """A document is no certificate of analysis that can be read; the lot stays as it is. ``rule`` says what is wrong with it."""

    code = "JOPE-520"
    remedy = "Ask the supplier for a readable PDF and file that; the lot stays in quarantine."

    def __init__(self, rule: str, message: str) -> None:
        super().__init__(message)
        self.rule = rule


class ScanError(RefusedError):
    """A scanned code is malformed or means more than one thing. ``rule`` says why."""

    code = "JOPE-521"
    remedy = "Scan the label again, or type lot and container."

    def __init__(self, rule: str, message: str) -> None:
        super().__init__(message)
        self.rule = rule


class VerificationCancelledError(RefusedError):
    """A verification of the trail was cancelled, or another one runs; there is no verdict."""

    code = "JOPE-302"
    remedy = "Verify again."


# --- devices ---------------------------------------------------------------------------------------------------------


class DeviceError(JopeError):
    """A device did not do or say what was asked."""

    code = "JOPE-400"
    remedy = "Look at the device and its cable."


class DeviceOfflineError(DeviceError):
    """The device does not answer."""

    code = "JOPE-401"
    remedy = "Check power and cable; the driver reconnects by itself."


class FrameError(DeviceError):
    """A frame from the device cannot be understood; no value was taken from it."""

    code = "JOPE-402"


class DeviceIdentityError(DeviceError):
    """Another device answers than the registered one (serial number or firmware)."""

    code = "JOPE-403"
    remedy = "Connect the registered device, or have the change approved."


class DeviceRefusedError(DeviceError):
    """The device refused the command (busy, over- or underload, logical error)."""

    code = "JOPE-404"
    remedy = "Wait until the device is ready and try again."


class DeviceIndeterminateError(DeviceError):
    """A command to the device got no answer in time: whether it was carried out is not known. It is not repeated by itself."""

    code = "JOPE-405"
    remedy = "Look at the device, then decide."


class DeviceTrustError(DeviceError):
    """A device's certificate is not on the trust list, or the device refuses the station's certificate or account."""

    code = "JOPE-406"
    remedy = "Compare the certificate's thumbprint with the device's own and request its approval, or have the account mended."

    def __init__(self, message: str, *, remedy: str | None = None, certificate_der: bytes = b"") -> None:
        super().__init__(message, remedy=remedy)
        self.certificate_der = certificate_der
        """The certificate that the device showed, for its approval; empty where it is not about that."""


class DeviceSecretError(DeviceError):
    """The station's certificate or account for a device cannot be read from its sealed file."""

    code = "JOPE-407"
    remedy = "Set the account again with 'jope devices set-account'; a lost certificate is made anew when its file is moved away."
