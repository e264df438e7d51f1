"""What a run asks of the ledger costs the same however large the archive is."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from crawler.archive import Ledger
from tests.archive_site import BEGIN, Folder, found

LATER = BEGIN + dt.timedelta(days=400)


def plan_of(ledger: Ledger, ask: Callable[[Ledger], Any]) -> list[str]:
    """How SQLite goes about what *ask* asks."""
    asked: list[str] = []
    connection = ledger._connection
    connection.set_trace_callback(asked.append)
    ask(ledger)
    connection.set_trace_callback(None)
    (query,) = asked
    return [row[3] for row in connection.execute(f"EXPLAIN QUERY PLAN {query}")]


@pytest.mark.parametrize(
    ("ask", "index"),
    [
        (lambda ledger: ledger.due(LATER, 9), "by_look"),
        (lambda ledger: ledger.owed(LATER, 9), "by_debt"),
        (lambda ledger: ledger.retries(LATER, 9), "by_retry"),
        (lambda ledger: ledger.waiting(9), "by_waiting"),
        (lambda ledger: ledger.unpaged(LATER, 9), "by_record"),
        (lambda ledger: ledger.count(after="2026-01-01"), "by_publication"),
        (lambda ledger: ledger.known("https://lintas.example/x"), "addresses"),
        (lambda ledger: ledger.known_post(7), "addresses"),
    ],
    ids=["due", "owed", "retries", "waiting", "unpaged", "count", "known", "known_post"],
)
def test_no_question_of_a_run_reads_all_rows(
    tmp_path: Path, ask: Callable[[Ledger], Any], index: str
) -> None:
    folder = Folder(tmp_path / "lintas")
    folder.run(found(1), found(2, text="Dua."))
    ledger = Ledger.read_only(folder.path)
    try:
        plan = plan_of(ledger, ask)
    finally:
        ledger.close()
    assert index in " ".join(plan)
    full = [step for step in plan if step == "SCAN here" or "by_publication" in step]
    assert index == "by_publication" or not full
