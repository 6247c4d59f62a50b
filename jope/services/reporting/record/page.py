"""What stands on every page: whose record it is, DEMO where it is one, the ledger's head, page x of y."""

from __future__ import annotations

from dataclasses import dataclass
from io import BytesIO
from typing import Any, Final

from reportlab.lib.colors import HexColor
from reportlab.lib.units import mm
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import BaseDocTemplate, Flowable, Frame, PageTemplate

from jope.services.reporting.record.fonts import BOLD, MONO, PLAIN, printable
from jope.services.reporting.record.look import BOTTOM, GREY, INK, MARGIN, PAGE, RED, RULE, TOP, WIDTH

_GHOST: Final = HexColor("#faf1f1")


@dataclass(frozen=True, slots=True)
class Running:
    """The running texts of a record. ``demo`` marks every page."""

    title: str
    batch: str
    product: str
    place: str
    printed: str
    head: str
    demo: bool


def compose(story: list[Flowable], running: Running) -> bytes:
    """Lay a record out on A4 pages. The same story gives the same bytes."""
    buffer = BytesIO()
    frame = Frame(MARGIN, BOTTOM, WIDTH, PAGE[1] - TOP - BOTTOM, leftPadding=0, rightPadding=0, topPadding=0, bottomPadding=0)
    document = BaseDocTemplate(
        buffer, pagesize=PAGE, title=f"{running.title} {running.batch}", author="Jope", subject=running.product, creator="Jope", invariant=1
    )
    document.addPageTemplates(PageTemplate(frames=[frame], onPage=lambda canvas, _: _before(canvas, running)))

    def numbered(*args: Any, **kwargs: Any) -> Canvas:
        return _NumberedCanvas(*args, running=running, **kwargs)

    document.build(story, canvasmaker=numbered)
    return buffer.getvalue()


class _NumberedCanvas(Canvas):
    """Keeps the pages until their number is known, then draws what runs along on each."""

    def __init__(self, *args: Any, running: Running, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._running = running
        self._kept: list[dict[str, Any]] = []

    def showPage(self) -> None:
        """Keep the page instead of writing it."""
        self._kept.append(dict(self.__dict__))
        start: Any = vars(Canvas)["_startPage"]
        start(self)

    def save(self) -> None:
        """Write all kept pages with what runs along, then the document."""
        for page in self._kept:
            self.__dict__.update(page)
            _header(self, self._running)
            _footer(self, self._running, f"Page {self.getPageNumber()} of {len(self._kept)}")
            super().showPage()
        super().save()


def _before(canvas: Canvas, running: Running) -> None:
    """The pale mark behind the text of a demo record."""
    if running.demo:
        canvas.saveState()
        canvas.setFillColor(_GHOST)
        canvas.setFont(BOLD, 130)
        canvas.translate(PAGE[0] / 2, PAGE[1] / 2)
        canvas.rotate(52)
        canvas.drawCentredString(0, -40, "DEMO")
        canvas.restoreState()


def _header(canvas: Canvas, running: Running) -> None:
    top = PAGE[1] - 15.5 * mm
    _put(canvas, MARGIN, top, f"{running.title} {running.batch}", font=BOLD, size=9.5)
    _put(canvas, MARGIN, top - 11, running.product, size=7.5, grey=True)
    _put(canvas, PAGE[0] - MARGIN, top, running.place, size=7.5, right=True)
    if running.demo:
        _demo_mark(canvas, PAGE[0] / 2, PAGE[1] - 10 * mm)
    _rule(canvas, PAGE[1] - TOP + 9)


def _demo_mark(canvas: Canvas, x: float, y: float) -> None:
    canvas.setStrokeColor(RED)
    canvas.setFillColor(RED)
    canvas.setLineWidth(1)
    canvas.rect(x - 30, y - 3.5, 60, 13, stroke=1, fill=0)
    canvas.setFont(BOLD, 9)
    canvas.drawCentredString(x, y, "DEMO")


def _footer(canvas: Canvas, running: Running, number: str) -> None:
    _rule(canvas, BOTTOM - 8)
    _put(canvas, MARGIN, BOTTOM - 18, running.head, font=MONO, size=6.2, grey=True)
    _put(canvas, PAGE[0] - MARGIN, BOTTOM - 30, number, font=BOLD, size=7.5, right=True)
    about = "DEMO record, of no regulatory use. " if running.demo else ""
    _put(canvas, MARGIN, BOTTOM - 30, f"{about}Copy of the electronic record, {running.printed}", size=6.8, grey=True)


def _rule(canvas: Canvas, y: float) -> None:
    canvas.setStrokeColor(RULE)
    canvas.setLineWidth(0.6)
    canvas.line(MARGIN, y, PAGE[0] - MARGIN, y)


def _put(canvas: Canvas, x: float, y: float, text: str, *, font: str = PLAIN, size: float, grey: bool = False, right: bool = False) -> None:
    canvas.setFont(font, size)
    canvas.setFillColor(GREY if grey else INK)
    draw = canvas.drawRightString if right else canvas.drawString
    draw(x, y, _fitted(printable(text, font=font), font, size))


def _fitted(text: str, font: str, size: float) -> str:
    """The text, cut to the page's width with an ellipsis; running texts stand in full on the first page."""
    if stringWidth(text, font, size) <= WIDTH:
        return text
    while text and stringWidth(f"{text}\u2026", font, size) > WIDTH:
        text = text[:-1]
    return f"{text}\u2026"
