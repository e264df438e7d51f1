"""SIGINT and SIGTERM: the first ends a run quickly, the second at once, the third by force."""

from __future__ import annotations

import asyncio
import signal
import threading
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import FrameType

_SIGNALS: Final = (signal.SIGINT, signal.SIGTERM)


class Interrupts:
    """Stands before Scrapy's own handlers, which would let everything that waits go out first.

    A signal that comes before :meth:`pass_on` is only noted: whoever opens files finishes that.
    """

    def __init__(self, hurry: Callable[[], None], cut_off: Callable[[], None]) -> None:
        """*hurry* and *cut_off* are called in the event loop."""
        self.name: str | None = None
        """Of the first signal that came."""

        self._steps = [hurry, cut_off]
        self._before: dict[int, Any] = {}
        self._passes_on = False
        self._loop = asyncio.get_running_loop()

    def watch(self) -> None:
        """Take the signals, where that can be done: in the main thread."""
        if threading.current_thread() is threading.main_thread():
            self._install()

    def pass_on(self) -> None:
        """From now on do what a signal asks for."""
        self._passes_on = True

    def _install(self) -> None:
        for number in _SIGNALS:
            self._before[number] = signal.getsignal(number)
            signal.signal(number, self._caught)

    def _caught(self, number: int, frame: FrameType | None) -> None:
        first = self.name is None
        self.name = self.name or signal.Signals(number).name
        if not self._passes_on:
            return
        if self._steps:
            self._loop.call_soon_threadsafe(self._steps.pop(0))
            if not first:
                return
        self._pass_on(number, frame)

    def _pass_on(self, number: int, frame: FrameType | None) -> None:
        """Call Scrapy's handler, and stand before the one that it puts in its place."""
        before = self._before.get(number)
        if callable(before):
            before(number, frame)
            self._install()
