"""Tell somebody how runs go: a message when that changes, and the ping of a healthcheck."""

from __future__ import annotations

import asyncio
import datetime as dt
import logging
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit, urlunsplit

import attrs
from scrapy import signals
from scrapy.exceptions import NotConfigured

from crawler.archive import Ledger, RunRecord, last_runs
from crawler.errors import ArchiveError, ConfigurationError
from crawler.extensions import RunKeeper, newsroom_of
from crawler.project import (
    EXIT_ALARM,
    EXIT_FAILED,
    EXIT_INCOMPLETE,
    EXIT_LOCKED,
    EXIT_OK,
    EXIT_USAGE,
)

if TYPE_CHECKING:
    from typing import Self

    from apprise import Apprise
    from scrapy.crawler import Crawler
    from scrapy.settings import BaseSettings

logger = logging.getLogger(__name__)

WELL: Final = frozenset({EXIT_OK, EXIT_INCOMPLETE})
"""Codes after which a healthcheck is told of success: single pages fail every day."""

TIMEOUT: Final = 10.0
"""Seconds that a healthcheck may take to answer, each time it is asked."""

TRIES: Final = 3

MOST_SILENCES: Final = 1000
"""Spans of silence that are looked back over; with 1 day that is three years."""

_TITLES: Final = {
    EXIT_FAILED: "the run failed",
    EXIT_USAGE: "the run was refused",
    EXIT_ALARM: "something is wrong with the newsroom",
}


@attrs.frozen
class Message:
    """What somebody should read."""

    title: str
    body: str
    kind: str
    """``failure``, ``warning``, ``success`` or ``info``, as Apprise names them."""


@attrs.frozen(kw_only=True)
class Channels:
    """Where to say it."""

    apprise: Apprise | None = None
    silent_days: int = 0
    healthcheck: str = ""

    @classmethod
    def from_settings(cls, settings: BaseSettings) -> Channels:
        """Return what ``NOTIFY_URLS``, ``NOTIFY_SILENT_DAYS`` and ``HEALTHCHECK_URL`` say.

        Raises :exc:`ConfigurationError` for what cannot be used. Its message does not repeat an
        address: they hold passwords.
        """
        ping = str(settings["HEALTHCHECK_URL"] or "")
        if ping and (urlsplit(ping).scheme not in ("http", "https") or not urlsplit(ping).hostname):
            raise ConfigurationError(
                "HEALTHCHECK_URL: want an http(s) address, {name} for the archive's name"
            )
        try:
            days = int(settings["NOTIFY_SILENT_DAYS"] or 0)
        except (TypeError, ValueError):
            days = -1
        if days < 0:
            raise ConfigurationError(
                f"NOTIFY_SILENT_DAYS={settings['NOTIFY_SILENT_DAYS']}: want a whole number, 0 is off"
            )
        urls = settings["NOTIFY_URLS"] or ()
        return cls(
            apprise=_apprise([urls] if isinstance(urls, str) else list(urls)) if urls else None,
            silent_days=days,
            healthcheck=ping,
        )


class Notifier:
    """Send messages and pings once a run has ended and its archive is closed.

    Settings: ``NOTIFY_URLS``, ``NOTIFY_SILENT_DAYS``, ``HEALTHCHECK_URL``. What cannot be sent is
    one line in the log; the exit code stays what it was.
    """

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler
        self.channels = Channels.from_settings(crawler.settings)
        if self.channels.apprise is None and not self.channels.healthcheck:
            raise NotConfigured

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        extension = cls(crawler)
        crawler.signals.connect(extension.spider_closed, signals.spider_closed)
        crawler.signals.connect(extension.engine_stopped, signals.engine_stopped)
        return extension

    async def spider_closed(self) -> None:
        """Say that there was no run: without an archive the engine never starts, nor stops."""
        keeper = self.crawler.get_extension(RunKeeper)
        if keeper is None or keeper.archive is None:
            await self.engine_stopped()

    async def engine_stopped(self) -> None:
        """Say how the run went, after RunKeeper has written its record and closed the archive.

        Nothing is said of a run that found another one at work.
        """
        code = self.crawler.stats.get_value("run/exit_code", EXIT_FAILED)
        newsroom = newsroom_of(self.crawler.spider)
        if code == EXIT_LOCKED or newsroom is None:
            return
        await asyncio.to_thread(self._tell, code, newsroom.name)

    def _tell(self, code: int, name: str) -> None:
        if self.channels.healthcheck:
            ping(self.channels.healthcheck.replace("{name}", name), well=code in WELL)
        if self.channels.apprise is None:
            return
        for message in self._messages(code, name):
            if not self.channels.apprise.notify(
                title=message.title, body=message.body, notify_type=message.kind
            ):
                logger.warning("A notification could not be sent: %s", message.title)

    def _messages(self, code: int, name: str) -> Iterator[Message]:
        keeper = self.crawler.get_extension(RunKeeper)
        archive = keeper.archive if keeper else None
        if archive is None:  # it could not be opened, so that there is no record of this run
            why = (keeper.failure if keeper else None) or "the archive could not be opened"
            yield Message(f"{name}: {_TITLES.get(code, 'the run failed')}", why, "failure")
            return
        try:
            runs = [run for run in last_runs(archive.folder, 20) if run.id <= archive.run]
            found = change(name, runs)
            if found:
                yield found
            if self.channels.silent_days and code in (*WELL, EXIT_ALARM):
                found = silence(name, runs, archive.folder, self.channels.silent_days)
                if found:
                    yield found
        except ArchiveError as error:
            yield Message(f"{name}: the archive cannot be read", str(error), "failure")


def change(name: str, runs: Sequence[RunRecord]) -> Message | None:
    """Return what there is to say of the last of *runs*, given those before it.

    Trouble is told when it begins and then with the first run of each day (UTC) while it lasts;
    its end is told once. A run that was killed has no exit code and changes nothing.
    """
    ended = [run for run in runs if run.exit_code is not None and run.command == runs[-1].command]
    if not ended or ended[-1].id != runs[-1].id:
        return None
    last = ended[-1]
    before = ended[-2] if len(ended) > 1 else None
    assert last.exit_code is not None
    if last.exit_code in _TITLES:
        if before and before.exit_code == last.exit_code and before.begin[:10] == last.begin[:10]:
            return None
        body = "\n".join(last.notes) or "runs.jsonl has no note of why"
        return Message(
            f"{name}: {_TITLES[last.exit_code]} (exit code {last.exit_code})",
            f"{body}\n\nRun {last.id}. scrapy status {name} says more.",
            "warning" if last.exit_code == EXIT_ALARM else "failure",
        )
    if before and before.exit_code in _TITLES:
        return Message(
            f"{name}: well again",
            f"Run {last.id} ended with exit code {last.exit_code}, {last.new:,} new articles.",
            "success",
        )
    return None


def silence(name: str, runs: Sequence[RunRecord], folder: Path, days: int) -> Message | None:
    """Return that the newsroom has published nothing for *days*, or for a multiple of them.

    Told once each time such a span has gone by between the last two of *runs*. By what the ledger
    in *folder* knows to be published, so an archive without a dated article is never silent.
    """
    if len(runs) < 2:  # noqa: PLR2004 -- between two runs
        return None
    before, now = (dt.datetime.fromisoformat(run.begin) for run in runs[-2:])
    ledger = Ledger.read_only(folder)
    try:
        for times in range(1, MOST_SILENCES):
            span = dt.timedelta(days=days * times)
            if ledger.count(after=(now - span).isoformat()):
                return None
            newest = list(ledger.listed(after=(before - span).isoformat()))
            dated = [each.published for each in newest if each.published]
            if dated:
                return Message(
                    f"{name}: nothing published for {days * times} days",
                    f"The newest article is of {max(dated)}.",
                    "warning",
                )
    finally:
        ledger.close()
    return None


def ping(address: str, *, well: bool) -> None:
    """Tell a healthcheck at *address* of success, or at *address* with ``/fail`` of failure."""
    if not well:
        parts = urlsplit(address)
        address = urlunsplit(parts._replace(path=f"{parts.path.rstrip('/')}/fail"))
    reason = ""
    for _ in range(TRIES):
        try:
            with urllib.request.urlopen(address, timeout=TIMEOUT) as answer:  # noqa: S310 -- checked
                answer.read(100)
        except (OSError, ValueError) as error:
            reason = str(getattr(error, "reason", error))
        else:
            return
    logger.warning("The healthcheck at %s could not be told: %s", urlsplit(address).netloc, reason)


def _apprise(urls: Sequence[Any]) -> Apprise:
    try:
        from apprise import Apprise, AppriseAsset  # noqa: PLC0415 -- half a second, and optional
    except ImportError:
        raise ConfigurationError(
            "NOTIFY_URLS: the package apprise is missing; "
            'install it with: .venv/bin/python -m pip install -c constraints.txt -e ".[notify]"'
        ) from None
    found = Apprise(asset=AppriseAsset(app_id="newsroom-archive", app_desc="News archive"))
    for number, url in enumerate(urls, 1):
        if not isinstance(url, str) or not found.add(url):
            raise ConfigurationError(
                f"NOTIFY_URLS: address {number} is none that Apprise knows; "
                "want forms such as tgram://TOKEN/CHAT or mailto://USER:PASSWORD@HOST"
            )
    return found
