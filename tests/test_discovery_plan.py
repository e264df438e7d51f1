"""What a run finds and what it costs, door by door."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import attrs
import pytest

from crawler.discovery import Answer, Window, plan
from crawler.errors import ConfigurationError, DiscoveryFailed
from tests.discovery_site import ADDRESS, NEWSROOM, NOW, Driver, Run, Site, at, page
from tests.memory_double import DictMemory

DOORS = ("rest", "sitemap", "feed", "lists")


def only(door: str, site: Site) -> Site:
    site.shut = {each for each in DOORS if each != door}
    return site


class TestFirstRun:
    @pytest.mark.parametrize("door", DOORS)
    def test_any_single_door_gives_everything(self, door: str) -> None:
        run = Driver(only(door, Site(66))).run()
        assert run.found == [("new", 100 + number) for number in range(66)]

    def test_a_closed_door_is_named(self) -> None:
        run = Driver(only("sitemap", Site(66))).run()
        assert {note.door: note.text for note in run.notes if note.slug == "closed"} == {
            "rest": "closed: HTTP 401",
            "feed": "closed: HTTP 404",
            "listing": "closed: HTTP 404",
        }

    def test_no_door_at_all_is_an_error_that_names_each(self) -> None:
        site = Site(66)
        site.shut = set(DOORS)
        with pytest.raises(DiscoveryFailed) as error:
            Driver(site).run()
        assert str(error.value) == (
            f"no door of {ADDRESS} could be read "
            "(rest: HTTP 401; sitemap: HTTP 404; feed: HTTP 404; listing: HTTP 404)"
        )

    def test_goes_on_in_the_next_run_where_the_driver_ended_it(self) -> None:
        driver = Driver(only("rest", Site(1000)))
        runs = [driver.run(budget=4) for _ in range(9)]
        found = [link.url for run in runs for link in run.links]
        assert len(found) == len(set(found)) == 1000
        assert runs[0].summary is None
        assert runs[-1].summary is not None

    def test_refuses_a_door_that_does_not_exist(self) -> None:
        with pytest.raises(ConfigurationError, match=r"^discover='ftp': want auto, or some of"):
            plan(NEWSROOM, DictMemory(), now=NOW, doors=("rest", "ftp"))


class TestNothingChanged:
    @pytest.mark.parametrize("number", [66, 2600])
    @pytest.mark.parametrize("validators", [True, False])
    def test_rest_costs_three_requests(self, number: int, validators: bool) -> None:
        site = Site(number)
        site.sends_validators = validators
        driver = Driver(site)
        driver.run()
        for _ in range(3):
            run = driver.run()
            assert run.is_quiet
            assert len(run.requests) <= 3

    @pytest.mark.parametrize("number", [66, 2600])
    @pytest.mark.parametrize("validators", [True, False])
    @pytest.mark.parametrize(
        "open_doors", [("sitemap",), ("sitemap", "feed"), ("feed",), ("lists",)]
    )
    def test_without_rest_it_costs_six_at_most(
        self, number: int, validators: bool, open_doors: tuple[str, ...]
    ) -> None:
        site = Site(number)
        site.sends_validators = validators
        site.shut = {*DOORS, "rest"} - set(open_doors)
        driver = Driver(site)
        driver.run()
        for _ in range(3):
            run = driver.run()
            assert run.is_quiet
            assert len(run.requests) <= 6

    def test_a_second_door_is_asked_once_a_day(self) -> None:
        driver = Driver(Site(66))
        driver.run()
        driver.now += dt.timedelta(days=1)
        daily, after = driver.run(), driver.run()
        assert f"{ADDRESS}/wp-sitemap.xml" in daily.requests
        assert f"{ADDRESS}/wp-sitemap.xml" not in after.requests


class TestChanges:
    def test_rest_finds_one_of_each_among_66(self) -> None:
        site = Site(66)
        driver = Driver(site)
        driver.run()
        site.publish(900, at("2024-03-01T12:05"))
        site.story(120).modified = at("2024-03-01T12:06")
        site.delete(140)
        run = driver.run()
        assert run.found == [("changed", 120), ("new", 900)]
        assert run.gone == [140]
        assert len(run.requests) <= 4
        assert driver.run().links == []

    def test_rest_finds_one_of_each_among_2600(self) -> None:
        site = Site(2600)
        driver = Driver(site)
        driver.run()
        site.publish(9000, at("2024-03-01T12:05"))
        site.story(2120).modified = at("2024-03-01T12:06")
        site.delete(1140)
        run = driver.run()
        assert run.found == [("changed", 2120), ("new", 9000)]
        assert run.gone == [1140]
        assert len(run.requests) <= 16
        assert len(driver.run().requests) == 3

    def test_rest_finds_several_deletions_at_once(self) -> None:
        site = Site(3000)
        driver = Driver(site)
        driver.run()
        for post_id in (110, 111, 1200, 2900):
            site.delete(post_id)
        assert driver.run().gone == [110, 111, 1200, 2900]

    def test_pages_that_state_other_times_than_rest_are_not_missing(self) -> None:
        site = Site(1000)
        driver = Driver(site)
        driver.run()
        for story in site.stories:  # every page is seven hours off
            wrong = (story.date + dt.timedelta(hours=7)).isoformat() + "+07:00"
            driver.memory.look(story.url, "article", at=wrong, published=wrong)
        site.delete(400)
        assert driver.run().gone == [400]

    def test_a_scheduled_post_that_goes_public_late_is_found(self) -> None:
        site = Site(500)
        driver = Driver(site)
        driver.run()
        late = site.publish(9000, at("2020-02-11T09:30"))
        late.modified = at("2020-01-01T09:30")
        assert driver.run().found == [("new", 9000)]

    def test_a_post_that_appears_in_the_middle_is_found_by_counting(self) -> None:
        site = Site(3000)
        driver = Driver(site)
        driver.run()
        restored = site.publish(9000, at("2020-03-01T09:01"))
        restored.modified = at("2020-03-01T09:01")
        run = driver.run()
        assert run.found == [("new", 9000)]
        assert len(run.requests) <= 14

    def test_more_new_posts_than_a_page_holds(self) -> None:
        site = Site(500)
        driver = Driver(site)
        driver.run()
        for number in range(250):
            site.publish(9000 + number, at("2024-03-01") + dt.timedelta(minutes=number))
        assert driver.run().found == [("new", 9000 + number) for number in range(250)]

    def test_more_edits_than_a_page_holds(self) -> None:
        site = Site(500)
        driver = Driver(site)
        driver.run()
        for number in range(250):
            site.story(100 + number).modified = at(f"2024-03-01T12:00:0{number // 60}")
        assert driver.run().found == [("changed", 100 + number) for number in range(250)]

    def test_a_taken_down_post_that_returns_is_back(self) -> None:
        site = Site(66)
        driver = Driver(site)
        driver.run()
        story = site.delete(140)
        assert driver.run().gone == [140]
        site.stories.append(story)
        assert driver.run().found == [("back", 140)]

    def test_a_post_at_another_address_is_the_same_post(self) -> None:
        site = Site(66)
        driver = Driver(site)
        driver.run()
        site.tamper = lambda _, answer: attrs.evolve(
            answer, body=answer.body.replace(b"/berita-nomor-", b"/2020/berita-nomor-")
        )
        run = driver.run()
        assert not run.links
        assert not run.missing
        assert run.summary is not None
        assert run.summary.counts["moved"] == 66

    def test_sitemap_and_feed_find_one_of_each(self) -> None:
        site = Site(2600)
        site.shut = {"rest"}
        driver = Driver(site)
        driver.run()
        site.publish(9000, at("2024-03-01T12:05"))
        site.story(2695).modified = at("2024-03-01T12:06")  # among the feed's ten
        run = driver.run()
        assert run.found == [("changed", 2695), ("new", 9000)]
        assert len(run.requests) <= 6
        site.delete(1140)
        run = driver.run()
        assert run.gone == [1140]
        assert len(run.requests) <= 10
        assert driver.run().missing == []

    def test_a_dated_sitemap_shows_edits_of_older_files_in_turn(self) -> None:
        site = only("sitemap", Site(2600))
        site.states_lastmod = True
        driver = Driver(site)
        first = driver.run()
        assert first.summary is not None
        assert first.summary.shows_changes
        site.story(150).modified = at("2024-03-01T12:06")
        found = [driver.run().found for _ in range(5)]
        assert [("changed", 150)] in found

    def test_a_sitemap_dated_by_its_generator_shows_no_changes(self) -> None:
        site = only("sitemap", Site(100))
        site.states_lastmod = True
        driver = Driver(site)
        driver.run()
        for story in site.stories:
            story.modified = at("2024-03-01T13:00")
        run = driver.run()
        assert run.links == []
        assert run.summary is not None
        assert not run.summary.shows_changes

    def test_a_feed_ahead_of_a_cached_sitemap_moves_no_counts(self) -> None:
        site = Site(2600)
        site.shut = {"rest"}
        driver = Driver(site)
        driver.run()
        cached = {
            url: site.answer(url, None)
            for url in (f"{ADDRESS}/wp-sitemap.xml", f"{ADDRESS}/wp-sitemap-posts-post-6.xml")
        }
        site.publish(9000, at("2024-03-01T12:05"))
        site.broken = cached
        assert driver.run().found == [("new", 9000)]
        site.broken = {}
        run = driver.run()
        assert run.links == []
        assert "counts_disagree" not in run.slugs


class TestDoorsThatClose:
    def test_rest_closes_and_the_sitemap_takes_over(self) -> None:
        site = Site(66)
        driver = Driver(site)
        driver.run()
        site.shut = {"rest"}
        site.publish(900, at("2024-03-01T12:05"))
        run = driver.run()
        assert run.found == [("new", 900)]
        assert "closed" in run.slugs
        assert "closed" not in driver.run().slugs

    def test_rest_opens_again_within_a_day(self) -> None:
        site = Site(66)
        site.shut = {"rest"}
        driver = Driver(site)
        driver.run()
        site.shut = set()
        driver.now += dt.timedelta(days=1)
        run = driver.run()
        assert "opened" in run.slugs
        assert run.links == []

    def test_an_edit_in_the_second_of_the_look_is_found_when_rest_opens(self) -> None:
        site = Site(66)
        site.shut = {"rest"}
        driver = Driver(site)
        driver.run()  # looks at every page at 12:00:00
        site.story(120).modified = at("2024-03-01T12:00")
        site.story(121).modified = at("2024-03-01T11:57")  # a server whose clock is late
        site.story(122).modified = at("2024-03-01T11:00")  # seen by that look
        site.shut = set()
        driver.now += dt.timedelta(days=1)
        assert driver.run().found == [("changed", 120), ("changed", 121)]
        assert driver.run().found == []

    @pytest.mark.parametrize("told", [False, True], ids=["by REST alone", "by the sitemap, too"])
    def test_an_edit_while_rest_is_shut_is_found_once(self, told: bool) -> None:
        site = Site(66)
        site.states_lastmod = told
        driver = Driver(site)
        driver.run()
        site.shut = {"rest"}
        site.story(120).modified = at("2024-03-01T12:05")
        driver.now += dt.timedelta(hours=1)
        found = driver.run().found
        assert bool(found) is told
        site.shut = set()
        driver.now += dt.timedelta(hours=1)
        found += driver.run().found
        driver.now += dt.timedelta(days=1)
        found += driver.run().found
        found += driver.run().found
        assert found == [("changed", 120)]

    def test_an_overloaded_rest_is_tried_in_the_next_run(self) -> None:
        site = Site(66)
        driver = Driver(site)
        driver.run()
        site.tamper = lambda url, answer: (
            Answer(url=url, status=503) if "wp-json" in url else answer
        )
        assert driver.run().links == []
        site.tamper = lambda _, answer: answer
        run = driver.run()
        assert run.summary is not None
        assert run.summary.doors == {"rest": "complete"}

    def test_a_newsroom_that_lists_nothing_is_trouble(self) -> None:
        site = Site(66)
        driver = Driver(site)
        driver.run()
        site.stories = []
        site.broken = {f"{ADDRESS}/": page(f"{ADDRESS}/", "<html><body>Situs ini</body></html>")}
        run = driver.run()
        assert any(note.trouble and note.slug == "lists_none" for note in run.notes)
        assert run.missing == []

    def test_mass_disappearance_is_sampled_and_reported(self) -> None:
        site = Site(400)
        driver = Driver(site)
        driver.run()
        site.stories = site.stories[:250]
        run = driver.run()
        assert any(note.trouble and note.slug == "mass_missing" for note in run.notes)
        assert len(run.missing) == 25


class TestWindow:
    @pytest.mark.parametrize(
        "shut", [(), ("rest",), ("rest", "lists"), ("rest", "sitemap", "feed")]
    )
    def test_lists_the_days_of_the_window(self, shut: tuple[str, ...]) -> None:
        site = Site(1200)  # twelve a day from 1 January 2020, from eight in the morning
        site.shut = set(shut)
        driver = Driver(site)
        run = driver.run(window=Window(since=dt.date(2020, 2, 1), until=dt.date(2020, 2, 29)))
        first = 100 + 31 * 12 - 4
        assert run.found == [("new", first + number) for number in range(29 * 12)]

    def test_leaves_no_trace_for_other_runs(self) -> None:
        driver = Driver(Site(1200))
        driver.run(window=Window(since=dt.date(2020, 2, 1), until=dt.date(2020, 2, 29)))
        assert driver.memory.doors == {}

    def test_asks_only_for_what_it_needs(self) -> None:
        driver = Driver(Site(1200))
        run = driver.run(window=Window(since=dt.date(2020, 2, 1), until=dt.date(2020, 2, 3)))
        assert len(run.links) == 36
        assert len(run.requests) == 3


class TestQuickBackfill:
    def test_pages_grow_while_the_server_keeps_up(self) -> None:
        site = only("rest", Site(1000))
        run = Driver(site).run(rest_records=True)
        sizes = [url.split("per_page=")[1].split("&")[0] for url in run.requests if "_embed" in url]
        assert sizes[:4] == ["20", "40", "80", "100"]
        assert len(run.links) == 1000
        assert all(link.record is not None and link.record["title"] for link in run.links)

    def test_pages_halve_when_it_does_not(self) -> None:
        site = only("rest", Site(1000))

        def overloaded(url: str, answer: Answer) -> Answer:
            heavy = "_embed" in url and ("per_page=80" in url or "per_page=100" in url)
            return Answer(url=url, status=502) if heavy else answer

        site.tamper = overloaded
        run = Driver(site).run(rest_records=True)
        assert len({link.url for link in run.links}) == 1000

    def test_new_posts_come_with_their_records(self) -> None:
        site = Site(300)
        driver = Driver(site)
        driver.run(rest_records=True)
        site.publish(900, at("2024-03-01T12:05"))
        run = driver.run(rest_records=True)
        assert run.found == [("new", 900)]
        assert run.links[0].record is not None

    def test_what_a_listing_left_waiting_gets_its_record(self) -> None:
        driver = Driver(Site(300))
        driver.run(fetch=False)
        run = driver.run(rest_records=True)
        assert len(run.links) == 300
        assert all(link.record is not None for link in run.links)


class TestForms:
    def test_www_and_http_are_the_same_newsroom(self) -> None:
        site = Site(66)
        site.tamper = lambda url, answer: attrs.evolve(
            answer,
            body=answer.body.replace(b"https://kabar.example/ber", b"http://www.kabar.example/ber")
            if "sitemap" in url
            else answer.body,
        )
        run = Driver(site).run()
        assert run.found == [("new", 100 + number) for number in range(66)]

    def test_a_newsroom_that_turns_to_www_is_not_archived_again(self) -> None:
        site = Site(66)
        driver = Driver(site)
        driver.run()
        site.shut = {"rest"}
        site.tamper = lambda _, answer: attrs.evolve(
            answer, body=answer.body.replace(b"//kabar.example/ber", b"//www.kabar.example/ber")
        )
        run = driver.run()
        assert run.links == []

    def test_the_form_that_visitors_are_sent_to_is_used(self) -> None:
        site = Site(66)
        site.sends_validators = False
        site.tamper = lambda url, answer: attrs.evolve(
            answer, url=url.replace("//kabar.example", "//www.kabar.example")
        )
        run = Driver(site).run(fetch=False)
        assert {link.url.partition("/berita")[0] for link in run.links} == {
            "https://www.kabar.example"
        }


class TestGiven:
    def test_addresses_are_links_whether_known_or_not(self) -> None:
        driver = Driver(Site(66))
        driver.run()
        lines = [
            "# dari redaksi",
            "",
            f"{ADDRESS}/berita-nomor-105/?utm_source=wa",
            f"{ADDRESS}/berita-nomor-105/2/",
            f"{ADDRESS}/belum-dikenal-1/",
            "https://lain.example/berita/",
            "bukan alamat",
        ]
        run = driver.run(urls=lines, fetch=False)
        assert [(link.why, link.url, link.door) for link in run.links] == [
            ("changed", f"{ADDRESS}/berita-nomor-105/", "urls"),
            ("new", f"{ADDRESS}/belum-dikenal-1/", "urls"),
        ]
        assert [note.slug for note in run.notes] == ["foreign", "foreign"]
        assert run.requests == [f"{ADDRESS}/robots.txt"]


CDX = "https://arsip.example/cdx"


@attrs.define
class Index:
    """A CDX server: pywb's flat index, which has no pages, or one with ``pages``, as OpenWayback."""

    rows: list[tuple[str, str]]
    """Time of capture and path; sorted as an index is, by address."""

    pages: int = 0
    stated: str | None = None
    """How it says how many pages there are, where not as OpenWayback."""

    requests: list[dict[str, str]] = attrs.field(factory=list)

    def __call__(self, url: str, answer: Answer) -> Answer:
        if not url.startswith(CDX):
            return answer
        query = dict(parse_qsl(urlsplit(url).query))
        self.requests.append(query)
        if "showNumPages" in query:
            stated = json.dumps([["numpages"], [str(self.pages)]])
            return page(url, stated if self.stated is None else self.stated)
        rows = self.rows
        if self.pages:
            size = -(-len(rows) // self.pages)
            start = int(query["page"]) * size
            rows = rows[start : start + size]
        rows = [row for row in rows if query.get("from", "") <= row[0] <= query.get("to", "9")]
        lines = [
            {"timestamp": stamp, "url": f"{ADDRESS}{path}", "mime": "text/html", "status": "200"}
            for stamp, path in rows[: int(query["limit"])]
        ]
        names = query.get("fields", query["fl"]).split(",")
        return page(url, "".join(f"{json.dumps(_only(names, line))}\n" for line in lines))


def _only(names: list[str], line: dict[str, str]) -> dict[str, str]:
    return {name: line[name] for name in names if name in line}


def captures(number: int, *, seconds: int = 1) -> list[tuple[str, str]]:
    """Of *number* articles in the order of their addresses, *seconds* apart."""
    began = dt.datetime(2024, 1, 1, tzinfo=dt.UTC)
    times = (began + dt.timedelta(seconds=each * 7919 % number * seconds) for each in range(number))
    return [
        (f"{time:%Y%m%d%H%M%S}", f"/berita-nomor-{10_000 + each}/")
        for each, time in enumerate(times)
    ]


def ask(index: Callable[[str, Answer], Answer], **options: Any) -> Run:
    site = Site(3)
    site.tamper = index
    return Driver(site).run(doors="cdx", cdx=CDX, fetch=False, **options)


class TestCdx:
    def test_lists_captured_pages(self) -> None:
        pages = [
            "".join(
                f'{{"url": "{ADDRESS}/{path}", "status": "{status}", "mime": "text/html"}}\n'
                for path, status in rows
            )
            for rows in (
                [("berita-nomor-100/", "200"), ("berita-nomor-100/?amp=1", "200")],
                [("berita-nomor-101/2/", "-"), ("berita-nomor-102/", "404"), ("tag/hujan/", "200")],
            )
        ]

        def archive(url: str, answer: Answer) -> Answer:
            if not url.startswith(CDX):
                return answer
            number = int(dict(parse_qsl(urlsplit(url).query)).get("page", "2"))
            return page(url, pages[number] if number < 2 else "")

        run = ask(archive)
        assert run.found == [("new", 100), ("new", 101)]
        assert "url=kabar.example%2F%2A" in run.requests[1]

    def test_an_index_with_names_of_its_own_and_without_pages(self) -> None:
        index = Index(captures(3))
        assert ask(index).found == [("new", 10_000), ("new", 10_001), ("new", 10_002)]
        assert [query["page"] for query in index.requests] == ["0", "1"]

    def test_a_page_of_which_filters_leave_nothing_is_not_the_last(self) -> None:
        index = Index([*captures(4), ("20231231000000", "/lama/"), ("20231231000000", "/usang/")])
        index.rows = [index.rows[4], *index.rows[:2], index.rows[5], *index.rows[2:4]]
        index.pages = 6
        run = ask(index, window=Window(since=dt.date(2024, 1, 1)))
        assert run.found == [("new", 10_000 + each) for each in range(4)]
        assert {query["from"] for query in index.requests} == {"20231231170000"}  # 00:00 +07:00

    def test_a_long_list_without_pages_is_asked_for_by_time(self) -> None:
        index = Index(captures(25_000))
        run = ask(index)
        assert len(run.found) == 25_000
        assert run.summary is not None
        assert run.summary.doors == {"cdx": "complete"}
        assert len(index.requests) < 20

    def test_what_cannot_be_told_apart_by_time_is_said(self) -> None:
        index = Index(captures(25_000, seconds=0))
        run = ask(index)
        assert (len(run.found), run.slugs) == (10_000, {"capped"})
        assert len(index.requests) == 2

    def test_a_server_that_passes_over_times_is_not_asked_for_ever(self) -> None:
        index = Index(captures(25_000))

        def timeless(url: str, answer: Answer) -> Answer:
            return index(re.sub("&(from|to)=[0-9]+", "", url), answer)

        run = ask(timeless)
        assert (len(run.found), run.slugs) == (10_000, {"capped"})
        assert len(index.requests) < 10

    def test_a_list_without_an_end_is_left(self) -> None:
        def endless(url: str, answer: Answer) -> Answer:
            line = {"url": f"{ADDRESS}/berita-nomor-{url.rpartition('page=')[2]}/"}
            return page(url, json.dumps(line)) if url.startswith(CDX) else answer

        run = ask(endless)
        assert (len(run.found), run.slugs) == (2_000, {"capped"})

    def test_a_list_that_breaks_off_is_not_complete(self) -> None:
        index = Index(captures(6), pages=3)
        run = ask(
            lambda url, answer: (
                Answer(url=url, status=429) if url.endswith("page=1") else index(url, answer)
            )
        )
        assert run.found == [("new", 10_000), ("new", 10_001)]
        assert [note.text for note in run.notes] == ["page 1: HTTP 429"]
        assert run.summary is not None
        assert run.summary.doors == {"cdx": "partial"}

    @pytest.mark.parametrize(
        ("status", "body"),
        [(200, b""), (404, b'{"message": "No Captures found for: kabar.example/*"}')],
        ids=["pywb", "Common Crawl"],
    )
    def test_an_index_that_knows_nothing_of_the_newsroom(self, status: int, body: bytes) -> None:
        run = ask(
            lambda url, answer: (
                Answer(url=url, status=status, body=body) if url.startswith(CDX) else answer
            )
        )
        assert run.found == []
        assert [note.text for note in run.notes] == ["it has no capture of the newsroom"]

    @pytest.mark.parametrize("status", [404, 503])
    def test_a_server_that_does_not_answer_is_an_error(self, status: int) -> None:
        with pytest.raises(DiscoveryFailed, match=f"cdx: HTTP {status}"):
            ask(lambda url, answer: Answer(url=url, status=status) if CDX in url else answer)

    @pytest.mark.parametrize(
        ("stated", "pages"),
        [
            ("3\n", 3),
            ('[["numpages"],\n["3"]]\n', 3),
            ('{"pages": 3, "pageSize": 5, "blocks": 11}', 3),
            ('{"urlkey": "example,kabar)/", "pages": "tiga"}', 0),
            ("", 0),
        ],
    )
    def test_how_many_pages_there_are(self, stated: str, pages: int) -> None:
        index = Index(captures(6), pages=pages, stated=stated)
        assert len(ask(index).found) == 6
        assert {query["page"] for query in index.requests if "page" in query} >= (
            {"0", "1", "2"} if pages else set()
        )

    def test_wants_a_server(self) -> None:
        with pytest.raises(ConfigurationError, match="want the address of a CDX server"):
            plan(NEWSROOM, DictMemory(), now=NOW, doors="cdx")


class TestTypes:
    """Posts of other types in a quick backfill."""

    POSTS = tuple(
        {"id": 9000 + number, "link": f"{ADDRESS}/liputan/kisah-nomor-{9000 + number}/",
         "date": f"2024-02-{number:02}T08:00:00", "title": {"rendered": "Kisah"}}
        for number in range(25, 0, -1)
    )  # fmt: skip

    def driver(self) -> Driver:
        """Return what drives a walk over a newsroom that has reportages, goods and menus, too."""
        site = Site(30)

        def tamper(url: str, answer: Answer) -> Answer:
            path, _, query = url.removeprefix(ADDRESS).partition("?")
            asked = dict(parse_qsl(query))
            body = answer.body
            if path == "/wp-sitemap.xml":
                more = "".join(
                    f"<sitemap><loc>{ADDRESS}/wp-sitemap-posts-{name}-1.xml</loc></sitemap>"
                    for name in ("liputan", "produk_unggulan", "product", "wp_template", "tanpa")
                )
                body = body.replace(b"</sitemapindex>", f"{more}</sitemapindex>".encode())
            elif path == "/wp-json/wp/v2/types":
                names = ("post", "page", "liputan", "produk_unggulan", "product", "wp_template")
                body = json.dumps({name: {"rest_base": f"{name}s"} for name in names}).encode()
            elif path == "/wp-json/wp/v2/liputans":
                before = asked.get("before", "9999")
                found = [post for post in self.POSTS if str(post["date"]) < before]
                shown = found[: int(asked["per_page"])]
                headers = {"x-wp-total": str(len(found))}
                return Answer(url=url, status=200, body=json.dumps(shown).encode(), headers=headers)
            elif path == "/wp-json/wp/v2/produk_unggulans":
                good = {
                    "id": 8000,
                    "link": f"{ADDRESS}/produk/kopi/",
                    "date": "2024-02-01T08:00:00",
                }
                return Answer(url=url, status=200, body=json.dumps([good]).encode())
            elif path.startswith(("/liputan/", "/produk/")):
                body = b"berita" if path.startswith("/liputan/") else b"barang"
            else:
                return answer
            return Answer(url=url, status=200, body=body)

        site.tamper = tamper
        return Driver(site)

    def run(self, driver: Driver) -> Run:
        return driver.run(
            doors="rest", rest_records=True, is_article=lambda answer: answer.body == b"berita"
        )

    def test_those_whose_pages_are_articles_are_listed_with_their_records(self) -> None:
        driver = self.driver()
        run = self.run(driver)
        reports = [link for link in run.links if "/liputan/" in link.url]
        assert {link.url for link in reports} == {post["link"] for post in self.POSTS}
        assert all(link.record and link.record["title"] for link in reports)
        assert len(run.links) == 30 + 25
        assert not any("product" in each or "wp_template" in each for each in run.requests)
        assert run.summary is not None
        assert run.summary.doors == {"rest": "complete"}

    def test_they_are_not_missing_in_later_runs(self) -> None:
        driver = self.driver()
        self.run(driver)
        assert self.run(driver).is_quiet
        later = driver.run()
        assert not later.missing
        assert "mass_missing" not in later.slugs


def test_a_list_that_breaks_off_is_not_complete_and_is_read_again() -> None:
    site = only("lists", Site(66))
    lost = f"{ADDRESS}/page/3/"
    site.broken = {lost: Answer(url=lost, status=500)}
    driver = Driver(site)
    run = driver.run()
    assert len(run.found) == 20
    assert [note.text for note in run.notes if note.incomplete] == [f"{lost}: HTTP 500"]
    assert run.summary is not None
    assert f"listing: {lost}: HTTP 500" in run.summary.unknown
    site.broken.clear()
    assert len(driver.run().found) == 46


class TestAtom:
    """A feed that says itself where it goes on (RFC 5005)."""

    def site(self, last: str = "") -> Site:
        site = only("feed", Site(66))

        def tamper(url: str, answer: Answer) -> Answer:
            path, _, query = url.removeprefix(ADDRESS).partition("?")
            if path != "/feed/" or "paged" in query:
                return answer
            start = int(query.removeprefix("mulai=") or 0)
            shown = site.stories[::-1][start : start + 25]
            following = f"/feed/?mulai={start + 25}" if start + 25 < 66 else last
            more = f'<link rel="next" href="{following}"/>' if following else ""
            entries = "".join(f'<entry><link href="{each.url}"/></entry>' for each in shown)
            return page(url, f'<feed xmlns="http://www.w3.org/2005/Atom">{entries}{more}</feed>')

        site.tamper = tamper
        return site

    def test_is_followed_to_its_end(self) -> None:
        driver = Driver(self.site())
        run = driver.run(doors="feed")
        assert run.found == [("new", 100 + number) for number in range(66)]
        assert run.summary is not None
        assert run.summary.doors == {"feed": "complete"}
        assert run.summary.unknown == ()

    def test_one_that_never_ends_is_not_complete(self) -> None:
        run = Driver(self.site(last="/feed/?mulai=50")).run(doors="feed")
        assert len(run.found) == 66
        assert run.summary is not None
        assert run.summary.unknown == ("feed: lists the newest articles only",)


class TestDatedIndex:
    WINDOW = Window(since=dt.date(2020, 1, 2), until=dt.date(2020, 1, 4))
    LISTED = (*range(110, 120), *range(122, 132), *range(134, 144))
    """Ten of each day."""

    def site(self, form: str) -> Site:
        """A newsroom whose lists by day are at *form* alone; it answers 404 for WordPress' own."""
        site = only("lists", Site(66))

        def tamper(url: str, answer: Answer) -> Answer:
            path = url.removeprefix(ADDRESS)
            if path.startswith("/20"):
                return Answer(url=url, status=404)
            if path == "/":
                linked = answer.body.replace(
                    b"</footer>", b'<a href="/indeks/">Indeks</a></footer>'
                )
                return attrs.evolve(answer, body=linked)
            if not path.startswith("/indeks"):
                return answer
            days = {each.date.strftime(form): each.date.date() for each in site.stories}
            day = days.get(path)
            shown = [each for each in site.stories if day in (each.date.date(), None)]
            return site._list(url, 1, shown[-10:])

        site.tamper = tamper
        return site

    @pytest.mark.parametrize("form", ["/indeks?date=%Y-%m-%d", "/indeks/%Y/%m/%d"])
    def test_is_found_by_its_link_and_gives_the_days(self, form: str) -> None:
        run = Driver(self.site(form)).run(window=self.WINDOW)
        assert [number for _, number in run.found] == [*self.LISTED]
        assert run.summary is not None
        assert run.summary.doors["listing"] == "complete"

    def test_that_heeds_no_day_gives_nothing_and_is_refused_by_name(self) -> None:
        run = Driver(self.site("/arsip/%d")).run(window=self.WINDOW)
        assert run.found == []
        (note,) = [note for note in run.notes if note.incomplete]
        assert note.text.startswith("no door lists all that was published from 2020-01-02 to")
        assert len(run.requests) < 30

    def test_with_a_day_that_cannot_be_had_is_not_complete(self) -> None:
        site = self.site("/indeks?date=%Y-%m-%d")
        lost = f"{ADDRESS}/indeks?date=2020-01-03"
        whole = site.tamper
        site.tamper = lambda url, answer: (
            Answer(url=url, status=500) if url == lost else whole(url, answer)
        )
        run = Driver(site).run(window=self.WINDOW)
        assert len(run.found) == 20
        (note,) = [note for note in run.notes if note.incomplete]
        assert f"listing: {lost}: HTTP 500" in note.text

    def test_is_where_the_newsroom_s_file_says(self) -> None:
        newsroom = attrs.evolve(NEWSROOM, index="/indeks/arsip-%d-%m-%Y.html")
        driver = Driver(self.site(newsroom.index), newsroom=newsroom)
        run = driver.run(window=self.WINDOW)
        assert [number for _, number in run.found] == [*self.LISTED]
