"""What report, site and feed say, in English and Indonesian: sentences, numbers, days, changed words.

Sentences stand in code and templates in English; ``wording.id.toml`` has the Indonesian ones beside
them, ``wording.en.toml`` what is said of names in lines, and Unicode's locale data the rest.
"""

from __future__ import annotations

import datetime as dt
import tomllib
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path
from typing import Any, Final

from babel import Locale, dates, numbers
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from crawler.archive import Edit
from crawler.normalise.text import fold
from crawler.normalise.words import PARAGRAPH, word_runs
from crawler.timestamps import Moment

_LOCALES: Final = {"en": "en_GB", "id": "id_ID"}
_ZONES: Final = {7 * 60: "WIB", 8 * 60: "WITA", 9 * 60: "WIT", 0: "UTC"}
_MILLION: Final = 1_000_000
_LONGEST: Final = 60
_HERE: Final = Path(__file__).parent


class Words:
    """The words of one language; called with an English sentence it gives that language's.

    >>> Words("id").month("2024-05"), Words("id").number(1234.5), Words("en").number(1234.5)
    ('Mei 2024', '1.234,5', '1,234.5')
    """

    def __init__(self, language: str) -> None:
        self.language = language
        self.locale = Locale.parse(_LOCALES[language])
        table = (_HERE / f"wording.{language}.toml").read_text(encoding="utf-8")
        self._table: dict[str, str] = tomllib.loads(table)

    def __call__(self, text: str, /, **values: Any) -> str:
        """Return *text* with *values* in its braces; as markup where one of them is."""
        text = self._table.get(text, text)
        if any(hasattr(value, "__html__") for value in values.values()):
            return escape(text).format(**values)
        return text.format(**values) if values else text

    def many(self, count: int, one: str, more: str | None = None) -> str:
        """Return *count* with its noun.

        >>> Words("en").many(1, "article"), Words("en").many(2, "category", "categories")
        ('1 article', '2 categories')
        >>> Words("id").many(1200, "article")
        '1.200 artikel'
        """
        return f"{self.number(count)} {self(one if count == 1 else more or f'{one}s')}"

    def number(self, value: float) -> str:
        return numbers.format_decimal(value, "#,##0.#", locale=self.locale)

    def compact(self, count: int) -> str:
        """Return *count* in a form that fits a card: ``12,345``, ``1.3M``."""
        if count < _MILLION:
            return self.number(count)
        return numbers.format_compact_decimal(count, fraction_digits=1, locale=self.locale)

    def share(self, value: float) -> str:
        """Return 0 to 1 as ``81%``."""
        return numbers.format_percent(value, locale=self.locale)

    def size(self, count: float) -> str:
        """Return bytes as ``1.23 MB``."""
        for unit in ("bytes", "kB", "MB"):
            if count < 1000:  # noqa: PLR2004 -- a thousand, as in kilo
                return f"{numbers.format_decimal(count, '@##', locale=self.locale)} {self(unit)}"
            count /= 1000
        return f"{self.number(count)} GB"

    def weekday(self, number: int, *, short: bool = False) -> str:
        """Return the name of a weekday, of which Monday is 0."""
        return str(self.locale.days["format"]["abbreviated" if short else "wide"][number])

    def month(self, month: str, form: str = "MMMM y") -> str:
        """Return ``2024-05`` as ``May 2024``."""
        return self.day(dt.date.fromisoformat(f"{month}-01"), form)

    def day(self, day: dt.date, form: str = "d MMMM y") -> str:
        return dates.format_date(day, form, locale=self.locale)

    def clock(self, hour: int, minute: int = 0) -> str:
        return f"{hour:02}{'.' if self.language == 'id' else ':'}{minute:02}"

    def hours(self, hour: int) -> str:
        """Return an hour of the day from its first minute to its last."""
        return f"{self.clock(hour)}–{self.clock(hour, 59)}"

    def when(
        self, stated: str | None, zone: dt.tzinfo | None = None, *, beside: str | None = None
    ) -> str:
        """Return what a line states as a moment, a day or a month; moments as in *zone*.

        Where *beside*, which is said before it, is of the same day, without the day.

        >>> Words("id").when("2024-08-12T10:30:00+07:00"), Words("id").when("2024-08")
        ('12 Agustus 2024, 10.30 WIB', 'Agustus 2024')
        """
        moment = Moment.of(stated)
        if moment.day is None:
            return self.month(moment.month) if moment.month else self("no date")
        local = moment.local
        if local is None:
            return self.day(moment.day)
        if zone and moment.utc:
            local = moment.utc.astimezone(zone)
        offset = int((local.utcoffset() or dt.timedelta()).total_seconds()) // 60
        clock = self.clock(local.hour, local.minute)
        clock = f"{clock} {_ZONES.get(offset) or f'UTC{local.isoformat()[-6:]}'}"
        day = self.day(local.date())
        same = beside is not None and self.when(beside, zone).startswith(f"{day},")
        return clock if same else f"{day}, {clock}"

    def span(self, first: dt.date, last: dt.date) -> str:
        """Return two days as a range: ``30 May – 2 Jun 2024``."""
        return dates.format_interval(first, last, "yMMMd", locale=self.locale)

    def lasting(self, minutes: float) -> str:
        """Return a time span of so many minutes in the unit that suits it."""
        return dates.format_timedelta(
            dt.timedelta(minutes=minutes), granularity="minute", threshold=1.5, locale=self.locale
        )


def clean(text: str) -> str:
    r"""Return *text* fit for a label: one line, at most 60 characters, nothing unseen.

    >>> clean("Hukum\u202e dan\x07\n Kriminal")
    'Hukum dan Kriminal'
    """
    seen = fold(text)
    return seen if len(seen) <= _LONGEST else f"{seen[: _LONGEST - 1].rstrip()}…"


def changed_words(before: str | None, after: str | None) -> Markup:
    """Return what became of a text as HTML, to stand in a block; everything in it is escaped.

    What went is in ``<del>``, what came in ``<ins>``.

    >>> str(changed_words("Tiga orang < luka", "Lima orang < luka"))
    '<del>Tiga</del> <ins>Lima</ins> orang &lt; luka'
    """
    frames = {"equal": "{}", "delete": "<del>{}</del>", "insert": "<ins>{}</ins>"}
    return Markup(" ").join(
        Markup("<br><br>") if ends else Markup(frames[op]).format(" ".join(words))  # noqa: S704 -- our own tags
        for op, group in pieces(before, after)
        for ends, words in groupby(group, key=PARAGRAPH.__eq__)
    )


def pieces(before: str | None, after: str | None) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield words that stayed, went or came, in the order in which they are shown."""
    for run in word_runs(before or "", after or ""):
        if run.op == "equal":
            yield "equal", run.after
            continue
        if run.before:
            yield "delete", run.before
        if run.after:
            yield "insert", run.after


def evidence(edit: Edit) -> str:
    """Return between which moments the edit happened, in words."""
    what = "taken down by" if edit.kind == "gone" else "changed by"
    since = f"unchanged until {edit.last_seen_before}, " if edit.last_seen_before else ""
    stated = f"; the newsroom says {edit.modified_at}" if edit.modified_at else ""
    reason = f" ({edit.reason})" if edit.reason else ""
    return f"{since}{what} {edit.seen_at}{reason}{stated}"


def field_words(edit: Edit) -> Iterator[tuple[str, str, str]]:
    """Yield the fields beside headline and text that changed, as words: name, before, after."""
    for each in edit.fields:
        yield each.field, _in_words(each.before), _in_words(each.after)


def _in_words(value: object) -> str:
    if isinstance(value, tuple):
        return ", ".join(_in_words(getattr(each, "url", each)) for each in value)
    return fold(str(value)) if value else ""


def environment(words: Words) -> Environment:
    """Return the templates of this package, with *words* at hand; what a newsroom says is escaped."""
    made = Environment(
        loader=FileSystemLoader(_HERE),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters.update(
        clean=clean,
        fold=fold,
        markup=Markup,  # our own drawings, and texts that were sanitised
        sentence=lambda text: Markup("{}{}.").format(text[:1].upper(), text[1:]),
        code=Markup("<code>{}</code>").format,
    )
    made.globals.update(
        _=words,
        many=words.many,
        words=words,
        changed=changed_words,
        field_words=field_words,
        evidence=evidence,
    )
    return made
