"""The one style sheet, generated from tokens and metrics.

Widgets carry the dynamic properties ``role`` (what a thing is: card, title, value, quiet, primary, ...) and ``state`` (how it stands: blocked, done,
current, bad, ...). No widget sets colours or font sizes of its own.
"""

from __future__ import annotations

from jope_ui.theme.metrics import CELL_PAD_MM, DENSE_MM, NAVIGATION_MM, ROUTINE_MM, SIGN_MM, Metrics
from jope_ui.theme.tokens import Tokens

FAMILY = '"DejaVu Sans", "Segoe UI", sans-serif'
MONO = '"DejaVu Sans Mono", "Consolas", monospace'


def style_sheet(t: Tokens, m: Metrics) -> str:
    """The style sheet of one theme on one panel."""
    return "\n".join((_ground(t, m), _texts(t, m), _buttons(t, m), _fields(t, m), _frames(t, m), _tables(t, m)))


def _ground(t: Tokens, m: Metrics) -> str:
    return f"""
QWidget {{ font-family: {FAMILY}; font-size: {m.body}px; color: {t.text}; }}
QWidget#window, QWidget[role="page"], QWidget[role="ground"] {{ background: {t.window}; }}
QToolTip {{ font-size: {m.small}px; color: {t.text}; background: {t.field}; border: 1px solid {t.edge}; padding: {m.px(1)}px; }}
QScrollArea, QScrollArea > QWidget > QWidget {{ background: transparent; border: none; }}
QScrollBar:vertical {{ background: {t.window}; width: {m.px(8)}px; margin: 0; border: none; }}
QScrollBar::handle:vertical {{ background: {t.edge}; min-height: {m.px(12)}px; margin: {m.px(1)}px; border-radius: {m.px(1)}px; }}
QScrollBar:horizontal {{ background: {t.window}; height: {m.px(8)}px; margin: 0; border: none; }}
QScrollBar::handle:horizontal {{ background: {t.edge}; min-width: {m.px(12)}px; margin: {m.px(1)}px; border-radius: {m.px(1)}px; }}
QScrollBar::add-line, QScrollBar::sub-line {{ width: 0; height: 0; }}
QScrollBar::add-page, QScrollBar::sub-page {{ background: transparent; }}
"""


def _texts(t: Tokens, m: Metrics) -> str:
    return f"""
QLabel {{ background: transparent; }}
QLabel[role="small"] {{ font-size: {m.small}px; }}
QLabel[role="quiet"] {{ font-size: {m.small}px; color: {t.quiet}; }}
QLabel[role="body-quiet"] {{ color: {t.quiet}; }}
QLabel[role="strong"] {{ font-weight: bold; }}
QLabel[role="title"] {{ font-size: {m.title}px; font-weight: bold; }}
QLabel[role="heading"] {{ font-weight: bold; }}
QLabel[role="value"] {{ font-size: {m.value}px; font-weight: bold; }}
QLabel[role="status"] {{ font-size: {m.status}px; font-weight: bold; }}
QLabel[role="mono"] {{ font-family: {MONO}; font-size: {m.small}px; }}
QLabel[role="label"] {{ font-size: {m.small}px; }}
QLabel[role="error"] {{ font-size: {m.small}px; font-weight: bold; }}
QLabel[role="mark"] {{ font-weight: bold; color: {t.on_primary}; background: {t.primary}; padding: 0 {m.px(2)}px; border-radius: {m.px(0.8)}px; }}
QLabel[state="bad"] {{ color: {t.quiet}; }}
QLabel[state="error"] {{ font-weight: bold; }}
"""


def _buttons(t: Tokens, m: Metrics) -> str:
    edge, ring = 2, 3
    routine, sign, dense = (m.px(size) - 2 * edge for size in (ROUTINE_MM, SIGN_MM, DENSE_MM))
    two_lines = m.px(DENSE_MM + 1.5) - 2 * edge
    pad, navigation = m.px(3.5), m.px(NAVIGATION_MM)
    dot, thick = m.px(4), m.px(1.3)
    return f"""
QPushButton {{ background: {t.button}; border: {edge}px solid {t.edge}; border-radius: {m.px(0.8)}px;
  padding: 0 {pad}px; min-height: {routine}px; }}
QPushButton:pressed {{ background: {t.pressed}; }}
QPushButton:focus {{ border: {ring}px solid {t.focus}; min-height: {routine - 2}px; padding: 0 {pad - 1}px; }}
QPushButton[touch="sign"] {{ min-height: {sign}px; font-weight: bold; }}
QPushButton[touch="sign"]:focus {{ min-height: {sign - 2}px; }}
QPushButton[touch="dense"] {{ min-height: {dense}px; }}
QPushButton[touch="dense"]:focus {{ min-height: {dense - 2}px; }}
QPushButton[role="primary"] {{ background: {t.primary}; color: {t.on_primary}; border-color: {t.primary}; font-weight: bold; }}
QPushButton[role="primary"]:pressed {{ background: {t.primary_pressed}; }}
QPushButton[role="primary"]:focus {{ border: {ring}px solid {t.focus}; }}
QPushButton:disabled, QPushButton[role="primary"]:disabled {{ background: transparent; color: {t.quiet}; border: {edge}px dotted {t.edge}; }}
QPushButton[role="navigation"] {{ background: transparent; border: none; border-left: {m.px(1)}px solid transparent; border-radius: 0;
  text-align: left; padding: 0 {m.px(2)}px 0 {m.px(3)}px; min-height: {navigation}px; }}
QPushButton[role="navigation"]:checked {{ background: {t.panel}; border-left: {m.px(1)}px solid {t.primary}; font-weight: bold; }}
QPushButton[role="navigation"]:focus {{ border: {ring}px solid {t.focus}; border-left: {m.px(1)}px solid {t.focus};
  min-height: {navigation - 2 * ring}px; padding: 0 {m.px(2) - ring}px 0 {m.px(3)}px; }}
QPushButton[role="toggle"]:checked {{ background: {t.primary}; color: {t.on_primary}; border-color: {t.primary}; font-weight: bold; }}
QPushButton[role="toggle"]:checked:focus {{ border: {ring}px solid {t.focus}; }}
QPushButton[role="key"] {{ background: {t.field}; padding: 0; font-size: {m.body}px; border: 1px solid {t.edge};
  min-width: {m.px(ROUTINE_MM) - 2}px; min-height: {m.px(ROUTINE_MM) - 2}px; }}
QPushButton[role="key"][touch="dense"] {{ min-width: {m.px(DENSE_MM) - 2}px; min-height: {m.px(DENSE_MM) - 2}px; }}
QPushButton[role="key"]:pressed {{ background: {t.pressed}; }}
QPushButton[role="key"][state="function"] {{ background: {t.button}; font-size: {m.small}px; }}
QPushButton[role="key"]:checked {{ background: {t.primary}; color: {t.on_primary}; }}
QPushButton[state="countdown"] {{ background: {t.primary}; color: {t.on_primary}; font-weight: bold; }}
QRadioButton {{ background: {t.field}; border: {edge}px solid {t.edge}; border-radius: {m.px(0.8)}px; padding: 0 {m.px(3)}px; spacing: {m.px(2.5)}px;
  min-height: {dense}px; }}
QRadioButton[lines="2"] {{ min-height: {two_lines}px; }}
QRadioButton:checked {{ font-weight: bold; }}
QRadioButton:focus {{ border: {ring}px solid {t.focus}; min-height: {dense - 2}px; padding: 0 {m.px(3) - 1}px; }}
QRadioButton[lines="2"]:focus {{ min-height: {two_lines - 2}px; }}
QRadioButton::indicator {{ width: {dot}px; height: {dot}px; border: {edge}px solid {t.edge}; border-radius: {dot // 2 + edge}px;
  background: {t.field}; }}
QRadioButton::indicator:checked {{ border: {thick}px solid {t.primary}; width: {dot - 2 * thick + 2 * edge}px; height: {dot - 2 * thick + 2 * edge}px;
  background: {t.field}; }}
"""


def _fields(t: Tokens, m: Metrics) -> str:
    edge, ring = 2, 3
    routine, dense = (m.px(size) - 2 * edge for size in (ROUTINE_MM, DENSE_MM))
    pad = m.px(2.5)
    return f"""
QLineEdit {{ background: {t.field}; border: {edge}px solid {t.edge}; border-radius: {m.px(0.8)}px; padding: 0 {pad}px; min-height: {routine}px;
  selection-background-color: {t.primary}; selection-color: {t.on_primary}; placeholder-text-color: {t.quiet}; }}
QLineEdit:focus {{ border: {ring}px solid {t.focus}; padding: 0 {pad - 1}px; min-height: {routine - 2}px; }}
QLineEdit[touch="dense"] {{ min-height: {dense}px; }}
QLineEdit[touch="dense"]:focus {{ min-height: {dense - 2}px; }}
QLineEdit:disabled {{ background: transparent; color: {t.quiet}; border: {edge}px dotted {t.edge}; }}
"""


def _frames(t: Tokens, m: Metrics) -> str:
    radius = m.px(1.2)
    return f"""
QFrame[role="card"] {{ background: {t.panel}; border: 1px solid {t.soft_edge}; border-radius: {radius}px; }}
QFrame[role="sunken"] {{ background: {t.field}; border: 1px solid {t.soft_edge}; border-radius: {radius}px; }}
QFrame[role="sheet"] {{ background: {t.window}; border: 2px solid {t.edge}; border-radius: {radius}px; }}
QFrame[role="bar"] {{ background: {t.panel}; border: none; }}
QFrame[role="bar"][edge="bottom"] {{ border-bottom: 1px solid {t.edge}; }}
QFrame[role="bar"][edge="top"] {{ border-top: 1px solid {t.edge}; }}
QFrame[role="notice"] {{ background: {t.field}; border: 2px solid {t.edge}; border-radius: {radius}px; }}
QFrame[role="step"] {{ background: transparent; border: none; border-radius: {radius}px; }}
QFrame[role="step"][state="current"] {{ background: {t.field}; border: 2px solid {t.primary}; }}
QFrame[role="row"] {{ background: transparent; border: none; border-bottom: 1px solid {t.soft_edge}; }}
QFrame[role="rule"] {{ background: {t.soft_edge}; border: none; max-height: 1px; min-height: 1px; }}
"""


def _tables(t: Tokens, m: Metrics) -> str:
    return f"""
QTableView {{ background: {t.field}; alternate-background-color: {t.panel}; border: 1px solid {t.soft_edge}; gridline-color: {t.soft_edge};
  selection-background-color: {t.primary}; selection-color: {t.on_primary}; font-size: {m.small}px; outline: none; }}
QTableView:focus {{ border: 3px solid {t.focus}; }}
QTableView::item {{ padding: 0 {m.px(CELL_PAD_MM)}px; border: none; }}
QTableView::item:selected {{ background: {t.primary}; color: {t.on_primary}; }}
QHeaderView {{ background: {t.window}; border: none; }}
QHeaderView::section {{ background: {t.window}; color: {t.quiet}; font-size: {m.small}px; font-weight: bold; border: none;
  border-bottom: 1px solid {t.edge}; padding: {m.px(1)}px {m.px(1.5)}px; }}
"""
