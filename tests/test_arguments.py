"""What may be typed behind ``-a``, and what a mistake is answered with."""

from __future__ import annotations

import datetime as dt
import io
from pathlib import Path

import pytest

from crawler.arguments import read_arguments
from crawler.errors import ConfigurationError
from crawler.newsrooms import Newsroom, load_newsroom

PROGRES = load_newsroom("progres")


def test_nothing_typed_is_one_incremental_run() -> None:
    arguments = read_arguments({}, PROGRES)
    assert arguments.newsroom == PROGRES
    assert arguments.refresh == "due"
    assert arguments.source == "page"
    assert arguments.discover == ()
    assert (arguments.limit, arguments.budget, arguments.urls) == (None, None, None)


def test_reads_every_argument() -> None:
    arguments = read_arguments(
        {
            "site": "https://www.Lintas.example/",
            "name": "lintas",
            "since": "2021-09-01",
            "until": "2021-09-30",
            "discover": "rest, sitemap",
            "limit": "5",
            "refresh": "none",
            "budget": "100",
        },
        None,
    )
    assert arguments.newsroom.address == "https://www.lintas.example"
    assert arguments.newsroom.name == "lintas"
    assert arguments.since == dt.date(2021, 9, 1)
    assert arguments.until == dt.date(2021, 9, 30)
    assert arguments.discover == ("rest", "sitemap")
    assert (arguments.limit, arguments.budget, arguments.refresh) == (5, 100, "none")


def test_a_site_is_named_for_its_host_without_www() -> None:
    assert read_arguments({"site": "https://www.lintas.example"}, None).newsroom.name == (
        "lintas.example"
    )


def test_a_site_keeps_what_is_known_of_the_spiders_newsroom() -> None:
    newsroom = read_arguments({"site": "http://127.0.0.1:8188"}, PROGRES).newsroom
    assert newsroom.name == "progres"
    assert newsroom.address == "http://127.0.0.1:8188"
    assert newsroom.outlets == PROGRES.outlets


def test_arguments_of_a_job_server_are_ignored() -> None:
    assert "_job" not in read_arguments({"_job": "1f"}, PROGRES).given


@pytest.mark.parametrize(
    ("given", "said"),
    [
        pytest.param({"sinc": "2021-09-01"}, "unknown argument sinc=2021-09-01", id="unknown"),
        pytest.param({"since": "1/9/2021"}, "want a day as YYYY-MM-DD", id="day"),
        pytest.param({"since": "2021-02-30"}, "want a day as YYYY-MM-DD", id="no-such-day"),
        pytest.param({"since": "20210901"}, "want a day as YYYY-MM-DD", id="no-dashes"),
        pytest.param({"until": "2021-W35-3"}, "want a day as YYYY-MM-DD", id="week"),
        pytest.param({"since": "2022-01-01", "until": "2021-01-01"}, "is after", id="window"),
        pytest.param({"limit": "0"}, "want a whole number from 1", id="limit-0"),
        pytest.param({"limit": "-3"}, "want a whole number from 1", id="limit-negative"),
        pytest.param({"budget": "many"}, "want a whole number from 1", id="budget"),
        pytest.param({"refresh": "always"}, "due, all or none", id="refresh"),
        pytest.param({"source": "feed"}, "page or rest", id="source"),
        pytest.param({"discover": "rest,atom"}, "rest,sitemap,feed,listing,cdx", id="door"),
        pytest.param({"discover": "cdx"}, "go together", id="cdx-without-server"),
        pytest.param({"cdx": "http://cdx.example/"}, "go together", id="server-without-cdx"),
        pytest.param({"site": "ftp://progres.id"}, "want an address", id="scheme"),
        pytest.param({"site": "http://"}, "want an address", id="no-host"),
        pytest.param({"name": "../rahasia"}, "lower-case letters", id="name-is-a-path"),
        pytest.param({"name": ""}, "name=: want a folder name", id="name-is-empty"),
        pytest.param({"source": "rest", "discover": "feed"}, "REST door alone", id="rest-feed"),
    ],
)
def test_refuses(given: dict[str, str], said: str) -> None:
    with pytest.raises(ConfigurationError) as error:
        read_arguments(given, PROGRES)
    assert said in str(error.value)
    assert "\n" not in str(error.value)


def test_a_spider_of_no_newsroom_wants_a_site() -> None:
    with pytest.raises(ConfigurationError, match="wants site=URL"):
        read_arguments({}, None)


def test_reads_addresses_from_a_file(tmp_path: Path) -> None:
    path = tmp_path / "alamat.txt"
    path.write_text("# pilihan\nhttps://progres.id/a.html\n\n https://progres.id/b.html \n")
    assert read_arguments({"urls": str(path)}, PROGRES).urls == (
        "https://progres.id/a.html",
        "https://progres.id/b.html",
    )


def test_reads_addresses_from_stdin(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("https://progres.id/a.html\n"))
    assert read_arguments({"urls": "-"}, PROGRES).urls == ("https://progres.id/a.html",)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        pytest.param(None, "No such file", id="absent"),
        pytest.param(b"", "holds no address", id="empty"),
        pytest.param(b"progres.id/a.html\n", "address 1 is 'progres.id/a.html'", id="no-scheme"),
        pytest.param(b"\xff\xfe\x00", "not UTF-8", id="binary"),
        pytest.param(
            b"https://www.progres.id/a.html\nhttps://lain.example/b.html\n",
            "address 2 is 'https://lain.example/b.html'; want http(s) addresses of progres.id",
            id="another-site",
        ),
    ],
)
def test_refuses_a_file_of_addresses(tmp_path: Path, content: bytes | None, said: str) -> None:
    path = tmp_path / "alamat.txt"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(ConfigurationError) as error:
        read_arguments({"urls": str(path)}, PROGRES)
    assert said in str(error.value)


def test_refuses_a_newsroom_file_with_an_unknown_key(tmp_path: Path) -> None:
    (tmp_path / "lintas.toml").write_text('address = "https://lintas.example"\nzona = "WITA"\n')
    with pytest.raises(ConfigurationError, match="unknown key 'zona'"):
        load_newsroom("lintas", [tmp_path])


def test_refuses_a_newsroom_file_with_an_unknown_zone(tmp_path: Path) -> None:
    (tmp_path / "lintas.toml").write_text('address = "https://lintas.example"\nzone = "WITA"\n')
    with pytest.raises(ConfigurationError, match="IANA name such as Asia/Makassar"):
        load_newsroom("lintas", [tmp_path])


def test_a_newsroom_is_a_file_and_nothing_else(tmp_path: Path) -> None:
    (tmp_path / "lintas.toml").write_text(
        'address = "https://lintas.example/"\nzone = "Asia/Makassar"\noutlets = ["LINTAS"]\n'
    )
    assert load_newsroom("lintas", [tmp_path]) == Newsroom(
        name="lintas",
        address="https://lintas.example",
        zone="Asia/Makassar",
        outlets=("LINTAS",),
    )
