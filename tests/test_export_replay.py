"""The WACZ export opened by the programs that it is for."""

from __future__ import annotations

import gzip
import html
import http.server
import json
import re
import shutil
import subprocess
import tarfile
import threading
import urllib.request
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from crawler.archive import read
from tests.browser import CHROMIUM, FLAGS
from tests.crawling import Archived
from tests.offline import export, scrapy
from tests.reading_samples import SITE, sample_archive
from tests.test_export_surt import ADDRESSES
from tests.tool_venvs import PYWB, VENVS, tool_venv, wayback

REPLAYWEB = "2.4.6"

# Tells the server what the innermost frame shows, as soon as it shows something.
PROBE = """<!doctype html><script src="ui.js"></script>
<replay-web-page source="lintas.wacz" url="{url}" replayBase="./replay/" embed="full">
</replay-web-page><script>
function shown(root) {{
  for (const each of root.querySelectorAll("*")) {{
    const inner = each.contentDocument;
    if (inner && each.src.includes("mp_/") && inner.body?.innerText) return inner.body.innerText;
    const found = (each.shadowRoot && shown(each.shadowRoot)) || (inner && shown(inner));
    if (found) return found;
  }}
}}
const timer = setInterval(() => {{
  const text = shown(document);
  if (text) {{ clearInterval(timer); fetch("/shown", {{ method: "POST", body: text }}); }}
}}, 100);
</script>"""


@pytest.fixture
def wacz(tmp_path: Path) -> Path:
    path = tmp_path / "site" / "lintas.wacz"
    path.parent.mkdir()
    export(sample_archive(tmp_path), "wacz", path)
    return path


@pytest.mark.tools
def test_py_wacz_finds_it_valid(wacz: Path) -> None:
    programs = tool_venv("wacz", "wacz==0.6.0")
    done = subprocess.run(
        [programs / "wacz", "validate", "-f", wacz], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout
    assert "the passed WACZ is valid" in done.stdout


@pytest.mark.tools
def test_pywb_shows_every_article_of_it(archived: Archived, tmp_path: Path) -> None:
    """By the index that is in it, which pywb does not make anew."""
    export(archived.folder, "wacz", tmp_path / "progres.wacz")
    programs = tool_venv(*PYWB)
    for command in (["init", "lama"], ["add", "lama", "--unpack-wacz", "progres.wacz"]):
        subprocess.run([programs / "wb-manager", *command], cwd=tmp_path, check=True)
    articles = list(read(archived.folder))
    assert len(articles) == 37
    with wayback(tmp_path) as address:
        for article in articles:
            at = re.sub(r"\D", "", article.captures[0].fetched_at)
            with urllib.request.urlopen(f"{address}/lama/{at}id_/{article.url}") as answer:
                assert article.title in html.unescape(answer.read().decode())


@pytest.mark.tools
def test_its_keys_are_those_of_cdxj_indexer(wacz: Path, tmp_path: Path) -> None:
    programs = tool_venv("cdxj-indexer", "cdxj-indexer==1.5.0")
    with zipfile.ZipFile(wacz) as file:
        file.extractall(tmp_path)
    done = subprocess.run(
        [programs / "cdxj-indexer", *tmp_path.glob("archive/*.warc.gz")],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    ours = gzip.decompress((tmp_path / "indexes/index.cdx.gz").read_bytes()).decode()
    theirs = [line.split(" {")[0] for line in done.stdout.splitlines() if '"200"' in line]
    assert [line.split(" {")[0] for line in ours.splitlines()] == sorted(theirs)
    asked = subprocess.run(
        [programs / "python", "-Wignore", "-c",
         "import json, sys, surt; print(json.dumps([surt.surt(a) for a in json.load(sys.stdin)]))"],
        input=json.dumps(list(ADDRESSES)), capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert json.loads(asked.stdout) == list(ADDRESSES.values())


needs_a_browser = [
    pytest.mark.tools,
    pytest.mark.skipif(CHROMIUM is None, reason="needs Chromium: apt-get install chromium"),
    pytest.mark.skipif(shutil.which("npm") is None, reason="needs npm: apt-get install npm"),
]


@pytest.mark.parametrize(
    ("number", "text"),
    [
        pytest.param(number, text, marks=needs_a_browser)
        for number, text in (
            (11, "Cabai."), (12, "Baru."), (16, "Tetap."), (14, "Archived Page Not Found"),
        )
    ],
)  # fmt: skip
def test_replayweb_page_shows_the_newest_page(
    tmp_path: Path, wacz: Path, number: int, text: str
) -> None:
    """16 was answered with 304 the second time; 14 is withheld."""
    assert text in shown(tmp_path, wacz.parent, number)


@pytest.mark.parametrize("number", [pytest.param(13, marks=needs_a_browser)])
def test_replayweb_page_shows_what_is_cited_and_was_taken_down(tmp_path: Path, number: int) -> None:
    sample_archive(tmp_path / "output")
    site = tmp_path / "site"
    site.mkdir()
    file = str(site / "lintas.wacz")
    assert scrapy(tmp_path / "output", "cite", "lintas", str(number), "--wacz", file).code == 0
    assert "HILANG" in shown(tmp_path, site, number)


def shown(tmp_path: Path, site: Path, number: int) -> str:
    """Return what ReplayWeb.page shows of an article of the package in *site*."""
    player = replayweb_page()
    (site / "replay").mkdir()
    shutil.copy(player / "ui.js", site)
    shutil.copy(player / "sw.js", site / "replay")
    url = f"{SITE}/berita/{number}/"
    (site / "probe.html").write_text(PROBE.format(url=url), encoding="utf-8")
    with serving(site) as (address, answer):
        browser = subprocess.Popen(
            [str(CHROMIUM), *FLAGS, "--remote-debugging-port=0",
             f"--user-data-dir={tmp_path / 'profile'}", f"{address}/probe.html"],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        try:
            assert answer.wait(180), "ReplayWeb.page shows nothing"
        finally:
            browser.terminate()
            browser.wait()
    return answer.text


def replayweb_page() -> Path:
    """Return the folder of ReplayWeb.page, which is fetched from npm's registry at the first call."""
    folder = VENVS / f"replaywebpage-{REPLAYWEB}"
    if not (folder / "package/ui.js").exists():
        folder.mkdir(parents=True, exist_ok=True)
        done = subprocess.run(
            ["npm", "pack", "--silent", f"replaywebpage@{REPLAYWEB}"],
            cwd=folder, capture_output=True, text=True, check=False,
        )  # fmt: skip
        if done.returncode:
            pytest.skip(f"ReplayWeb.page could not be fetched: {done.stderr.strip()[-200:]}")
        with tarfile.open(folder / done.stdout.strip()) as archive:
            archive.extractall(folder, filter="data")
    return folder / "package"


class Answer(threading.Event):
    """What the page said, once it has."""

    text = ""


@contextmanager
def serving(folder: Path) -> Iterator[tuple[str, Answer]]:
    """Serve *folder*, parts of files too, and take what is posted as the answer."""
    answer = Answer()

    class Handler(http.server.SimpleHTTPRequestHandler):
        def __init__(self, *args: Any) -> None:
            super().__init__(*args, directory=str(folder))

        def do_GET(self) -> None:
            file = Path(self.translate_path(self.path))
            part = re.fullmatch(r"bytes=(\d*)-(\d*)", self.headers.get("Range", ""))
            if file.is_dir():
                self.send_error(404)
            elif part and file.is_file():
                content = file.read_bytes()
                first, last = part.groups()
                begin = int(first) if first else max(0, len(content) - int(last))
                end = min(int(last), len(content) - 1) if first and last else len(content) - 1
                self.send_response(206)
                self.send_header("Content-Range", f"bytes {begin}-{end}/{len(content)}")
                self.send_header("Content-Length", str(end - begin + 1))
                self.end_headers()
                self.wfile.write(content[begin : end + 1])
            else:
                super().do_GET()

        def do_POST(self) -> None:
            length = int(self.headers["Content-Length"])
            answer.text = self.rfile.read(length).decode()
            self.send_response(204)
            self.end_headers()
            answer.set()

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}", answer
        server.shutdown()
