"""How a run goes: what somebody should read of it, and with which exit code it ends."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Final

import attrs

from crawler.archive import Failed, Finding, Found, Outcome, Refused, Seen
from crawler.errors import ArchiveLocked, ConfigurationError

EXIT_OK: Final = 0
EXIT_FAILED: Final = 1
EXIT_USAGE: Final = 2
EXIT_ALARM: Final = 3
EXIT_INCOMPLETE: Final = 4
EXIT_LOCKED: Final = 75  # EX_TEMPFAIL

EXIT_CODES: Final = {
    EXIT_OK: "The run did what it should, also when nothing was new.",
    EXIT_FAILED: "The run failed or was interrupted; what was archived stays.",
    EXIT_USAGE: "Wrong arguments or settings; nothing was done.",
    EXIT_ALARM: "Finished, but something is wrong with the newsroom.",
    EXIT_INCOMPLETE: "Finished, but not complete: single articles could not be fetched or read.",
    EXIT_LOCKED: "Another run holds the archive's lock; nothing was done.",
}
"""What ``scrapy crawl`` says with each."""

ALARMING: Final = frozenset({"captcha", "hacked", "parked"})
"""Reasons that say something of the newsroom, not of a page."""

_TURNED_AWAY: Final = frozenset(
    {"http_401", "http_403", "http_406", "http_429", "http_451", "foreign_address", "robots"}
)
"""Reasons for which a look is refused, though an article may be there."""

_OF_THE_PAGE: Final = frozenset({"http_404", "http_410"})
"""Failures that say that a page is not there, and so that the site is."""

_CUT_SHORT: Final = {"budget": "its budget", "closespider_timeout": "time"}
"""Reasons for which a run ends before it came to its end."""

_PLANNED: Final = {
    *ALARMING,
    *_CUT_SHORT,
    *("closespider_itemcount", "closespider_pagecount", "finished", "limit"),
}
"""Reasons for which a spider closes and the run did what it should."""

IN_A_ROW: Final = 10  # failed fetches after which the site is taken to be out of reach
_NAMED: Final = 20  # addresses that a run's record names, of those that were not archived


def code_of(error: BaseException) -> int:
    """Return the code of a command that ends with *error*."""
    kinds = {ArchiveLocked: EXIT_LOCKED, ConfigurationError: EXIT_USAGE}
    return next((code for kind, code in kinds.items() if isinstance(error, kind)), EXIT_FAILED)


def common_code(codes: Iterable[int]) -> int:
    """Return one exit code for runs of many newsrooms: 1, 3 and 4 in this order, else 0.

    A run that another one kept from the archive (75) did no harm. What ended otherwise, by a
    signal or refused as wrongly configured, failed.
    """
    trouble = set(codes) - {EXIT_OK, EXIT_LOCKED}
    return EXIT_FAILED if trouble - {EXIT_ALARM, EXIT_INCOMPLETE} else min(trouble, default=EXIT_OK)


@attrs.define
class RunVerdict:
    """What is known of a run so far: each finding and outcome is told, and its end."""

    failure: str | None = None
    alarms: list[str] = attrs.field(factory=list)
    gaps: list[str] = attrs.field(factory=list)
    """What keeps the run from being complete, but for single articles."""

    notes: list[str] = attrs.field(factory=list)
    mass: bool = False
    """Whether more articles vanished at once than can be true."""

    looks: int = 0
    _not_archived: list[str] = attrs.field(factory=list, init=False)
    _turned_away: Counter[str] = attrs.field(factory=Counter, init=False)  # reason → looks
    _alarming: dict[str, list[str]] = attrs.field(factory=dict, init=False)  # reason → addresses
    _failed_in_a_row: int = attrs.field(default=0, init=False)

    @property
    def code(self) -> int:
        """The code of a run that was neither refused nor locked out: the first that applies."""
        decided = {
            EXIT_FAILED: self.failure,
            EXIT_ALARM: self.alarms or self.mass,
            EXIT_INCOMPLETE: self._not_archived or self.gaps,
        }
        return next((code for code, applies in decided.items() if applies), EXIT_OK)

    def out_of_reach(self, finding: Finding) -> str | None:
        """Return why *finding* failed, where it is the last of too many in a row, else None."""
        if isinstance(finding, Failed) and finding.reason not in _OF_THE_PAGE:
            self._failed_in_a_row += 1
            return finding.reason if self._failed_in_a_row >= IN_A_ROW else None
        fetched = isinstance(finding, Found) and finding.without_page is None
        if fetched or isinstance(finding, Seen | Refused):
            self._failed_in_a_row = 0
        return None

    def count(self, outcome: Outcome, finding: Finding | None = None) -> None:
        """Take note of what the archive made of *finding*."""
        self.looks += 1
        if outcome.warning:
            self._not_archived.append(outcome.warning)
        if outcome.alarm:
            self.alarms.append(outcome.alarm)
        if not isinstance(finding, Refused | Failed):
            return
        kept = isinstance(finding, Refused) and finding.keep
        if kept or finding.reason in _TURNED_AWAY:
            self._turned_away[finding.reason] += 1
        if isinstance(finding, Failed) and finding.reason in ALARMING:
            self._alarming.setdefault(finding.reason, []).append(outcome.url)
        elif kept or isinstance(finding, Failed):
            self._not_archived.append(f"{outcome.url}: {finding.reason}")

    def end(self, reason: str, interrupt: str | None, requests: int, pause: float | None) -> None:
        """Take note of why the run ended, after how many requests.

        *interrupt* is the signal that ended it; *pause* what robots.txt asks for, in seconds.
        """
        refused = self._turned_away.total()
        many = refused >= 5 and refused * 5 > self.looks  # noqa: PLR2004 -- a fifth
        if many or (refused > 1 and refused * 2 > self.looks):
            why = ", ".join(f"{number} {what}" for what, number in self._turned_away.most_common(3))
            text = f"{refused} of {self.looks} looks were refused or came to no article ({why})"
            (self.alarms if many else self.gaps).append(text)
        if reason in _CUT_SHORT:
            text = f"ended by {_CUT_SHORT[reason]} after {requests} requests and {self.looks} looks"
            if pause:
                text += f"; robots.txt asks for {pause:g} s between two requests"
            (self.notes if self.looks else self.gaps).append(text)
        for what, urls in self._alarming.items():
            more = f" and {len(urls) - 1} more" if len(urls) > 1 else ""
            self.alarms.append(f"{what} instead of an article: {urls[0]}{more}")
        if interrupt:
            self.failure = self.failure or f"interrupted by {interrupt}"
        elif reason not in _PLANNED:
            self.failure = self.failure or f"ended early: {reason}"

    def said(self) -> tuple[str, ...]:
        """Return what somebody should read, the worst first."""
        said = [self.failure] if self.failure else []
        said += [*self.alarms, *self.gaps, *self.notes]
        said += [f"not archived: {each}" for each in self._not_archived[:_NAMED]]
        if len(self._not_archived) > _NAMED:
            more = len(self._not_archived) - _NAMED
            said.append(f"not archived: {more} more; see scrapy status")
        return tuple(dict.fromkeys(said))
