"""``scrapy savefixture``: what it saves, from where, and what is asked of saved pages."""

from __future__ import annotations

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from crawler.commands.savefixture import FIXTURES, NOT_TYPED, UNCHECKED, Command
from crawler.items import Article
from crawler.newsrooms import list_newsrooms
from demo import Content, EmbeddedNewsroom
from tests.project_copy import copy_project, refusal, scrapy
from tests.test_saved_pages import NOT_TYPED as NOT_TYPED_IN_TESTS
from tests.test_saved_pages import extracted, load

CHECK = (
    "Compare each value of article.json with the page as a browser shows it, correct it, and "
    "delete this line."
)


@pytest.fixture
def project(tmp_path: Path, newsroom: EmbeddedNewsroom) -> Path:
    """A copy that knows the embedded newsroom as ``pesisir``."""
    copy_project(tmp_path)
    for name, address in (("pesisir", newsroom.address), ("tutup", "http://127.0.0.1:1")):
        (tmp_path / f"crawler/sites/{name}.toml").write_text(f'address = "{address}"\n')
    return tmp_path


def url(newsroom: EmbeddedNewsroom, words: str) -> str:
    return next(newsroom.url(each.slug) for each in newsroom.articles if words in each.slug.lower())


def test_saves_the_page_as_served_and_the_record(project: Path, newsroom: EmbeddedNewsroom) -> None:
    address = url(newsroom, "dubes-jepang")
    done = scrapy(project, "savefixture", "pesisir", address, "--slug", "dubes")
    folder = project / "fixtures/pesisir/dubes"
    assert (done.returncode, done.stdout) == (0, f"{folder}\n")
    assert done.stderr == (
        "an article, 1 page, fetched; now correct by hand what the record says\n"
    )
    served = newsroom.get(address.removeprefix(newsroom.address))
    assert (folder / "page.html").read_bytes() == served.body
    assert load(folder / "meta.json") == {UNCHECKED: CHECK, "url": address}
    record = load(folder / "article.json")
    assert record["title"] == (
        "Jajaki Kerjasama 3 Sektor Ini, Walikota Helmi Hasan Temui Dubes Jepang"
    )
    assert set(record) == {each.name for each in Article.__attrs_attrs__} - NOT_TYPED


def test_what_is_saved_is_a_test_case(project: Path, newsroom: EmbeddedNewsroom) -> None:
    """The tests of saved pages read from the folder what the command wrote into it."""
    scrapy(project, "savefixture", "pesisir", url(newsroom, "dubes-jepang"), "--slug", "dubes")
    folder = project / "fixtures/pesisir/dubes"
    record: dict[str, Any] = load(folder / "article.json")
    read = extracted(folder, "page.html")
    assert {name: read[name] for name in record} == record


def test_saves_all_parts_of_an_article(project: Path, newsroom: EmbeddedNewsroom) -> None:
    address = url(newsroom, "ketahun")
    scrapy(project, "savefixture", "pesisir", address, "--slug", "halaman")
    folder = project / "fixtures/pesisir/halaman"
    pages = load(folder / "meta.json")["pages"]
    assert load(folder / "article.json")["pages"] == [address, *pages]
    assert len(pages) >= 1
    for number, page in enumerate(pages, 2):
        served = newsroom.get(page.removeprefix(newsroom.address))
        assert (folder / f"page-{number}.html").read_bytes() == served.body


class NextOnly(BaseHTTPRequestHandler):
    """An article on three pages, each of which links only the one after it."""

    def do_GET(self) -> None:
        number = {"/judul/": 1, "/judul/2/": 2, "/judul/3/": 3}.get(self.path)
        following = f"/judul/{number + 1}/" if number in (1, 2) else None
        link = f'<a href="{following}" class="post-page-numbers">Lanjut</a>' if following else ""
        page = (
            '<html lang="id"><body class="single postid-7 idtheme kentooz"><main>'
            '<article id="post-7" class="content-single"><h1 class="entry-title">Judul</h1>'
            f'<div class="entry-content entry-content-single"><p>Isi {number}.</p>'
            f'<div class="page-links">{link}</div></div></article></main></body></html>'
        )
        self.send_response(200 if number else 404)
        self.send_header("Content-Type", "text/html; charset=UTF-8")
        self.end_headers()
        self.wfile.write(page.encode() if number else b"")

    def log_message(self, *_: object) -> None:
        """Say nothing."""


def test_saves_all_parts_where_a_theme_links_only_the_next(tmp_path: Path) -> None:
    copy_project(tmp_path)
    with ThreadingHTTPServer(("127.0.0.1", 0), NextOnly) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        home = f"http://127.0.0.1:{server.server_port}"
        (tmp_path / "crawler/sites/lanjut.toml").write_text(f'address = "{home}"\n')
        done = scrapy(
            tmp_path,
            *("savefixture", "lanjut", f"{home}/judul/", "-s", "DOWNLOAD_DELAY=0"),
            *("-s", "AUTOTHROTTLE_ENABLED=False"),
        )
        server.shutdown()
    assert done.stderr.startswith("an article, 3 pages, fetched;")
    record = load(tmp_path / "fixtures/lanjut/judul/article.json")
    assert record["pages"] == [f"{home}/judul/", f"{home}/judul/2/", f"{home}/judul/3/"]
    assert record["body"] == "Isi 1.\n\nIsi 2.\n\nIsi 3."


def test_saves_what_is_to_be_refused(project: Path, newsroom: EmbeddedNewsroom) -> None:
    done = scrapy(
        project, "savefixture", "pesisir", f"{newsroom.address}/tidak-ada.html", "--slug", "hilang"
    )
    folder = project / "fixtures/pesisir/hilang"
    assert done.stderr.startswith("not an article (http_404), 1 page, fetched;")
    assert load(folder / "not_article.json") == {"reason": "http_404"}
    assert load(folder / "meta.json")["status"] == 404


def test_takes_the_capture_where_the_page_is_archived(
    project: Path, newsroom: EmbeddedNewsroom
) -> None:
    scrapy(
        project,
        *("crawl", "wordpress", "-a", f"site={newsroom.address}", "-a", "name=pesisir"),
        *("-a", "limit=1", "-s", "DOWNLOAD_DELAY=0", "-s", "AUTOTHROTTLE_ENABLED=False"),
    )
    [archived] = [
        path.read_text(encoding="utf-8") for path in project.glob("output/pesisir/articles-*.jsonl")
    ]
    address = archived.partition('"url":"')[2].partition('"')[0]
    newsroom.forget_visits()
    done = scrapy(project, "savefixture", "pesisir", f"{address}?utm_source=x", "--slug", "arsip")
    assert done.stderr.startswith("an article, 1 page, from the archive;")
    assert not newsroom.visits
    served = newsroom.get(address.removeprefix(newsroom.address))
    assert (project / "fixtures/pesisir/arsip/page.html").read_bytes() == served.body
    scrapy(project, "savefixture", "pesisir", address, "--slug", "situs", "--fetch")
    assert newsroom.visits


def test_asks_as_a_run_does(project: Path, newsroom: EmbeddedNewsroom) -> None:
    address = url(newsroom, "dubes-jepang")
    scrapy(project, "savefixture", "pesisir", address, "-s", "USER_AGENT=arsip (a@b.example)")
    assert [visit.target for visit in newsroom.visits] == [
        "/robots.txt",
        address.removeprefix(newsroom.address),
    ]
    assert {visit.agent for visit in newsroom.visits} == {"arsip (a@b.example)"}


@pytest.mark.parametrize(
    ("name", "path", "why"),
    [
        ("pesisir", "/wp-admin/x", "robots.txt forbids it"),
        ("tutup", "/x.html", "http://127.0.0.1:1 cannot be reached: the connection was refused"),
    ],
)
def test_a_page_that_cannot_be_had(
    project: Path, newsroom: EmbeddedNewsroom, name: str, path: str, why: str
) -> None:
    base = newsroom.address if name == "pesisir" else "http://127.0.0.1:1"
    done = scrapy(project, "savefixture", name, f"{base}{path}", "-s", "RETRY_TIMES=0")
    assert (done.returncode, done.stdout) == (1, "")
    assert why in done.stderr
    assert "Traceback" not in done.stderr
    assert not (project / "fixtures").exists()


@pytest.mark.parametrize(
    ("arguments", "last"),
    [
        (["progres"], "want NAME and URL"),
        (["tidak", "https://progres.id/x"], "No newsroom named 'tidak'. Known: "),
        (["progres", "x"], "x: want an address of https://progres.id"),
        (["progres", "https://lain.example/x"], "want an address of https://progres.id"),
        (["progres", "https://progres.id/x", "--slug", "../x"], "--slug '../x': want lower-case"),
        (["progres", "https://progres.id/"], "--slug '': want lower-case letters, digits and"),
        (
            ["progres", "https://progres.id/daerah/video.html"],
            "fixtures/progres/video is there already; want another --slug",
        ),
        (["progres", "https://progres.id/x", "--nope"], "unknown option --nope"),
    ],
)
def test_refuses_what_was_typed_wrong(arguments: list[str], last: str) -> None:
    assert last in refusal(Command(), *arguments)


def test_a_refusal_is_one_line_and_exit_code_2(project: Path) -> None:
    done = scrapy(project, "savefixture", "tidak", "https://progres.id/x")
    assert done.returncode == 2
    assert "No newsroom named 'tidak'. Known: " in done.stderr.splitlines()[-1]
    assert "Traceback" not in done.stderr


def test_every_saved_page_was_checked_by_a_person() -> None:
    left = [path for path in FIXTURES.glob("*/*/meta.json") if UNCHECKED in load(path)]
    assert [str(path.parent.relative_to(FIXTURES)) for path in left] == []


def test_every_newsroom_has_a_saved_page() -> None:
    without = [name for name in list_newsrooms() if not list(FIXTURES.glob(f"{name}/*/page.html"))]
    assert without == []


def test_the_fields_left_out_are_those_that_tests_do_not_ask_for() -> None:
    assert NOT_TYPED == NOT_TYPED_IN_TESTS


def test_the_newsroom_is_there(newsroom_content: Content) -> None:
    """The cases above stand on two of its articles."""
    slugs = [each.slug for each in newsroom_content.entries]
    assert any("dubes-jepang" in slug for slug in slugs)
    assert any("ketahun" in slug for slug in slugs)
