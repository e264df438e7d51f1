"""What a run says of itself where doors are damaged, refuse, or list something else than there is."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import attrs
import pytest

from crawler.archive import read, read_runs
from demo import EmbeddedNewsroom
from demo.exchange import Fault, Request, Response
from tests import faults as trouble
from tests.in_process import crawl as crawl_here
from tests.offline import scrapy

CABAI = "harga-cabai-merah-di-pasar-panorama-tembus-rp92-ribu-sekilo"
NOTICE = (
    b"<br />\n<b>Notice</b>: Undefined index in <b>/home/u/peta.php</b> on line <b>8</b><br />\n"
)
POSTS = r"^/wp-json/wp/v2/posts"
LISTS = r"^/(category|page|tag|author|topik|indeks|20\d\d)"


@attrs.frozen
class Ran:
    code: int
    new: int
    notes: tuple[str, ...]
    folder: Path

    def said(self, words: str) -> bool:
        return any(words in note for note in self.notes)

    @property
    def unknown(self) -> list[str]:
        """Why ``scrapy status`` does not know what is missing."""
        [status] = json.loads(scrapy(self.folder.parent, "status", "--json").out)
        return list(status["unknown"])


def crawl(newsroom: EmbeddedNewsroom, out: Path, /, **given: Any) -> Ran:
    crawler = crawl_here(newsroom, out, **given)
    folder = out / "progres"
    runs = list(read_runs(folder))
    code = int(crawler.stats.get_value("run/exit_code"))
    new = int(crawler.stats.get_value("run/new_count", 0))
    return Ran(code, new, runs[-1].notes if runs else (), folder)


def harm(newsroom: EmbeddedNewsroom, pattern: str, fault: Fault) -> None:
    newsroom.faults.append(trouble.on(pattern, fault))


# ------------------------------------------------------------------------ damaged doors


def test_a_notice_before_a_list_of_posts_loses_nothing(
    newsroom: EmbeddedNewsroom, tmp_path: Path
) -> None:
    harm(newsroom, POSTS, trouble.changed(lambda body: NOTICE + body))
    ran = crawl(newsroom, tmp_path)
    assert (ran.code, ran.new) == (0, 37)
    assert ran.unknown == []


def test_a_notice_that_keeps_php_from_stating_the_type_costs_a_quick_backfill_nothing(
    newsroom: EmbeddedNewsroom, tmp_path: Path
) -> None:
    def noticed(request: Request) -> Response:
        answer = request.normal()
        return Response(body=NOTICE + answer.body)  # what is sent cannot be headed any more

    harm(newsroom, POSTS, noticed)
    ran = crawl(newsroom, tmp_path, source="rest")
    assert (ran.code, ran.new) == (0, 37)


def test_a_door_that_is_damaged_is_named_where_another_lists_the_articles(
    newsroom: EmbeddedNewsroom, tmp_path: Path
) -> None:
    harm(newsroom, POSTS, trouble.changed(lambda body: body[:-50]))
    ran = crawl(newsroom, tmp_path)
    assert (ran.code, ran.new) == (4, 37)
    assert ran.said("rest: damaged: not JSON")


def test_what_is_missing_is_unknown_where_a_feed_is_cut(
    newsroom: EmbeddedNewsroom, tmp_path: Path
) -> None:
    newsroom.close("rest", "sitemap")
    harm(newsroom, LISTS, trouble.status(404))
    harm(newsroom, r"^/feed", trouble.changed(lambda body: body[: max(2000, len(body) - 400)]))
    ran = crawl(newsroom, tmp_path)
    assert ran.code == 4
    assert ran.said("feed: damaged: ")
    assert any("feed: " in each and "cut short" in each for each in ran.unknown)


def test_the_front_page_alone_shows_not_all_there_is(
    newsroom: EmbeddedNewsroom, tmp_path: Path
) -> None:
    newsroom.close("rest", "sitemap", "feed")
    harm(newsroom, LISTS, trouble.status(404))
    ran = crawl(newsroom, tmp_path)
    assert ran.code == 0
    assert 0 < ran.new < 37
    assert "listing: shows the newest articles only" in ran.unknown


def test_a_window_that_no_door_can_list_is_refused_by_name(
    newsroom: EmbeddedNewsroom, tmp_path: Path
) -> None:
    newsroom.close("rest", "sitemap", "feed")
    harm(newsroom, LISTS, trouble.status(404))
    ran = crawl(newsroom, tmp_path, since="2019-03-01", until="2019-03-05")
    assert ran.code == 4
    assert ran.said("no door lists all that was published from 2019-03-01 to 2019-03-05")


def test_when_all_of_a_site_leads_to_one_page_the_doors_are_tried_again(
    newsroom: EmbeddedNewsroom, tmp_path: Path
) -> None:
    assert crawl(newsroom, tmp_path).new == 37
    page = trouble.says("<html><body><h1>Situs dalam pemeliharaan</h1></body></html>")
    there = trouble.redirect("/pemeliharaan/", 302)
    newsroom.faults.append(
        lambda request: page(request) if request.path == "/pemeliharaan/" else there(request)
    )
    ran = crawl(newsroom, tmp_path)
    assert ran.code == 3
    assert ran.said("no door lists an article, where 38 are known")
    newsroom.faults.clear()
    newsroom.forget_visits()
    assert crawl(newsroom, tmp_path).code == 0
    asked = [visit.target for visit in newsroom.visits]
    assert any(re.match(POSTS, target) for target in asked)
    assert "/pemeliharaan/" not in asked


# ------------------------------------------------------------------------ pages that are not it


def test_articles_that_declare_the_front_page_are_archived_where_they_are(
    newsroom: EmbeddedNewsroom, tmp_path: Path
) -> None:
    front = b'rel="canonical" href="' + newsroom.address.encode() + b'/"'
    newsroom.faults.append(
        trouble.changed(lambda body: re.sub(rb'rel="canonical" href="[^"]*"', front, body))
    )
    ran = crawl(newsroom, tmp_path)
    assert (ran.code, ran.new) == (0, 37)
    archived = {article.url for article in read(ran.folder)}
    assert archived == {newsroom.url(entry.slug) for entry in newsroom.articles}


def test_an_address_that_shows_another_article_is_named(
    newsroom: EmbeddedNewsroom, tmp_path: Path
) -> None:
    newsroom.close("rest")  # which would state the id of the post
    lost, other = (newsroom.url(entry.slug) for entry in newsroom.articles[3:5])
    body = newsroom.get(other.removeprefix(newsroom.address)).body
    path = lost.removeprefix(newsroom.address)
    harm(newsroom, f"^{re.escape(path)}", trouble.says(body))
    ran = crawl(newsroom, tmp_path)
    assert (ran.code, ran.new) == (4, 36)
    assert ran.said(f"not archived: {lost}: other_article")
    assert other in {article.url for article in read(ran.folder)}


def test_what_a_spent_budget_leaves_unasked_is_not_taken_for_an_answer(
    newsroom: EmbeddedNewsroom, tmp_path: Path
) -> None:
    """Whether two addresses show another article is asked once; here, there is no room to ask."""
    newsroom.close("rest")
    *lost, other = (newsroom.url(entry.slug) for entry in newsroom.articles[3:6])
    body = newsroom.get(other.removeprefix(newsroom.address)).body
    for url in lost:
        path = url.removeprefix(newsroom.address)
        harm(newsroom, f"^{re.escape(path)}", trouble.says(body))
    urls = tmp_path / "urls.txt"
    urls.write_text(other, encoding="utf-8")
    assert crawl(newsroom, tmp_path, urls=str(urls)).new == 1
    urls.write_text("\n".join(lost), encoding="utf-8")
    ran = crawl(newsroom, tmp_path, urls=str(urls), budget="3")  # robots.txt, and these two
    assert list(read_runs(ran.folder))[-1].wrote == {}


@pytest.mark.parametrize(("number", "code"), [(3, 4), (10, 3)])
def test_posts_that_come_back_as_the_front_page_are_named(
    newsroom: EmbeddedNewsroom, tmp_path: Path, number: int, code: int
) -> None:
    lost = [newsroom.url(entry.slug) for entry in newsroom.articles[:number]]
    for url in lost:
        path = url.removeprefix(newsroom.address)
        harm(newsroom, f"^{re.escape(path)}", trouble.redirect("/", 302))
    ran = crawl(newsroom, tmp_path)
    assert (ran.code, ran.new) == (code, 37 - number)
    assert all(ran.said(f"not archived: {url}: front_page") for url in lost)


def test_a_sitemap_of_anything_lists_no_lists_but_posts_that_lead_to_the_front_page(
    newsroom: EmbeddedNewsroom, tmp_path: Path
) -> None:
    """A list that comes as itself is none of a run's business; a post that does not come is."""
    assert crawl(newsroom, tmp_path, limit="1").new == 1
    post = newsroom.url(newsroom.articles[5].slug)
    urls = f"<url><loc>{post}</loc></url><url><loc>{newsroom.address}/daerah/</loc></url>"
    harm(newsroom, r"^/wp-sitemap\.xml", trouble.says(f"<urlset>{urls}</urlset>", kind="text/xml"))
    harm(newsroom, f"^{re.escape(post.removeprefix(newsroom.address))}", trouble.redirect("/"))
    page = '<html><body class="archive category"><h1>Daerah</h1><p>Berita daerah.</p></body></html>'
    harm(newsroom, r"^/daerah/$", trouble.says(page))
    ran = crawl(newsroom, tmp_path, discover="sitemap")
    assert ran.code == 4
    assert [note for note in ran.notes if note.startswith("not archived")] == [
        f"not archived: {post}: front_page"
    ]


def test_an_empty_page_is_tried_in_the_next_run(newsroom: EmbeddedNewsroom, tmp_path: Path) -> None:
    harm(newsroom, CABAI, trouble.changed(lambda _: b""))
    ran = crawl(newsroom, tmp_path)
    assert (ran.code, ran.new) == (4, 36)
    newsroom.faults.clear()
    ran = crawl(newsroom, tmp_path)
    assert (ran.code, ran.new) == (0, 1)


# ------------------------------------------------------------------------ runs that saw little


def test_a_run_in_which_most_looks_are_refused_says_so(
    newsroom: EmbeddedNewsroom, tmp_path: Path
) -> None:
    rules = "User-agent: *\nAllow: /wp-\nDisallow: /\n"
    harm(newsroom, r"^/robots\.txt", trouble.says(rules, kind="text/plain"))
    ran = crawl(newsroom, tmp_path)
    assert (ran.code, ran.new) == (3, 0)
    assert ran.said("38 of 38 looks were refused or came to no article (38 robots)")


def test_a_run_that_ends_by_time_before_it_saw_anything_says_so(
    newsroom: EmbeddedNewsroom, tmp_path: Path
) -> None:
    rules = "User-agent: *\nCrawl-delay: 3600\n"
    harm(newsroom, r"^/robots\.txt", trouble.says(rules, kind="text/plain"))
    ran = crawl(newsroom, tmp_path, settings={"CLOSESPIDER_TIMEOUT": 1})
    assert ran.code == 4
    assert ran.said("ended by time after 1 requests and 0 looks; robots.txt asks for 3600 s")
