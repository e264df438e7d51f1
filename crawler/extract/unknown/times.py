"""When an article was published and last edited, of sources that disagree.

The rules, in the order in which they are asked:

1. What names no day is no source: ``10 jam lalu`` as a ``datetime``, ``0000-00-00``, the epoch
   (fixtures/lintas/sepuluh-jam-lalu, fixtures/lintas/hanya-relatif).
2. Sources meant for machines (JSON-LD, OpenGraph, microdata, hAtom) come before the printed line,
   the printed line before plain meta tags, and all of them before the date in the address
   (fixtures/lintas/foto-saja, fixtures/lintas/tajuk-tanpa-h1).
3. A time without an offset is in the page's own zone: the offset that its other timestamps carry,
   else the zone printed beside its date (WIB, WITA, WIT), else the newsroom's
   (fixtures/lintas/tanpa-offset).
4. A time labelled UTC is local time with a wrong label where the page prints the same clock time
   as its local one, or states it elsewhere with another offset; WordPress's own is believed, for a
   clock that was never set prints UTC. Where both are the same moment, the local form is kept
   (fixtures/lintas/jam-lokal-berlabel-z, fixtures/lintas/newspaper-yoast).
5. Of sources that name the same minute, or the same day where one has no clock time, the more
   precise one is kept (fixtures/lintas/sampah-di-isi).
6. An edit is later than the publication, or none (fixtures/lintas/nama-situs-bukan-penulis).

:func:`times_of` weighs what a page says.
"""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Final, cast

import attrs
from lxml import etree

from crawler.extract.document import text_of
from crawler.extract.unknown.facts import Facts
from crawler.extract.unknown.lines import CALLED, SIGNS, Line, small_elements
from crawler.extract.unknown.metadata import Stated
from crawler.normalise.dates import PrintedMoment, printed_moments
from crawler.normalise.vocabulary import EDITORS, KINDS, WRITERS, listed

UTC: Final = dt.timedelta(0)
_MINUTE: Final = dt.timedelta(minutes=1)

# No newsroom of this kind is older, and what is younger is a slip of the pen. There is no clock
# here that could tell more.
YEARS: Final = range(1990, 2100)

# 2023-05-03T14-10-22Z, and what else begins as ISO 8601 and is a slip where it does not go on so.
_DASHED: Final = re.compile(r"T(\d\d)-(\d\d)-(\d\d)")
_ISO: Final = re.compile(r"\d{4}-?\d\d-?\d\d(?:[T ]\d\d:?\d\d(?P<second>:?\d\d)?|T)?")
_EPOCH: Final = re.compile(r"(\d{10})(?:\d{3})?")
# "26. Januari 2011", the German way that some content systems print.
_ORDINAL_DOT: Final = re.compile(r"(?<![\d.])(\d\d?)\.\s(?=[A-Z][a-z]{2})")
_LONGEST: Final = 200
_DAY: Final = len("2023-05-03")


@attrs.frozen
class Moment:
    """A point in time as precise as a source states it: clock and day without zone."""

    wall: dt.datetime
    offset: dt.timedelta | None
    """UTC offset, where one is stated."""

    precision: str
    """``second``, ``minute``, ``day`` or ``month``."""

    source: str

    @property
    def has_clock(self) -> bool:
        """Whether more than a day is stated."""
        return self.precision in ("second", "minute")

    def at(self, offset: dt.timedelta) -> dt.datetime:
        """Return the moment; *offset* is that of a source that states none."""
        stated = offset if self.offset is None else self.offset
        return self.wall.replace(tzinfo=dt.timezone(stated))

    def stated(self) -> Stated:
        """Return the value of a field; a clock time has its offset filled in by now."""
        day = f"{self.wall:%Y-%m}" if self.precision == "month" else f"{self.wall:%Y-%m-%d}"
        return Stated(self.at(UTC).isoformat() if self.has_clock else day, self.source)


def read_stamp(text: str, source: str) -> Moment | None:
    """Return the moment that *text*, written for machines or people, names; ``None`` without one.

    >>> read_stamp("2023-11-02 T08:15:00Z", "x").wall.isoformat()
    '2023-11-02T08:15:00'
    """
    text = text.strip()[:_LONGEST]
    if epoch := _EPOCH.fullmatch(text):
        when = dt.datetime.fromtimestamp(int(epoch[1]), dt.UTC)
        return _plausible(when.replace(tzinfo=None), UTC, "second", source)
    iso = _ISO.match(text)
    try:
        when = dt.datetime.fromisoformat(_DASHED.sub(r"T\1:\2:\3", text))
    except ValueError:
        is_slip = iso is not None and "T" in iso[0]
        return None if is_slip else next(iter(read_printed(text, source)), None)
    precision = (
        "day" if iso is None or len(iso[0]) <= _DAY else "second" if iso["second"] else "minute"
    )
    return _plausible(when.replace(tzinfo=None), when.utcoffset(), precision, source)


def _plausible(
    wall: dt.datetime, offset: dt.timedelta | None, precision: str, source: str
) -> Moment | None:
    return Moment(wall, offset, precision, source) if wall.year in YEARS else None


def read_printed(text: str, source: str, *, edited: bool = False) -> list[Moment]:
    """Return the moments that *text* names in full, words around them or not.

    *edited* asks for those whose label says that they are of an edit, else they are left out.
    """
    printed = printed_moments(_ORDINAL_DOT.sub(r"\1 ", text[:_LONGEST]))
    found = (_of_printed(each, source) for each in printed if each.edited is edited)
    return [each for each in found if each is not None]


def _of_printed(printed: PrintedMoment, source: str) -> Moment | None:
    midnight = dt.datetime.combine(printed.day, dt.time(), dt.UTC)
    moment = printed.clock.on(printed.day, midnight) if printed.clock else None
    if printed.clock is None or moment is None:
        return _plausible(midnight.replace(tzinfo=None), None, "day", source)
    precision = "minute" if printed.clock.second is None else "second"
    offset = moment.utcoffset() if printed.clock.offset is not None else None
    return _plausible(moment.replace(tzinfo=None), offset, precision, source)


def times_of(
    facts: Facts, zone: dt.tzinfo, chosen: Sequence[str]
) -> tuple[Stated | None, Stated | None]:
    """Return when the article was published and last edited, by the rules above.

    *zone* is the newsroom's; *chosen* are texts that its own selector finds.
    """
    evidence = _Evidence(facts, zone, chosen)
    published = evidence.published()
    both = (published, evidence.modified(published))
    first, last = (each.stated() if each is not None else None for each in both)
    return first, last


class _Evidence:
    """All that a page says of its times, of each kind the most explicit source first."""

    def __init__(self, facts: Facts, zone: dt.tzinfo, chosen: Sequence[str]) -> None:
        metadata = facts.metadata
        marked, marked_edits = _marked_up(facts)
        lines = chosen or list(_dated_lines(facts))
        printed = (each for text in lines for each in read_printed(text, _BESIDE))
        edits = (each for text in lines for each in read_printed(text, _BESIDE, edited=True))
        stamps = (element.get("datetime", "") for element in facts.page.iter("time"))
        self._machine = _read_all((*metadata.said("published"), *marked))
        self._printed = sorted(printed, key=lambda moment: not moment.has_clock)
        self._plain = _read_all(metadata.said("published_plain"))
        self._address = _in_address(facts.document.url)
        self._edited = [*_read_all((*metadata.said("modified"), *marked_edits)), *edits]
        # Teasers and comments have the page's zone, too.
        self._others = _read_all(Stated(each, "time") for each in islice(stamps, _MOST_TIMES))
        self._zone = zone
        # WordPress's stamps are right whatever is printed.
        self._is_believed = facts.document.is_wordpress

    def published(self) -> Moment | None:
        """Return the time of publication, the offset of a clock time filled in."""
        best = self._best()
        if best is None or not best.has_clock:
            return best
        local = self._local(best.wall)
        if best.offset is None:
            return attrs.evolve(best, offset=local)
        return self._relabelled(best, local) if best.offset == UTC and local else best

    def modified(self, published: Moment | None) -> Moment | None:
        """Return the first edit with a clock time, unless it is no later than *published* (rule 6).

        Where the publication's own source was found to mislabel local time, so does its edit.
        """
        edit = next((each for each in self._edited if each.has_clock), None)
        if edit is None:
            return None
        if edit.offset is None:
            edit = attrs.evolve(edit, offset=self._local(edit.wall))
        if published is None:
            return edit
        if not published.has_clock:
            return edit if edit.wall.date() > published.wall.date() else None
        if edit.offset == UTC and published.offset:
            source = (each for each in self._machine if each.source == published.source)
            stated = next((each for each in source if each.offset == UTC), None)
            mislabelled = stated is not None and abs(stated.wall - published.wall) < _MINUTE
            wall = edit.wall if mislabelled else edit.wall + published.offset
            edit = attrs.evolve(edit, offset=published.offset, wall=wall)
        return edit if edit.at(UTC) > published.at(UTC) else None

    def _local(self, wall: dt.datetime) -> dt.timedelta:
        """Return the page's own offset (rule 3)."""
        stated = (each.offset for each in (*self._machine, *self._printed, *self._others))
        common = Counter(offset for offset in stated if offset).most_common(1)
        if common:
            return common[0][0]
        return wall.replace(tzinfo=self._zone).utcoffset() or UTC

    def _best(self) -> Moment | None:
        """Return the first moment of the most explicit source, made precise by those that agree."""
        ranked = [
            *self._machine,
            *(each for each in self._printed if each.has_clock),
            *self._printed,
            *self._plain,
            *self._address,
        ]
        best = ranked[0] if ranked else None
        for other in ranked[1:]:
            if best is not None and self._refines(other, best):
                best = other
        return best

    def _refines(self, other: Moment, best: Moment) -> bool:
        """Whether *other* says the same as *best* more precisely (rule 5)."""
        same_day = other.wall.date() == best.wall.date()
        if best.precision == "month":
            in_month = other.wall.date().replace(day=1) == best.wall.date()
            return other.precision != "month" and in_month
        if best.precision == "day":
            return other.has_clock and same_day
        local = self._local(best.wall)
        gaps = (other.at(local) - best.at(local), other.wall - best.wall)
        closer = (best.precision, other.precision) == ("minute", "second")
        return closer and any(UTC <= gap < _MINUTE for gap in gaps)

    def _relabelled(self, best: Moment, local: dt.timedelta) -> Moment:
        """Return *best*, labelled UTC, as the page's other sources have it (rule 4)."""
        others = (
            *(each for each in self._machine if each.offset),
            *(each for each in self._printed if each.offset != UTC),
        )
        for other in (each for each in others if each.has_clock):
            offset = other.offset or local
            if abs(other.at(offset) - best.at(UTC)) < _MINUTE:
                return attrs.evolve(best, wall=best.wall + offset, offset=offset)
            if abs(other.wall - best.wall) < _MINUTE and not self._is_believed:
                return attrs.evolve(best, offset=offset)
        return best


# WordPress' permalinks by day or by month, and those of other content systems.
_ADDRESS_DAY: Final = re.compile(r"/((?:19|20)\d\d)/(\d\d?)(?:/(\d\d?))?(?=/)")
_BEFORE: Final = etree.XPath("string(preceding::text()[normalize-space()][1])")
_WORD: Final = re.compile(r"[^\W\d_]{2,}")
# What stands between the parts of a byline, and what a part with a date has.
_BARS: Final = re.compile(r"[|•·»]")
_YEAR: Final = re.compile(r"\d{4}|\d/\d")
# Words of names beside a date; a sentence has more.
_FEW_WORDS: Final = 8
_BESIDE_DATES: Final = listed("beside_names.dates").union(KINDS, WRITERS, EDITORS)
_BESIDE: Final = "line beside the headline"
_MOST_TIMES: Final = 100


def _dated_lines(facts: Facts) -> Iterator[str]:
    """Yield the lines that may say when the article was published, the likeliest first.

    From the headline outwards, below it first, then labelled ones below the text. A sentence and
    a caption speak of other days.
    """
    for line in (*facts.beside, *reversed(facts.above)):
        if _may_be_a_date(line):
            yield line.text
    for line in (*facts.around.typed, *facts.around.footer):
        if SIGNS["published"].match(line.text) and _may_be_a_date(line):
            yield line.text


def _may_be_a_date(line: Line) -> bool:
    dated = " ".join(each for each in _BARS.split(line.text) if _YEAR.search(each))
    words = [word for word in _WORD.findall(dated) if word.lower() not in _BESIDE_DATES]
    small = [word for word in words if word.islower()]
    return (
        len(line.text) <= _LONGEST
        and len(words) <= _FEW_WORDS
        # An account's name, which opens the line or follows "by"; a deck has verbs.
        and all(
            re.search(rf"(?:^\W*|\b(?:by|oleh)\W+){word}\b", dated, re.IGNORECASE) for word in small
        )
        and not CALLED["deck"].search(line.element.get("class", ""))
    )


def _in_address(url: str) -> list[Moment]:
    dated = _ADDRESS_DAY.search(url)
    if dated is None:
        return []
    year, month, day = dated.groups()
    found = read_stamp(f"{year}-{month}-{day or '01'}", "address")
    precision = "day" if day else "month"
    return [] if found is None else [attrs.evolve(found, precision=precision)]


def _read_all(stated: Iterable[Stated]) -> list[Moment]:
    """Return the moments that *stated* name, each once."""
    found = (read_stamp(each.value, each.source) for each in stated)
    return list(dict.fromkeys(each for each in found if each is not None))


_PUBLISHED: Final = listed("beside_names.published")
_UPDATED: Final = listed("beside_names.updated")
_NAMES: Final = _PUBLISHED | _UPDATED
# A line beside the headline; what holds more text is the article or the page.
_SMALL: Final = 300


def _marked_up(facts: Facts) -> tuple[list[Stated], list[Stated]]:
    """Return the times of publication and of edits that elements of the article state, as printed.

    An element that is called both published and updated is a publication that was never edited.
    A lone ``time.entry-date.updated`` is one as well: tagDiv and BeTheme call it so
    (fixtures/lintas/newspaper-yoast). A ``time`` without a name is a publication
    (fixtures/suara-danau/tema-blok), unless the label before it says otherwise.
    """
    published: list[Stated] = []
    updated: list[Stated] = []
    for element in _time_elements(facts):
        names = element.get("class", "").lower().split()
        value = element.get("datetime") or element.get("title") or text_of(element)
        edited = not _UPDATED.isdisjoint(names) and _PUBLISHED.isdisjoint(names)
        edited = edited or (
            _NAMES.isdisjoint(names) and bool(SIGNS["edited"].search(cast("str", _BEFORE(element))))
        )
        if value:
            (updated if edited else published).append(Stated(value, _source(element)))
    return published, updated


def _time_elements(facts: Facts) -> Iterator[etree._Element]:
    """Yield the elements beside the headline that state times, else those that are called so."""
    found = [
        element
        for small in small_elements((*facts.above, *facts.beside), _SMALL)
        for element in small.iter("time", "abbr", "span", "a", "amp-timeago")
        if _is_called_time(element) or element.tag in ("time", "amp-timeago")
    ]
    found = found or list(filter(_is_called_time, facts.marked("time", "abbr", "span")))
    yield from (each for each in found if not facts.is_of_another(each))


def _is_called_time(element: etree._Element) -> bool:
    """Whether *element*, or the one around it, is called a time and says which."""
    if not (element.get("title") or element.get("datetime")):
        return False
    parent = element.getparent()
    around = parent.get("class", "") if parent is not None and element.tag == "time" else ""
    return not _NAMES.isdisjoint(f"{element.get('class', '')} {around}".lower().split())


def _source(element: etree._Element) -> str:
    names = element.get("class", "").split()
    name = next((each for each in names if each.lower() in _NAMES), None)
    head = f"{element.tag}.{name}" if name else str(element.tag)
    return f"{head}[datetime]" if element.get("datetime") else head
