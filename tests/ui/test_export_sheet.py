"""The export sheet of the audit viewer: nothing chosen beforehand, the event before the file, a bundle that its own verifier accepts (URS C13, O03, O07)."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from jope_ui.dialogs.export_bundle import ExportSheet
from PySide6.QtWidgets import QAbstractButton

from jope.bootstrap import Station
from jope.compliance.audit.queries import AuditFilter, audit_rows, audit_seqs
from jope.services.exports.verifier import verify
from tests.support.demo import Crew
from tests.ui.conftest import PANELS, Client, OpenClient


def _sheet(client: Client) -> ExportSheet:
    """The sheet, once the chosen event was read."""
    client.qtbot.waitUntil(lambda: any(one.isVisible() for one in client.window.findChildren(ExportSheet)), timeout=10_000)
    return next(one for one in client.window.findChildren(ExportSheet) if one.isVisible())


@pytest.mark.parametrize("panel", list(PANELS))
@pytest.mark.req("C13", "O03", "O07", "C08")
def test_a_record_is_exported_from_the_trail(open_client: OpenClient, panel: str, station: Station, tmp_path: Path) -> None:
    client = open_client(panel, "D-QA")
    client.window.client.print_folder = tmp_path
    client.open("audit")
    client.type("audit-record", "batch:B-7")
    client.qtbot.waitUntil(lambda: ("batch", "B-7") in client.window.pages["audit"].records, timeout=10_000)  # type: ignore[attr-defined]
    client.click("audit-export")
    _sheet(client)
    give = client.seen(QAbstractButton, "export-give")
    assert give is not None
    client.qtbot.waitUntil(lambda: "Missing" in _sheet(client).export.reason.text())
    assert not give.isEnabled()
    client.click("export-batch")
    client.click("export-give")
    client.qtbot.waitUntil(lambda: "exported" in _sheet(client).result.text(), timeout=30_000)
    (made,) = tmp_path.glob("*.zip")
    assert made.name in _sheet(client).facts.text().replace("\u200b", "")
    assert verify.main([str(made), "--genesis", station.policy.genesis_public_key]) == 0
    bare = subprocess.run([sys.executable, "-I", str(Path(verify.__file__)), str(made)], capture_output=True, text=True, check=False)
    assert bare.returncode == 0, bare.stdout
    token = Crew(station).token("D-SUPER")
    (event,) = station.read(audit_rows, token, seqs=station.read(audit_seqs, token, filter=AuditFilter(action="data.exported")))
    assert (event.actor, event.subject) == ("D-QA", "batch B-7")
    client.click("export-close")


@pytest.mark.req("C13", "A03")
def test_who_may_not_export_reads_why(open_client: OpenClient, station: Station) -> None:
    client = open_client("wxga-12.1", "D-SUPER")
    client.open("audit")
    client.click("audit-export")
    sheet = _sheet(client)
    client.qtbot.waitUntil(lambda: "Asking" not in sheet.export.reason.text())
    client.click("export-trail")
    assert sheet.export.blocked
    assert sheet.export.reason.text() != ""


@pytest.mark.req("O07")
def test_a_folder_that_cannot_be_written_is_said(open_client: OpenClient, tmp_path: Path) -> None:
    client = open_client("wxga-12.1", "D-QA")
    (tmp_path / "file").write_text("in the way")
    client.window.client.print_folder = tmp_path / "file"
    client.open("audit")
    client.click("audit-export")
    sheet = _sheet(client)
    client.qtbot.waitUntil(lambda: "Missing" in sheet.export.reason.text())
    client.click("export-trail")
    client.click("export-give")
    client.qtbot.waitUntil(sheet.notice.isVisible, timeout=20_000)
    assert "JOPE-" in sheet.notice.code.text()
    assert not sheet.export.blocked
