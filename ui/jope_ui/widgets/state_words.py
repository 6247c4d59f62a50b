"""The words for states and roles."""

from __future__ import annotations

from PySide6.QtCore import QObject


class StateWords(QObject):
    """Turns the core's state names into words of the person's language."""

    def record(self, state: str) -> str:
        """The record life cycle."""
        words = {
            "planned": self.tr("planned"),
            "ready": self.tr("ready"),
            "inexecution": self.tr("in execution"),
            "inreview": self.tr("in review"),
            "released": self.tr("released"),
            "rejected": self.tr("rejected"),
            "voided": self.tr("voided"),
        }
        return words.get(plain_state(state), state)

    def role(self, role: str) -> str:
        """A role's title."""
        words = {
            "operator": self.tr("Operator"),
            "supervisor": self.tr("Supervisor"),
            "qa": self.tr("Quality assurance"),
            "qp": self.tr("Qualified person"),
            "admin": self.tr("Administrator"),
            "validation": self.tr("Validation"),
            "inspector": self.tr("Inspector"),
        }
        return words.get(role, role)

    def training(self, state: str) -> str:
        """How somebody stands to a procedure."""
        words = {
            "trained": self.tr("trained"),
            "outdated": self.tr("outdated"),
            "expired": self.tr("expired"),
            "never": self.tr("never trained"),
        }
        return words.get(state, state)

    def deviation(self, state: str) -> str:
        """The life cycle of a deviation, and its classes."""
        words = {
            "open": self.tr("open"),
            "classified": self.tr("classified"),
            "investigated": self.tr("investigated"),
            "closed": self.tr("closed"),
            "voided": self.tr("voided"),
            "minor": self.tr("minor"),
            "major": self.tr("major"),
            "critical": self.tr("critical"),
        }
        return words.get(state, state)

    def procedure(self, state: str) -> str:
        """The procedure state (ISA-88)."""
        words = {
            "idle": self.tr("idle"),
            "running": self.tr("running"),
            "pausing": self.tr("pausing"),
            "paused": self.tr("paused"),
            "holding": self.tr("holding"),
            "held": self.tr("held"),
            "restarting": self.tr("restarting"),
            "stopping": self.tr("stopping"),
            "stopped": self.tr("stopped"),
            "aborting": self.tr("aborting"),
            "aborted": self.tr("aborted"),
            "complete": self.tr("complete"),
        }
        return words.get(plain_state(state), state)


def plain_state(state: str) -> str:
    """A state name without case and underscores, to compare by."""
    return state.replace("_", "").replace(" ", "").lower()
