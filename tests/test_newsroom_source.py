"""The newsroom's source files: what they must say, and what is said when they do not."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from demo import Content, SourceError, load_content
from demo.source import FIXTURES

HEAD = """+++
id = 300010
slug = "berita-uji"
title = "Berita Uji"
date = 2024-01-02T03:04:05
author = "redaksi"
categories = ["daerah"]
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    shutil.copy(FIXTURES / "site.toml", tmp_path / "site.toml")
    (tmp_path / "articles").mkdir()
    return tmp_path


def write(folder: Path, text: str, name: str = "uji.txt") -> Path:
    path = folder / "articles" / name
    path.write_text(text, encoding="utf-8")
    return path


def test_a_file_says_what_its_entry_holds(folder: Path) -> None:
    write(folder, HEAD + 'tags = ["Pasar Pagi"]\n+++\nParagraf satu.\n\nParagraf dua.\n')
    entry = load_content(folder).entries[0]
    assert entry.title == "Berita Uji"
    assert entry.at.isoformat() == "2024-01-02T03:04:05+07:00"
    assert entry.changed == entry.at
    assert [term.slug for term in entry.tags] == ["pasar-pagi"]
    assert entry.content == "Paragraf satu.\n\nParagraf dua."


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("Tanpa kepala.", "wants TOML between two lines of +++"),
        (HEAD + "judul = 'x'\n+++\n", "unknown key 'judul'; known are id, slug, title"),
        (HEAD.replace('title = "Berita Uji"\n', "") + "+++\n", "wants title"),
        (HEAD.replace("300010", '"300010"') + "+++\n", "id must be int, got str"),
        (HEAD.replace('"redaksi"', '"budi"') + "+++\n", "unknown author 'budi'; known are redaksi"),
        (HEAD.replace('"daerah"', '"gosip"') + "+++\n", "unknown category 'gosip'"),
        (HEAD + 'topics = ["Gosip"]\n+++\n', "unknown topic 'Gosip'; known are Pilkada 2024"),
        (HEAD + 'status = "trash"\n+++\n', "unknown status 'trash'; known are publish, private"),
        (HEAD + "modified = 2023-01-01T00:00:00\n+++\n", "modified lies before date"),
        (HEAD + "[photo]\nfoto = 'x'\n+++\n", "unknown key 'foto'; known are file, alt, caption"),
        (HEAD + "tags = [\n+++\n", "not TOML"),
    ],
)
def test_a_mistake_is_named_with_its_file(folder: Path, text: str, problem: str) -> None:
    path = write(folder, text)
    with pytest.raises(SourceError) as caught:
        load_content(folder)
    assert str(path) in str(caught.value)
    assert problem in str(caught.value)


def test_an_id_used_twice_is_refused(folder: Path) -> None:
    write(folder, HEAD + "+++\n")
    write(folder, HEAD.replace("berita-uji", "berita-lain") + "+++\n", "lain.txt")
    with pytest.raises(SourceError, match="300010 is used by berita-lain and by berita-uji"):
        load_content(folder)


def test_there_are_thirty_articles_and_more(newsroom_content: Content) -> None:
    public = [
        entry
        for entry in newsroom_content.entries
        if entry.kind == "post" and entry.status == "publish" and not entry.protected
    ]
    assert len(public) == 37
    assert len({entry.slug for entry in public}) == 37


def test_the_seed_comes_first(newsroom_content: Content) -> None:
    seed = newsroom_content.entries[0]
    assert seed.slug == "jajaki-kerjasama-3-sektor-ini-walokota-helmi-hasan-temui-dubes-jepang"
    assert seed.title == "Jajaki Kerjasama 3 Sektor Ini, Walikota Helmi Hasan Temui Dubes Jepang"


def test_each_typed_truth_belongs_to_an_article() -> None:
    truths = sorted(path.stem for path in (FIXTURES / "expected").glob("*.json"))
    articles = {path.stem for path in (FIXTURES / "articles").glob("*.txt")}
    assert len(truths) >= 8
    assert set(truths) <= articles
    for name in truths:
        truth = json.loads((FIXTURES / "expected" / f"{name}.json").read_text(encoding="utf-8"))
        assert truth["body"], name
