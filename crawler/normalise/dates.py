"""The dates of a text: those of its events, that of a snippet, and when a page was published.

What a text prints is read by ``date_grammar``; here are the days that it names from the one on which
it was written: ``kemarin``, ``pekan lalu``, weekdays without a date among them: ``di Bengkulu, Rabu.``
"""

from __future__ import annotations

import datetime as dt
import re
from bisect import bisect
from collections.abc import Iterator
from dataclasses import replace
from typing import Final, NamedTuple

from crawler.items import FoundDate
from crawler.normalise import vocabulary
from crawler.normalise.date_grammar import (
    EARLIEST_YEAR,
    MONTHS_A_YEAR,
    TURNS,
    Point,
    Reading,
    Span,
    day_of,
    explicit,
    nearest_range,
)
from crawler.normalise.date_lexer import (
    Clock,
    Tokens,
    clock_alone,
    clock_beside,
    count_named,
    folded,
    marked_clocks,
    number,
    pattern,
    weekday_named,
)
from crawler.normalise.vocabulary import any_of, listed, words_of

_DAYS_A_WEEK: Final = 7


# What is done every week names no date.
_SCHEDULED: Final = words_of("setiap tiap saban per every")
_NAMING: Final = listed("dates.naming_a_weekday")
_NAMED: Final = listed("dates.named_weekday")
_INTRODUCING: Final = words_of("pada hari sejak hingga sampai mulai di , ( kata")
# Another weekday, or a date of the Hijri calendar, of which the weekday is one.
_LISTED: Final = pattern(r",? <weekday>|<pasaran>?[,(]? <number> <hijri>")


def _weekday_meant(tokens: Tokens, found: re.Match[str], today: dt.date) -> Reading | None:
    start, end = found.span()
    word, turn = tokens.words[start], found["turn"] or found["pair_turn"] or ""
    # In full and in Indonesian: "sat" is a weekday only beside a date.
    in_full = (word in vocabulary.WEEKDAY_NAMES and not word.endswith("day")) or "jum" in word
    if not in_full or _is_part_of_a_name(tokens, start, end, turned=bool(turn)):
        return None
    if word == vocabulary.SUNDAY_OR_WEEK and found["weekday"]:
        week = _as_week(tokens, start, end, turn, today)
        if week or not (tokens.printed(start)[0].isupper() or tokens.word(start - 1) == "hari"):
            return week
    weekday = weekday_named(word)
    assert weekday is not None
    of_week = bool(found["of_week"] or found["pair_week"])
    if not found["pair"]:
        day = _turned(today, weekday, turn, of_week=of_week)
        return Reading(start, end, Span(day), weekday=weekday)
    if not turn and "&" not in found["pair"]:
        return None  # "Senin-Jumat" is a timetable
    other = weekday_named(tokens.words[found.end("pair") - 1]) or 0
    between = dt.timedelta((other - weekday) % _DAYS_A_WEEK)
    if turn in ("F", "B") or of_week:
        first = _turned(today, weekday, turn, of_week=of_week)
    else:
        first = _turned(today, other, turn) - between
    return Reading(start, end, Span(first, first + between if between else None))


def _as_week(tokens: Tokens, start: int, end: int, turn: str, today: dt.date) -> Reading | None:
    """``Minggu lalu`` and ``minggu depan`` are weeks, as is whatever else is not capital."""
    said = tokens.words[end - 1]
    if not turn or tokens.word(start - 1) == "hari" or tokens.code[start + 1] not in "YLVFIBU":
        return None
    if said in ("lalu", "depan") or not tokens.printed(start)[0].isupper():
        return _week(start, end, today, turn)
    return None


def _is_part_of_a_name(tokens: Tokens, start: int, end: int, *, turned: bool) -> bool:
    """Whether the words around make the weekday a name, a habit, or one of a timetable."""
    before, code = tokens.word(start - 1), tokens.code
    scheduled = tokens.word(start - 2) if code[start - 1 : start] in ("h", "T") else before
    if scheduled in _SCHEDULED or before in _NAMING or tokens.word(end) in _NAMED:
        return True
    listed = code[max(start - 2, 0) : start] in ("W,", "W-", "W&") or code[start - 1 : start] == "W"
    if listed or _LISTED.match(code, end):
        return True  # "Senin, Rabu dan Jumat" is a timetable
    follows = code[end : end + 1] == "o" and tokens.printed(end)[0].isupper()
    return follows and not turned and before not in _INTRODUCING


def _turned(today: dt.date, weekday: int, turn: str, *, of_week: bool = False) -> dt.date:
    """The day that a weekday means by the word after it; alone the last one, or today."""
    back = (today.weekday() - weekday) % _DAYS_A_WEEK
    if of_week or turn == "I":
        monday = today - dt.timedelta(today.weekday())
        return monday + dt.timedelta(TURNS[turn] * _DAYS_A_WEEK + weekday)
    if turn in ("L", "V"):
        return today - dt.timedelta(back or _DAYS_A_WEEK)
    if turn == "U":
        return today + dt.timedelta(-back % _DAYS_A_WEEK)
    if turn in ("F", "B"):
        return today + dt.timedelta(_DAYS_A_WEEK - back)
    return today - dt.timedelta(back)


# Satu jam 30 menit yang lalu, 3 hari lagi, setengah jam lalu, sepekan lalu.
_AGO: Final = r"""
    (?: (?:(?P<half><setengah>) | (?P<count><number|long>(?:\(<spelt>{1,3}\))? | <spelt>{1,3}))
        (?P<unit><hari|pekan|bulan|pukul|menit|weekday>) (?:(?P<more><number>) <menit>)?
      | (?P<one><one>) )
    <yang>? (?P<way><lalu|lagi>)
"""
# Sabtu dan Minggu pekan lalu.
_PAIR: Final = """
    (?P<pair><weekday> <part>? <joint> <hari>? <weekday>)
    (?:<part>? <yang>? (?P<pair_week><pekan|weekday>)? (?P<pair_turn><turn>))?
"""
# Rabu, Kamis (malam), Kamis malam Jumat, Senin pekan lalu, Jumat depan.
_WEEKDAY: Final = r"""
    (?P<weekday><weekday>) <pasaran>? (?P<open>\()? <part>? <tadi>? <part>?
    (?:(?<=<weekday><part>) <weekday>)?
    (?:<yang>? (?P<of_week><pekan|weekday>)? (?P<turn><turn|nanti>))? (?(open)(?<!\()\))
"""
# Pekan lalu, akhir bulan depan, tanggal 5 bulan ini.
_PERIOD: Final = """
    <awal>? (?P<unit_turned><pekan|bulan>) <yang>? (?P<unit_turn><turn>)
    | <tanggal> (?P<day_of><number>) <bulan> (?P<of_month><turn>)
"""
# Akhir Mei 2014, Mei lalu, Oktober tahun depan, awal Mei hingga Juni 2014.
_NAMED_MONTH: Final = """
    (?P<govern>(?:<awal> <joint>)? <awal|bulan>{0,2} | <pada|hingga> (?=<month>(?!<number>)))
    (?P<name><month>) (?:<tahun>? (?P<year><year>))?
    (?P<by_year><tahun>)? <yang>? (?P<name_turn><turn>)?
    (?:<joint> <awal|bulan>{0,2} (?P<until><month>) (?:<tahun>? (?P<until_year><year>))?)?
"""
# How many days from the day of writing.
_NEAR: Final = {
    "two_back": (-2, "<kemarin> <lusa> | <lusa> <kemarin>"),
    "night": (0, "<semalam> | <tadi> <part> | <part> <tadi>"),  # tadi malam, subuh tadi
    "today": (0, "<hari> <ini> | <part> <ini> | <nanti> <part> | <part> <nanti>"),  # malam ini
    "yesterday": (-1, "<part>? <kemarin> <part>?"),  # kemarin sore
    "tomorrow": (1, "<hari>? <besok> <hari>? <part>?"),  # besok pagi
    "two_ahead": (2, "<lusa>"),
}
_RULES: Final = {
    "ago": _AGO,
    "weekdays": _PAIR,
    "a_weekday": _WEEKDAY,
    "period": _PERIOD,
    "named_month": _NAMED_MONTH,
    **{name: rule for name, (_, rule) in _NEAR.items()},
}
_FIRST: Final = (
    "<setengah><number><long><spelt><one><weekday><awal><pekan><bulan><tanggal><pada><hingga><month>"
    "<kemarin><lusa><semalam><tadi><part><hari><nanti><besok>"
)
_RELATIVE: Final = pattern(
    f"(?=[{_FIRST}])(?:{'|'.join(f'(?P<{name}>{rule})' for name, rule in _RULES.items())})"
)
_APPOSED: Final = pattern(r",?\(?<hari>?")  # between kemarin and a weekday after it
# A stretch of time, not a point: "selama tiga hari lalu pulang".
_LASTING: Final = frozenset(("selama", "menginap", "beberapa", "per"))


def _relatives(tokens: Tokens, anchor: dt.datetime) -> Iterator[Reading]:
    """The relative expressions of a text in order, seen from *anchor*."""
    place = 0
    before: Reading | None = None
    while found := _RELATIVE.search(tokens.code, place):
        try:
            here = _relative(tokens, found, anchor)
        except (OverflowError, ValueError):  # before the year 1, or after 9999
            here = None
        if here is None:  # in "pukul 10 Rabu lalu" the number counts no days
            place = found.start("unit") if found["unit"] else found.end()
            continue
        place = found.end()
        joined = _as_one(tokens, before, here) if before else None
        if before and not joined:
            yield before
        before = joined or here
    if before:
        yield before


def _as_one(tokens: Tokens, one: Reading, other: Reading) -> Reading | None:
    """One day from a weekday and a relative word beside it: ``besok (Jumat)``."""
    gap = tokens.code[one.end : other.start]
    # Of two relative words the one in brackets is the newsroom's own: "besok (hari ini)".
    if gap == "(" and one.weekday is other.weekday is None and one.span and other.span:
        return replace(other, start=one.start, present=False)
    bare, told = (one, other) if one.weekday is not None else (other, one)
    if bare.weekday is None or told.weekday is not None or tokens.code[bare.end - 1] in TURNS:
        return None
    # "Rabu, besok dibuka" are two days; "Rabu, pekan lalu" is one.
    is_week = "W" in told.period
    follows = gap in ("", "(") or (gap == "," and is_week)
    if not (_APPOSED.fullmatch(gap) if bare is other else follows):
        return None
    span = None if told.span and told.span.last else told.span
    if is_week:
        try:
            span = Span(dt.date.fromisoformat(f"{told.period}-{bare.weekday + 1}"))
        except ValueError:  # the calendar ends before it
            return None
    return Reading(one.start, other.end, span, weekday=bare.weekday) if span else None


def _relative(tokens: Tokens, found: re.Match[str], anchor: dt.datetime) -> Reading | None:
    rule, today = found.lastgroup or "", anchor.date()
    if tokens.word(found.start() - 1) in _LASTING and rule != "named_month":  # per Juni 2024
        return None
    if rule == "ago":
        return _ago(tokens, found, anchor)
    readers = {
        "weekdays": _weekday_meant,
        "a_weekday": _weekday_meant,
        "period": _turned_period,
        "named_month": _named_month,
    }
    return readers.get(rule, _near)(tokens, found, today)


def _turned_period(tokens: Tokens, found: re.Match[str], today: dt.date) -> Reading | None:
    start, end = found.span()
    if found["day_of"]:
        month = _month(today, TURNS[found["of_month"]])
        day = day_of(int(month[:4]), int(month[5:]), number(tokens.first(found, "day_of")))
        return Reading(start, end, Span(day) if day else None)
    if found["unit_turned"] == "u":
        return _week(start, end, today, found["unit_turn"])
    return Reading(start, end, period=_month(today, TURNS[found["unit_turn"]]))


def _week(start: int, end: int, today: dt.date, turn: str) -> Reading:
    year, week, _ = (today + dt.timedelta(TURNS[turn] * _DAYS_A_WEEK)).isocalendar()
    return Reading(start, end, period=f"{year:04d}-W{week:02d}")


def _month(day: dt.date, months: int) -> str:
    year, month = divmod(day.year * MONTHS_A_YEAR + day.month - 1 + months, MONTHS_A_YEAR)
    return dt.date(year, month + 1, 1).isoformat()[:7]


def _near(tokens: Tokens, found: re.Match[str], today: dt.date) -> Reading | None:
    """Kemarin, besok, tadi malam, hari ini and the like."""
    start, end = found.span()
    code, said = tokens.code, tokens.words[start:end]
    twice = "V-V" in (code[start : end + 2], code[max(start - 2, 0) : end])
    if twice or tokens.word(end) == "suntuk":
        return None  # "kemarin-kemarin" is some time ago
    if said == ["hari", "ini"] and code[start - 1 : start] in tuple("Rndc"):
        return None  # "sampai hari ini" is no day, and "dua hari ini" are two
    kind = found.lastgroup or ""
    days, _ = _NEAR[kind]
    if kind == "night":
        days = -any(word.startswith(("malam", "semal")) for word in said)
    elif kind == "yesterday" and tokens.word(end) == "dulu":
        days, _ = _NEAR["two_back"]
    present = kind == "today" and "hari" not in said
    return Reading(start, end, Span(today + dt.timedelta(days)), present=present)


def _ago(tokens: Tokens, found: re.Match[str], anchor: dt.datetime) -> Reading | None:
    unit = vocabulary.ONE_UNIT.get(tokens.first(found, "one")) or vocabulary.UNITS.get(
        tokens.first(found, "unit")
    )
    words = tokens.words[slice(*found.span("count"))]
    count = count_named(words) if words else 1
    if count is None or unit is None:
        return None
    if found["half"] or found["more"]:
        if unit != "pukul":
            return None
        unit = "menit"
        count = 30 if found["half"] else count * 60 + number(tokens.first(found, "more"))
    return _shifted(found, count if found["way"] == "Q" else -count, unit, anchor)


def _shifted(found: re.Match[str], count: int, unit: str, anchor: dt.datetime) -> Reading:
    start, end = found.span()
    if unit in ("pukul", "menit"):
        moment = anchor + dt.timedelta(minutes=count * 60 if unit == "pukul" else count)
        moment = moment.replace(second=0, microsecond=0)
        return Reading(start, end, period=moment.isoformat(timespec="minutes"))
    if unit == "bulan":
        return Reading(start, end, period=_month(anchor.date(), count))
    days = count * _DAYS_A_WEEK if unit == "pekan" else count
    return Reading(start, end, Span(anchor.date() + dt.timedelta(days)))


def _named_month(tokens: Tokens, found: re.Match[str], today: dt.date) -> Reading | None:
    """A month with its year, or one that a word beside it makes a month: akhir Mei, Mei lalu."""
    start, end = found.span()
    if tokens.code[start - 1 : start] == "d" and not tokens.is_glued(max(start - 2, 0)):
        return None  # a date that is part of a name
    month = vocabulary.MONTHS.get(tokens.first(found, "name"))
    until = vocabulary.MONTHS.get(tokens.first(found, "until"))
    year, until_year = (
        number(tokens.first(found, name)) if found[name] else None
        for name in ("year", "until_year")
    )
    plausible = all(EARLIEST_YEAR <= y <= today.year + 10 for y in (year, until_year) if y)
    if month is None or not plausible:
        return None
    wraps = until is not None and until < month
    if year is None and until_year is not None:
        year = until_year - wraps
    elif year is None:
        if not (found["govern"] or found["name_turn"] or until):
            return None
        year = _year_of_month(month, until, today, found["name_turn"], bool(found["by_year"]))
    period = dt.date(year, month, 1).isoformat()[:7]
    if until:
        period += "/" + dt.date(until_year or year + wraps, until, 1).isoformat()[:7]
    return Reading(start, end, period=period)


def _year_of_month(
    month: int, until: int | None, today: dt.date, turn: str | None, by_year: bool
) -> int:
    """The year of the nearest such month that is not to come, or as the words after it say."""
    if by_year and turn:
        return today.year + TURNS[turn]
    if turn in ("F", "B"):
        return today.year + (month < today.month)
    nearest = until and nearest_range(Point(1, month), Point(28, until), today)
    return nearest.first.year if nearest else today.year - (month > today.month)


# What stands before a date; that after one of the first is of an edit.
_LABEL: Final = re.compile(
    rf"\b(?:({any_of(listed('dates.edited'))})|{any_of(listed('dates.published'))})\b"
)
_UNREAD: Final = pattern("<number> <other> ,? <year>")
_LONGEST_UNREAD: Final = 100
_FEW: Final = 10
_LATE: Final = dt.datetime(2100, 12, 31, tzinfo=dt.UTC)


def _words(*kinds: str) -> str:
    return any_of(word for word, kind in vocabulary.KINDS.items() if kind in kinds)


# A text names no day without one of these: a number, or a word that tells which day it is. Most
# paragraphs have none, and to look for this is a tenth of reading them.
_SIGN: Final = re.compile(
    r"[0-9]|(?<![^\W\d_])(?:d?jum"
    rf"|{_words('weekday', 'tanggal', 'kemarin', 'lusa', 'semalam', 'besok', 'one', 'tadi', 'nanti')}"
    rf"|(?:{any_of(vocabulary.UNITS)}|{_words('part')})[\W\d_]*(?:{_words('yang')})?[\W\d_]*"
    rf"(?:{_words('lalu', 'lagi', 'ini')}))"
)


class PrintedMoment(NamedTuple):
    """A day that a line prints with its year, and the clock time beside it."""

    day: dt.date
    clock: Clock | None
    edited: bool
    """Whether the label before it says that it is that of an edit."""


def printed_moments(text: str) -> list[PrintedMoment]:
    """The moments that *text*, a line of a page, prints, in order: ``Diperbarui: A | Terbit: B``."""
    return _printed(Tokens(text))


def _printed(tokens: Tokens) -> list[PrintedMoment]:
    readings = [reading for reading in explicit(tokens, None) if reading.span]
    found, end = [], 0
    for reading in readings:
        labels = _LABEL.findall(tokens.plain, end, tokens.start(reading.start))
        end = tokens.end(reading.end - 1)
        clock = reading.clock
        if clock is None and len(readings) == 1:
            clock = next(marked_clocks(tokens), None)
        assert reading.span is not None
        found.append(PrintedMoment(reading.span.first, clock, bool(labels and labels[-1])))
    return found


def read_published(text: str, zone: dt.tzinfo) -> str | None:
    """The publication moment that *text*, a line of a page, prints.

    ISO 8601 with the printed offset, else that of *zone*; ``YYYY-MM-DD`` without a clock time, or
    ``YYYY-MM``; None when it names no moment by itself (``10 jam lalu``) or only that of an edit.
    """
    tokens = Tokens(text)
    printed = _printed(tokens)
    for each in printed:
        if not each.edited:
            return _moment(each.day, each.clock, zone)
    month = _printed_month(tokens) if len(tokens.words) <= _FEW else None  # as magazines print it
    return None if printed else month or _unread(tokens, zone)


def _moment(day: dt.date, clock: Clock | None, zone: dt.tzinfo) -> str:
    moment = clock.on(day, dt.datetime.combine(day, dt.time(12), zone)) if clock else None
    return clock.iso(moment) if clock and moment else day.isoformat()


def _unread(tokens: Tokens, zone: dt.tzinfo) -> str | None:
    """What dateparser makes of a date whose month is none of our words: ``12 Ogos 2021``."""
    found = _UNREAD.search(tokens.code) if len(tokens.plain) <= _LONGEST_UNREAD else None
    if found is None:
        return None
    # Loaded here, for it costs more than all else that extraction imports.
    from dateparser import parse  # noqa: PLC0415

    day = parse(
        tokens.plain[tokens.start(found.start()) : tokens.end(found.end() - 1)],
        languages=["id", "ms", "en", "nl"],
        settings={
            "PARSERS": ["absolute-time"],
            "DATE_ORDER": "DMY",
            "REQUIRE_PARTS": ["day", "month", "year"],
        },
    )
    return _moment(day.date(), next(marked_clocks(tokens), None), zone) if day else None


def find_dates(text: str, anchor: dt.datetime | None) -> list[FoundDate]:
    """Every calendar date of *text*, in order.

    *anchor* is when the text was published, with its zone; it settles years that are not printed,
    relative words and the zone of clock times. Without it explicit dates only. Weeks and months
    are no calendar dates; what no day fits (``31/9``) is left out. ``block`` is 0.
    """
    if not _SIGN.search(folded(text)):
        return []
    tokens = Tokens(text)
    readings = (reading for reading in _days(tokens, anchor) if not reading.present)
    return [date for each in readings if (date := _found(tokens, each, anchor))]


def _days(tokens: Tokens, anchor: dt.datetime | None, *, lists: bool = False) -> list[Reading]:
    """Every day and range of a stretch, explicit and relative, in order."""
    printed = explicit(tokens, anchor, lists=lists)
    if anchor is None:
        return printed
    related = [
        replace(each, clock=clock_beside(tokens, each.start, each.end))
        for each in _relatives(tokens, anchor)
        if each.span and not _is_beside(tokens, each, printed)
    ]
    days: list[Reading] = []
    for each in sorted(printed + related, key=lambda reading: reading.start):
        joined = _joined(tokens, days[-1], each) if days else None
        days[-1:] = [joined] if joined else [*days[-1:], each]
    return days


_UNTIL: Final = pattern(r"\)? <hingga> <hari|pada|tanggal>{0,2}")


def _joined(tokens: Tokens, one: Reading, other: Reading) -> Reading | None:
    """The range from a relative day to a printed one: ``hari ini hingga 12 Mei 2024``."""
    first, last = one.span, other.span
    if one.printed or not (first and last) or first.last or last.first <= first.first:
        return None
    if not _UNTIL.fullmatch(tokens.code, one.end, other.start):
        return None
    return Reading(one.start, other.end, Span(first.first, last.last or last.first))


# What stands between an explicit date and a relative word beside it, which it beats.
_BESIDE: Final = pattern(r"[),(|<pada><other><hari><sekitar><tanggal><yang><part>-]{0,3}")


def _is_beside(tokens: Tokens, relative: Reading, printed: list[Reading]) -> bool:
    """Whether one of the *printed* readings stands beside a *relative* one, and beats it."""
    place = bisect(printed, relative.start, key=lambda reading: reading.start)
    for reading in printed[max(place - 1, 0) : place + 1]:
        one, other = sorted((reading, relative), key=lambda each: (each.start, each.end))
        if other.start < one.end or _BESIDE.fullmatch(tokens.code, one.end, other.start):
            return True
    return False


def _found(tokens: Tokens, reading: Reading, anchor: dt.datetime | None) -> FoundDate | None:
    span, clock, time = reading.span, reading.clock, None
    if span is None:
        return None
    day = span.first
    if clock and (moment := clock.on(day, anchor)):
        day, time = moment.date(), clock.iso(moment)[len("2021-09-29T") :]
    start = tokens.start(reading.start)
    end = tokens.end(reading.end - 1)
    code = tokens.code[reading.start : reading.end]
    if tokens.code[reading.end : reading.end + 1] == ")" and code.count("(") > code.count(")"):
        end = tokens.end(reading.end)
    inferred = "year-inferred" if span.inferred else "explicit"
    return FoundDate(
        text=tokens.source[start:end],
        date=day.isoformat(),
        end=span.last.isoformat() if span.last else None,
        time=time,
        resolved=inferred if reading.printed else "relative",
        weekday_agrees=None if reading.weekday is None else span.first.weekday() == reading.weekday,
    )


def normalise(text: str, anchor: dt.datetime | None) -> str | None:
    """The one date of a snippet, None when it names none.

    A day is ``YYYY-MM-DD``, with a clock time ``YYYY-MM-DDTHH:MM[:SS]±HH:MM``; a range
    ``start/end``, a month ``YYYY-MM``, a week ``YYYY-Www``.
    """
    tokens = Tokens(text)
    readings = _days(tokens, anchor, lists=True)
    # An explicit date counts, even if impossible, before a relative one.
    printed = [reading for reading in readings if reading.printed]
    possible = [reading for reading in printed if reading.span]
    chosen = next(iter(possible or printed or readings), None)
    clock = (chosen and chosen.clock) or next(marked_clocks(tokens), None)
    if chosen:
        return _form(chosen.span, clock, anchor) if chosen.span else None
    if anchor is None:
        return _printed_month(tokens)
    for relative in _relatives(tokens, anchor):
        if relative.period:
            return relative.period
    clock = clock or clock_alone(tokens)
    return _form(Span(anchor.date()), clock, anchor) if clock else None


def _printed_month(tokens: Tokens) -> str | None:
    """The month that is printed with its year, which needs no anchor: ``akhir Mei 2014``."""
    periods = (relative.period for relative in _relatives(tokens, _LATE))
    months = (each for each in periods if re.fullmatch(r"\d{4}-\d\d", each))
    return next((each for each in months if each[:4] in tokens.words), None)


def _form(span: Span, clock: Clock | None, anchor: dt.datetime | None) -> str:
    if span.last:
        return f"{span.first.isoformat()}/{span.last.isoformat()}"
    moment = clock.on(span.first, anchor) if clock else None
    if clock is None or moment is None:
        return span.first.isoformat()
    if clock.until is None:
        return clock.iso(moment)
    hour, minute = clock.until
    until = moment.replace(hour=hour, minute=minute, second=0)
    if until <= moment:
        if moment.date() == dt.date.max:
            return clock.iso(moment)
        until += dt.timedelta(days=1)
    return f"{clock.iso(moment)}/{clock.iso(until)}"
