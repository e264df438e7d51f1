"""Dates that a text prints with a day and a month, and ranges of them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from crawler.normalise.date_shapes import PRINTED, Point, Printed, read_shape
from crawler.normalise.date_tokens import Tokens
from crawler.normalise.date_words import NAMED_FOR_A_DATE, NUMBERED, NUMBERED_ALWAYS, weekday_named

# What stands between the two dates of a range or a list.
_BETWEEN: Final = re.compile(
    r"\)?[TNLVIB]{0,2}(?:,?q?P?:?d[.:]dZ?T?)?\)?,?(?P<how>R|-|&)[hpK]{0,3}"
)
_NOT_BEFORE_NAMED: Final = NAMED_FOR_A_DATE | NUMBERED_ALWAYS
_LABELS: Final = NUMBERED_ALWAYS | {"covid", "apollo"}
_WEEKDAY_AFTER: Final = re.compile(r"\)?,?\((W)\)")


def printed_dates(tokens: Tokens, *, lists: bool) -> Iterator[Printed]:
    """The dates and ranges of a text in order, impossible ones (``31/9``) included.

    With *lists* two dates joined by *dan* are a range too, else two.
    """
    before: Printed | None = None
    place = 0
    while found := PRINTED.search(tokens.code, place):
        between = before and _BETWEEN.fullmatch(tokens.code, before.end, found.start())
        here = _read(tokens, found, in_place=between is not None)
        if here is None:
            place = found.start("date") + 1
            continue
        place = here.end
        how = between["how"] if between else ""
        if before and _is_range(before, here, how, lists=lists):
            before = replace(before, last=here.last or here.first, end=here.end)
            continue
        if before:
            yield _with_year_of(before, here.first) if how else before
        before = here
    if before:
        yield before


def _is_range(one: Printed, other: Printed, how: str, *, lists: bool) -> bool:
    if how == "&":
        return lists
    return bool(how) and not (one.last or other.last)


def _with_year_of(one: Printed, other: Point) -> Printed:
    """*one* with the year that only the next date of its list prints."""
    if one.first.year or one.last or one.first.turn is not None or other.year is None:
        return one
    wraps = (other.month, other.day) < (one.first.month, one.first.day)
    return replace(one, first=replace(one.first, year=other.year - wraps))


def _read(tokens: Tokens, found: re.Match[str], *, in_place: bool) -> Printed | None:
    read = read_shape(tokens, found, in_place=in_place)
    if read is None or not (in_place or _begins_here(tokens, found, read)):
        return None
    if not _ends_here(tokens, read):
        return None
    after = _WEEKDAY_AFTER.match(tokens.code, read.end)
    if after and read.first.weekday is None:
        weekday = weekday_named(tokens.words[after.start(1)])
        read = replace(read, first=replace(read.first, weekday=weekday), end=after.end())
    return read


def _begins_here(tokens: Tokens, found: re.Match[str], read: Printed) -> bool:
    """Whether what stands before does not make the date part of a phone number, a law, a street."""
    code, start = tokens.code, read.start
    if not start:
        return True
    if tokens.is_glued(start - 1):
        mark = code[start - 1]
        if mark in "dyxonDAMt":
            return False
        if start > 1 and mark in "-/.+:," and tokens.is_glued(start - 2):
            word, kind = tokens.words[start - 2], code[start - 2]
            if kind in "dyx" or (mark in "-/+" and kind in "oE" and _is_label(word, mark)):
                return False
    if found["weekday"] or found["told"]:
        return True
    place = start - 1
    while place > 0 and code[place] in "(:;'":
        place -= 1
    word = tokens.words[place]
    return word not in (_NOT_BEFORE_NAMED if read.named else NUMBERED)


def _is_label(word: str, mark: str) -> bool:
    """Whether *word* and *mark* number what follows: Covid-19, G-20, H+6, not Bengkulu-29 Mei."""
    if mark == "/":  # 1444 H/23 Maret 2023 is two dates
        return word not in ("h", "m")
    return len(word) <= len("mig") or word in _LABELS


def _ends_here(tokens: Tokens, read: Printed) -> bool:
    """Whether the date is not the head of something longer: 29/09/2021/DPRD."""
    code, end = tokens.code, read.end
    if not tokens.is_glued(end - 1):
        return True
    if code[end] in "dyx" or (code[end] == "o" and len(tokens.words[end]) > 1):
        return False
    if read.named or code[end] not in "/.-" or not tokens.is_glued(end):
        return True
    return code[end + 1] not in "dyxoMZ" or (code[end] == "-" and code[end + 1] in "do")
