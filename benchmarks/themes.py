"""Pages of a real WordPress under themes that the rules were not made on, read without REST.

    python -m benchmarks.themes FOLDER [NAME …]

FOLDER holds themes as they are unpacked, a folder each; without NAMEs all of them are tried. A
WordPress as Debian packages it is given the articles of the embedded newsroom; what its REST
records state is the truth. A theme that prints no categories, no author or the day alone lacks
those for every article: what a share below 100 % means, its pages say.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import tempfile
from collections import Counter
from pathlib import Path
from typing import Any, Final
from urllib.request import urlopen

from rich.console import Console
from rich.table import Table

from crawler.archive import read
from crawler.items import Article
from demo import EmbeddedNewsroom
from tests.crawling import QUICK, start_typed
from tests.test_wordpress import REST_SHUT
from tests.wordpress_site import WordPress, wordpress

FIELDS: Final = ("title", "published_at", "authors", "categories", "tags", "body")
IMPORT: Final = """
function put_articles($path) {
    foreach (json_decode(file_get_contents($path), true) as $post) {
        $name = $post['author'];
        $user = get_user_by('login', md5($name));
        $terms = array('category' => array(), 'post_tag' => array());
        foreach ($post['terms'] as $term) {
            $found = term_exists($term['name'], $term['taxonomy']);
            $found = $found ? $found : wp_insert_term($term['name'], $term['taxonomy']);
            $terms[$term['taxonomy']][] = (int) $found['term_id'];
        }
        $id = wp_insert_post(array(
            'post_title' => $post['title'], 'post_content' => $post['content'],
            'post_date' => $post['date'], 'post_status' => 'publish',
            'post_author' => $user ? $user->ID : wp_insert_user(array(
                'user_login' => md5($name), 'display_name' => $name, 'user_pass' => 'rahasia',
                'role' => 'author')),
        ));
        foreach ($terms as $taxonomy => $ids) {
            wp_set_object_terms($id, $ids, $taxonomy);
        }
    }
    return true;
}
"""


def main(argv: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("names", nargs="*")
    given = parser.parse_args(argv)
    names = given.names or sorted(each.name for each in given.folder.iterdir() if each.is_dir())
    table = Table("theme", "articles", *FIELDS)
    with tempfile.TemporaryDirectory() as root, wordpress(Path(root)) as site:
        fill(site)
        themes = site.folder / "wp-content/themes"
        packaged = list(themes.iterdir())
        themes.unlink()
        themes.mkdir()
        for theme in (*packaged, *(given.folder.resolve() / name for name in names)):
            if not (themes / theme.name).exists():
                (themes / theme.name).symlink_to(theme)
        truth = crawl(site, Path(root) / "rest", "-a", "source=rest")
        site.plug_in("tutup", REST_SHUT)
        for name in names:
            try:
                site.use(name)
            except (subprocess.CalledProcessError, json.JSONDecodeError):
                table.add_row(name, "this WordPress cannot use it")
                continue
            table.add_row(name, *row(truth, crawl(site, Path(root) / name)))
    Console(width=120).print(table)


def fill(site: WordPress) -> None:
    """Give *site* the articles of the embedded newsroom."""
    with EmbeddedNewsroom() as newsroom:
        asked = "/wp-json/wp/v2/posts?per_page=100&_embed=1"
        with urlopen(f"{newsroom.address}{asked}") as answer:
            posts = [post_of(each) for each in json.load(answer)]
    posts = [each for each in posts if each["content"]]  # without those that ask for a password
    path = site.folder / "articles.json"
    path.write_text(json.dumps(posts))
    site.plug_in("isi", IMPORT)
    site.call(["wp_delete_post", 1, True], ["put_articles", str(path)])


def post_of(record: dict[str, Any]) -> dict[str, Any]:
    embedded = record["_embedded"]
    return {
        "title": record["title"]["rendered"],
        "content": record["content"]["rendered"],
        "date": record["date"].replace("T", " "),
        "author": embedded["author"][0]["name"],
        "terms": [
            {"name": term["name"], "taxonomy": term["taxonomy"]}
            for group in embedded["wp:term"]
            for term in group
            if term["taxonomy"] in ("category", "post_tag")
        ],
    }


def crawl(site: WordPress, out: Path, *options: str) -> dict[str, Article]:
    """Return the articles that a first run finds, by their address."""
    typed = [
        "scrapy",
        "crawl",
        "wordpress",
        "-a",
        f"site={site.address}",
        "-a",
        "name=kabar",
        *options,
    ]
    start_typed([*typed, *QUICK, "-s", f"ARCHIVE_DIR={out}"], out).end()
    return {article.url: article for article in read(out / "kabar")}


def row(truth: dict[str, Article], found: dict[str, Article]) -> list[str]:
    both = truth.keys() & found.keys()
    right = Counter(
        field
        for url in both
        for field in FIELDS
        if getattr(truth[url], field) == getattr(found[url], field)
    )
    shares = [f"{right[field] / len(both):.0%}" if both else "" for field in FIELDS]
    return [f"{len(both)} of {len(truth)}", *shares]


if __name__ == "__main__":
    main()
