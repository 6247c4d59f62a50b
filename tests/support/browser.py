"""One headless Chromium for many pages, driven through WebDriver (W3C) with the standard library alone; it reaches no network."""

from __future__ import annotations

import http.client
import json
import re
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

CHROMIUM, DRIVER = "chromium", "chromedriver"
_ARGUMENTS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update",
    "--disable-sync", "--disable-dev-shm-usage", "--disable-extensions", "--host-resolver-rules=MAP * ~NOTFOUND",
)  # fmt: skip
_STARTED = re.compile(r"started successfully on port (\d+)")
ELEMENT = "element-6066-11e4-a52e-4f735466cecf"


def missing_programs() -> list[str]:
    """Which of the browser's programs are not installed."""
    return [name for name in (CHROMIUM, DRIVER) if shutil.which(name) is None]


class Browser:
    """A session of a running driver."""

    def __init__(self, port: int, profile: Path) -> None:
        self._http = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        options = {"binary": shutil.which(CHROMIUM), "args": [*_ARGUMENTS, f"--user-data-dir={profile}"]}
        asked = {"capabilities": {"alwaysMatch": {"browserName": "chrome", "goog:chromeOptions": options}}}
        self._path = f"/session/{self._ask('POST', '/session', asked)['sessionId']}"
        self.command("POST", "/timeouts", {"script": 60_000, "pageLoad": 60_000})

    def command(self, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
        """A command of this session."""
        return self._ask(method, self._path + path, body)

    def _ask(self, method: str, path: str, body: dict[str, Any] | None) -> Any:
        self._http.request(method, path, None if body is None else json.dumps(body), {"Content-Type": "application/json"})
        answer = json.loads(self._http.getresponse().read())["value"]
        if isinstance(answer, dict) and "error" in answer:
            raise RuntimeError(f"{answer['error']}: {answer['message'][:300]}")
        return answer

    def open(self, path: Path, fragment: str = "") -> None:
        """Open a file."""
        self.command("POST", "/url", {"url": "about:blank"})
        self.command("POST", "/url", {"url": path.resolve().as_uri() + fragment})

    def run(self, script: str, *arguments: Any) -> Any:
        """The value that a script in the page returns."""
        return self.command("POST", "/execute/sync", {"script": script, "args": list(arguments)})

    def report(self, run: int = 1) -> dict[str, Any]:
        """The report of the page's verification number ``run``; waits for it."""
        script = (
            "const [run, done] = arguments; const look = () => { if (Number(document.documentElement.dataset.run || 0) >= run) "
            "done(document.getElementById('report').textContent); else setTimeout(look, 4); }; look();"
        )
        found: dict[str, Any] = json.loads(self.command("POST", "/execute/async", {"script": script, "args": [run]}))
        return found

    def give(self, selector: str, text: str) -> None:
        """Type into a field, or choose a file."""
        element = self.command("POST", "/element", {"using": "css selector", "value": selector})[ELEMENT]
        self.command("POST", f"/element/{element}/value", {"text": text})

    def quit(self) -> None:
        """Close the browser."""
        self.command("DELETE", "")
        self._http.close()


@contextmanager
def running_browser() -> Iterator[Browser]:
    """A browser with an empty profile; driver and browser end with the block."""
    missing = missing_programs()
    assert not missing, f"{' and '.join(missing)} missing: run 'installer/test-packages' (apt-get install chromium chromium-driver)"
    with tempfile.TemporaryDirectory(prefix="jope-browser-", ignore_cleanup_errors=True) as profile:
        driver = subprocess.Popen([DRIVER, "--port=0"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        try:
            browser = Browser(_port_of(driver), Path(profile))
            try:
                yield browser
            finally:
                browser.quit()
        finally:
            driver.terminate()
            driver.wait(timeout=20)
            assert driver.stdout is not None
            driver.stdout.close()


def _port_of(driver: subprocess.Popen[str]) -> int:
    assert driver.stdout is not None
    end = time.monotonic() + 30
    for line in driver.stdout:
        found = _STARTED.search(line)
        if found is not None:
            return int(found.group(1))
        assert time.monotonic() < end
    raise AssertionError("the driver did not start")
