"""What ``scrapy cite`` prints, read by the programs that it is for."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import pytest

from crawler import __version__
from tests.offline import scrapy
from tests.reading_samples import SITE, article, sample_archive, write_lines
from tests.tool_venvs import ROOT

TITLE = "Harga naik 5% & {cabai}_merah: “mahal” #1 $2 ~x \\"
HASH = f"sha256:{21:064x}"


@pytest.fixture
def archives(tmp_path: Path) -> Path:
    folder = sample_archive(tmp_path)
    line = article(
        21,
        title=TITLE,
        authors=("Rina Wulandari", "Dewi"),
        captures=(),
        content_hash=HASH,
        language="id-ID",
    )
    write_lines(folder / "articles-2024-08.jsonl", [line])
    return tmp_path


def cited(archives: Path, form: str, number: int = 21) -> str:
    done = scrapy(archives, "cite", "lintas", str(number), "--to", form)
    assert (done.code, done.said) == (0, "")
    return done.out


def test_text_says_what_proves_it(archives: Path) -> None:
    text = cited(archives, "text", 12)
    assert text.startswith(
        f"“Berita nomor 12, diperbarui”. lintas.example, 2024-06-02. {SITE}/berita/12/. Revision 2 "
        f"of lintas:12, seen 2024-07-02T00:00:00Z; content sha256:{112:064x}; WARC record urn:uuid:"
    )
    assert text.endswith("in warc/lintas-00001.warc.gz.\n")


def test_an_older_revision(archives: Path) -> None:
    done = scrapy(archives, "cite", "lintas", "12", "--revision", "1")
    assert "“Berita nomor 12”" in done.out
    assert "seen 2024-06-01T00:00:01Z" in done.out


def test_what_was_taken_down_is_packed_with_its_page(archives: Path, tmp_path: Path) -> None:
    path = tmp_path / "bukti.wacz"
    done = scrapy(archives, "cite", "lintas", "13", "--wacz", str(path))
    assert (done.code, done.said) == (0, f"{path}: 1 captures\n")
    with zipfile.ZipFile(path) as file:
        pages = [json.loads(line) for line in file.read("pages/pages.jsonl").splitlines()]
    assert [page["url"] for page in pages[1:]] == [f"{SITE}/berita/13/"]


def test_what_has_no_page_is_not_packed(archives: Path, tmp_path: Path) -> None:
    done = scrapy(archives, "cite", "lintas", "15", "--wacz", str(tmp_path / "a.wacz"))
    assert done.code == 2
    assert "lintas:15 was read from the REST API, without a page" in done.said


def test_the_project_is_cited_in_its_own_version() -> None:
    text = (ROOT / "CITATION.cff").read_text(encoding="utf-8")
    assert f"\nversion: {__version__}\n" in text
    for key in ("cff-version: 1.2.0", "message: ", "title: ", "authors:"):
        assert f"\n{key}" in f"\n{text}"


@pytest.mark.tools
def test_bibtex_is_read(archives: Path) -> None:
    from bibtexparser import middlewares  # noqa: PLC0415 -- of the group readers
    from bibtexparser.entrypoint import parse_string  # noqa: PLC0415

    layers = [
        middlewares.LatexDecodingMiddleware(keep_braced_groups=False),
        middlewares.SeparateCoAuthors(),
    ]
    library = parse_string(cited(archives, "bibtex"), append_middleware=layers)
    assert library.failed_blocks == []
    [entry] = library.entries
    assert entry.entry_type == "misc"
    assert entry["title"].strip("{}") == TITLE
    assert [each.strip("{}") for each in entry["author"]] == ["Rina Wulandari", "Dewi"]
    assert (entry["year"], entry["month"], entry["day"]) == ("2024", "5", "31")
    assert entry["url"] == f"{SITE}/berita/21/"
    assert HASH in entry["note"]


@pytest.mark.tools
def test_ris_is_read(archives: Path) -> None:
    import rispy  # noqa: PLC0415 -- of the group readers

    [entry] = rispy.loads(cited(archives, "ris"))
    assert entry["type_of_reference"] == "NEWS"
    assert entry["title"] == TITLE
    assert entry["authors"] == ["Rina Wulandari", "Dewi"]
    assert (entry["year"], entry["date"]) == ("2024", "2024/05/31")
    assert entry["urls"] == [f"{SITE}/berita/21/"]
    assert HASH in entry["notes"][0]


@pytest.mark.tools
@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::UserWarning")
def test_csl_is_read(archives: Path) -> None:
    import citeproc  # noqa: PLC0415 -- of the group readers
    from citeproc.source.json import CiteProcJSON  # noqa: PLC0415

    items = json.loads(cited(archives, "csl"))
    style = citeproc.CitationStylesStyle("harvard-cite-them-right", validate=False)
    bibliography = citeproc.CitationStylesBibliography(
        style, CiteProcJSON(items), citeproc.formatter.plain
    )
    bibliography.register(citeproc.Citation([citeproc.CitationItem("lintas:21/1")]))
    [printed] = map(str, bibliography.bibliography())
    for part in ("Rina Wulandari", "Dewi", "2024", "Harga naik 5%", "lintas.example"):
        assert part in printed


@pytest.mark.tools
def test_the_feed_is_read(archives: Path) -> None:
    import feedparser  # noqa: PLC0415 -- of the group readers

    feed = feedparser.parse(scrapy(archives, "edits", "lintas", "--to", "atom").out.encode())
    assert not feed.bozo
    assert (feed.version, feed.feed.title) == ("atom10", "lintas: edits")
    assert [(each.link, each.updated, each.tags[0].term) for each in feed.entries] == [
        (f"{SITE}/berita/13/", "2024-07-02T00:00:05Z", "gone"),
        (f"{SITE}/berita/12/", "2024-07-02T00:00:05Z", "headline"),
    ]
    assert "<ins>12, diperbarui</ins>" in feed.entries[1].content[0].value
