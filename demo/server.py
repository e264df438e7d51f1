"""Speaks HTTP/1.1 on loopback: keep-alive, conditional requests, gzip, and trouble on demand."""

from __future__ import annotations

import asyncio
import email.utils
import gzip
import hashlib
import socket
import struct
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from http import HTTPStatus
from typing import Final

import attrs

from demo.exchange import Fault, Header, Request, Response
from demo.site import Switches

HOST: Final = "127.0.0.1"
_HEAD_LIMIT: Final = 65536
# Shorter bodies are not worth compressing.
_GZIP_FROM: Final = 500


@attrs.frozen(kw_only=True)
class Visit:
    """One request, as the log holds it."""

    target: str
    """Path and query."""

    agent: str
    at: float
    """When the request came, in seconds of :func:`time.monotonic`."""

    status: int
    """Status sent; 0 where nothing was sent."""

    size: int
    """Body bytes sent."""

    headers: Mapping[str, str]
    """Request fields, names in lower case."""


class Server:
    """Serves what *answer* says, unless one of :attr:`faults` says otherwise."""

    def __init__(self, answer: Callable[[Request], Response], switches: Switches) -> None:
        self.faults: list[Fault] = []
        self.visits: list[Visit] = []
        self._answer = answer
        self._switches = switches
        self._asked: Counter[str] = Counter()
        self._busy: set[asyncio.Task[None]] = set()

    async def serve(self, listening: socket.socket, stop: asyncio.Event) -> None:
        """Serve on *listening* until *stop* is set; open connections are broken off then."""
        server = await asyncio.start_server(self._client, sock=listening, limit=_HEAD_LIMIT)
        async with server:
            await stop.wait()
            server.close()
            # A connection accepted in this very turn of the loop has to begin before it can end.
            await asyncio.sleep(0)
            for task in self._busy:
                task.cancel()
            await asyncio.gather(*self._busy, return_exceptions=True)

    async def _client(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        if task is not None:
            self._busy.add(task)
            task.add_done_callback(self._busy.discard)
        try:
            while await self._exchange(reader, writer):
                pass
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            pass
        except asyncio.CancelledError:
            writer.transport.abort()
        finally:
            writer.close()

    async def _exchange(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        """Answer one request; whether the connection stays open."""
        request, version = await self._read(reader)
        if request is None:
            return False
        came = time.monotonic()
        response = self._respond(request)
        mute = response.reset and not response.body
        status, body, fields = self._conditional(request, response)
        sent = b"" if request.method == "HEAD" or mute else body
        # Before the first byte goes out, so that whoever has an answer finds it in the log.
        self.visits.append(
            Visit(
                target=request.target,
                agent=request.headers.get("user-agent", ""),
                at=came,
                status=0 if mute else status,
                size=len(sent),
                headers=request.headers,
            )
        )
        if response.wait:
            await asyncio.sleep(response.wait)
        length: int | None = len(body) if response.length is None else response.length
        if response.endless:
            length = None
        keep = version != "HTTP/1.0" and request.headers.get("connection", "").lower() != "close"
        keep = keep and length == len(body) and not response.reset
        if not mute:
            writer.write(_head(status, fields, length, keep=keep))
            await _send(writer, response, sent)
        if response.reset:
            _break_off(writer)
        return keep

    async def _read(self, reader: asyncio.StreamReader) -> tuple[Request | None, str]:
        """Return the next request and its HTTP version; ``None`` for what is no request."""
        first, *lines = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        words = first.split(" ")
        if len(words) != 3:  # noqa: PLR2004 -- method, target, version
            return None, ""
        headers = {
            name.strip().lower(): value.strip()
            for name, _, value in (line.partition(":") for line in lines if line)
        }
        length = headers.get("content-length", "0")
        if length.isdigit():
            await reader.readexactly(int(length))
        method, target, version = words
        self._asked[target] += 1
        request = Request(
            method=method,
            target=target.partition("#")[0],
            headers=headers,
            nth=self._asked[target],
            answer=self._answer,
        )
        return request, version

    def _respond(self, request: Request) -> Response:
        for fault in self.faults:
            response = fault(request)
            if response is not None:
                return response
        return self._answer(request)

    def _conditional(self, request: Request, response: Response) -> tuple[int, bytes, list[Header]]:
        """Return status, body and headers: 304 where the client has it, gzip where it may be."""
        headers: list[Header] = [
            ("Date", email.utils.formatdate(usegmt=True)),
            ("Server", "nginx"),
            *response.headers,
        ]
        body = response.body
        wanted = self._switches.validators
        if response.status == HTTPStatus.OK and (
            wanted == "all" or (wanted == "wp" and response.validated)
        ):
            etag = f'"{response.etag or hashlib.md5(body, usedforsecurity=False).hexdigest()}"'
            headers.append(("ETag", etag))
            if response.changed is not None:
                moment = email.utils.formatdate(response.changed, usegmt=True)
                headers.append(("Last-Modified", moment))
            if _has_it(request, etag, response.changed):
                return HTTPStatus.NOT_MODIFIED, b"", headers
        if response.kind:
            headers.append(("Content-Type", response.kind))
        coded = any(name.lower() == "content-encoding" for name, _ in response.headers)
        accepted = "gzip" in request.headers.get("accept-encoding", "")
        plain = response.length is None and not response.endless
        worth = not coded and len(body) > _GZIP_FROM and plain
        if self._switches.compress and accepted and worth:
            body = gzip.compress(body, 5, mtime=0)
            headers += [("Content-Encoding", "gzip"), ("Vary", "Accept-Encoding")]
        return response.status, body, headers


def _head(status: int, fields: Sequence[Header], length: int | None, *, keep: bool) -> bytes:
    lines = [f"HTTP/1.1 {status} {_reason(status)}"]
    lines += [f"{name}: {value}" for name, value in fields]
    if status != HTTPStatus.NOT_MODIFIED and length is not None:
        lines.append(f"Content-Length: {length}")
    lines.append(f"Connection: {'keep-alive' if keep else 'close'}")
    return "\r\n".join([*lines, "", ""]).encode("latin-1", "replace")


async def _send(writer: asyncio.StreamWriter, response: Response, body: bytes) -> None:
    while response.endless:
        writer.write(body)
        await writer.drain()
    piece = response.piece if response.pace else max(len(body), 1)
    for start in range(0, len(body), piece):
        writer.write(body[start : start + piece])
        await writer.drain()
        await asyncio.sleep(response.pace)
    await writer.drain()


def _has_it(request: Request, etag: str, changed: float | None) -> bool:
    match = request.headers.get("if-none-match")
    if match is not None:
        known = {one.strip().removeprefix("W/") for one in match.split(",")}
        return etag in known or "*" in known
    since = request.headers.get("if-modified-since")
    if since is None or changed is None:
        return False
    try:
        return int(changed) <= email.utils.parsedate_to_datetime(since).timestamp()
    except ValueError:
        return False


def _reason(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "Unknown"


def _break_off(writer: asyncio.StreamWriter) -> None:
    """Close the connection with a reset instead of an orderly end."""
    sock = writer.get_extra_info("socket")
    if sock is not None:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()
