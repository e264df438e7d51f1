"""The credit of a photo, as captions print it."""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Final

from crawler.normalise.outlets import SITE, folded_names, is_known_outlet
from crawler.normalise.text import fold

_LONGEST: Final = 80
"""Characters of a credit."""

_MOST_WORDS: Final = 8
_FEW_WORDS: Final = 2

# Inside brackets: (Foto: X), (Foto/X), (foto X), (Sumber: X), (© X)
_LABEL: Final = re.compile(
    r"""
    (?:
        (?:sumber\ )?(?:foto(?:-foto)?|photo|fhoto|poto|gambar|image|pic|kredit(?:\ foto)?|credit|f)
           (?:\ (?:oleh|by|dari|credit|courtesy))?
      | sumber|source|courtesy(?:\ of)?|fotografer|pewarta\ foto
    )
    (?P<mark>\ ?[:=/]\ ?|\ [-–—]\ |\ )
    |(?P<sign>©|\(c\)|copyright\ ?©?)\ ?
    """,
    re.VERBOSE | re.IGNORECASE,
)
# Credits that need no label.
_HOUSE: Final = re.compile(
    r"""
    (?:dok(?:umen(?:tasi)?)?|doc|ist(?:imewa)?|net|internet|repro(?:duksi)?|screenshot
      |tangkap(?:an)?\ layar|humas|diskominfo|kominfo|media\ center|mc|antara\ foto|shutterstock
      |freepik|pixabay|unsplash|pexels|getty(?:\ images)?|istock|instagram|ig|facebook|fb|twitter
      |tiktok|youtube|google|wikipedia|whatsapp|wa|handout|pool|reuters|afp|ap|epa|xinhua)
    (?![\w-])
    """,
    re.VERBOSE | re.IGNORECASE,
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
_SMALL: Final = frozenset(
    (
        *("dan", "di", "ke", "dari", "of", "the", "by", "for", "via", "on", "and", "to", "oleh"),
        *("ist", "istimewa", "dok", "doc", "net", "internet", "repro", "pribadi", "tim", "layar"),
        *("bin", "binti", "van", "al", "video", "foto"),
    )
)


def photo_credit(caption: str, outlets: Collection[str] = ()) -> str | None:
    """Return the credit of a photo from its *caption*, or ``None`` where it names none.

    *outlets* are the newsroom's own names, which need no label before them. The credit comes as
    printed, without ``Foto:`` and without brackets.

    >>> photo_credit("Warga antre beras (Foto: Humas Kota/BERITA.ID)")
    'Humas Kota/BERITA.ID'
    """
    text = fold(caption)
    inside = _last_bracket(text)
    credit = _in_bracket(inside, outlets) if inside else None
    return credit or _trailing(text)


def _last_bracket(text: str) -> str | None:
    """Return what the bracket says that ends *text*."""
    bare = text.rstrip(" .,*")
    if not bare.endswith((")", "]")):
        return None
    start = max(bare.rfind("("), bare.rfind("["))
    inside = bare[start + 1 : -1].strip()
    return inside if start >= 0 and len(inside) <= _LONGEST else None


def _in_bracket(inside: str, outlets: Collection[str]) -> str | None:
    labelled = _LABEL.match(inside)
    if labelled:
        credit = inside[labelled.end() :].strip(" .")
        return credit if _is_name(credit, plain=labelled["mark"] != " ") else None
    return inside.strip(" .") if _is_house(inside, outlets) else None


def _is_house(inside: str, outlets: Collection[str]) -> bool:
    """Whether *inside*, which has no label, names a house: ``ist``, ``Ani/BERITA.ID``."""
    if _HOUSE.match(inside):
        return _is_name(inside, plain=True)
    if any(map(str.isdigit, inside)) and "." not in inside and "@" not in inside:
        return False
    own = folded_names(tuple(outlets)) if outlets else frozenset()
    return any(
        is_known_outlet(part.strip(), own) or ("/" in inside and _HOUSE.fullmatch(part.strip()))
        for part in inside.split("/")
    )


def _trailing(text: str) -> str | None:
    start = max(0, len(text) - 2 * _LONGEST)
    for label in reversed(list(_TRAILING.finditer(text, start))):
        credit = text[label.end() :].strip(" .()[]")
        if _is_name(credit, plain=True):
            return credit
    for mark in _BEFORE_HOUSE.finditer(text, start):
        credit = text[mark.end() :].strip(" .()[]")
        if _is_name(credit, plain=False):
            return credit
    alone = text.strip(" .").removeprefix("Foto ").removeprefix("foto ")
    return alone if _HOUSE.match(alone) and _is_name(alone, plain=False) else None


def _is_name(credit: str, *, plain: bool) -> bool:
    """Whether *credit* names people or houses, rather than going on as a sentence.

    After a plain label (``Foto:``) a short one may be in small letters: ``warga``.
    """
    words = credit.split()
    if not 0 < len(words) <= _MOST_WORDS or len(credit) > _LONGEST or _NOBODY.fullmatch(credit):
        return False
    small = [
        word
        for word in words
        if word[0].islower() and word.strip(".,:").lower() not in _SMALL and not SITE.match(word)
    ]
    return not small or (plain and len(words) <= _FEW_WORDS)
