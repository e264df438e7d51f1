"""White space, invisible characters and typographic variants of a text."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

# What no reader sees: controls that are not white space, soft hyphen, zero-width characters, byte
# order mark, bidirectional marks, overrides and isolates, and annotation anchors.
_REMOVED: Final = (
    *(code for code in range(0x20) if code not in range(0x09, 0x0E)),
    *range(0x7F, 0xA0),
    0x00AD,
    0x061C,
    0x180E,
    0x200B,
    0x200C,
    0x200E,
    0x200F,
    *range(0x202A, 0x202F),
    *range(0x2060, 0x2070),
    0xFEFF,
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
