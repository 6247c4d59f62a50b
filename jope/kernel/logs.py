"""Structured logs for the people who run the station. Logs are not the audit trail, and no local variable ever stands in one: it may be a password."""

from __future__ import annotations

import logging
import sys
from pathlib import Path

import structlog


def configure_logs(folder: Path | None = None) -> None:
    """Send JSON lines to ``folder``/jope.log, or warnings to standard error where there is no folder."""
    if folder is not None:
        folder.mkdir(parents=True, exist_ok=True)
        handler: logging.Handler = logging.FileHandler(folder / "jope.log", encoding="utf-8")
        level = logging.INFO
    else:
        handler, level = logging.StreamHandler(sys.stderr), logging.WARNING
    logging.basicConfig(handlers=[handler], level=level, format="%(message)s", force=True)
    structlog.configure(
        processors=[
            structlog.stdlib.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(sort_keys=True),
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )
