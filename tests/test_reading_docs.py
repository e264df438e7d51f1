"""Every example of docs/reading.md is run, and prints what the page says it does."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import urllib.error
import urllib.request
from pathlib import Path

import attrs
import pytest

from tests.reading_samples import sample_archive
from tests.tool_venvs import PYWB, ROOT, tool_venv, wayback, with_path

PAGE = ROOT / "docs/reading.md"
# Sections whose examples need no more than the project's own environment.
PLAIN = ("A site to browse", "Python", "Edits", "Parquet", "SQLite", "CSV", "ReplayWeb.page")
# What the examples of a section take from those before them.
BEFORE = {
    "pandas": "scrapy export progres --to parquet -o progres-parquet",
    "Polars": "scrapy export progres --to parquet -o progres-parquet",
    "DuckDB": "scrapy export progres --to parquet -o progres-parquet",
    "Hugging Face datasets": "scrapy export progres --to parquet -o progres-parquet",
    "Datasette": "scrapy export progres --to sqlite -o progres.db",
}
FENCE = re.compile(
    r"^```(?P<language>python|sh)\n(?P<code>.*?)^```\n(?:```text\n(?P<output>.*?)^```\n)?",
    re.MULTILINE | re.DOTALL,
)


@attrs.frozen
class Example:
    language: str
    code: str
    output: str | None


def sections() -> dict[str, list[Example]]:
    found: dict[str, list[Example]] = {}
    for part in re.split(r"^#{2,3} ", PAGE.read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]:
        title, _, text = part.partition("\n")
        examples = [
            Example(match["language"], match["code"], match["output"])
            for match in FENCE.finditer(text)
        ]
        if examples:
            found[title] = examples
    return found


SECTIONS = sections()


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A folder in which commands find the project, and the archive of the examples."""
    sample_archive(tmp_path / "output", "progres")
    shutil.copy(ROOT / "scrapy.cfg", tmp_path)
    (tmp_path / "docs").mkdir()
    shutil.copy(ROOT / "docs/datasette-metadata.yaml", tmp_path / "docs")
    return tmp_path


def run(project: Path, example: Example, *programs: Path) -> str:
    command = (
        [sys.executable, "-c", example.code]
        if example.language == "python"
        else ["bash", "-euo", "pipefail", "-c", example.code]
    )
    environment = with_path(*programs) | {
        "PYTHONPATH": str(ROOT),
        "HF_HUB_OFFLINE": "1",
        "HF_HOME": str(project / "huggingface"),
        "COLUMNS": "200",
    }
    done = subprocess.run(
        command, cwd=project, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def check(project: Path, title: str, *programs: Path) -> None:
    if title in BEFORE:
        run(project, Example("sh", BEFORE[title], None))
    for example in SECTIONS[title]:
        printed = run(project, example, *programs)
        if example.output is not None:
            assert printed.rstrip("\n") == example.output.rstrip("\n")


@pytest.mark.parametrize("title", PLAIN)
def test_examples(project: Path, title: str) -> None:
    check(project, title)


@pytest.mark.tools
@pytest.mark.parametrize(
    "title", ["pandas", "Polars", "DuckDB", "Hugging Face datasets", "Datasette"]
)
def test_examples_of_other_libraries(project: Path, title: str) -> None:
    check(project, title)


@pytest.mark.tools
@pytest.mark.skipif(shutil.which("jq") is None, reason="needs jq: apt-get install jq")
def test_examples_of_jq(project: Path) -> None:
    check(project, "jq")


@pytest.mark.tools
def test_examples_of_pywb_and_the_pages_that_it_then_shows(project: Path) -> None:
    check(project, "pywb", tool_venv(*PYWB))
    with wayback(project) as address:
        for page, words in (("11", "Cabai."), ("16", "Tetap.")):
            shown = f"{address}/progres/20240601000000id_/https://progres.example/berita/{page}/"
            with urllib.request.urlopen(shown) as answer:
                assert words in answer.read().decode()


def test_every_section_with_examples_is_run() -> None:
    run_elsewhere = {
        "pandas",
        "Polars",
        "DuckDB",
        "Hugging Face datasets",
        "Datasette",
        "jq",
        "pywb",
    }
    assert set(SECTIONS) == {*PLAIN, *run_elsewhere}


def test_what_the_page_links_to_is_there() -> None:
    text = PAGE.read_text(encoding="utf-8")
    titles = re.findall(r"^#{2,3} (.*)$", text, flags=re.MULTILINE)
    anchors = {re.sub(r"[^\w -]", "", title).lower().replace(" ", "-") for title in titles}
    for target in re.findall(r"\]\(([^)]+)\)", text):
        if target.startswith("#"):
            assert target[1:] in anchors
        elif not target.startswith("https://"):
            assert (PAGE.parent / target).is_file()
