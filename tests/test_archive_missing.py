"""Articles that are taken down: when that is believed, and when not."""

from __future__ import annotations

from pathlib import Path

import pytest

from crawler.archive import Finding, Ledger, Missing, RunReport, Seen, read, read_capture
from crawler.codec import parse_line
from crawler.items import Gone
from tests.archive_inside import problems
from tests.archive_site import (
    Folder,
    address,
    capture,
    exchange,
    found,
    tell,
)


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return Folder(tmp_path / "lintas")


def missing(post: int, status: int = 404) -> Missing:
    answer = exchange(address(post), b"Tidak ditemukan", status=status)
    return Missing(address(post), status, [capture(answer)])


def gone(folder: Folder) -> list[tuple[str, int]]:
    return [(x["id"], x["revision"]) for x in folder.lines() if x["schema"] == "gone/1"]


def test_missing_once_is_not_gone(folder: Folder) -> None:
    folder.run(found(1))
    (outcome,) = folder.run(missing(1))
    assert (outcome.kind, outcome.id) == ("missing", "lintas:1")
    assert gone(folder) == []


def test_missing_twice_in_one_run_is_not_gone(folder: Folder) -> None:
    folder.run(found(1))
    folder.run(missing(1), missing(1))
    assert gone(folder) == []


def test_missing_in_two_runs_is_gone(folder: Folder) -> None:
    folder.run(found(1))
    folder.clock.move(hours=1)
    folder.run(missing(1))
    folder.clock.move(hours=1)
    folder.run(missing(1, 410))
    assert gone(folder) == [("lintas:1", 2)]
    line = folder.lines()[-1]
    assert (line["gone_at"], line["status"]) == ("2026-03-10T03:00:00Z", 410)
    assert line["written_at"] == "2026-03-10T04:00:00Z"
    assert [(each["url"], each["status"]) for each in line["captures"]] == [
        (address(1), 404),
        (address(1), 410),
    ]


def test_gone_is_not_written_twice(folder: Folder) -> None:
    folder.run(found(1))
    for _ in range(4):
        folder.run(missing(1))
    assert gone(folder) == [("lintas:1", 2)]


def test_found_in_between_is_not_gone(folder: Folder) -> None:
    folder.run(found(1))
    folder.run(missing(1))
    folder.run(found(1))
    folder.run(missing(1))
    assert gone(folder) == []


def test_not_modified_in_between_is_not_gone(folder: Folder) -> None:
    folder.run(found(1))
    folder.run(missing(1))
    folder.run(Seen(address(1)))
    folder.run(missing(1))
    assert gone(folder) == []


def test_found_after_all_in_the_second_run_is_not_gone(folder: Folder) -> None:
    folder.run(found(1))
    folder.run(missing(1))
    folder.run(missing(1), found(1))
    assert gone(folder) == []


def test_gone_line_names_the_response(folder: Folder) -> None:
    folder.run(found(1))
    folder.run(missing(1))
    folder.run(missing(1))
    line = parse_line((folder.path / "articles-2026-03.jsonl").read_bytes().splitlines()[-1])
    assert isinstance(line, Gone)
    assert len(line.captures) == 2
    for each in line.captures:
        answer = read_capture(folder.path, each)
        assert (answer.url, answer.status, answer.body) == (address(1), 404, b"Tidak ditemukan")


def test_the_first_sighting_is_on_disk_at_once_and_a_later_one_counts_anew(folder: Folder) -> None:
    folder.run(found(1))
    before = folder.warcs()[0].stat().st_size
    folder.run(missing(1))
    assert folder.warcs()[0].stat().st_size > before
    folder.run(Seen(address(1)))
    folder.run(missing(1, 410))
    assert problems(folder.path) == []
    folder.run(missing(1))
    assert [each["status"] for each in folder.lines()[-1]["captures"]] == [410, 404]
    assert problems(folder.path) == []


def test_address_that_was_no_article_is_refused(folder: Folder) -> None:
    (outcome,) = folder.run(missing(9))
    assert (outcome.kind, outcome.note) == ("refused", "http_404")
    ledger = Ledger.read_only(folder.path)
    assert ledger.states() == {"refused": 1}
    ledger.close()


def test_earlier_address_that_leads_nowhere_is_not_the_article(folder: Folder) -> None:
    folder.run(found(1))
    folder.run(found(1, url="https://lintas.example/kota/alamat-baru"))
    folder.run(missing(1))
    folder.run(missing(1))
    assert gone(folder) == []
    assert [article.id for article in read(folder.path)] == ["lintas:1"]


def test_a_fifth_of_the_articles_may_vanish(folder: Folder) -> None:
    folder.run(*(found(n) for n in range(25)))
    findings = [*(missing(n) for n in range(5)), *(found(n) for n in range(5, 25))]
    folder.run(*findings)
    folder.run(*findings)
    assert len(gone(folder)) == 5


def test_more_than_a_fifth_at_once_is_the_site(folder: Folder) -> None:
    folder.run(*(found(n) for n in range(24)))
    findings: list[Finding] = [missing(n) for n in range(5)]
    findings += [found(n) for n in range(5, 24)]
    for _ in range(3):
        with folder.open() as archive:
            for finding in findings:
                tell(archive, finding)
            settlement = archive.settle()
            assert (settlement.mass, settlement.vanished, settlement.looked_at) == (True, 5, 24)
            record = archive.finish(RunReport(exit_code=3))
        assert record.gone == 0
        (note,) = record.notes
        assert note.startswith("5 of 24 articles looked at are missing: none is recorded as gone")
    assert gone(folder) == []


def test_sightings_of_an_ill_site_do_not_count_later(folder: Folder) -> None:
    folder.run(*(found(n) for n in range(8)))
    folder.run(*(missing(n) for n in range(8)))
    folder.run(missing(0), *(found(n) for n in range(1, 8)))
    assert gone(folder) == []
    folder.run(missing(0), *(found(n) for n in range(1, 8)))
    assert gone(folder) == [("lintas:0", 2)]


def test_four_missing_articles_are_no_mass(folder: Folder) -> None:
    folder.run(*(found(n) for n in range(4)))
    for _ in range(2):
        folder.run(*(missing(n) for n in range(4)))
    assert len(gone(folder)) == 4


def test_new_articles_do_not_water_down_what_vanished(folder: Folder) -> None:
    folder.run(*(found(n) for n in range(6)))
    findings = [*(missing(n) for n in range(6)), *(found(n) for n in range(100, 140))]
    folder.run(*findings)  # 6 of the 6 that were known
    folder.run(*findings)  # 6 of 46: a first sighting
    assert gone(folder) == []
    folder.run(*findings)
    assert gone(folder) == [(f"lintas:{n}", 2) for n in range(6)]


def test_missing_articles_are_due_at_once(folder: Folder) -> None:
    folder.run(found(1), found(2))
    folder.run(missing(1))
    ledger = Ledger.read_only(folder.path)
    assert [look.url for look in ledger.due(folder.clock(), 10)] == [address(1)]
    ledger.close()


def closed(post: int) -> Missing:
    answer = exchange(address(post), b"Khusus anggota", status=403)
    return Missing(address(post), 403, [capture(answer)], "closed")


def test_what_is_closed_while_others_answer_in_two_runs_is_gone_and_may_come_back(
    folder: Folder,
) -> None:
    folder.run(found(1), found(2))
    folder.run(closed(1), found(2))
    assert gone(folder) == []
    folder.run(closed(1), found(2))
    assert gone(folder) == [("lintas:1", 2)]
    assert folder.lines()[-1]["reason"] == "closed"
    (outcome,) = folder.run(found(1))
    assert (outcome.kind, outcome.revision) == ("changed", 3)


def test_a_run_in_which_nothing_answers_says_of_no_article_that_it_is_closed(
    folder: Folder,
) -> None:
    folder.run(found(1), found(2))
    for _ in range(3):
        folder.run(closed(1), closed(2))
    folder.run(closed(1), found(2))
    assert gone(folder) == []
    folder.run(closed(1), found(2))
    assert gone(folder) == [("lintas:1", 2)]
