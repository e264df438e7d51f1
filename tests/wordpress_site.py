"""A WordPress as Debian packages it, on loopback, with a database of its own, for as long as wanted."""

from __future__ import annotations

import contextlib
import getpass
import json
import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import attrs

SHARED: Final = Path("/usr/share/wordpress")
"""Where Debian's package lies; nothing in it is written to."""

PROGRAMS: Final = ("php", "mariadbd", "mariadb-install-db", "timeout")
THEMES: Final = ("twentytwentyone", "twentytwentytwo", "twentytwentythree")

LONGEST: Final = 900
"""Seconds after which servers end by themselves, also where nobody is left to end them."""

CONFIG: Final = """<?php
define('DB_NAME', 'kabar');
define('DB_USER', 'root');
define('DB_PASSWORD', '');
define('DB_HOST', 'localhost:{socket}');
define('DB_CHARSET', 'utf8mb4');
define('DB_COLLATE', '');
define('WP_HOME', '{address}');
define('WP_SITEURL', '{address}');
define('WP_CONTENT_DIR', __DIR__ . '/wp-content');
define('WP_HTTP_BLOCK_EXTERNAL', true);
define('DISABLE_WP_CRON', true);
define('WP_DEBUG', false);
$table_prefix = 'wp_';
require ABSPATH . 'wp-settings.php';
"""

# Pretty addresses, and a page cache that nobody purges: while there is a folder `cache`, a page that
# was asked for once is answered from it. Lists, feeds and REST are not pages to it.
ROUTER: Final = r"""<?php
$path = parse_url($_SERVER['REQUEST_URI'], PHP_URL_PATH);
if (is_file(__DIR__ . $path)) {
    return false;
}
if (is_dir(__DIR__ . '/cache') && preg_match('#^/\d{4}/\d\d/[a-z]#', $path)) {
    $copy = __DIR__ . '/cache/' . md5($path);
    if (is_file($copy)) {
        readfile($copy);
        return true;
    }
    ob_start(function ($page) use ($copy) {
        http_response_code() === 200 && file_put_contents($copy, $page);
        return $page;
    });
}
$_SERVER['SCRIPT_NAME'] = $_SERVER['PHP_SELF'] = '/index.php';
define('ABSPATH', __DIR__ . '/');
require ABSPATH . 'index.php';
"""

# Does what is asked for on standard input: a list of functions with their arguments.
CALLS: Final = """<?php
$_SERVER['HTTP_HOST'] = '{host}';
$_SERVER['SERVER_PROTOCOL'] = 'HTTP/1.1';
define('ABSPATH', __DIR__ . '/');
in_array('--install', $argv) && define('WP_INSTALLING', true);
require ABSPATH . 'wp-load.php';
require ABSPATH . 'wp-admin/includes/admin.php';
require ABSPATH . 'wp-admin/includes/upgrade.php';
get_userdata(1) && wp_set_current_user(1);
$answers = array();
foreach (json_decode(stream_get_contents(STDIN), true) as $call) {{
    $answer = call_user_func_array(array_shift($call), $call);
    $answers[] = is_wp_error($answer) ? array('error' => $answer->get_error_message()) : $answer;
}}
echo json_encode($answers);
"""


def missing() -> list[str]:
    """Return what a WordPress needs and this machine has not."""
    themes = [f"wordpress-theme-{name}" for name in THEMES if not (_themes() / name).is_dir()]
    programs = [name for name in PROGRAMS if _program(name) is None]
    return [*programs, *([] if (SHARED / "wp-load.php").is_file() else ["wordpress"]), *themes]


@attrs.frozen
class WordPress:
    """A newsroom that somebody writes in."""

    folder: Path
    address: str

    def call(self, *calls: list[Any], options: tuple[str, ...] = ()) -> list[Any]:
        """Call functions of WordPress, each a list of its name and arguments."""
        done = subprocess.run(
            ["php", "-d", "sendmail_path=/bin/true", str(self.folder / "calls.php"), *options],
            input=json.dumps(calls), capture_output=True, text=True, timeout=60, check=True,
        )  # fmt: skip
        answers: list[Any] = json.loads(done.stdout)
        assert not [each for each in answers if isinstance(each, dict) and "error" in each], answers
        return answers

    def use(self, theme: str) -> None:
        """Switch the theme."""
        self.call(["switch_theme", theme])

    def plug_in(self, name: str, code: str) -> None:
        """Put a plugin in force."""
        (self.folder / f"wp-content/mu-plugins/{name}.php").write_text(f"<?php\n{code}\n")

    def unplug(self, name: str) -> None:
        """Take a plugin out, where it is in force."""
        (self.folder / f"wp-content/mu-plugins/{name}.php").unlink(missing_ok=True)

    def keep_pages(self) -> None:
        """From now on a page is answered as it was when it was first asked for."""
        (self.folder / "cache").mkdir()

    def purge(self) -> None:
        """End that."""
        shutil.rmtree(self.folder / "cache", ignore_errors=True)


@contextlib.contextmanager
def wordpress(folder: Path) -> Iterator[WordPress]:
    """Install a WordPress into *folder* and serve it on loopback."""
    port = _free_port()
    site = WordPress(folder / "site", f"http://127.0.0.1:{port}")
    with _database(folder) as database:
        _lay_out(site, CONFIG.format(socket=database, address=site.address))
        site.call(
            ["wp_install", "Kabar Muara", "redaksi", "redaksi@example.org", True, "", "rahasia"],
            options=("--install",),
        )
        site.call(
            ["update_option", "WPLANG", "id_ID"],
            ["update_option", "timezone_string", "Asia/Jakarta"],
            ["update_option", "permalink_structure", "/%year%/%monthnum%/%postname%/"],
            ["wp_update_user", {"ID": 1, "display_name": "Rina Wulandari"}],
        )
        site.call(["flush_rewrite_rules"])
        with _served(
            ["php", "-S", f"127.0.0.1:{port}", "-t", str(site.folder), str(site.folder / "router.php")],
            folder / "php.log",
        ) as process:  # fmt: skip
            _wait(process, folder / "php.log", lambda: _answers(("127.0.0.1", port)))
            yield site


@contextlib.contextmanager
def _database(folder: Path) -> Iterator[Path]:
    """Run a database server in *folder* that answers on a socket there and nowhere else."""
    data, at, user = folder / "data", folder / "db", getpass.getuser()
    subprocess.run(
        [
            "mariadb-install-db", "--no-defaults", f"--datadir={data}", "--skip-test-db", f"--user={user}",
            "--auth-root-authentication-method=normal",
        ],
        capture_output=True, timeout=120, check=True,
    )  # fmt: skip
    (folder / "begin.sql").write_text("CREATE DATABASE kabar;")
    command = [
        str(_program("mariadbd")), "--no-defaults", f"--datadir={data}", f"--socket={at}", f"--user={user}",
        "--skip-networking", f"--pid-file={folder / 'pid'}", f"--init-file={folder / 'begin.sql'}",
        "--innodb-flush-log-at-trx-commit=0",
    ]  # fmt: skip
    with _served(command, folder / "mariadb.log") as process:
        _wait(process, folder / "mariadb.log", lambda: _answers(str(at)))
        yield at


def _lay_out(site: WordPress, config: str) -> None:
    """Make the folder of *site*: its own what is written to, links for the rest."""
    content = site.folder / "wp-content"
    for name in ("mu-plugins", "plugins", "uploads"):
        (content / name).mkdir(parents=True)
    for source in SHARED.iterdir():
        if source.name not in ("wp-config.php", "wp-content"):
            (site.folder / source.name).symlink_to(source)
    for name in ("themes", "languages"):
        (content / name).symlink_to(SHARED / "wp-content" / name)
    (site.folder / "wp-config.php").write_text(config)
    (site.folder / "router.php").write_text(ROUTER)
    (site.folder / "calls.php").write_text(CALLS.format(host=site.address.partition("//")[2]))


@contextlib.contextmanager
def _served(command: list[str], log: Path) -> Iterator[subprocess.Popen[bytes]]:
    with log.open("wb") as file:
        process = subprocess.Popen(
            ["timeout", "--kill-after=10", str(LONGEST), *command],
            stdin=subprocess.DEVNULL, stdout=file, stderr=subprocess.STDOUT,
        )  # fmt: skip
    try:
        yield process
    finally:
        process.terminate()
        process.wait(30)


def _wait(process: subprocess.Popen[bytes], log: Path, ready: Any) -> None:
    """Wait until a server is *ready*, a minute at most."""
    for _ in range(600):
        if ready():
            return
        assert process.poll() is None, log.read_text(errors="replace")
        time.sleep(0.1)
    raise AssertionError(f"no answer in a minute: {log.read_text(errors='replace')}")


def _answers(address: Any) -> bool:
    with socket.socket(socket.AF_UNIX if isinstance(address, str) else socket.AF_INET) as client:
        return client.connect_ex(address) == 0


def _free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port: int = taken.getsockname()[1]
        return port


def _program(name: str) -> str | None:
    """Return where *name* is; servers are not in everybody's path."""
    return shutil.which(name, path=f"{os.environ['PATH']}:/usr/sbin")


def _themes() -> Path:
    return SHARED / "wp-content" / "themes"
