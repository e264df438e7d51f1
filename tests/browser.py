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
  const out = document.createElement("pre");
  out.textContent = JSON.stringify(Object.fromEntries(found));
  document.body.replaceChildren(out);
};
</script>"""


@contextlib.contextmanager
def served(folder: Path) -> Iterator[str]:
    class Quiet(http.server.SimpleHTTPRequestHandler):
        def __init__(self, *args: Any) -> None:
            super().__init__(*args, directory=str(folder))

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
    with served(folder) as address:
        document, _ = chromium(
            f"{address}/auditor.html", scratch / "profile", "--virtual-time-budget=60000",
            *([DARK] if dark else []),
        )  # fmt: skip
    found: dict[str, Any] = json.loads(Selector(document).css("pre::text").getall()[0])
    return {page.replace(".audit", ""): problems for page, problems in found.items()}
