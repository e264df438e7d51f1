from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawler.items import Dateline
from crawler.normalise.dateline import parse_dateline
from tests.growth import LINEAR, growth

SENTENCE = "Sejumlah warga mengikuti pelatihan menyeduh kopi di balai desa."

READ: dict[str, list[tuple[str, str | None, str | None]]] = {
    "outlet, place": [
        ("KABARLEMBAH.ID, CURUP – {}", "Curup", "KABARLEMBAH.ID"),
        ("Kabarlembah.id, Rejang Lebong - {}", "Rejang Lebong", "Kabarlembah.id"),
        ("kabarlembah.co.id, Lampung Selatan - {}", "Lampung Selatan", "kabarlembah.co.id"),
        ("POS-LEMBAH. COM, OELAMASI - {}", "Oelamasi", "POS-LEMBAH. COM"),
        ("SuaraLembah, Bengkulu – {}", "Bengkulu", "SuaraLembah"),
        ("KBRN, Kupang : {}", "Kupang", "KBRN"),
        ("KABARLEMBAH.ID, SUKARAYA BARU – {}", "Sukaraya Baru", "KABARLEMBAH.ID"),
        ("KABARLEMBAH.ID/MANNA – {}", "Manna", "KABARLEMBAH.ID"),
        ("KABARLEMBAH.ID KOTA BENGKULU – {}", "Kota Bengkulu", "KABARLEMBAH.ID"),
        ("Lembah kita. id, Solo – {}", "Solo", "Lembah kita. id"),
    ],
    "place, outlet": [
        ("JAKARTA, KABARLEMBAH.ID – {}", "Jakarta", "KABARLEMBAH.ID"),
        ("JAKARTA, KOMPAS — {}", "Jakarta", "KOMPAS"),
        ("Jakarta, CNN Indonesia -- {}", "Jakarta", "CNN Indonesia"),
        ("BENGKULU TENGAH, InfoPublik – {}", "Bengkulu Tengah", "InfoPublik"),
        ("KENDARI,KabarLembah.co.id – {}", "Kendari", "KabarLembah.co.id"),
        ("KENDARI, KL – {}", "Kendari", "KL"),
        ("Palembang,kabarlembahcom- {}", "Palembang", "kabarlembahcom"),
        ("Bengkulu, Lembah Ekspress – {}", "Bengkulu", "Lembah Ekspress"),
        ("BENTENG, SLN – {}", "Benteng", "SLN"),
        ("PADANG, METRO – {}", "Padang", "METRO"),
        ("MUKOMUKO/KABARLEMBAH.ID – {}", "Mukomuko", "KABARLEMBAH.ID"),
        ("Curup, KABARLEMBAH.ID, – {}", "Curup", "KABARLEMBAH.ID"),
        ("LEMBAHRAYA.kabarlembah.com – {}", None, "LEMBAHRAYA.kabarlembah.com"),
        ("LOMBOKUTARA.kabarlembah.com – {}", "Lombokutara", "kabarlembah.com"),
    ],
    "place (outlet)": [
        ("Bengkulu (ANTARA) - {}", "Bengkulu", "ANTARA"),
        ("Bengkulu (Antara Lembah) - {}", "Bengkulu", "Antara Lembah"),
        ("MAKASSAR [KABARLEMBAH.CO.ID] – {}", "Makassar", "KABARLEMBAH.CO.ID"),
        ("Sampang (kabarlembah.com) – {}", "Sampang", "kabarlembah.com"),
        ("Denpasar (Kabarlembah.com)-{}", "Denpasar", "Kabarlembah.com"),
        ("BANDUNG, (PR).- {}", "Bandung", "PR"),
        ("JAKARTA (KL): {}", "Jakarta", "KL"),
        ("Kab. Bandung ( Lembah News ) – {}", "Kab. Bandung", "Lembah News"),
        ("KABARLEMBAH.COM: (Surabaya) {}", "Surabaya", "KABARLEMBAH.COM"),
        ("Bengkulu (ANTARA) {}", "Bengkulu", "ANTARA"),
        ("KABARLEMBAH.ID (Biro Curup) Way Kanan - {}", "Way Kanan", "KABARLEMBAH.ID"),
    ],
    "place alone": [
        ("PEKANBARU - {}", "Pekanbaru", None),
        ("Jakarta - {}", "Jakarta", None),
        ("BENGKULU SELATAN – {}", "Bengkulu Selatan", None),
        ("Lhokseumawe -- {}", "Lhokseumawe", None),
        ("MANSEL,-{}", "Mansel", None),
        ("MATARAM\n-- {}", "Mataram", None),
        ("Tulang Bawang, Lampung – {}", "Tulang Bawang, Lampung", None),
        ("Denpasar – Bali – {}", "Denpasar – Bali", None),
        ("Jakarta: {}", "Jakarta", None),
        ("JAKARTA. {}", "Jakarta", None),
        ("MEDAN | {}", "Medan", None),
        ("*BENGKULU* – {}", "Bengkulu", None),
        ("TOLI-TOLI – {}", "Toli-Toli", None),
        ("Way kanan – {}", "Way Kanan", None),
        ("WASHINGTON – {}", "Washington", None),
        ("LAMPUNG - warga mulai menanam padi.", "Lampung", None),
    ],
    "outlet alone": [
        ("KABARLEMBAH.ID – {}", None, "KABARLEMBAH.ID"),
        ("Kabarlembah.com - {}", None, "Kabarlembah.com"),
        ("kabarlembah.org – {}", None, "kabarlembah.org"),
        ("KORAN LEMBAH RAYA - {}", None, "KORAN LEMBAH RAYA"),
        ("HUMAS POLRI - {}", None, "HUMAS POLRI"),
        ("LEMBAH NEWS - {}", None, "LEMBAH NEWS"),
        ("RADAR KAUR - {}", None, "RADAR KAUR"),
        ("PORTAL JEMBER - {}", None, "PORTAL JEMBER"),
        ("KABARMAKASSAR - {}", None, "KABARMAKASSAR"),
        ("RMOL. {}", None, "RMOL"),
        ("[KABARLEMBAH.ID] - {}", None, "KABARLEMBAH.ID"),
        ("KABARLEMBAH.ID (12/3/2021) – {}", None, "KABARLEMBAH.ID"),
        ("Kabarlembah.com ; {}", None, "Kabarlembah.com"),
        ("KABARLEMBAH.COM, {}", None, "KABARLEMBAH.COM"),
    ],
    "pipe": [
        ("KABARLEMBAH.ID | BENGKULU SELATAN - {}", "Bengkulu Selatan", "KABARLEMBAH.ID"),
        ("Kabarlembah.com | Ambon: {}", "Ambon", "Kabarlembah.com"),
        ("KABARLEMBAH.co | Banda Aceh,– {}", "Banda Aceh", "KABARLEMBAH.co"),
        ("Kota Kupang, Lembah Raya | {}", "Kota Kupang", "Lembah Raya"),
        ("Medan | Kabarlembah.com – {}", "Medan", "Kabarlembah.com"),
    ],
    "tight dash": [
        ("JAYAPURA- {}", "Jayapura", None),
        ("SINTANG--{}", "Sintang", None),
        ("CURUP-{}", "Curup", None),
        ("LembahFM–{}", None, "LembahFM"),
        ("TERASLEMBAH.COM,-AMBON-{}", "Ambon", "TERASLEMBAH.COM"),
        ("TABA PENANJUNG, KL-{}", "Taba Penanjung", "KL"),
        ("MANOKWARI,KABARLEMBAH.com–{}", "Manokwari", "KABARLEMBAH.com"),
        ("BARABAI-PW:{}", "Barabai", "PW"),
    ],
    "odd separator": [
        ("KABARLEMBAH.CO.ID - JAKARTA. {}", "Jakarta", "KABARLEMBAH.CO.ID"),
        ("BENGKULU TENGAH, KABARLEMBAH.ID : {}", "Bengkulu Tengah", "KABARLEMBAH.ID"),
        ("MUKOMUKO, KABARLEMBAH.ID // {}", "Mukomuko", "KABARLEMBAH.ID"),
        ("CURUP; KABARLEMBAH.ID – {}", "Curup", "KABARLEMBAH.ID"),
        ("Pemalang _: {}", "Pemalang", None),
        ("CURUP, KABARLEMBAH.ID … {}", "Curup", "KABARLEMBAH.ID"),
        ("Kabarlembah,com. Pesawaran – {}", "Pesawaran", "Kabarlembah,com"),
        ("KENDARI, KABARLEMBAH.COM\n\n{}", "Kendari", "KABARLEMBAH.COM"),
        ("CURUP, KABARLEMBAH.ID\n– {}", "Curup", "KABARLEMBAH.ID"),
    ],
    "no separator": [
        ("Kabarlembah.com, Jakarta {}", "Jakarta", "Kabarlembah.com"),
        ("kabarlembah.co.id | Denpasar  {}", "Denpasar", "kabarlembah.co.id"),
        ("KABARLEMBAH.CO SUMSEL {}", None, "KABARLEMBAH.CO SUMSEL"),
        ("Jakarta - KABARLEMBAH.COM {}", "Jakarta", "KABARLEMBAH.COM"),
        ("Curup, KABARLEMBAH.ID {}", "Curup", "KABARLEMBAH.ID"),
    ],
    "several dashes": [
        ("kabarlembah.com - PALEMBANG - {}", "Palembang", "kabarlembah.com"),
        ("Bengkulu – Lembah Raflesia – {}", "Bengkulu", "Lembah Raflesia"),
        ("Bandung,- Kabarlembah.my.id,- {}", "Bandung", "Kabarlembah.my.id"),
    ],
    "date in it": [
        ("Bengkulu, 17/9 (ANTARA) - {}", "Bengkulu", "ANTARA"),
        ("Banjarmasin,15/2 (ANTARA)- {}", "Banjarmasin", "ANTARA"),
        ("Jakarta, 17 September 2014 (ANTARA) - {}", "Jakarta", "ANTARA"),
        ("Jakarta, Senin (2/3) – {}", "Jakarta", None),
        ("Makassar(23/03/18), {}", "Makassar", None),
        ("CURUP, KABARLEMBAH.ID (2/3/2021) – {}", "Curup", "KABARLEMBAH.ID"),
        ("Jakarta, 2 Februari 2022. {}", "Jakarta", None),
    ],
    "an outlet that nothing sets off": [
        ("Banjarmasin LEMBAH – {}", "Banjarmasin", "LEMBAH"),
        ("Lampung-Kabarlembah.Id| {}", "Lampung", "Kabarlembah.Id"),
        ("KAUR//Kabarlembah.com/ {}", "Kaur", "Kabarlembah.com"),
        ("kabarlembah-kaur-com-{}", None, "kabarlembah-kaur-com"),
        ("kabarlembah-co-id- {}", None, "kabarlembah-co-id"),
    ],
    "a place of two words": [
        ("Lebong Tengah : {}", "Lebong Tengah", None),
        ("Pulau Panggung, Selasa 7 Mei 2019 – {}", "Pulau Panggung", None),
    ],
    "a sentence with a remark in brackets": [
        ("Kabarlembah.com, Jakarta Menteri Pemuda (Menpora) hadir.", "Jakarta", "Kabarlembah.com"),
    ],
    "lines above it": [
        (
            "Laporan Wartawan Kabar Lembah, Ani Lestari\nKABARLEMBAH.ID, CURUP - {}",
            "Curup",
            "KABARLEMBAH.ID",
        ),
        (
            "Laporan Wartawan Lembah, Ani Lestari KABARLEMBAH.ID, CURUP - {}",
            "Curup",
            "KABARLEMBAH.ID",
        ),
        ("Laporan : Ani Lestari\nKupang, kabar-lembah.com – {}", "Kupang", "kabar-lembah.com"),
        ("Ani Lestari - kabarNews\nJambi - {}", "Jambi", None),
        ("Advertorial. BENGKULU – {}", "Bengkulu", None),
        ("ADVERTORIAL – CURUP, Kabarlembah.com – {}", "Curup", "Kabarlembah.com"),
        ("BENGKULU (ADV) – {}", "Bengkulu", None),
        ("ADVERTORIAL\nBENGKULU, KABARLEMBAH.ID – {}", "Bengkulu", "KABARLEMBAH.ID"),
    ],
}


@pytest.mark.parametrize(
    ("text", "place", "outlet"),
    [
        pytest.param(*row, id=f"{kind}: {row[0][:40]!r}")
        for kind, rows in READ.items()
        for row in rows
    ],
)
def test_reads(text: str, place: str | None, outlet: str | None) -> None:
    found = parse_dateline(text.format(SENTENCE))
    assert found is not None
    assert (found.place, found.outlet) == (place, outlet)
    if "{}" in text:
        assert found.rest == SENTENCE


@pytest.mark.parametrize(
    "text",
    [
        # sentences, dashes in them among others
        "Jalan lintas Curup – Manna kembali lumpuh akibat longsor.",
        "Laga Kaur - Seluma berakhir imbang tanpa gol.",
        "Upaya mencegah banjir – yang dimulai sejak 2019 – mulai membuahkan hasil.",
        "Warga Pulau Enggano – Kabupaten Bengkulu Utara – menikmati listrik.",
        "Kaur – yang dikenal dengan pantainya – kini ramai pengunjung.",
        "Bengkulu – kota kecil di pesisir barat – kini berbenah.",
        "SEBANYAK enam rumah terbakar di Curup, Selasa (2/1) siang.",
        "HARI Ulang Tahun (HUT) Kota Curup dirayakan sederhana.",
        "TENDER proyek jembatan diumumkan akhir pekan ini.",
        "Bengkulu, kota yang dikenal dengan bunganya, kini berbenah.",
        "Jakarta, Bandung, dan Surabaya menjadi tuan rumah.",
        "Jakarta, Bogor, Depok, Tangerang dan Bekasi (Jabodetabek) - wilayah padat.",
        "BENGKULU Selatan kembali dilanda banjir.",
        "Kota Bengkulu (Provinsi Bengkulu) dikenal dengan bentengnya.",
        "Gubernur Sumatra Utara (Sumut) Ani Lestari buka suara.",
        "Bank Sentral Amerika Serikat (AS) The Fed menahan suku bunga.",
        "Kepala Dinas Kesehatan Kota Curup dr Ani Lestari mengatakan stok aman.",
        "Solo–Jogja kini hanya satu jam.",
        "Jakarta-Bandung kini ditempuh 40 menit.",
        "AS-Australia Sepakat Bangun Pelabuhan",
        "Iran – Israel kembali berunding di Jenewa.",
        "Namun, merek-merek itu tidak lagi dijual.",
        "Sebaliknya, negara-negara lain menaikkan tarif.",
        "Tokolembah.com adalah situs jual beli.",
        "WhatsApp - aplikasi pesan - kembali terganggu.",
        "TNI - Polri menggelar patroli bersama.",
        "Bekasi: Rp1,9 juta per bulan",
        "Bengkulu: 20 kasus",
        "Mei – bulan yang penuh berkah bagi warga.",
        "SENIN – Warga Curup bergotong royong membersihkan selokan.",
        "Januari – Maret 2024 tercatat 30 kasus demam berdarah.",
        "Selasa, 7 Mei 2024 – Warga bergotong royong.",
        "Jumat malam – Hujan turun deras.",
        "Menurut Kabarlembah.com – Bupati menolak hadir.",
        "Ketua KPU Bengkulu, Ani Lestari – yang baru dilantik – hadir.",
        "Wali Kota CURUP – Ani Lestari – membuka acara.",
        "Bupati Kaur: Warga Jangan Panik",
        # captions
        "Suasana pasar di Curup - Foto: Ani Lestari",
        "Jembatan Kota Bengkulu - Warga melintas",
        "TKP : Polisi memasang garis di tempat kejadian perkara.",
        "HANYUT DI SUNGAI -- Suasana di sekitar jembatan gantung.",
        "BERITA POPULER - tim penyidik menyita dokumen",
        "WALI KOTA CURUP RAYA - Wali kota saat diwawancara.",
        "FOTO: Petugas memadamkan kebakaran di Jalan Merpati, Curup",
        "Foto: Warga Bengkulu - Kaur",
        "ILUSTRASI - Warga antre minyak goreng.",
        "SUMBER : Warga mengambil air di mata air.",
        "KABARLEMBAH.COM/ANI Penyidik menyerahkan barang bukti kepada jaksa.",
        "Kabarlembah/ Ani Lestari\nCalon jemaah mengikuti pemeriksaan.",
        # headlines, links, bylines
        "BREAKING NEWS! Tengah Malam, Warga Curup Berhamburan",
        "BREAKING NEWS - Gempa Guncang Curup",
        "Jakarta - Gubernur Resmikan Pasar Ikan Baru",
        "JAKARTA – GUBERNUR RESMIKAN PASAR IKAN",
        "Baca juga: Polisi Tangkap Pencuri di Bengkulu - Kaur",
        "BACA JUGA: CURUP - Polisi menangkap pencuri",
        "Penulis: Ani Lestari | Editor: Budi Santoso",
        "Laporan Wartawan Kabar Lembah, Ani Lestari",
        "Sumber: ANTARA - Senin",
        "KPK: Dua Tersangka Baru Ditetapkan",
        "",
        "–",
        "JAKARTA",
        "(ANTARA",
    ],
)
def test_finds_none_in(text: str) -> None:
    assert parse_dateline(text) is None


def test_gives_text_region_and_rest() -> None:
    found = parse_dateline("JAKARTA,\u00a0KABARLEMBAH.ID  –  Wali kota\nbertemu  duta besar.")
    assert found is not None
    assert found.text == "JAKARTA, KABARLEMBAH.ID –"
    assert found.region == "31"
    assert list(found) == ["Jakarta", "KABARLEMBAH.ID", "Wali kota bertemu duta besar."]
    assert found.as_item() == Dateline(
        text="JAKARTA, KABARLEMBAH.ID –", place="Jakarta", outlet="KABARLEMBAH.ID", region="31"
    )


@pytest.mark.parametrize(
    ("text", "region"),
    [
        ("KOTA BENGKULU – {}", "17.71"),
        ("BENGKULU – {}", None),
        ("CURUP, ANTARA – {}", "17.02"),
        ("Martapura, Kalsel – {}", "63.03"),
        ("Denpasar, Bali – {}", "51.71"),
        ("KUALA LUMPUR – {}", None),
        ("KABARLEMBAH.ID – {}", None),
    ],
)
def test_gives_a_region_only_where_it_is_certain(text: str, region: str | None) -> None:
    found = parse_dateline(text.format(SENTENCE))
    assert found is not None
    assert found.region == region


def test_the_newsroom_s_own_names_are_outlets() -> None:
    text = f"Lembah Kita – {SENTENCE}"
    assert parse_dateline(text) is None
    found = parse_dateline(text, ["LEMBAH KITA"])
    assert found is not None
    assert found.outlet == "Lembah Kita"


def test_the_closing_marks_of_a_paragraph_stay() -> None:
    found = parse_dateline("CURUP – Acara selesai.***")
    assert found is not None
    assert found.rest == "Acara selesai.***"


PLACES = ["JAKARTA", "Kota Bengkulu", "REJANG LEBONG", "Curup", "TOLI-TOLI", "Kuala Lumpur", "NTB"]
OUTLETS = [
    "KABARLEMBAH.ID",
    "KOMPAS.com",
    "kabar-lembah.co.id",
    "ANTARA",
    "Radar Lembah",
    "LembahToday",
]
FORMS = [
    "{o}, {p} {d} {s}",
    "{p}, {o} {d} {s}",
    "{p} ({o}) {d} {s}",
    "{o} | {p} {d} {s}",
    "{o} {d} {p} {d} {s}",
    "{p}/{o} {d} {s}",
    "{p}, 17/9 ({o}) {d} {s}",
    "{p}, {o}{d} {s}",
    "{p}, {o}\n{d} {s}",
    "{o}, {p}: {s}",
]


@settings(deadline=None)  # the first call reads the gazetteer
@given(
    st.sampled_from(FORMS),
    st.sampled_from(PLACES),
    st.sampled_from(OUTLETS),
    st.sampled_from(["-", "–", "—", "--"]),
)
def test_parts_do_not_depend_on_order_or_dash(
    form: str, place: str, outlet: str, dash: str
) -> None:
    found = parse_dateline(form.format(o=outlet, p=place, d=dash, s=SENTENCE))
    assert found is not None
    assert found.place is not None
    assert found.place.casefold() == place.casefold()
    assert found.outlet == outlet
    assert found.rest == SENTENCE


PIECES = st.sampled_from(
    [
        *PLACES,
        *OUTLETS,
        SENTENCE,
        *"-–—,.:;|/()[]*…\n \u00a0",
        "17/9",
        "Senin",
        "Laporan",
        "2 Mei 2021",
    ]
)


@settings(deadline=None)  # the first call reads the gazetteer
@given(st.one_of(st.text(), st.lists(PIECES).map(" ".join), st.lists(PIECES).map("".join)))
def test_never_fails(text: str) -> None:
    found = parse_dateline(text)
    if found is not None:
        assert found.text
        assert found.place or found.outlet
        assert "\n" not in found.text + found.rest
        found.as_item()


@pytest.mark.parametrize(
    "piece",
    ["A", "A ", "JAKARTA, ", "- ", "(", "a.", "\n", "\n-", ". COM", "x.id ", "*", "Laporan a.id "],
)
def test_time_grows_with_the_text(piece: str) -> None:
    assert growth(parse_dateline, lambda size: piece * size) < LINEAR
