"""What a new password must be (URS A07; A11d-10, A11d-11)."""

from __future__ import annotations

import pytest

from jope.compliance.settings.profiles import PROFILES, is_expired, weaknesses

DAY_US = 86_400_000_000
NAME, ID = "Otto Weissmann", "E-1001"


def wrong(password: str, *, profile: str = "classic", before: str = "") -> str:
    return " ".join(weaknesses(PROFILES[profile], password, employee_id=ID, name=NAME, before=before))


@pytest.mark.req("A07", "A11d-11")
@pytest.mark.parametrize("password", ["Walnut-Harbour-Evening", "Quiet-Kettle-2026", "tram 14 under the chestnuts", "Grüne-Fähre-Nebel"])
def test_words_that_nobody_guesses_are_taken(password: str) -> None:
    assert wrong(password) == ""


@pytest.mark.req("A07", "A11d-11")
@pytest.mark.parametrize(
    "password",
    [
        "password2026!", "P4ssw0rd-P4ssw0rd", "Password-Admin", "passwordpassword", "administrator", "dragon-monkey-1", "111222333444",
        "abcabcabcabd", "abcdefghijkl", "987654321098", "letmeinletmein",
    ],
)  # fmt: skip
def test_words_of_the_list_rows_and_repetitions_are_not(password: str) -> None:
    assert "guessed first" in wrong(password)


@pytest.mark.req("A07", "A11d-11")
@pytest.mark.parametrize(
    "password", ["weissmann-harbour", "We1ssmann-harbour", "W-e-i-s-s-m-a-n-n-99", "harbour-e1001-x", "h.o.t.t.o-Harbour"]
)
def test_name_and_id_are_found_in_disguise(password: str) -> None:
    assert "employee id or a part of your name" in wrong(password)


@pytest.mark.req("A07", "A11d-10")
@pytest.mark.parametrize("after", ["Quiet-Kettle-2027", "quiet-kettle-2026", "Quiet-Kettle-26!", "!!Quiet-Kettle-9"])
def test_the_old_one_with_a_change_is_not_another(after: str) -> None:
    assert "too much like" in wrong(after, before="Quiet-Kettle-2026")


@pytest.mark.req("A07", "P11-29")
def test_length_kinds_and_expiry_follow_the_profile() -> None:
    assert "15 characters" in wrong("Walnut-Harbour", profile="nist")
    assert "mixes fewer than 3" in wrong("walnutharbour evening".replace(" ", ""), profile="annex11_draft")
    assert is_expired(PROFILES["classic"], 0, 90 * DAY_US)
    assert not is_expired(PROFILES["classic"], 0, 90 * DAY_US - 1)
    assert not is_expired(PROFILES["nist"], 0, 10_000 * DAY_US)
