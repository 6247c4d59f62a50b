"""The language of the screen: English is written in the program, other languages are files below ``resources/translations``."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QCoreApplication, QLibraryInfo, QLocale, QTranslator

from jope_ui.theme.icons import resource

_SPOKEN = "jope_language"


def speak(app: QCoreApplication, language: str = "") -> str:
    """Load the translation of a language (``de`` or ``de_AT``), the system's when none is given.

    Call it before the first window is made. A language without a translation leaves the program in English. Returns the language that is spoken.
    """
    wanted = (language or QLocale.system().name()).replace("-", "_").partition("_")[0].lower()
    file = resource(f"translations/jope_{wanted}.qm")
    app.setProperty(_SPOKEN, "en")
    if not _install(app, file):
        return "en"
    app.setProperty(_SPOKEN, wanted)
    _install(app, Path(QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)) / f"qtbase_{wanted}.qm")
    return wanted


def spoken() -> str:
    """The language that ``speak`` chose, for texts that are data: ``en`` or another one."""
    app = QCoreApplication.instance()
    return str(app.property(_SPOKEN) or "en") if app is not None else "en"


def _install(app: QCoreApplication, file: Path) -> bool:
    if not file.is_file():
        return False
    translator = QTranslator(app)
    return translator.load(str(file)) and app.installTranslator(translator)
