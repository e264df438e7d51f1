"""Tell somebody when runs begin to fail, and when they cease to: one message, by Apprise."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

import attrs
from scrapy.exceptions import NotConfigured

from crawler.archive import RunRecord, last_runs
from crawler.errors import ArchiveError, ConfigurationError, extra
from crawler.exit_codes import EXIT_ALARM, EXIT_FAILED, EXIT_LOCKED, EXIT_USAGE
from crawler.extensions import keeper_of
from crawler.project import Component

if TYPE_CHECKING:
    from apprise import Apprise
    from scrapy.crawler import Crawler
    from scrapy.settings import BaseSettings

logger = logging.getLogger(__name__)

_TITLES: Final[dict[int | None, str]] = {
    EXIT_FAILED: "the run failed",
    EXIT_USAGE: "the run was refused",
    EXIT_ALARM: "something is wrong with the newsroom",
}


@attrs.frozen
class Message:
    """What somebody should read."""

    title: str
    body: str
    kind: str  # failure, warning or success, as Apprise names them


class Notifier(Component):
    """Send a message once a run has ended and its archive is closed.

    Setting: ``NOTIFY_URLS``. What cannot be sent is one line in the log; the exit code stays what
    it was.
    """

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        apprise = channels(crawler.settings)
        if apprise is None:
            raise NotConfigured
        self.apprise = apprise

    async def engine_stopped(self) -> None:
        """Say how the run went, after RunKeeper has written its record and closed the archive.

        Nothing is said of a run that found another one at work.
        """
        code = self.crawler.stats.get_value("run/exit_code", EXIT_FAILED)
        newsroom = getattr(self.crawler.spider, "newsroom", None)  # bench has none
        if code == EXIT_LOCKED or newsroom is None:
            return
        message = self._message(code, newsroom.name)
        if message is not None and not await asyncio.to_thread(
            self.apprise.notify, message.body, message.title, message.kind
        ):
            logger.warning("A notification could not be sent: %s", message.title)

    def _message(self, code: int, name: str) -> Message | None:
        keeper = keeper_of(self.crawler)
        archive = keeper.archive
        try:
            runs = last_runs(archive.folder, 20) if archive else []
        except ArchiveError as error:
            return Message(f"{name}: the archive cannot be read", str(error), "failure")
        runs = [run for run in runs if archive and run.id <= archive.run]
        if not runs and code:  # the archive could not be opened, or there is none yet
            why = keeper.verdict.failure or "there is no record of this run"
            return Message(f"{name}: {_TITLES.get(code, 'the run failed')}", why, "failure")
        return change(name, runs)


def change(name: str, runs: Sequence[RunRecord]) -> Message | None:
    """Return what there is to say of the last of *runs*, given those before it.

    Trouble is told when it begins and then with the first run of each day (UTC) while it lasts;
    its end is told once. A run that was killed has no exit code and changes nothing.
    """
    if not runs:
        return None
    *earlier, last = runs
    alike = [run for run in earlier if run.exit_code is not None and run.command == last.command]
    before = alike[-1] if alike else None
    if last.exit_code in _TITLES:
        if before and before.exit_code == last.exit_code and before.begin[:10] == last.begin[:10]:
            return None
        body = "\n".join(last.notes) or "runs.jsonl has no note of why"
        return Message(
            f"{name}: {_TITLES[last.exit_code]} (exit code {last.exit_code})",
            f"{body}\n\nRun {last.id}. scrapy status {name} says more.",
            "warning" if last.exit_code == EXIT_ALARM else "failure",
        )
    if last.exit_code is not None and before and before.exit_code in _TITLES:
        return Message(
            f"{name}: well again",
            f"Run {last.id} ended with exit code {last.exit_code}, {last.new:,} new articles.",
            "success",
        )
    return None


def channels(settings: BaseSettings) -> Apprise | None:
    """Return where ``NOTIFY_URLS`` says that messages go, None where it says nothing.

    Raises :exc:`ConfigurationError` for what cannot be used. Its message does not repeat an
    address: they hold passwords.
    """
    urls = settings["NOTIFY_URLS"]
    if not urls:
        return None
    with extra("notify", "NOTIFY_URLS"):
        from apprise import Apprise, AppriseAsset  # noqa: PLC0415 -- half a second, and optional
    for talker in ("apprise", "urllib3"):  # they name addresses, and tokens stand in their paths
        logging.getLogger(talker).setLevel(logging.CRITICAL)
    found = Apprise(asset=AppriseAsset(app_id="newsroom-archive", app_desc="News archive"))
    for number, url in enumerate([urls] if isinstance(urls, str) else urls, 1):
        if not isinstance(url, str) or not found.add(url):
            raise ConfigurationError(
                f"NOTIFY_URLS: address {number} is none that Apprise knows; "
                "want forms such as tgram://TOKEN/CHAT or mailto://USER:PASSWORD@HOST"
            )
    return found
