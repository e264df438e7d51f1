"""What the lines of an archive show of edits, through the doors that others use."""

from __future__ import annotations

import csv
import datetime as dt
import functools
import io
import json
import tempfile
from collections import Counter
from pathlib import Path
from typing import Any

import attrs
import pytest
from lxml import etree

from crawler.archive import Edit, edits
from crawler.errors import ArchiveError
from crawler.items import Article, Gone, Withheld
from tests.edit_pairs import OTHERS, PAIRS, TEXT, TITLE, Pair
from tests.offline import scrapy
from tests.reading_samples import SITE, article, compressed, sample_archive, write_lines

ATOM = "{http://www.w3.org/2005/Atom}"


def edit_of(before: Article, after: Article) -> Edit:
    """The edit that an archive of these two lines shows."""
    with tempfile.TemporaryDirectory() as root:
        month = Path(root) / "articles-2024-06.jsonl"
        write_lines(month, [before, after])
        [found] = edits(month)
    return found


@functools.cache
def kinds() -> dict[str, set[str]]:
    """The kinds that the rules say of each pair, by its name; all pairs in one archive."""
    lines: list[Article] = []
    for number, pair in enumerate(PAIRS + OTHERS, 1):
        before = {"title": TITLE, "body": TEXT, **pair.before}
        after = {"title": before["title"], "body": before["body"], **pair.after}
        lines += [article(number, **before), article(number, revision=2, **after)]
    with tempfile.TemporaryDirectory() as root:
        month = Path(root) / "articles-2024-06.jsonl"
        write_lines(month, lines)
        said = {each.id: set(each.kinds) for each in edits(month)}
    return {pair.name: said[f"lintas:{n}"] for n, pair in enumerate(PAIRS + OTHERS, 1)}


@pytest.mark.parametrize("pair", PAIRS + OTHERS, ids=lambda pair: pair.name)
def test_kinds(pair: Pair) -> None:
    assert kinds()[pair.name] == set(pair.kinds.split())


def test_precision_and_recall_of_kinds() -> None:
    right, said, wanted = Counter[str](), Counter[str](), Counter[str]()
    for pair in PAIRS + OTHERS:
        found, expected = kinds()[pair.name], set(pair.kinds.split())
        right.update(found & expected)
        said.update(found)
        wanted.update(expected)
    assert right.total() >= 0.95 * said.total()
    assert right.total() >= 0.95 * wanted.total()


def written(number: int, day: int, **fields: Any) -> Article:
    """A line written on that day of March 2026."""
    return article(number, written_at=f"2026-03-{day:02}T08:00:00Z", **fields)


def gone(number: int, day: int, revision: int) -> Gone:
    moment = f"2026-03-{day:02}T08:00:00Z"
    return Gone(
        id=f"lintas:{number}", revision=revision, site="lintas", url=f"{SITE}/berita/{number}/",
        gone_at=moment, status=404, run="r", written_at=moment,
    )  # fmt: skip


def archive(root: Path, *lines: Article | Gone | Withheld) -> Path:
    """The sample archive, with *lines* of March 2026 in it."""
    folder = sample_archive(root)
    write_lines(folder / "articles-2026-03.jsonl", lines)
    return folder


def told(folder: Path, **window: Any) -> list[tuple[str, str, int, int]]:
    return [
        (each.id.partition(":")[2], each.kind, each.from_revision, each.to_revision)
        for each in edits(folder, **window)
    ]


def test_newest_first_and_with_both_captures(tmp_path: Path) -> None:
    found = list(edits(sample_archive(tmp_path)))
    assert [(each.id, each.kind, each.from_revision, each.to_revision) for each in found] == [
        ("lintas:13", "gone", 1, 2),
        ("lintas:12", "headline", 1, 2),
    ]
    headline = found[1]
    assert headline.headline is not None
    assert headline.headline.before == "Berita nomor 12"
    assert headline.headline.after == "Berita nomor 12, diperbarui"
    assert headline.last_seen_before == "2024-06-01T00:00:01Z"
    assert headline.seen_at == "2024-07-02T00:00:05Z"
    assert [each.fetched_at for each in headline.captures_before] == ["2024-06-01T00:00:01Z"]
    assert [each.fetched_at for each in headline.captures_after] == ["2024-07-02T00:00:00Z"]


def test_an_article_that_comes_back(tmp_path: Path) -> None:
    folder = archive(
        tmp_path,
        written(21, 1, body=TEXT),
        gone(21, 2, 2),
        written(21, 3, revision=3, body=TEXT.replace("Tiga", "Lima")),
        written(22, 3, body=TEXT),
        gone(22, 4, 2),
        written(22, 5, revision=3, body=TEXT),
    )
    found = list(edits(folder, since="2026-03-01"))
    assert [(each.id, each.kinds) for each in found] == [
        ("lintas:22", ("returned",)),
        ("lintas:22", ("gone",)),
        ("lintas:21", ("returned", "figures")),
        ("lintas:21", ("gone",)),
    ]
    assert [(each.title, each.words_added, each.words_removed) for each in found[2:]] == [
        ("Berita nomor 21", 1, 1),
        ("Berita nomor 21", 0, 0),
    ]


def test_each_edit_is_in_the_time_in_which_it_was_seen(tmp_path: Path) -> None:
    folder = archive(
        tmp_path,
        written(21, 1),
        written(21, 4, revision=2, title="Baru"),
        written(21, 9, revision=3, title="Lebih baru"),
        written(21, 12, revision=2, title="Baru", extractor="2"),
    )
    assert told(folder, since="2026-03-04", until="2026-03-04") == [("21", "headline", 1, 2)]
    assert told(folder, since="2026-03-04T08:00:01Z") == [("21", "headline", 2, 3)]
    assert told(folder, since="2026-03-12") == []
    assert [each[2] for each in told(folder, until="2026-03-31")] == [2, 1, 1, 1]


def test_what_is_withheld_is_in_no_list(tmp_path: Path) -> None:
    said = Withheld(
        id="lintas:21", site="lintas", url=f"{SITE}/berita/21/", reason="diminta",
        withheld_at="2026-03-09T08:00:00Z", written_at="2026-03-09T08:00:00Z",
    )  # fmt: skip
    folder = archive(tmp_path, written(21, 1), written(21, 4, revision=2, title="Baru"), said)
    assert told(folder, since="2026-03-01") == []
    assert told(folder, since="2026-03-01", until="2026-03-05") == []


def test_better_rules_are_no_edit(tmp_path: Path) -> None:
    """Of the lines of two revisions those are compared that the same rules read."""
    folder = archive(
        tmp_path,
        written(21, 1, body=TEXT, credit=None),
        written(21, 4, revision=2, body=TEXT.replace("Tiga", "Lima"), credit=None),
        written(21, 9, revision=1, body=TEXT, credit="red", extractor="2"),
        written(21, 9, revision=2, body=TEXT.replace("Tiga", "Lima"), credit="red", extractor="2"),
        written(22, 9, title="Lama", credit="red", extractor="2"),
        written(22, 9, revision=2, title="Baru", credit="red", extractor="2"),
        written(22, 10, revision=2, title="Baru", credit=None, extractor="3"),
    )
    assert [(each.kinds, each.seen_at[:10]) for each in edits(folder, since="2026-03-01")] == [
        (("headline",), "2026-03-09"),
        (("figures",), "2026-03-04"),
    ]


def test_what_one_source_has_no_place_for_is_no_edit() -> None:
    record = article(1, source="rest", body=TEXT, tags=("banjir",))
    page = article(1, revision=2, body=TEXT.replace("Tiga", "Lima"), writer="Rudi", caption="Foto")
    assert edit_of(record, page).kinds == ("figures",)


def test_what_another_theme_does_not_print_is_no_edit() -> None:
    """Without REST; what a record states of an article, it states under any theme."""
    stated = {"published_at": "2024-05-31T23:40:00+07:00", "tags": ("banjir",)}
    after = {"revision": 2, "body": TEXT.replace("Tiga", "Lima"), "theme": "lain"}
    before = article(1, body=TEXT, theme="satu", **stated)
    assert edit_of(before, article(1, published_at=None, **after)).kinds == ("figures",)
    other = article(1, **after, tags=("rob",), published_at=stated["published_at"])
    assert edit_of(before, other).kinds == ("figures", "terms")
    before, other = (attrs.evolve(each, source="both") for each in (before, article(1, **after)))
    assert edit_of(before, other).kinds == ("figures", "terms")


def test_blocks_that_changed_with_their_numbers() -> None:
    first, second, third, last = TEXT.split("\n\n")
    new = "\n\n".join((first.replace("Tiga", "Lima"), "Air mulai surut.", second, third))
    found = edit_of(article(1, body=TEXT), article(1, revision=2, body=new))
    assert [(each.op, each.before, each.after, each.block) for each in found.changes] == [
        ("replace", first, first.replace("Tiga", "Lima"), 0),
        ("insert", None, "Air mulai surut.", 1),
        ("delete", last, None, 3),
    ]
    assert (found.words_added, found.words_removed) == (4, 7)


def test_compressed_months_and_single_files(tmp_path: Path) -> None:
    folder = archive(tmp_path, written(21, 1), written(21, 4, revision=2, title="Baru"))
    plain = list(edits(folder))
    march = folder / "articles-2026-03.jsonl"
    assert [each.id for each in edits(march)] == ["lintas:21"]
    # Of article 12 and 13 the revision before is in another file.
    assert list(edits(folder / "articles-2024-07.jsonl")) == []
    for month in (march, folder / "articles-2024-06.jsonl"):
        month.with_name(f"{month.name}.zst").write_bytes(compressed(month.read_bytes()))
        month.unlink()
    assert list(edits(folder)) == plain


def test_an_archive_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(ArchiveError, match="there is no such archive or file"):
        list(edits(tmp_path / "lain"))


def test_the_list_for_a_person_needs_no_colour(tmp_path: Path) -> None:
    archive(
        tmp_path,
        written(21, 1, body=TEXT),
        written(21, 4, revision=2, body=TEXT.replace("Tiga", "Lima")),
    )
    done = scrapy(tmp_path, "edits", "lintas", "--since", "2026-03-01")
    assert done.code == 0
    change, rest = "[-Tiga-] {+Lima+}", "orang luka ringan dan dibawa ke puskesmas."
    assert done.out.splitlines() == [
        "figures  lintas:21  revision 1 to 2  +1 -1 words",
        "  changed by 2026-03-04T08:00:00Z",
        "  https://lintas.example/berita/21/",
        "  Berita nomor 21",
        f"  ¶ … merendam 120 rumah di Desa Sukamaju, Senin (12/11/2018). {change} {rest}",
        "",
    ]


def test_kinds_can_be_chosen(tmp_path: Path) -> None:
    sample_archive(tmp_path)
    done = scrapy(tmp_path, "edits", "--kind", "gone,figures", "--to", "jsonl")
    assert [json.loads(line)["kind"] for line in done.out.splitlines()] == ["gone"]


def test_json_has_every_key(tmp_path: Path) -> None:
    sample_archive(tmp_path)
    first, second = map(json.loads, scrapy(tmp_path, "edits", "--to", "jsonl").out.splitlines())
    assert list(first) == list(second)
    assert second["headline"] == {
        "before": "Berita nomor 12",
        "after": "Berita nomor 12, diperbarui",
    }
    assert second["captures_after"][0]["status"] == 200


def test_rows_for_a_spreadsheet(tmp_path: Path) -> None:
    archive(tmp_path, written(21, 1), written(21, 4, revision=2, title="=1+1"))
    out = tmp_path / "edits.csv"
    assert scrapy(tmp_path, "edits", "--to", "csv", "-o", str(out)).code == 0
    rows = list(csv.DictReader(io.StringIO(out.read_text(encoding="utf-8"))))
    assert [(row["id"], row["headline_after"]) for row in rows] == [
        ("lintas:21", "'=1+1"),
        ("lintas:13", ""),
        ("lintas:12", "Berita nomor 12, diperbarui"),
    ]


def test_a_feed_has_the_changed_words(tmp_path: Path) -> None:
    archive(
        tmp_path,
        written(21, 1, body="A <b> tiga"),
        written(21, 4, revision=2, body="A <b> lima"),
    )
    feed = etree.fromstring(scrapy(tmp_path, "edits", "lintas", "--to", "atom").out.encode())
    entries = feed.findall(f"{ATOM}entry")
    assert [each.findtext(f"{ATOM}id") for each in entries] == [
        "tag:lintas.example,2026-03-04:lintas:21/2",
        "tag:lintas.example,2024-07-02:lintas:13/2",
        "tag:lintas.example,2024-07-02:lintas:12/2",
    ]
    assert feed.findtext(f"{ATOM}updated") == "2026-03-04T08:00:00Z"
    # What RFC 4287 wants of a feed and of each entry.
    for element in (feed, *entries):
        for wanted in ("id", "title", "updated"):
            assert len(element.findall(f"{ATOM}{wanted}")) == 1
            assert (element.findtext(f"{ATOM}{wanted}") or "").strip()
        assert dt.datetime.fromisoformat(element.findtext(f"{ATOM}updated") or "").tzinfo
        for link in element.findall(f"{ATOM}link"):
            assert link.get("href")
    assert len({each.findtext(f"{ATOM}id") for each in (feed, *entries)}) == len(entries) + 1
    assert {each.find(f"{ATOM}content").get("type") for each in entries} == {"html"}  # type: ignore[union-attr]
    assert feed.findtext(f"{ATOM}author/{ATOM}name") == "lintas"
    assert entries[0].find(f"{ATOM}link").attrib == {  # type: ignore[union-attr]
        "rel": "alternate",
        "href": f"{SITE}/berita/21/",
    }
    assert "A &lt;b&gt; <del>tiga</del> <ins>lima</ins>" in (
        entries[0].findtext(f"{ATOM}content") or ""
    )


def test_a_feed_of_each_newsroom(tmp_path: Path) -> None:
    sample_archive(tmp_path)
    sample_archive(tmp_path, "kota")
    done = scrapy(tmp_path, "edits", "--to", "atom")
    assert (done.code, done.said) == (
        2,
        "--to atom: want one NAME, or -o FOLDER for a feed of each newsroom\n",
    )
    (tmp_path / "feeds").mkdir()
    assert scrapy(tmp_path, "edits", "--to", "atom", "-o", str(tmp_path / "feeds")).code == 0
    assert sorted(each.name for each in (tmp_path / "feeds").iterdir()) == [
        "kota.atom",
        "lintas.atom",
    ]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("edits --kind teks", "--kind teks: want some of gone, returned, withdrawn, headline"),
        ("edits --since kemarin", "--since 'kemarin': want a day or a moment"),
        ("edits --to xml", "--to xml: want one of text, jsonl, csv, atom"),
        ("edits lain", "no archive named 'lain'"),
        ("diff lintas 11", "lintas:11: revision 1 has none before it; there are 1"),
        ("diff lintas 12 7", "7: lintas:12 was archived as revisions 1, 2"),
        ("diff lintas 14", "lintas:14: no such article in"),
        ("diff lintas 12 --to pdf", "--to pdf: want text or html"),
        ("cite lintas", "want NAME and ID, such as progres progres:123"),
        ("cite lintas 14", "lintas:14: no such article in"),
        ("cite lintas 13 --revision 2", "--revision 2: lintas:13 was archived as 1"),
        ("cite lintas 12 --to mla", "--to mla: want one of text, bibtex, ris, csl"),
    ],
)
def test_what_is_refused(tmp_path: Path, words: str, said: str) -> None:
    sample_archive(tmp_path)
    done = scrapy(tmp_path, *words.split())
    assert (done.code, done.out) == (2, "")
    assert done.said.startswith(said)


def test_two_revisions_word_for_word(tmp_path: Path) -> None:
    archive(
        tmp_path,
        written(21, 1, body=TEXT),
        written(21, 4, revision=2, body=TEXT.replace("Tiga", "Lima")),
        gone(21, 5, 3),
        written(21, 6, revision=4, body=TEXT.replace("Tiga", "Enam"), caption="Foto <baru>"),
    )
    last = scrapy(tmp_path, "diff", "lintas", "21").out
    assert "lintas:21, revision 3 to 4: returned, figures, photo" in last
    assert "caption: {+Foto <baru>+}" in last
    assert "[-Lima-] {+Enam+} orang" in last
    assert "[-Tiga-] {+Enam+} orang" in scrapy(tmp_path, "diff", "lintas", "21", "1", "4").out
    assert "revision 1 to 2: figures" in scrapy(tmp_path, "diff", "lintas", "lintas:21", "2").out
    assert "taken down by 2026-03-05" in scrapy(tmp_path, "diff", "lintas", "21", "3").out
    page = scrapy(tmp_path, "diff", "lintas", "21", "--to", "html").out
    assert "<del>Lima</del> <ins>Enam</ins> orang" in page
    assert "<ins>Foto &lt;baru&gt;</ins>" in page


def test_a_long_text_is_compared_in_linear_memory() -> None:
    """Texts that no newsroom writes are told apart, though not word for word."""
    old = " ".join(f"kata{number}" for number in range(60_000))
    new = " ".join(f"kata{number}" for number in reversed(range(60_000)))
    found = edit_of(article(1, body=old), article(1, revision=2, body=new))
    assert found.kind == "text"
    assert (found.words_added, found.words_removed) == (60_000, 60_000)
