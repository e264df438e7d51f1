"""The last guard before ``body_html`` is written, whatever the rules before it let through."""

from __future__ import annotations

import pytest

from crawler.extract.blocks import Block
from crawler.extract.record import body_html


def shown(inner: str, tag: str = "p") -> str:
    block = Block("p", tag, ())
    block.inner = inner
    return body_html([block])


@pytest.mark.parametrize(
    ("inner", "left"),
    [
        ("Teks <script>alert(1)</script>utuh", "<p>Teks utuh</p>"),
        ("<style>p{background:url(//x)}</style>utuh", "<p>utuh</p>"),
        ('<strong onclick="alert(1)" style="position:fixed">utuh</strong>',
         "<p><strong>utuh</strong></p>"),
        ('<a href="javascript:alert(1)">utuh</a>', "<p><a>utuh</a></p>"),
        ('<a href="&#106;ava\tscript:alert(1)">utuh</a>', "<p><a>utuh</a></p>"),
        ('<a href="data:text/html,x">utuh</a>', "<p><a>utuh</a></p>"),
        ('<a href="vbscript:x" target="_top">utuh</a>', "<p><a>utuh</a></p>"),
        ('<img src="data:image/svg+xml,x" onerror="alert(1)" alt="foto">',
         '<p><img alt="foto"></p>'),
        ('<iframe src="//x"></iframe>utuh', "<p>utuh</p>"),
        ('<form action="//x"><input name="sandi"></form>utuh',
         "<p></p>utuh<p></p>"),  # a form ends a paragraph
        ('<meta http-equiv="refresh" content="0;url=//x">utuh', "<p>utuh</p>"),
        ("<svg onload=alert(1)></svg>utuh", "<p>utuh</p>"),
        ("<!-- <p> -->utuh", "<p>utuh</p>"),
    ],
)  # fmt: skip
def test_only_text_structure_and_web_links_are_left(inner: str, left: str) -> None:
    assert shown(inner) == left


def test_what_the_blocks_are_written_as_stays() -> None:
    inner = 'Teks <strong>tebal</strong>, <em>miring</em>, <a href="https://lain.example/">taut</a>'
    assert shown(inner, "h2") == f"<h2>{inner}</h2>"
