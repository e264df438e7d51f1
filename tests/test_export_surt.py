"""Keys of addresses in an index of captures."""

from __future__ import annotations

import pytest

from crawler.export.wacz import surt

ADDRESSES = {
    "https://www.Lintas.example/A/": "example,lintas)/a",
    "http://www2.lintas.example": "example,lintas)/",
    "https://lintas.example//daerah//banjir//": "example,lintas)/daerah/banjir",
    "https://lintas.example/daerah/./a/../banjir.html": "example,lintas)/daerah/banjir.html",
    "https://lintas.example:443/a": "example,lintas)/a",
    "https://lintas.example:8443/a": "example,lintas:8443)/a",
    "http://127.0.0.1:8080/a/": "1,0,0,127:8080)/a",
    "https://lintas.example/?p=2&a=1": "example,lintas)/?a=1&p=2",
    "https://lintas.example/?a=10&a=9&a&B": "example,lintas)/?a&a=10&a=9&b",
    "https://lintas.example/a/?": "example,lintas)/a",
    "https://lintas.example/a?#bawah": "example,lintas)/a",
    "https://lintas.example/a?PHPSESSID=0123456789abcdef0123456789abcdef&p=1":
        "example,lintas)/a?p=1",
    "https://lintas.example/%E2%80%9Ca/": "example,lintas)/%e2%80%9ca",
    "https://lintas.example/“a b”/": "example,lintas)/%e2%80%9ca%20b%e2%80%9d",
    "https://lintas.example/a%2Fb%2541%7Ec": "example,lintas)/a/ba~c",
    "https://lintas.example/wp-json/wp/v2/posts?_embed&per_page=20&search=50%25":
        "example,lintas)/wp-json/wp/v2/posts?_embed&per_page=20&search=50%25",
    "https://berita.münchen.example/a": "example,xn--mnchen-3ya,berita)/a",
}  # fmt: skip


@pytest.mark.parametrize(("url", "key"), ADDRESSES.items())
def test_addresses_are_keys_as_other_tools_write_them(url: str, key: str) -> None:
    assert surt(url) == key
