"""Content codings: undone where they are there, and judged whole or not."""

from __future__ import annotations

import zlib

import brotli
import pytest

from crawler.decoding import Incomplete, Oversized, decode, zstd

TEXT = "<p>Pasar Lama dibuka lagi – sejak Senin.</p>\n".encode() * 500


def _raw_deflate(text: bytes) -> bytes:
    deflate = zlib.compressobj(wbits=-15)
    return deflate.compress(text) + deflate.flush()


def gzipped(text: bytes) -> bytes:
    return zlib.compress(text, wbits=31)


CODED = {
    "gzip": gzipped(TEXT),
    "x-gzip": gzipped(TEXT),
    "GZIP": gzipped(TEXT),
    "deflate": zlib.compress(TEXT),
    "br": brotli.compress(TEXT),
    "zstd": zstd.compress(TEXT, options={zstd.CompressionParameter.checksum_flag: 1}),
    "deflate, gzip": gzipped(zlib.compress(TEXT)),
    "identity": TEXT,
    "": TEXT,
}


@pytest.mark.parametrize("coding", CODED)
def test_a_coding_is_undone(coding: str) -> None:
    assert decode(CODED[coding], {"content-encoding": coding}) == TEXT
    assert decode(b"", {"content-encoding": coding}) == b""
    with pytest.raises(Oversized, match="more than 100 bytes"):
        decode(CODED[coding], {"content-encoding": coding}, largest=100)


def test_deflate_without_its_header_is_read_too() -> None:
    assert decode(_raw_deflate(TEXT), {"content-encoding": "deflate"}) == TEXT


def test_gzip_of_several_members_is_one_body() -> None:
    coded = gzipped(TEXT[:700]) + gzipped(TEXT[700:])
    assert decode(coded, {"content-encoding": "gzip"}) == TEXT


def test_what_follows_gzip_and_is_none_is_left_out() -> None:
    coded = gzipped(TEXT) + b"<!-- dari cache -->"
    assert decode(coded, {"content-encoding": "gzip"}) == TEXT


@pytest.mark.parametrize("coding", ["UTF-8", "none", "sdch", "gzip, UTF-8", "*"])
def test_a_coding_that_nobody_knows_is_none(coding: str) -> None:
    assert decode(TEXT, {"content-encoding": coding}) == TEXT


@pytest.mark.parametrize("coding", ["gzip", "x-gzip", "deflate", "br", "zstd"])
@pytest.mark.parametrize(
    "body", [TEXT, b"ya", b'{"a": 1}', b"\xef\xbb\xbf<html>", b"\n\n\t<!doctype html>"]
)
def test_a_coding_that_is_not_there_is_none(coding: str, body: bytes) -> None:
    assert decode(body, {"content-encoding": coding}) == body


def test_bytes_that_do_not_begin_as_gzip_are_not_gzip() -> None:
    photo = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00" + bytes(range(256)) * 20
    assert decode(photo, {"content-encoding": "gzip"}) == photo


@pytest.mark.parametrize("coding", ["gzip", "deflate", "br", "zstd"])
@pytest.mark.parametrize("share", [0.1, 0.5, 0.9, 0.999])
def test_a_body_that_is_cut_is_not_whole(coding: str, share: float) -> None:
    whole = CODED[coding]
    with pytest.raises(Incomplete, match=f"{coding} is cut or damaged") as raised:
        decode(whole[: int(len(whole) * share)], {"content-encoding": coding})
    assert TEXT.startswith(raised.value.part)


@pytest.mark.parametrize("coding", ["gzip", "deflate", "zstd"])
def test_a_wrong_checksum_is_not_whole(coding: str) -> None:
    """Of zlib's and gzip's the checksum stands at the end or before the length, of zstd last."""
    whole = bytearray(CODED[coding])
    whole[-5 if coding == "gzip" else -1] ^= 1
    with pytest.raises(Incomplete):
        decode(bytes(whole), {"content-encoding": coding})


def test_the_second_member_is_held_to_the_same() -> None:
    with pytest.raises(Incomplete):
        decode(gzipped(TEXT) + gzipped(TEXT)[:-4], {"content-encoding": "gzip"})


@pytest.mark.parametrize("coding", ["", "gzip", "UTF-8"])
def test_fewer_bytes_than_announced_are_not_whole(coding: str) -> None:
    whole = CODED.get(coding, TEXT)
    headers = {"content-encoding": coding, "content-length": str(len(whole) + 1)}
    with pytest.raises(Incomplete, match="that were announced"):
        decode(whole, headers)
    assert decode(whole, {**headers, "content-length": str(len(whole))}) == TEXT
    assert decode(whole, {**headers, "content-length": "12"}) == TEXT
    assert decode(whole, {**headers, "content-length": "banyak"}) == TEXT
    assert decode(whole, {**headers, "transfer-encoding": "chunked"}) == TEXT


def test_the_length_before_somebody_undid_the_coding_says_nothing() -> None:
    headers = {"content-encoding": "gzip", "content-length": str(len(TEXT) + 23)}
    assert decode(TEXT, headers) == TEXT


def test_chunks_that_are_still_there_are_taken_away() -> None:
    headers = {"transfer-encoding": "chunked", "content-encoding": "gzip"}
    half = len(CODED["gzip"]) // 2
    parts = (CODED["gzip"][:half], CODED["gzip"][half:], b"")
    chunked = b"".join(b"%x;a=b\r\n%s\r\n" % (len(part), part) for part in parts)
    assert decode(chunked, headers) == TEXT
    with pytest.raises(Incomplete, match="the last chunk"):
        decode(chunked.removesuffix(b"0;a=b\r\n\r\n"), headers)


def test_a_bomb_of_many_small_members_is_read_in_one_sitting() -> None:
    """Each member costs a step of its own, and not another look at all that follow."""
    assert decode(gzipped(b"a") * 20_000, {"content-encoding": "gzip"}) == b"a" * 20_000
