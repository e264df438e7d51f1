"""A newsroom that moves to another host: its archive goes on, ids and revisions with it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from crawler.archive import newsroom_of
from demo import EmbeddedNewsroom
from tests import faults as trouble
from tests.crawl_runs import Run, crawl
from tests.crawling import problems

TAIS = "pasar-tais-direnovasi-pedagang-pindah-ke-lapangan"


@pytest.fixture
def moved() -> Iterator[EmbeddedNewsroom]:
    with EmbeddedNewsroom() as newsroom:
        yield newsroom


def host(newsroom: EmbeddedNewsroom) -> str:
    return newsroom.address.partition("//")[2]


def crawl_moved(out: Path, old: EmbeddedNewsroom, new: EmbeddedNewsroom) -> Run:
    """Run as somebody does who has written the new address, and the old host, into its file."""
    folder = out / "newsrooms"
    folder.mkdir(exist_ok=True)
    file = f'address = "{new.address}"\ntheme = "wpberita"\nhosts = ["{host(old)}"]\n'
    (folder / "progres.toml").write_text(file)
    return crawl(out, new.address, NEWSROOMS_DIR=str(folder))


@pytest.mark.parametrize("shut", [(), ("rest",)], ids=["with REST", "without"])
@pytest.mark.parametrize("leads_on", [True, False], ids=["old host leads on", "old host is dead"])
def test_its_archive_goes_on(
    newsroom: EmbeddedNewsroom,
    moved: EmbeddedNewsroom,
    tmp_path: Path,
    shut: tuple[str, ...],
    leads_on: bool,
) -> None:
    for each in (newsroom, moved):
        each.close(*shut)
    before = crawl(tmp_path, newsroom.address)
    ids = {each.id for each in before.articles}
    if leads_on:
        newsroom.faults.append(trouble.redirect(f"{moved.address}{{path}}"))
    else:
        newsroom.__exit__(None, None, None)
    refused = crawl(tmp_path, moved.address)
    assert refused.code == 2
    assert f'hosts = ["{host(newsroom)}"]' in refused.said

    first = crawl_moved(tmp_path, newsroom, moved)
    assert (first.code, first.record.new, first.record.changed) == (0, 0, 0), first.said
    assert first.record.requests <= before.record.requests + 2  # records by the dozen, as before
    moved.edit(TAIS)
    second = crawl_moved(tmp_path, newsroom, moved)
    assert (second.code, second.record.new, second.record.changed) == (0, 0, 1), second.said
    articles = {each.id: each for each in second.articles}
    assert set(articles) == ids
    (edited,) = (each for each in articles.values() if each.revision == 2)
    assert edited.url == moved.url(TAIS)
    assert newsroom_of(second.folder).address == moved.address
    assert problems(second.folder, moved) == []
