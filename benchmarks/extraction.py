"""Extraction beside other tools: time against the bare parse, and what is right.

    python -m benchmarks.extraction                 pages of the embedded newsroom, saved pages
    python -m benchmarks.extraction --pages DIR     HTML files of your own: time only

Every tool reads the same pages in one run, on one core, in turn, so that a busy machine slows all of
them alike. Time is processor time, the least of the rounds, in milliseconds, in times the bare parse by
lxml, and in times trafilatura's body alone. What is not installed says so: the others come with ``make bench``.

What is right is counted against ``fixtures/newsroom/expected`` and ``fixtures/progres``, which people
typed: *paragraphs* is the share of articles whose body is right paragraph for paragraph, *words* the
agreement of runs of five words. A tool that does not give a field has a dash there.
"""

from __future__ import annotations

import argparse
import importlib
import json
import logging
import os
import re
import statistics
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from html.parser import HTMLParser
from pathlib import Path
from typing import Any, Final

import attrs
import parsel
from lxml import etree

from crawler.extract import extract_article
from crawler.items import Capture
from crawler.newsrooms import Newsroom, load_newsroom, newsroom_at
from crawler.normalise.text import typographic_fold
from demo import Request, load_content
from demo.routes import Router
from demo.site import Site
from demo.source import FIXTURES

_SITE_NAME: Final = re.compile(r" -(?: PROGRES\.ID)?$")
ROOT: Final = Path(__file__).resolve().parents[1]
Found = Mapping[str, Any]
BARE, BODY_ALONE = "lxml, bare", "trafilatura, body"
BODY: Final = ("paragraphs", "words")
FIELDS: Final = ("title", "published", "authors", "caption", "place", *BODY)


@attrs.frozen(kw_only=True)
class Page:
    """One page of an article, and what a person reads on it, if anyone did."""

    url: str
    body: bytes
    truth: Found | None = None


@attrs.define(kw_only=True)
class Tool:
    """A tool: how it reads a page, and what of the record it gives."""

    name: str
    module: str
    read: Callable[[Page, Any], Any]
    found: Callable[[Any], Found] | None = None
    gives: tuple[str, ...] = ()
    times: list[float] = attrs.field(factory=list)

    def load(self) -> Any:
        """Return the module, or None where it is not installed."""
        try:
            return importlib.import_module(self.module)
        except ImportError:
            return None


def main(arguments: Sequence[str] | None = None) -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--pages", type=Path, help="a folder of HTML files")
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args(arguments)
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    pages, newsroom = saved_pages(options.pages) if options.pages else newsroom_pages()
    judged = [page for page in (*pages, *fixture_pages()) if page.truth] * (not options.pages)
    stay_offline()
    tools = every_tool(newsroom)
    loaded = {tool.name: tool.load() for tool in tools}
    for tool in tools:
        if loaded[tool.name] is not None:
            seconds(tool, loaded[tool.name], pages[:3])  # what is only done once
    for _ in range(options.rounds):
        for tool in tools:
            if loaded[tool.name] is not None:
                tool.times.append(seconds(tool, loaded[tool.name], pages))
    size = sum(len(page.body) for page in pages) / len(pages) / 1024
    print(f"time: {len(pages)} pages of {size:.0f} kB, {options.rounds} rounds, one core")
    if judged:
        print(f"right: {len(judged)} pages whose fields a person typed")
    show(tools, loaded, len(pages), judged)


def stay_offline() -> None:
    """Keep newspaper4k from fetching a list of domains and photos while the clock runs."""
    try:
        tldextract = importlib.import_module("tldextract.tldextract")
        images = importlib.import_module("newspaper.extractors.image_extractor")
    except ImportError:
        return
    tldextract.TLD_EXTRACTOR.suffix_list_urls = ()
    images.ImageExtractor._fetch_image = lambda *_: None
    logging.getLogger("newspaper").setLevel(logging.CRITICAL)
    logging.getLogger("goose3").setLevel(logging.CRITICAL)


def seconds(tool: Tool, module: Any, pages: Iterable[Page]) -> float:
    """Return how long *tool* takes for all pages."""
    begin = time.process_time()
    for page in pages:
        try:
            tool.read(page, module)
        except Exception:  # noqa: BLE001 -- whatever another tool raises counts as a miss
            continue
    return time.process_time() - begin


def show(
    tools: Sequence[Tool], loaded: Mapping[str, Any], count: int, judged: Sequence[Page]
) -> None:
    """Print a line for each tool: milliseconds a page, the two ratios, what is right."""
    head = "".join(f"{field:>11}" for field in FIELDS) if judged else ""
    print(f"{'':<21}{'ms/page':>9}{'x bare':>8}{'x body':>8}{head}")
    bare, body = (min(tool.times) for tool in tools if tool.name in (BARE, BODY_ALONE))
    for tool in tools:
        if loaded[tool.name] is None:
            print(f"{tool.name:<21}{'not installed':>17}")
            continue
        taken = min(tool.times)
        line = (
            f"{tool.name:<21}{1000 * taken / count:>9.2f}{taken / bare:>8.2f}{taken / body:>8.2f}"
        )
        if judged and tool.found is not None:
            shares = accuracy(tool, loaded[tool.name], judged)
            line += "".join(
                f"{'-' if shares[field] is None else f'{100 * shares[field]:.1f} %':>11}"
                for field in FIELDS
            )
        print(line)


# What is right.


def accuracy(tool: Tool, module: Any, pages: Iterable[Page]) -> dict[str, Any]:
    """Return the share of pages on which each field is right; None for what the tool does not give."""
    right: dict[str, list[float]] = {field: [] for field in FIELDS}
    for page in pages:
        if page.truth is None:
            continue
        try:
            assert tool.found is not None
            found = tool.found(tool.read(page, module))
        except Exception:  # noqa: BLE001 -- as above
            found = {}
        for field in tool.gives:
            right[field].append(mark(field, found[field], page.truth) if found else 0.0)
    return {field: statistics.fmean(marks) if marks else None for field, marks in right.items()}


def mark(field: str, found: Any, truth: Found) -> float:
    """Return 1 for right and 0 for wrong; of the words the harmonic mean of precision and recall."""
    if field == "paragraphs":
        return float(folded(found or ()) == folded(truth["body"]))
    if field == "words":
        return f_score(" ".join(folded(found or ())), " ".join(folded(truth["body"])))
    if field == "published":
        # To the minute, or to the day where a tool says no more.
        stated = str(found or "")[:16].replace(" ", "T")
        return float(len(stated) >= len("2021-09-30") and truth["published_at"].startswith(stated))
    if field == "authors":
        return float(set(folded(found or ())) == set(folded(truth["authors"])))
    if field == "title":
        found = _SITE_NAME.sub("", typographic_fold(found or ""))
    wanted = (truth["dateline"] or {}).get("place") if field == "place" else truth[field]
    return float(typographic_fold(found or "") == typographic_fold(wanted or ""))


def folded(texts: Iterable[str]) -> list[str]:
    return [text for text in map(typographic_fold, texts) if text]


def f_score(found: str, wanted: str) -> float:
    """Return how well the runs of five words of two texts agree."""
    got, want = shingles(found), shingles(wanted)
    if not got or not want:
        return float(got == want)
    common = len(got & want)
    return 2 * common / (len(got) + len(want))


def shingles(text: str) -> set[tuple[str, ...]]:
    words = re.findall(r"\w+", text.casefold())
    return {tuple(words[i : i + 5]) for i in range(max(1, len(words) - 4))} if words else set()


# The tools.


def every_tool(newsroom: Newsroom) -> list[Tool]:
    """Return the tools, the bare parse first: everything is measured against it."""
    return [
        Tool(name=BARE, module="lxml.html", read=lambda p, m: m.document_fromstring(p.body)),
        Tool(
            name="this project",
            module="crawler.extract",
            read=lambda page, _: extract_article([Capture(url=page.url, body=page.body)], newsroom),
            found=of_ours,
            gives=FIELDS,
        ),
        Tool(
            name="its theme unknown",
            module="crawler.extract",
            read=lambda p, m: m.THEMES["generic"]([m.Document(p.body, p.url)], newsroom).to_item(),
            found=of_ours,
            gives=FIELDS,
        ),
        Tool(
            name="parsel, bare",
            module="parsel",
            read=lambda page, _: parsel.Selector(body=page.body, encoding="utf-8").css("title"),
        ),
        Tool(
            name="resiliparse",
            module="resiliparse.extract.html2text",
            read=lambda p, m: m.extract_plain_text(p.body.decode(), main_content=True),
            found=lambda text: {"paragraphs": text.splitlines(), "words": [text]},
            gives=BODY,
        ),
        Tool(
            name="readability-lxml",
            module="readability",
            read=lambda p, m: read_readability(m.Document(p.body.decode(), url=p.url)),
            found=of_readability,
            gives=("title", *BODY),
        ),
        Tool(
            name=BODY_ALONE,
            module="trafilatura",
            read=lambda page, module: module.bare_extraction(page.body),
            found=of_trafilatura,
            gives=BODY,
        ),
        Tool(
            name="trafilatura",
            module="trafilatura",
            read=lambda p, m: m.bare_extraction(p.body, url=p.url, with_metadata=True),
            found=of_trafilatura,
            gives=("title", "published", "authors", *BODY),
        ),
        Tool(
            name="goose3",
            module="goose3",
            read=read_goose,
            found=of_goose,
            gives=("title", "published", "authors", *BODY),
        ),
        Tool(
            name="newspaper4k",
            module="newspaper",
            read=read_newspaper,
            found=of_newspaper,
            gives=("title", "published", "authors", *BODY),
        ),
    ]


def of_ours(article: Any) -> Found:
    blocks = article.body.split("\n\n") if article.body else []
    return {
        "title": article.title,
        "published": article.published_at,
        "authors": article.authors,
        "caption": article.caption,
        "place": article.dateline.place if article.dateline else None,
        "paragraphs": blocks,
        "words": blocks,
    }


def read_readability(document: Any) -> tuple[str, str]:
    return document.short_title(), document.summary()


def of_readability(read: tuple[str, str]) -> Found:
    title, summary = read
    text = _Text()
    text.feed(summary)
    blocks = "".join(text.pieces).splitlines()
    return {"title": title, "paragraphs": blocks, "words": blocks}


class _Text(HTMLParser):
    """The text of some HTML, a line for each block."""

    def __init__(self) -> None:
        super().__init__()
        self.pieces: list[str] = []

    def handle_data(self, data: str) -> None:
        self.pieces.append(data.replace("\n", " "))

    def handle_endtag(self, tag: str) -> None:
        if tag in ("p", "div", "li", "h1", "h2", "h3", "h4", "tr", "blockquote"):
            self.pieces.append("\n")


def of_trafilatura(document: Any) -> Found:
    blocks = (document.text or "").splitlines()
    return {
        "title": document.title,
        "published": document.date,
        "authors": (document.author or "").split("; "),
        "paragraphs": blocks,
        "words": blocks,
    }


def read_goose(page: Page, module: Any) -> Any:
    return module.Goose({"target_language": "id", "enable_image_fetching": False}).extract(
        raw_html=page.body.decode(), url=page.url
    )


def of_goose(article: Any) -> Found:
    blocks = (article.cleaned_text or "").splitlines()
    return {
        "title": article.title,
        "published": article.publish_date,
        "authors": article.authors,
        "paragraphs": blocks,
        "words": blocks,
    }


def read_newspaper(page: Page, module: Any) -> Any:
    article = module.Article(page.url, language="id", fetch_images=False)
    article.download(input_html=page.body.decode())
    article.parse()
    return article


def of_newspaper(article: Any) -> Found:
    blocks = (article.text or "").splitlines()
    published = article.publish_date
    return {
        "title": article.title,
        "published": published.isoformat() if published else None,
        "authors": article.authors,
        "paragraphs": blocks,
        "words": blocks,
    }


# The pages.


def newsroom_pages() -> tuple[list[Page], Newsroom]:
    """Return the first page of each article of the embedded newsroom, with what it should give."""
    site = Site(load_content(), "https://progres.id")
    router = Router(site)
    truths = {truth["title"]: truth for truth in map(load, (FIXTURES / "expected").glob("*.json"))}
    pages = []
    for entry in site.catalogue.posts:
        if entry.protected:
            continue
        url = site.addresses.entry(entry)
        target = url.removeprefix(site.base)
        request = Request(method="GET", target=target, headers={}, answer=router.answer)
        body = router.answer(request).body
        # A text over several pages is no fair test of tools that read one.
        truth = truths.get(entry.title) if len(site.pages(entry)) == 1 else None
        pages.append(Page(url=url, body=body, truth=truth))
    return pages, load_newsroom("progres")


def fixture_pages() -> list[Page]:
    """Return the saved pages of single-page articles, each made for one difficulty."""
    pages = []
    for path in sorted((ROOT / "fixtures/progres").glob("*/article.json")):
        truth, meta = load(path), load(path.with_name("meta.json"))
        if truth["body"] and "pages" not in meta:
            truth["body"] = truth["body"].split("\n\n")
            body = path.with_name("page.html").read_bytes()
            pages.append(Page(url=meta["url"], body=body, truth=truth))
    return pages


def load(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))


def saved_pages(folder: Path) -> tuple[list[Page], Newsroom]:
    """Return the HTML files in *folder*, and a newsroom at the address of the first."""
    pages = []
    for path in sorted(folder.rglob("*.htm*")):
        body = path.read_bytes()
        link = etree.fromstring(body, etree.HTMLParser()).find(".//link[@rel='canonical']")
        address = link.get("href") if link is not None else None
        pages.append(Page(url=address or f"https://contoh.example/{path.stem}/", body=body))
    if not pages:
        raise SystemExit(f"{folder}: no HTML files")
    host = re.match(r"https?://[^/]+", pages[0].url)
    return pages, newsroom_at(host[0] if host else "https://contoh.example")


if __name__ == "__main__":
    main()
