"""A crawl's captures in pywb: every article's page comes back as the newsroom served it."""

from __future__ import annotations

import gzip
import socket
import subprocess
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from crawler.archive import read
from tests.crawling import Archived
from tests.tool_venvs import tool_venv


@pytest.fixture
def wayback(archived: Archived, tmp_path: Path) -> Iterator[str]:
    """Serve the archive's captures with pywb on loopback; yield the address of its collection."""
    programs = tool_venv("pywb", "pywb==2.10.0")
    warcs = sorted((archived.out / "progres" / "warc").glob("*.warc.gz"))
    for command in (["init", "progres"], ["add", "progres", *map(str, warcs)]):
        subprocess.run([programs / "wb-manager", *command], cwd=tmp_path, check=True)
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    server = subprocess.Popen(
        [programs / "wayback", "--bind", "127.0.0.1", "--port", str(port)],
        cwd=tmp_path,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        assert server.stderr is not None
        for line in server.stderr:  # it says so once it listens
            if "Starting Gevent Server" in line:
                break
        yield f"http://127.0.0.1:{port}/progres"
    finally:
        server.terminate()
        server.communicate()


@pytest.mark.tools
def test_every_article_comes_back_as_it_was_served(archived: Archived, wayback: str) -> None:
    articles = list(read(archived.out / "progres"))
    assert len(articles) == 37
    for article in articles:
        for page in article.pages:
            path = page.removeprefix(archived.newsroom.address)
            with urllib.request.urlopen(f"{wayback}/2026id_/{page}") as answer:
                body = answer.read()
                if answer.headers.get("Content-Encoding") == "gzip":
                    body = gzip.decompress(body)
            assert body == archived.newsroom.get(path).body, page
