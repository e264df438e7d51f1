"""What servers say that is not so, and what it must not cost."""

from __future__ import annotations

import contextlib
import datetime as dt
import gzip
import itertools
import json
import re

import attrs
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crawler.discovery import Answer, Fetch, Link, plan
from crawler.errors import DiscoveryFailed
from tests.discovery_site import ADDRESS, NEWSROOM, NOW, Driver, Site, at, page
from tests.memory_double import DictMemory
from tests.test_discovery_parsers import SOUP

SITEMAP = f"{ADDRESS}/wp-sitemap.xml"
FILE = f"{ADDRESS}/wp-sitemap-posts-post-1.xml"


def with_doors(site: Site, *doors: str) -> Site:
    site.shut = {"rest", "sitemap", "feed", "lists"} - set(doors)
    return site


class TestRest:
    def test_counts_a_milliard(self) -> None:
        site = with_doors(Site(250), "rest")
        site.tamper = lambda _, answer: attrs.evolve(
            answer, headers={**answer.headers, "x-wp-total": "1000000000"}
        )
        driver = Driver(site)
        run = driver.run()
        assert len(run.links) == 250
        assert len(run.requests) < 20
        assert all(len(driver.run().requests) < 60 for _ in range(3))
        assert len(driver.run().requests) == 3

    def test_counts_at_random(self) -> None:
        site = with_doors(Site(250), "rest")
        numbers = iter(range(1000, 100_000, 7))
        site.tamper = lambda _, answer: attrs.evolve(
            answer, headers={**answer.headers, "x-wp-total": str(next(numbers))}
        )
        driver = Driver(site)
        runs = [driver.run() for _ in range(8)]
        assert len(runs[0].links) == 250
        assert sum(len(run.requests) for run in runs[-3:]) == 9

    def test_answers_html_with_200(self) -> None:
        site = Site(66)
        site.tamper = lambda url, answer: (
            page(url, "<!doctype html><title>Beranda</title>") if "wp-json" in url else answer
        )
        run = Driver(site).run()
        assert len(run.links) == 66
        assert ("rest", "closed: an HTML page") in [(note.door, note.text) for note in run.notes]

    def test_ignores_before_and_offset(self) -> None:
        site = Site(250)
        plain = re.compile(r"&(?:before|offset)=[^&]*")
        site.tamper = lambda url, answer: (
            site._answer(plain.sub("", url)) if plain.search(url) else answer
        )
        run = Driver(site).run()
        assert len(run.links) == 250
        assert len(run.requests) < 15
        assert "loops" in run.slugs

    def test_puts_a_thousand_posts_into_one_second(self) -> None:
        site = with_doors(Site(1000), "rest")
        for story in site.stories:
            story.date = at("2020-01-01T08:00")
        assert len({link.url for link in Driver(site).run().links}) == 1000

    def test_states_no_totals(self) -> None:
        site = Site(250)
        site.sends_totals = False
        driver = Driver(site)
        assert len(driver.run().links) == 250
        site.publish(900, at("2024-03-01T12:05"))
        assert driver.run().found == [("new", 900)]

    @pytest.mark.parametrize(
        "body",
        [
            b"[" * 10_000,
            b'{"code":"rest_forbidden"}',
            b"null",
            b'[1, "x", null, {"id": "7"}, {"id": 7}]',
            b'[{"id": 7, "link": "' + b"\\ud800" * 20 + b'", "date": "2024-03-01T08:00:00"}]',
            b'[{"id": 1' + b"0" * 5000 + b', "link": "https://kabar.example/x/"}]',
        ],
    )
    def test_sends_hostile_json(self, body: bytes) -> None:
        site = Site(66)
        site.tamper = lambda url, answer: (
            Answer(url=url, status=200, body=body) if "wp-json" in url else answer
        )
        run = Driver(site).run()
        assert len(run.links) == 66

    def test_dates_posts_in_the_year_9999(self) -> None:
        site = with_doors(Site(66), "rest")
        site.story(120).date = site.story(120).modified = at("9999-12-31T23:00")
        site.story(121).modified = at("2099-01-01T00:00")
        driver = Driver(site)
        run = driver.run()
        assert len(run.links) == 66
        assert {link.lastmod for link in run.links if "-12" in link.url[-5:]} >= {None}
        assert driver.run().links == []

    def test_is_too_slow_for_large_pages(self) -> None:
        site = with_doors(Site(400), "rest")
        site.tamper = lambda _, answer: attrs.evolve(answer, seconds=9.0)
        run = Driver(site).run(rest_records=True)
        assert len(run.links) == 400
        assert not any("per_page=40" in url for url in run.requests)


class TestSitemaps:
    def test_index_lists_itself(self) -> None:
        site = with_doors(Site(66), "sitemap")
        own = f"<sitemapindex><sitemap><loc>{SITEMAP}</loc></sitemap><sitemap><loc>/sitemap_index.xml</loc></sitemap><sitemap><loc>{FILE}</loc></sitemap></sitemapindex>"
        site.broken = {SITEMAP: page(SITEMAP, own)}
        site.broken[f"{ADDRESS}/sitemap_index.xml"] = page(f"{ADDRESS}/sitemap_index.xml", own)
        run = Driver(site).run()
        assert len(run.links) == 66
        assert run.requests.count(SITEMAP) == run.requests.count(FILE) == 1

    def test_index_lists_a_hundred_thousand_files(self) -> None:
        site = with_doors(Site(66), "sitemap")
        files = "".join(f"<sitemap><loc>/posts-post-{n}.xml</loc></sitemap>" for n in range(49_000))
        site.broken = {SITEMAP: page(SITEMAP, f"<sitemapindex>{files}</sitemapindex>")}
        run = Driver(site).run(budget=5000)
        assert len(run.requests) < 2500
        assert "capped" in run.slugs

    def test_file_lists_more_addresses_than_a_file_may(self) -> None:
        site = with_doors(Site(66), "sitemap")
        rows = "".join(f"<url><loc>/berita-nomor-{n}/</loc></url>" for n in range(50_100))
        site.broken = {FILE: page(FILE, f"<urlset>{rows}</urlset>")}
        run = Driver(site).run(fetch=False)
        assert len(run.links) == 50_000
        assert any(note.trouble and note.slug == "capped" for note in run.notes)

    def test_lists_other_peoples_sites(self) -> None:
        site = with_doors(Site(3), "sitemap")
        rows = (
            "<url><loc>https://kasino.example/slot-gacor/</loc></url>"
            "<url><loc>http://169.254.169.254/latest/meta-data/</loc></url>"
            "<url><loc>//kabar.example.attacker.example/berita/</loc></url>"
            "<url><loc>https://kabar.example@attacker.example/berita/</loc></url>"
            "<url><loc>javascript:alert(1)</loc></url>"
            "<url><loc>/berita-nomor-100/</loc></url>"
        )
        site.broken = {FILE: page(FILE, f"<urlset>{rows}</urlset>")}
        run = Driver(site).run()
        assert [link.url for link in run.links] == [f"{ADDRESS}/berita-nomor-100/"]
        assert run.summary is not None
        assert run.summary.counts["foreign"] == 4
        assert "foreign" in run.slugs

    def test_an_index_under_any_name(self) -> None:
        site = with_doors(Site(66), "sitemap")
        inner = f"{ADDRESS}/berkas/semua.xml"
        site.broken = {
            SITEMAP: page(
                SITEMAP, f"<sitemapindex><sitemap><loc>{inner}</loc></sitemap></sitemapindex>"
            ),
            inner: page(
                inner, f"<sitemapindex><sitemap><loc>{FILE}</loc></sitemap></sitemapindex>"
            ),
        }
        driver = Driver(site)
        assert len(driver.run().links) == 66
        site.publish(900, at("2024-03-01T12:05"))
        assert driver.run().found == [("new", 900)]

    def test_is_cut_short(self) -> None:
        site = with_doors(Site(66), "sitemap")
        driver = Driver(site)
        driver.run()
        site.tamper = lambda url, answer: (
            attrs.evolve(answer, body=answer.body[: len(answer.body) // 2])
            if url == FILE
            else answer
        )
        run = driver.run()
        assert run.missing == []
        assert run.links == []
        assert "partial" in run.slugs
        site.tamper = lambda _, answer: answer
        site.delete(150)
        assert driver.run().gone == [150]

    def test_is_empty_all_of_a_sudden(self) -> None:
        site = with_doors(Site(66), "sitemap")
        driver = Driver(site)
        driver.run()
        site.broken = {FILE: page(FILE, "<urlset></urlset>")}
        run = driver.run()
        assert len(run.missing) == 25
        assert {"lists_none", "mass_missing"} <= {n.slug for n in run.notes if n.trouble}

    def test_is_compressed_and_relative(self) -> None:
        site = with_doors(Site(3), "sitemap")
        rows = "".join(f"<url><loc>/berita-nomor-{n}/</loc></url>" for n in (100, 101, 102))
        packed = gzip.compress(f"<urlset>{rows}</urlset>".encode())
        site.broken = {FILE: Answer(url=FILE, status=200, body=packed)}
        assert Driver(site).run().found == [("new", 100), ("new", 101), ("new", 102)]


class TestLists:
    def test_a_calendar_without_end(self) -> None:
        site = with_doors(Site(25), "lists")

        def calendar(url: str, answer: Answer) -> Answer:
            """Every page names next month's archive as the page that follows."""
            number = int(url.rstrip("/").rpartition("/")[2]) if "/page/" in url else 1
            more = f'<a class="next page-numbers" href="/page/{number + 1}/">Berikutnya</a>'
            body = site._list(url, min(number, 3), site.stories).body.decode()
            return page(url, body.replace("</main>", f"{more}</main>")) if "." in url else answer

        site.tamper = calendar
        run = Driver(site).run()
        assert len(run.links) == 25
        assert len(run.requests) < 25

    def test_a_front_page_whose_pages_repeat_it(self) -> None:
        site = with_doors(Site(8), "lists")
        front = site._list(f"{ADDRESS}/", 1, site.stories).body
        site.tamper = lambda url, answer: (
            Answer(url=url, status=200, body=front) if "/page/" in url else answer
        )
        run = Driver(site).run()
        assert len(run.links) == 8
        assert sum("/page/" in url for url in run.requests) <= 1

    def test_a_newsroom_that_moved_to_another_domain(self) -> None:
        site = Site(66)
        site.sends_validators = False
        driver = Driver(site)
        driver.run()
        site.tamper = lambda url, answer: attrs.evolve(
            answer, url=url.replace("kabar.example", "parkir.example")
        )
        with pytest.raises(DiscoveryFailed, match=r"kabar\.example leads to parkir\.example:"):
            driver.run()

    def test_a_header_of_the_servers_own_is_no_other_domain(self) -> None:
        site = Site(66)
        site.shut = {"rest", "feed", "lists"}
        site.tamper = lambda _, answer: attrs.evolve(
            answer, headers={**answer.headers, "elsewhere": "https://parkir.example/"}
        )
        run = Driver(site).run()
        assert len(run.links) == 66
        site.shut.add("sitemap")
        with pytest.raises(DiscoveryFailed) as failed:
            Driver(site).run()
        assert "parkir.example" not in str(failed.value)


class TestFeeds:
    def test_a_feed_that_ignores_its_page_number(self) -> None:
        site = with_doors(Site(66), "feed", "lists")
        first = site._feed(f"{ADDRESS}/feed/", 1).body
        site.tamper = lambda url, answer: (
            Answer(url=url, status=200, body=first) if "/feed/" in url else answer
        )
        run = Driver(site).run()
        assert len(run.links) == 66

    def test_a_feed_with_something_new_in_every_text(self) -> None:
        site = with_doors(Site(66), "feed")
        driver = Driver(site)
        driver.run()
        adverts = itertools.count()
        site.tamper = lambda _, answer: attrs.evolve(
            answer, body=answer.body.replace(b"Diubah", f"Iklan {next(adverts)}".encode())
        )
        assert not any(driver.run().links for _ in range(3))


def test_records_of_json_are_handed_on_as_sent() -> None:
    site = with_doors(Site(1), "rest")
    link = Driver(site).run(rest_records=True).links[0]
    assert json.loads(json.dumps(link.record))["id"] == 100


def test_a_clock_that_steps_back_finds_what_it_would_have_found() -> None:
    site = Site(66)
    driver = Driver(site)
    driver.run()
    driver.now -= dt.timedelta(days=40)
    site.publish(900, at("2024-02-29T12:05"))
    assert driver.run().found == [("new", 900)]


def answers_of_any_kind() -> st.SearchStrategy[list[tuple[int, bytes, dict[str, str]]]]:
    bodies = st.one_of(
        SOUP,
        st.sampled_from(
            [
                b'[{"id": 7, "link": "/berita-nomor-7/", "date": "2024-03-01T08:15:00"}]',
                b"<urlset><url><loc>/berita-nomor-7/</loc></url></urlset>",
                b"<sitemapindex><sitemap><loc>/posts-post-2.xml</loc></sitemap></sitemapindex>",
                b"<rss><channel><item><link>/berita-nomor-7/</link></item></channel></rss>",
                b"<h2><a href='/berita-nomor-7/'>x</a></h2><a rel='next' href='/page/2/'>2</a>",
            ]
        ),
    )
    headers = st.dictionaries(
        st.sampled_from(["x-wp-total", "link", "last-modified", "etag"]),
        st.sampled_from(["0", "7", "1000000000", "-1", '<http://[::1>; rel="https://api.w.org/"']),
        max_size=3,
    )
    statuses = st.sampled_from([0, 200, 200, 200, 304, 301, 400, 401, 404, 429, 503])
    return st.lists(st.tuples(statuses, bodies, headers), min_size=1, max_size=12)


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(answers=answers_of_any_kind(), robots=SOUP, known=st.integers(0, 3))
def test_whatever_is_answered_a_walk_ends(
    answers: list[tuple[int, bytes, dict[str, str]]], robots: bytes, known: int
) -> None:
    """With links, notes and a summary, or with the one error that says why not."""
    memory = DictMemory()
    for _ in range(2):
        walk = plan(NEWSROOM, memory, robots=robots, now=NOW)
        given_answers = itertools.islice(itertools.cycle(answers), 300)
        answer: Answer | None = None
        with contextlib.suppress(StopIteration, DiscoveryFailed):
            while True:
                step = walk.send(answer)
                answer = None
                if isinstance(step, Fetch):
                    status, body, headers = next(given_answers)
                    answer = Answer(url=step.url, status=status, body=body, headers=headers)
                elif isinstance(step, Link):
                    memory.note(step)
                    if known:
                        memory.look(step.url, "article", at=NOW.isoformat())
