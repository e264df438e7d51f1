"""Items of other projects as lines: what makes a revision, what is refused, what reads them."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest

from crawler.archive import Archive, Found, read, read_items
from crawler.archive.revisions import Rules
from crawler.archive.verify import verify
from crawler.codec import dump_line, parse_line
from crawler.errors import InvalidRecord, NotAnArticle
from crawler.items import Article, Capture
from crawler.newsrooms import Newsroom
from crawler.project_items import ProjectItem, hash_of, project_item
from tests.archive_site import capture, exchange

SITE = Newsroom(name="pengumuman", address="https://sekolah.example")
URL = "https://sekolah.example/pengumuman/7"


def never(*_: object) -> Article:
    raise NotAnArticle(URL, "not_asked_for")


RULES = Rules(extractor="", extract=never, page_hash=lambda _: "")


def submit(folder: Path, *items: ProjectItem) -> list[tuple[str, int | None]]:
    """Tell the archive of *items* in one run; return the outcomes."""
    captures: list[Capture] = [capture(exchange(URL, b"<h1>Libur</h1>"))]
    with Archive.open(
        folder, SITE, extractor="", extract=never, page_hash=RULES.page_hash
    ) as archive:
        futures = [archive.submit(Found(item, captures)) for item in items]
        outcomes = [future.result(timeout=30) for future in futures]
    return [(outcome.kind, outcome.revision) for outcome in outcomes]


def item(**values: Any) -> ProjectItem:
    return project_item("pengumuman", URL, {"url": URL, **values})


def test_a_different_item_is_the_next_revision(tmp_path: Path) -> None:
    folder = tmp_path / "pengumuman"
    assert submit(folder, item(judul="Libur")) == [("new", 1)]
    assert submit(folder, item(judul="Libur")) == [("unchanged", 1)]
    assert submit(folder, item(judul="Libur panjang")) == [("changed", 2)]
    assert submit(folder, item(judul="Libur")) == [("changed", 3)]
    assert [line.item["judul"] for line in read_items(folder)] == ["Libur"]
    assert [line.item["judul"] for line in read_items(folder, latest=False)] == [
        "Libur",
        "Libur panjang",
        "Libur",
    ]
    assert list(read(folder)) == []
    assert list(verify(folder, SITE, RULES)) == []


def test_the_ledger_is_rebuilt_from_items(tmp_path: Path) -> None:
    folder = tmp_path / "pengumuman"
    submit(folder, item(judul="Libur"))
    for path in folder.glob("state.sqlite*"):
        path.unlink()
    assert submit(folder, item(judul="Libur")) == [("unchanged", 1)]


def test_a_line_reads_back_as_it_was_written() -> None:
    line = item(judul="“Libur”", kelas=["7a", "7b"], biaya=None, nilai=1.5, wali={"nama": "Rini"})
    assert parse_line(dump_line(line)) == line
    # printf %s https://sekolah.example/pengumuman/7 | sha256sum
    assert line.id == "pengumuman:fd7c2882d85cea7a"
    assert dump_line(line).startswith(b'{"schema":"item/1","id":"pengumuman:fd7c2882d85cea7a",')


def test_the_order_of_keys_makes_no_revision() -> None:
    assert hash_of({"a": 1, "b": [2]}) == hash_of({"b": [2], "a": 1})
    # printf %s '{"a":1,"b":[2]}' | sha256sum
    assert hash_of({"a": 1, "b": [2]}) == (
        "sha256:0855bfc20eb6cfaa4be7d6b510c63dd22997718bddadcb1a4915cec3a16145b9"
    )


@pytest.mark.parametrize(
    ("url", "values", "said"),
    [
        pytest.param("/pengumuman/7", {}, "url needs", id="relative"),
        pytest.param(URL, {"at": dt.datetime(2026, 1, 1, tzinfo=dt.UTC)}, "values of JSON", id="t"),
        pytest.param(URL, {"nilai": float("nan")}, "values of JSON", id="nan"),
        pytest.param(URL, {"judul": "setengah \ud83d"}, "values of JSON", id="half-a-sign"),
    ],
)
def test_refuses_what_is_no_line(url: str, values: dict[str, Any], said: str) -> None:
    with pytest.raises(InvalidRecord, match=said):
        project_item("pengumuman", url, values)
