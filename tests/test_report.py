from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import attrs
import pytest
from parsel import Selector

from crawler.archive import RunRecord
from crawler.codec import Line
from crawler.export.report import Chapter, render, write_report
from crawler.export.statistics import summarise
from crawler.items import CaptureReference, Dateline, Gone
from tests.browser import chromium, needs_chromium, served, violations
from tests.reading_samples import SITE, article, edit_of, sample_archive, write_lines

NOW = dt.datetime(2024, 7, 3, 4, 5, tzinfo=dt.UTC)
PLOTS = {
    "months", "gaps", "categories", "authors", "week", "places", "lag", "edits", "coverage", "runs",
}  # fmt: skip
ATTACK = "<script>alert(1)</script><img src=x onerror=alert(2)>\"'&\u202e\x1b[31m"


def lively(count: int = 60, **fields: Any) -> Iterator[Line]:
    """Articles of three months, some edited, one gone, with a pause in between."""
    for number in range(count):
        day = dt.datetime(2024, 4, 1, 8 + number % 9, tzinfo=dt.UTC) + dt.timedelta(
            days=number + (10 if number > count // 2 else 0)
        )
        values: dict[str, Any] = {
            "published_at": day.isoformat(),
            "authors": (("Rina Wulandari", "Dewi Anggraini")[number % 2],),
            "categories": ("Daerah", "Ekonomi")[: 1 + number % 2],
            "dateline": Dateline(text="X –", place="Bengkulu", region="17.71"),
            "written_at": f"{day:%Y-%m-%dT%H:%M:59Z}",
        }
        yield article(number, **{**values, **fields})
        if number % 7 == 3:
            yield article(number, revision=2, **{**values, **fields})
    yield Gone(
        id="lintas:0",
        revision=2,
        site="lintas",
        url=f"{SITE}/berita/0/",
        gone_at="2024-06-01T00:00:00Z",
        status=410,
        written_at="2024-06-01T00:00:00Z",
    )


LOOK = CaptureReference(
    url=f"{SITE}/berita/3/", fetched_at="2024-06-01T00:00:00Z", status=200, warc="warc/a.warc.gz",
    offset=0, length=1, record_id="urn:uuid:1", digest="sha256:1",
)  # fmt: skip
EDITS = (
    edit_of(
        article(3, title="Berita nomor 3", captures=(LOOK,)),
        article(3, revision=2, title="Berita 3", written_at="2024-07-02T00:00:05Z"),
    ),
    edit_of(
        article(0),
        Gone(
            id="lintas:0", revision=2, site="lintas", url=f"{SITE}/berita/0/", status=410,
            gone_at="2024-06-01T00:00:00Z", written_at="2024-06-02T00:00:00Z",
        ),
    ),
)  # fmt: skip


def runs(*codes: int | None) -> list[RunRecord]:
    return [
        RunRecord(
            id=f"202407{day:02}T000000Z-0000",
            command="crawl",
            begin=f"2024-07-{day:02}T00:00:00Z",
            exit_code=code,
            notes=(ATTACK,) if code else (),
        )
        for day, code in enumerate(codes, start=1)
    ]


def a_chapter(*lines: Line, name: str = "lintas", site: str = SITE) -> Chapter:
    return Chapter(
        name=name,
        site=site,
        zone=ZoneInfo("Asia/Jakarta"),
        numbers=summarise(name, lines),
        bytes=1_230_000,
        runs=runs(0, 0, 3, 1, None, 0),
        edits=EDITS,
    )


@pytest.fixture(scope="module")
def page() -> Selector:
    return Selector(render([a_chapter(*lively())], now=NOW))


def test_every_plot_is_drawn_and_has_its_table(page: Selector) -> None:
    figures = page.css("figure")
    assert {figure.attrib["id"].partition("-")[2] for figure in figures} == PLOTS - {"lag"}
    for figure in figures:
        assert figure.css("svg path, svg rect, .bars i")
        assert figure.css("details table tbody tr")
        heads, cells = figure.css("thead th"), figure.css("tbody tr")[0].css("td")
        assert len(heads) == len(cells) > 1


def test_no_figure_looks_like_a_list_of_the_same_name(page: Selector) -> None:
    style = page.css("style::text").get() or ""
    for name in page.css("figure::attr(class)").getall():
        assert f"\n.{name} {{" not in style


def test_bars_are_as_long_as_there_is_much(page: Selector) -> None:
    bars = page.css("#\\31 -categories .bars li")
    assert [" ".join(bar.css("::text").getall()).split() for bar in bars] == [
        ["Daerah", "59"], ["Ekonomi", "30"],
    ]  # fmt: skip
    assert bars.css("i::attr(style)").getall() == ["--share: 1.000", "--share: 0.508"]


def test_marks_say_what_they_stand_for(page: Selector) -> None:
    assert "April 2024: 29 articles" in page.css("#\\31 -months svg title::text").getall()
    assert "July 2024, headline: 1 edit" in page.css("#\\31 -edits svg title::text").getall()


def test_edits_are_shown_with_what_became_of_the_headline(page: Selector) -> None:
    latest, deletions = page.css("#\\31 -latest li"), page.css("#\\31 -deletions li")
    assert [each.css("h3::text").get() for each in deletions] == ["Berita nomor 0"]
    headline = latest[0]
    assert headline.css("del::text").getall() == ["nomor"]
    assert headline.css(".mark::text").get() == "headline"
    assert "until 1 June 2024, 07:00 WIB, changed by 2 July 2024" in " ".join(
        headline.css("p ::text").getall()
    )


def test_ledes_say_the_numbers(page: Selector) -> None:
    def lede(key: str) -> str:
        return " ".join(str(page.css(f"#\\31 -{key} > p::text").get()).split())

    assert lede("months") == "20 a month on average, most in April 2024 (29)."
    assert lede("places").startswith("59 articles whose dateline names a place of one province")
    assert "from 1 province; Bengkulu has 59" in lede("places")
    assert lede("authors").startswith("2 authors, as the site shows them. Dewi Anggraini signs 51%")
    assert lede("runs").startswith("6 runs in the 60 days up to the last, 50% without a problem.")


def test_nothing_comes_from_elsewhere_and_nothing_runs(page: Selector) -> None:
    html = page.get()
    policy = page.css("meta[http-equiv='Content-Security-Policy']::attr(content)").get()
    assert policy is not None
    assert policy.startswith("default-src 'none'; style-src 'unsafe-inline';")
    assert not page.css("script, link, img, iframe, object, embed, base, form")
    assert not page.xpath("//@*[starts-with(name(), 'on')]")
    assert not re.search(r"url\(|@import|javascript:", html)
    assert not page.xpath("//@src | //@*[local-name() = 'href'][not(starts-with(., '#'))]")


def test_what_a_site_says_is_text_and_nothing_else() -> None:
    lines = lively(
        authors=(ATTACK,),
        categories=(ATTACK, ATTACK + "2"),
        dateline=Dateline(text=ATTACK, place=ATTACK, region="17"),
    )
    page = Selector(render([a_chapter(*lines, name="lintas", site=ATTACK)], now=NOW))
    assert not page.css("script, img")
    assert not page.xpath("//@onerror")
    html = page.get()
    assert "\x1b" not in html
    assert "<script>alert(1)</script><img" in "".join(page.css("#\\31 -authors td::text").getall())
    assert "\u202e" not in "".join(page.css("figure ::text").getall())


def test_names_that_look_alike_are_bars_of_their_own() -> None:
    names = ("Kabar\u200b", "Kabar", "x" * 70, "x" * 71)
    page = Selector(render([a_chapter(*lively(categories=names))], now=NOW))
    assert len(page.css("#\\31 -categories .bars li")) == 4


@pytest.mark.parametrize(
    "lines",
    [
        [],
        [article(1, published_at=None)],
        [article(1, published_at="2024-05")],
        [article(1, published_at="0001-01-01T00:00:00+07:00")],
        [article(1, published_at="9999-12-31T23:59:59-07:00")],
    ],
)
def test_a_poor_archive_has_a_report(lines: list[Line]) -> None:
    poor = attrs.evolve(a_chapter(*lines), site="", runs=(), edits=())
    assert "lintas" in render([poor], now=NOW)


def test_no_archive_is_said(tmp_path: Path) -> None:
    write_report([], tmp_path / "report.html", now=NOW)
    assert "There is no archive yet." in (tmp_path / "report.html").read_text(encoding="utf-8")


def test_many_archives_stand_on_one_page(tmp_path: Path) -> None:
    first, second = sample_archive(tmp_path / "a"), tmp_path / "b" / "kabar"
    write_lines(second / "articles-2024-06.jsonl", [article(1, site="kabar")])
    write_report([first, second], tmp_path / "report.html", now=NOW)
    page = Selector((tmp_path / "report.html").read_text(encoding="utf-8"))
    assert page.css("table.all td:first-child a::text").getall() == ["lintas", "kabar"]
    identifiers = page.xpath("//@id").getall()
    assert len(identifiers) == len(set(identifiers))
    for link in page.css("a::attr(href)").getall():
        assert link.removeprefix("#") in identifiers


def test_facts_count_what_is_hidden_but_show_none_of_it(tmp_path: Path) -> None:
    folder = sample_archive(tmp_path)
    write_report([folder], tmp_path / "report.html", now=NOW)
    html = (tmp_path / "report.html").read_text(encoding="utf-8")
    words = Selector(html).css(".facts dt::text").getall()
    facts = dict(zip(words, Selector(html).css(".facts dd::text").getall(), strict=True))
    assert (facts["articles"], facts["taken down"], facts["withheld"]) == ("4", "1", "1")
    assert "diminta narasumber" not in html
    assert "berita/14" not in html


def test_a_report_in_indonesian_has_no_english_left() -> None:
    page = Selector(render([a_chapter(*lively())], now=NOW, language="id"))
    assert page.css("html::attr(lang)").get() == "id"
    said = " ".join(" ".join(page.css("body ::text").getall()).split())
    assert "Rata-rata 20 per bulan, terbanyak pada April 2024 (29)." in said
    assert "1,23 MB" in said
    assert "Dibuat pada 3 Juli 2024, 04.05 UTC" in said
    english = re.compile(
        r"\b(the|of|and|by|until|words|news|taken|all|this|articles?|January|March|May|June)\b",
        re.IGNORECASE,
    )
    assert not english.search(said)


# --- in a browser

# Reads the report in a frame of the width of a phone, and says what it found.
PROBE = """<!doctype html><iframe src="report.html" width="{width}" height="800"></iframe><script>
onload = () => {{
  const page = document.querySelector("iframe").contentDocument, root = page.documentElement;
  const seen = [...page.querySelectorAll("svg, .bars")].filter(svg => svg.getBoundingClientRect().width);
  const marks = seen.map(svg => [...svg.querySelectorAll("path, rect, i")].filter(
    mark => mark.getBoundingClientRect().width && mark.getBoundingClientRect().height).length);
  const out = document.createElement("pre");
  out.textContent = JSON.stringify({{
    width: root.clientWidth, needed: root.scrollWidth, drawn: seen.length,
    figures: page.querySelectorAll("figure").length, empty: marks.filter(n => !n).length,
    smallest: Math.min(...[...page.querySelectorAll("p, td, dt, summary")].map(
      e => parseFloat(page.defaultView.getComputedStyle(e).fontSize))),
  }});
  document.body.replaceChildren(out);
}};
</script>"""


@pytest.mark.tools
@needs_chromium
@pytest.mark.parametrize("width", [320, 390, 1100])
def test_in_chromium_each_plot_is_seen_and_nothing_scrolls_sideways(
    tmp_path: Path, width: int
) -> None:
    site = tmp_path / "site"
    site.mkdir()
    (site / "report.html").write_text(
        render([a_chapter(*lively(400, authors=("Nama yang sangat panjang " * 3,)))], now=NOW),
        encoding="utf-8",
    )
    (site / "probe.html").write_text(PROBE.format(width=width), encoding="utf-8")
    with served(site) as address:
        document, log = chromium(f"{address}/probe.html", tmp_path / "profile")
    found = json.loads(Selector(document).css("pre::text").getall()[0])
    assert found["needed"] == found["width"] <= width
    assert found["drawn"] == found["figures"] == len(PLOTS) - 1
    assert found["empty"] == 0
    assert found["smallest"] >= 12
    assert "CONSOLE" not in log


@pytest.mark.tools
@needs_chromium
@pytest.mark.parametrize("dark", [False, True])
def test_axe_finds_nothing_wrong_with_the_report(tmp_path: Path, dark: bool) -> None:
    site = tmp_path / "site"
    site.mkdir()
    (site / "report.html").write_text(render([a_chapter(*lively(400))], now=NOW), encoding="utf-8")
    assert violations(site, tmp_path, "report.html", dark=dark) == {"report.html": []}
