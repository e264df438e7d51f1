"""docs/tutorial.md, run from the demo to the first query, prints what it says."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.project_copy import copy_project
from tests.tool_venvs import ROOT

PAGE = ROOT / "docs/tutorial.md"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    copy_project(tmp_path)
    shutil.copytree(ROOT / "fixtures/newsroom", tmp_path / "fixtures/newsroom")
    return tmp_path


def run(project: Path, *command: str) -> str:
    done = subprocess.run(
        command,
        cwd=project,
        env=os.environ | {"PYTHONPATH": str(project), "COLUMNS": "100"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout + done.stderr


def test_from_the_demo_to_the_first_query(project: Path) -> None:
    sections = PAGE.read_text(encoding="utf-8").split("\n## ")
    wanted = [part for part in sections if part.startswith(("2. ", "3. "))]
    assert len(wanted) == 2
    run(project, sys.executable, "-m", "demo")
    ran = 0
    for language, code, output in examples("\n".join(wanted)):
        if language == "sh":
            plain = code.replace(".venv/bin/scrapy", f"{sys.executable} -m scrapy")
            printed = run(project, "bash", "-euo", "pipefail", "-c", plain)
        else:
            printed = run(project, sys.executable, "-c", code)
        for line in output.splitlines():
            assert line in printed.splitlines()
        ran += 1
    assert ran == 4


def examples(text: str) -> list[tuple[str, str, str]]:
    """The fenced examples of *text*: language, code, and the output that stands below."""
    found: list[tuple[str, str, str]] = []
    for language, body in re.findall(r"^```(\w+)\n(.*?)^```", text, re.MULTILINE | re.DOTALL):
        if language == "text":
            found[-1] = (*found[-1][:2], body)
        else:
            found.append((language, body, ""))
    return found
