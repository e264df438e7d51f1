"""Which article it is, and what its page and its REST record say of it, over runs of an archive."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import attrs
import pytest

from crawler.archive import Archive, Finding, Found, Outcome
from crawler.extract import extract_article
from crawler.items import Capture
from crawler.newsrooms import Newsroom
from tests.archive_inside import TODAY, problems
from tests.archive_site import Clock, capture, exchange

DANAU = Newsroom(name="danau", address="https://danau.example")
FIRST = "Warga Desa Danau memulai musim tanam baru pada Senin pagi bersama keluarganya."
SECOND = "Kepala desa bercerita bahwa hasil panen tahun lalu lebih baik daripada tahun ini."
THIRD = "Pemerintah desa berjanji membantu para petani dengan bibit, pupuk, serta pelatihan."
EDITED = "Kepala desa bercerita bahwa hasil panen tahun lalu lebih buruk daripada tahun ini."
AGAIN = "Kepala desa bercerita bahwa hasil panen tahun lalu sama saja dengan tahun ini."
LONG = (
    "Menurut kepala desa, cuaca di hulu menentukan segalanya bagi warga, dan tahun ini hujan datang "
    "dua minggu lebih awal, sehingga bibit yang disimpan di lumbung sudah dibagikan sejak Februari."
)
ZONE = dt.timezone(dt.timedelta(hours=7))


def morning(day: int, hour: int = 9) -> dt.datetime:
    return dt.datetime(2026, 3, day, hour, tzinfo=ZONE)


PUBLISHED = morning(1, 8)


@attrs.frozen(kw_only=True)
class Post:
    """A post as the newsroom has it at one time, and how its theme prints it."""

    number: int = 1
    slug: str = "musim-tanam"
    title: str = "Musim Tanam Dimulai"
    blocks: tuple[str, ...] = (FIRST, SECOND, THIRD, LONG)
    edited: dt.datetime | None = None
    printed_id: int | None = None
    """As the theme prints it; by default the true one, 0 for none."""

    theme: str = ""
    caption: str = ""
    shows_edited: bool = True
    shows_published: bool = True

    @property
    def url(self) -> str:
        return f"https://danau.example/kabar/{self.slug}"

    def page(self, at: dt.datetime) -> Capture:
        number = self.number if self.printed_id is None else self.printed_id
        id_ = f'id="post-{number}" class="post-{number} post hentry"' if number else ""
        edited = (
            f'<time class="updated" datetime="{self.edited.isoformat()}"></time>'
            if self.edited and self.shows_edited
            else ""
        )
        published = (
            f'<time class="entry-date published" datetime="{PUBLISHED.isoformat()}">1 Maret</time>'
            if self.shows_published
            else ""
        )
        theme = (
            f'<link rel="stylesheet" href="/wp-content/themes/{self.theme}/style.css">'
            if self.theme
            else ""
        )
        photo = (
            '<figure class="post-thumbnail"><img class="wp-post-image" src="/foto/sawah.jpg">'
            f"<figcaption>{self.caption}</figcaption></figure>"
            if self.caption
            else ""
        )
        html = (
            f'<html lang="id"><head><title>{self.title}</title>{theme}</head>'
            f'<body class="single-post"><article {id_}><h1 class="entry-title">{self.title}</h1>'
            f'{published}{edited}{photo}<div class="entry-content">'
            f"{''.join(f'<p>{each}</p>' for each in self.blocks)}</div></article></body></html>"
        )
        return capture(exchange(self.url, html.encode(), fetched_at=at))

    def record(self) -> dict[str, Any]:
        moments = {"date": PUBLISHED, "modified": self.edited or PUBLISHED}
        gmt = {f"{name}_gmt": at.astimezone(dt.UTC) for name, at in moments.items()}
        return {
            "id": self.number,
            "type": "post",
            "status": "publish",
            "link": self.url,
            "title": {"rendered": self.title},
            "content": {"rendered": "".join(f"<p>{each}</p>" for each in self.blocks)},
            **{k: at.replace(tzinfo=None).isoformat() for k, at in (moments | gmt).items()},
        }


class Runs:
    """Runs of one archive, a day apart unless said."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.clock = Clock()

    def run(self, *findings: Callable[[], Finding], hours: float = 24) -> list[Outcome]:
        self.clock.move(hours=hours)
        with Archive.open(self.folder, DANAU, TODAY, clock=self.clock) as archive:
            outcomes = archive.record([each() for each in findings])
            settled = archive.settle()
        judged = {each.url: each for each in settled.judged}
        return [judged.get(each.url, each) for each in outcomes]

    def kind(self, finding: Callable[[], Finding], hours: float = 24) -> str:
        return self.run(finding, hours=hours)[0].kind

    def page(self, post: Post) -> Callable[[], Found]:
        return lambda: self._found([post.page(self.clock.now)], None)

    def both(self, printed: Post, stated: Post) -> Callable[[], Found]:
        """A page that a cache may have kept, and the record as it is."""
        return lambda: self._found(
            [printed.page(self.clock.now), self._list(stated)], stated.number
        )

    def rest(self, post: Post) -> Callable[[], Found]:
        return lambda: self._found([self._list(post)], post.number)

    def _found(self, captures: Sequence[Capture], number: int | None) -> Found:
        return Found(extract_article(captures, DANAU, post_id=number), captures)

    def _list(self, *posts: Post) -> Capture:
        return capture(
            exchange(
                "https://danau.example/wp-json/wp/v2/posts?_embed=1",
                json.dumps([post.record() for post in posts]).encode(),
                headers=(("Content-Type", "application/json"), ("Content-Encoding", "gzip")),
                fetched_at=self.clock.now,
            )
        )

    def lines(self) -> list[dict[str, Any]]:
        paths = sorted(self.folder.glob("articles-*.jsonl"))
        return [json.loads(line) for path in paths for line in path.read_text().splitlines()]

    def revisions(self) -> list[tuple[int, str]]:
        return [(line["revision"], line["body"].split("\n\n")[1]) for line in self.lines()]


@pytest.fixture
def runs(tmp_path: Path) -> Runs:
    return Runs(tmp_path / "danau")


def post(second: str = SECOND, **more: Any) -> Post:
    return Post(blocks=(FIRST, second, THIRD, LONG), **more)


@pytest.mark.parametrize("shows_edited", [True, False])
def test_edits_are_written_though_the_page_is_one_of_a_cache(
    runs: Runs, shows_edited: bool
) -> None:
    old = post(edited=morning(1), shows_edited=shows_edited)
    edited = post(EDITED, edited=morning(2), shows_edited=shows_edited)
    again = post(AGAIN, edited=morning(3), shows_edited=shows_edited)
    looks = [(old, old), (old, edited), (old, edited), (old, again), (again, again)]
    kinds = [runs.kind(runs.both(*each)) for each in looks]
    assert kinds == ["new", "changed", "unchanged", "changed", "unchanged"]
    assert runs.revisions() == [(1, SECOND), (2, EDITED), (3, AGAIN)]
    assert problems(runs.folder, DANAU, TODAY) == []


def test_a_sentence_that_was_taken_out_is_out_though_a_cache_still_has_it(runs: Runs) -> None:
    old = Post(edited=morning(1))
    shorter = Post(blocks=(FIRST, THIRD, LONG), edited=morning(2))
    kinds = [runs.kind(runs.both(*each)) for each in [(old, old), (old, shorter)]]
    assert kinds == ["new", "changed"]
    assert runs.lines()[-1]["body"] == f"{FIRST}\n\n{THIRD}\n\n{LONG}"


def test_text_that_a_page_builder_keeps_beside_the_record_is_the_articles(runs: Runs) -> None:
    printed = Post(edited=morning(2))
    stated = Post(blocks=(FIRST,), edited=morning(2))
    runs.run(runs.both(printed, stated))
    assert runs.lines()[0]["body"] == f"{FIRST}\n\n{SECOND}\n\n{THIRD}\n\n{LONG}"


def test_a_stale_look_does_not_say_that_nothing_had_changed(runs: Runs) -> None:
    old = Post(edited=morning(1))
    retitled = attrs.evolve(old, title="Musim Tanam Ditunda", edited=morning(2))
    again = attrs.evolve(retitled, title="Musim Tanam Batal", edited=morning(3))
    runs.run(runs.both(old, old))
    runs.run(runs.both(old, retitled))
    written = runs.clock.now
    runs.run(runs.both(old, retitled))
    runs.run(runs.both(again, again))
    assert runs.lines()[-1]["unchanged_until"] == written.strftime("%Y-%m-%dT%H:%M:%SZ")


def test_an_article_that_counts_something_has_one_revision_a_day(runs: Runs) -> None:
    views = [post(f"Sudah {1200 + number} pembaca membuka berita ini.") for number in range(12)]
    kinds = [runs.kind(runs.page(each), hours=5) for each in views]
    assert kinds == ["new", *["changed"] * 5, *["unchanged"] * 4, "changed", "unchanged"]
    # What was passed over was none of the looks that found what the line says.
    assert runs.lines()[-1]["unchanged_until"] == runs.lines()[-2]["written_at"]
    (named,) = runs.run(runs.page(views[0]), hours=1)
    assert named.warning is not None
    assert "nothing but numbers changes" in named.warning


def test_rest_that_opens_and_shuts_makes_no_edit_and_loses_none(runs: Runs) -> None:
    old, edited = post(), post(EDITED)
    kinds = [
        runs.kind(runs.rest(old)),
        runs.kind(runs.both(old, old)),
        runs.kind(runs.page(old)),
        runs.kind(runs.page(edited)),
        runs.kind(runs.both(edited, edited)),
        runs.kind(runs.rest(edited)),
    ]
    assert kinds == ["new", "superseded", "unchanged", "changed", "superseded", "unchanged"]
    assert [(x["revision"], x["source"], x["id"]) for x in runs.lines()] == [
        (1, "rest", "danau:1"),
        (1, "both", "danau:1"),
        (2, "page", "danau:1"),
        (2, "both", "danau:1"),
    ]


OTHER = Post(
    number=2,
    slug="lomba-dayung",
    title="Lomba Dayung Dibuka",
    blocks=(
        "Panitia lomba dayung mengundang peserta dari semua kecamatan untuk hadir pada Minggu depan.",
        "Ketua panitia berkata bahwa hadiah utama tahun ini adalah seekor sapi jantan yang gemuk.",
        "Pendaftaran dibuka di kantor kecamatan sampai hari Jumat pukul empat sore tanpa biaya apa pun.",
    ),
)


def ids(runs: Runs) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for line in runs.lines():
        found.setdefault(line["title"], set()).add(line["id"])
    return found


def test_of_two_articles_that_print_one_post_id_neither_is_written_over_the_other(
    runs: Runs,
) -> None:
    pages = [runs.page(Post()), runs.page(attrs.evolve(OTHER, printed_id=1))]
    first = runs.run(*pages)
    assert [each.kind for each in first] == ["new", "new"]
    assert "prints the post id 1, and so does" in str(first[1].alarm)
    again = runs.run(*reversed(pages))
    assert [each.kind for each in again] == ["unchanged", "unchanged"]
    assert "musim-tanam, which is another article" in str(again[0].alarm)
    assert ids(runs) == {
        "Musim Tanam Dimulai": {"danau:1"},
        "Lomba Dayung Dibuka": {"danau:0093a201bd2a590a"},
    }


def test_a_post_id_that_is_not_believed_stands_in_no_line(runs: Runs) -> None:
    borrowed = attrs.evolve(OTHER, printed_id=1)
    edited = attrs.evolve(borrowed, title="Lomba Dayung Ditunda")
    runs.run(runs.page(Post()), runs.page(borrowed))
    runs.run(runs.page(edited))
    stated = [(line["id"], line["post_id"]) for line in runs.lines()]
    assert stated == [("danau:1", 1), *[("danau:0093a201bd2a590a", None)] * 2]
    assert problems(runs.folder, DANAU, TODAY) == []


def test_a_line_keeps_its_post_id_when_the_theme_prints_another(runs: Runs) -> None:
    runs.run(runs.page(Post()), runs.page(OTHER))
    edited = attrs.evolve(Post(printed_id=77), title="Musim Tanam Diundur")
    assert [each.kind for each in runs.run(runs.page(edited))] == ["changed"]
    assert [(line["id"], line["post_id"]) for line in runs.lines()][2:] == [("danau:1", 1)]
    assert problems(runs.folder, DANAU, TODAY) == []


def test_an_article_keeps_its_id_behind_its_own_number(runs: Runs) -> None:
    """Not of a post id, but of the whole address that it was first read at."""
    plain = Post(printed_id=0, slug="read/50017/musim-tanam")
    moved = attrs.evolve(plain, slug="read/50017/musim-tanam-dimulai-hari-ini")
    other = attrs.evolve(OTHER, printed_id=0, slug="read/50018/lomba-dayung")
    rewritten = attrs.evolve(
        plain, slug="read/50017/panen-raya", title="Panen Raya Tiba", blocks=(EDITED, AGAIN, LONG)
    )
    looks = [(plain, other), (moved,), (rewritten,)]
    kinds = [[x.kind for x in runs.run(*map(runs.page, each))] for each in looks]
    assert kinds == [["new", "new"], ["reread"], ["changed"]]
    digest = hashlib.sha256(plain.url.encode()).hexdigest()[:16]
    assert ids(runs)["Musim Tanam Dimulai"] == ids(runs)["Panen Raya Tiba"] == {f"danau:{digest}"}
    assert ids(runs)["Lomba Dayung Dibuka"] != {f"danau:{digest}"}
    assert problems(runs.folder, DANAU, TODAY) == []


def test_a_theme_that_prints_one_id_on_every_page_changes_no_id(runs: Runs) -> None:
    runs.run(runs.page(Post()), runs.page(OTHER))
    fixed = [runs.page(attrs.evolve(each, printed_id=77)) for each in (Post(), OTHER)]
    outcomes = runs.run(*fixed)
    assert [(each.kind, each.id) for each in outcomes] == [
        ("unchanged", "danau:1"),
        ("unchanged", "danau:2"),
    ]
    assert all("prints the post id 77" in str(each.alarm) for each in outcomes)


def test_an_article_keeps_its_id_when_rest_opens_and_shuts_and_its_address_changes(
    runs: Runs,
) -> None:
    plain = Post(printed_id=0)
    moved = attrs.evolve(plain, slug="musim-tanam-tiba")
    edited = attrs.evolve(moved, blocks=(FIRST, EDITED, THIRD, LONG))
    looks = [
        runs.page(plain),
        runs.both(plain, plain),
        runs.rest(plain),
        runs.both(moved, moved),
        runs.page(edited),
        runs.both(edited, edited),
    ]
    kinds = [runs.kind(each) for each in looks]
    assert kinds == ["new", "superseded", "unchanged", "reread", "changed", "superseded"]
    assert ids(runs) == {"Musim Tanam Dimulai": {"danau:a396e2be30e7426c"}}
    assert [line["url"] for line in runs.lines()][2:] == [moved.url] * 3
    assert problems(runs.folder, DANAU, TODAY) == []


def test_a_page_without_an_id_is_the_article_whose_address_led_to_it(runs: Runs) -> None:
    plain = Post()
    runs.run(runs.both(plain, plain))
    moved = Post(printed_id=0, slug="musim-tanam-tiba")

    def redirected() -> Found:
        hop = exchange(
            plain.url,
            b"",
            status=301,
            headers=(("Location", moved.url),),
            fetched_at=runs.clock.now,
        )
        last = moved.page(runs.clock.now).exchanges[-1]
        captures = [capture(hop, last)]
        return Found(extract_article(captures, DANAU), captures)

    (outcome,) = runs.run(redirected)
    assert (outcome.kind, outcome.id, outcome.url) == ("unchanged", "danau:1", moved.url)


def test_an_address_that_another_post_has_now_is_that_posts(runs: Runs) -> None:
    runs.run(runs.page(Post()))
    (outcome,) = runs.run(runs.page(attrs.evolve(OTHER, slug="musim-tanam")))
    assert (outcome.kind, outcome.id) == ("new", "danau:2")


def test_a_value_that_a_plugin_prints_from_now_on_is_no_edit_of_the_first_article_seen(
    runs: Runs,
) -> None:
    plain = [Post(number=n, slug=f"musim-{n}", shows_published=False) for n in range(1, 5)]
    dated = {each.url: attrs.evolve(each, shows_published=True) for each in plain}
    runs.run(*map(runs.page, plain))
    runs.clock.move(days=1)
    with Archive.open(runs.folder, DANAU, TODAY, clock=runs.clock) as archive:
        (first,) = archive.record([runs.page(dated[plain[0].url])()])
        asked = archive.witnesses()
        archive.record([runs.page(dated[each.url])() for each in asked])
        settled = archive.settle()
    assert first.kind == "held"
    assert len(asked) == 2
    assert [each.kind for each in settled.judged] == ["reread"] * 3
    assert {line["revision"] for line in runs.lines()} == {1}
    assert runs.kind(runs.page(dated[plain[3].url])) in ("reread", "unchanged")


def test_a_value_that_one_article_alone_gains_is_an_edit(runs: Runs) -> None:
    plain = [Post(number=n, slug=f"musim-{n}", shows_published=False) for n in range(1, 5)]
    runs.run(*map(runs.page, plain))
    dated = attrs.evolve(plain[0], shows_published=True)
    kinds = [each.kind for each in runs.run(runs.page(dated), runs.page(plain[1]))]
    assert kinds == ["changed", "unchanged"]


def test_the_last_line_is_one_of_todays_theme(runs: Runs) -> None:
    """Also of a theme that the newsroom comes back to: it says what the one between left out."""
    full = Post(theme="sawah", caption="Petani menanam padi di tepi danau.")
    bare = attrs.evolve(full, theme="polos", caption="")
    kinds = [runs.kind(runs.page(each)) for each in (full, bare, bare, full, full)]
    assert kinds == ["new", "reread", "unchanged", "reread", "unchanged"]
    assert [(line["revision"], line["theme"], bool(line["caption"])) for line in runs.lines()] == [
        (1, "sawah", True),
        (1, "polos", False),
        (1, "sawah", True),
    ]
    assert problems(runs.folder, DANAU, TODAY) == []
