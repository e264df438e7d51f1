"""``scrapy savefixture NAME URL``: a page and its record, to be corrected by hand, as a test case."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Final
from urllib.parse import unquote, urlsplit

from scrapy import Spider
from scrapy.exceptions import IgnoreRequest, UsageError

from crawler.archive import read, read_capture
from crawler.codec import as_mapping
from crawler.display import LiveDisplay
from crawler.downloader import fetch
from crawler.errors import ConfigurationError, NotAnArticle
from crawler.exit_codes import EXIT_FAILED
from crawler.extensions import RunKeeper
from crawler.extract import extract_article, open_page
from crawler.items import Capture
from crawler.middlewares import as_capture
from crawler.newsrooms import Newsroom, load_newsroom
from crawler.normalise.urls import canonical, same_host
from crawler.notify import Notifier
from crawler.project import ArchiveCommand, archive_root, newsroom_folders, say

if TYPE_CHECKING:
    import argparse
    from collections.abc import AsyncIterator


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


def _new_folder(newsroom: Newsroom, slug: str | None, url: str) -> Path:
    """Return the folder of a new case: *slug*, or what *url* ends with."""
    if not same_host(url, newsroom.own_hosts):
        raise ConfigurationError(f"{url}: want an address of {newsroom.address}")
    if slug is None:
        last = unquote(urlsplit(url).path).rstrip("/").rpartition("/")[2]
        words = re.sub(r"[^a-z0-9]+", "-", last.removesuffix(".html").lower()).strip("-")
        slug = words[:40].rpartition("-")[0] if len(words) > 40 else words  # noqa: PLR2004
    if not _SLUG.fullmatch(slug):
        raise ConfigurationError(
            f"--slug {slug!r}: want lower-case letters, digits and dashes that say what the page "
            "proves, such as dua-penulis"
        )
    folder = FIXTURES / newsroom.name / slug
    if folder.exists():
        raise ConfigurationError(f"{folder} is there already; want another --slug")
    return folder


def _save(folder: Path, captures: Sequence[Capture], newsroom: Newsroom) -> str | None:
    """Write *captures* into *folder*, and what is read from them; return why it is no article."""
    name, reason = "article.json", None
    try:
        record = as_mapping(extract_article(captures, newsroom))
    except NotAnArticle as error:
        name, reason = "not_article.json", error.reason
        record = {"reason": reason}
    folder.mkdir(parents=True)
    for number, capture in enumerate(captures, 1):
        page = "page.html" if number == 1 else f"page-{number}.html"
        (folder / page).write_bytes(capture.body)
    typed = {key: value for key, value in record.items() if key not in NOT_TYPED}
    first, *further = captures
    meta: dict[str, Any] = {UNCHECKED: _ADVICE, "url": first.url}
    if further:
        meta["pages"] = [capture.url for capture in further]
    if first.status != 200:  # noqa: PLR2004 -- OK, which goes without saying
        meta["status"] = first.status
    content_type = first.headers.get("content-type", "")
    if content_type.replace(" ", "").lower() != "text/html;charset=utf-8":
        meta["headers"] = {"content-type": content_type} if content_type else {}
    for file, values in (("meta.json", meta), (name, typed)):
        text = json.dumps(values, ensure_ascii=False, indent=2)
        (folder / file).write_text(f"{text}\n", encoding="utf-8")
    return reason


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
        """Keep the page, and the parts that it links."""
        try:
            page = open_page(await self._get(self.url), self.newsroom)
            while url := page.next_missing():
                page.add(await self._get(url))
            self.captures[:] = page.captures
        except NotAnArticle:
            pass  # the case is that the page, or a part of it, is refused
        except IgnoreRequest as error:
            self.captures.clear()
            words = str(error) or type(error).__name__
            say(words if words.startswith(self.url) else f"{self.url}: {words}")
        for nothing in list[Any]():  # which makes it what Scrapy iterates
            yield nothing

    async def _get(self, url: str) -> Capture:
        self.url = url
        self.captures.append(as_capture(await fetch(self.crawler, url)))
        return self.captures[-1]


class Command(ArchiveCommand):
    """Save a page and its record, to be corrected by hand, as a test case.

    Write page.html as it was served, meta.json, and article.json or not_article.json into
    fixtures/NAME/. Takes the capture where the newsroom's archive has the page, else fetches it as a
    run would, robots.txt obeyed.
    """

    usage = "NAME URL [--slug WORDS] [--fetch]"
    options: ClassVar = {
        "--slug WORDS": "the folder's name: what the page proves",
        "--fetch": "fetch the page also where it is archived",
    }
    requires_crawler_process = True
    default_settings: ClassVar = {}

    def work(self, args: list[str], opts: argparse.Namespace) -> None:
        if len(args) != 2:  # noqa: PLR2004 -- newsroom and address
            raise UsageError("want NAME and URL: a newsroom of crawler/sites, and a page of it")
        name, url = args
        newsroom = load_newsroom(name, newsroom_folders(self.configured))
        folder = _new_folder(newsroom, opts.slug, url)
        how = "from the archive"
        captures = [] if opts.fetch else self._archived(newsroom, url)
        if not captures:
            how = "fetched"
            process = self.crawler_process
            assert process is not None  # Scrapy has made it
            process.crawl(PageSpider, newsroom=newsroom, url=url, captures=captures)
            process.start()
        if not captures:
            self.exitcode = EXIT_FAILED
            return
        reason = _save(folder, captures, newsroom)
        found = f"not an article ({reason})" if reason else "an article"
        pages = "1 page" if len(captures) == 1 else f"{len(captures)} pages"
        say(f"{found}, {pages}, {how}; now correct by hand what the record says")
        print(folder)

    def _archived(self, newsroom: Newsroom, url: str) -> list[Capture]:
        folder = archive_root(self.configured) / newsroom.name
        if not (folder / "archive.json").exists():
            return []
        wanted = canonical(url)
        for article in read(folder, gone=True):
            if article.url == wanted and article.source != "rest":
                captures = [read_capture(folder, each) for each in article.captures]
                return [each for each in captures if each.url in article.pages] or captures
        return []
