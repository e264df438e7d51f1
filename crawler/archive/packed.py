"""Text compressed in frames of whole lines, so that one line can be read without all before it."""

from __future__ import annotations

import mmap
import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

from crawler.archive.codings import zstd
from crawler.archive.files import sync_folder, temporary
from crawler.errors import ArchiveDamaged

SUFFIX: Final = ".zst"

# About so much text goes into a frame: less compresses worse, more makes a line dearer to read.
_FRAME: Final = 2 * 1024 * 1024
# Level 10 takes a tenth more room than 19, in a fourteenth of the time.
_OPTIONS: Final[dict[int, int]] = {
    zstd.CompressionParameter.compression_level: 10,
    zstd.CompressionParameter.checksum_flag: 1,
}
_BUFFER: Final = 256 * 1024


def frames(lines: Iterable[bytes]) -> Iterator[bytes]:
    """Yield *lines* put together to texts of the size of a frame."""
    held: list[bytes] = []
    size = 0
    for line in lines:
        held.append(line)
        size += len(line)
        if size >= _FRAME:
            yield b"".join(held)
            held, size = [], 0
    if held:
        yield b"".join(held)


def pack(text: bytes) -> bytes:
    """Return *text* as a frame with a checksum."""
    return zstd.compress(text, options=_OPTIONS)


def read_packed(path: Path, start: int, size: int) -> bytes:
    """Return *size* bytes from *start* of the text that is packed in the file at *path*."""
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
        frame = text = 0
        while frame < len(content):
            view = memoryview(content)[frame:]
            packed = zstd.get_frame_size(view)
            length = zstd.get_frame_info(view).decompressed_size
            view.release()
            if not length:  # not stated: made by another program, in one go
                break
            if text + length > start:
                whole = zstd.decompress(content[frame : frame + packed])
                return whole[start - text : start - text + size]
            frame += packed
            text += length
    with zstd.ZstdFile(path) as source:
        source.seek(start)
        return source.read(size)


def thaw(path: Path) -> None:
    """Make the plain file at *path* again where only its compressed form is there.

    So that lines can be added to a month that was compressed too early: a plain file beside the
    other would hide it.
    """
    packed = path.with_name(path.name + SUFFIX)
    if path.exists() or not packed.exists():
        return
    beside = temporary(path)
    try:
        with zstd.ZstdFile(packed) as source, beside.open("wb") as target:
            while block := source.read(_BUFFER):
                target.write(block)
            target.flush()
            os.fsync(target.fileno())
    except (EOFError, zstd.ZstdError) as error:
        raise ArchiveDamaged(packed.name, 0, f"cannot be read to its end ({error})") from None
    beside.replace(path)
    packed.unlink()
    sync_folder(path.parent)
