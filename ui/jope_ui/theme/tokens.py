"""The colour table. Quiet greys carry the normal state; saturated colour is kept for what is abnormal (ISA-101).

Every pair of colours that the client draws upon each other stands in ``contrast_pairs`` with the ratio it has to reach, so that a test can hold the
table to it: text 4.5:1, values 7:1, edges, focus and shapes 3:1 (WCAG 2.2, 1.4.3 and 1.4.11).
"""

from __future__ import annotations

from dataclasses import dataclass

TEXT = 4.5
VALUE = 7.0
SHAPE = 3.0


@dataclass(frozen=True, slots=True)
class Tokens:
    """One theme. All colours are ``#rrggbb``."""

    name: str
    window: str
    panel: str
    button: str
    pressed: str
    field: str
    edge: str
    soft_edge: str
    text: str
    quiet: str
    primary: str
    primary_pressed: str
    on_primary: str
    focus: str
    trough: str
    band: str
    pointer: str
    scrim: str
    alarm_1: str
    on_alarm_1: str
    alarm_2: str
    on_alarm_2: str
    alarm_3: str
    on_alarm_3: str
    alarm_4: str
    on_alarm_4: str
    alarm_edge: str

    def alarm(self, priority: int) -> tuple[str, str]:
        """Fill and figure colour of an alarm shape; 4 is diagnostic."""
        return {
            1: (self.alarm_1, self.on_alarm_1),
            2: (self.alarm_2, self.on_alarm_2),
            3: (self.alarm_3, self.on_alarm_3),
        }.get(priority, (self.alarm_4, self.on_alarm_4))


LIGHT = Tokens(
    name="light",
    window="#d3d6d9",
    panel="#e6e8ea",
    button="#c8ccd0",
    pressed="#b4b9be",
    field="#f8f9fa",
    edge="#62676c",
    soft_edge="#bfc4c9",
    text="#14171a",
    quiet="#3c4247",
    primary="#2c343c",
    primary_pressed="#14181c",
    on_primary="#f5f7f8",
    focus="#0b57b0",
    trough="#c3c8cd",
    band="#9fb0bd",
    pointer="#1b2126",
    scrim="#3a4046",
    alarm_1="#c8141d",
    on_alarm_1="#ffffff",
    alarm_2="#ef8200",
    on_alarm_2="#14171a",
    alarm_3="#f5c800",
    on_alarm_3="#14171a",
    alarm_4="#1c5fb8",
    on_alarm_4="#ffffff",
    alarm_edge="#14171a",
)

NIGHT = Tokens(
    name="night",
    window="#1a1d20",
    panel="#25292d",
    button="#363c42",
    pressed="#454c53",
    field="#121416",
    edge="#8d959c",
    soft_edge="#3a4147",
    text="#eceff1",
    quiet="#bcc3c9",
    primary="#cfd5da",
    primary_pressed="#ffffff",
    on_primary="#14171a",
    focus="#8ab8f5",
    trough="#3a4147",
    band="#5a6c7a",
    pointer="#eceff1",
    scrim="#000000",
    alarm_1="#e0343c",
    on_alarm_1="#ffffff",
    alarm_2="#f59a23",
    on_alarm_2="#14171a",
    alarm_3="#f7d21e",
    on_alarm_3="#14171a",
    alarm_4="#3f7fd6",
    on_alarm_4="#ffffff",
    alarm_edge="#eceff1",
)


def contrast_pairs(tokens: Tokens) -> tuple[tuple[str, str, str, float], ...]:
    """What is drawn on what: (use, foreground, background, least ratio)."""
    grounds = (("window", tokens.window), ("panel", tokens.panel), ("field", tokens.field))
    values = tuple((f"value on {name}", tokens.text, ground, VALUE) for name, ground in grounds)
    quiets = tuple((f"quiet text on {name}", tokens.quiet, ground, TEXT) for name, ground in grounds)
    edges = tuple((f"edge on {name}", tokens.edge, ground, SHAPE) for name, ground in grounds)
    focus = tuple((f"focus on {name}", tokens.focus, ground, SHAPE) for name, ground in grounds)
    shapes = tuple((f"alarm edge on {name}", tokens.alarm_edge, ground, SHAPE) for name, ground in grounds)
    figures = tuple(
        (f"figure of alarm {priority}", tokens.alarm(priority)[1], tokens.alarm(priority)[0], SHAPE) for priority in (1, 2, 3, 4)
    )
    return (
        *values, *quiets, *edges, *focus, *shapes, *figures,
        ("text on button", tokens.text, tokens.button, VALUE),
        ("text on pressed button", tokens.text, tokens.pressed, TEXT),
        ("quiet text on button", tokens.quiet, tokens.button, TEXT),
        ("text on primary", tokens.on_primary, tokens.primary, VALUE),
        ("text on pressed primary", tokens.on_primary, tokens.primary_pressed, VALUE),
        ("primary on window", tokens.primary, tokens.window, SHAPE),
        ("primary on panel", tokens.primary, tokens.panel, SHAPE),
        ("focus on button", tokens.focus, tokens.button, SHAPE),
        ("edge on button", tokens.edge, tokens.button, SHAPE),
        ("value on band", tokens.text, tokens.band, TEXT),
        ("pointer on trough", tokens.pointer, tokens.trough, SHAPE),
        ("pointer on band", tokens.pointer, tokens.band, SHAPE),
    )  # fmt: skip


def luminance(colour: str) -> float:
    """Relative luminance of ``#rrggbb`` (WCAG 2.2)."""
    channels = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(first: str, second: str) -> float:
    """Contrast ratio of two colours, 1 to 21."""
    high, low = sorted((luminance(first), luminance(second)), reverse=True)
    return (high + 0.05) / (low + 0.05)
