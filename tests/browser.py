"""Pages in headless Chromium: what it logs, how wide they are, what axe finds wrong with them."""

from __future__ import annotations

import contextlib
import http.server
import json
import shutil
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path
from queue import Queue
from typing import Any

import pytest
from parsel import Selector

from tests.tool_venvs import tool_venv

CHROMIUM = next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None
)

# Its own doings in the network would fail here and there, and fill the log.
FLAGS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
)  # fmt: skip

DARK = "--blink-settings=preferredColorScheme=0"

needs_chromium = pytest.mark.skipif(
    CHROMIUM is None, reason="needs Chromium: apt-get install chromium"
)

AXE = ("axe", "axe-core-python==0.1.0")

# Tells what axe finds; the page's own policy forbids scripts, so it is taken out.
AUDIT = """<script src="/axe.min.js"></script><script>
axe.run({runOnly: ["wcag2a", "wcag2aa", "best-practice"]}).then(result => parent.postMessage(
  [location.pathname.slice(1), result.violations.map(each =>
    [each.id, each.nodes.length, each.nodes[0].html.slice(0, 200)])]));
</script></body>"""
AUDITOR = """<!doctype html><script>
const found = [];
onmessage = message => {
  found.push(message.data);
  if (found.length < document.querySelectorAll("iframe").length) return;
  fetch("/", {method: "POST", body: JSON.stringify(Object.fromEntries(found))});
};
</script>"""


@contextlib.contextmanager
def served(folder: Path, told: Queue[Any] | None = None) -> Iterator[str]:
    """Serve *folder* on loopback; what a page sends with POST is put into *told*."""

    class Quiet(http.server.SimpleHTTPRequestHandler):
        def __init__(self, *args: Any) -> None:
            super().__init__(*args, directory=str(folder))

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response(204)
            self.end_headers()
            if told is not None:
                told.put(json.loads(body))

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Quiet) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def chromium(address: str, profile: Path, *options: str) -> tuple[str, str]:
    """Open *address* in headless Chromium; return the document and what was logged."""
    assert CHROMIUM
    done = subprocess.run(
        [
            CHROMIUM, *FLAGS, f"--user-data-dir={profile}", "--enable-logging=stderr", *options,
            "--dump-dom", address,
        ],
        capture_output=True, text=True, timeout=120, check=True,
    )  # fmt: skip
    return done.stdout, done.stderr


def answer(folder: Path, page: str, profile: Path, *options: str) -> Any:
    """Open *page* of *folder* in headless Chromium; return what its script sends with POST."""
    assert CHROMIUM
    told = Queue[Any]()
    with served(folder, told) as address:
        command = [CHROMIUM, *FLAGS, f"--user-data-dir={profile}", *options, f"{address}/{page}"]
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            return told.get(timeout=120)
        finally:
            process.terminate()
            process.wait()


def violations(folder: Path, scratch: Path, *pages: str, dark: bool = False) -> dict[str, Any]:
    """Return page of the site in *folder* → what axe finds wrong with it."""
    [script] = tool_venv(*AXE).parent.rglob("axe.min.js")
    shutil.copy(script, folder / "axe.min.js")
    auditor = AUDITOR
    for page in pages:
        html = (folder / page).read_text(encoding="utf-8")
        policy = Selector(html).css("meta[http-equiv='Content-Security-Policy']").get() or ""
        assert policy in html
        looked_at = page.replace(".html", ".audit.html")
        html = html.replace(policy, "").replace("</body>", AUDIT)
        (folder / looked_at).write_text(html, encoding="utf-8")
        auditor += f'<iframe src="/{looked_at}" width="1000" height="800"></iframe>'
    (folder / "auditor.html").write_text(auditor, encoding="utf-8")
    options = [DARK] if dark else []
    found = answer(folder, "auditor.html", scratch / "profile", *options)
    return {page.replace(".audit", ""): problems for page, problems in found.items()}
