from __future__ import annotations

import csv
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests import forked
from tests.offline import export
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


def test_what_was_written_since(tmp_path: Path) -> None:
    folder, path = sample_archive(tmp_path), tmp_path / "a.csv"

    def exported(*options: str) -> list[tuple[str, str]]:
        assert export(folder, "csv", path, *options).code == 0
        with path.open(encoding="utf-8-sig", newline="") as file:
            return [(row["id"], row["revision"]) for row in csv.DictReader(file)]

    new = exported("--written-since", "2024-07-02T00:00:05Z")
    assert new == [("lintas:12", "2"), ("lintas:16", "1")]
    assert exported("--written-since", "2024-07-02T00:00:06Z", "--all-revisions") == []
