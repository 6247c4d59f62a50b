"""Passwords: Argon2id on a thread of its own, and the counters and throttles around it (URS A06, A08; 21 CFR 11.300(d))."""

from __future__ import annotations

import secrets
import threading
from collections import deque
from concurrent.futures import Future, ThreadPoolExecutor
from functools import cache
from typing import Final

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError, VerifyMismatchError

from jope.kernel.clock import Clock

MAX_FAILURES: Final = 3
"""So many wrong passwords in a row lock the account (domain.md "Password profiles")."""
REPEATED_FAILURES: Final = 2
"""So many wrong passwords in a row, the last of them at a signature, are told at once: somebody tries to sign as another (21 CFR 11.300(d))."""
SIGN_IN_LIMIT: Final = 10
SIGNING_LIMIT: Final = 5
_MINUTE_US: Final = 60_000_000
_CLEAR: Final = "abcdefghjkmnpqrstuvwxyz23456789"


@cache
def _dummy_hash() -> str:
    """What the password of somebody unknown is verified against; one for the process."""
    return PasswordHasher().hash("a password that nobody has")


def first_password() -> str:
    """A password to be told once and changed at once: 16 characters that nobody mistakes for each other, in groups of four (79 bits)."""
    letters = "".join(secrets.choice(_CLEAR) for _ in range(16))
    return "-".join(letters[at : at + 4] for at in range(0, 16, 4))


class PasswordProver:
    """Hashes and verifies on the proof thread, so that neither the GUI nor the command thread waits inside Argon2id."""

    def __init__(self) -> None:
        self._hasher = PasswordHasher()
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="jope-proof")
        self._thread.submit(_dummy_hash)  # ready before somebody is unknown

    def hash(self, password: str) -> str:
        """An Argon2id hash with the library's parameters (64 MiB, three passes, four lanes)."""
        return self._thread.submit(self._hasher.hash, password).result()

    def start(self, stored: str | None, password: str) -> Future[bool]:
        """Begin to find out whether the password belongs to the hash.

        Without a hash the same work is done against a dummy, so that both take the same time.
        """
        return self._thread.submit(self._verify, stored, password)

    def _verify(self, stored: str | None, password: str) -> bool:
        try:
            self._hasher.verify(stored if stored is not None else _dummy_hash(), password)
        except (VerifyMismatchError, VerificationError, InvalidHashError):
            return False
        return stored is not None

    def close(self) -> None:
        """End the thread."""
        self._thread.shutdown(wait=True, cancel_futures=True)


class Throttle:
    """Counts failures per name within one minute on the monotonic clock. Only failures count, so that nobody can lock others out by working fast."""

    def __init__(self, clock: Clock, limit: int) -> None:
        self._clock = clock
        self._limit = limit
        self._failures: dict[str, deque[int]] = {}
        self._guard = threading.Lock()

    def is_over(self, *names: str) -> bool:
        """Whether any of the names has used up its failures of this minute."""
        with self._guard:
            return any(len(self._recent(self._failures.get(name, deque()))) >= self._limit for name in names)

    def count(self, *names: str) -> None:
        """Note a failure under each name."""
        with self._guard:
            for name in names:
                self._recent(self._failures.setdefault(name, deque())).append(self._clock.monotonic_us())
            for stale in [n for n, stamps in self._failures.items() if not self._recent(stamps)]:
                del self._failures[stale]

    def _recent(self, stamps: deque[int]) -> deque[int]:
        while stamps and stamps[0] < self._clock.monotonic_us() - _MINUTE_US:
            stamps.popleft()
        return stamps
