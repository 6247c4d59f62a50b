"""What a new password must be: the station's profile, chosen by change request (URS A07; domain.md "Password profiles"; 21 CFR 11.300(b)).

Profiles are code with a source each; which one is in force is data. What every profile asks, whatever it is called: not the person's id or name, not a word
of the blocklist in disguise, and clearly different from the password before.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Final

from jope.kernel.errors import SettingsError

LONGEST_PASSWORD: Final = 128
SIMILAR: Final = 0.7
"""From this share of common letters in order, a new password is the old one with a change."""
_DAY_US: Final = 86_400_000_000
_LOOKS_LIKE: Final = str.maketrans("013457@$!|8", "oieastasiib")
_LEAST_WORD: Final = 4
_LEAST_DIFFERENT: Final = 6
"""So many different characters at least: 111222333444 is no password."""


@dataclass(frozen=True, slots=True)
class PasswordProfile:
    """One set of rules.

    ``days`` is how long a password is good for, 0 for ever; ``kinds`` how many of four kinds of characters it mixes; ``history`` how many earlier passwords
    are not taken again.
    """

    key: str
    title: str
    length: int
    days: int
    kinds: int
    history: int


PROFILES: Final = {
    p.key: p
    for p in (
        PasswordProfile("classic", "Classic (21 CFR 11.300(b)): 90 days, 12 characters", 12, 90, 0, 10),
        PasswordProfile("annex11_draft", "Annex 11, draft of 2025, clause 11.5: no expiry, 12 characters of three kinds", 12, 0, 3, 10),
        PasswordProfile("nist", "NIST SP 800-63B-4: no expiry, 15 characters, no composition rules", 15, 0, 0, 10),
    )
}
DEFAULT_PROFILE: Final = "classic"


def profile_named(key: str) -> PasswordProfile:
    """The profile of a name.

    Raises:
        SettingsError: there is none of this name.
    """
    found = PROFILES.get(key)
    if found is None:
        raise SettingsError(f"There is no password profile '{key}'.", remedy=f"Choose one of {', '.join(PROFILES)}.")
    return found


def is_expired(profile: PasswordProfile, set_us: int, now_us: int) -> bool:
    """Whether a password set then is over now (UTC microseconds)."""
    return profile.days > 0 and now_us >= set_us + profile.days * _DAY_US


def weaknesses(profile: PasswordProfile, password: str, *, employee_id: str, name: str, before: str = "") -> Iterator[str]:
    """What is wrong with a new password, in sentences.

    Args:
        profile: the rules in force.
        password: as typed.
        employee_id: whose it is to be.
        name: that person's name; none of its parts may stand in the password.
        before: the password until now, where it was typed too.
    """
    if len(password) < profile.length:
        yield f"It is shorter than {profile.length} characters."
    if len(password) > LONGEST_PASSWORD:
        yield f"It is longer than {LONGEST_PASSWORD} characters."
    if _kinds(password) < profile.kinds:
        yield f"It mixes fewer than {profile.kinds} of: capitals, small letters, digits, other characters."
    plain = _squeezed(password)
    if any(_squeezed(part) in plain for part in (employee_id, *re.split(r"[\s-]+", name)) if len(part) >= _LEAST_WORD):
        yield "It holds your employee id or a part of your name."
    if _is_blocked(password):
        yield "It is a word, a row of keys or a repetition that is guessed first."
    if before and (SequenceMatcher(None, password.lower(), before.lower()).ratio() >= SIMILAR or _core(password) == _core(before) != ""):
        yield "It is too much like the one before."


def _kinds(password: str) -> int:
    tests = (str.isupper, str.islower, str.isdigit, lambda c: not c.isalnum())
    return sum(any(test(c) for c in password) for test in tests)


def _plain(text: str) -> str:
    """Small letters without accents, with look-alike characters read as the letters they stand for."""
    decomposed = unicodedata.normalize("NFKD", text.lower())
    return "".join(c for c in decomposed if not unicodedata.combining(c)).translate(_LOOKS_LIKE)


def _squeezed(text: str) -> str:
    """Letters and digits alone, look-alikes read as letters: what stands between the letters of a name does not hide it."""
    return re.sub(r"[^a-z0-9]", "", _plain(text))


def _core(password: str) -> str:
    """What is left without the digits and signs at the ends."""
    return re.sub(r"^[^a-z]+|[^a-z]+$", "", unicodedata.normalize("NFKD", password.lower()))


def _is_blocked(password: str) -> bool:
    letters = re.sub(r"[^a-z]", "", _plain(password))
    undisguised = re.sub(r"[^a-z]", "", unicodedata.normalize("NFKD", password.lower()))
    core = re.sub(r"[^a-z]", "", _core(password))
    if len(set(password.lower())) < _LEAST_DIFFERENT or _repeats(password.lower()) or _climbs(password.lower()):
        return True
    return any(_made_of(text, blocklist()) for text in {letters, undisguised, core} if text)


def _repeats(text: str) -> bool:
    """Whether a text is a shorter one again and again."""
    return len(text) > 1 and text in (text + text)[1:-1]


def _climbs(text: str) -> bool:
    """Whether most of a text is a row of neighbours, such as 12345678 or fedcba."""
    steps = [ord(b) - ord(a) for a, b in pairwise(text)]
    return len(steps) > 0 and max(steps.count(1), steps.count(-1)) >= 0.7 * len(steps)


def _made_of(text: str, words: frozenset[str]) -> bool:
    """Whether a text is nothing but words of a list, one or several."""
    ends = [True] + [False] * len(text)
    for end in range(1, len(text) + 1):
        ends[end] = any(ends[start] and text[start:end] in words for start in range(end))
    return ends[-1]


@cache
def blocklist() -> frozenset[str]:
    """The words that no password is made of."""
    lines = Path(__file__).with_name("blocklist.txt").read_text(encoding="utf-8").splitlines()
    return frozenset(line.strip() for line in lines if line and not line.startswith("#"))
