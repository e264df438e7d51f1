"""Text that is the site's and no article's: what a theme or a plugin adds makes no edit."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

import pytest

from crawler.archive import Archive, Found, Outcome
from crawler.extract import extract_article
from crawler.newsrooms import Newsroom
from tests.archive_inside import TODAY, problems
from tests.archive_site import Clock, capture, exchange

DANAU = Newsroom(name="danau", address="https://danau.example")
CALL = "Ikuti kabar terbaru Suara Danau lewat saluran kami, gratis dan tanpa iklan."
WORDS = [
    "nelayan",
    "petani",
    "guru",
    "perawat",
    "sopir",
    "pedagang",
    "pelajar",
    "penari",
    "pelukis",
    "penjahit",
    "tukang",
    "peternak",
    "pemandu",
    "penyiar",
    "pustakawan",
    "perajin",
    "pengemudi",
    "peneliti",
    "penenun",
    "pembatik",
    "pelatih",
    "penyelam",
]


def url(number: int) -> str:
    return f"https://danau.example/kabar/{WORDS[number]}-{number}"


def found(number: int, *more: str, first: str = "", modified: str = "") -> Found:
    """An article about one of WORDS, with *more* blocks at its end."""
    who = WORDS[number].capitalize()
    blocks = [
        first or f"{who} di tepi danau memulai musim baru pada Senin pagi bersama keluarganya.",
        (
            f"Kepada wartawan, {who} bercerita bahwa hasil tahun {1990 + number} lebih baik daripada "
            f"tahun ini, meskipun harga di pasar {WORDS[-number]} sudah naik dua kali bulan ini."
        ),
        (
            f"Menurut {who}, cuaca di hulu menentukan segalanya bagi mereka semua, dan pemerintah desa "
            f"berjanji membantu para {WORDS[number]} dengan bibit, pupuk, serta pelatihan di balai."
        ),
        *more,
    ]
    html = (
        f'<html lang="id"><head><title>{who} Memulai Musim</title></head>'
        f'<body class="single-post postid-{number + 100}"><article id="post-{number + 100}" '
        f'class="post-{number + 100} post hentry"><h1 class="entry-title">{who} Memulai Musim</h1>'
        '<time class="entry-date published" datetime="2026-03-01T08:00:00+07:00">1 Maret 2026</time>'
        f'<time class="updated" datetime="{modified or "2026-03-01T08:00:00+07:00"}"></time>'
        f'<div class="entry-content">{"".join(f"<p>{each}</p>" for each in blocks)}</div>'
        "</article></body></html>"
    )
    captures = (capture(exchange(url(number), html.encode())),)
    return Found(extract_article(captures, DANAU), captures)


class Runs:
    """Runs of one archive, a day apart."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.clock = Clock()

    def run(self, *findings: Found) -> list[str]:
        """Record *findings* in a run of their own; return what came of each, as judged at its end."""
        self.clock.move(days=1)
        with Archive.open(self.folder, DANAU, TODAY, clock=self.clock) as archive:
            outcomes = archive.record(findings)
            settled = archive.settle()
        judged: dict[str, Outcome] = {each.url: each for each in settled.judged}
        return [judged.get(each.url, each).kind for each in outcomes]

    def lines(self) -> list[dict[str, object]]:
        (path,) = self.folder.glob("articles-*.jsonl")
        return [json.loads(line) for line in path.read_text().splitlines()]

    def furniture(self) -> list[dict[str, object]]:
        path = self.folder / "furniture.jsonl"
        whole = path.read_text().split("\n")[:-1] if path.exists() else []
        return [json.loads(line) for line in whole]

    def problems(self) -> list[str]:
        return problems(self.folder, DANAU, TODAY)


@pytest.fixture
def runs(tmp_path: Path) -> Runs:
    archive = Runs(tmp_path / "danau")
    archive.run(*map(found, range(12)))
    return archive


def test_a_block_that_comes_into_many_articles_at_once_is_no_edit(runs: Runs) -> None:
    assert set(runs.run(*(found(n, CALL) for n in range(6)))) == {"unchanged"}
    assert [entry["block"] for entry in runs.furniture()] == [CALL]
    assert not any(CALL in str(line["body"]) for line in runs.lines())
    # and when it goes again
    assert set(runs.run(*map(found, range(6)))) == {"unchanged"}
    assert runs.problems() == []


def test_evidence_spans_runs(runs: Runs) -> None:
    """A run every 15 minutes sees one article or two."""
    assert runs.run(found(12, CALL), found(13, CALL)) == ["new", "new"]
    assert runs.run(found(3, CALL)) == ["unchanged"]


def test_a_block_of_one_article_alone_is_an_edit(runs: Runs) -> None:
    note = "Redaksi menambahkan tanggapan kepala desa pada Selasa siang."
    assert runs.run(found(2, note), found(4)) == ["changed", "unchanged"]
    assert runs.furniture() == []
    last = runs.lines()[-1]
    assert (last["revision"], str(last["body"]).endswith(note)) == (2, True)


def test_a_note_that_two_articles_of_one_affair_get_is_an_edit_of_both(runs: Runs) -> None:
    note = "Catatan redaksi: nama saksi pada berita ini telah disamarkan."
    assert runs.run(found(2, note), found(4, note)) == ["changed", "changed"]


def test_a_note_in_articles_that_say_they_were_modified_is_theirs(runs: Runs) -> None:
    """However many: a plugin changes what nobody has touched, too."""
    note = "Artikel ini telah diperbarui dengan tanggapan dari pemerintah kabupaten."
    for day, number in enumerate((2, 4, 6, 8), 12):
        edited = found(number, note, modified=f"2026-03-{day}T08:00:00+07:00")
        assert runs.run(edited, found(number + 1)) == ["changed", "unchanged"]
    assert runs.furniture() == []
    assert [str(line["body"]).endswith(note) for line in runs.lines()[12:]] == [True] * 4


def test_a_note_in_articles_whose_neighbours_are_left_alone_is_theirs(runs: Runs) -> None:
    """Though no article says when it was modified: what was read since does not have it."""
    note = "Keterangan: hak jawab warga atas berita ini dimuat di halaman opini."
    for number in (2, 5, 8, 11):
        looked = [found(each) for each in (number - 1, number - 2, (number + 1) % 12)]
        assert runs.run(found(number, note), *looked) == ["changed", *["unchanged"] * 3]
    assert runs.furniture() == []


def test_a_block_that_goes_where_others_keep_it_was_taken_out_by_somebody(runs: Runs) -> None:
    """As a promise that the newsroom types under some of its stories, and takes back."""
    promise = "Berita ini akan diperbarui begitu keterangan polisi kami terima."
    with_it = range(12, 19)
    runs.run(*(found(number, promise) for number in with_it))
    for number in with_it[:3]:
        kept = [found(each, promise) for each in with_it if each > number]
        assert runs.run(found(number), *kept)[0] == "changed"
    assert runs.furniture() == []


def test_an_edited_article_gets_the_plugins_block_too(runs: Runs) -> None:
    touched = found(1, CALL, modified="2026-03-11T08:00:00+07:00")
    assert set(runs.run(touched, *(found(n, CALL) for n in range(2, 5)))) == {"unchanged"}
    assert [entry["block"] for entry in runs.furniture()] == [CALL]


def test_a_real_edit_beside_the_block_is_one(runs: Runs) -> None:
    edited = found(1, CALL, first="Petani di tepi danau menunda musim baru hingga Kamis pagi.")
    kinds = runs.run(*(found(n, CALL) for n in range(2, 7)), edited)
    assert kinds == ["unchanged"] * 5 + ["changed"]
    last = runs.lines()[-1]
    assert CALL not in str(last["body"])
    assert str(last["body"]).startswith("Petani di tepi danau menunda")


def test_what_was_there_from_the_first_day_leaves_the_lines_again(tmp_path: Path) -> None:
    runs = Runs(tmp_path / "danau")
    runs.run(*(found(n, CALL) for n in range(8)))
    bodies = {str(line["id"]): str(line["body"]) for line in runs.lines()}
    assert len(bodies) == 8
    assert not any(CALL in body for body in bodies.values())
    assert {line["revision"] for line in runs.lines()} == {1}
    assert runs.problems() == []


def test_a_counter_is_one_block_whatever_it_says(runs: Runs) -> None:
    views = [f"Artikel ini dibaca {1200 + 37 * n} kali" for n in range(12)]
    assert set(runs.run(*(found(n, views[n]) for n in range(12)))) == {"unchanged"}
    assert set(runs.run(*(found(n, views[11 - n]) for n in range(12)))) == {"unchanged"}


def test_sentences_that_only_begin_alike_are_nobodys_furniture(runs: Runs) -> None:
    closing = [f"Kepala dinas {WORDS[n]} belum menjawab pertanyaan wartawan." for n in range(6)]
    assert set(runs.run(*(found(n, closing[n]) for n in range(6)))) == {"changed"}
    assert runs.furniture() == []


def test_every_line_after_the_first_says_until_when_nothing_had_changed(runs: Runs) -> None:
    runs.run(found(5))
    before = runs.clock.now
    looked = found(5)
    assert looked.captures[0].exchanges[0].fetched_at < before + dt.timedelta(days=1)
    runs.run(found(5, first="Penjahit di tepi danau membatalkan pesanan seragam sekolah."))
    first, last = (line for line in runs.lines() if line["url"] == url(5))
    assert first["unchanged_until"] is None
    assert last["revision"] == 2
    assert last["unchanged_until"] == looked.captures[0].exchanges[0].fetched_at.strftime(
        "%Y-%m-%dT%H:%M:%SZ"
    )


def test_a_torn_line_of_furniture_is_passed_over(runs: Runs) -> None:
    runs.run(*(found(n, CALL) for n in range(6)))
    path = runs.folder / "furniture.jsonl"
    path.write_bytes(path.read_bytes() + b'{"block": "Setengah')
    assert runs.run(found(7, CALL)) == ["unchanged"]
    assert [entry["block"] for entry in runs.furniture()] == [CALL]
