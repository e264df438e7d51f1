"""Who made it: the credit of a photo, that which closes an article, a byline in the text.

With them the labels of links that an editor typed: ``Baca Juga``.
"""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from crawler.normalise.places import SITE, find_place, is_known_outlet
from crawler.normalise.text import fold
from crawler.normalise.vocabulary import EDITORS, WRITERS, any_of, listed, patterns_in, words_of

_LONGEST: Final = 80  # characters of a credit
_MOST_PHOTO_WORDS: Final = 8
_FEW_WORDS: Final = 2

# Inside brackets: (Foto: X), (Foto/X), (foto X), (Sumber: X), (© X)
_LABEL: Final = re.compile(
    rf"(?:{patterns_in('photo_labels')['bracketed'].pattern})(?P<mark> ?[:=/] ?| [-–—] | )"
    r"|(?P<sign>©|\(c\)|copyright ?©?) ?",
    re.IGNORECASE,
)
_PHOTO_HOUSE: Final = re.compile(
    rf"(?:{any_of(listed('credits.photo_houses'))})(?![\w-])", re.IGNORECASE
)
# After the caption's sentence, without brackets. The last one counts.
_TRAILING: Final = re.compile(
    r"(?:^|[.!?;|,\"”)/–—-] ?| )"
    r"(?:(?:sumber )?(?:foto|photo|fhoto|poto|kredit foto)(?: (?:oleh|by))? ?[:=] ?|(?<!antara )(?:foto|photo)/"
    r"|(?:sumber|courtesy|credit) ?: ?|© ?)",
    re.IGNORECASE,
)
_BEFORE_HOUSE: Final = re.compile(
    r"[.!?|/–—] ?(?=(?:do[kc](?:umentasi)?[.:/ ]|antara foto/|(?:ist(?:imewa)?|net)\.?$))",
    re.IGNORECASE,
)
_NOBODY: Final = re.compile(r"(?:foto )?(?:ilustrasi|arsip|file|bersama)", re.IGNORECASE)
_SMALL: Final = listed("credits.small")


def photo_credit(caption: str) -> str | None:
    """The credit of a photo, as its *caption* prints it, without ``Foto:`` and without brackets.

    >>> photo_credit("Warga antre beras (Foto: Humas Kota/BERITA.ID)")
    'Humas Kota/BERITA.ID'
    """
    text = fold(caption)
    bare = text.rstrip(" .,*")
    start = max(bare.rfind("("), bare.rfind("["))
    credit = None
    if bare.endswith((")", "]")) and start >= 0 and len(bare) - start <= _LONGEST + 2:
        credit = _in_bracket(bare[start + 1 : -1].strip())
    return credit or _trailing(text)


def _in_bracket(inside: str) -> str | None:
    if labelled := _LABEL.match(inside):
        credit = inside[labelled.end() :].strip(" .")
        return credit if _is_name(credit, plain=labelled["mark"] != " ") else None
    # Without a label a house: "ist", "Ani/BERITA.ID".
    if _PHOTO_HOUSE.match(inside):
        named = _is_name(inside, plain=True)
    else:
        parts = [part.strip() for part in inside.split("/")]
        named = any(
            is_known_outlet(part, ()) or (len(parts) > 1 and _PHOTO_HOUSE.fullmatch(part))
            for part in parts
        )
    return inside.strip(" .") if named else None


def _trailing(text: str) -> str | None:
    start = max(0, len(text) - 2 * _LONGEST)
    labels = reversed(list(_TRAILING.finditer(text, start)))
    for before in (*labels, *_BEFORE_HOUSE.finditer(text, start)):
        credit = text[before.end() :].strip(" .()[]")
        if _is_name(credit, plain=before.re is _TRAILING):
            return credit
    alone = text.strip(" .").removeprefix("Foto ").removeprefix("foto ")
    return alone if _PHOTO_HOUSE.match(alone) and _is_name(alone, plain=False) else None


def _is_name(credit: str, *, plain: bool) -> bool:
    """Whether *credit* names people or houses, rather than going on as a sentence."""
    words = credit.split()
    fits = 0 < len(words) <= _MOST_PHOTO_WORDS and len(credit) <= _LONGEST
    if not fits or _NOBODY.fullmatch(credit):
        return False
    small = any(
        word[0].islower() and word.strip(".,:").lower() not in _SMALL and not SITE.match(word)
        for word in words
    )
    # After a plain label ("Foto:") a short one may be in small letters: "warga".
    return not small or (plain and len(words) <= _FEW_WORDS)


# --- the end of an article ----------------------------------------------------------------------


class ClosingCredit(NamedTuple):
    """A paragraph, white space folded, without the credit that closes it, and that credit."""

    rest: str  # empty where the credit stands alone
    credit: str | None  # without brackets and full stop


_OPENS: Final = {")": "(", "]": "[", ">": "<", "}": "{"}

_MARKS: Final = listed("credits.marks")
_HOUSE: Final = _MARKS | listed("credits.house")
_ORDINARY: Final = listed("credits.ordinary")
_INSTITUTIONS: Final = listed("credits.institutions")
_NO_CREDIT: Final = re.compile(
    r"(?:foto|photo|dok|doc|video|grafis|ilustrasi|sumber|baca|simak|lihat|klik|ist$|istimewa$"
    r"|h\.?r\.? |q\.?s\.? )",
    re.IGNORECASE,
)
_EDITORS_NOTE: Final = re.compile(r"[^\W\d]\s?[,–-]\s?red", re.IGNORECASE)
_TAKE: Final = re.compile(r"\*{2,}\d+\*{2,}$")
_TOKEN: Final = re.compile(r"[\s/,&|+_.*-]+")
_SENTENCE_ENDS: Final = (".", "!", "?", "”", '"', "’", "'", "…", ")", "*", "]")

# *** or: dari berbagai sumber
_ALWAYS: Final = re.compile(
    r"[*#]{1,6}|(?:(?:di(?:olah|rangkum) )?dari )?berbagai sumber", re.IGNORECASE
)
# Letters and what joins them; a number, a date or a remark with a colon is none of it.
_PLAIN: Final = re.compile(r"[*/ ]*[^\W\d_](?:[^\W\d_]|[ .,/&@'’*|+-])*")
_NUMBERED: Final = re.compile(r"[A-Za-z]+\d{0,3}(?:/[A-Za-z]+\d{0,3})+")
# Initials in small letters: where the sentence has no full stop of its own, and after one.
_IN_SENTENCE: Final = re.compile(r"[a-z]{2,3}|[a-z]{1,5}(?: ?[/&+] ?[a-z]{1,5}){1,3}")
_AFTER_SENTENCE: Final = re.compile(r"[a-z]{2,5}|[a-z]{1,8}(?: ?[/&+-] ?[a-z]{1,8}){1,3}")
_CAPITALS: Final = re.compile(r"[A-Z]+")
_SIGNATURE: Final = re.compile(r"[A-Z][\w.'’]*(?:[ /,&-]{1,3}[A-Z][\w.'’]*){0,4}|\w+(?:/\w+){1,3}")


def closing_credit(text: str) -> ClosingCredit:
    """Take the closing credit off *text*, the last paragraph of an article.

    A number, a date, the abbreviation of something just named, a translation or any ordinary
    remark in brackets is no credit. What follows a full sentence is read more freely than what
    stands inside one.

    >>> closing_credit("Acara berjalan lancar. (Rilis/Humas Kota).")
    ClosingCredit(rest='Acara berjalan lancar.', credit='Rilis/Humas Kota')
    """
    whole = fold(text)
    bare = whole.rstrip(" .")
    stars = len(bare) - len(bare.rstrip("*"))
    if stars and bare[:-stars].rstrip(" .")[-1:] in _OPENS:
        bare, stars = bare[:-stars].rstrip(" ."), 0
    if stars > 1 and not _TAKE.search(bare):
        before = bare[:-stars].rstrip()
        return ClosingCredit(before, "*" * stars)
    opening = _OPENS.get(bare[-1:])
    if opening is None:
        return _unbracketed(whole, bare)
    before, bracket, inside = bare[:-1].rpartition(opening)
    before, inside = before.rstrip(), inside.strip()
    stopped = whole[len(bare) : len(bare) + 1] == "."
    fits = bracket and 0 < len(inside) <= _LONGEST
    if fits and _is_credit(inside, before, stopped=stopped):
        return ClosingCredit(before, inside.strip(" ."))
    return ClosingCredit(whole, None)


def _unbracketed(whole: str, bare: str) -> ClosingCredit:
    """A credit alone in its paragraph, its brackets forgotten: ``-red-``, ``Red/Adv``, ``(red``."""
    core = bare.strip(" ()[]-–—*/|")
    alone = len(bare) <= _LONGEST and _MARKS.issuperset(_TOKEN.split(core.lower()))
    return ClosingCredit("", core) if alone else ClosingCredit(whole, None)


def _is_credit(inside: str, before: str, *, stopped: bool) -> bool:
    if _ALWAYS.fullmatch(inside):
        return True
    outside = not before or before.endswith(_SENTENCE_ENDS)
    if not _PLAIN.fullmatch(inside):
        return outside and bool(_NUMBERED.fullmatch(inside))
    if _NO_CREDIT.match(inside) or (_EDITORS_NOTE.search(inside) and not inside.islower()):
        return False
    tokens = list(filter(None, _TOKEN.split(inside.lower())))
    if _MARKS.issuperset(tokens):
        return True
    if outside:
        return _is_signed(inside, tokens, before)
    initials = not stopped and _IN_SENTENCE.fullmatch(inside)
    return bool(initials) and _ORDINARY.isdisjoint(tokens)


def _is_signed(inside: str, tokens: list[str], before: str) -> bool:
    """Whether *inside*, which follows a sentence, says who made the article."""
    joined = "/" in inside or "*" in inside
    if not _HOUSE.isdisjoint(tokens) and (joined or len(tokens) == 1 or inside[0].isupper()):
        return True
    if not _ORDINARY.isdisjoint(tokens) or find_place(inside):
        return False
    if _CAPITALS.fullmatch(inside):
        named = "".join(word[0] for word in before[-120:].split() if word[0].isupper())
        known = inside.lower() in _INSTITUTIONS or inside in named
        return len(inside) in (2, 3) and not known
    return bool(_AFTER_SENTENCE.fullmatch(inside) or _SIGNATURE.fullmatch(inside))


# --- bylines ------------------------------------------------------------------------------------


class Byline(NamedTuple):
    """Who wrote and who edited, from a line that stands alone."""

    writer: str | None
    editor: str | None


_WRITERS: Final = any_of(WRITERS)
_EDITORS: Final = any_of(EDITORS)
_OTHERS: Final = (
    r"uploader|publish(?:er)?|fotografer|foto|kamera(?:men|person)?|videografer|sumber|admin"
)
_ROLE: Final = re.compile(
    rf"(?:^|(?<=[\s/|,;(•–—-]))(?P<role>(?:{_WRITERS}|{_EDITORS}|{_OTHERS})"
    rf"(?: ?[&/] ?(?:{_WRITERS}|{_EDITORS}))?) ?[:=] ?",
    re.IGNORECASE,
)
_OPENS_WITH_ROLE: Final = re.compile(rf"(?:{_WRITERS}|{_EDITORS}|{_OTHERS})\b", re.IGNORECASE)
# Penulis Ani | Editor Budi
_PAIR: Final = re.compile(
    rf"(?P<role>{_WRITERS}) (?P<writer>[^|/:]+?) ?[|/] ?(?:{_EDITORS}) (?P<editor>[^|/:]+)",
    re.IGNORECASE,
)
_PERSON: Final = re.compile(r"@?[^\W\d_][\w .,'’&()/@-]*")
_COPYRIGHT: Final = re.compile(r" ?(?:copyright|hak cipta|©).*", re.IGNORECASE)
_PARTICLES: Final = words_of("bin binti dan van de al redaksi tim dr drs ir")
_MOST_WORDS: Final = 7  # words of a name with its degrees


def byline(text: str) -> Byline | None:
    """Return writer and editor if *text* is a line that names them and nothing else.

    >>> byline("Penulis: Ani Lestari / Editor: Budi Santoso")
    Byline(writer='Ani Lestari', editor='Budi Santoso')
    """
    if len(text) > 4 * _LONGEST:
        return None
    line = fold(text).strip(" ()[]*-–—")
    if not _OPENS_WITH_ROLE.match(line):
        return None
    labels = list(_ROLE.finditer(line))
    if not labels or labels[0].start():
        pair = _PAIR.fullmatch(line)
        if pair and _is_person(pair["writer"]) and _is_person(pair["editor"]):
            return Byline(pair["writer"], pair["editor"])
        return None
    writer = editor = None
    ends = [label.start() for label in labels[1:]] + [len(line)]
    for label, end in zip(labels, ends, strict=True):
        name = _COPYRIGHT.sub("", line[label.end() : end]).strip(" /|,;(•–—-")
        if "." not in name.rpartition(" ")[2][:-1]:  # that of a degree stays: M.Si.
            name = name.removesuffix(".")
        if not _is_person(name):
            return None
        role = label["role"].lower()
        writer = writer or (name if re.search(_WRITERS, role) else None)
        editor = editor or (name if re.search(_EDITORS, role) else None)
    return Byline(writer, editor) if writer or editor else None


def _is_person(name: str) -> bool:
    words = name.split()
    if not 0 < len(words) <= _MOST_WORDS or len(name) > _LONGEST or not _PERSON.fullmatch(name):
        return False
    small = any(word[0].islower() and word.lower() not in _PARTICLES for word in words)
    return not small or len(words) == 1


# --- links that the editor typed into the text ---------------------------------------------------

_LINK_LABEL: Final = re.compile(
    rf"[\W_]*(?P<label>{patterns_in('link_labels')['editor'].pattern})(?!\w)"
    r"(?P<mark> ?[:：»›>|–—-]+|(?=[)\]]? ?$))?",
    re.IGNORECASE,
)


def is_editor_link_label(text: str) -> str | None:
    """The label with which *text*, a line of links, begins: ``Baca Juga``."""
    # It stands alone or before a colon, a dash or an arrow, or names a headline after it.
    line = fold(text[: 2 * _LONGEST])
    found = _LINK_LABEL.match(line)
    if not found:
        return None
    if found["mark"] is None:
        following = line[found.end() :].lstrip(" “\"'")
        headline = following[:1].isupper() and not text.rstrip().endswith(".")
        if not headline or "juga" not in found["label"].lower():
            return None
    return found["label"]
