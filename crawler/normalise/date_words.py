"""The vocabulary of Indonesian and English dates, old and wrong spellings included.

Every word that the grammar knows has a code of one letter. A text becomes a string of such codes,
and the grammar is written as regular expressions over that string::

    d  number of one or two digits     M  month            W  weekday
    y  number of four digits           H  Hijri month      J  day of the Javanese week (skipped)
    x  number of other length          E  era (M, H)       D  English ordinal ending
    n  number in words                 c  one unit (sehari, sepekan)
    h  hari     u  pekan     b  bulan  i  menit            G  setengah
    P  pukul, jam    q  sekitar        Z  zone      A  am, pm      T  part of the day
    K  tanggal       p  pada           R  hingga    &  dan         e  awal, akhir
    L  lalu          V  kemarin        N  tadi      I  ini         Y  yang
    F  mendatang     B  besok          X  lusa      S  semalam     Q  lagi
    t  the T of ISO 8601               o  any other word
"""

from __future__ import annotations

from functools import lru_cache
from typing import Final

MONTH_NAMES: Final = {
    1: "januari djanuari january",
    2: "februari pebruari febuari february",
    3: "maret march",
    4: "april",
    5: "mei may",
    6: "juni djuni djoeni june",
    7: "juli djuli djoeli july",
    8: "agustus agoestoes august",
    9: "september",
    10: "oktober october",
    11: "november nopember",
    12: "desember december",
}
_MONTH_ABBREVIATIONS: Final = {
    1: "jan",
    2: "feb peb",
    3: "mar mrt",
    4: "apr",
    6: "jun",
    7: "jul",
    8: "agt agu ags agust agst aug",
    9: "sep sept",
    10: "okt oct",
    11: "nov nop",
    12: "des dec",
}
_WEEKDAY_NAMES: Final = {
    0: "senin senen monday mon",
    1: "selasa salasa slasa tuesday tue tues",
    2: "rabu rebo wednesday wed",
    3: "kamis kemis thursday thu thur thurs",
    4: "jumat jum'at jumaat jum friday fri",
    5: "sabtu saptu saturday sat sab",
    6: "minggu ahad sunday sun",
}


def _numbered(names: dict[int, str]) -> dict[str, int]:
    return {word: number for number, words in names.items() for word in words.split()}


MONTHS: Final = _numbered(MONTH_NAMES) | _numbered(_MONTH_ABBREVIATIONS)
ENGLISH_MONTHS: Final = frozenset(
    "january february march may june july august october december".split()
)
WEEKDAYS: Final = _numbered(_WEEKDAY_NAMES)
SUNDAY_OR_WEEK: Final = "minggu"

# Offsets in minutes: the three Indonesian zones, and what feeds and ISO strings print.
ZONES: Final = {"wib": 420, "wita": 480, "wit": 540, "gmt": 0, "utc": 0, "z": 0}

NUMBERS: Final = {
    word: number
    for number, word in enumerate(
        "nol satu dua tiga empat lima enam tujuh delapan sembilan sepuluh sebelas".split()
    )
} | {"belas": 10, "puluh": 10, "one": 1, "two": 2, "three": 3, "a": 1, "an": 1}

_UNITS: Final = {
    "hari": "h",
    "day": "h",
    "days": "h",
    "pekan": "u",
    "week": "u",
    "weeks": "u",
    "bulan": "b",
    "month": "b",
    "months": "b",
    "menit": "i",
    "minute": "i",
    "minutes": "i",
    "mins": "i",
    "hour": "P",
    "hours": "P",
}
ONE_UNIT: Final = {"sehari": "h", "sepekan": "u", "seminggu": "u", "sebulan": "b", "sejam": "P"}

_WORDS: Final = {
    "P": "pukul pkl pk jam pukuk pukl pkul pukull puku pukui",
    "q": "sekitar sekira sekiranya kira-kira at kurang-lebih lebih-kurang circa kisaran tepat",
    "A": "am pm",
    "T": "pagi siang sore petang malam dinihari subuh sorenya malamnya paginya siangnya",
    "K": "tanggal tgl tertanggal bertanggal tanggl",
    "p": "pada",
    "R": "hingga sampai sampai-dengan s/d sd until to through ~ smp sampe",
    "&": "dan serta and &",
    "e": "awal akhir pertengahan medio",
    "L": "lalu silam ago kmrn",
    "V": "kemarin kemaren yesterday",
    "N": "tadi",
    "I": "ini",
    "Y": "yang yg",
    "F": "mendatang depan nanti akan-datang next",
    "B": "besok esok tomorrow",
    "X": "lusa",
    "S": "semalam semalem",
    "Q": "lagi",
    "E": "m masehi h hijriah hijriyah",
    "D": "st nd rd th",
    "G": "setengah",
    "t": "t",
    "J": "legi pahing paing pon wage kliwon",
    # Safar and Besar are left out: the one is also a name, the other the word for large.
    "H": (
        "muharram muharam rabiulawal rabiulakhir rajab syakban sya'ban syaban ramadan ramadhan "
        "romadhon syawal syawwal zulkaidah zulqaidah dzulqa'dah dzulkaidah dzulqaidah zulkadah "
        "zulhijah zulhijjah dzulhijjah dzulhijah jumadil jumadilawal jumadilakhir rabiul suro "
        "sura mulud safar"
    ),
}

CODES: Final[dict[str, str]] = {
    **{word: code for code, words in _WORDS.items() for word in words.split()},
    **dict.fromkeys(MONTHS, "M"),
    **dict.fromkeys(WEEKDAYS, "W"),
    **dict.fromkeys(ZONES, "Z"),
    **dict.fromkeys(NUMBERS, "n"),
    **_UNITS,
    **dict.fromkeys(ONE_UNIT, "c"),
}
UNITS: Final = _UNITS | {"jam": "P", SUNDAY_OR_WEEK: "u"}

# Words that make the number after them the number of a law, a house, a page, a team …
NUMBERED: Final = frozenset(
    "nomor nomer no no. nomor. nmr num uu pp perda perpres perbup perwal pergub permen permendagri "
    "kepmen keppres inpres sk se pasal ayat bab plat nopol telp telepon hp wa wa. kode skor rasio "
    "rt rw blok kav kavling km halaman hal versi seri tipe type bagian part episode jilid "
    "registrasi reg nik nip rekening perbandingan skala ukuran kontak telp. mt ma".split()
)
# Things named for a date: Jalan 17 Agustus, Universitas 17 Agustus 1945.
NAMED_FOR_A_DATE: Final = frozenset(
    "jalan jl jl. jln jln. gang stadion gelora lapangan universitas institut teknologi taman "
    "bandara kampung sma smk smp sd gerakan rumah-sakit rs monumen gedung museum makam jembatan "
    "gereja masjid pantai alun-alun pasar perguruan yayasan rsud kompleks komplek".split()
)

_LONG_NAMES: Final = {
    name: number
    for number, names in MONTH_NAMES.items()
    for name in names.split()
    if len(name) > 4  # noqa: PLR2004 -- Juni and Juli are one letter apart
}
_SAFE_LENGTH: Final = 7  # "macet" is one letter from "maret", nothing is from "januari"


def _edits(one: str, other: str, most: int) -> int:
    """Optimal string alignment distance of two short words, ``most + 1`` when it is more."""
    if abs(len(one) - len(other)) > most:
        return most + 1
    before: list[int] = []
    above = list(range(len(other) + 1))
    for i, letter in enumerate(one, 1):
        row = [i]
        for j, against in enumerate(other, 1):
            cost = min(above[j] + 1, row[j - 1] + 1, above[j - 1] + (letter != against))
            if i > 1 and j > 1 and letter == other[j - 2] and one[i - 2] == against:
                cost = min(cost, before[j - 2] + 1)
            row.append(cost)
        before, above = above, row
    return min(above[-1], most + 1)


@lru_cache(maxsize=1024)
def misspelt_month(word: str, *, year_follows: bool) -> int | None:
    """The month that *word* was meant to name, or None.

    One slip in a long name; with a year after it also two, or one in *maret* and *april*.
    """
    if not 4 <= len(word) <= 11:  # noqa: PLR2004 -- shortest and longest with a slip
        return None
    best: tuple[int, int] | None = None
    for name, number in _LONG_NAMES.items():
        most = 2 if year_follows and len(name) > _SAFE_LENGTH else 1
        if not year_follows and len(name) < _SAFE_LENGTH:
            continue
        distance = _edits(word, name, most)
        if distance <= most and (best is None or distance < best[0]):
            best = (distance, number)
    return best[1] if best else None
