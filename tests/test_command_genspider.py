"""``scrapy genspider -t newsroom``: two files, and nothing but data in them."""

from __future__ import annotations

from pathlib import Path

import pytest

from crawler.commands.genspider import Command
from crawler.newsrooms import read_newsroom
from tests.project_copy import copy_project, refusal, scrapy


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return copy_project(tmp_path_factory.mktemp("project"))


def test_writes_the_newsroom_and_the_spider_that_names_it(project: Path) -> None:
    done = scrapy(project, "genspider", "-t", "newsroom", "kabar-pesisir", "www.Pesisir.example")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines() == [
        str(project / "crawler/sites/kabar-pesisir.toml"),
        str(project / "spiders/kabar_pesisir.py"),
    ]
    newsroom = read_newsroom(project / "crawler/sites/kabar-pesisir.toml")
    assert newsroom.address == "https://www.pesisir.example"
    assert newsroom.outlets == ("PESISIR.EXAMPLE",)
    assert newsroom.zone == "Asia/Jakarta"
    listed = scrapy(project, "list")
    assert {"kabar-pesisir", "progres", "wordpress"} <= set(listed.stdout.splitlines())


def test_the_spider_has_no_code_of_its_own(project: Path) -> None:
    scrapy(project, "genspider", "-t", "newsroom", "lembah", "https://lembah.example")
    text = (project / "spiders/lembah.py").read_text(encoding="utf-8")
    assert "class LembahSpider(NewsroomSpider):" in text
    assert 'newsroom_name = "lembah"' in text
    assert "def " not in text


@pytest.mark.parametrize(
    ("arguments", "last"),
    [
        (["lembah"], "want NAME and URL: scrapy genspider -t newsroom muara muara.example"),
        (["Lem bah", "lembah.example"], "must be lower-case letters, digits, dot, dash"),
        (["lembah", "ftp://lembah.example"], "want an address such as https://progres.id"),
        (["lembah", 'https://lembah.example/"x'], "want an address such as https://progres.id"),
        (["progres", "https://progres.id"], "progres.toml is there already; --force writes it"),
        (["lembah", "lembah.example", "-e"], "-e: not with this template"),
        (["lembah", "lembah.example", "--nope"], "unknown option --nope"),
    ],
)
def test_refuses(arguments: list[str], last: str) -> None:
    assert last in refusal(Command(), "-t", "newsroom", *arguments)


def test_a_refusal_is_one_line_and_exit_code_2(project: Path) -> None:
    done = scrapy(project, "genspider", "-t", "newsroom", "progres", "progres.id")
    assert done.returncode == 2
    assert "progres.toml is there already" in done.stderr.splitlines()[-1]
    assert "Traceback" not in done.stderr


def test_force_writes_anew(project: Path) -> None:
    arguments = ("genspider", "-t", "newsroom", "muara")
    scrapy(project, *arguments, "muara.example")
    done = scrapy(project, *arguments, "muara.test", "--force")
    assert done.returncode == 0
    assert read_newsroom(project / "crawler/sites/muara.toml").address == "https://muara.test"


def test_other_templates_are_scrapys(project: Path) -> None:
    done = scrapy(project, "genspider", "-t", "basic", "polos", "polos.example")
    assert done.returncode == 0
    assert "scrapy.Spider" in (project / "spiders/polos.py").read_text(encoding="utf-8")
    (project / "spiders/polos.py").unlink()


def test_the_template_is_listed_and_shown(project: Path) -> None:
    listed = scrapy(project, "genspider", "--list").stdout.split()
    assert {"basic", "newsroom"} < set(listed)
    assert "newsroom_name" in scrapy(project, "genspider", "--dump", "newsroom").stdout
