"""The window: a fixed frame around one page at a time."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QShowEvent
from PySide6.QtWidgets import QApplication, QHBoxLayout, QSizePolicy, QStackedWidget, QVBoxLayout, QWidget
from typing_extensions import override

from jope.compliance.access.permissions import Permission
from jope.compliance.alarms.commands import SilenceHorn
from jope.compliance.alarms.queries import AlarmView, open_alarms
from jope.compliance.authority.commands import BreakGlass, EndBreakGlass
from jope.compliance.commands import Command
from jope.compliance.identity.commands import ChangePassword, LockSession, SessionOpened, SignIn, SignOut, UnlockSession
from jope.compliance.timekeeping.commands import ApproveClockCorrection
from jope.kernel.errors import CredentialDueError, JopeError
from jope.kernel.ids import new_id
from jope_ui.bridge.client import Client
from jope_ui.bridge.scanner import Scanner
from jope_ui.dialogs.about import AboutSheet
from jope_ui.dialogs.health import HealthSheet
from jope_ui.shell.horn import Horn
from jope_ui.shell.line_view import LineView
from jope_ui.shell.lock import LockCover
from jope_ui.shell.navigation import Navigation
from jope_ui.shell.read_only_line import ReadOnlyLine
from jope_ui.shell.signing import Signing
from jope_ui.shell.top_bar import TopBar
from jope_ui.views.desk import Desk
from jope_ui.views.registry import MORE, PAGES, make_page, opened_from
from jope_ui.views.sign_in import SignInView
from jope_ui.widgets.alarm_line import AlarmLine
from jope_ui.widgets.sheet import Sheet

if TYPE_CHECKING:
    from jope_ui.dialogs.simulator import Scale
    from jope_ui.views.page import Page


class Window(QWidget):
    """Top bar, navigation, page, alarm line. Pages are made after the sign-in page was painted."""

    page_shown = Signal(str)

    def __init__(self, client: Client) -> None:
        super().__init__()
        self.client = client
        self.setObjectName("window")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setWindowTitle(self.tr("Jope"))
        self.top = TopBar(client.theme, station_id=client.info.station_id, line=client.info.line, demo=client.info.demo)
        self.read_only_line = ReadOnlyLine(client.theme)
        self.navigation = Navigation(client.theme)
        self.alarm_line = AlarmLine(client.theme, client.info.zone)
        self.horn = Horn(self)
        self.sign_in = SignInView(client.theme)
        self.stack = QStackedWidget()
        self.stack.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Ignored)
        self.stack.addWidget(self.sign_in)
        self.host = QWidget()
        self.signing = Signing(client, self.host)
        self.desk = Desk(client, self.signing, self.host, self.go)
        self.pages: dict[str, Page] = {}
        self.key = ""
        self._pages_of = ""
        """Whose visits the pages have seen."""
        self._coming_or_going = False
        """Somebody signs in or out here: that a session ends meanwhile is no news."""
        self._lay_out()
        self.cover = LockCover(self.host, client.theme, LineView(client))
        self._clock = QTimer(self)
        self._clock.setInterval(250)
        self.scanner = Scanner()
        self._connect()
        self._add_navigation()
        client.theme.dress(self)
        self._show_sign_in()

    def _lay_out(self) -> None:
        theme = self.client.theme
        middle = QHBoxLayout(self.host)
        theme.space(middle, gap_mm=0)
        middle.addWidget(self.navigation)
        pages = QVBoxLayout()
        theme.space(pages, gap_mm=0)
        pages.addWidget(self.read_only_line)
        pages.addWidget(self.stack, 1)
        middle.addLayout(pages, 1)
        column = QVBoxLayout(self)
        theme.space(column, gap_mm=0)
        column.addWidget(self.top)
        column.addWidget(self.host, 1)
        column.addWidget(self.alarm_line)

    def _connect(self) -> None:
        client = self.client
        self.top.lock_asked.connect(partial(self.lock, "person"))
        self.top.health_asked.connect(self._on_health_asked)
        self.alarm_line.silence_asked.connect(self._on_silence_asked)
        self.horn.changed.connect(self.alarm_line.offer_silence)
        self.page_shown.connect(client.station.note_place)
        self.navigation.chosen.connect(self.go)
        self.navigation.more_asked.connect(self._on_more_asked)
        self.navigation.sign_out_asked.connect(self.sign_out)
        self.alarm_line.opened.connect(self._on_alarms_opened)
        self.sign_in.given.connect(self._on_sign_in_given)
        self.cover.unlock_asked.connect(self._on_unlock_asked)
        self.cover.sign_in_asked.connect(self._on_other_sign_in_asked)
        self._clock.timeout.connect(self._on_clock_timeout)
        client.theme.changed.connect(partial(client.theme.dress, self))
        client.session.changed.connect(self._on_session_changed)
        client.changes.changed.connect(self._on_changed)
        client.batch_changed.connect(self._on_batch_changed)
        client.presence.left_changed.connect(self.top.show_left)
        client.presence.ran_out.connect(partial(self.lock, "idle"))
        client.presence.ended.connect(self._on_session_ended)
        client.session.authority_changed.connect(self._on_authority_changed)
        self.scanner.scanned.connect(self._on_scanned)

    def _add_navigation(self) -> None:
        titles = {
            "overview": self.tr("Overview"),
            "batch": self.tr("Batch"),
            "clearance": self.tr("Clearance"),
            "dispensing": self.tr("Dispensing"),
            "review": self.tr("Trail review"),
            "release": self.tr("Release"),
            "audit": self.tr("Audit trail"),
            "changes": self.tr("Changes"),
            "people": self.tr("People"),
            "training": self.tr("Training"),
            "deviations": self.tr("Deviations"),
            "alarms": self.tr("Alarms"),
            "devices": self.tr("Devices"),
            "equipment": self.tr("Equipment"),
            "materials": self.tr("Materials"),
            "trends": self.tr("Trends"),
        }
        for key in PAGES:
            place = self.navigation.offer if key in MORE else self.navigation.add
            place(key, titles[key])

    def offer_simulator(self, scale: Scale) -> None:
        """Offer the hands at a simulated scale; a demo station only."""
        from jope_ui.dialogs.simulator import SimulatorSheet

        self.navigation.simulator.show()
        self.navigation.simulator.clicked.connect(lambda: SimulatorSheet(self.host, self.client.theme, scale, self.client.commands).open())

    # --- pages --------------------------------------------------------------------------------------------------------

    def go(self, key: str, about: str = "") -> None:
        """Open a page."""
        if self.client.session.opened is None:
            return
        self._close_sheets()
        if self.key and self.key != key:
            self.pages[self.key].leave()
        self.key = key
        self._tell_page()
        page = self.page(key)
        self.stack.setCurrentWidget(page)
        self.navigation.mark(opened_from(key))
        page.enter(about)
        self.page_shown.emit(key)

    def _tell_page(self) -> None:
        """A series of signatures ends with its page; another batch is another page."""
        self.signing.end_series()
        self.client.station.enter(self.client.session.token, f"{self.key} {self.client.batch_no}".strip())

    def _on_batch_changed(self, batch_no: str) -> None:
        self.top.show_batch(batch_no)
        if self.client.session.opened is not None:
            self._tell_page()

    def page(self, key: str) -> Page:
        """A page, made when it is first needed."""
        if key not in self.pages:
            page = make_page(key, self.desk)
            self.pages[key] = page
            self.stack.addWidget(page)
        return self.pages[key]

    def prepare(self) -> None:
        """Make the next page that is not there yet, so that the first visit is quick."""
        waiting = [key for key in PAGES if key not in self.pages]
        if waiting:
            self.page(waiting[0])
            QTimer.singleShot(0, self, self.prepare)

    def _forget_pages(self) -> None:
        """Nothing that one person read, searched for or chose on a page is there for the next one: the pages are made anew."""
        if self.key:
            self.pages[self.key].leave()
        for page in self.pages.values():
            self.stack.removeWidget(page)
            page.deleteLater()
        self.pages.clear()
        QTimer.singleShot(0, self, self.prepare)

    # --- sessions -----------------------------------------------------------------------------------------------------

    def lock(self, cause: str) -> None:
        """Cover the screen at once, then tell the station."""
        opened = self.client.session.opened
        if opened is None or self.client.session.locked:
            return
        for sheet in self.host.findChildren(Sheet):
            sheet.clear_secrets()
        self.signing.end_series()
        self.client.dispatch(LockSession(cause=cause), lambda _: None, lambda _: None)
        self.client.session.lock()
        self.cover.cover(opened)

    def sign_out(self) -> None:
        """End the session."""
        self._coming_or_going = True
        self.client.dispatch(SignOut(), self._on_signed_out, self._on_signed_out)

    def _on_signed_out(self, _: object) -> None:
        self._coming_or_going = False
        self.client.session.close()

    def _on_session_ended(self, access: bool) -> None:
        """The station does not know the session any more: nothing of it stays on the screen but the drafts of its person, unseen (URS A15)."""
        if self._coming_or_going:
            return
        for sheet in self.host.findChildren(Sheet):
            sheet.clear_secrets()
        self.signing.end_series()
        self.client.session.close()
        ended = self.tr("Your session has ended. Sign in again.")
        self.sign_in.tell(self.tr("The access of this account has ended. Ask an administrator.") if access else ended)

    def _on_authority_changed(self) -> None:
        """What the person may do has changed: the page offers what it offers now."""
        self.top.show_person(self.client.session.opened)
        if self.key and not self.client.session.locked:
            self.pages[self.key].refresh()

    def _on_sign_in_given(self, employee_id: str, password: str) -> None:
        self._sign_in(employee_id, password, self.sign_in.refuse)

    def _on_other_sign_in_asked(self, employee_id: str, password: str) -> None:
        self._sign_in(employee_id, password, self.cover.refuse)

    def _sign_in(self, employee_id: str, password: str, failed: Callable[[JopeError], None]) -> None:
        command = SignIn(employee_id=employee_id, password=password)
        self._coming_or_going = True

        def refused(error: JopeError) -> None:
            self._coming_or_going = False
            failed(error)
            if isinstance(error, CredentialDueError):
                self._ask_new_password(employee_id, password, error, failed)

        self.client.commands.run(lambda: self.client.station.dispatch(command, None), self._on_signed_in, refused)

    def _ask_new_password(self, employee_id: str, password: str, why: JopeError, failed: Callable[[JopeError], None]) -> None:
        """A first password, or one whose time is over, is good for choosing another; then the person is signed in with it."""
        from jope_ui.dialogs.new_password import NewPasswordSheet

        sheet = NewPasswordSheet(self.host, self.client.theme, who=employee_id, why=why.message, password=password)
        gone: list[bool] = []
        sheet.closed.connect(lambda: gone.append(True))

        def given(who: str, before: str, new: str) -> None:
            command = ChangePassword(employee_id=who, password=before, new_password=new)
            self.client.commands.run(lambda: self.client.station.dispatch(command, None), lambda _: changed(who, new), sheet.refuse)

        def changed(who: str, new: str) -> None:
            if gone:  # they went away, or somebody else came: who is at the screen now is not signed out by it
                return
            sheet.clear_secrets()
            sheet.close_sheet()
            self._sign_in(who, new, failed)

        sheet.given.connect(given)
        sheet.open()

    def _on_signed_in(self, opened: SessionOpened) -> None:
        self._coming_or_going = False
        self._close_sheets()
        self.sign_in.credentials.forget()
        if self._pages_of not in ("", opened.employee_id):
            self._forget_pages()
        self._pages_of = opened.employee_id
        self.cover.uncover()
        self.client.session.open(opened)
        self.go(self.key or "overview")

    def _on_unlock_asked(self, employee_id: str, password: str) -> None:
        command = UnlockSession(employee_id=employee_id, password=password)
        self.client.dispatch(command, self._on_unlocked, self.cover.refuse)

    def _on_unlocked(self, result: object) -> None:
        self.cover.uncover()
        if isinstance(result, SessionOpened):
            self.client.session.open(result)
        else:
            self.client.session.unlock()
        if self.key:
            self.pages[self.key].refresh()

    def _on_session_changed(self) -> None:
        session = self.client.session
        self.top.show_person(session.opened)
        self.top.show_left(0.0)
        self.navigation.setVisible(session.opened is not None)
        if session.opened is None:
            self._show_sign_in()
        else:
            self._read_alarms()

    def _show_sign_in(self) -> None:
        self._close_sheets()
        self.cover.uncover()
        if self.key:
            self.pages[self.key].leave()
        self.key = ""
        self.client.station.note_place("sign-in")
        self.client.choose_batch("")
        self.navigation.setVisible(False)
        self.stack.setCurrentWidget(self.sign_in)
        self.sign_in.start()

    # --- what comes by itself -----------------------------------------------------------------------------------------

    def _on_clock_timeout(self) -> None:
        self.top.show_clock(self.client.station.clock_texts())
        self.read_only_line.show_reason(self.client.station.read_only_reason())
        mark = self.client.station.health_mark()
        self.top.show_health(*("", "") if mark is None or self.client.session.opened is None else (mark.state.value, mark.name))

    def _on_changed(self, kinds: frozenset[str]) -> None:
        if self.client.session.token is None:
            return
        if kinds & {"alarm", "setting"}:
            self._read_alarms()
        if self.key:
            self.pages[self.key].on_changed(kinds)

    def _read_alarms(self) -> None:
        self.client.read(lambda token: self.client.station.read(open_alarms, token), self._on_alarms_read, lambda _: None, key="alarms")

    def _on_alarms_read(self, alarms: tuple[AlarmView, ...]) -> None:
        self.alarm_line.show_alarms(alarms)
        self.horn.show_alarms(alarms if self.client.station.horn_sounds() else ())

    def _on_alarms_opened(self) -> None:
        if self.client.session.opened is not None and not self.client.session.locked:
            self.go("alarms")

    def _on_scanned(self, text: str) -> None:
        """A scan goes where it is due: a badge fills in an id, a label goes to the page. It never presses a button."""
        session = self.client.session
        if session.locked or session.opened is None or self.signing.open_sheet is not None:
            station = self.client.station
            self.client.queries.run(lambda: station.fill_in(text), self._on_badge_read, lambda _: None, key="badge")
        elif self.key:
            self.pages[self.key].on_scanned(text)

    def _on_badge_read(self, employee_id: str) -> None:
        """The id goes to whatever asks for one by now; a badge that was revoked fills in nothing."""
        sheet = self.signing.open_sheet
        revoked = "" if employee_id else self.tr("This badge was revoked. Type your employee ID.")
        if self.client.session.locked:
            self.cover.take_badge(employee_id, revoked)
        elif self.client.session.opened is None:
            self.sign_in.credentials.take_badge(employee_id, revoked)
        elif sheet is not None:
            sheet.take_badge(employee_id, revoked)

    def _on_more_asked(self, pages: dict[str, str]) -> None:
        from jope_ui.dialogs.more import MoreSheet

        opened = self.client.session.opened
        running = "" if opened is None else opened.emergency
        emergency = bool(running) or self.client.session.may(Permission.BREAK_GLASS)
        sheet = MoreSheet(
            self.host, self.client.theme, pages=pages, open_page=opened_from(self.key), emergency=emergency, running=bool(running)
        )
        sheet.chosen.connect(self.go)
        sheet.about_asked.connect(self._on_about_asked)
        sheet.password_asked.connect(self._on_password_asked)
        sheet.emergency_asked.connect(partial(self._end_emergency, running) if running else self._on_emergency_asked)
        sheet.open()

    def _on_password_asked(self) -> None:
        """Whoever is signed in chooses a new password."""
        from jope_ui.dialogs.new_password import NewPasswordSheet

        client = self.client
        sheet = NewPasswordSheet(self.host, client.theme, who=client.session.employee_id, why=self.tr("You may change it at any time."))

        def given(who: str, before: str, new: str) -> None:
            client.dispatch(ChangePassword(employee_id=who, password=before, new_password=new), done, sheet.refuse)

        def done(_: object) -> None:
            sheet.clear_secrets()
            sheet.close_sheet()
            if self.key:
                self.pages[self.key].notice.confirm(self.tr("The password is changed."), "")

        sheet.given.connect(given)
        sheet.open()

    def _on_emergency_asked(self) -> None:
        """Take the emergency role at once; the session ends, and its person signs in anew to it."""
        from jope_ui.dialogs.entry import Entry, EntrySheet

        words = self.tr(
            "For what leads towards safety, on all lines: hold, acknowledge, disable. Alarmed at once, marked on every event, reviewed by another person."
        )
        options = tuple((minutes, self.tr("{minutes} min").format(minutes=minutes)) for minutes in ("15", "60", "240"))
        entries = (Entry("minutes", self.tr("For how long"), "", options), Entry("reason", self.tr("Reason")))
        sheet = EntrySheet(
            self.host, self.client.theme, name="emergency", title=self.tr("Emergency access"), words=words, verb=self.tr("Take emergency access"),
            entries=entries,
        )  # fmt: skip

        def given(values: Mapping[str, str]) -> None:
            command = BreakGlass(grant_id=new_id(), minutes=int(values["minutes"]), reason=values["reason"])
            self.client.dispatch(command, lambda _: sheet.close_sheet(), sheet.refuse)

        sheet.given.connect(given)
        sheet.open()

    def _end_emergency(self, grant_id: str) -> None:
        """The emergency is over: its person signs in anew to the own role."""
        failed = self.pages[self.key].notice.refuse if self.key else self.sign_in.refuse
        self.client.dispatch(EndBreakGlass(grant_id=grant_id), lambda _: None, failed)

    def _on_about_asked(self) -> None:
        info = self.client.info
        sheet = AboutSheet(
            self.host, self.client.theme, version=info.version, station_id=info.station_id, site=info.site, line=info.line, zone=info.zone
        )
        sheet.clock_asked.connect(self._on_clock_asked)
        sheet.health_asked.connect(self._on_health_asked)
        sheet.access_asked.connect(partial(self.go, "access_log"))
        sheet.open()

    def _on_clock_asked(self) -> None:
        from jope_ui.dialogs.clock import ClockSheet

        sheet = ClockSheet(self.host, self.client)

        def given(command: Command) -> None:
            sheet.close_sheet()
            second = isinstance(command, ApproveClockCorrection)
            self.signing.sign(command, lambda _: None, self._on_clock_refused, second_person=second)

        sheet.given.connect(given)
        sheet.open()

    def _on_clock_refused(self, error: JopeError) -> None:
        if self.key:
            self.pages[self.key].notice.refuse(error)

    def _on_health_asked(self) -> None:
        if self.client.session.opened is not None and not self.client.session.locked:
            self._close_sheets()
            HealthSheet(self.host, self.client).open()

    def _on_silence_asked(self) -> None:
        """Silence what sounds, each as an event. A locked screen is unlocked first: who silences is known."""
        if self.client.session.opened is None or self.client.session.locked:
            return
        for alarm_id in self.horn.silence():
            self.client.dispatch(SilenceHorn(alarm_id=alarm_id), lambda _: None, partial(self._on_silence_failed, alarm_id))

    def _on_silence_failed(self, alarm_id: str, _: JopeError) -> None:
        self.horn.sound_again(alarm_id)

    def _close_sheets(self) -> None:
        self.signing.drop()
        for sheet in self.host.findChildren(Sheet):
            if sheet.isVisible():
                sheet.close_sheet()

    @override
    def showEvent(self, event: QShowEvent, /) -> None:
        super().showEvent(event)
        application = QApplication.instance()
        if application is not None and not self._clock.isActive():
            application.installEventFilter(self.client.presence)
            application.installEventFilter(self.scanner)
            self.client.presence.start()
            self._on_clock_timeout()
            self._clock.start()

    @override
    def closeEvent(self, event: QCloseEvent, /) -> None:
        self._clock.stop()
        self.horn.stop()
        application = QApplication.instance()
        if application is not None:
            application.removeEventFilter(self.client.presence)
            application.removeEventFilter(self.scanner)
        if self.key:
            self.pages[self.key].leave()
        self.client.close()
        super().closeEvent(event)
