"""What tests share: the embedded newsroom, served on a free port."""

from __future__ import annotations

from collections.abc import Iterator

import attrs
import pytest

from crawler.newsroom import Content, EmbeddedNewsroom, load_content


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
