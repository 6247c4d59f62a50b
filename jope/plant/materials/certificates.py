"""Is this document a certificate that can be read? Pure (URS G04; 21 CFR 211.84(d)).

Each refusal has a rule of its own: ``missing``, ``empty``, ``not_a_pdf``, ``encrypted``, ``unreadable``. The lot stays in quarantine.
"""

from __future__ import annotations

import io

from pypdf import PdfReader
from pypdf.errors import PyPdfError

from jope.kernel.errors import CertificateError

_BROKEN = (
    PyPdfError,
    ValueError,
    KeyError,
    TypeError,
    AttributeError,
    IndexError,
    AssertionError,
    RecursionError,
    OSError,
    ZeroDivisionError,
    OverflowError,
)


def pages_of(content: bytes) -> int:
    """The number of pages of a certificate.

    Raises:
        CertificateError: the document is no PDF that shows anything.
    """
    if not content.strip():
        raise CertificateError("empty", "The certificate is an empty file.")
    if b"%PDF-" not in content[:1024]:
        raise CertificateError("not_a_pdf", "The certificate is not a PDF.")
    try:
        reader = PdfReader(io.BytesIO(content))
        if reader.is_encrypted:
            raise CertificateError("encrypted", "The certificate is encrypted; nobody could read it later.")
        shown = [page.get_contents() is not None and bool(page.get_contents().get_data().strip()) for page in reader.pages]  # type: ignore[union-attr]
    except _BROKEN as error:
        raise CertificateError("unreadable", "The certificate is a PDF that cannot be read.") from error
    if not any(shown):
        raise CertificateError("empty", "The certificate has no page that shows anything.")
    return len(shown)
