"""A short turn of ``make fuzz``, and what longer ones once found."""

from __future__ import annotations

import pytest

from tests.fuzz import TARGETS, fuzz, try_one

PHOTO = (
    "<html><head><title>Hujan di Kaur</title></head><body class='single'><article>"
    "<h1>Hujan di Kaur</h1><img src='/a.jpg' width='{}'><div>"
    + "<p>Hujan deras turun di Kaur sejak pagi, dan sungai meluap ke sawah warga.</p>" * 20
    + "</div></article></body></html>"
)
FOUND = [
    ("dates", "dua hari lalu, 12 Maret 99999999999999999999"),
    ("dates", "9" * 5000 + "/1/2024"),
    ("markup", PHOTO.format("²")),
    ("markup", PHOTO.format("9" * 5000)),
    ("discovery sitemap", "<urlset><url><loc>https://kabar.example/&#xD800;/</loc></url></urlset>"),
    ("discovery feed", "<rss><channel><item><link>/a/&#57343;</link></item></channel></rss>"),
]
"""Inputs that went wrong, made small; they are read now."""


@pytest.mark.parametrize("name", TARGETS)
def test_only_declared_errors(name: str) -> None:
    assert list(fuzz(name, 10_000_000, 100, grown=0)) == []


@pytest.mark.parametrize(("name", "text"), FOUND)
def test_what_was_found_is_read(name: str, text: str) -> None:
    try_one(name, text.encode())
