"""The demo's master data come into being as they would anywhere: received, drafted, and approved by signature, each through the bus under a role's name."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Protocol

from jope.compliance.commands import Command, SignatureInput, SigningSheet
from jope.compliance.identity.commands import SignIn, SignOut
from jope.compliance.signatures.commands import AcceptAccountability
from jope.compliance.signatures.statements import STATEMENTS, Statement
from jope.plant.materials.commands import FileCertificate, ReceiveLot, ReleaseLot
from jope.plant.recipes.commands import ApproveRecipeVersion, DraftRecipeVersion
from jope.services.provisioning import demo_data as demo


class Face(Protocol):
    """The two verbs of a station that preparing needs."""

    def dispatch(self, command: Command, token: str | None = None, signature: SignatureInput | None = None) -> Any:
        """Run a command."""

    def statement_due(self, token: str | None) -> tuple[Statement, ...]:
        """The accountability statement, where it was not accepted yet."""

    def sheet(self, command: Command, token: str | None) -> SigningSheet:
        """What a signer is shown."""

    def keep_document(self, content: bytes, token: str | None) -> str:
        """Keep a document; returns its hash, hex."""


@contextmanager
def signed_in(face: Face, employee_id: str) -> Iterator[str]:
    """A session of a demo person; yields its token."""
    token: str = face.dispatch(SignIn(employee_id=employee_id, password=demo.DEMO_PASSWORD)).token
    yield token
    face.dispatch(SignOut(), token)


def sign_and_dispatch(face: Face, command: Command, token: str, employee_id: str, *, reason: str = "") -> Any:
    """Look at the sheet, sign it, run the command."""
    sheet = face.sheet(command, token)
    signature = SignatureInput(
        employee_id=employee_id, password=demo.DEMO_PASSWORD, meaning=sheet.meaning, shown_hash=sheet.record_hash, reason=reason
    )
    return face.dispatch(command, token, signature)


def accept_statement(face: Face, token: str, employee_id: str) -> None:
    """A demo person reads the accountability statement and accepts it by signature."""
    sign_and_dispatch(face, AcceptAccountability(number=STATEMENTS[-1].number, language="en"), token, employee_id)


def file_demo_certificate(face: Face, lot_no: str, token: str) -> None:
    """Put a one-page certificate of a lot on file."""
    document = one_page(f"{demo.DEMO_CERTIFICATE} {lot_no}")
    digest = face.keep_document(document, token)
    face.dispatch(FileCertificate(lot_no=lot_no, document_name=f"CoA-{lot_no}.pdf", document_hash=digest), token)


def one_page(text: str) -> bytes:
    """A PDF of one page with a line of plain text."""
    shown = text.replace("\\", "\\\\").replace("(", "\\(").replace(")", "\\)").encode("latin-1")
    stream = b"BT /F1 11 Tf 60 780 Td (%s) Tj ET" % shown
    bodies = (
        b"<< /Type /Catalog /Pages 2 0 R >>", b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream), b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    )  # fmt: skip
    document, places = b"%PDF-1.4\n", []
    for number, body in enumerate(bodies, 1):
        places.append(len(document))
        document += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    head = b"xref\n0 %d\n0000000000 65535 f \n" % (len(bodies) + 1)
    end = b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(bodies) + 1, len(document))
    return document + head + table + end


def prepare_demo_station(face: Face) -> None:
    """Receive and release the lots, draft and approve the recipe. Whoever signs accepts the accountability statement first."""
    draft = DraftRecipeVersion(
        recipe_id=demo.DEMO_RECIPE,
        version=1,
        product=demo.DEMO_PRODUCT,
        batch_size="1752.00",
        unit="g",
        lines=demo.DEMO_LINES,
        reason="first version",
    )
    with signed_in(face, "D-SUPER") as token:
        for lot_no, (code, receiving_no, quantity) in demo.DEMO_LOTS.items():
            face.dispatch(
                ReceiveLot(
                    lot_no=lot_no, material_code=code, receiving_no=receiving_no, quantity=quantity, unit="g", expiry=demo.DEMO_EXPIRY
                ),
                token,
            )
            file_demo_certificate(face, lot_no, token)
        face.dispatch(draft, token)
    with signed_in(face, "D-QA") as token:
        if face.statement_due(token):
            accept_statement(face, token, "D-QA")
        for lot_no in demo.DEMO_LOTS:
            sign_and_dispatch(face, ReleaseLot(lot_no=lot_no), token, "D-QA")
        sign_and_dispatch(face, ApproveRecipeVersion(recipe_id=demo.DEMO_RECIPE, version=1), token, "D-QA")
