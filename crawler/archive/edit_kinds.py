"""What kind of edit two revisions show: rules, each of which ``docs/edits.md`` says by examples."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final

import attrs
from rapidfuzz.distance import OSA

from crawler.items import Article
from crawler.normalise.text import typographic_fold
from crawler.normalise.words import (
    PARAGRAPH,
    Figure,
    Run,
    figures,
    is_sentence,
    split_words,
    word_runs,
)
from crawler.timestamps import Moment

KINDS: Final = (
    "gone", "returned", "withdrawn", "headline", "correction", "figures", "text", "photo", "terms",
    "byline", "cosmetic",
)  # fmt: skip
"""All kinds, the weightiest first."""

FIELDS: Final = {
    "headline": ("title", "subtitle"),
    "figures": ("published_at",),
    "photo": ("image_url", "caption", "photo_credit", "images", "embeds"),
    "terms": ("categories", "tags", "topics"),
    "byline": ("authors", "writer", "editor", "source_url", "credit"),
}
"""Fields beside the text, by the kind of edit that a change of one is."""

_ALWAYS: Final = ("title", "published_at")
_OF_DATABASE: Final = (*FIELDS["terms"], "authors")
"""What a REST record states, and pages print some of; all else is the page's alone."""


@attrs.frozen
class Comparison:
    """A block of text as it was and as it is; one side is empty where it came or went."""

    before: str
    after: str
    runs: tuple[Run, ...]

    @property
    def op(self) -> str:
        """What happened to it: ``insert``, ``delete`` or ``replace``."""
        return "insert" if not self.before else "delete" if not self.after else "replace"

    @classmethod
    def of(cls, before: str, after: str) -> Comparison:
        return cls(before, after, tuple(word_runs(before, after)))


def kinds_of(
    before: Article, after: Article, fields: Sequence[str], blocks: Sequence[Comparison]
) -> tuple[str, ...]:
    """Return the kinds of edit between two revisions, the weightiest first; at least one.

    *fields* are those beside the text that differ, *blocks* those of the text.
    """
    found = {kind for kind, names in FIELDS.items() if not set(names).isdisjoint(fields)}
    if "subtitle" not in fields and same_letters(before.title, after.title):
        found.discard("headline")
    if is_withdrawn(before.body, after.body):
        found.add("withdrawn")
    else:
        found.update(_kinds_of_text(before, after, blocks))
    return tuple(kind for kind in KINDS if kind in found) or ("cosmetic",)


# fields


def changed_fields(before: Article, after: Article) -> list[str]:
    """Return the names of fields beside the text that differ, of those that both can state.

    A page states what a REST record has no place for, and themes print unlike things: of two, what
    one does not print says nothing.
    """
    same_theme = before.theme == after.theme
    pages = "rest" not in (before.source, after.source) and same_theme
    records = (before.source == "page") == (after.source == "page")
    is_whole = same_theme or "page" not in (before.source, after.source)
    values = (
        (name, getattr(before, name), getattr(after, name))
        for names in FIELDS.values()
        for name in names
        if name in _ALWAYS or (records if name in _OF_DATABASE else pages)
    )
    return [
        name
        for name, was, is_ in values
        if (is_whole or (was and is_)) and not _says_the_same(name, was, is_)
    ]


def _says_the_same(name: str, before: Any, after: Any) -> bool:
    if before == after:
        return True
    if name == "published_at":
        return _same_moment(before, after)
    if name == "image_url":
        return _file(before) == _file(after)
    if isinstance(before, tuple) and isinstance(after, tuple):
        return _listed(name, before) == _listed(name, after)
    return typographic_fold(before or "") == typographic_fold(after or "")


def _listed(name: str, values: Iterable[Any]) -> list[Any]:
    """The members of a list, in an order where it has none: that of terms is the theme's."""
    if name == "images":
        return [(_file(each.url), each.caption, each.credit) for each in values]
    if name in FIELDS["terms"]:
        return sorted({typographic_fold(each) for each in values})
    return list(values)


def _same_moment(before: str | None, after: str | None) -> bool:
    if not before or not after:
        return before == after
    one, other = Moment.of(before), Moment.of(after)
    if one.utc and other.utc:
        return one.utc == other.utc
    return before.startswith(after) or after.startswith(before)


# WordPress' smaller forms of a photo: -1024x576, -scaled.
_SIZE: Final = re.compile(r"-(?:\d+x\d+|scaled)(?=\.\w+$)")


def _file(url: str | None) -> str:
    """Return what names a photo in its address, of whichever size and from whichever server."""
    return _SIZE.sub("", (url or "").partition("?")[0].rpartition("/")[2])


# withdrawn

_SUBJECT: Final = (
    r"(?:artikel|berita|tulisan|konten|naskah|halaman|postingan|laporan|article|story|page)"
)
_TAKEN: Final = (
    r"(?:di|men)?(?:cabut|tarik|hapus|turunkan|tiadakan|batalkan|nonaktifkan)|mencabut|menarik|menghapus"
    r"|menurunkan|take\s?-?down|tidak (?:lagi )?(?:tersedia|dapat (?:diakses|ditampilkan))"
    r"|removed|withdrawn|retracted|no longer available"
)
_NOTICE: Final = re.compile(
    rf"\b{_SUBJECT}\b[^.!?]{{0,80}}?\b(?:{_TAKEN})\b|\b(?:{_TAKEN})\b[^.!?]{{0,40}}?\b{_SUBJECT}\b",
    re.IGNORECASE,
)
# A notice with its reasons is a paragraph or two; what is left of a text is a line.
_NOTICE_WORDS: Final = 150
_LEFT: Final = 0.2
_STAYS: Final = 0.4
_LEAST: Final = 12


def is_withdrawn(before: str, after: str) -> bool:
    """Whether a notice stands where the text was, or next to nothing of the text is left."""
    old, new = before.split(), after.split()
    if len(new) <= _LEFT * len(old):
        return len(old) >= _LEAST or not new
    if len(new) > _NOTICE_WORDS or not _NOTICE.search(after) or _NOTICE.search(before):
        return False
    stays = sum(len(run.before) for run in word_runs(before, after) if run.op == "equal")
    return stays < _STAYS * len(old)


# corrections

_DECLARED: Final = (
    r"ralat|koreksi|hak\ jawab|hak\ koreksi|diperbarui|pembaruan|catatan\ (?:dari\ )?redaksi"
    r"|klarifikasi(?:\ redaksi)?|penjelasan\ redaksi|permohonan\ maaf|permintaan\ maaf|update"
    r"|revisi|perbaikan|pembetulan|pemutakhiran|errat(?:a|um)|catatan\ editor"
)
_ARTICLE: Final = (
    r"(?:artikel|berita|tulisan|naskah|judul(?:\ berita|\ artikel)?|laporan|isi\ berita)"
)
_CORRECTED: Final = (
    r"(?:di|me|men|mem|meng)?(?:ralat|koreksi|perbaiki|perbarui|revisi|ubah|sunting(?:\ ulang)?)"
)
_DECLARATION: Final = re.compile(
    rf"""
    # at the beginning, as a label: Ralat: … / (Diperbarui 12/11) / [KOREKSI] … / Hak Jawab – …
      ^ [\W_]* (?:{_DECLARED}) \b (?: \s* $ | \s* [:)\]–—-] | \s+ (?:atas|redaksi|berita) \b (?: \s* $ | [^.]*? [:)] )
        | \s+ (?:pada\s+)? (?:\w+,?\s+)? \(? \d )
    # in brackets at the end: … (diperbarui) / (Diperbarui pukul 10.00)
    | [(\[] \s* (?:{_DECLARED}) \b [^)\]]{{0,60}} [)\]] \s* $
    # what the newsroom says of the article itself
    | \b {_ARTICLE} \s+ ini \b [^.]{{0,40}} \b (?:{_CORRECTED}|mengalami\ (?:perubahan|perbaikan|koreksi)) \b
    | \b (?:redaksi|kami) \b [^.]{{0,40}} \b (?:meralat|mengoreksi|memperbaiki|memperbarui|merevisi
        |(?:me)?mohon\ maaf|minta\ maaf|meminta\ maaf) \b
    | \b (?:sebelumnya|semula) \s+ (?:ter)?tulis \b | \b (?:ter)?tulis \s+ (?:sebelumnya|semula) \b
    | \b judul \s+ (?:sebelumnya|semula|awal) \b
    """,
    re.IGNORECASE | re.VERBOSE,
)
_SENTENCE: Final = re.compile(r"(?<=[.!?])\s+")


def declarations(text: str) -> list[str]:
    """Return the sentences of a block that declare a correction."""
    if _DECLARATION.match(text):
        return [text]
    return [each for each in _SENTENCE.split(text) if _DECLARATION.search(each)]


def _declares(before: Article, after: Article) -> bool:
    said = Counter(_declarations(before))
    return any(count > said[each] for each, count in Counter(_declarations(after)).items())


def _declarations(article: Article) -> Iterator[str]:
    for block in (article.title, article.subtitle or "", *article.body.split(PARAGRAPH)):
        for each in declarations(block):
            yield typographic_fold(each)


# figures, text, and what no reader needs to know


def _kinds_of_text(before: Article, after: Article, blocks: Sequence[Comparison]) -> Iterator[str]:
    if _declares(before, after):
        yield "correction"
    if same_letters(before.body, after.body):
        if blocks:
            yield "cosmetic"
        return
    for block in blocks:
        yield from _kinds_of_block(block)


def _kinds_of_block(block: Comparison) -> Iterator[str]:
    if not block.before or not block.after:
        if not (block.after and _is_declaration(block.after)):
            yield "text"
        return
    old, new = split_words(block.before), split_words(block.after)
    was, now = list(figures(old)), list(figures(new))
    gone = [(run.start_before, run.before) for run in block.runs if run.op == "delete"]
    come = [(run.start_after, run.after) for run in block.runs if run.op == "insert"]
    if _figures_differ(_values(old, was, gone), _values(new, now, come)):
        yield "figures"
    spoken = _places(was), _places(now)
    for run in block.runs:
        if run.op == "equal":
            continue
        less = [word for n, word in enumerate(run.before, run.start_before) if n not in spoken[0]]
        more = [word for n, word in enumerate(run.after, run.start_after) if n not in spoken[1]]
        if not is_cosmetic(less, more):
            if less or not _is_declaration(" ".join(run.after)):
                yield "text"
        elif less or more:
            yield "cosmetic"


def _is_declaration(text: str) -> bool:
    return any(declarations(block) for block in text.split(PARAGRAPH))


def _places(found: Iterable[Figure]) -> set[int]:
    return {place for each in found for place in range(each.start, each.end)}


def _figures_differ(gone: Counter[str], come: Counter[str]) -> bool:
    """Whether a figure is another one, or came or went within a sentence that stays."""
    gone, come = gone - come, come - gone
    # A weekday or a zone that is added to a date makes it no other date.
    return bool(gone and come) or any(value[0].isdigit() for value in (*gone, *come))


def _values(
    words: Sequence[str], found: Iterable[Figure], spans: Iterable[tuple[int, Sequence[str]]]
) -> Counter[str]:
    """Return the figures *found*, but for those in *spans* that are whole sentences: that is text."""
    ends = ((start, start + len(span)) for start, span in spans)
    whole = {n for start, end in ends if is_sentence(words, start, end) for n in range(start, end)}
    return Counter(each.value for each in found if each.start not in whole)


def same_letters(before: str, after: str) -> bool:
    """Whether both texts have the same letters and digits, in whichever case, and nothing else.

    >>> same_letters("di mana, Rp 5.000", "Dimana Rp5.000")
    True
    """
    return _letters(before) == _letters(after)


def _letters(text: str) -> str:
    return "".join(letter for letter in typographic_fold(text).casefold() if letter.isalnum())


_SHORT: Final = 5
_UNITS: Final = frozenset(("kg", "g", "km", "m", "cm", "mm", "ha", "ml", "l", "cc", "ton"))


def is_cosmetic(before: Sequence[str], after: Sequence[str]) -> bool:
    """Whether *after* is *before* with other spaces, punctuation, or a letter or two.

    A slip leaves the first letter of a word as it was, and changes one letter of a short one, or
    leaves out two: "naik" and "baik", "Budi" and "Andi" are other words, and so are units.

    >>> is_cosmetic(["Bengkuu,"], ["Bengkulu"]), is_cosmetic(["naik"], ["baik"])
    (True, False)
    """
    was, now = _letters(" ".join(before)), _letters(" ".join(after))
    if was == now:
        return True
    if len(before) != len(after):
        return _is_slip(was, now) and bool(before) and bool(after)
    return all(
        _letters(one) == _letters(other) or _is_slip(_letters(one), _letters(other))
        for one, other in zip(before, after, strict=True)
    )


def _is_slip(was: str, now: str) -> bool:
    if was[:1] != now[:1] or not was or any(letter.isdigit() for letter in was + now):
        return False
    if was in _UNITS or now in _UNITS:
        return False
    distance = OSA.distance(was, now, score_cutoff=2)
    left_out = distance == abs(len(was) - len(now))  # "yg" is "yang"
    return distance <= (2 if left_out or min(len(was), len(now)) > _SHORT else 1)
