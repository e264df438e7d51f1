"""What tests share: the embedded newsroom, served on a free port, and an archive of it."""

from __future__ import annotations

import os
import shutil
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import attrs
import pytest

from demo import Content, EmbeddedNewsroom, load_content
from tests.crawling import Archived, crawl, runs


@pytest.fixture(scope="session")
def newsroom_content() -> Content:
    """Return what the source files say; it is frozen, so that all tests may share it."""
    return load_content()


@pytest.fixture
def newsroom(newsroom_content: Content) -> Iterator[EmbeddedNewsroom]:
    """Serve the newsroom on 127.0.0.1 for one test, and stop it afterwards."""
    with EmbeddedNewsroom(newsroom_content) as running:
        yield running


@pytest.fixture
def newsroom_with_slashes(newsroom_content: Content) -> Iterator[EmbeddedNewsroom]:
    """Serve the same newsroom with ``/%postname%/`` addresses."""
    house = attrs.evolve(newsroom_content.house, permalinks="/%postname%/")
    with EmbeddedNewsroom(attrs.evolve(newsroom_content, house=house)) as running:
        yield running


@pytest.fixture(scope="session")
def whole_archive(
    newsroom_content: Content, tmp_path_factory: pytest.TempPathFactory
) -> tuple[int, Path]:
    """Archive the whole newsroom once; returns the port that it was served on, and the folder."""
    out = tmp_path_factory.mktemp("whole")
    with _on_a_port_of_its_own(newsroom_content) as newsroom:
        ended = crawl(newsroom, out)
    assert ended.code == 0, ended.said
    return int(newsroom.address.rpartition(":")[2]), out


@pytest.fixture
def archived(
    newsroom_content: Content, whole_archive: tuple[int, Path], tmp_path: Path
) -> Iterator[Archived]:
    """Serve the newsroom for one test, with an archive in which all of it is."""
    port, whole = whole_archive
    out = tmp_path / "archives"
    shutil.copytree(whole, out)
    with EmbeddedNewsroom(newsroom_content, port=port) as newsroom:
        yield Archived(newsroom, out, runs(out / "progres")[-1])


def _on_a_port_of_its_own(content: Content) -> EmbeddedNewsroom:
    """Return the newsroom on a port that nobody takes between two tests.

    Not one of those that the system lends, nor one that another process of tests looks at first.
    """
    first = os.getpid() * 11
    for number in range(12_000):
        with suppress(OSError):
            return EmbeddedNewsroom(content, port=20_000 + (first + number) % 12_000)
    raise AssertionError("no port is free")


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int | None:
    """Two for each core, unless said otherwise: half of the time tests wait for runs of theirs."""
    said = os.environ.get("PYTEST_XDIST_AUTO_NUM_WORKERS")
    return None if said else 2 * (os.cpu_count() or 1)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with files of few tests: theirs are the longest, and none is to be left at the end."""
    counts = Counter(item.path for item in items)
    items.sort(key=lambda item: counts[item.path])
