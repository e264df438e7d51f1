"""Write ``docs/fields.md`` and ``docs/reference.md`` from the code: ``make docs``."""

from __future__ import annotations

import argparse
import ast
import inspect
import re
import tokenize
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any, Final

import attrs
from scrapy.commands import ScrapyCommand
from scrapy.settings import Settings, default_settings
from scrapy.utils.misc import walk_modules_iter

from crawler import arguments, exit_codes, items, newsrooms, settings
from crawler.extract.page import FIELDS as SELECTABLE

DOCS: Final = Path(__file__).parent

GENERATED: Final = "<!-- Written by docs/generate.py from the code; `make docs` writes it anew. -->"

LINE_KINDS: Final = (items.Article, items.Gone, items.Withheld)
PARTS: Final = (
    items.Dateline,
    items.Image,
    items.Embed,
    items.FoundDate,
    items.RelatedPost,
    items.CaptureReference,
)

API: Final = (
    ("crawler.archive", "read"),
    ("crawler.extract", "extract_html"),
    ("crawler.extract", "extract_article"),
    ("crawler.normalise.dates", "find_dates"),
    ("crawler.normalise.dates", "normalise"),
    ("crawler.normalise.dateline", "parse_dateline"),
)

_FIELDS_HEAD: Final = """\
# Fields

Every line of `articles-YYYY-MM.jsonl` is a JSON object of one of four kinds. Its key `schema` says
which. Every key is always there, in the order below. What is not known is `null`; a list may be
empty but is never `null`. Keys may be added in later versions, so ignore those that you do not know;
a key whose meaning changes gets a new schema number.

`scrapy schema` prints the same as a [JSON Schema](../crawler/schema.json). How the lines fit together,
and which of several lines of one article counts, is in [archive.md](archive.md) and
[reading.md](reading.md).
"""

_REFERENCE_HEAD: Final = """\
# Reference

Commands, spider arguments, settings, exit codes, the keys of a newsroom's file, and the functions for
programs. Fields of the lines have a page of their own: [fields.md](fields.md).
"""

_COMMANDS_HEAD: Final = """\
## Commands

Run them anywhere inside the project's folder: `.venv/bin/scrapy COMMAND`. Scrapy's own commands
(`list`, `shell`, `settings --get NAME`, …) work too, and so do its options `-s NAME=VALUE` (a setting),
`-L LEVEL` (log level), `--logfile FILE` and `--nolog` with each command below. Data goes to standard
output, words go to standard error. A mistake in what was typed ends with exit code 2, and the last line
says what is accepted.
"""


def main() -> None:
    """Write both pages."""
    for name, text in pages().items():
        (DOCS / name).write_text(text, encoding="utf-8")


def pages() -> dict[str, str]:
    """Return file name → text of each generated page."""
    return {"fields.md": _fields_page(), "reference.md": _reference_page()}


# --- fields.md


def _fields_page() -> str:
    parts = [GENERATED, "", _FIELDS_HEAD]
    for kind in LINE_KINDS:
        schema = attrs.fields_dict(kind)["schema"].default
        parts += [f"## {schema}", "", _plain(inspect.getdoc(kind)), "", *_field_table(kind), ""]
    parts += ["## Objects in an article", ""]
    for part in PARTS:
        parts += [f"### {part.__name__}", "", _plain(inspect.getdoc(part)), "", *_field_table(part)]
        parts.append("")
    return "\n".join(parts).rstrip() + "\n"


def _field_table(kind: type[Any]) -> Iterator[str]:
    yield "| field | type | is |"
    yield "|---|---|---|"
    for name, (annotation, text) in documented(kind).items():
        yield f"| `{name}` | {_type(ast.parse(annotation, mode='eval').body)} | {_cell(text)} |"


def documented(kind: type[Any]) -> dict[str, tuple[str, str]]:
    """Return attribute → annotation and docstring of each annotated attribute of a class."""
    tree = ast.parse(inspect.getsource(kind)).body[0]
    assert isinstance(tree, ast.ClassDef)
    found = {}
    for here, after in zip(tree.body, [*tree.body[1:], None], strict=True):
        if isinstance(here, ast.AnnAssign) and isinstance(here.target, ast.Name):
            annotation = ast.unparse(here.annotation)
            if not annotation.startswith("ClassVar"):
                found[here.target.id] = (annotation, _string(after))
    return found


def _string(node: ast.stmt | None) -> str:
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
        return inspect.cleandoc(str(node.value.value))
    return ""


def _type(node: ast.expr) -> str:
    names = {"str": "text", "int": "whole number", "bool": "true or false"}
    if isinstance(node, ast.BinOp):
        return f"{_type(node.left)} or {_type(node.right)}"
    if isinstance(node, ast.Constant):
        return "null"
    if isinstance(node, ast.Name):
        return names.get(node.id) or f"[{node.id}](#{node.id.lower()})"
    assert isinstance(node, ast.Subscript)
    if isinstance(node.value, ast.Name) and node.value.id == "Mapping":
        return "object"
    assert isinstance(node.slice, ast.Tuple)
    return f"list of {_type(node.slice.elts[0])}"


# --- reference.md


def _reference_page() -> str:
    parts = [GENERATED, "", _REFERENCE_HEAD, _COMMANDS_HEAD]
    for name, command in commands().items():
        parts += [*_command(name, command), ""]
    parts += ["## Spider arguments", "", *_arguments(), ""]
    parts += ["## Settings", "", *_settings(), ""]
    parts += ["## Exit codes", "", *_exit_codes(), ""]
    parts += ["## A newsroom's file", "", *_newsroom_file(), ""]
    parts += ["## For programs", "", *_api()]
    return "\n".join(parts).rstrip() + "\n"


def commands() -> dict[str, ScrapyCommand]:
    """Return name → command, of the project's own ones."""
    found = {}
    for module in walk_modules_iter("crawler.commands"):
        command = getattr(module, "Command", None)
        if command is not None and command.__module__ == module.__name__:
            found[module.__name__.rpartition(".")[2]] = command()
    return dict(sorted(found.items()))


def _command(name: str, command: ScrapyCommand) -> Iterator[str]:
    command.settings = Settings()
    parser = argparse.ArgumentParser(conflict_handler="resolve", add_help=False)
    command.add_options(parser)
    yield f"### scrapy {name}"
    yield ""
    yield f"`scrapy {name} {command.syntax()}".strip() + "`"
    yield ""
    short, long = command.short_desc(), command.long_desc()
    yield f"{short}." if long == short else f"{short}. {long}"
    known = {
        text for group in parser._action_groups if group.title == "Global Options"
        for action in group._group_actions for text in action.option_strings
    }  # fmt: skip
    own = [each for each in parser._actions if not known & set(each.option_strings)]
    if own:
        yield from ("", "| option | does |", "|---|---|")
    for action in own:
        value = f" {action.metavar or action.dest.upper()}" if action.nargs != 0 else ""
        spelled = ", ".join(action.option_strings) + value
        yield f"| `{spelled}` | {_cell((action.help or '') % vars(action))} |"


def _arguments() -> Iterator[str]:
    yield "For `scrapy crawl`, as `-a NAME=VALUE`. Names that begin with `_` are ignored."
    yield from ("", "| argument | wants | does |", "|---|---|---|")
    for name, each in arguments.ACCEPTED.items():
        yield f"| `{name}` | {_cell(each.wants)} | {_cell(each.does)} |"


def _settings() -> Iterator[str]:
    yield (
        "In [`crawler/settings.py`](../crawler/settings.py), in a settings file of your own (see "
        "[deploying.md](deploying.md)), or with `-s NAME=VALUE` for one run. All other settings of "
        "Scrapy have Scrapy's defaults and work as its documentation says."
    )
    blocks = commented_settings()
    del blocks["Wiring"]  # of the program, and no setting of anybody's
    for title, rows in blocks.items():
        yield from (
            "",
            f"### {title}",
            "",
            "| setting | here | in Scrapy | why |",
            "|---|---|---|---|",
        )
        for name, (value, comment) in rows.items():
            theirs = getattr(default_settings, name, None)
            default = f"`{theirs!r}`" if hasattr(default_settings, name) else "–"
            yield f"| `{name}` | {_code(value)} | {_code(default.strip('`'))} | {_cell(comment)} |"


def commented_settings() -> dict[str, dict[str, tuple[str, str]]]:
    """Return block of ``settings.py`` → setting → value as written, and comment."""
    path = Path(str(settings.__file__))
    source = path.read_text(encoding="utf-8")
    with path.open("rb") as file:
        notes = {
            token.start[0]: token.string.lstrip("# ")
            for token in tokenize.tokenize(file.readline)
            if token.type == tokenize.COMMENT
        }
    blocks: dict[str, dict[str, tuple[str, str]]] = {}
    block, before = "The project", 0
    for node in ast.parse(source).body:
        if not isinstance(node, ast.Assign | ast.AnnAssign):
            continue
        target = node.targets[0] if isinstance(node, ast.Assign) else None
        if isinstance(node, ast.AnnAssign):
            target = node.target
        assert isinstance(target, ast.Name)
        assert node.value is not None
        for number in range(before + 1, node.lineno):
            if notes.get(number, "").startswith("--- "):
                block = re.split(r"[:;] ", notes.pop(number)[4:])[0]
        comments = [
            notes.pop(number) for number in range(before + 1, (node.end_lineno or 0) + 1)
            if number in notes
        ]  # fmt: skip
        before = node.end_lineno or 0
        value = " ".join((ast.get_source_segment(source, node.value) or "").split())
        blocks.setdefault(block, {})[target.id] = (value, " ".join(comments))
    return blocks


def _exit_codes() -> Iterator[str]:
    yield (
        "Of `scrapy crawl`; where several apply, the first in the order 2, 75, 1, 3, 4. Other commands "
        "end with 0, 1 (it could not be done, or `verify` found damage), 2 or 75. What to do about each "
        "is in [deploying.md](deploying.md#what-to-do-at-each-exit-code)."
    )
    yield from ("", "| code | name | means |", "|---|---|---|")
    for name, value in vars(exit_codes).items():
        if name.startswith("EXIT_") and isinstance(value, int):
            yield f"| {value} | `{name}` | {_cell(exit_codes.EXIT_CODES[value])} |"


def _newsroom_file() -> Iterator[str]:
    yield (
        "`crawler/sites/NAME.toml`, one for each newsroom; `scrapy genspider -t newsroom NAME URL` "
        "writes one. Only `address` has to be there."
    )
    yield from ("", "| key | type | is |", "|---|---|---|")
    for name, (annotation, text) in documented(newsrooms.Newsroom).items():
        if name != "name":
            kind = (
                "table" if name == "selectors" else _type(ast.parse(annotation, mode="eval").body)
            )
            yield f"| `{name}` | {kind} | {_cell(text)} |"
    yield ""
    yield f"Fields that a selector can be given for: {', '.join(f'`{each}`' for each in SELECTABLE)}."


def _api() -> Iterator[str]:
    yield "For `.venv/bin/python`, in the project's folder."
    yield ""
    yield "```python"
    for module, name in API:
        yield f"from {module} import {name}"
    yield "```"
    for module, name in API:
        function = getattr(import_module(module), name)
        signature = re.sub(r"(: |-> )'([^']*)'", r"\1\2", str(inspect.signature(function)))
        first = (inspect.getdoc(function) or "").partition("\n\n")[0]
        yield from ("", f"**`{name}{signature}`**", "", _plain(first))


# --- text


def _plain(text: str | None) -> str:
    """Return a docstring's text as Markdown in one line for each paragraph."""
    text = re.sub(r":\w+:`~?[\w.]*?(\w+)`", r"`\1`", text or "")
    paragraphs = [" ".join(each.split()) for each in text.replace("``", "`").split("\n\n")]
    return "\n\n".join(paragraphs)


def _cell(text: str) -> str:
    return _plain(text).replace("\n\n", " ").replace("|", "\\|")


def _code(text: str) -> str:
    return "–" if text == "–" else f"`{text}`".replace("|", "\\|")


if __name__ == "__main__":
    main()
