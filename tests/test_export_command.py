from __future__ import annotations

import csv
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from crawler.errors import ConfigurationError
from crawler.export.selection import Selection, checked_day, checked_moment
from tests import forked
from tests.reading_samples import sample_archive
from tests.tool_venvs import ROOT


@pytest.fixture
def project(tmp_path: Path) -> Path:
    sample_archive(tmp_path / "output")
    shutil.copy(ROOT / "scrapy.cfg", tmp_path)
    return tmp_path


def scrapy(project: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return forked.scrapy(*arguments, folder=project)


def test_an_export_says_what_it_wrote(project: Path) -> None:
    done = scrapy(
        project, "export", "lintas", "--to", "csv", "-o", "a.csv", "--since", "2024-06-01"
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "a.csv: 1 article\n")
    with (project / "a.csv").open(encoding="utf-8-sig", newline="") as file:
        assert [row["id"] for row in csv.DictReader(file)] == ["lintas:12"]


def test_a_package_says_what_it_left_out(project: Path) -> None:
    done = scrapy(project, "export", "lintas", "--to", "wacz", "-o", "a.wacz")
    assert done.returncode == 0
    assert done.stderr == (
        "a.wacz: 3 articles, 4 captures; 1 left out, of which the archive has no page, only what "
        "the REST API said\n"
    )


@pytest.mark.parametrize(
    ("arguments", "last"),
    [
        ("", "error: want the name of one archive; there are: lintas"),
        ("lain --to csv -o a", "there are: lintas"),
        ("lintas -o a", "--to is missing: want one of parquet, sqlite, csv, wacz"),
        ("lintas --to xls -o a", "--to xls: want one of parquet, sqlite, csv, wacz"),
        ("lintas --to csv", "-o is missing: want the PATH to write to"),
        ("lintas --to csv -o a --since kemarin", "--since 'kemarin': want a day as YYYY-MM-DD"),
        ("lintas --to csv -o .", ". is a folder; want the name of a file"),
        ("lintas --to csv -o output/lintas/a.csv", "output/lintas/a.csv is inside of the archive"),
        ("lintas --to parquet -o output/lintas/warc/a", "output/lintas/warc/a is inside of the"),
        ("lintas --to csv -o a --since 2024-06-02 --until 2024-06-01", "no day is in between"),
    ],
)
def test_a_mistake_is_refused_in_one_line(project: Path, arguments: str, last: str) -> None:
    done = scrapy(project, "export", *arguments.split())
    assert done.returncode == 2
    assert last in done.stderr.splitlines()[-1]
    assert "Traceback" not in done.stderr
    assert sorted(path.name for path in project.iterdir()) == ["output", "scrapy.cfg"]


def test_a_report_is_not_written_into_an_archive(project: Path) -> None:
    before = sorted(path.name for path in (project / "output/lintas").iterdir())
    done = scrapy(project, "report", "-o", "output/lintas/laporan.html")
    assert done.returncode == 2
    assert "is inside of the archive" in done.stderr.splitlines()[-1]
    assert sorted(path.name for path in (project / "output/lintas").iterdir()) == before


def test_damage_is_named_and_nothing_is_written(project: Path) -> None:
    with (project / "output/lintas/articles-2024-06.jsonl").open("ab") as file:
        file.write(b'{"schema":"article/1"}\n')
    done = scrapy(project, "export", "lintas", "--to", "sqlite", "-o", "a.db")
    assert done.returncode == 1
    assert done.stderr.startswith("articles-2024-06.jsonl: byte ")
    assert not (project / "a.db").exists()


@pytest.mark.parametrize("words", ["status", "edits lintas"])
def test_whoever_has_enough_of_the_output_makes_no_error(project: Path, words: str) -> None:
    """As in ``scrapy edits | head``, where nobody reads on."""
    reading, writing = os.pipe()
    os.close(reading)
    with os.fdopen(writing, "wb") as nobody:
        done = subprocess.run(
            [sys.executable, "-m", "scrapy", *words.split()],
            cwd=project,
            env={"PATH": "/usr/bin:/bin", "PYTHONPATH": str(ROOT)},
            stdout=nobody,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
    assert (done.returncode, done.stderr) == (0, "")


def test_a_report_is_about_one_or_all(project: Path) -> None:
    done = scrapy(project, "report", "lintas")
    assert (done.returncode, done.stderr) == (0, "report.html: lintas\n")
    assert "<h1>lintas</h1>" in (project / "report.html").read_text(encoding="utf-8")
    done = scrapy(project, "report", "lain", "-o", "b.html")
    assert done.returncode == 2
    assert "no archive named 'lain'" in done.stderr.splitlines()[-1]


@pytest.mark.parametrize(
    ("stated", "moment"),
    [
        (None, None),
        ("2024-07-01", "2024-07-01T00:00:00Z"),
        ("2024-07-01T07:00:00+07:00", "2024-07-01T00:00:00Z"),
        ("2024-07-01T00:00:00Z", "2024-07-01T00:00:00Z"),
    ],
)
def test_a_moment_is_taken_as_utc(stated: str | None, moment: str | None) -> None:
    assert checked_moment("--written-since", stated) == moment


@pytest.mark.parametrize("stated", ["2024", "2024-6-1", "01-06-2024", "2024-06-31", ""])
def test_what_is_no_day(stated: str) -> None:
    with pytest.raises(ConfigurationError, match="want a day as YYYY-MM-DD"):
        checked_day("--since", stated)


def test_what_was_written_since(tmp_path: Path) -> None:
    folder = sample_archive(tmp_path)
    new = Selection(folder=folder, written_since="2024-07-02T00:00:05Z").articles()
    assert [(article.id, article.revision) for article in new] == [
        ("lintas:12", 2),
        ("lintas:16", 1),
    ]
    later = Selection(folder=folder, written_since="2024-07-02T00:00:06Z", all_revisions=True)
    assert list(later.articles()) == []


def test_an_export_can_be_made_while_a_run_writes(tmp_path: Path) -> None:
    """What is written after the first pass of an export belongs to the next one."""
    folder = sample_archive(tmp_path)
    articles = Selection(folder=folder, all_revisions=True).articles()
    first = next(articles)
    path = folder / "articles-2024-07.jsonl"
    whole = path.read_bytes().rpartition(b"\n")[0] + b"\n"
    added = json.loads(whole.splitlines()[-1]) | {"id": "lintas:99"}
    path.write_bytes(whole + json.dumps(added).encode() + b"\n")
    assert "lintas:99" not in [article.id for article in (first, *articles)]
