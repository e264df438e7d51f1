"""Which exit code says how all of a fleet ended."""

from __future__ import annotations

import pytest

from crawler.exit_codes import common_code


@pytest.mark.parametrize(
    ("codes", "code"),
    [((), 0), ((0, 75), 0), ((0, 4), 4), ((4, 3, 0), 3), ((3, 1), 1), ((0, 2), 1), ((4, -9), 1)],
)
def test_one_exit_code_for_all(codes: tuple[int, ...], code: int) -> None:
    assert common_code(codes) == code
