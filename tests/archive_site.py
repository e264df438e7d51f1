"""An invented newsroom for the tests of the archive: pages, rules that read them, and a clock."""

from __future__ import annotations

import datetime as dt
import gzip
import hashlib
import json
import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import attrs

from crawler.archive import Archive, Found, Outcome, Rules, read
from crawler.errors import NotAnArticle
from crawler.items import Article, Capture, Exchange
from crawler.newsrooms import Newsroom

LINTAS = Newsroom(name="lintas", address="https://lintas.example", zone="Asia/Makassar")
BEGIN = dt.datetime(2026, 3, 10, 2, 0, tzinfo=dt.UTC)


class Clock:
    """A clock that stands still until it is moved."""

    def __init__(self, now: dt.datetime = BEGIN) -> None:
        self.now = now

    def __call__(self) -> dt.datetime:
        return self.now

    def move(self, **by: float) -> None:
        self.now += dt.timedelta(**by)


def address(post: int) -> str:
    return f"https://lintas.example/kota/berita-{post}"


def exchange(url: str, body: bytes, **more: Any) -> Exchange:
    """An exchange as it comes off the network, its body compressed."""
    more.setdefault("status", 200)
    more.setdefault("fetched_at", BEGIN)
    more.setdefault("headers", (("Content-Type", "text/html"), ("Content-Encoding", "gzip")))
    packed = gzip.compress(body, mtime=0) if body else b""
    return Exchange(
        url=url, body=packed, ip="192.0.2.7", request_headers=(("User-Agent", "test"),), **more
    )


def capture(*exchanges: Exchange, body: bytes | None = None) -> Capture:
    last = exchanges[-1]
    return Capture(
        url=last.url,
        body=gzip.decompress(last.body) if body is None and last.body else body or b"",
        status=last.status,
        headers={name.lower(): value for name, value in last.headers},
        exchanges=exchanges,
    )


def page(title: str, text: str, *, post: int, caption: str = "", noise: str = "") -> bytes:
    return (
        f"<article id=post-{post}><h1>{title}</h1><p>{text}</p>"
        f"<figcaption>{caption}</figcaption><aside>{noise}</aside></article>"
    ).encode()


def rules_1(captures: Sequence[Capture], newsroom: Newsroom, post_id: int | None) -> Article:
    """The first rules: whatever stands in the paragraph is text."""
    return _rules(captures, newsroom, post_id, lambda text: text, "rules-1")


def rules_2(captures: Sequence[Capture], newsroom: Newsroom, post_id: int | None) -> Article:
    """Later rules: a closing credit in brackets is no text."""
    return _rules(
        captures, newsroom, post_id, lambda text: re.sub(r" ?\(red\)$", "", text), "rules-2"
    )


def _rules(
    captures: Sequence[Capture], newsroom: Newsroom, post_id: int | None, clean: Any, extractor: str
) -> Article:
    first = captures[0]
    if first.status != 200:
        raise NotAnArticle(first.url, f"http_{first.status}")
    if not first.body.startswith(b"["):
        text = "\n\n".join(_inner("p", each.body.decode()) for each in captures)
        title, caption = (
            _inner("h1", first.body.decode()),
            _inner("figcaption", first.body.decode()),
        )
        post_id = int(re.findall(r"post-(\d+)", first.body.decode())[0])
        url, source = first.url, "page"
    else:
        record = next(each for each in json.loads(first.body) if each["id"] == post_id)
        title, text, url = record["title"], record["text"], record["link"]
        caption, source = "", "rest"
    text = clean(text)
    return Article(
        id=f"{newsroom.name}:{post_id}",
        site=newsroom.name,
        url=url,
        post_id=post_id,
        title=title,
        published_at="2026-03-10T09:00:00+08:00",
        caption=caption or None,
        body=text,
        body_html=f"<p>{text}</p>",
        word_count=len(text.split()),
        pages=tuple(each.url for each in captures) if source == "page" else (url,),
        content_hash=f"sha256:{hashlib.sha256(f'{title}|{text}'.encode()).hexdigest()}",
        source=source,
        extractor=extractor,
    )


def _inner(tag: str, html: str) -> str:
    found = re.search(rf"<{tag}>(.*?)</{tag}>", html, re.DOTALL)
    return found[1] if found else ""


def found(
    post: int = 1,
    title: str = "Pasar Lama dibuka lagi",
    text: str = "Pasar Lama dibuka lagi hari ini.",
    *,
    rules: Any = rules_1,
    url: str | None = None,
    hops: tuple[Exchange, ...] = (),
    caption: str = "",
    noise: str = "",
    **more: Any,
) -> Found:
    """An article as a spider hands it over."""
    body = page(title, text, post=post, caption=caption, noise=noise)
    captures = (capture(*hops, exchange(url or address(post), body, **more)),)
    return Found(rules(captures, LINTAS, None), captures)


def article_of(finding: Found) -> Article:
    """The article that *finding* holds."""
    assert isinstance(finding.article, Article)
    return finding.article


def listing(*records: tuple[int, str, str]) -> Capture:
    """A REST list of posts."""
    body = json.dumps(
        [{"id": n, "title": title, "text": text, "link": address(n)} for n, title, text in records]
    ).encode()
    return capture(exchange("https://lintas.example/wp-json/wp/v2/posts", body))


def rest(listed: Capture, post: int, *, rules: Any = rules_1) -> Found:
    """An article as a quick backfill hands it over."""
    return Found(rules([listed], LINTAS, post), (listed,))


def named(rules: Any, extractor: str | None = None) -> Rules:
    """The function *rules*, under its own name, as an archive takes them."""

    def sources(
        captures: Sequence[Capture], newsroom: Newsroom, *, post_id: int | None, furniture: Any
    ) -> dict[str, Callable[[], Article]]:
        assert not furniture
        article: Article = rules(captures, newsroom, post_id)
        return {article.source: lambda: article}

    return Rules(
        extractor=extractor or rules.__name__.replace("_", "-"),
        sources=sources,
    )


def tell(archive: Archive, finding: Any) -> Outcome:
    """What *archive* makes of one finding, or why nothing came of it, raised."""
    (outcome,) = archive.record([finding])
    if outcome.problem is not None:
        raise outcome.problem
    return outcome


@attrs.define
class Folder:
    """Opens the archive under *path* again and again, each time as a run of its own."""

    path: Path
    clock: Clock = attrs.field(factory=Clock)

    def open(self, rules: Any = rules_1, **more: Any) -> Archive:
        newsroom = more.pop("newsroom", LINTAS)
        return Archive.open(self.path, newsroom, named(rules), clock=self.clock, **more)

    def run(self, *findings: Any, rules: Any = rules_1) -> list[Outcome]:
        """Submit *findings* in a run of their own, and return the outcomes."""
        with self.open(rules) as archive:
            outcomes = archive.record(findings)
            archive.settle()
        return outcomes

    def lines(self) -> list[dict[str, Any]]:
        """Every line as JSON, in order."""
        return [
            json.loads(line)
            for path in sorted(self.path.glob("articles-*.jsonl"))
            for line in path.read_bytes().splitlines()
        ]

    def articles(self) -> list[Article]:
        """Every article line, in order."""
        return list(read(self.path, latest=False, gone=True))

    def warcs(self) -> list[Path]:
        return sorted((self.path / "warc").glob("*.warc.gz"))
