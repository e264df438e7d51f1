"""An ordinary run on the embedded newsroom, and the one after it, from lines to WARC records."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import attrs
import pytest
from warcio.archiveiterator import ArchiveIterator
from warcio.checker import Checker

from crawler.archive import read, read_capture
from demo import Content, EmbeddedNewsroom
from demo.server import Visit
from tests.crawling import Ended, arguments, crawl, crawl_afresh, lines, problems


@attrs.frozen
class Runs:
    """Two runs on a newsroom that did not change between them."""

    newsroom: EmbeddedNewsroom
    first: Ended
    visits: tuple[Visit, ...]
    second: Ended
    visits_of_second: tuple[Visit, ...]
    lines_after_first: bytes
    warc_after_first: int


@pytest.fixture(scope="module")
def runs(newsroom_content: Content, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Runs]:
    out = tmp_path_factory.mktemp("archives")
    with EmbeddedNewsroom(newsroom_content) as newsroom:
        first = crawl_afresh(arguments(newsroom, out), out)
        visits = tuple(newsroom.visits)
        [month] = first.folder.glob("articles-*.jsonl")
        [warc] = first.folder.glob("warc/*.warc.gz")
        before = month.read_bytes(), warc.stat().st_size
        newsroom.forget_visits()
        second = crawl(newsroom, out)
        yield Runs(newsroom, first, visits, second, tuple(newsroom.visits), *before)


def test_every_article_becomes_one_line(runs: Runs) -> None:
    found = list(read(runs.first.folder))
    assert sorted(each.url for each in found) == sorted(
        runs.newsroom.site.addresses.entry(entry) for entry in runs.newsroom.articles
    )
    assert {each.id for each in found} == {f"progres:{each.id}" for each in runs.newsroom.articles}
    assert {(each.revision, each.source) for each in found} == {(1, "both")}
    assert len(lines(runs.first.folder)) == len(found)


def test_the_run_is_recorded(runs: Runs) -> None:
    record = runs.first.run
    assert (runs.first.code, record.exit_code) == (0, 0)
    assert record.command == "crawl"
    assert record.arguments == {"site": runs.newsroom.address}
    assert record.requests == len(runs.visits)
    assert record.bytes == sum(visit.size for visit in runs.visits)
    assert (record.new, record.refused, record.failed) == (37, 1, 0)
    assert record.doors == {"rest": 38, "sitemap": 0}  # the sitemap, to compare counts
    assert set(runs.second.run.doors) == {"rest"}  # used, whatever it listed
    assert record.coverage["title"] == 1.0


def test_a_headline_reads_as_it_was_printed(runs: Runs) -> None:
    slug = "pasar-tais-direnovasi-pedagang-pindah-ke-lapangan"
    [article] = (each for each in read(runs.first.folder) if slug in each.url)
    [entry] = (each for each in runs.newsroom.articles if each.slug == slug)
    assert article.title == entry.title


def test_each_capture_holds_the_bytes_that_were_served(runs: Runs) -> None:
    for article in read(runs.first.folder):
        *pages, record = article.captures
        assert [each.url for each in pages] == list(article.pages)
        assert "/wp-json/wp/v2/posts" in record.url
        for reference in article.captures:
            capture = read_capture(runs.first.folder, reference)
            target = reference.url.removeprefix(runs.newsroom.address)
            assert capture.body == runs.newsroom.get(target).body
            assert capture.status == 200


def test_warcio_checks_and_reads_the_file(runs: Runs, capsys: pytest.CaptureFixture[str]) -> None:
    [path] = runs.first.folder.glob("warc/*.warc.gz")
    checker = Checker(_Options([str(path)]))
    checker.process_all()
    assert checker.exit_value == 0, capsys.readouterr().out
    served = {}
    with path.open("rb") as file:
        for record in ArchiveIterator(file):
            if record.rec_type == "response":
                address = record.rec_headers["WARC-Target-URI"]
                served[address] = record.content_stream().read()
                assert record.rec_headers["WARC-IP-Address"] == "127.0.0.1"
    for article in read(runs.first.folder):
        for page in article.pages:
            target = page.removeprefix(runs.newsroom.address)
            assert served[page] == runs.newsroom.get(target).body


class _Options:
    def __init__(self, inputs: list[str]) -> None:
        self.inputs = inputs
        self.verbose = False


def test_nothing_is_wrong_with_the_archive(runs: Runs) -> None:
    assert problems(runs.second.folder, runs.newsroom) == []


def test_the_second_run_asks_for_little_and_writes_nothing(runs: Runs) -> None:
    assert runs.second.code == 0
    assert len(runs.visits_of_second) <= 3
    assert runs.second.run.requests == len(runs.visits_of_second)
    [month] = runs.second.folder.glob("articles-*.jsonl")
    [warc] = runs.second.folder.glob("warc/*.warc.gz")
    assert month.read_bytes() == runs.lines_after_first
    assert warc.stat().st_size == runs.warc_after_first


def test_a_run_in_which_nothing_happened_says_nothing(runs: Runs) -> None:
    assert runs.second.said == ""


def test_a_run_that_found_something_says_what(runs: Runs) -> None:
    assert runs.first.last_words.endswith("exit code 0")
    assert f"progres: {len(runs.newsroom.articles)} new, 1 not articles" in runs.first.last_words


def test_an_ordinary_run_says_nothing_else(runs: Runs) -> None:
    assert len(runs.first.said.splitlines()) == 1


def test_each_address_was_asked_for_once(runs: Runs) -> None:
    targets = [visit.target for visit in runs.visits]
    assert sorted(targets) == sorted(set(targets))
    assert targets[0] == "/robots.txt"


def test_requests_say_who_asks_and_take_gzip_alone(runs: Runs) -> None:
    for visit in runs.visits:
        assert visit.agent.startswith("newsroom-archive/")
        assert "contact:" in visit.agent
        assert visit.headers["accept-encoding"] == "gzip"
        assert "cookie" not in visit.headers
        assert "referer" not in visit.headers


def test_what_is_protected_is_not_stored(runs: Runs) -> None:
    [protected] = (each for each in runs.newsroom.site.catalogue.posts if each.protected)
    address = runs.newsroom.site.addresses.entry(protected)
    assert all(line["url"] != address for line in lines(runs.first.folder))
    [path] = runs.first.folder.glob("warc/*.warc.gz")
    with path.open("rb") as file:
        assert all(
            record.rec_headers.get_header("WARC-Target-URI") != address
            for record in ArchiveIterator(file)
        )
    assert runs.first.run.refused == 1


def test_archives_of_runs_without_a_finding_make_no_file(runs: Runs, tmp_path: Path) -> None:
    ended = crawl(runs.newsroom, tmp_path, "-a", "since=1999-01-01", "-a", "until=1999-01-02")
    assert ended.code == 0
    assert not list(ended.folder.glob("warc/*"))
    assert not list(ended.folder.glob("articles-*"))
