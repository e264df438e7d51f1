"""Pairs of revisions, each with the kinds of edit that a person says it shows.

One of each kind, and what looks like it and is another. People, places and events are invented.
"""

from __future__ import annotations

from typing import Any, Final

import attrs

from crawler.items import Embed, Image

TEXT: Final = (
    "Tanjung Rimba – Banjir merendam 120 rumah di Desa Sukamaju, Senin (12/11/2018). "
    "Tiga orang luka ringan dan dibawa ke puskesmas.\n\n"
    "Kepala desa Hendra Saputra mengatakan kerugian ditaksir Rp1,2 miliar. "
    "Warga mengungsi ke balai desa sejak pukul 04.30 WIB.\n\n"
    "“Kami butuh selimut dan makanan siap saji,” kata Hendra.\n\n"
    "Pemerintah kabupaten berjanji mengirim bantuan secepatnya."
)
TITLE: Final = "Banjir Rendam Desa Sukamaju"


@attrs.frozen
class Pair:
    """Fields of an article before and after, and what a person says was done."""

    name: str
    kinds: str
    after: dict[str, Any]
    before: dict[str, Any] = attrs.field(factory=dict)


def _text(name: str, kinds: str, old: str, new: str) -> Pair:
    """An edit of the common text: *old* in it becomes *new*."""
    assert TEXT.count(old) == 1, old
    return Pair(name, kinds, {"body": TEXT.replace(old, new)})


def _whole(name: str, kinds: str, old: str, new: str, **after: Any) -> Pair:
    return Pair(name, kinds, {"body": new, **after}, {"body": old})


_MORE: Final = TEXT + "\n\n"
_PHOTO: Final = {
    "image_url": "https://lintas.example/wp-content/uploads/2018/11/banjir.jpg",
    "caption": "Warga melintasi jalan yang terendam. (Foto: Rudi)",
    "photo_credit": "Rudi",
}

PAIRS: Final = (
    # the headline
    Pair("another headline", "headline", {"title": "Desa Sukamaju Terendam, Warga Mengungsi"}),
    Pair("one word of it", "headline", {"title": "Banjir Landa Desa Sukamaju"}),
    Pair("a negation in it", "headline", {"title": "Banjir Tidak Rendam Desa Sukamaju"}),
    Pair("one letter of it", "headline", {"title": "Banjir Redam Desa Sukamaju"}),
    Pair("a number in it", "headline", {"title": "Banjir Rendam 4 Desa"}, {"title": "Banjir Rendam 3 Desa"}),
    Pair("a new deck", "headline", {"subtitle": "Bantuan belum tiba"}),
    Pair("another deck", "headline", {"subtitle": "Bantuan tiba sore hari"}, {"subtitle": "Bantuan belum tiba"}),
    Pair(
        "headline and text", "headline text",
        {"title": "Banjir Surut", "body": TEXT.replace("secepatnya", "setelah rapat selesai")},
    ),
    Pair("its case alone", "cosmetic", {"title": "BANJIR RENDAM DESA SUKAMAJU"}),
    Pair("its punctuation alone", "cosmetic", {"title": "Banjir Rendam Desa Sukamaju!"}),
    Pair("its quotation marks alone", "cosmetic", {"title": "“Banjir” Rendam Desa"}, {"title": "'Banjir' Rendam Desa"}),
    # withdrawn
    _whole("a notice for the text", "withdrawn", TEXT, "Artikel ini telah dicabut oleh redaksi."),
    _whole("a notice with reasons", "withdrawn", TEXT,
           "Berita ini telah ditarik redaksi karena tidak memenuhi kaidah jurnalistik. "
           "Redaksi menyampaikan terima kasih atas perhatian pembaca."),
    _whole("a notice and another headline", "withdrawn headline", TEXT,
           "Mohon maaf, tulisan ini dihapus atas permintaan penulis dengan alasan keselamatan. "
           "Demikian agar pembaca maklum.", title="[Dicabut] Banjir"),
    _whole("not available any more", "withdrawn", TEXT, "Halaman ini tidak lagi tersedia."),
    _whole("a notice that begins with the verb", "withdrawn", TEXT,
           "Redaksi mencabut artikel tersebut sesuai Pedoman Pemberitaan Media Siber. Kami memohon "
           "maaf kepada pembaca dan kepada pihak yang disebut di dalamnya."),
    _whole("cut to a line", "withdrawn", TEXT, "Banjir merendam rumah."),
    _whole("emptied", "withdrawn", TEXT, ""),
    _whole("half of it cut", "text", TEXT, TEXT[: TEXT.index("“Kami")].strip()),
    _whole("one paragraph cut", "text", TEXT,
           TEXT.removesuffix("\n\nPemerintah kabupaten berjanji mengirim bantuan secepatnya.")),
    _whole("about something else that was withdrawn", "text", TEXT,
           TEXT.replace("secepatnya.", "secepatnya. Izin tambang di hulu sungai telah dicabut bupati.")),
    _whole("a short report that grew", "text", "Banjir merendam Desa Sukamaju pada Senin pagi.", TEXT),
    _whole("a very short text that was rewritten", "text", "Foto: suasana pasar pagi.", "Suasana pasar saat hujan."),
    # declared corrections
    Pair("ralat below", "correction", {"body": _MORE + "Ralat: nama kepala desa semula tertulis Hendri."}),
    Pair("koreksi above", "correction", {"body": "KOREKSI: Jumlah rumah telah diperbaiki.\n\n" + TEXT}),
    Pair("hak jawab as a heading", "correction",
         {"body": _MORE + "Hak Jawab\n\nArtikel ini telah diperbarui dengan tanggapan kepala desa."}),
    Pair("catatan redaksi", "correction",
         {"body": _MORE + "Catatan Redaksi: berita ini diubah karena kekeliruan pada nama desa."}),
    Pair("diperbarui in brackets", "correction", {"body": TEXT + " (Diperbarui pukul 10.00 WIB)"}),
    Pair("diperbarui with a date", "correction", {"body": _MORE + "Diperbarui 13 November 2018 pukul 09.15 WIB"}),
    Pair("the article has been corrected", "correction",
         {"body": _MORE + "Artikel ini telah mengalami perubahan pada paragraf kedua."}),
    Pair("the newsroom begs pardon", "correction",
         {"body": _MORE + "Redaksi memohon maaf atas kekeliruan tersebut."}),
    Pair("what was written before", "correction",
         {"body": _MORE + "Judul sebelumnya menyebut dua desa terendam."}),
    Pair("a correction with the figure that it corrects", "correction figures",
         {"body": TEXT.replace("120", "102") + "\n\nRalat: jumlah rumah semula tertulis 120."}),
    Pair("a correction with the text that it corrects", "correction text",
         {"body": TEXT.replace("puskesmas", "rumah sakit daerah") + "\n\n(Koreksi: tempat perawatan)"}),
    Pair("koreksi of prices", "text", {"body": _MORE + "Harga beras mengalami koreksi di pasar induk."}),
    Pair("a ralat of somebody else", "text",
         {"body": _MORE + "Panitia lelang menerbitkan ralat pengumuman kemarin sore."}),
    Pair("data that are kept up to date", "text",
         {"body": _MORE + "Data pengungsi diperbarui setiap jam oleh petugas posko."}),
    Pair("somebody else begs pardon", "text",
         {"body": _MORE + "Kepala desa memohon maaf kepada warga yang belum terlayani."}),
    Pair("a correction that was there before", "text",
         {"body": "Ralat: nama desa diperbaiki.\n\n" + TEXT.replace("secepatnya", "malam ini juga")},
         {"body": "Ralat: nama desa diperbaiki.\n\n" + TEXT}),
    Pair("a correction that was taken out", "text", {"body": TEXT}, {"body": "Ralat: nama desa diperbaiki.\n\n" + TEXT}),
    # figures
    _text("a number", "figures", "120 rumah", "210 rumah"),
    _text("a number in words", "figures", "Tiga orang", "Lima orang"),
    _text("a number in words becomes another in digits", "figures", "Tiga orang", "5 orang"),
    _text("a sum", "figures", "Rp1,2 miliar", "Rp1,5 miliar"),
    _text("what scales it", "figures", "Rp1,2 miliar", "Rp1,2 triliun"),
    _text("a sum in another unit", "figures", "Rp1,2 miliar", "Rp900 juta"),
    _text("a date", "figures", "(12/11/2018)", "(13/11/2018)"),
    _text("weekday and date", "figures", "Senin (12/11/2018)", "Selasa (13/11/2018)"),
    _text("a weekday", "figures", "Senin (", "Selasa ("),
    _text("a clock time", "figures", "pukul 04.30 WIB", "pukul 05.30 WIB"),
    _text("a number within a sentence", "figures text", "Hendra Saputra mengatakan", "Hendra Saputra (45) yang ditemui mengatakan"),
    _text("a number goes from a sentence", "figures", "merendam 120 rumah", "merendam rumah"),
    _text("figure and text", "figures text", "Tiga orang luka ringan", "Dua orang meninggal dunia"),
    Pair("a month in words", "figures", {"body": "Rapat digelar pada 3 Desember di balai desa."},
         {"body": "Rapat digelar pada 3 November di balai desa."}),
    Pair("tomorrow becomes the day after", "figures", {"body": "Warga akan bergotong royong lusa di balai desa."},
         {"body": "Warga akan bergotong royong besok di balai desa."}),
    Pair("an ordinal", "figures", {"body": "Tim putri meraih juara ketiga di kabupaten."},
         {"body": "Tim putri meraih juara kedua di kabupaten."}),
    Pair("the moment of publication", "figures", {"published_at": "2018-11-13T08:00:00+07:00"},
         {"published_at": "2018-11-12T08:00:00+07:00"}),
    Pair("the same moment in another zone", "cosmetic", {"published_at": "2018-11-12T09:00:00+08:00"},
         {"published_at": "2018-11-12T08:00:00+07:00"}),
    _text("the same number in words", "cosmetic", "Tiga orang", "3 orang"),
    _text("the same sum otherwise", "cosmetic", "Rp1,2 miliar", "Rp 1.200.000.000"),
    _text("a space in a sum", "cosmetic", "Rp1,2 miliar", "Rp 1,2 miliar"),
    Pair("dots in a number", "cosmetic", {"body": "Bantuan 5.000 paket tiba."}, {"body": "Bantuan 5000 paket tiba."}),
    Pair("a new paragraph with numbers", "text",
         {"body": _MORE + "Sebanyak 40 petugas dikerahkan dengan 6 perahu karet."}),
    _text("a new sentence with a number", "text", "puskesmas.", "puskesmas. Dua perahu karet disiagakan."),
    _text("salah satu is no number", "text", "Kepala desa Hendra", "Salah satu tokoh Hendra"),
    # text
    _text("another word", "text", "luka ringan", "luka berat"),
    _text("a negation", "text", "berjanji mengirim", "tidak mengirim"),
    _text("another name", "text", "Hendra Saputra", "Budi Saputra"),
    _text("another name of a letter", "text", "kata Hendra", "kata Mendra"),
    Pair("a word that differs in its first letter", "text", {"body": "Harga cabai baik pekan ini."}, {"body": "Harga cabai naik pekan ini."}),
    Pair("a new quotation", "text", {"body": _MORE + "“Air mulai surut,” ujarnya."}),
    Pair("paragraphs in another order", "text", {"body": "\n\n".join(reversed(TEXT.split("\n\n")))}),
    _text("a whole sentence replaced", "text", "Pemerintah kabupaten berjanji mengirim bantuan secepatnya.",
          "Belum ada keterangan resmi dari pihak pemerintah daerah."),
    Pair("text and photo", "text photo", {"body": TEXT.replace("ringan", "berat"), **_PHOTO}),
    # photo
    Pair("another photo", "photo", _PHOTO | {"image_url": "https://lintas.example/wp-content/uploads/2018/11/posko.jpg"}, _PHOTO),
    Pair("another caption", "photo", _PHOTO | {"caption": "Warga mengungsi ke balai desa. (Foto: Rudi)"}, _PHOTO),
    Pair("another credit", "photo", _PHOTO | {"photo_credit": "Dewi"}, _PHOTO),
    Pair("the photo goes", "photo", {}, _PHOTO),
    Pair("a photo in the text", "photo", {"images": (Image(url="https://lintas.example/a.jpg"),)}),
    Pair("a video", "photo", {"embeds": (Embed(kind="video", url="https://video.example/1"),)}),
    Pair("another size of the same photo", "cosmetic",
         _PHOTO | {"image_url": "https://cdn.example/wp-content/uploads/2018/11/banjir-1024x576.jpg?w=3"}, _PHOTO),
    # terms
    Pair("another category", "terms", {"categories": ("Peristiwa",)}, {"categories": ("Daerah",)}),
    Pair("a tag more", "terms", {"tags": ("banjir", "sukamaju")}, {"tags": ("banjir",)}),
    Pair("the topic goes", "terms", {}, {"topics": ("Bencana",)}),
    Pair("terms in another order", "cosmetic", {"tags": ("sukamaju", "banjir")}, {"tags": ("banjir", "sukamaju")}),
    # byline
    Pair("another author", "byline", {"authors": ("Dewi Lestiani",)}, {"authors": ("Rudi Hartawan",)}),
    Pair("the writer is named", "byline", {"writer": "Rudi Hartawan"}),
    Pair("another editor", "byline", {"editor": "Dewi Lestiani"}, {"editor": "Sari"}),
    Pair("the source link", "byline", {"source_url": "https://sumber.example/rilis"}),
    Pair("byline and terms", "terms byline", {"tags": ("banjir",), "writer": "Rudi Hartawan"}),
    # cosmetic
    _text("a space after a full stop", "cosmetic", "Desa Sukamaju, Senin", "Desa Sukamaju , Senin"),
    _text("a letter that was missing", "cosmetic", "puskesmas", "puskemas"),
    _text("two letters changed places", "cosmetic", "makanan", "maknaan"),
    _text("a letter too many in a short word", "cosmetic", "butuh", "buttuh"),
    _text("one word for two", "cosmetic", "siap saji", "siapsaji"),
    _text("a comma", "cosmetic", "ringan dan", "ringan, dan"),
    _text("a capital letter", "cosmetic", "Kepala desa", "Kepala Desa"),
    _text("straight quotation marks", "cosmetic", "“Kami butuh", '"Kami butuh'),
    Pair("paragraphs joined", "cosmetic", {"body": TEXT.replace("\n\n", " ")}),
    Pair("a paragraph split", "cosmetic", {"body": TEXT.replace(". Warga", ".\n\nWarga")}),
    Pair("nothing that a reader sees", "cosmetic", {}),
)  # fmt: skip


# Typed when the rules stood, and run once before they were touched again: 92 of 94 were
# right. The last nine came later.
OTHER_TITLE: Final = "Polisi Tangkap Dua Pencuri Motor di Kota Baru"
OTHER: Final = (
    "KOTA BARU, KABAR.ID – Polisi menangkap dua tersangka pencurian sepeda motor di Jalan Melati, Rabu malam (3/2/2021). "
    "Keduanya berinisial AS (24) dan RT (31).\n\n"
    "Menurut Kapolsek Iptu Bambang Susilo, pelaku beraksi di 14 lokasi sejak Desember 2020. Hasil kejahatan dijual seharga Rp 3,5 juta per unit.\n\n"
    '"Kami masih memburu penadahnya," ujar Bambang, Kamis.\n\n'
    "Warga diminta memasang kunci ganda. Kasus ini ditangani Polsek Kota Baru.\n\n"
    "Kedua tersangka terancam hukuman tujuh tahun penjara."
)


def _other(old: str, new: str) -> str:
    assert old in OTHER, old
    return OTHER.replace(old, new, 1)


def _pair(
    name: str, kinds: str, after: dict[str, Any], before: dict[str, Any] | None = None
) -> Pair:
    return Pair(name, kinds, after, {"title": OTHER_TITLE, "body": OTHER, **(before or {})})


OTHERS: Final = (
    _pair("figures, 14->41", "figures", {"body": _other("14 lokasi", "41 lokasi")}),
    _pair(
        "figures, dua->tiga tersangka",
        "figures",
        {"body": _other("menangkap dua tersangka", "menangkap tiga tersangka")},
    ),
    _pair("figures, age", "figures", {"body": _other("(24)", "(25)")}),
    _pair("figures, price", "figures", {"body": _other("Rp 3,5 juta", "Rp 5,3 juta")}),
    _pair("figures, price scale", "figures", {"body": _other("Rp 3,5 juta", "Rp 350 ribu")}),
    _pair("figures, month", "figures", {"body": _other("Desember 2020", "November 2020")}),
    _pair("figures, year", "figures", {"body": _other("Desember 2020", "Desember 2019")}),
    _pair("figures, tujuh->sembilan", "figures", {"body": _other("tujuh tahun", "sembilan tahun")}),
    _pair("figures, date", "figures", {"body": _other("(3/2/2021)", "(4/2/2021)")}),
    _pair(
        "figures, weekday & date",
        "figures",
        {"body": _other("Rabu malam (3/2/2021)", "Kamis malam (4/2/2021)")},
    ),
    _pair("figures, Kamis->Jumat", "figures", {"body": _other("Bambang, Kamis", "Bambang, Jumat")}),
    _pair("figures, range", "figures", {"body": _other("14 lokasi", "14-16 lokasi")}),
    _pair(
        "figures, percent",
        "figures",
        {"body": "Inflasi naik 2,7 persen pada Mei."},
        {"body": "Inflasi naik 2,5 persen pada Mei."},
    ),
    _pair(
        "figures, score",
        "figures",
        {"body": "Persela menang 3-1 atas tamunya."},
        {"body": "Persela menang 2-1 atas tamunya."},
    ),
    _pair(
        "figures, hari ini/besok",
        "figures",
        {"body": "Pemilihan digelar besok di aula."},
        {"body": "Pemilihan digelar hari ini di aula."},
    ),
    _pair(
        "figures, jam",
        "figures",
        {"body": "Acara mulai pukul 20.00 WIB di alun-alun."},
        {"body": "Acara mulai pukul 19.00 WIB di alun-alun."},
    ),
    _pair(
        "figures, pub",
        "figures",
        {"published_at": "2021-02-04T08:00:00+07:00"},
        {"published_at": "2021-02-03T20:00:00+07:00"},
    ),
    _pair(
        "cosmetic, WIB added",
        "cosmetic",
        {"body": "Acara mulai pukul 19:00 di alun-alun kota kami."},
        {"body": "Acara mulai pukul 19.00 di alun-alun kota kami."},
    ),
    _pair(
        "cosmetic, persen",
        "cosmetic",
        {"body": "Inflasi naik 2,5% pada Mei."},
        {"body": "Inflasi naik 2,5 persen pada Mei."},
    ),
    _pair("cosmetic, dua->2", "cosmetic", {"body": "Ada 2 korban."}, {"body": "Ada dua korban."}),
    _pair(
        "cosmetic, dua puluh lima->25",
        "cosmetic",
        {"body": "Ada 25 korban."},
        {"body": "Ada dua puluh lima korban."},
    ),
    _pair(
        "cosmetic, 1.500->1500",
        "cosmetic",
        {"body": "Ada 1500 paket sembako."},
        {"body": "Ada 1.500 paket sembako."},
    ),
    _pair("cosmetic, Rp 3,5 -> Rp3,5", "cosmetic", {"body": _other("Rp 3,5 juta", "Rp3,5 juta")}),
    _pair(
        "cosmetic, 3,5 juta->3.500.000", "cosmetic", {"body": _other("Rp 3,5 juta", "Rp3.500.000")}
    ),
    _pair("cosmetic, typo", "cosmetic", {"body": _other("memburu", "membru")}),
    _pair("cosmetic, typo2", "cosmetic", {"body": _other("ditangani", "ditanggani")}),
    _pair("cosmetic, typo3", "cosmetic", {"body": _other("hukuman", "hukumna")}),
    _pair("cosmetic, space", "cosmetic", {"body": _other("Rabu malam (", "Rabu malam(")}),
    _pair(
        "cosmetic, quotes", "cosmetic", {"body": _other('"Kami', "“Kami").replace('nya,"', "nya,”")}
    ),
    _pair("cosmetic, dash", "cosmetic", {"body": _other(" – Polisi", " - Polisi")}),
    _pair("cosmetic, upper", "cosmetic", {"body": _other("Polsek Kota", "POLSEK Kota")}),
    _pair("cosmetic, dot", "cosmetic", {"body": OTHER[:-1]}),
    _pair("cosmetic, joined", "cosmetic", {"body": _other("ganda. Kasus", "ganda.\n\nKasus")}),
    _pair("cosmetic, di jalan", "cosmetic", {"body": _other("di Jalan", "diJalan")}),
    _pair("cosmetic, nbsp", "cosmetic", {"body": _other("Kota Baru.", "Kota\u00a0Baru.")}),
    _pair(
        "cosmetic, kerja sama->kerjasama etc",
        "cosmetic",
        {"body": _other("kunci ganda", "kunciganda")},
    ),
    _pair("text, dibunuh", "text", {"body": _other("pencurian", "perampokan")}),
    _pair(
        "text, tersangka->terdakwa",
        "text",
        {"body": _other("dua tersangka pencurian", "dua terdakwa pencurian")},
    ),
    _pair("text, negation", "text", {"body": _other("masih memburu", "tidak memburu")}),
    _pair(
        "text, diduga added", "text", {"body": _other("pelaku beraksi", "pelaku diduga beraksi")}
    ),
    _pair("text, name", "text", {"body": _other("Bambang Susilo", "Bambang Sutrisno")}),
    _pair(
        "text, new para",
        "text",
        {"body": OTHER + "\n\nPolisi juga menyita dua unit motor dan 3 kunci letter OTHER_TITLE."},
    ),
    _pair(
        "text, removed quote",
        "text",
        {"body": _other('"Kami masih memburu penadahnya," ujar Bambang, Kamis.\n\n', "")},
    ),
    _pair(
        "text, replace para",
        "text",
        {
            "body": _other(
                "Warga diminta memasang kunci ganda. Kasus ini ditangani Polsek Kota Baru.",
                "Pihak keluarga belum bersedia memberi keterangan kepada wartawan di lokasi.",
            )
        },
    ),
    _pair("text, place", "text", {"body": _other("Jalan Melati", "Jalan Mawar")}),
    _pair("text, initial", "text", {"body": _other("berinisial AS", "berinisial BS")}),
    _pair(
        "text, sentence inserted mid",
        "text",
        {"body": _other("31).", "31). Mereka warga Desa Sukasari yang baru tiba dua pekan lalu.")},
    ),
    _pair(
        "text, ubah urutan",
        "text",
        {"body": "\n\n".join(reversed(OTHER.split("\n\n")))},
    ),
    _pair("headline", "headline", {"title": "Polisi Tangkap Tiga Pencuri Motor di Kota Baru"}),
    _pair(
        "headline, diduga",
        "headline",
        {"title": "Polisi Tangkap Dua Terduga Pencuri Motor di Kota Baru"},
    ),
    _pair("headline, subj", "headline", {"title": "Dua Pencuri Motor Diringkus"}),
    _pair("headline, prefix", "headline", {"title": "BREAKING: " + OTHER_TITLE}),
    _pair(
        "headline, deck gone", "headline", {"subtitle": None}, {"subtitle": "Beraksi di 14 lokasi"}
    ),
    _pair(
        "headline, typo in title",
        "headline",
        {"title": "Polisi Tangkap Dua Pencuri Motr di Kota Baru"},
    ),
    _pair("cosmetic, title upper", "cosmetic", {"title": OTHER_TITLE.upper()}),
    _pair(
        "cosmetic, title dash",
        "cosmetic",
        {"title": "Polisi Tangkap Pencuri - Warga Lega"},
        {"title": "Polisi Tangkap Pencuri – Warga Lega"},
    ),
    _pair(
        "correction, ralat end",
        "correction",
        {"body": OTHER + "\n\nRalat: Sebelumnya disebutkan pelaku beraksi di 40 lokasi."},
    ),
    _pair(
        "correction, koreksi label dash",
        "correction",
        {"body": OTHER + "\n\nKOREKSI – Nama kapolsek telah diperbaiki."},
    ),
    _pair(
        "correction, hak jawab para",
        "correction",
        {"body": OTHER + "\n\nHAK JAWAB: Keluarga AS menyatakan yang bersangkutan tidak terlibat."},
    ),
    _pair(
        "correction, catatan redaksi italic",
        "correction",
        {"body": OTHER + "\n\n*Catatan redaksi: Artikel ini mengalami perubahan judul."},
    ),
    _pair(
        "correction, diperbarui",
        "correction",
        {"body": OTHER + "\n\n(Artikel ini telah diperbarui pada Jumat, 5 Februari 2021)"},
    ),
    _pair(
        "correction, redaksi minta maaf",
        "correction",
        {"body": OTHER + "\n\nRedaksi meminta maaf atas kesalahan penulisan ini."},
    ),
    _pair("correction, ralat redaksi", "correction", {"body": "Ralat Redaksi\n\n" + OTHER}),
    _pair(
        "correction, berita telah dikoreksi",
        "correction",
        {"body": OTHER + "\n\nBerita ini telah dikoreksi."},
    ),
    _pair(
        "correction, Diperbarui: time",
        "correction",
        {"body": "Diperbarui: 4 Februari 2021, 10:15 WIB\n\n" + OTHER},
    ),
    _pair(
        "correction, Ralat berita: ",
        "correction",
        {"body": OTHER + "\n\nRalat Berita: usia RT yang benar 31 tahun."},
    ),
    _pair(
        "correction, with figure",
        "correction figures",
        {"body": _other("14 lokasi", "41 lokasi") + "\n\nRalat: jumlah lokasi semula ditulis 14."},
    ),
    _pair(
        "correction, judul diubah",
        "correction",
        {"body": OTHER + "\n\nJudul artikel ini telah diubah agar lebih akurat."},
    ),
    _pair(
        "correction, kami mohon maaf",
        "correction",
        {"body": OTHER + "\n\nKami mohon maaf atas kekeliruan dalam pemberitaan ini."},
    ),
    _pair(
        "correction, ditulis ulang",
        "correction",
        {"body": OTHER + "\n\nTulisan ini telah direvisi pada bagian keterangan kapolsek."},
    ),
    _pair(
        "text, IHSG koreksi",
        "text",
        {"body": OTHER + "\n\nKoreksi harga motor bekas mencapai titik terendah tahun ini."},
    ),
    _pair(
        "text, hak jawab news",
        "text",
        {
            "body": OTHER
            + "\n\nKuasa hukum tersangka akan menggunakan hak jawab atas pemberitaan media lain."
        },
    ),
    _pair(
        "text, ralat KPU",
        "text",
        {"body": OTHER + "\n\nKapolsek kemudian meralat keterangannya kepada wartawan."},
    ),
    _pair(
        "text, diperbarui SIM",
        "text",
        {"body": OTHER + "\n\nMasa berlaku surat kendaraan dapat diperbarui di kantor Samsat."},
    ),
    _pair("text, maaf", "text", {"body": OTHER + "\n\n“Saya mohon maaf kepada korban,” kata AS."}),
    _pair(
        "text, update harga",
        "text",
        {"body": OTHER + "\n\nPolisi akan memberi update perkembangan kasus itu."},
    ),
    _pair("withdrawn, notice", "withdrawn", {"body": "Berita ini telah dihapus."}),
    _pair(
        "withdrawn, notice2",
        "withdrawn",
        {
            "body": "Redaksi menarik berita berjudul ini karena dinilai melanggar Kode Etik Jurnalistik. Kami mohon maaf kepada pembaca."
        },
    ),
    _pair(
        "withdrawn, notice3",
        "withdrawn",
        {"body": "Artikel telah diturunkan (take down) berdasarkan rekomendasi Dewan Pers."},
    ),
    _pair("withdrawn, notice4", "withdrawn", {"body": "Konten tidak tersedia."}),
    _pair(
        "withdrawn, notice5",
        "withdrawn",
        {
            "body": "Maaf, berita yang Anda cari sudah tidak dapat diakses karena dicabut oleh penerbitnya. Silakan baca berita kami yang lain."
        },
    ),
    _pair(
        "withdrawn, notice6",
        "withdrawn",
        {
            "body": "Pencabutan Berita\n\nDengan ini redaksi mencabut pemberitaan tersebut demi keselamatan penulisnya. Redaksi menghormati hak narasumber dan memohon maaf atas ketidaknyamanan ini. Terima kasih."
        },
    ),
    _pair(
        "withdrawn, notice7",
        "withdrawn",
        {"body": "Atas permintaan penulis, tulisan opini ini kami cabut."},
    ),
    _pair("withdrawn, dots", "withdrawn", {"body": "..."}),
    _pair("withdrawn, rump", "withdrawn", {"body": "Polisi menangkap dua tersangka."}),
    _pair(
        "withdrawn, unpublish",
        "withdrawn",
        {
            "body": "Naskah ini telah ditarik dari peredaran oleh redaksi atas dasar keamanan penulis dan masukan Dewan Pers."
        },
    ),
    _pair("text, cut to half", "text", {"body": "\n\n".join(OTHER.split("\n\n")[:2])}),
    _pair(
        "text, text + dicabut prefix other",
        "text",
        {"body": OTHER + "\n\nIzin dealer tersebut telah dicabut."},
    ),
    _pair(
        "correction, notice above, text stays",
        "correction",
        {
            "body": "Catatan Redaksi: sebagian isi berita ini telah dihapus atas permintaan keluarga.\n\n"
            + OTHER
        },
    ),
    _pair("photo, cap", "photo", {"caption": "Barang bukti motor. (Foto: Ist)"}),
    _pair(
        "photo, cap typo",
        "photo",
        {"caption": "Barang bukti sepeda motor."},
        {"caption": "Barang bukti motor."},
    ),
    _pair("terms, tag", "terms", {"tags": ("kriminal",)}),
    _pair("byline, ed", "byline", {"editor": "Wati"}),
    _pair("byline, credit", "byline", {"credit": "red"}),
    _pair(
        "a notice for a short text",
        "withdrawn",
        {"body": "Artikel ini telah dihapus."},
        {"body": "Harga beras naik di Pasar Minggu."},
    ),
    _pair(
        "a first paragraph alone",
        "withdrawn",
        {
            "body": "Polisi menangkap dua tersangka pencurian sepeda motor di Jalan Melati, Rabu malam."
        },
    ),
    _pair(
        "pembetulan", "correction", {"body": OTHER + "\n\nPembetulan: nama jalan telah diganti."}
    ),
    _pair(
        "klarifikasi", "correction", {"body": OTHER + "\n\nKlarifikasi: AS bukan warga desa itu."}
    ),
    _pair(
        "somebody's clarification",
        "text",
        {"body": OTHER + "\n\nKlarifikasi disampaikan kuasa hukum AS kepada wartawan."},
    ),
    _pair(
        "yang in full",
        "cosmetic",
        {"body": "Warga yang mengungsi kembali."},
        {"body": "Warga yg mengungsi kembali."},
    ),
    _pair(
        "another unit",
        "text",
        {"body": "Beban jembatan itu 800 kg saja."},
        {"body": "Beban jembatan itu 800 km saja."},
    ),
    _pair(
        "another currency",
        "figures",
        {"body": "Nilainya US$5 juta menurut panitia."},
        {"body": "Nilainya Rp5 juta menurut panitia."},
    ),
    _pair(
        "hundreds for dozens",
        "figures",
        {"body": "Banjir merendam ratusan rumah."},
        {"body": "Banjir merendam puluhan rumah."},
    ),
)
