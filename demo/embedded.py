"""The newsroom as tests and the demo hold it: start, change, look at what was asked, stop."""

from __future__ import annotations

import asyncio
import datetime as dt
import re
import socket
import threading
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

from demo.content import PUBLIC, Content, Entry
from demo.exchange import Fault, Request, Response
from demo.growth import grown
from demo.routes import Router
from demo.server import HOST, Server, Visit
from demo.site import DOORS, VALIDATORS, Site, Switches
from demo.source import FIXTURES, load_content

CORRECTION: Final = "Redaksi telah memperbaiki bagian ini."


class EmbeddedNewsroom:
    """A WordPress newsroom on loopback, in a thread of its own.

    Use it as a context manager, or call :meth:`start` and :meth:`stop`. Changes made while it
    serves show in the next response.
    """

    def __init__(self, folder: Path | Content = FIXTURES, *, port: int = 0) -> None:
        content = folder if isinstance(folder, Content) else load_content(folder)
        self._socket = socket.create_server((HOST, port), backlog=512)
        # Without it each answer waits 40 ms for the client's acknowledgement of its head.
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        number = self._socket.getsockname()[1]
        self.site = Site(content, f"http://{HOST}:{number}")
        self._router = Router(self.site)
        self._server = Server(self._router.answer, self.site.switches)
        self._thread = threading.Thread(target=self._run, name="newsroom", daemon=True)
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stop: asyncio.Event | None = None
        self._ready = threading.Event()

    # ----------------------------------------------------------- start, stop

    def start(self) -> Self:
        """Serve; returns when requests are answered."""
        self._thread.start()
        self._ready.wait()
        return self

    def stop(self) -> None:
        """Stop serving, and break off what is still open."""
        if self._loop is not None and self._stop is not None and self._thread.is_alive():
            self._loop.call_soon_threadsafe(self._stop.set)
            self._thread.join()
        self._socket.close()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def _run(self) -> None:
        asyncio.run(self._serve())

    async def _serve(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._stop = asyncio.Event()
        self._loop.call_soon(self._ready.set)
        await self._server.serve(self._socket, self._stop)

    # ---------------------------------------------------------------- asking

    @property
    def address(self) -> str:
        """Base address, no slash at its end: ``http://127.0.0.1:40123``."""
        return self.site.base

    @property
    def articles(self) -> Sequence[Entry]:
        """Public articles, newest first: what an archive should hold."""
        return [entry for entry in self.site.catalogue.posts if not entry.protected]

    @property
    def switches(self) -> Switches:
        """How the site behaves; set its fields at any time."""
        return self.site.switches

    @property
    def visits(self) -> Sequence[Visit]:
        """Every request so far, in order of arrival."""
        return tuple(self._server.visits)

    @property
    def faults(self) -> list[Fault]:
        """Trouble, asked in order; add to it or clear it at any time."""
        return self._server.faults

    @property
    def smallest_gap(self) -> float | None:
        """Least seconds between two requests in the log; ``None`` under two."""
        times = [visit.at for visit in self.visits]
        return min((later - at for at, later in pairwise(times)), default=None)

    def forget_visits(self) -> None:
        """Empty the log."""
        self._server.visits.clear()

    def url(self, slug: str) -> str:
        """Return the address of the entry with that slug, public or not."""
        return self.site.addresses.entry(self.site.catalogue.any_named(slug))

    def get(self, target: str, method: str = "GET", **headers: str) -> Response:
        """Return what the site says to *target*, without a connection and without faults."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        request = Request(method=method, target=target, headers=named, answer=self._router.answer)
        return self._router.answer(request)

    # -------------------------------------------------------------- changing

    def edit(
        self,
        slug: str,
        *,
        note: str = CORRECTION,
        at: dt.datetime | None = None,
        silently: bool = False,
        **values: Any,
    ) -> Entry:
        """Change an article, and return it as it is now.

        *values* are fields of :class:`Entry`; without any, *note* is added to the end of the first
        paragraph. The modified time becomes *at* (now), and at least a second more than before,
        unless it happens *silently*.
        """
        entry = self.site.catalogue.any_named(slug)
        if not values:
            values = {"content": _with_note(entry.content, note)}
        if not silently:
            moment = (at or self._now()).astimezone(self.site.house.zone)
            later = entry.changed + dt.timedelta(seconds=1)
            values["changed"] = max(moment, later) if at is None else moment
        return self.site.catalogue.change(entry, **values)

    def delete(self, slug: str, status: int = 404) -> None:
        """Take an article down; its address answers *status* from now on."""
        self.site.catalogue.remove(self.site.catalogue.any_named(slug), status)

    def hold(self, slug: str) -> None:
        """Take an article back as a draft, as if it had never been public."""
        self.site.catalogue.change(self.site.catalogue.any_named(slug), status="draft")

    def publish(
        self, slug: str, *, at: dt.datetime | None = None, changed: dt.datetime | None = None
    ) -> Entry:
        """Make a draft, scheduled or held article public, and return it.

        It is dated *at* (now). *changed* is its modified time: an earlier one than *at* is what
        WordPress gives a scheduled post that goes public by itself.
        """
        entry = self.site.catalogue.any_named(slug)
        moment = (at or self._now()).astimezone(self.site.house.zone)
        return self.site.catalogue.change(
            entry, status=PUBLIC, at=moment, changed=changed or moment
        )

    def grow(self, count: int) -> None:
        """Add *count* older articles, made up, each with text, terms and an id of its own."""
        self.site.catalogue.add(grown(self.site.content, count))

    def close(self, *doors: str) -> None:
        """Shut doors: ``rest`` (401), ``sitemap`` and ``feed`` (404)."""
        self._known(doors, DOORS)
        self.switches.closed |= set(doors)

    def open(self, *doors: str) -> None:
        """Open doors again."""
        self._known(doors, DOORS)
        self.switches.closed -= set(doors)

    def validate(self, who: str) -> None:
        """Send ETag and Last-Modified with ``all`` pages, as ``wp`` does (feeds), or ``none``."""
        self._known((who,), VALIDATORS)
        self.switches.validators = who

    @staticmethod
    def _known(names: Sequence[str], known: Sequence[str]) -> None:
        for name in names:
            if name not in known:
                raise ValueError(f"unknown {name!r}; known are {', '.join(known)}")

    def _now(self) -> dt.datetime:
        return dt.datetime.now(self.site.house.zone).replace(microsecond=0)


def _with_note(content: str, note: str) -> str:
    """Return *content* with *note* at the end of its first paragraph that is one."""
    for match in re.finditer(r"[^\n]{60,}", content):
        text = match[0]
        if text.startswith(("[", "<!--", "<blockquote", "<figure", "<table", "<script")):
            continue
        cut = match.start() + len(
            re.sub(r"(?:</[a-z:]+>|<br ?/?>)+$", "", text, flags=re.IGNORECASE)
        )
        return f"{content[:cut]} {note}{content[cut:]}"
    return f"{content}\n\n{note}".strip()
