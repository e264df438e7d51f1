"""The words that are read for what they mean, old and wrong spellings included.

A new spelling is learnt here: the lexer of dates, the search for them in a text, datelines and
bylines are all made from these lists.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final


def any_of(words: Iterable[str]) -> str:
    """A pattern for each of *words*, by their first letters, the longest first."""
    rests: dict[str, list[str]] = {}
    for word in sorted(words, key=lambda word: (-len(word), word)):
        rests.setdefault(word[0], []).append(re.escape(word[1:]))
    return "|".join(f"{re.escape(first)}(?:{'|'.join(rest)})" for first, rest in rests.items())


def _numbered(names: dict[int, str]) -> dict[str, int]:
    return {word: number for number, words in names.items() for word in words.split()}


def keyed(names: dict[str, str]) -> dict[str, str]:
    """The name under which each word is listed."""
    return {word: name for name, words in names.items() for word in words.split()}


def words_of(words: str) -> frozenset[str]:
    """The words of a list that is typed as one text."""
    return frozenset(words.split())


MONTH_NAMES: Final = _numbered(
    {
        1: "januari djanuari january",
        2: "februari pebruari febuari february",
        3: "maret march",
        4: "april",
        5: "mei may",
        6: "juni djuni djoeni juny june",
        7: "juli djuli djoeli july",
        8: "agustus agoestoes august",
        9: "september",
        10: "oktober october",
        11: "november nopember",
        12: "desember december",
    }
)
MONTH_ABBREVIATIONS: Final = _numbered(
    {
        1: "jan djan",
        2: "feb peb febr pebr",
        3: "mar mrt",
        4: "apr",
        6: "jun djun",
        7: "jul djul",
        8: "agt agu ags agust agst agts aug",
        9: "sep sept",
        10: "okt oct",
        11: "nov nop",
        12: "des dec",
    }
)
MONTHS: Final = MONTH_NAMES | MONTH_ABBREVIATIONS
MONTH_BEGINNINGS: Final = frozenset(name[:3] for name in MONTHS)
ENGLISH_MONTHS: Final = words_of("january february march may june july august october december")

WEEKDAY_NAMES: Final = _numbered(
    {
        0: "senin senen monday",
        1: "selasa salasa slasa tuesday",
        2: "rabu rebo wednesday",
        3: "kamis kemis thursday",
        4: "jumat jum'at jumaat djumat djum'at friday",
        5: "sabtu saptu saptoe saturday",
        6: "minggu ahad sunday",
    }
)
WEEKDAY_ABBREVIATIONS: Final = _numbered(
    {
        0: "sen mon",
        1: "sel tue",
        2: "rab wed",
        3: "kam thu",
        4: "jum fri",
        5: "sab sat",
        6: "min ming sun",
    }
)
WEEKDAYS: Final = WEEKDAY_NAMES | WEEKDAY_ABBREVIATIONS
SUNDAY_OR_WEEK: Final = "minggu"
# Words that take a full stop; the short weekdays name one only with it: "Sel." but "sel".
ABBREVIATIONS: Final = frozenset(
    (*MONTH_ABBREVIATIONS, *WEEKDAY_ABBREVIATIONS, *words_of("pkl pk tgl no jl jln telp wa nomor"))
)

# Offsets in minutes: the three Indonesian zones, and what feeds and ISO strings print.
ZONES: Final = {"wib": 420, "wita": 480, "wit": 540, "gmt": 0, "utc": 0, "z": 0}
ZONE_NAMES: Final = {"barat": 420, "tengah": 480, "timur": 540}

_DIGITS: Final = "nol satu dua tiga empat lima enam tujuh delapan sembilan sepuluh sebelas"
NUMBERS: Final = {word: number for number, word in enumerate(_DIGITS.split())}
TEEN: Final = "belas"
TIMES_TEN: Final = "puluh"

UNITS: Final = keyed(
    {
        "hari": "hari hr day days",
        "pekan": "pekan minggu mgg week weeks",
        "bulan": "bulan bln month months",
        "pukul": "jam hour hours",
        "menit": "menit mnt minute minutes",
    }
)
ONE_UNIT: Final = keyed(
    {"hari": "sehari", "pekan": "sepekan seminggu", "bulan": "sebulan", "pukul": "sejam"}
)

_HIJRI: Final = """
    muharram muharam safar rabiul rabiulawal rabiulakhir jumadil jumadilawal jumadilakhir rajab
    syakban sya'ban syaban ramadan ramadhan romadhon syawal syawwal zulkaidah zulqaidah zulkadah
    dzulqa'dah dzulqaidah dzulkaidah zulhijah zulhijjah dzulhijjah dzulhijah suro sura mulud
"""
# Kinds of words, their letters in the grammar of dates, and the words.
_KINDS: Final = {
    "pukul": ("P", "pukul pkl pk jam"),
    "sekitar": ("q", "sekitar sekira sekiranya kira-kira kisaran tepat at"),
    "am": ("A", "am pm"),
    "part": ("T", "pagi siang sore petang malam dinihari subuh"),
    "tanggal": ("K", "tanggal tgl tertanggal bertanggal tanggl"),
    "pada": ("p", "pada"),
    "hingga": ("R", "hingga sampai smp s/d sd until to through ~"),
    "dan": ("&", "dan serta and &"),
    "awal": ("e", "awal akhir pertengahan medio"),
    "lalu": ("L", "lalu silam ago"),
    "kemarin": ("V", "kemarin kemaren yesterday"),
    "tadi": ("N", "tadi"),
    "ini": ("I", "ini"),
    "yang": ("Y", "yang yg"),
    "depan": ("F", "mendatang depan"),
    "nanti": ("U", "nanti"),
    "besok": ("B", "besok esok tomorrow"),
    "lusa": ("X", "lusa"),
    "semalam": ("S", "semalam semalem"),
    "lagi": ("Q", "lagi"),
    "era": ("E", "m masehi h hijriah hijriyah"),
    "th": ("D", "st nd rd th"),  # the ending of an English ordinal
    "setengah": ("G", "setengah"),
    "t": ("t", "t"),  # that of ISO 8601
    "tahun": ("a", "tahun setahun"),
    "pasaran": ("J", "legi pahing paing pon wage kliwon"),  # of the Javanese week: skipped
    "hijri": ("H", _HIJRI),  # a month of the Muslim calendar
    "hari": ("h", ""), "pekan": ("u", ""), "bulan": ("b", ""), "menit": ("i", ""),
    "spelt": ("n", ""), "month": ("M", ""), "weekday": ("W", ""), "zone": ("Z", ""),
    "one": ("c", ""),  # sehari, sepekan
    "number": ("d", ""),  # of one or two digits
    "year": ("y", ""),  # a number of four
    "long": ("x", ""),  # of any other length
    "other": ("o", ""),
}  # fmt: skip
LETTERS: Final = {kind: letter for kind, (letter, _) in _KINDS.items()}

KINDS: Final[dict[str, str]] = {
    **keyed({kind: words for kind, (_, words) in _KINDS.items()}),
    **dict.fromkeys(MONTHS, "month"),
    **dict.fromkeys(ZONES, "zone"),
    **dict.fromkeys((*NUMBERS, TEEN, TIMES_TEN), "spelt"),
    **UNITS,
    **dict.fromkeys(WEEKDAY_NAMES, "weekday"),
    **dict.fromkeys(words_of("mon tue wed thu fri sat sun jum"), "weekday"),
    **dict.fromkeys(ONE_UNIT, "one"),
}
"""What each word is to the grammar of dates."""

WEEKDAYS_PRINTED: Final = frozenset(word for word, kind in KINDS.items() if kind == "weekday")
"""In full, and those short ones that are no other word."""

# Words that make the number after them the number of a law, a house, a page, a match …
NUMBERED: Final = words_of(
    "nomor nomer no nmr num uu pp perda perpres perbup perwal pergub permen inpres sk "
    "se pasal ayat bab plat nopol telp telepon hp wa kode skor rasio rt rw blok kav "
    "km halaman hal versi seri bagian part episode jilid registrasi reg nik nip rekening "
    "perbandingan skala ukuran kontak"
)
# Of these even a number before the name of a month is one of many: Liga 1, kelas 2.
NUMBERED_ALWAYS: Final = words_of("liga formula kelas pasal ayat sman smpn smkn sdn nomor no uu")
# What is named for a date: Jalan 17 Agustus, Universitas 17 Agustus 1945.
NAMED_FOR_A_DATE: Final = words_of(
    "jalan jl jln gang stadion gelora lapangan universitas institut teknologi taman "
    "bandara kampung sma smk smp sd gerakan rs rsud monumen gedung museum makam jembatan gereja "
    "masjid pantai pasar perguruan yayasan kompleks"
)

# What is printed before the name of who wrote an article, and of who edited it.
WRITERS: Final = words_of("penulis reporter laporan pewarta wartawan jurnalis kontributor oleh")
EDITORS: Final = words_of("editor penyunting redaktur")
