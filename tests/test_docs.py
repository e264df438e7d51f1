"""The documents say what the code does: nothing is left out, and nothing is named that is not."""

from __future__ import annotations

import importlib.util
import re
import tomllib
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from scrapy.settings import default_settings

import crawler
from crawler import settings
from crawler.items import Article, Gone, Withheld
from crawler.newsrooms import Newsroom
from tests.command_lines import OURS, command_lines, objections
from tests.tool_venvs import ROOT

DOCS = ROOT / "docs"
PAGES = sorted([*ROOT.glob("*.md"), *DOCS.glob("*.md")])
ALL = [pytest.param(path, id=str(path.relative_to(ROOT))) for path in PAGES]


def load_generator() -> ModuleType:
    spec = importlib.util.spec_from_file_location("generate", DOCS / "generate.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


generate: Any = load_generator()


def text_of(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


@pytest.mark.parametrize("name", ["fields.md", "reference.md"])
def test_the_committed_pages_are_what_the_code_says(name: str) -> None:
    assert text_of(f"docs/{name}") == generate.pages()[name], "run `make docs`"


@pytest.mark.parametrize("kind", [Article, Gone, Withheld, *generate.PARTS, Newsroom])
def test_every_field_has_a_docstring(kind: type[Any]) -> None:
    without = [name for name, (_, text) in generate.documented(kind).items() if not text]
    assert without == []


def test_every_field_is_on_the_page() -> None:
    page = text_of("docs/fields.md")
    for kind in (Article, Gone, Withheld, *generate.PARTS):
        for name in generate.documented(kind):
            assert f"| `{name}` |" in page


def test_every_command_is_in_the_readme_and_the_reference() -> None:
    table = text_of("README.md").partition("## Commands")[2]
    reference = text_of("docs/reference.md")
    assert {name for name in OURS if f"| `scrapy {name}" not in table} == set()
    assert {name for name in OURS if f"### scrapy {name}\n" not in reference} == set()


def test_the_readme_names_no_command_that_is_not_there() -> None:
    table = text_of("README.md").partition("## Commands")[2].partition("\n## ")[0]
    assert set(re.findall(r"^\| `scrapy (\w+)", table, re.MULTILINE)) == OURS


def test_every_option_has_a_help_text() -> None:
    for name, command in generate.commands().items():
        empty = [row for row in generate._command(name, command) if row.endswith("` |  |")]
        assert empty == []


def test_every_setting_of_ours_has_a_comment() -> None:
    rows = {
        name: row for block in generate.commented_settings().values() for name, row in block.items()
    }
    assert set(rows) == {name for name in vars(settings) if name.isupper()}
    ours = [name for name in rows if not hasattr(default_settings, name)]
    assert len(ours) >= 6
    assert [name for name in ours if not rows[name][1]] == []


def test_no_setting_is_read_that_is_not_in_the_list() -> None:
    read = re.compile(r"""settings(?:\.get\w*\(|\[)"([A-Z_]+)\"""")
    for path in (ROOT / "crawler").rglob("*.py"):
        for name in read.findall(path.read_text(encoding="utf-8")):
            known = hasattr(settings, name) or hasattr(default_settings, name)
            assert known, f"{path.name} reads {name}, which settings.py does not have"


def test_every_exit_code_is_explained_wherever_codes_are() -> None:
    for page in ("README.md", "README.id.md", "docs/deploying.md", "docs/reference.md"):
        assert set(re.findall(r"^\| (\d+) \|", text_of(page), re.MULTILINE)) == {
            "0", "1", "2", "3", "4", "75",
        }  # fmt: skip


def test_settings_that_pages_name_exist() -> None:
    for path in PAGES:
        for name in re.findall(r"`([A-Z]+_[A-Z_]+)`", path.read_text(encoding="utf-8")):
            known = hasattr(settings, name) or hasattr(default_settings, name)
            assert known or name.startswith(("EXIT_", "SCRAPY_", "EX_")), f"{path.name}: {name}"


@pytest.mark.parametrize("path", ALL)
def test_command_lines_are_accepted(path: Path) -> None:
    fences = re.findall(
        r"^```(?:sh)?\n(.*?)^```", path.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE
    )
    wrong = [
        f"{' '.join(words)}: {each}"
        for fence in fences
        for words in command_lines(fence)
        for each in objections(words)
    ]
    assert wrong == []


@pytest.mark.parametrize("path", ALL)
def test_make_targets_exist(path: Path) -> None:
    targets = set(re.findall(r"^([a-z-]+):", text_of("Makefile"), re.MULTILINE))
    named = set(
        re.findall(r"(?:^|`|&& )make ([a-z-]+)", path.read_text(encoding="utf-8"), re.MULTILINE)
    )
    assert named - targets == set()


@pytest.mark.parametrize("path", ALL)
def test_links_lead_somewhere(path: Path) -> None:
    text = re.sub(
        r"^```.*?^```", "", path.read_text(encoding="utf-8"), flags=re.DOTALL | re.MULTILINE
    )
    targets = [*re.findall(r"\]\(([^)\s]+)\)", text), *re.findall(r'(?:src|href)="([^"]+)"', text)]
    broken = [each for each in targets if not leads_somewhere(path, each)]
    assert broken == []


def leads_somewhere(path: Path, target: str) -> bool:
    if target.startswith(("https://", "http://")):
        return True
    name, _, anchor = target.partition("#")
    file = (path.parent / name).resolve() if name else path
    return file.exists() and (not anchor or anchor in anchors(file))


def anchors(path: Path) -> set[str]:
    """The anchors that GitHub gives the headings of a page."""
    text = re.sub(
        r"^```.*?^```", "", path.read_text(encoding="utf-8"), flags=re.DOTALL | re.MULTILINE
    )
    titles = re.findall(r"^#{1,6} (.*)$", text, re.MULTILINE)
    return {re.sub(r"[^\w -]", "", title.lower()).replace(" ", "-") for title in titles}


def test_every_page_is_linked_from_the_readme() -> None:
    linked = text_of("README.md")
    assert [
        path.name for path in sorted(DOCS.glob("*.md")) if f"](docs/{path.name})" not in linked
    ] == []


def test_the_indonesian_readme_has_the_same_first_commands() -> None:
    for command in ("make demo", "make test", "scrapy crawl progres -a source=rest"):
        assert command in text_of("README.md")
        assert command in text_of("README.id.md")


@pytest.mark.parametrize("name", ["docs/architecture.md", "docs/reliability.md", "CONTRIBUTING.md"])
def test_modules_that_are_named_are_there(name: str) -> None:
    named = set(re.findall(r"`((?:[a-z_]+/)*[a-z_]+\.py)`", text_of(name)))
    assert named
    folders = (ROOT, ROOT / "crawler", ROOT / "tests", ROOT / "deploy")
    invented = {"spiders/muara.py", "local_settings.py"}
    missing = {each for each in named if not any((folder / each).is_file() for folder in folders)}
    assert missing <= invented


@pytest.mark.parametrize("path", ALL)
def test_names_in_modules_that_are_named_are_there(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    for module, names in re.findall(r"`([\w/]+\.py)`: ((?:`[\w.]+`(?:, )?)+)", text):
        folder = next(
            each for each in (ROOT / "crawler", ROOT / "tests") if (each / module).is_file()
        )
        code = (folder / module).read_text(encoding="utf-8")
        for name in re.findall(r"(\w+)`", names):
            assert re.search(rf"^ *(?:(?:async )?def |class )?{name}\b", code, re.MULTILINE), name


def test_the_map_of_the_package_names_what_is_there() -> None:
    named = set(re.findall(r"\b[a-z_]+\b", crawler.__doc__ or ""))
    there = {path.stem for path in (ROOT / "crawler").iterdir() if path.suffix == ".py"}
    packages = {
        path.name for path in (ROOT / "crawler").iterdir() if (path / "__init__.py").exists()
    }
    for layer in tomllib.loads(text_of("pyproject.toml"))["tool"]["importlinter"]["contracts"][0][
        "layers"
    ]:
        for module in re.findall(r"crawler\.(\w+)", layer):
            assert module in there | packages
    assert packages <= named
