"""The weighing bar: limits, sides, quality; what is stale or bad is never shown as if live (hmi rule U17)."""

from __future__ import annotations

from decimal import Decimal

import pytest
from jope_ui.bridge.live import LiveValue
from jope_ui.theme import Theme
from jope_ui.viewmodels.line_facts import LineFacts
from jope_ui.viewmodels.weighing_bar import HIGH_AT, LOW_AT, BarScale, Zone
from jope_ui.widgets.badge import Namur, namur
from jope_ui.widgets.bar import BigBar
from jope_ui.widgets.labels import DASH, quantity_text
from jope_ui.widgets.live_band import LiveBand
from pytestqt.qtbot import QtBot

from jope.kernel.clock import ClockQuality, Instant
from jope.kernel.units import Quantity
from jope.plant.devices.ports import DeviceIdentity, DeviceState, DeviceStatus, Quality, Reading

SCALE = BarScale.of("812.0", "810.0", "814.0", "g")
NOW = Instant(1, 1, "boot", ClockQuality.HOLDOVER)


def live(
    grams: str, *, quality: Quality = Quality.GOOD, stable: bool = True, stale: bool = False, state: DeviceState = DeviceState.ONLINE
) -> LiveValue:
    quantity = None if quality is Quality.BAD else Quantity(Decimal(grams), "g")
    identity = DeviceIdentity("model", "serial", "1.0")
    reading = Reading("SC-1", 7, quantity, quality, stable, NOW, "S S", "ab", identity, "overload" if quality is Quality.BAD else "")
    return LiveValue("SC-1", reading, DeviceStatus("SC-1", state, identity, NOW), 1.5 if stale else 0.0, stale)


@pytest.fixture
def bar(qtbot: QtBot, theme: Theme) -> BigBar:
    """A bar with limits."""
    made = BigBar(theme)
    qtbot.addWidget(made)
    made.set_scale(SCALE)
    return made


@pytest.mark.req("F03", "F13")
@pytest.mark.parametrize(
    ("grams", "zone"),
    [("0", Zone.BELOW), ("809.99", Zone.BELOW), ("810.0", Zone.WITHIN), ("814.0", Zone.WITHIN), ("814.01", Zone.ABOVE), ("-3", Zone.BELOW)],
)
def test_the_limits_themselves_are_within(grams: str, zone: Zone) -> None:
    assert SCALE.zone(Decimal(grams)) is zone


@pytest.mark.req("F03")
def test_places_on_the_bar_grow_with_the_weight() -> None:
    weights = [Decimal(text) for text in ("-1", "0", "400", "809.9", "810", "812", "814", "815", "2000")]
    places = [SCALE.place(weight) for weight in weights]
    assert places == sorted(places)
    assert places[0] == places[1] == 0.0
    assert places[-1] == 1.0
    assert LOW_AT < SCALE.place(SCALE.target) < HIGH_AT


@pytest.mark.req("F03")
def test_another_unit_is_turned_into_the_bar_s_own() -> None:
    assert SCALE.value_of(Quantity(Decimal("0.812"), "kg")) == Decimal(812)


@pytest.mark.req("F01", "P11-09")
def test_a_live_value_is_shown_with_unit_quality_and_side(bar: BigBar) -> None:
    bar.show_value(live("811.3"))
    assert bar.value.text() == quantity_text("811.3", "g")
    assert bar.badge.words.text() == "stable"
    assert bar.zone.text() == "within the limits"
    assert bar.track.live
    assert "0.7" in bar.missing.text()


@pytest.mark.req("F01", "P11-09", "A09")
def test_the_band_above_the_lock_s_keyboard_shows_state_material_and_live_value(qtbot: QtBot, theme: Theme) -> None:
    band = LiveBand(theme)
    qtbot.addWidget(band)
    band.show()
    assert band.state.text() == "no batch in execution"
    assert not band.bar.isVisible()
    band.show_facts(LineFacts("B-7", "Citrate", "InExecution", "Running", "2  Cellulose", SCALE, "SC-1"))
    band.show_value(live("811.3"))
    assert (band.batch.text(), band.state.text(), band.material.text()) == ("B-7", "running", "2  Cellulose")
    assert band.bar.value.text() == quantity_text("811.3", "g")
    assert band.bar.isVisible()


@pytest.mark.req("F01", "P11-09")
def test_a_moving_value_says_so(bar: BigBar) -> None:
    bar.show_value(live("640.2", stable=False))
    assert bar.badge.words.text() == "moving"
    assert bar.zone.text() == "below the low limit"


@pytest.mark.req("F08", "P11-09")
def test_a_stale_value_is_never_shown_as_live(bar: BigBar) -> None:
    bar.show_value(live("811.3", stale=True))
    assert not bar.track.live
    assert bar.badge.words.text() == "stale, 1.5 s old"
    assert bar.zone.text() == ""
    assert bar.value.property("state") == "bad"
    assert bar.badge.shape_mark.letter is Namur.FAILURE


@pytest.mark.req("P11-09")
def test_a_bad_frame_has_no_value(bar: BigBar) -> None:
    bar.show_value(live("0", quality=Quality.BAD))
    assert bar.value.text() == DASH
    assert bar.badge.words.text() == "overload"
    assert not bar.track.live


@pytest.mark.req("J04", "P11-09")
@pytest.mark.parametrize(
    ("value", "letter"),
    [
        (live("1"), Namur.GOOD),
        (live("1", quality=Quality.UNCERTAIN), Namur.MAINTENANCE),
        (live("1", quality=Quality.BAD), Namur.OUT_OF_SPECIFICATION),
        (live("1", state=DeviceState.CONNECTING), Namur.CHECK),
        (live("1", state=DeviceState.BACKOFF), Namur.FAILURE),
        (live("1", state=DeviceState.GATED), Namur.FAILURE),
        (live("1", stale=True), Namur.FAILURE),
        (LiveValue("SC-1", None, None, 0.0, True), Namur.CHECK),
    ],
)
def test_devices_are_marked_by_namur_letters(value: LiveValue, letter: Namur) -> None:
    assert namur(value) is letter
    assert value.usable is (letter is Namur.GOOD)
