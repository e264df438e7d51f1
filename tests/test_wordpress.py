"""What a newsroom does in a real WordPress is what the archive says of it, and nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import attrs
import pytest

from crawler.archive import edits, newsroom_of, read
from crawler.items import Article
from tests.archive_inside import TODAY, problems
from tests.crawling import QUICK, Ended, lines, start_typed
from tests.wordpress_site import THEMES, WordPress, missing, wordpress

pytestmark = [
    pytest.mark.tools,
    pytest.mark.skipif(
        bool(missing()), reason=f"needs a WordPress from Debian, but has no {', '.join(missing())}"
    ),
]

PLACES: Final = (
    "Seluma", "Mukomuko", "Kaur", "Lebong", "Kepahiang", "Curup", "Manna", "Ipuh", "Argamakmur",
    "Ketahun", "Bintuhan", "Enggano",
)  # fmt: skip
WORK: Final = (
    "jembatan gantung", "pasar ikan", "gedung sekolah", "jalan desa", "balai nikah", "saluran irigasi",
    "puskesmas", "lapangan bola", "dermaga", "terminal", "perpustakaan", "kantor camat",
)  # fmt: skip
PEOPLE: Final = (
    "Rustam", "Yuliana", "Hendra", "Marlina", "Supriadi", "Nurbaiti", "Zainal", "Kartini", "Darwis",
    "Fatmawati", "Iskandar", "Lestari",
)  # fmt: skip

# An answer that many newsrooms give to those who are not signed in.
REST_SHUT: Final = """
add_filter('rest_authentication_errors', function ($error) {
    return $error ?: new WP_Error('rest_login_required', 'Masuk dulu.', array('status' => 401));
});
"""
CALL: Final = "Ikuti kabar Muara setiap pagi lewat saluran pesan kami."
CALLS_AT_THE_END: Final = f"""
add_filter('the_content', function ($text) {{
    return is_feed() ? $text : $text . '<p class="saluran">{CALL}</p>';
}});
"""


def paragraphs(number: int) -> list[str]:
    """Return the text of a post, block by block, as a reader sees it."""
    place, work, person = PLACES[number], WORK[number], PEOPLE[number]
    return [
        f"{place} – Pemerintah membuka {work} yang baru di {place} pada Senin pagi.",
        f"Camat {person} mengatakan {work} itu menelan {number + 3} miliar rupiah dari kas daerah.",
        f"Harapan warga {place}",
        f"“Kami menunggu {work} ini sejak lama,” kata {person} kepada wartawan.",
        f"Perawatan {work} menjadi tugas warga, dan {person} akan memeriksanya setiap bulan.",
    ]


def markup(blocks: list[str], added: str = "") -> str:
    """Return what an editor of WordPress saves for *blocks*, the third of them a subhead."""
    return "\n\n".join(
        f"<!-- wp:heading -->\n<h2>{text}</h2>\n<!-- /wp:heading -->"
        if number == 2
        else f"<!-- wp:paragraph -->\n<p>{text}</p>\n<!-- /wp:paragraph -->"
        for number, text in enumerate([*blocks, *([added] if added else [])])
    )


def slug(number: int) -> str:
    return f"{WORK[number]} {PLACES[number]} dibuka".lower().replace(" ", "-")


def title(number: int) -> str:
    return f"{WORK[number].capitalize()} {PLACES[number]} Dibuka"


@attrs.frozen
class Newsroom:
    """Twelve posts in a WordPress, and an archive of it."""

    site: WordPress
    out: Path
    ids: list[int]

    @property
    def folder(self) -> Path:
        return self.out / "muara"

    def crawl(self, *options: str) -> Ended:
        """Run once, as cron does but for the pauses."""
        typed = [
            "scrapy", "crawl", "wordpress", "-a", f"site={self.site.address}", "-a", "name=muara",
            "-s", f"ARCHIVE_DIR={self.out}", *QUICK, *options,
        ]  # fmt: skip
        return attrs.evolve(start_typed(typed, self.out), folder=self.folder).end()

    def look_at_all(self) -> Ended:
        return self.crawl("-a", "refresh=all")

    def edit(self, number: int, **fields: Any) -> None:
        """Save a post anew."""
        self.site.call(["wp_update_post", {"ID": self.ids[number], **fields}])

    @property
    def articles(self) -> dict[str, Article]:
        """Slug → what is archived of it."""
        return {each.url.rstrip("/").rpartition("/")[2]: each for each in read(self.folder)}

    @property
    def kinds(self) -> list[tuple[int, str]]:
        """Number of a post and kind of an edit, of all that the archive says were made."""
        numbers = {f"muara:{identity}": number for number, identity in enumerate(self.ids)}
        return [(numbers[edit.id], edit.kind) for edit in edits(self.folder)]

    @property
    def damage(self) -> list[str]:
        return problems(self.folder, newsroom_of(self.folder), TODAY)


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WordPress]:
    with wordpress(tmp_path_factory.mktemp("wp")) as site:
        yield site


@pytest.fixture
def newsroom(installed: WordPress, tmp_path: Path) -> Newsroom:
    """The posts as they were at first, in the first theme, no plugin in force."""
    for name in ("rest-shut", "calls"):
        installed.unplug(name)
    installed.purge()
    [old] = installed.call(
        ["get_posts", {"numberposts": -1, "post_status": "any", "fields": "ids"}]
    )
    installed.call(["switch_theme", THEMES[0]], *(["wp_delete_post", each, True] for each in old))
    ids = installed.call(
        *(
            [
                "wp_insert_post",
                {
                    "post_title": title(number),
                    "post_name": slug(number),
                    "post_content": markup(paragraphs(number)),
                    "post_status": "publish",
                    "post_date": f"2024-{number % 6 + 1:02}-{number + 9:02} 08:{number + 10}:00",
                    "tags_input": [PLACES[number], "Pembangunan"],
                },
            ]
            for number in range(len(PLACES))
        )
    )
    return Newsroom(installed, tmp_path / "out", ids)


def corrected(number: int, amount: int = 90) -> str:
    """Return the markup of a post whose second paragraph states another *amount*."""
    was, is_ = f"{number + 3} miliar", f"{amount} miliar"
    return markup([each.replace(was, is_) for each in paragraphs(number)])


def doors(newsroom: Newsroom, rest: str) -> None:
    if rest == "shut":
        newsroom.site.plug_in("rest-shut", REST_SHUT)


both_ways = pytest.mark.parametrize("rest", ["open", "shut"])


@both_ways
def test_all_that_is_public_is_archived_as_it_was_written(newsroom: Newsroom, rest: str) -> None:
    doors(newsroom, rest)
    secret = "<p>Yang ini belum untuk umum, kata redaksi kami kepada semua.</p>"
    newsroom.site.call(
        *(
            ["wp_insert_post", {"post_title": "Bukan berita", "post_content": secret, **fields}]
            for fields in (
                {"post_status": "publish", "post_password": "rahasia"},
                {"post_status": "private"},
                {"post_status": "draft"},
                {"post_status": "future", "post_date": "2099-01-01 08:00:00"},
                {"post_status": "publish", "post_type": "page"},
            )
        )
    )
    ended = newsroom.crawl()
    assert ended.code == 0, ended.said
    articles = newsroom.articles
    assert {name: (each.title, each.body) for name, each in articles.items()} == {
        slug(number): (title(number), "\n\n".join(paragraphs(number)))
        for number in range(len(PLACES))
    }
    one = articles["pasar-ikan-mukomuko-dibuka"]
    assert one.published_at == "2024-02-10T08:11:00+07:00"
    assert one.modified_at is None
    assert (one.authors, one.tags) == (("Rina Wulandari",), ("Mukomuko", "Pembangunan"))
    assert one.dateline is not None
    assert one.dateline.place == "Mukomuko"
    assert (one.source, one.theme) == ("both" if rest == "open" else "page", "twentytwentyone")
    assert newsroom.damage == []


def test_what_is_done_to_posts_is_what_the_archive_lists(newsroom: Newsroom) -> None:
    newsroom.crawl()
    newsroom.edit(1, post_title="Pasar Ikan Mukomuko Batal Dibuka")
    newsroom.edit(2, post_content=markup(paragraphs(2), "Ralat: nama camat semula salah ketik."))
    newsroom.edit(3, post_content=corrected(3))
    newsroom.edit(4, post_password="rahasia")
    newsroom.edit(5, post_status="draft")
    newsroom.site.call(["wp_trash_post", newsroom.ids[6]])
    for _ in range(3):
        assert newsroom.crawl().code == 0
    done = [(1, "headline"), (2, "correction"), (3, "figures")]
    done += [(4, "gone"), (5, "gone"), (6, "gone")]
    assert sorted(newsroom.kinds) == done
    reasons = {line["id"]: line["reason"] for line in lines(newsroom.folder) if "reason" in line}
    assert reasons == {
        f"muara:{newsroom.ids[4]}": "closed",
        f"muara:{newsroom.ids[5]}": "not_found",
        f"muara:{newsroom.ids[6]}": "not_found",
    }

    newsroom.edit(4, post_password="")
    newsroom.edit(5, post_status="publish")
    for _ in range(2):
        assert newsroom.crawl().code == 0
    assert newsroom.look_at_all().code == 0
    assert sorted(newsroom.kinds) == sorted([*done, (4, "returned"), (5, "returned")])
    assert newsroom.damage == []


@both_ways
def test_another_theme_is_no_edit_and_hides_none(newsroom: Newsroom, rest: str) -> None:
    doors(newsroom, rest)
    newsroom.crawl()
    done: list[tuple[int, str]] = []
    for number, theme in enumerate((*THEMES[1:], THEMES[0])):
        newsroom.site.use(theme)
        assert newsroom.look_at_all().code == 0
        assert sorted(newsroom.kinds) == sorted(done), (
            f"nothing was edited, but the theme is {theme}"
        )
        newsroom.edit(number, post_content=corrected(number))
        added = f"Catatan: nama {PEOPLE[number]} semula salah ditulis dalam kabar ini."
        newsroom.edit(number + 6, post_content=markup(paragraphs(number + 6), added))
        assert newsroom.look_at_all().code == 0
        done += [(number, "figures"), (number + 6, "text")]
        assert sorted(newsroom.kinds) == sorted(done)
    assert newsroom.damage == []


@both_ways
def test_what_a_filter_adds_is_no_edit_and_no_text(newsroom: Newsroom, rest: str) -> None:
    doors(newsroom, rest)
    newsroom.crawl()
    newsroom.site.plug_in("calls", CALLS_AT_THE_END)
    assert newsroom.look_at_all().code == 0
    newsroom.edit(7, post_content=corrected(7))
    assert newsroom.look_at_all().code == 0
    newsroom.site.unplug("calls")
    assert newsroom.look_at_all().code == 0
    assert newsroom.kinds == [(7, "figures")]
    assert [line["id"] for line in lines(newsroom.folder) if CALL in line["body"]] == []
    assert newsroom.damage == []


def test_edits_behind_a_cache_that_is_not_purged_are_all_there(newsroom: Newsroom) -> None:
    newsroom.site.keep_pages()
    newsroom.crawl()
    for amount in (80, 85):
        newsroom.edit(8, post_content=corrected(8, amount))
        assert newsroom.crawl().code == 0
    newsroom.site.purge()
    for _ in range(2):
        assert newsroom.crawl().code == 0
    assert newsroom.look_at_all().code == 0
    assert newsroom.kinds == [(8, "figures"), (8, "figures")]
    texts = [
        (line["revision"], line["body"].partition("menelan ")[2].partition(" rupiah")[0])
        for line in lines(newsroom.folder)
        if line["id"] == f"muara:{newsroom.ids[8]}"
    ]
    assert texts[:1] + texts[-2:] == [(1, "11 miliar"), (2, "80 miliar"), (3, "85 miliar")]
    assert newsroom.damage == []
