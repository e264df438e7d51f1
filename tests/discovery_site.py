"""A WordPress newsroom in memory, and the least that drives a walk of discovery over it."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import attrs

from crawler.discovery import Answer, Fetch, Link, Missing, Note, Summary, Window, plan
from crawler.newsrooms import Newsroom
from tests.memory_double import DictMemory

WIB = dt.timezone(dt.timedelta(hours=7))
ADDRESS = "https://kabar.example"
NEWSROOM = Newsroom(name="kabar", address=ADDRESS)
NOW = dt.datetime(2024, 3, 1, 12, 0, tzinfo=WIB)


def at(text: str) -> dt.datetime:
    """A time on the newsroom's clock, as WordPress keeps it: without a zone."""
    return dt.datetime.fromisoformat(text)


@attrs.define
class Story:
    post_id: int
    date: dt.datetime
    modified: dt.datetime

    @property
    def url(self) -> str:
        return f"{ADDRESS}/berita-nomor-{self.post_id}/"


def stories(number: int) -> list[Story]:
    """*number* stories two hours apart, oldest first."""
    dates = (at("2020-01-01T08:00") + dt.timedelta(hours=2 * each) for each in range(number))
    return [Story(100 + index, date, date) for index, date in enumerate(dates)]


class Site:
    """Answers as WordPress does; its attributes are the newsroom's doings and failings."""

    def __init__(self, number: int) -> None:
        self.stories = stories(number)
        self.shut: set[str] = set()
        """Doors that are closed: ``rest``, ``sitemap``, ``feed``, ``lists``."""

        self.broken: dict[str, Answer] = {}
        """What answers at an address instead of what should."""

        self.file_size = 500  # WordPress: 2,000
        self.states_lastmod = False
        self.sends_validators = True
        self.sends_totals = True
        self.requests: list[str] = []
        self.tamper: Callable[[str, Answer], Answer] = lambda _, answer: answer

    def story(self, post_id: int) -> Story:
        return next(story for story in self.stories if story.post_id == post_id)

    def publish(self, post_id: int, date: dt.datetime) -> Story:
        story = Story(post_id, date, date)
        self.stories = sorted([*self.stories, story], key=lambda each: each.date)
        return story

    def delete(self, post_id: int) -> Story:
        story = self.story(post_id)
        self.stories.remove(story)
        return story

    # answering

    def answer(self, url: str, known: str | None) -> Answer:
        self.requests.append(url)
        answer = self.tamper(url, self.broken.get(url) or self._answer(url))
        tag = hashlib.sha256(answer.body).hexdigest()[:16]
        if answer.status == 200 and self.sends_validators:
            if known == tag:
                return Answer(url=url, status=304)
            return attrs.evolve(answer, headers={**answer.headers, "etag": tag})
        return answer

    def _answer(self, url: str) -> Answer:  # noqa: PLR0911 -- one a route
        parts = urlsplit(url)
        query = dict(parse_qsl(parts.query))
        path = parts.path
        if path == "/robots.txt":
            return page(url, "User-agent: *\nDisallow: /wp-admin/\n")
        if path.startswith("/wp-json/wp/v2/posts"):
            return self._rest(url, query)
        if "sitemap" in path:
            return self._sitemap(url, path)
        if path == "/feed/":
            return self._feed(url, int(query.get("paged", "1")))
        if "lists" not in self.shut and (path == "/" or path.startswith("/page/")):
            return self._list(url, 1 if path == "/" else int(path.split("/")[2]), self.stories)
        if "lists" not in self.shut and path.startswith("/20"):
            return self._archive(url, path)
        if any(story.url == url for story in self.stories):
            return page(url, "<html><body><h1>Berita</h1></body></html>")
        return Answer(url=url, status=404)

    def _rest(self, url: str, query: Mapping[str, str]) -> Answer:
        if "rest" in self.shut:
            return Answer(url=url, status=401, body=b'{"code":"rest_login_required"}')
        size = int(query.get("per_page", "10"))
        if size > 100:
            return Answer(url=url, status=400)
        found = list(self.stories)
        if "include" in query:
            wanted = {int(each) for each in query["include"].split(",")}
            found = [story for story in found if story.post_id in wanted]
        if "after" in query:
            found = [s for s in found if s.date > dt.datetime.fromisoformat(query["after"])]
        if "before" in query:
            found = [s for s in found if s.date < dt.datetime.fromisoformat(query["before"])]
        field = "modified" if query.get("orderby") == "modified" else "date"
        found.sort(key=lambda story: getattr(story, field), reverse=True)
        offset = int(query.get("offset", "0"))
        fields = query["_fields"].split(",") if "_fields" in query else None
        rows = [_record(story, fields) for story in found[offset : offset + size]]
        headers = {"x-wp-total": str(len(found))} if self.sends_totals else {}
        return Answer(url=url, status=200, body=json.dumps(rows).encode(), headers=headers)

    def _sitemap(self, url: str, path: str) -> Answer:
        ordered = sorted(self.stories, key=lambda story: story.post_id)
        files = [
            ordered[start : start + self.file_size]
            for start in range(0, len(ordered), self.file_size)
        ]
        if "sitemap" in self.shut:
            return Answer(url=url, status=404)
        if path == "/wp-sitemap.xml":
            names = [f"posts-post-{number + 1}" for number in range(len(files))]
            rows = "".join(
                f"<sitemap><loc>{ADDRESS}/wp-sitemap-{name}.xml</loc></sitemap>"
                for name in [*names, "posts-page-1", "taxonomies-category-1", "users-1"]
            )
            return page(url, f'<?xml version="1.0"?><sitemapindex>{rows}</sitemapindex>')
        number = path.removeprefix("/wp-sitemap-posts-post-").removesuffix(".xml")
        if not number.isdigit() or int(number) > len(files):
            return Answer(url=url, status=404)
        rows = "".join(self._entry(story) for story in files[int(number) - 1])
        return page(url, f'<?xml version="1.0"?><urlset>{rows}</urlset>')

    def _entry(self, story: Story) -> str:
        stated = f"<lastmod>{story.modified.isoformat()}+07:00</lastmod>"
        return f"<url><loc>{story.url}</loc>{stated if self.states_lastmod else ''}</url>"

    def _feed(self, url: str, number: int) -> Answer:
        found = self.stories[::-1][(number - 1) * 10 : number * 10]
        if "feed" in self.shut or not found:
            return Answer(url=url, status=404)
        items = "".join(
            f"<item><title>Berita nomor {story.post_id}</title><link>{story.url}</link>"
            f"<pubDate>{story.date:%a, %d %b %Y %H:%M:%S} +0700</pubDate>"
            f"<description>Diubah {story.modified}</description></item>"
            for story in found
        )
        return page(
            url, f'<?xml version="1.0"?><rss version="2.0"><channel>{items}</channel></rss>'
        )

    def _archive(self, url: str, path: str) -> Answer:
        parts = [int(part) for part in path.strip("/").split("/page/")[0].split("/")]
        found = [
            story
            for story in self.stories
            if [story.date.year, story.date.month, story.date.day][: len(parts)] == parts
        ]
        number = int(path.strip("/").split("/page/")[1]) if "/page/" in path else 1
        return self._list(url, number, found)

    def _list(self, url: str, number: int, found: list[Story]) -> Answer:
        shown = found[::-1][(number - 1) * 10 : number * 10]
        if not shown:
            return Answer(url=url, status=404)
        base = url.partition("page/")[0]
        items = "".join(
            f'<article id="post-{story.post_id}"><h2><a href="{story.url}">'
            f"Berita nomor {story.post_id}</a></h2></article>"
            for story in shown
        )
        newest = "".join(f'<a href="{s.url}"><h3>Terbaru</h3></a>' for s in self.stories[-3:])
        more = f'<a class="next page-numbers" href="{base}page/{number + 1}/">Berikutnya</a>'
        following = more if len(found) > number * 10 else ""
        return page(
            url,
            f"<html><body><main>{items}{following}</main><aside>{newest}</aside>"
            f'<footer><a href="/redaksi/">Susunan redaksi kabar kita</a></footer></body></html>',
        )


def page(url: str, text: str) -> Answer:
    return Answer(url=url, status=200, body=text.encode())


def _record(story: Story, fields: list[str] | None) -> dict[str, Any]:
    record = {
        "id": story.post_id,
        "link": story.url,
        "date": story.date.isoformat(),
        "date_gmt": (story.date - dt.timedelta(hours=7)).isoformat(),
        "modified": story.modified.isoformat(),
        "modified_gmt": (story.modified - dt.timedelta(hours=7)).isoformat(),
        "title": {"rendered": f"Berita nomor {story.post_id}"},
    }
    return {key: record[key] for key in fields} if fields else record


@attrs.define
class Run:
    """What one run asked for and was told."""

    requests: list[str]
    links: list[Link]
    missing: list[Missing]
    notes: list[Note]
    summary: Summary | None

    @property
    def found(self) -> list[tuple[str, int]]:
        """Why and number of each link, sorted."""
        return sorted((link.why, number_of(link.url)) for link in self.links)

    @property
    def gone(self) -> list[int]:
        return sorted(number_of(each.known.url) for each in self.missing)

    @property
    def is_quiet(self) -> bool:
        """Whether nothing was found, and nothing said."""
        return not (self.links or self.missing or self.notes)

    @property
    def slugs(self) -> set[str]:
        return {note.slug for note in self.notes}


def number_of(url: str) -> int:
    return int(url.strip("/").rpartition("-")[2])


class Driver:
    """Runs plans against a site, as a crawl that fetches every link would."""

    def __init__(
        self, site: Site, memory: DictMemory | None = None, newsroom: Newsroom = NEWSROOM
    ) -> None:
        self.newsroom = newsroom
        self.site = site
        self.memory = memory or DictMemory()
        self.now = NOW
        self.tags: dict[str, str] = {}

    def run(
        self,
        *,
        fetch: bool = True,
        window: Window | None = None,
        budget: int | None = None,
        **options: Any,
    ) -> Run:
        """Make one run; discovery's requests and robots.txt are in the result.

        It is broken off after *budget* fetches.
        """
        self.site.requests = []
        robots = self.site.answer(f"{ADDRESS}/robots.txt", None).body
        walk = plan(
            self.newsroom, self.memory, now=self.now, robots=robots, window=window, **options
        )
        run = Run([], [], [], [], None)
        answer: Answer | None = None
        while True:
            try:
                step = walk.send(answer)
            except StopIteration:
                break
            answer = None
            if isinstance(step, Fetch):
                if budget is not None and len(self.site.requests) > budget:
                    walk.close()
                    break
                answer = self._fetch(step)
            elif isinstance(step, Link):
                self.memory.note(step)
                run.links.append(step)
            elif isinstance(step, Missing):
                run.missing.append(step)
            elif isinstance(step, Note):
                run.notes.append(step)
            else:
                run.summary = step
        run.requests = self.site.requests
        self._look(run, fetch=fetch)
        self.now += dt.timedelta(minutes=15)
        return run

    def _fetch(self, step: Fetch) -> Answer:
        answer = self.site.answer(step.url, self.tags.get(step.url) if step.conditional else None)
        if "etag" in answer.headers:
            self.tags[step.url] = answer.headers["etag"]
        return answer

    def _look(self, run: Run, *, fetch: bool) -> None:
        at = self.now.isoformat()
        for link in run.links if fetch else ():
            published = link.published or self.site.story(number_of(link.url)).date.isoformat()
            self.memory.look(link.url, "article", at=at, lastmod=link.lastmod, published=published)
        for each in run.missing:
            if not any(story.url == each.known.url for story in self.site.stories):
                self.memory.look(each.known.url, "gone", at=at)
