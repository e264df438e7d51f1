"""Looks at what is known: when they are due, where doors show changes, and what a run owes."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import attrs

from demo import Request, Response
from tests import faults as trouble
from tests.crawling import Archived, asked, crawl

CABAI = "harga-cabai-merah-di-pasar-panorama-tembus-rp92-ribu-sekilo"
TAIS = "pasar-tais-direnovasi-pedagang-pindah-ke-lapangan"
UNREADABLE = "<html><body class='post-template-default single single-post postid-1'></body></html>"


def let_time_pass(folder: Path) -> None:
    """Make every look due."""
    with sqlite3.connect(folder / "state.sqlite") as ledger:
        ledger.execute("UPDATE addresses SET next_look = 1 WHERE next_look IS NOT NULL")
    ledger.close()


def test_due_articles_are_left_alone_where_a_door_shows_modifications(archived: Archived) -> None:
    let_time_pass(archived.folder)
    ended = archived.crawl()
    assert (ended.code, ended.run.unchanged) == (0, 0)
    assert len(asked(archived.newsroom)) <= 3


def test_due_articles_are_looked_at_where_no_door_does(archived: Archived) -> None:
    archived.newsroom.close("rest", "sitemap")
    archived.newsroom.edit(CABAI, note="Redaksi meralat angka ini.", silently=True)
    let_time_pass(archived.folder)
    ended = archived.crawl()
    assert (ended.code, ended.run.changed, ended.run.unchanged) == (0, 1, 36)
    [changed] = archived.later_lines
    assert "Redaksi meralat angka ini." in changed["body"]
    again = archived.crawl()
    assert again.run.unchanged == 0  # looked at just now


def test_looks_with_validators_that_still_hold_cost_no_page(archived: Archived) -> None:
    archived.newsroom.close("rest", "sitemap")
    archived.newsroom.validate("all")
    archived.crawl("-a", "refresh=all")  # learns them
    let_time_pass(archived.folder)
    ended = archived.crawl()
    assert ended.run.unchanged == 37
    pages = [visit for visit in archived.newsroom.visits if visit.target.endswith(".html")]
    assert sum(visit.status == 304 for visit in pages) == 37
    assert sum(visit.status == 200 for visit in pages) == 1  # the protected one
    assert archived.later_lines == []


def test_what_could_not_be_read_is_tried_again_whatever_the_doors_show(
    archived: Archived, tmp_path: Path
) -> None:
    newsroom, out = archived.newsroom, tmp_path / "others"
    newsroom.faults.append(trouble.on(TAIS, trouble.says(UNREADABLE)))
    first = crawl(newsroom, out)
    assert (first.code, first.run.new) == (4, 37)  # of one of them its REST record alone
    newsroom.faults.clear()
    newsroom.forget_visits()
    later = crawl(newsroom, out)
    assert (later.code, later.run.new, later.run.superseded) == (0, 0, 1)
    assert len(asked(newsroom)) <= 4


def test_an_edit_that_a_limit_left_over_is_fetched_by_the_next_run(archived: Archived) -> None:
    archived.newsroom.edit(CABAI, note="Redaksi meralat angka ini.")
    archived.newsroom.edit(TAIS, note="Redaksi meralat angka ini.")
    one = archived.crawl("-a", "budget=4")  # robots.txt, the list, their records, one page
    assert (one.code, one.run.changed) == (0, 1)
    rest = archived.crawl()
    assert (rest.code, rest.run.changed) == (0, 1)


def test_cookies_are_neither_kept_nor_sent(archived: Archived) -> None:
    def bakes(request: Request) -> Response:
        response = request.normal()
        cookie = ("Set-Cookie", "sesi=1; Domain=lain.example")
        return attrs.evolve(response, headers=[*response.headers, cookie])

    archived.newsroom.faults.append(bakes)
    ended = archived.crawl("-a", "refresh=all")
    assert (ended.code, ended.said) == (0, "")
    assert all("cookie" not in visit.headers for visit in archived.newsroom.visits)
