"""``source=rest``: a whole newsroom in a few requests, its pages later; and other people's lists."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest

from crawler.archive import read
from demo import EmbeddedNewsroom, Request, Response
from tests import faults as trouble
from tests.crawling import asked, crawl, lines, problems
from tests.offline import scrapy

CABAI = "harga-cabai-merah-di-pasar-panorama-tembus-rp92-ribu-sekilo"
TAIS = "pasar-tais-direnovasi-pedagang-pindah-ke-lapangan"


def test_a_quick_backfill_and_the_pages_afterwards(
    newsroom: EmbeddedNewsroom, tmp_path: Path
) -> None:
    newsroom.grow(160)
    quick = crawl(newsroom, tmp_path, "-a", "source=rest")
    assert (quick.code, quick.run.new) == (0, 197)
    assert len(asked(newsroom)) <= 8
    assert {line["source"] for line in quick.lines} == {"rest"}
    assert problems(quick.folder, newsroom) == []

    named = Counter(line["captures"][0]["record_id"] for line in quick.lines)
    # all but robots.txt, a look at what is newest, and the index of the sitemaps
    assert len(named) == len(asked(newsroom)) - 3
    assert max(named.values()) >= 60

    for _ in range(5):
        newsroom.forget_visits()
        pages = crawl(newsroom, tmp_path, "-a", "budget=60")
        assert pages.code == 0
        assert pages.run.requests == len(asked(newsroom)) <= 60
        if pages.run.requests < 60:
            break
        assert pages.run.superseded > 50
    articles = list(read(pages.folder))
    assert {article.source for article in articles} == {"both"}
    same = sum(1 for article in articles if article.revision == 1)
    assert same >= 0.99 * len(articles)
    assert len(lines(pages.folder)) == 2 * len(articles)
    assert problems(pages.folder, newsroom) == []
    newsroom.forget_visits()
    assert crawl(newsroom, tmp_path).lines == []
    assert len(asked(newsroom)) <= 3


def test_addresses_that_a_web_archive_knows(newsroom: EmbeddedNewsroom, tmp_path: Path) -> None:
    known = [newsroom.url(CABAI), newsroom.url(TAIS)]

    def index(request: Request) -> Response:
        rows = [["urlkey", "timestamp", "original", "mimetype", "statuscode"]]
        if request.query.get("page") == "0":
            rows += [[url, "20240101000000", url, "text/html", "200"] for url in known]
        body = json.dumps(rows).encode()
        return Response(kind="application/json", body=body)

    with EmbeddedNewsroom(newsroom.site.content) as elsewhere:
        elsewhere.faults.append(trouble.on("^/cdx", index))
        ended = crawl(
            newsroom, tmp_path, "-a", "discover=cdx", "-a", f"cdx={elsewhere.address}/cdx"
        )
        assert (ended.code, ended.run.new) == (0, 2)
        assert asked(elsewhere)[0] == "/robots.txt"
    assert len(asked(newsroom)) == 3


@pytest.mark.parametrize(
    ("answers", "code", "said"),
    [
        pytest.param([b"cut"], 4, "cdx: page 0: ", id="cut"),
        pytest.param([b"whole", 503], 4, "cdx: page 1: HTTP 503", id="next page fails"),
        pytest.param([b"<br />Notice: x"], 1, "cdx: an HTML page", id="no index"),
        pytest.param([b'[["urlkey'], 1, "cdx: not JSON", id="nothing whole"),
    ],
)
def test_an_index_that_is_damaged_is_named(
    newsroom: EmbeddedNewsroom, tmp_path: Path, answers: list[bytes | int], code: int, said: str
) -> None:
    rows = b"".join(
        b"x 20240101000000 %s text/html 200 A - - 1\n" % newsroom.url(slug).encode()
        for slug in (CABAI, TAIS)
    )
    bodies = {b"whole": rows, b"cut": rows[:-60]}

    def index(request: Request) -> Response:
        answer = answers[min(int(request.query.get("page", "0")), len(answers) - 1)]
        if isinstance(answer, int):
            return Response(status=answer)
        return Response(kind="text/plain", body=bodies.get(answer, answer))

    with EmbeddedNewsroom(newsroom.site.content) as elsewhere:
        elsewhere.faults.append(trouble.on("^/cdx", index))
        options = ("-a", "discover=cdx", "-a", f"cdx={elsewhere.address}/cdx")
        ended = crawl(newsroom, tmp_path, *options, "-s", "RETRY_TIMES=0")
    assert ended.code == code, ended.said
    assert said in ended.said
    if code == 4:
        assert ended.run.new == (1 if answers == [b"cut"] else 2)
        [status] = json.loads(scrapy(tmp_path, "status", "--json").out)
        (why,) = status["unknown"]
        assert why.startswith("cdx: page ")


def test_an_index_that_robots_txt_forbids_is_left_alone(
    newsroom: EmbeddedNewsroom, tmp_path: Path
) -> None:
    with EmbeddedNewsroom(newsroom.site.content) as elsewhere:
        rules = "User-agent: *\nDisallow: /cdx\n"
        elsewhere.faults.append(trouble.on("^/robots", trouble.says(rules, kind="text/plain")))
        ended = crawl(
            newsroom, tmp_path, "-a", "discover=cdx", "-a", f"cdx={elsewhere.address}/cdx"
        )
        assert asked(elsewhere) == ["/robots.txt"]
    assert ended.code == 1
    assert "no door of" in ended.last_words
