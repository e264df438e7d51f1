"""The line format: what is committed, what is printed, what it allows and what it refuses."""

from __future__ import annotations

import json
from typing import Any

import jsonschema
import pytest

from crawler.codec import dump_line, dump_schema, from_mapping, parse_line
from crawler.errors import InvalidRecord
from crawler.items import Article
from tests.crawling import Archived
from tests.forked import ROOT, scrapy

COMMITTED = ROOT / "crawler/schema.json"
VALIDATOR = jsonschema.Draft202012Validator(json.loads(COMMITTED.read_text(encoding="utf-8")))
HASH = "sha256:" + "0" * 64
# Typed from the description of the format, in its order.
KEYS = [
    "schema",
    "id",
    "revision",
    "site",
    "url",
    "post_id",
    "title",
    "subtitle",
    "published_at",
    "modified_at",
    "event_date",
    "authors",
    "writer",
    "editor",
    "source_url",
    "credit",
    "categories",
    "tags",
    "topics",
    "dateline",
    "caption",
    "photo_credit",
    "image_url",
    "image_alt",
    "images",
    "embeds",
    "body",
    "body_html",
    "dates",
    "related_posts",
    "word_count",
    "language",
    "pages",
    "content_hash",
    "unchanged_until",
    "captures",
    "provenance",
    "theme",
    "source",
    "extractor",
    "run",
    "written_at",
]


def article(**more: Any) -> Article:
    least = {"id": "lintas:7", "site": "lintas", "url": "https://lintas.example/a/", "title": "A"}
    return Article(**{**least, "content_hash": HASH, "extractor": "1", **more})


def test_what_is_committed_is_what_the_classes_say() -> None:
    assert COMMITTED.read_text(encoding="utf-8") == dump_schema()


def test_it_is_a_schema() -> None:
    VALIDATOR.check_schema(VALIDATOR.schema)


def test_the_command_prints_it() -> None:
    done = scrapy("schema")
    assert (done.returncode, done.stdout) == (0, COMMITTED.read_text(encoding="utf-8"))


def test_every_line_of_an_archive_fits(archived: Archived) -> None:
    (path,) = archived.out.glob("progres/articles-*.jsonl")
    lines = path.read_text(encoding="utf-8").splitlines()
    assert len(lines) == 37
    for line in lines:
        VALIDATOR.validate(json.loads(line))


def test_keys_are_all_there_and_in_order() -> None:
    assert list(json.loads(dump_line(article()))) == KEYS


@pytest.mark.parametrize("key", KEYS)
def test_the_schema_wants_every_key(key: str) -> None:
    line = json.loads(dump_line(article()))
    del line[key]
    with pytest.raises(jsonschema.ValidationError):
        VALIDATOR.validate(line)


def test_a_key_of_a_later_version_is_allowed_and_passed_over() -> None:
    line = {**json.loads(dump_line(article())), "a_key_of_later": 1}
    VALIDATOR.validate(line)
    assert from_mapping(line) == article()


def test_a_line_reads_back_as_it_was_written() -> None:
    before = article(tags=("Dubes Jepang", "Sister City"), published_at="2021-09-30T08:15:00+07:00")
    assert parse_line(dump_line(before)) == before


@pytest.mark.parametrize(
    ("field", "value", "wanted"),
    [
        ("title", " ", "1 to 2,000 characters"),
        ("url", "/a/", "an absolute http(s) address"),
        ("url", "javascript:alert(1)", "an absolute http(s) address"),
        ("published_at", "2021-09-30T08:15:00", "a moment with its UTC offset"),
        ("published_at", "2021-02-30", "ISO 8601"),
        ("modified_at", "2021-09-30", "ISO 8601 with its UTC offset"),
        ("event_date", "29/9/2021", "a day as YYYY-MM-DD"),
        ("revision", 0, "a number from 1"),
        ("post_id", -1, "a number from 0"),
        ("post_id", True, "a number from 0"),
        ("tags", ("",), "a list of strings that are not empty"),
        ("content_hash", "sha256:0", "64 hex digits"),
        ("source", "feed", "page, rest"),
        ("credit", "", "a string that is not empty or null"),
    ],
)
def test_refuses_a_value_by_field_value_and_wish(field: str, value: Any, wanted: str) -> None:
    with pytest.raises(InvalidRecord) as refused:
        article(**{field: value})
    said = str(refused.value)
    assert said.startswith(f"{field} needs ")
    assert wanted in said
    assert repr(value) in said


DATE = {"text": "kemarin", "date": "2021-09-29", "resolved": "relative"}


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"title": None}, "title needs 1 to 2,000 characters, got None"),
        ({"body": 7}, "body needs a string, got 7"),
        ({"revision": 1.9}, "revision needs a number from 1, got 1.9"),
        ({"word_count": "12"}, "word_count needs a number from 0, got '12'"),
        ({"word_count": False}, "word_count needs a number from 0, got False"),
        ({"tags": "abc"}, "tags needs a list of strings that are not empty, got 'abc'"),
        ({"tags": None}, "tags needs a list of strings that are not empty, got None"),
        ({"tags": [1]}, "tags needs a list of strings that are not empty, got (1,)"),
        ({"tags": {"a": 1}}, "tags needs a list of strings that are not empty, got {'a': 1}"),
        ({"images": ["a"]}, "images needs a tuple of Image, got ('a',)"),
        ({"dateline": "JAKARTA"}, "dateline needs a Dateline or null, got 'JAKARTA'"),
        ({"dateline": {}}, "Dateline needs all its keys (no 'text'), got {}"),
        ({"dates": [{**DATE, "weekday_agrees": "no"}]}, "weekday_agrees needs true, false or null"),
        ({"dates": [{**DATE, "block": 1.0}]}, "block needs a number from 0, got 1.0"),
        ({"provenance": {"title": 1}}, "provenance needs an object of strings, got {'title': 1}"),
        ({"provenance": ["title"]}, "provenance needs an object of strings, got ['title']"),
    ],
)
def test_a_value_of_another_type_is_refused_and_never_made_to_fit(
    values: dict[str, Any], said: str
) -> None:
    line = {**json.loads(dump_line(article())), **values}
    with pytest.raises(InvalidRecord) as refused:
        parse_line(json.dumps(line))
    assert str(refused.value).startswith(said)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("", "line needs JSON"),
        ("[]", "line needs a JSON object"),
        ('{"schema": "article/9"}', "schema needs one of article/1"),
        ('{"schema": ["article/1"]}', "schema needs one of article/1"),
        ('{"schema": "article/1"}', "needs all its keys"),
    ],
)
def test_refuses_what_is_no_line(line: str, said: str) -> None:
    with pytest.raises(InvalidRecord, match=said):
        parse_line(line)
