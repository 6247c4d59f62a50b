"""What materials are called on the screen: how a lot stands, and what moved."""

from __future__ import annotations

from PySide6.QtCore import QObject

from jope.plant.materials.standing import Standing


class LotWords(QObject):
    """Words of lots in the language of the screen."""

    def standing(self, standing: Standing) -> str:
        """How a lot stands, as its status label says it."""
        return {
            Standing.QUARANTINE: self.tr("Quarantine"),
            Standing.HOLD: self.tr("On hold"),
            Standing.RELEASED: self.tr("Released"),
            Standing.REJECTED: self.tr("Rejected"),
            Standing.VOIDED: self.tr("Voided"),
            Standing.EXPIRED: self.tr("Expired"),
            Standing.RETEST_DUE: self.tr("Retest due"),
        }[standing]

    def movement(self, kind: str) -> str:
        """What moved."""
        words = {
            "received": self.tr("received"),
            "issued": self.tr("issued"),
            "used": self.tr("used"),
            "returned": self.tr("returned"),
            "waste": self.tr("waste"),
            "sampled": self.tr("sampled"),
            "adjusted": self.tr("adjusted"),
        }
        return words.get(kind, kind)
