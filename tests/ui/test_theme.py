"""Colours, sizes and shapes (hmi rules U2, U3, U4, U5, U22)."""

from __future__ import annotations

import pytest
from jope_ui.theme import LIGHT, NIGHT, Metrics, Theme, Tokens
from jope_ui.theme.metrics import DENSE_MM, PITCH_FHD_15_6, PITCH_WXGA_12_1, ROUTINE_MM, SIGN_MM
from jope_ui.theme.tokens import contrast, contrast_pairs
from jope_ui.widgets.shapes import AlarmShape
from PySide6.QtGui import QImage
from pytestqt.qtbot import QtBot

ALL_PAIRS = [(tokens, pair) for tokens in (LIGHT, NIGHT) for pair in contrast_pairs(tokens)]


@pytest.mark.req("P11-16")
@pytest.mark.parametrize(("tokens", "pair"), ALL_PAIRS, ids=[f"{tokens.name}: {pair[0]}" for tokens, pair in ALL_PAIRS])
def test_every_pair_of_colours_reaches_its_contrast(tokens: Tokens, pair: tuple[str, str, str, float]) -> None:
    _, foreground, background, least = pair
    assert contrast(foreground, background) >= least


@pytest.mark.req("P11-16")
def test_contrast_is_the_formula_of_wcag() -> None:
    assert round(contrast("#000000", "#ffffff"), 2) == 21.0
    assert round(contrast("#767676", "#ffffff"), 2) == 4.54


@pytest.mark.req("P11-16")
@pytest.mark.parametrize("pitch", [PITCH_FHD_15_6, PITCH_WXGA_12_1])
def test_targets_are_never_smaller_than_their_millimetres(pitch: float) -> None:
    metrics = Metrics(pitch)
    for size in (DENSE_MM, ROUTINE_MM, SIGN_MM):
        assert size <= metrics.px(size) * pitch < size + pitch


@pytest.mark.req("P11-16")
def test_text_sizes_on_the_full_hd_panel() -> None:
    metrics = Metrics(PITCH_FHD_15_6)
    assert (metrics.small, metrics.body, metrics.value, metrics.status) == (22, 27, 45, 72)


@pytest.mark.req("K08")
@pytest.mark.parametrize("night", [False, True])
def test_each_priority_has_a_shape_and_a_colour_of_its_own(qtbot: QtBot, theme: Theme, night: bool) -> None:
    theme.set_night(night)
    outlines = set()
    colours = set()
    for priority in (1, 2, 3, 4):
        image = _drawn(qtbot, theme, priority)
        corners = tuple(image.pixelColor(x, y).alpha() > 127 for x, y in ((6, 6), (6, 56), (12, 12), (12, 52), (32, 6), (32, 57)))
        outlines.add(corners)
        colours.add(theme.tokens.alarm(priority)[0])
        assert theme.tokens.alarm(priority)[0] in {image.pixelColor(x, y).name() for x in range(64) for y in range(64)}
    assert len(outlines) == 4
    assert len(colours) == 4


def _drawn(qtbot: QtBot, theme: Theme, priority: int) -> QImage:
    shape = AlarmShape(theme, priority)
    qtbot.addWidget(shape)
    shape.setFixedSize(64, 64)
    image = QImage(64, 64, QImage.Format.Format_ARGB32)
    image.fill(0)
    shape.render(image, shape.rect().topLeft(), renderFlags=shape.RenderFlag.DrawChildren)
    return image
