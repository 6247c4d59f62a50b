"""How the client looks: colours with measured contrast, sizes in millimetres, one generated style sheet."""

from jope_ui.theme.appearance import Theme
from jope_ui.theme.metrics import Metrics
from jope_ui.theme.tokens import LIGHT, NIGHT, Tokens

__all__ = ["LIGHT", "NIGHT", "Metrics", "Theme", "Tokens"]
