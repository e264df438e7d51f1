"""Tools with dependencies of their own, each in its own virtual environment."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import venv
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PYWB = ("pywb", "pywb==2.10.0")
VENVS = ROOT / ".venv-tools"


def tool_venv(name: str, *packages: str) -> Path:
    """Return the folder of the programs of *packages*, which are installed at the first call.

    Skips the test where the registry cannot be reached.
    """
    folder = VENVS / name
    ready = folder / ".ready"
    wanted = "\n".join(packages)
    if not ready.exists() or ready.read_text() != wanted:
        venv.create(folder, with_pip=True, clear=True)
        done = subprocess.run(
            [folder / "bin/python", "-m", "pip", "--disable-pip-version-check", "install", "-q",
             *packages],
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        if done.returncode:
            pytest.skip(f"{name} could not be installed: {done.stderr.strip().splitlines()[-1]}")
        ready.write_text(wanted)
    return folder / "bin"


def with_path(*folders: Path) -> dict[str, str]:
    """The environment in which programs of *folders*, and of this Python, come first."""
    first = [str(folder) for folder in (*folders, Path(sys.executable).parent)]
    return {**os.environ, "PATH": os.pathsep.join([*first, os.environ["PATH"]])}


@contextmanager
def pywb(folder: Path, name: str, *warcs: Path) -> Iterator[str]:
    """Serve *warcs* with pywb on loopback, as collection *name* in *folder*; yield its address."""
    programs = tool_venv(*PYWB)
    for command in (["init", name], ["add", name, *map(str, warcs)]):
        subprocess.run([programs / "wb-manager", *command], cwd=folder, check=True)
    with wayback(folder) as address:
        yield f"{address}/{name}"


@contextmanager
def wayback(folder: Path) -> Iterator[str]:
    """Serve the collections in *folder* with pywb on loopback; yield its address."""
    programs = tool_venv(*PYWB)
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    server = subprocess.Popen(
        [programs / "wayback", "--bind", "127.0.0.1", "--port", str(port)],
        cwd=folder,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        assert server.stderr is not None
        for line in server.stderr:  # it says so just before it listens
            if "Starting Gevent Server" in line:
                break
        while server.poll() is None:
            with suppress(ConnectionRefusedError), socket.create_connection(("127.0.0.1", port)):
                break
        yield f"http://127.0.0.1:{port}"
    finally:
        server.terminate()
        server.communicate()
