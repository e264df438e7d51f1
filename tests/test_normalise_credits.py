from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawler.normalise.credits import (
    Byline,
    ClosingCredit,
    byline,
    closing_credit,
    is_editor_link_label,
    photo_credit,
)
from tests.growth import LINEAR, growth

DONE = "Acara berjalan lancar"


@pytest.mark.parametrize(
    ("text", "rest", "credit"),
    [
        # after the last sentence
        (f"{DONE}. (Rilis/Media Center Kota Curup).", f"{DONE}.", "Rilis/Media Center Kota Curup"),
        (f"{DONE}. (red)", f"{DONE}.", "red"),
        (f"{DONE}.(red)", f"{DONE}.", "red"),
        (f"{DONE}. [red]", f"{DONE}.", "red"),
        (f"{DONE}. ( red )", f"{DONE}.", "red"),
        (f"“{DONE},” tutupnya. (Adv)", f"“{DONE},” tutupnya.", "Adv"),
        (f"{DONE}. (Adv/Diskominfo)", f"{DONE}.", "Adv/Diskominfo"),
        (f"{DONE}. (vyp/kna)", f"{DONE}.", "vyp/kna"),
        (f"{DONE}. (ani/hm20)", f"{DONE}.", "ani/hm20"),
        (f"{DONE}. (ANL/R1)", f"{DONE}.", "ANL/R1"),
        (f"{DONE}. (Ani/prw)", f"{DONE}.", "Ani/prw"),
        (f"{DONE}. (dn)", f"{DONE}.", "dn"),
        (f"{DONE}!” (wan)", f"{DONE}!”", "wan"),
        (f"{DONE}. (Ac).", f"{DONE}.", "Ac"),
        (f"{DONE}. (AL)", f"{DONE}.", "AL"),
        (f"{DONE}. <AL>", f"{DONE}.", "AL"),
        (f"{DONE}. (Tim)", f"{DONE}.", "Tim"),
        (f"{DONE}. (Humas Polres Kaur)", f"{DONE}.", "Humas Polres Kaur"),
        (f"{DONE}. (Ani Lestari)", f"{DONE}.", "Ani Lestari"),
        (f"{DONE}. (dari berbagai sumber)", f"{DONE}.", "dari berbagai sumber"),
        (f"{DONE}. (**)", f"{DONE}.", "**"),
        (f"{DONE}. (Red/**)", f"{DONE}.", "Red/**"),
        (f"{DONE}. (red)***", f"{DONE}.", "red"),
        (f"{DONE}. (Red)*", f"{DONE}.", "Red"),
        (f"{DONE}.***", f"{DONE}.", "***"),
        (f"{DONE}. ***", f"{DONE}.", "***"),
        # where the sentence has no full stop of its own
        (f"{DONE} (red).", DONE, "red"),
        (f"{DONE} (adv)", DONE, "adv"),
        (f"{DONE} (ant)", DONE, "ant"),
        (f"{DONE} (vyp/kna)", DONE, "vyp/kna"),
        # a paragraph of its own
        ("(red)", "", "red"),
        ("(Rilis/Media Center Kota Curup)", "", "Rilis/Media Center Kota Curup"),
        ("(M. Ani Lestari)", "", "M. Ani Lestari"),
        ("(***)", "", "***"),
        ("***", "", "***"),
        ("(*)", "", "*"),
        ("-red-", "", "red"),
        ("Red/Adv", "", "Red/Adv"),
        ("(red", "", "red"),
    ],
)
def test_takes_the_closing_credit_off(text: str, rest: str, credit: str) -> None:
    assert closing_credit(text) == ClosingCredit(rest, credit)


@pytest.mark.parametrize(
    "text",
    [
        # the abbreviation of something just named
        "Demikian catatan Badan Pusat Statistik (BPS).",
        "Demikian catatan Badan Pusat Statistik (BPS)",
        "Demikian kata Kementerian Komunikasi dan Informatika (Kominfo).",
        "Warga diminta menghubungi Dinas Sosial. (DS)",
        "(KPK)",
        f"{DONE}. (KPK)",
        "Saham itu milik PT Lembah Raya Tbk. (LMBH)",
        "Listrik dipasok PT Lembah (Persero).",
        # numbers and dates
        "Acara digelar Rabu (29/9/2021).",
        f"{DONE}. (29 September 2021)",
        f"{DONE}. (1)",
        "(2)",
        f"{DONE}. (09)",
        "Tersangka berinisial AN (32).",
        "Hal itu diatur Pasal 5 ayat (2).",
        "Sebanyak sepuluh ribu jiwa.***2***",
        # translations, quotations, remarks
        "“Salus populi suprema lex.” (Keselamatan rakyat adalah hukum tertinggi)",
        "“Carpe diem” (petik hari).",
        "“Mereka (pemkot, red).”",
        "Ia menyebut nama itu (Ani-red).",
        f"{DONE}.” (QS Al-Baqarah: 183)",
        f"{DONE}.” (HR Bukhari)",
        f"{DONE}. (Bersambung)",
        f"{DONE}. (lihat grafis)",
        f"{DONE}. (nama samaran)",
        f"{DONE}. (Penulis adalah dosen)",
        "Pabrik itu berdiri di Padang. (Sumatera Barat)",
        "Beratnya lima kilogram (kg).",
        "Beratnya lima (kg)",
        "Sampai pukul 09.00 (WIB).",
        "Mereka mengirim siaran pers (rilis).",
        "Ia duduk di kursi depan (kanan).",
        # credits of photos, links
        f"{DONE}. (Foto: ist)",
        "(Foto/Dok. Humas)",
        f"{DONE}. (Baca: Harga Cabai Naik)",
        # nothing of the kind
        f"{DONE}.",
        f"{DONE}*",
        "",
        "()",
        "(",
        ")",
        ".",
        "*",
    ],
)
def test_finds_no_closing_credit_in(text: str) -> None:
    assert closing_credit(text) == ClosingCredit(text, None)


@pytest.mark.parametrize(
    ("caption", "credit"),
    [
        ("Warga antre (Foto: Humas Kota/KABAR.ID)", "Humas Kota/KABAR.ID"),
        ("Warga antre (Foto:istimewa)", "istimewa"),
        ("Warga antre (Foto/Humas Kota)", "Humas Kota"),
        ("Warga antre (foto/ist)", "ist"),
        ("Warga antre (Foto Humas Kota)", "Humas Kota"),
        ("Warga antre (Foto : Ani Lestari)", "Ani Lestari"),
        ("Warga antre (f: ist/kabar)", "ist/kabar"),
        ("Warga antre (ist)", "ist"),
        ("Warga antre [ist].", "ist"),
        ("Warga antre. Foto: Humas Kota", "Humas Kota"),
        ("Warga antre - Foto: Ani", "Ani"),
        ("FOTO: Ani/KABAR.ID", "Ani/KABAR.ID"),
        ("Foto: Istimewa", "Istimewa"),
        ("Foto istimewa", "istimewa"),
        ("Istimewa", "Istimewa"),
        ("Warga antre (ANTARA FOTO/Ani Lestari)", "ANTARA FOTO/Ani Lestari"),
        ("Warga antre. ANTARA FOTO/Ani Lestari/aaa.", "ANTARA FOTO/Ani Lestari/aaa"),
        ("Warga antre (Foto/ANTARA FOTO/Ani Lestari)", "ANTARA FOTO/Ani Lestari"),
        ("Warga antre (Dok. Humas Polres)", "Dok. Humas Polres"),
        ("Warga antre (Foto/Dok. Humas Polres)", "Dok. Humas Polres"),
        ("Warga antre. Dok. Humas", "Dok. Humas"),
        ("Dok. Humas Polres", "Dok. Humas Polres"),
        ("Warga antre (Dokumentasi Pribadi)", "Dokumentasi Pribadi"),
        ("Warga antre (Tangkapan layar YouTube)", "Tangkapan layar YouTube"),
        ("Warga antre. Sumber: Instagram @ani", "Instagram @ani"),
        ("Warga antre © Ani Lestari", "Ani Lestari"),
        ("Warga antre (Ani/KABAR.ID)", "Ani/KABAR.ID"),
        ("Warga antre (Humas Polres Kaur)", "Humas Polres Kaur"),
        ("Warga antre (Reuters)", "Reuters"),
        ("Warga antre/ist", "ist"),
        ("Ilustrasi (ist)", "ist"),
        ("Wali kota (kanan) bersama warga (Foto: Ani)", "Ani"),
    ],
)
def test_reads_the_photo_credit(caption: str, credit: str) -> None:
    assert photo_credit(caption) == credit


@pytest.mark.parametrize(
    "caption",
    [
        "",
        "Warga antre beras",
        "Ilustrasi",
        "Foto ilustrasi",
        "Foto: Ilustrasi",
        "Foto: Petugas memadamkan kebakaran di Jalan Merpati",
        "Foto Wali Kota Ani di Curup",
        "Ani Lestari (kanan)",
        "Ani Lestari (dua dari kiri)",
        "Acara digelar Rabu (29/9)",
        "Acara digelar Rabu (29/9/2021)",
        "Kepala Badan Pusat Statistik (BPS)",
        "Kantor PT Lembah (Persero)",
        "Sumber air di Desa Talang",
        "Istana Negara",
        "Netanyahu tiba di bandara",
        "Humaslah yang menjawab",
        "(",
        ")",
        "()",
    ],
)
def test_finds_no_photo_credit_in(caption: str) -> None:
    assert photo_credit(caption) is None


@pytest.mark.parametrize(
    ("text", "writer", "editor"),
    [
        ("Penulis: Ani Lestari", "Ani Lestari", None),
        ("Penulis : Ani Lestari / Editor : Budi Santoso", "Ani Lestari", "Budi Santoso"),
        ("Penulis: Ani Lestari Editor: Budi Santoso", "Ani Lestari", "Budi Santoso"),
        ("Reporter: Ani Lestari | Editor: Budi Santoso", "Ani Lestari", "Budi Santoso"),
        ("Editor: Budi Santoso - Penulis: Ani Lestari", "Ani Lestari", "Budi Santoso"),
        ("Laporan: Ani Lestari", "Ani Lestari", None),
        ("Pewarta: Ani Lestari\nEditor: Budi Santoso", "Ani Lestari", "Budi Santoso"),
        ("Pewarta: Ani\nEditor : Budi\nCOPYRIGHT © KABAR 2021", "Ani", "Budi"),
        ("Penyunting: Budi Santoso", None, "Budi Santoso"),
        ("Editor: Budi Santoso, S.I.Kom.", None, "Budi Santoso, S.I.Kom."),
        ("Penulis: Dr. H. Ani Lestari, M.Si", "Dr. H. Ani Lestari, M.Si", None),
        ("Penulis: Ani Lestari.", "Ani Lestari", None),
        ("(Penulis: Ani Lestari)", "Ani Lestari", None),
        ("Penulis: red", "red", None),
        ("Penulis: Tim redaksi", "Tim redaksi", None),
        ("Redaktur & Reporter : Tim Redaksi", "Tim Redaksi", "Tim Redaksi"),
        ("Penulis Ani Lestari | Editor Budi Santoso", "Ani Lestari", "Budi Santoso"),
        ("Editor: Budi Penulis: Ani Publish: Cici", "Ani", "Budi"),
        ("Sumber: KABAR\nEditor: Budi", None, "Budi"),
    ],
)
def test_reads_a_byline(text: str, writer: str | None, editor: str | None) -> None:
    assert byline(text) == Byline(writer, editor)


@pytest.mark.parametrize(
    "text",
    [
        "Penulis buku itu mengatakan naskahnya selesai bulan lalu.",
        "Penulis: buku ini terbit tahun lalu dan laku keras",
        "Penulis: Ani Lestari mengatakan naskahnya selesai",
        "Penulis adalah dosen",
        "Penulis Buku Terbaik",
        "Laporan: 3 orang tewas",
        "Laporan warga: jalan rusak berat sejak lama",
        "Reporter Ani melaporkan dari Curup.",
        "Editor",
        "Editor:",
        "Penulis: / Editor:",
        "Foto: Ani",
        "Kata Penulis: Ani",
        "Ani Lestari",
        "",
    ],
)
def test_is_no_byline(text: str) -> None:
    assert byline(text) is None


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("Baca Juga: Harga Cabai Naik", "Baca Juga"),
        ("Baca juga : Harga Cabai Naik", "Baca juga"),
        ("BACA JUGA", "BACA JUGA"),
        ("BACA JUGA:", "BACA JUGA"),
        ("(Baca: Harga Cabai Naik)", "Baca"),
        ("(Baca juga: Harga Cabai Naik)", "Baca juga"),
        ("» Baca Juga – Harga Cabai Naik", "Baca Juga"),
        ("Baca Juga Harga Cabai Naik", "Baca Juga"),
        ("Baca selengkapnya: Harga Cabai Naik", "Baca selengkapnya"),
        ("Simak juga: Harga Cabai Naik", "Simak juga"),
        ("Lihat juga", "Lihat juga"),
        ("Tonton video: Panen Raya", "Tonton video"),
        ("Berita Terkait:", "Berita Terkait"),
        ("Bacaan Lainnya", "Bacaan Lainnya"),
    ],
)
def test_knows_the_label_of_a_link(text: str, label: str) -> None:
    assert is_editor_link_label(text) == label


@pytest.mark.parametrize(
    "text",
    [
        "Baca juga buku panduan itu agar paham.",
        "Baca Juga Bukunya.",
        "Baca buku: jendela dunia",
        "Lihat saja hasilnya nanti",
        "Simak penjelasannya",
        "Terkait hal itu, camat angkat bicara",
        "Selengkapnya di halaman 3",
        "Pembaca juga: silakan menulis",
        "Bacalah juga: lampiran",
        "",
    ],
)
def test_is_no_label(text: str) -> None:
    assert is_editor_link_label(text) is None


PIECES = st.sampled_from(
    [
        DONE,
        "red",
        "adv",
        "Foto:",
        "Penulis:",
        "Editor:",
        "Baca Juga:",
        "Dok.",
        *"()[]<>*./ ,:\n”",
        "29/9",
        "KPK",
    ]
)


@settings(deadline=None)  # the first call reads the gazetteer
@given(st.one_of(st.text(), st.lists(PIECES).map("".join), st.lists(PIECES).map(" ".join)))
def test_never_fails(text: str) -> None:
    found = closing_credit(text)
    assert found.credit is None or found.credit.strip(" .")
    for value in (photo_credit(text), is_editor_link_label(text)):
        assert value is None or value.strip()
    named = byline(text)
    assert named is None or named.writer or named.editor


@pytest.mark.parametrize("function", [closing_credit, photo_credit, byline, is_editor_link_label])
@pytest.mark.parametrize(
    "piece",
    ["(", ")", "* ", "a/", "(red) ", "Foto: ", ". dok.", "Penulis: A ", "Baca ", "a ", "[", "x."],
)
def test_time_grows_with_the_text(function: object, piece: str) -> None:
    assert callable(function)
    assert growth(function, lambda size: piece * size) < LINEAR
