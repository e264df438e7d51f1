"""``scrapy savefixture NAME URL``: a page and its record, to be corrected by hand.

Saved pages: folders that say what has to be read from a page, for a person to correct.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Final
from urllib.parse import unquote, urlsplit

from scrapy import Request, Spider
from scrapy.commands import ScrapyCommand
from scrapy.exceptions import IgnoreRequest, UsageError
from scrapy.http.request import NO_CALLBACK

from crawler.archive import read, read_capture
from crawler.codec import as_mapping
from crawler.display import LiveDisplay
from crawler.errors import ConfigurationError, CrawlerError, NotAnArticle
from crawler.extensions import RunKeeper
from crawler.extract import extract_article, open_page
from crawler.fetch_errors import as_refusal, fetch
from crawler.items import Capture
from crawler.middlewares import as_capture
from crawler.newsrooms import Newsroom, load_newsroom
from crawler.normalise.urls import canonical, same_host
from crawler.notify import Notifier
from crawler.project import EXIT_FAILED, archive_root, newsroom_folders, refuse_unknown_options, say

if TYPE_CHECKING:
    import argparse
    from collections.abc import AsyncIterator

    from scrapy.http import Response
    from twisted.python.failure import Failure

FIXTURES: Final = Path(__file__).parents[2] / "fixtures"

NOT_TYPED: Final = frozenset(
    {
        *("schema", "revision", "content_hash", "captures", "provenance", "extractor"),
        *("unchanged_until", "run", "written_at"),
    }
)
"""Fields that ``article.json`` leaves out: digests, and what only a run knows."""

UNCHECKED: Final = "unchecked"
"""Key of ``meta.json`` that a person deletes once the record is right; tests insist on it."""

_ADVICE: Final = (
    "Compare each value of article.json with the page as a browser shows it, correct it, and "
    "delete this line."
)
_SLUG = re.compile(r"[a-z0-9][a-z0-9-]{0,79}")
_PLAIN: Final = "text/html; charset=UTF-8"


def fixture_folder(name: str, slug: str | None, url: str, root: Path = FIXTURES) -> Path:
    """Return the folder of a new case: *slug*, or what *url* ends with.

    Raises :exc:`ConfigurationError` for a slug that cannot be a folder's name, and for a folder
    that is there.
    """
    if slug is None:
        last = unquote(urlsplit(url).path).rstrip("/").rpartition("/")[2]
        words = re.sub(r"[^a-z0-9]+", "-", last.removesuffix(".html").lower()).strip("-")
        slug = words[:40].rpartition("-")[0] if len(words) > 40 else words  # noqa: PLR2004
    if not _SLUG.fullmatch(slug):
        raise ConfigurationError(
            f"--slug {slug!r}: want lower-case letters, digits and dashes that say what the page "
            "proves, such as dua-penulis"
        )
    folder = root / name / slug
    if folder.exists():
        raise ConfigurationError(f"{folder} is there already; want another --slug")
    return folder


def save_fixture(folder: Path, captures: Sequence[Capture], newsroom: Newsroom) -> str | None:
    """Write *captures* of one page's parts into *folder*, with what our rules read from them.

    Returns None for an article, else the reason for which the page is none.
    """
    record: Mapping[str, Any]
    reason = None
    try:
        article = as_mapping(extract_article(captures, newsroom))
    except NotAnArticle as error:
        name, record, reason = "not_article.json", {"reason": error.reason}, error.reason
    else:
        name = "article.json"
        record = {key: value for key, value in article.items() if key not in NOT_TYPED}
    folder.mkdir(parents=True)
    for number, capture in enumerate(captures, 1):
        page = "page.html" if number == 1 else f"page-{number}.html"
        (folder / page).write_bytes(capture.body)
    _write(folder / "meta.json", _meta(captures))
    _write(folder / name, record)
    return reason


def _meta(captures: Sequence[Capture]) -> dict[str, Any]:
    first = captures[0]
    meta: dict[str, Any] = {UNCHECKED: _ADVICE, "url": first.url}
    if len(captures) > 1:
        meta["pages"] = [capture.url for capture in captures[1:]]
    if first.status != 200:  # noqa: PLR2004 -- OK, which goes without saying
        meta["status"] = first.status
    content_type = first.headers.get("content-type", "")
    if content_type.replace(" ", "").lower() != _PLAIN.replace(" ", "").lower():
        meta["headers"] = {"content-type": content_type} if content_type else {}
    return meta


def _write(path: Path, values: Mapping[str, Any]) -> None:
    text = json.dumps(values, ensure_ascii=False, indent=2)
    path.write_text(f"{text}\n", encoding="utf-8")


class PageSpider(Spider):
    """Fetches one page and its further parts as a run would, without an archive."""

    name = "savefixture"
    custom_settings: ClassVar[dict[str, Any]] = {  # type: ignore[misc]  # as in Scrapy's docs
        "EXTENSIONS": {RunKeeper: None, LiveDisplay: None, Notifier: None},
    }

    newsroom: Newsroom
    url: str
    captures: list[Capture]

    async def start(self) -> AsyncIterator[Any]:
        """Yield the request for the page."""
        yield Request(self.url, callback=self.read, errback=self.not_fetched, dont_filter=True)

    async def read(self, response: Response) -> None:
        """Keep the page, and fetch the parts that it links."""
        self.captures.append(first := as_capture(response))
        try:
            page = open_page(first, self.newsroom)
            while url := page.next_missing():
                request = Request(url, callback=NO_CALLBACK, dont_filter=True)
                further = as_capture(await fetch(self.crawler, request))
                self.captures.append(further)
                page.add(further)
        except NotAnArticle:
            return  # the case is that the page, or a part of it, is refused
        except IgnoreRequest as error:
            self.captures.clear()
            _say_why(page.next_missing() or self.url, error)
            return
        self.captures[:] = page.captures

    def not_fetched(self, failure: Failure) -> None:
        """Say why the page could not be had."""
        assert failure.value is not None
        _say_why(self.url, as_refusal(failure.value))


def _say_why(url: str, error: BaseException) -> None:
    words = str(error) or type(error).__name__
    say(words if words.startswith(url) else f"{url}: {words}")


class Command(ScrapyCommand):
    """Save a page as a test case."""

    requires_project = True

    def syntax(self) -> str:
        return "NAME URL [--slug WORDS] [--fetch]"

    def short_desc(self) -> str:
        return "Save a page and its record, to be corrected by hand, as a test case"

    def long_desc(self) -> str:
        return (
            "Write page.html as it was served, meta.json, and article.json or not_article.json "
            "into fixtures/NAME/. Takes the capture where the newsroom's archive has the page, "
            "else fetches it as a run would, robots.txt obeyed."
        )

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        parser.add_argument(
            "--slug", metavar="WORDS", help="the folder's name: what the page proves"
        )
        parser.add_argument(
            "--fetch", action="store_true", help="fetch the page also where it is archived"
        )

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        refuse_unknown_options(args)
        if len(args) != 2:  # noqa: PLR2004 -- newsroom and address
            raise UsageError("want NAME and URL: a newsroom of crawler/sites, and a page of it")
        try:
            newsroom, folder = self._case(args[0], args[1], opts.slug)
        except ConfigurationError as error:
            raise UsageError(str(error), print_help=False) from None
        try:
            captures = [] if opts.fetch else self._archived(newsroom, args[1])
            how = "from the archive"
            if not captures:
                captures, how = self._fetched(newsroom, args[1]), "fetched"
        except CrawlerError as error:
            say(str(error))
            captures = []
        if not captures:
            self.exitcode = EXIT_FAILED
            return
        reason = save_fixture(folder, captures, newsroom)
        found = f"not an article ({reason})" if reason else "an article"
        pages = "1 page" if len(captures) == 1 else f"{len(captures)} pages"
        say(f"{found}, {pages}, {how}; now correct by hand what the record says")
        print(folder)

    def _case(self, name: str, url: str, slug: str | None) -> tuple[Newsroom, Path]:
        """Return the newsroom of that name, and the folder for *url*."""
        assert self.settings is not None
        newsroom = load_newsroom(name, newsroom_folders(self.settings))
        if not same_host(url, (newsroom.host, *newsroom.hosts)):
            raise ConfigurationError(f"{url}: want an address of {newsroom.address}")
        return newsroom, fixture_folder(newsroom.name, slug, url)

    def _archived(self, newsroom: Newsroom, url: str) -> list[Capture]:
        """Return the captures of the page where the archive has it, else nothing."""
        assert self.settings is not None
        folder = archive_root(self.settings) / newsroom.name
        if not (folder / "archive.json").exists():
            return []
        wanted = canonical(url)
        for article in read(folder, gone=True):
            if article.url == wanted and article.source != "rest":
                captures = [read_capture(folder, each) for each in article.captures]
                return [each for each in captures if each.url in article.pages] or captures
        return []

    def _fetched(self, newsroom: Newsroom, url: str) -> list[Capture]:
        assert self.crawler_process is not None
        captures: list[Capture] = []
        self.crawler_process.crawl(PageSpider, newsroom=newsroom, url=url, captures=captures)
        self.crawler_process.start()
        return captures
