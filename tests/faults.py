"""Trouble for a newsroom to make: add these to :attr:`EmbeddedNewsroom.faults`.

Each is a :data:`Fault`; :func:`on`, :func:`at_rate`, :func:`first` and :func:`then` say when it
strikes. One that returns ``None`` leaves the request to the next, and in the end to the site.
"""

from __future__ import annotations

import gzip
import hashlib
import io
import re
from collections.abc import Callable

import attrs

from demo.exchange import Fault, Header, Request, Response

MEBIBYTE = 1 << 20


def status(code: int, *, retry_after: str | int | None = None, body: str = "") -> Fault:
    """Answer *code*, with ``Retry-After`` in seconds or as a date where given."""
    headers: list[Header] = []
    if retry_after is not None:
        headers.append(("Retry-After", str(retry_after)))
    page = body or f"<html><head><title>{code}</title></head><body><h1>{code}</h1></body></html>"
    return lambda _request: Response(status=code, headers=headers, body=page.encode())


def says(body: str | bytes, *, kind: str = "text/html; charset=UTF-8", code: int = 200) -> Fault:
    """Answer *body*, whatever was asked."""
    sent = body.encode() if isinstance(body, str) else body
    return lambda _request: Response(status=code, kind=kind, body=sent)


def redirect(url: str, code: int = 301) -> Fault:
    """Redirect to *url*, of this host or another; ``{path}`` in it becomes the path asked for."""
    return lambda request: Response(
        status=code, headers=[("Location", url.replace("{path}", request.path))]
    )


def loop(request: Request) -> Response:
    """Redirect to the same path with a number that grows: a chain without an end."""
    turn = int(request.query.get("putaran", "0")) + 1
    return Response(status=302, headers=[("Location", f"{request.path}?putaran={turn}")])


def truncated(share: float = 0.5) -> Fault:
    """Claim the whole length, send *share* of it, and close."""

    def fault(request: Request) -> Response:
        response = request.normal()
        cut = response.body[: int(len(response.body) * share)]
        return attrs.evolve(response, body=cut, length=len(response.body))

    return fault


def broken_off(request: Request) -> Response:  # noqa: ARG001 -- a fault takes the request
    """Reset the connection without a byte."""
    return Response(reset=True)


def broken_off_late(request: Request) -> Response:
    """Send half of the answer, then reset the connection."""
    response = request.normal()
    half = response.body[: len(response.body) // 2]
    return attrs.evolve(response, body=half, length=len(response.body), reset=True)


def silent(seconds: float = 3600.0) -> Fault:
    """Say nothing for *seconds*, then break off."""
    return lambda _request: Response(reset=True, wait=seconds)


def slow(seconds: float) -> Fault:
    """Answer as always, *seconds* later."""
    return lambda request: attrs.evolve(request.normal(), wait=seconds)


def dripping(piece: int = 16, pace: float = 0.5) -> Fault:
    """Send *piece* bytes every *pace* seconds."""
    return lambda request: attrs.evolve(request.normal(), piece=piece, pace=pace)


def huge(size: int = 64 * MEBIBYTE, filler: bytes = b"<p>Berita.</p>\n") -> Fault:
    """Answer *size* bytes."""
    return lambda _request: Response(body=filler * (size // len(filler) + 1))


def endless(filler: bytes = b"<p>Berita.</p>\n" * 4096) -> Fault:
    """State no length, and send *filler* again and again."""
    return lambda _request: Response(body=filler, endless=True)


def heady(size: int = 8 * MEBIBYTE) -> Fault:
    """Send *size* bytes of header fields before the page."""
    fields: list[Header] = [(f"X-Beban-{number}", "a" * 1000) for number in range(size // 1000)]
    return lambda request: attrs.evolve(request.normal(), headers=fields)


def bomb(size: int = 256 * MEBIBYTE, kind: str = "text/html; charset=UTF-8") -> Fault:
    """Answer a few hundred kilobytes of gzip that unpack to *size* bytes."""
    packed = io.BytesIO()
    with gzip.GzipFile(fileobj=packed, mode="wb", compresslevel=9, mtime=0) as writer:
        for _ in range(size // MEBIBYTE):
            writer.write(b"a" * MEBIBYTE)
    body = packed.getvalue()
    return lambda _request: Response(kind=kind, body=body, headers=[("Content-Encoding", "gzip")])


def recoded(charset: str, claimed: str | None = None) -> Fault:
    """Send the page in *charset*, and claim it is *claimed* (UTF-8 where nothing is said)."""

    def fault(request: Request) -> Response:
        response = request.normal()
        text = response.body.decode("utf-8", "replace")
        kind = response.kind.partition(";")[0]
        return attrs.evolve(
            response,
            body=text.encode(charset, "xmlcharrefreplace"),
            kind=f"{kind}; charset={claimed or 'UTF-8'}",
        )

    return fault


def changed(change: Callable[[bytes], bytes]) -> Fault:
    """Send what *change* makes of the body."""

    def fault(request: Request) -> Response:
        response = request.normal()
        return attrs.evolve(response, body=change(response.body))

    return fault


def rethemed(name: str) -> Fault:
    """Print pages by the theme *name*: the same markup, with its own stylesheets and classes."""

    def renamed(body: bytes) -> bytes:
        own = name.encode()
        return body.replace(b"/themes/wpberita/", b"/themes/" + own + b"/").replace(
            b"gmr-", own + b"-"
        )

    fault = changed(renamed)
    return lambda request: fault(request) if "html" in request.normal().kind else None


class StaleCache:
    """Answers pages as they were when they were held, until the cache is purged."""

    def __init__(self) -> None:
        self._held: dict[str, Response] = {}

    def hold(self, target: str, page: Response) -> None:
        """Answer *page* at *target* from now on, unless an older one is held."""
        self._held.setdefault(target, page)

    def purge(self) -> None:
        self._held.clear()

    def __call__(self, request: Request) -> Response | None:
        return self._held.get(request.target)


# ------------------------------------------------------------------------ when


def on(pattern: str, fault: Fault) -> Fault:
    """Strike where the regular expression *pattern* is found in path and query."""
    wanted = re.compile(pattern)
    return lambda request: fault(request) if wanted.search(request.target) else None


def first(times: int, fault: Fault) -> Fault:
    """Strike the first *times* requests of each target, so that asking again helps."""
    return lambda request: fault(request) if request.nth <= times else None


def at_rate(rate: float, fault: Fault, *, seed: str = "1") -> Fault:
    """Strike a share of all requests, the same ones in every run with that *seed*.

    Whether a target is struck is drawn anew each time it is asked for.
    """

    def struck(request: Request) -> bool:
        drawn = f"{seed}|{request.target}|{request.nth}".encode()
        number = int.from_bytes(hashlib.blake2b(drawn, digest_size=8).digest(), "big")
        return bool(number < rate * 2**64)

    return lambda request: fault(request) if struck(request) else None


def then(*faults: Fault) -> Fault:
    """Strike with the first of *faults* at the first request of a target, and so on; then never."""
    return lambda request: faults[request.nth - 1](request) if request.nth <= len(faults) else None
