"""Certificates of key changes: how somebody who knows a trail's genesis key alone comes to know the key of today. No I/O.

A station's checkpoints are signed by the key of the day. Each ``key.rotated`` event is signed by the outgoing key and stands in the tree, so the event
itself is the certificate: body, salt and payload, the link before it, the commit's signature, and a proof that it is a leaf of the tree that is shown.

Rules:

1. ``leaf = SHA256(0x00 || body)``, ``hash = SHA256(0x02 || prev || leaf)``; the outgoing key accepts the signature over origin, seq and hash (``ledger.py``).
2. The body says ``key.rotated`` and ``SHA256(salt || payload)``; the payload names the next key.
3. The leaf is number ``seq`` of the tree whose checkpoint comes with it (RFC 6962, section 2.1.1): no key is learned that the shown trail does not hold.
4. A rotation is the last event that the outgoing key signs: the next key signs from ``seq + 1``.

One certificate is about 2 KB. Where many days lie between, the station shows its older checkpoints on the way, each with its days.
"""

from __future__ import annotations

import base64
import binascii
import json
from dataclasses import dataclass
from typing import Any

from jope.compliance.audit import ledger
from jope.compliance.audit.actions import Action
from jope.compliance.audit.merkle import includes
from jope.compliance.audit.notes import Checkpoint
from jope.kernel.canonical import canonical_text, parse_canonical
from jope.kernel.crypto.signing import VerifyingKey
from jope.kernel.errors import AnchorRefusedError, CanonicalFormError, WitnessRequestError

_FIELDS = frozenset(("body", "payload", "prev", "proof", "salt", "sig"))
_HASH_BYTES = 32
_SIGNATURE_BYTES = 64
_PROOF_NODES = 63


@dataclass(frozen=True, slots=True)
class Epoch:
    """A signing key (32 bytes) and the first event that it signs."""

    first: int
    public: bytes


@dataclass(frozen=True, slots=True)
class Rotation:
    """One ``key.rotated`` event as it stands in the trail, with the audit path of its leaf (lowest node first, 32 bytes each)."""

    body: str
    salt: bytes
    payload: str
    prev: bytes
    sig: bytes
    path: tuple[bytes, ...]

    @property
    def line(self) -> str:
        """The certificate as one line of canonical JSON."""
        return canonical_text(
            {
                "body": self.body,
                "payload": self.payload,
                "prev": self.prev.hex(),
                "proof": [base64.b64encode(node).decode("ascii") for node in self.path],
                "salt": self.salt.hex(),
                "sig": self.sig.hex(),
            }
        )

    def follows(self, known: Epoch, shown: Checkpoint) -> Epoch:
        """The epoch that this event opens after a known one.

        Args:
            known: the newest epoch that is known.
            shown: the checkpoint that comes with the certificate; its signature is not looked at here.

        Raises:
            AnchorRefusedError: the event is no change of key, is not signed by the known key, or does not stand in the shown tree.
        """
        try:
            event, details = json.loads(self.body), json.loads(self.payload)["details"]
            seq, action, digest, public = event["seq"], event["action"], event["payload"], bytes.fromhex(details["public_key"])
        except (ValueError, KeyError, TypeError, RecursionError) as error:
            raise AnchorRefusedError("A certificate of a key change holds no such event.") from error
        if type(seq) is not int or action != Action.KEY_ROTATED or len(public) != _HASH_BYTES:
            raise AnchorRefusedError("A certificate of a key change holds another event.")
        leaf = ledger.leaf_of(self.body)
        message = ledger.commit_message(shown.origin, seq, ledger.hash_of(self.prev, leaf))
        if seq < known.first or not VerifyingKey(known.public).accepts(self.sig, message):
            raise AnchorRefusedError(f"The change of key at event {seq} is not signed by the key before it.")
        if ledger.payload_digest(self.salt, self.payload) != digest:
            raise AnchorRefusedError(f"The change of key at event {seq} names another key than the trail.")
        if not includes(shown.root, shown.size, seq - 1, leaf, self.path):
            raise AnchorRefusedError(f"The change of key at event {seq} does not stand in the trail that is shown.")
        return Epoch(seq + 1, public)


def read_rotation(line: str) -> Rotation:
    """Read a certificate back; whether it holds is asked of what comes back.

    Raises:
        WitnessRequestError: the line is no certificate.
    """
    try:
        value: Any = parse_canonical(line)
        if not isinstance(value, dict) or value.keys() != _FIELDS:
            raise WitnessRequestError("A certificate of a key change has other fields.")
        path = tuple(base64.b64decode(node, validate=True) for node in value["proof"])
        salt, prev, sig = (bytes.fromhex(value[name]) for name in ("salt", "prev", "sig"))
        body, payload = value["body"], value["payload"]
    except (CanonicalFormError, binascii.Error, ValueError, TypeError) as error:
        raise WitnessRequestError("A certificate of a key change cannot be read.") from error
    sizes = {len(prev), *map(len, path)} == {_HASH_BYTES} and len(sig) == _SIGNATURE_BYTES and len(path) <= _PROOF_NODES
    if not sizes or not isinstance(body, str) or not isinstance(payload, str):
        raise WitnessRequestError("A part of a certificate has another length.")
    return Rotation(body, salt, payload, prev, sig, path)
