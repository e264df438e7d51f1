"""The vocabulary of Indonesian and English dates, old and wrong spellings included.

Every word that the grammar knows has a code of one letter. A text becomes a string of such codes,
and the grammar is written as regular expressions over that string::

    d  number of one or two digits     M  month            W  weekday
    y  number of four digits           H  Hijri month      J  day of the Javanese week (skipped)
    x  number of other length          E  era (M, H)       D  English ordinal ending
    n  number in words                 c  one unit (sehari, sepekan)
    h  hari     u  pekan     b  bulan  a  tahun            i  menit      G  setengah
    P  pukul, jam    q  sekitar        Z  zone             A  am, pm     T  part of the day
    K  tanggal       p  pada           R  hingga           &  dan        e  awal, akhir
    L  lalu          V  kemarin        N  tadi             I  ini        Y  yang
    F  mendatang     U  nanti          B  besok            X  lusa       S  semalam    Q  lagi
    t  the T of ISO 8601               o  any other word

A text as a string of one-letter codes, over which the grammar of dates is written.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final


def _numbered(names: dict[int, str]) -> dict[str, int]:
    return {word: number for number, words in names.items() for word in words.split()}


def _all(words: str) -> frozenset[str]:
    return frozenset(words.split())


_MONTH_NAMES: Final = _numbered(
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
MONTHS: Final = _MONTH_NAMES | MONTH_ABBREVIATIONS
# How the names begin with a slip, of those that papers print: "12 Jnauari", "3 Spetember".
MONTH_SLIPS: Final = _all(
    "jna jin jil jln fe fb pbb mai mer mey mie arp api ag au spe set ok oc ot no nvo npo de dse djo"
)
ENGLISH_MONTHS: Final = _all("january february march may june july august october december")

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
    (*MONTH_ABBREVIATIONS, *WEEKDAY_ABBREVIATIONS, *_all("pkl pk tgl no jl jln telp wa nomor"))
)

# Offsets in minutes: the three Indonesian zones, and what feeds and ISO strings print.
ZONES: Final = {"wib": 420, "wita": 480, "wit": 540, "gmt": 0, "utc": 0, "z": 0}
_ZONE_NAMES: Final = {"barat": 420, "tengah": 480, "timur": 540}

NUMBERS: Final = _numbered(
    {
        0: "nol",
        1: "satu",
        2: "dua",
        3: "tiga",
        4: "empat",
        5: "lima",
        6: "enam",
        7: "tujuh",
        8: "delapan",
        9: "sembilan",
        10: "sepuluh",
        11: "sebelas",
    }
)
TEEN: Final = "belas"
TIMES_TEN: Final = "puluh"

UNITS: Final = {
    **dict.fromkeys(_all("hari hr day days"), "h"),
    **dict.fromkeys(_all("pekan minggu mgg week weeks"), "u"),
    **dict.fromkeys(_all("bulan bln month months"), "b"),
    **dict.fromkeys(_all("jam hour hours"), "P"),
    **dict.fromkeys(_all("menit mnt minute minutes"), "i"),
}
ONE_UNIT: Final = {"sehari": "h", "sepekan": "u", "seminggu": "u", "sebulan": "b", "sejam": "P"}

_WORDS: Final = {
    "P": "pukul pkl pk jam",
    "q": "sekitar sekira sekiranya kira-kira kurang-lebih lebih-kurang kisaran tepat at",
    "A": "am pm",
    "T": "pagi siang sore petang malam dinihari subuh",
    "K": "tanggal tgl tertanggal bertanggal tanggl",
    "p": "pada",
    "R": "hingga sampai smp s/d sd until to through ~",
    "&": "dan serta and &",
    "e": "awal akhir pertengahan medio",
    "L": "lalu silam ago",
    "V": "kemarin kemaren yesterday",
    "N": "tadi",
    "I": "ini",
    "Y": "yang yg",
    "F": "mendatang depan",
    "U": "nanti",
    "B": "besok esok tomorrow",
    "X": "lusa",
    "S": "semalam semalem",
    "Q": "lagi",
    "E": "m masehi h hijriah hijriyah",
    "D": "st nd rd th",
    "G": "setengah",
    "t": "t",
    "a": "tahun setahun",
    "J": "legi pahing paing pon wage kliwon",
    "H": (
        "muharram muharam safar rabiul rabiulawal rabiulakhir jumadil jumadilawal jumadilakhir "
        "rajab syakban sya'ban syaban ramadan ramadhan romadhon syawal syawwal zulkaidah "
        "zulqaidah zulkadah dzulqa'dah dzulqaidah dzulkaidah zulhijah zulhijjah dzulhijjah "
        "dzulhijah suro sura mulud"
    ),
}
CODES: Final[dict[str, str]] = {
    **{word: code for code, words in _WORDS.items() for word in words.split()},
    **dict.fromkeys(MONTHS, "M"),
    **dict.fromkeys(ZONES, "Z"),
    **dict.fromkeys((*NUMBERS, TEEN, TIMES_TEN), "n"),
    **UNITS,
    **dict.fromkeys(WEEKDAY_NAMES, "W"),
    **dict.fromkeys(_all("mon tue wed thu fri sat sun jum"), "W"),
    **dict.fromkeys(ONE_UNIT, "c"),
}

# Words that make the number after them the number of a law, a house, a page, a match …
NUMBERED: Final = _all(
    "nomor nomer no nmr num uu pp perda perpres perbup perwal pergub permen inpres sk "
    "se pasal ayat bab plat nopol telp telepon hp wa kode skor rasio rt rw blok kav "
    "km halaman hal versi seri bagian part episode jilid registrasi reg nik nip rekening "
    "perbandingan skala ukuran kontak"
)
# Of these even a number before the name of a month is one of many: Liga 1, kelas 2.
NUMBERED_ALWAYS: Final = _all("liga formula kelas pasal ayat sman smpn smkn sdn nomor no uu")
# What is named for a date: Jalan 17 Agustus, Universitas 17 Agustus 1945.
NAMED_FOR_A_DATE: Final = _all(
    "jalan jl jln gang stadion gelora lapangan universitas institut teknologi taman "
    "bandara kampung sma smk smp sd gerakan rs rsud monumen gedung museum makam jembatan gereja "
    "masjid pantai pasar perguruan yayasan kompleks"
)

# Short for a month before a year; else the name of a man.
_BEFORE_A_YEAR: Final = {"agus": 8}
_EASILY_MISTAKEN: Final = 6  # "macet" is one letter from "maret", nothing is from "januari"


def _edits(one: str, other: str, most: int) -> int:
    """Optimal string alignment distance of two words, ``most + 1`` when it is more."""
    if abs(len(one) - len(other)) > most:
        return most + 1
    before: list[int] = []
    above = list(range(len(other) + 1))
    for i, letter in enumerate(one, 1):
        row = [i]
        for j, against in enumerate(other, 1):
            cost = min(above[j] + 1, row[j - 1] + 1, above[j - 1] + (letter != against))
            if min(i, j) > 1 and letter == other[j - 2] and one[i - 2] == against:
                cost = min(cost, before[j - 2] + 1)
            row.append(cost)
        before, above = above, row
    return min(above[-1], most + 1)


@lru_cache(maxsize=1024)
def misspelt_month(word: str, *, before_year: bool) -> int | None:
    """The month that *word*, after a day, was meant to name; None if it may be another word.

    One slip in a long name; before a year two in a long name, one in a short.
    """
    if word in _BEFORE_A_YEAR:
        return _BEFORE_A_YEAR[word] if before_year else None
    best, meant = 3, None
    for name, month in _MONTH_NAMES.items():
        is_long = len(name) > _EASILY_MISTAKEN
        if before_year or is_long:
            distance = _edits(word, name, 2 if before_year and is_long else 1)
            within = distance <= (2 if before_year and is_long else 1)
            if within and distance == best and month != meant:
                meant = None
            elif within and distance < best:
                best, meant = distance, month
    return meant


def month_named(word: str, *, before_year: bool = True) -> int | None:
    """The month of a word that the tokens call one."""
    return MONTHS.get(word) or misspelt_month(word, before_year=before_year)


def spelt_number(words: list[str]) -> int | None:
    """The number that words name: dua belas, tiga puluh lima; None for ``dua tiga``."""
    total = 0
    before = TIMES_TEN
    for word in words:
        if word == TEEN:
            total += 10
        elif word == TIMES_TEN:
            total *= 10
        elif before == TIMES_TEN:
            total += NUMBERS[word]
        else:
            return None
        before = word
    return total


def weekday_named(word: str) -> int | None:
    """The weekday, Monday being 0, of a word that the tokens call one."""
    return 4 if "jum" in word and word.endswith("at") else WEEKDAYS.get(word)


def zone_named(words: str) -> int:
    """Minutes east of Greenwich of a zone: WIB, or waktu Indonesia barat."""
    offset = ZONES.get(words)
    return _ZONE_NAMES[words.rpartition(" ")[2]] if offset is None else offset


# One character for one, so that places in the folded text are places in the text.
_FOLDED: Final = str.maketrans(
    {
        **dict.fromkeys("’‘´ʼ′‛", "'"),
        **dict.fromkeys("‐‑‒–—―−", "-"),
        **dict.fromkeys("\u200b\u200c\u200d\u2060\ufeff\u00ad", " "),
        "İ": "I",  # the one letter whose lower case is two characters
        "⁄": "/",
    }
)

# A word, with what makes it a phrase that counts as one.
_TOKEN: Final = re.compile(
    r"""
      [0-9]+(?:o[0-9]+)*                       # 2o21 is a slip for 2021
    | s(?:\s?/|\.)\s?d\b\.? | [ap]\.m\b\.?
    | [^\W\d_]+(?:['`][^\W\d_]+)*
      (?: (?<=dini)[\s-]?hari\b
        | (?<=jum)\s?[\\"',`]{0,2}\s?at\b       # Jum'at, however it is typed
        | (?<=sampai)\sdengan\b
        | (?<=akan)\sdatang\b
        | (?<=kira)-kira\b | (?<=kurang)\slebih\b | (?<=lebih)\skurang\b
        | (?<=lalu)[\s-]lintas\b
        | (?<=waktu)\sindonesia\s(?:bagian\s)?(?:barat|tengah|timur)\b
      )?
    | [^\w\s] | \n
    """,
    re.VERBOSE,
)
_PHRASES: Final = {
    "akan datang": "F",
    "sampai dengan": "R",
    "kira-kira": "q",
    "kurang lebih": "q",
    "lebih kurang": "q",
}
_MARKS: Final = {mark: mark for mark in "()/-:,.|'+"} | {
    "[": "(",
    "{": "(",
    "]": ")",
    "}": ")",
    "\\": "/",
    "`": "'",
    "\n": "|",
}
# Words that are typed in more ways than can be listed.
_FORMS: Final = (
    (re.compile(r"dini[\s-]?hari"), "T"),
    (re.compile(r"d?jum.{0,3}at"), "W"),
    (re.compile(r"s\W{1,2}d\W?"), "R"),
    (re.compile(r"waktu\sindonesia.*"), "Z"),
    (re.compile(r"[ap]\.m\.?"), "A"),
    (re.compile(r"puk\w{1,3}"), "P"),  # pukuk, pukull
)
_NUMBER: Final = {1: "d", 2: "d", 4: "y"}
_STOP: Final = ";"
# Codes that depend on what stands beside: points, single letters, words after a day.
_DOUBTFUL: Final = re.compile(r"[.tDAZ]|(?<=d)o")


def lower(text: str) -> str:
    """*text* in lower case, of the same length."""
    folded = text.lower()
    return folded if len(folded) == len(text) else text.replace("İ", "I").lower()


@lru_cache(maxsize=8192)
def _lexical(word: str) -> str:
    """The code of a word by itself."""
    if "0" <= word[0] <= "9":
        return _NUMBER.get(len(word), "x")
    known = CODES.get(word) or _PHRASES.get(word)
    if known:
        return known
    if not word[0].isalpha():
        return _MARKS.get(word, _STOP)
    for form, code in _FORMS:
        if form.fullmatch(word):
            return code
    return "o"


class Tokens:
    """The words, numbers and marks of a stretch of text.

    ``code`` has one letter for each of ``words``, so that a match over the code leads back to the
    text: ``start`` and ``end`` are places in ``plain``, the folded stretch.
    """

    __slots__ = ("_found", "base", "code", "plain", "source", "words")

    def __init__(self, source: str, start: int = 0, end: int | None = None) -> None:
        self.source = source
        self.base = start
        stretch = source[start:end]
        self.plain = (stretch if stretch.isascii() else stretch.translate(_FOLDED)).lower()
        self._found = list(_TOKEN.finditer(self.plain))
        self.words = [found[0] for found in self._found]
        self.code = "".join(map(_lexical, self.words))
        doubtful = [found.start() for found in _DOUBTFUL.finditer(self.code)]
        if doubtful:
            self._settle(doubtful)

    def _settle(self, doubtful: list[int]) -> None:
        """Give the tokens at the places *doubtful* the codes that their neighbours ask for."""
        codes = list(self.code)
        dropped = []
        for place in doubtful:
            if codes[place] == "." and self._ends_abbreviation(place, codes):
                dropped.append(place)
            else:
                codes[place] = self._in_context(place, codes)
        for place in reversed(dropped):
            del codes[place], self.words[place], self._found[place]
        self.code = "".join(codes)

    def _ends_abbreviation(self, place: int, codes: list[str]) -> bool:
        """Whether the full stop at *place* is that of the word before it, as in ``Sept.``."""
        word = self.word(place - 1)
        if word not in ABBREVIATIONS or not self.is_glued(place - 1):
            return False
        if word in WEEKDAY_ABBREVIATIONS:
            codes[place - 1] = "W"
        return True

    def _in_context(self, place: int, codes: list[str]) -> str:
        word, code = self.words[place], codes[place]
        if code == "o":  # it follows a number of two digits
            is_month = misspelt_month(word, before_year=codes[place + 1 : place + 2] == ["y"])
            return "M" if is_month else code
        before = self.plain[self.start(place) - 1 : self.start(place)]
        if code == ".":  # a full stop ends a sentence, a point stands inside a date or a time
            after = self.plain[self.end(place) : self.end(place) + 1]
            return code if before.isalnum() and after.isalnum() else _STOP
        if code == "Z":
            return code if word != "z" or before.isdecimal() else "o"
        # The T of ISO 8601, am and "th" mean something only after a number.
        after_number = before.isdecimal() or (code == "A" and codes[place - 1 : place] == ["d"])
        return code if after_number else "o"

    def start(self, place: int) -> int:
        return self._found[place].start()

    def end(self, place: int) -> int:
        return self._found[place].end()

    def is_capital(self, place: int) -> bool:
        """Whether the text prints the word with a capital."""
        return self.source[self.base + self.start(place)].isupper()

    def is_glued(self, place: int) -> bool:
        """Whether nothing stands between the token and the one after it."""
        return place + 1 < len(self._found) and self.end(place) == self.start(place + 1)

    def word(self, place: int) -> str:
        """The word at *place*, empty before the first and after the last."""
        return self.words[place] if 0 <= place < len(self.words) else ""
