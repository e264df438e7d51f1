"""Validators of the line format, whose errors name the field, the value and what was wanted."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeAlias

from crawler.errors import InvalidRecord

if TYPE_CHECKING:
    from attrs import Attribute

Validator: TypeAlias = "Callable[[Any, Attribute[Any], Any], None]"

_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:\d\d)")
_TIME = re.compile(r"[0-2]\d:[0-5]\d(?::[0-5]\d)?[+-]\d\d:\d\d")
_MONTH = re.compile(r"\d{4}-(?:0[1-9]|1[0-2])")
_HASH = re.compile(r"sha256:[0-9a-f]{64}")


def fits(wanted: str, test: Callable[[Any], bool], *, optional: bool = False) -> Validator:
    """A validator that says which field wanted what, and what it got."""

    def validate(_: Any, attribute: Attribute[Any], value: Any) -> None:
        if optional and value is None:
            return
        if not test(value):
            raise InvalidRecord(attribute.name, value, wanted)

    return validate


def _is_day(value: Any) -> bool:
    if type(value) is not str or len(value) != len("2021-09-29"):
        return False
    try:
        dt.date.fromisoformat(value)
    except ValueError:
        return False
    return True


def _is_month(value: Any) -> bool:
    return type(value) is str and bool(_MONTH.fullmatch(value))


def _is_moment(value: Any) -> bool:
    if type(value) is not str or not _MOMENT.fullmatch(value):
        return False
    try:
        dt.datetime.fromisoformat(value)
    except ValueError:
        return False
    return True


def _is_address(value: Any) -> bool:
    return type(value) is str and value.startswith(("http://", "https://")) and "\n" not in value


def every(test: Callable[[Any], bool]) -> Callable[[Any], bool]:
    return lambda value: type(value) is tuple and all(test(each) for each in value)


def _is_text(value: Any) -> bool:
    return type(value) is str


def _is_filled(value: Any) -> bool:
    return type(value) is str and bool(value.strip())


def is_count(value: Any) -> bool:
    return type(value) is int and value >= 0


text = fits("a string", _is_text)
filled = fits("a string that is not empty", _is_filled)
# Headlines have a tenth of that; a longer one is no headline, but a page gone wrong.
headline = fits("1 to 2,000 characters", lambda value: _is_filled(value) and len(value) <= 2_000)  # noqa: PLR2004
text_or_none = fits("a string or null", _is_filled, optional=True)
address = fits("an absolute http(s) address", _is_address)
address_or_none = fits("an absolute http(s) address or null", _is_address, optional=True)
day = fits("a day as YYYY-MM-DD", _is_day)
day_or_none = fits("a day as YYYY-MM-DD or null", _is_day, optional=True)
moment = fits("a moment as ISO 8601 with its UTC offset", _is_moment)
moment_or_none = fits(
    "a moment as ISO 8601 with its UTC offset, or null", _is_moment, optional=True
)
published_or_none = fits(
    "ISO 8601: a moment with its UTC offset, or just the day or month that the site states, or null",
    lambda value: _is_moment(value) or _is_day(value) or _is_month(value),
    optional=True,
)
texts = fits("a list of strings that are not empty", every(_is_filled))
addresses = fits("a list of absolute http(s) addresses", every(_is_address))


def one_of(*values: str) -> Validator:
    return fits(f"one of {', '.join(values)}", lambda value: value in values)


clock_or_none = fits(
    "a clock time as HH:MM±hh:mm, or null",
    lambda value: type(value) is str and bool(_TIME.fullmatch(value)),
    optional=True,
)
content_hash = fits(
    "sha256: and 64 hex digits",
    lambda value: type(value) is str and bool(_HASH.fullmatch(value)),
)
count = fits("a number from 0", is_count)
count_or_none = fits("a number from 0, or null", is_count, optional=True)
ordinal = fits("a number from 1", lambda value: is_count(value) and value > 0)


def list_of(kind: type) -> Validator:
    """Accept a tuple of *kind* and nothing else."""
    return fits(f"a tuple of {kind.__name__}", every(lambda value: type(value) is kind))


def optional_a(kind: type) -> Validator:
    """Accept a *kind* or ``None``."""
    return fits(f"a {kind.__name__} or null", lambda value: type(value) is kind, optional=True)
