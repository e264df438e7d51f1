"""Text before it is read: white space, invisible characters, typographic variants; costly tags."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from itertools import accumulate
from typing import Final

from crawler.normalise.vocabulary import words_of

# What no reader sees: controls that are not white space, soft hyphen, zero-width characters, byte
# order mark, bidirectional marks, overrides and isolates, and annotation anchors.
_REMOVED: Final = (
    *(code for code in range(0x20) if code not in range(0x09, 0x0E)),
    *range(0x7F, 0xA0),
    *(0x00AD, 0x061C, 0x180E, 0x200B, 0x200C, 0x200E, 0x200F, 0xFEFF),
    *range(0x202A, 0x202F),
    *range(0x2060, 0x2070),
    *range(0xFFF9, 0xFFFC),
)
_INVISIBLE: Final = {
    **dict.fromkeys(_REMOVED),
    # Half of a surrogate pair can come out of a JSON escape, and cannot be written as UTF-8.
    **dict.fromkeys(range(0xD800, 0xE000), "\N{REPLACEMENT CHARACTER}"),
}

# A zero-width joiner is kept where it builds one picture of two emoji.
_EMOJI: Final = "\u2190-\u2bff\ufe0f\U0001f000-\U0001faff"
_LOOSE_JOINER: Final = re.compile(f"(?<![{_EMOJI}])\u200d|\u200d(?![{_EMOJI}])")

# Replaced one after the other: on an article, forty searches for a character cost a thirtieth of
# one translate().
_TYPOGRAPHY: Final = (
    *((variant, '"') for variant in "“”„‟″‶«»〝〞＂"),
    *((variant, "'") for variant in "‘’‚‛′‵´`ʻʼ‹›＇"),
    *((variant, "-") for variant in "‐‑‒–—―−﹘﹣－"),
    ("…", "..."),
    ("×", "x"),
    ("™", "(tm)"),
    ("\ufe0e", ""),
    ("\ufe0f", ""),
)
_DASHES: Final = re.compile("--+")


def fold(text: str) -> str:
    r"""Return *text* as a reader sees it: every run of white space (no-break ones too) one blank.

    Invisible characters and controls are gone, composed characters are in NFC, nothing stands
    before the first or after the last word. What comes back can be written as UTF-8.

    >>> fold(" Wali\u00a0Kota\n  Beng\u00adkulu\u200b ")
    'Wali Kota Bengkulu'
    """
    # Of printable characters only the blank is white space; most texts are folded as they come.
    if not text.isprintable() or "  " in text or text[:1] == " " or text[-1:] == " ":
        text = " ".join(text.split())
        if not text.isprintable():
            text = text.translate(_INVISIBLE)
            if "\u200d" in text:
                text = _LOOSE_JOINER.sub("", text)
            text = " ".join(text.split())
    return text if text.isascii() else unicodedata.normalize("NFC", text)


_DIGITS: Final = re.compile(r"\d[\d.,]*")
# "Artikel ini telah dibaca 1.204 kali"; a sentence with its number is longer.
_LABEL: Final = 6


def block_key(text: str) -> str:
    """Return what blocks of text are compared by across articles.

    White space, case and typographic variants are folded, and in a label every number is the same:
    a counter counts, and a reading time differs.

    >>> block_key("Dibaca 1.204 kali") == block_key("DIBACA  71 kali")
    True
    """
    key = as_typed(fold(text)).casefold()
    return _DIGITS.sub("0", key) if key.count(" ") < _LABEL else key


# Shorter ones are labels, and names of things.
_SHORTEST_SENTENCE: Final = 6
_SENTENCE_END: Final = re.compile(r"[.!?…][\"'’”)\]]*$")


def is_sentence(text: str) -> bool:
    """Whether *text* is, or ends with, a sentence that somebody wrote, and no label."""
    return len(text.split()) >= _SHORTEST_SENTENCE and _SENTENCE_END.search(text) is not None


def typographic_fold(text: str) -> str:
    """Return :func:`fold` of *text* with one form for what WordPress prints in several.

    WordPress' ``wptexturize`` makes curly quotation marks, dashes, ellipses, primes and the
    multiplication sign of what was typed, by rules that look at the neighbouring characters and
    differ between its versions. Here both the typed and the printed form become the typed one;
    a run of hyphens becomes a single one.

    >>> typographic_fold("“Rp5–7 juta…” ukuran 3×4") == typographic_fold('"Rp5--7 juta..." ukuran 3x4')
    True
    """
    return as_typed(fold(text))


def as_typed(text: str) -> str:
    """Return *text* with its typographic variants folded and its white space left alone."""
    if text.isascii():
        text = text.replace("`", "'")
    else:
        for variant, form in _TYPOGRAPHY:
            if variant in text:
                text = text.replace(variant, form)
    if "--" in text:
        text = _DASHES.sub("-", text)
    # Two single quotation marks print as one double.
    return text.replace("''", '"')


# libxml2 compares each attribute with all others of its element: a hundred thousand of them in one
# tag, less than a megabyte, take it minutes, during which nothing can stop it.
MOST: Final = 40_000_000
"""Comparisons of attributes that one page may cost, some tenth of a second; articles cost 10,000."""

# Nothing is counted in a page where the stretches without > that are longer than this have few
# characters that end an attribute …
_SHORT: Final = 400
# … and as few quoted values hold a > as this: a tag is of some twenty such stretches at most.
_FEW: Final = 20

_ENDS: Final = b" \n\t\r\f/\"'"
# A page with fewer of them cannot have so many attributes: their square is below MOST.
_HARMLESS: Final = 6_300

# The states of WHATWG HTML, 13.2.5.6 to 13.2.5.40, which libxml2 follows from 2.14 on. Possessive,
# so that nothing is read twice.
_SPACE: Final = rb"[\t\n\f\r ]"
_HIDING: Final = re.compile(rb"=%b*+(?:\"[^\">]*+>|'[^'>]*+>)" % _SPACE)
_LONG_TAG: Final = re.compile(rb"<[^>]{%d}[^>]*+" % _SHORT)
_START: Final = re.compile(rb"<[A-Za-z]")
_NAME: Final = re.compile(rb"[^\t\n\f\r />]*+[\t\n\f\r /]*+")
_ATTRIBUTE: Final = re.compile(
    rb"[^\t\n\f\r />][^\t\n\f\r />=]*+"
    rb"(?:%b*+=%b*+(?:\"[^\"]*+\"?+|'[^']*+'?+|[^\t\n\f\r >]*+))?+[\t\n\f\r /]*+" % (_SPACE, _SPACE)
)


def is_costly(body: bytes) -> bool:
    """Whether parsing *body* takes more than :data:`MOST` comparisons; linear in its size."""
    # Which < begins a tag depends on what is a comment or a script, on which parsers differ, so that
    # each one is taken to begin one.
    if _ends(body) <= _HARMLESS:
        return False
    # An attribute ends with one of these: a photo with ten sizes has few.
    bounds = (_ends(tag[0]) ** 2 for tag in _LONG_TAG.finditer(body))
    hiding = sum(1 for _ in _HIDING.finditer(body))
    if hiding <= _FEW and sum(bounds) <= MOST:
        return False
    return any(cost > MOST for cost in accumulate(count * count for count in _counts(body)))


def _ends(text: bytes) -> int:
    return len(text) - len(text.translate(None, _ENDS))


def _counts(body: bytes) -> Iterator[int]:
    """Yield how many attributes each tag has; of tags within one another, the most."""
    known: dict[int, int] = {}  # such tags soon go on alike: what was counted from a place
    at = furthest = most = 0
    while start := _START.search(body, at):
        if start.end() > furthest:
            yield most
            most = 0
            known.clear()
        name = _NAME.match(body, start.end())
        assert name is not None  # it matches nothing, too
        at = end = name.end()  # what begins within a name ends with it
        places = []
        while end not in known and (attribute := _ATTRIBUTE.match(body, end)):
            places.append(end)
            end = attribute.end()
            if len(places) ** 2 > MOST:
                break
        furthest = max(furthest, end)
        after = known.get(end, 0)
        for back, place in enumerate(reversed(places), 1):
            known[place] = after + back
        most = max(most, after + len(places))
        if most**2 > MOST:
            break
    yield most


_INDONESIAN: Final = words_of(
    "yang dan di ini itu dengan untuk dari pada dalam tidak akan ke oleh juga karena"
)


def is_indonesian(text: str) -> bool:
    """Whether *text* is in Indonesian, of whose words one in twenty is one of these."""
    words = text.casefold().split()
    return 20 * sum(word in _INDONESIAN for word in words) > len(words)
