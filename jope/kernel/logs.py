"""Structured logs for the people who run the station, one file a day, kept as long as the station's setting says (URS Q10).

Logs are not the audit trail. An exception leaves its type and its places (file, line, function) and neither its message nor a local variable: both may
hold a password. Libraries put such messages into their own texts too, so a record of theirs that comes with an exception leaves no text at all, and one
of asyncio, which prints tasks with what they raised and callbacks with what they were given, leaves a known sentence. Each record is one line of JSON:
nobody's text begins a line of its own.
"""

from __future__ import annotations

import json
import logging
import os
import re
import sys
import threading
import traceback
from collections.abc import Callable, MutableMapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Final

import structlog

from jope.kernel.clock import Clock, SystemClock

FaultListener = Callable[[BaseException, str], None]
"""Told of an exception that was logged, and where: the name of the logger or the type of the command."""
KEPT_DAYS: Final = 730
LEAST_FILES: Final = 30
"""So many of the newest daily files stay whatever the clock says, or one that jumps ahead would take all away; fewer where fewer days are kept."""
_OURS: Final = object()
"""Marks records whose text is a line of structlog's processors already. A text cannot carry it."""
_ASYNCIO: Final = (
    "Task exception was never retrieved",
    "Future exception was never retrieved",
    "Task was destroyed but it is pending!",
    "Exception in callback",
    "socket.send() raised exception.",
)
"""How texts of asyncio begin; what follows holds values."""
_listeners: list[FaultListener] = []


class DailyFile:
    """Lines of text in ``<stem>-YYYY-MM-DD.jsonl``, by the UTC day, mode 0600. Thread-safe. A new day takes the files that are too old away."""

    def __init__(self, folder: Path, stem: str, clock: Clock, keep_days: int) -> None:
        self._folder = folder
        self._stem = stem
        self._clock = clock
        self._keep_days = keep_days
        self._guard = threading.Lock()
        self._day = ""
        self._file: IO[str] | None = None

    def begin(self) -> None:
        """Open the day's file and take away what is too old.

        Raises:
            OSError: it could not be opened.
        """
        with self._guard:
            self._turn(day_of(self._clock.now().utc_us))

    def write(self, line: str) -> None:
        """Append one line.

        Raises:
            OSError: it could not be written.
        """
        with self._guard:
            day = day_of(self._clock.now().utc_us)
            if self._file is None or day != self._day:
                self._turn(day)
            assert self._file is not None
            self._file.write(line + "\n")
            self._file.flush()

    def close(self) -> None:
        """Close the day's file. A later line opens it again."""
        with self._guard:
            if self._file is not None:
                self._file.close()
            self._file = None

    def _turn(self, day: str) -> None:
        if self._file is not None:
            self._file.close()
        path = self._folder / f"{self._stem}-{day}.jsonl"
        self._file = os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "a", encoding="utf-8")
        self._day = day
        oldest = (datetime.fromisoformat(day) - timedelta(days=self._keep_days)).date().isoformat()
        for old, path in files_of(self._folder, self._stem)[: -min(LEAST_FILES, self._keep_days)]:
            if old < oldest:
                path.unlink(missing_ok=True)


def day_of(utc_us: int) -> str:
    """The UTC date, ISO 8601."""
    return datetime.fromtimestamp(utc_us // 1_000_000, UTC).date().isoformat()


def files_of(folder: Path, stem: str) -> list[tuple[str, Path]]:
    """(day, path) of the daily files of a stem, oldest first."""
    pattern = re.compile(rf"{re.escape(stem)}-(\d{{4}}-\d{{2}}-\d{{2}})\.jsonl")
    found = ((pattern.fullmatch(path.name), path) for path in folder.glob(f"{stem}-*.jsonl"))
    return sorted((match.group(1), path) for match, path in found if match is not None)


def frames_of(trace: TracebackType | None) -> list[dict[str, Any]]:
    """Where an exception came through, outermost first: file (from the package on), line, function. No source text, no value."""
    return [{"file": _from_package(f.filename), "line": f.lineno, "function": f.name} for f in traceback.extract_tb(trace)]


def _from_package(filename: str) -> str:
    parts = Path(filename).parts
    for name in ("site-packages", "jope", "jope_ui", "jope_drivers"):
        if name in parts:
            at = len(parts) - 1 - parts[::-1].index(name)
            return "/".join(parts[at + (name == "site-packages") :])
    return "/".join(parts[-2:])


class _DailyHandler(logging.Handler):
    """Writes records into the day's file and passes what they carry of exceptions on."""

    def __init__(self, file: DailyFile) -> None:
        super().__init__()
        self._file = file

    def emit(self, record: logging.LogRecord) -> None:
        try:
            self._file.write(self.format(record))
        except (OSError, ValueError):
            self.handleError(record)

    def close(self) -> None:
        self._file.close()
        super().close()


class _Formatter(logging.Formatter):
    """Lines of other libraries become JSON too; an exception stays without its message."""

    def __init__(self, clock: Clock) -> None:
        super().__init__()
        self._clock = clock

    def format(self, record: logging.LogRecord) -> str:
        if getattr(record, "jope_line", None) is _OURS:
            return record.getMessage()  # its processors told of its exception already
        fields: dict[str, Any] = {"level": record.levelname.lower(), "logger": record.name, "timestamp": _stamp(self._clock)}
        error = record.exc_info[1] if record.exc_info else None
        if error is None and isinstance(record.msg, BaseException):
            error = record.msg
        if error is not None:
            _told(error, record.name)
            fields |= _fault(error)
        if record.name.partition(".")[0] == "asyncio":
            text = str(record.msg)
            fields["event"] = next((known for known in _ASYNCIO if text.startswith(known)), "The event loop reported something.")
        elif error is None:
            fields["event"] = _text_of(record)
        return _as_json(fields)


def _text_of(record: logging.LogRecord) -> str:
    """The text of a library's record. An exception among its values leaves its type; values that do not fit the text are left out."""
    args = record.args
    if isinstance(args, tuple):
        args = tuple(_without_message(value) for value in args)
    elif args:
        args = {name: _without_message(value) for name, value in args.items()}
    try:
        return str(record.msg) % args if args else str(record.msg)
    except (TypeError, ValueError, LookupError):
        return str(record.msg)


def _without_message(value: object) -> object:
    return type(value).__name__ if isinstance(value, BaseException) else value


def _as_json(fields: MutableMapping[str, Any]) -> str:
    """One line: JSON escapes line breaks, and whatever is not ASCII."""
    return json.dumps(fields, sort_keys=True, default=lambda value: str(_without_message(value)))


def _fault(error: BaseException) -> dict[str, Any]:
    return {"exception": type(error).__name__, "frames": frames_of(error.__traceback__)}


def _stamp(clock: Clock) -> str:
    return datetime.fromtimestamp(clock.now().utc_us / 1_000_000, UTC).isoformat().replace("+00:00", "Z")


def on_fault(listener: FaultListener) -> Callable[[], None]:
    """Be told of every exception that is logged. Returns how to stop being told."""
    _listeners.append(listener)
    return lambda: _listeners.remove(listener) if listener in _listeners else None


def _told(error: BaseException, where: str) -> None:
    for listener in list(_listeners):
        listener(error, where)


def configure_logs(folder: Path | None = None, *, clock: Clock | None = None, keep_days: int = KEPT_DAYS) -> None:
    """Send JSON lines to ``folder``/jope-DATE.jsonl, or warnings to standard error where there is no folder."""
    time = clock or SystemClock()
    if folder is not None:
        folder.mkdir(parents=True, exist_ok=True)
        file = DailyFile(folder, "jope", time, keep_days)
        file.begin()
        handler: logging.Handler = _DailyHandler(file)
        level = logging.INFO
    else:
        handler, level = logging.StreamHandler(sys.stderr), logging.WARNING
    handler.setFormatter(_Formatter(time))
    logging.basicConfig(handlers=[handler], level=level, force=True)

    def stamp(_logger: Any, _method: str, fields: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
        fields["timestamp"] = _stamp(time)
        return fields

    def fault(logger: Any, _method: str, fields: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
        given = fields.pop("exc_info", None)
        error = given if isinstance(given, BaseException) else sys.exc_info()[1] if given else None
        if error is not None:
            _told(error, str(fields.get("command") or getattr(logger, "name", "") or fields.get("event", "")))
            fields.update(_fault(error))
        return fields

    def line(_logger: Any, _method: str, fields: MutableMapping[str, Any]) -> tuple[tuple[str], dict[str, Any]]:
        return (_as_json(fields),), {"extra": {"jope_line": _OURS}}

    structlog.configure(
        processors=[structlog.stdlib.add_log_level, stamp, fault, line],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )
