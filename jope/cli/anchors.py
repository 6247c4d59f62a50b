"""Checkpoints that somebody brings along to a verification."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from jope.compliance.audit.notes import Checkpoint, read_note
from jope.compliance.audit.verification.report import Finding, LayerVerdict, VerifyReport
from jope.kernel.errors import CheckpointError

SUFFIX = ".checkpoint"


def read_anchors(given: Iterable[str]) -> tuple[Checkpoint, ...]:
    """Read each as the text of a QR code, as a file, or as a folder of ``*.checkpoint`` files.

    Raises:
        CheckpointError: one cannot be read, or a folder holds none.
    """
    found: list[Checkpoint] = []
    for one in given:
        if "\n" in one:
            found.append(read_note(one if one.endswith("\n") else one + "\n"))
            continue
        path = Path(one)
        files = sorted(path.glob(f"*{SUFFIX}")) if path.is_dir() else [path]
        if not files:
            raise CheckpointError(f"The folder {one} holds no checkpoint.", remedy=f"Name a folder with files *{SUFFIX}.")
        found += [_of_file(file) for file in files]
    return tuple(found)


def _of_file(path: Path) -> Checkpoint:
    try:
        return read_note(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise CheckpointError(
            f"The checkpoint {path.name} cannot be read.", remedy="Give the text of the QR code, or a file that holds it."
        ) from error


@dataclass(frozen=True, slots=True)
class AskedOnline:
    """What the anchors of a policy remember, and which of them could not be asked."""

    checkpoints: tuple[Checkpoint, ...]
    problems: tuple[Finding, ...]

    def added_to(self, report: VerifyReport) -> VerifyReport:
        """The report with a finding for each anchor that was to be asked and did not answer."""
        if not self.problems:
            return report
        layers = dict(report.layers) | {"anchors": LayerVerdict.FINDINGS.value}
        return replace(report, ok=False, layers=layers, findings=(*report.findings, *self.problems))


def ask_online(data: Path, policy_file: Path | None) -> AskedOnline:
    """Ask the anchors that the station's policy names, each within its deadline.

    Raises:
        SettingsError: the policy cannot be read.
    """
    from jope.kernel.clock import SystemClock
    from jope.kernel.settings.files import StationFolder, read_policy
    from jope.kernel.settings.key_files import key_files_of
    from jope.services.anchoring.online import ask_anchors
    from jope.services.anchoring.settingup import identity_of

    folder = StationFolder(data)
    policy = read_policy(policy_file) if policy_file is not None else folder.policy()
    answers = ask_anchors(policy, lambda: identity_of(key_files_of(folder)), SystemClock())
    problems = tuple(
        Finding("anchors", None, f"anchor {a.name}", f"What it remembers is not known: {a.problem}") for a in answers if a.problem
    )
    return AskedOnline(tuple(point for answer in answers for point in answer.checkpoints), problems)
