"""How the time of a function grows with its text, measured in one run."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

Text = TypeVar("Text", str, bytes)
LINEAR = 9.0
"""Four times the text takes some four times as long; quadratic would be sixteen."""


def growth(
    function: Callable[[Text], object], make: Callable[[int], Text], size: int = 4000
) -> float:
    """Return how many times longer *function* takes on a text four times as long.

    The best of some runs counts, so that a busy machine does not; as long as it is not
    :data:`LINEAR`, there is another one.
    """
    short, long = make(size), make(4 * size)
    least = min(_seconds(function, short) for _ in range(3))
    most = _seconds(function, long)
    for _ in range(6):
        if most < LINEAR * least:
            break
        least = min(least, _seconds(function, short))
        most = min(most, _seconds(function, long))
    return most / least


def _seconds(function: Callable[[Text], object], text: Text) -> float:
    begin = time.thread_time()
    function(text)
    return max(time.thread_time() - begin, 2e-5)
