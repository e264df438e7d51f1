"""What a newsroom does to its articles between two runs: edits, deletions, new addresses."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from crawler.archive import read
from demo import EmbeddedNewsroom
from tests import faults as trouble
from tests.crawling import Archived, asked, crawl, problems

CABAI = "harga-cabai-merah-di-pasar-panorama-tembus-rp92-ribu-sekilo"
TAIS = "pasar-tais-direnovasi-pedagang-pindah-ke-lapangan"
MURAL = "dinding-pasar-baru-koto-jadi-kanvas-lomba-mural-pelajar"
DRAINASE = "wali-kota-tinjau-drainase-kampung-kelawi-2"


def addresses(folder: Path) -> set[str]:
    return {article.url for article in read(folder)}


def test_one_new_one_edited_one_deleted(newsroom: EmbeddedNewsroom, tmp_path: Path) -> None:
    deleted = newsroom.url(TAIS)
    newsroom.hold(MURAL)
    crawl(newsroom, tmp_path)
    newsroom.publish(MURAL)
    newsroom.edit(CABAI, note="Redaksi meralat angka ini.")
    newsroom.delete(TAIS)

    newsroom.forget_visits()
    second = crawl(newsroom, tmp_path)
    assert len(asked(newsroom)) <= 10
    assert (second.run.new, second.run.changed, second.run.missing) == (1, 1, 1)
    new, changed = sorted(second.lines, key=lambda line: int(line["revision"]))
    assert (new["url"], new["revision"]) == (newsroom.url(MURAL), 1)
    assert (changed["url"], changed["revision"]) == (newsroom.url(CABAI), 2)
    assert "Redaksi meralat angka ini." in changed["body"]

    newsroom.forget_visits()
    third = crawl(newsroom, tmp_path)
    [gone] = third.lines
    assert (gone["schema"], gone["url"], gone["revision"]) == ("gone/1", deleted, 2)
    assert gone["status"] == 404
    # robots.txt, what was modified, the article once more; of its record there is none any more
    assert len(asked(newsroom)) == 4
    assert third.code == 0

    newsroom.forget_visits()
    fourth = crawl(newsroom, tmp_path)
    assert fourth.lines == []
    assert len(asked(newsroom)) == 2
    assert deleted not in addresses(fourth.folder)
    assert problems(fourth.folder, newsroom) == []


def test_an_article_that_comes_back_is_a_new_revision(archived: Archived) -> None:
    archived.newsroom.hold(DRAINASE)
    archived.crawl()
    archived.crawl()
    archived.newsroom.publish(DRAINASE)
    back = archived.crawl()
    assert back.run.changed == 1
    gone, again = archived.later_lines
    assert (gone["schema"], gone["revision"]) == ("gone/1", 2)
    assert (again["schema"], again["revision"], again["id"]) == ("article/1", 3, gone["id"])
    assert archived.newsroom.url(DRAINASE) in addresses(back.folder)


def test_an_article_seen_again_in_time_is_not_gone(archived: Archived) -> None:
    entry = archived.newsroom.site.catalogue.any_named(DRAINASE)
    archived.newsroom.hold(DRAINASE)
    archived.crawl()
    archived.newsroom.publish(DRAINASE, at=entry.at, changed=entry.changed)
    assert archived.crawl().run.gone == 0
    assert archived.later_lines == []


def test_a_changed_slug_is_the_same_article(archived: Archived) -> None:
    newsroom = archived.newsroom
    entry = newsroom.site.catalogue.any_named(TAIS)
    newsroom.site.catalogue.change(
        entry, slug="pasar-tais-direnovasi", changed=entry.changed.replace(year=2026)
    )
    second = archived.crawl()
    assert second.code == 0
    assert (second.run.new, second.run.gone, second.run.missing) == (0, 0, 0)
    [article] = (each for each in read(second.folder) if each.id == f"progres:{entry.id}")
    assert article.revision == 1
    assert len(list(read(second.folder))) == len(newsroom.articles)
    third = archived.crawl()
    assert len(asked(newsroom)) == 2
    assert third.lines == []


def test_a_known_article_that_gets_a_password_twice_is_closed(archived: Archived) -> None:
    newsroom = archived.newsroom
    newsroom.edit(TAIS, password="rahasia")
    second = archived.crawl()
    assert (second.code, second.run.missing) == (0, 1)
    assert archived.later_lines == []
    assert newsroom.url(TAIS) in addresses(second.folder)
    third = archived.crawl()
    assert third.run.gone == 1
    [gone] = (line for line in archived.later_lines if line["schema"] == "gone/1")
    assert (gone["url"], gone["reason"], gone["status"]) == (newsroom.url(TAIS), "closed", 200)
    assert gone["unchanged_until"] is not None
    newsroom.edit(TAIS, password="")
    archived.crawl()
    assert [line["revision"] for line in archived.later_lines if line["url"] == gone["url"]] == [
        2,
        3,
    ]
    assert problems(third.folder, newsroom) == []


@pytest.mark.parametrize(
    ("target", "status"),
    [
        pytest.param("/", 301, id="front-page"),
        pytest.param("/tentang-kami", 302, id="static-page"),
        pytest.param("http://lain.example/berita", 301, id="another-site"),
    ],
)
def test_a_redirect_to_something_else_is_gone(archived: Archived, target: str, status: int) -> None:
    newsroom = archived.newsroom
    newsroom.faults.append(trouble.on(re.escape(TAIS), trouble.redirect(target, status)))
    newsroom.edit(TAIS)
    second = archived.crawl()
    assert (second.code, second.run.missing) == (0, 1)
    third = archived.crawl()
    assert (third.code, third.run.gone) == (0, 1)
    [gone] = archived.later_lines
    assert (gone["schema"], gone["status"]) == ("gone/1", status)
    assert gone["captures"]
    assert problems(third.folder, newsroom) == []


def test_a_redirect_to_another_article_leaves_both_right(archived: Archived) -> None:
    newsroom = archived.newsroom
    other = newsroom.url(MURAL)
    target = other.removeprefix(newsroom.address)
    newsroom.faults.append(trouble.on(re.escape(TAIS), trouble.redirect(target)))
    newsroom.edit(TAIS)
    archived.crawl()
    third = archived.crawl()
    [gone] = archived.later_lines
    assert (gone["schema"], gone["url"]) == ("gone/1", newsroom.url(TAIS))
    assert other in addresses(third.folder)


def test_an_edit_whose_page_is_shut_is_written_from_its_record(archived: Archived) -> None:
    newsroom = archived.newsroom
    newsroom.faults.append(trouble.on(re.escape(CABAI), trouble.status(403)))
    newsroom.edit(CABAI, note="Redaksi meralat angka ini.")
    second = archived.crawl()
    assert (second.code, second.run.changed) == (4, 1)
    assert f"{newsroom.url(CABAI)}: http_403" in second.said
    newsroom.faults.clear()
    third = archived.crawl()
    assert (third.code, third.run.changed, third.run.unchanged) == (0, 0, 1)
    [changed] = archived.later_lines
    assert "Redaksi meralat angka ini." in changed["body"]


def test_a_page_that_is_newer_than_its_record_has_it_asked_for_again(archived: Archived) -> None:
    newsroom = archived.newsroom
    [entry] = (each for each in newsroom.articles if each.slug == CABAI)

    def of_yesterday(body: bytes) -> bytes:
        body = body.replace(b"Redaksi meralat angka ini.", b"")
        return re.sub(rb'"(modified(?:_gmt)?)":"20\d\d', rb'"\1":"2009', body)

    newsroom.faults.append(trouble.on(r"include=", trouble.changed(of_yesterday)))
    newsroom.edit(CABAI, note="Redaksi meralat angka ini.")
    newsroom.forget_visits()
    second = archived.crawl()
    assert (second.code, second.run.changed) == (0, 1)
    assert f"/wp-json/wp/v2/posts/{entry.id}?_embed=1" in asked(newsroom)
    [line] = archived.later_lines
    assert "Redaksi meralat angka ini." in line["body"]
    assert line["provenance"]["body"] == "rest"
    assert problems(second.folder, newsroom) == []


def test_related_posts_are_no_edit(archived: Archived) -> None:
    archived.newsroom.hold(DRAINASE)  # it stood in the boxes of others
    again = archived.crawl("-a", "refresh=all")
    assert again.run.unchanged == len(archived.newsroom.articles)
    assert (again.run.changed, again.run.new) == (0, 0)
    assert archived.later_lines == []


def test_articles_that_vanish_in_a_mass_are_not_gone(archived: Archived) -> None:
    slugs = [re.escape(entry.slug) for entry in archived.newsroom.articles][:12]
    archived.newsroom.faults.append(trouble.on("|".join(slugs), trouble.status(404)))
    for _ in range(2):
        again = archived.crawl("-a", "refresh=all")
        assert again.code == 3
        assert "are missing: none is recorded as gone" in again.said
        assert again.run.gone == 0
    assert archived.later_lines == []


def test_an_article_whose_page_was_stale_and_is_gone(
    newsroom: EmbeddedNewsroom, tmp_path: Path
) -> None:
    crawl(newsroom, tmp_path)
    cache, target = trouble.StaleCache(), newsroom.url(TAIS).removeprefix(newsroom.address)
    cache.hold(target, newsroom.get(target))
    newsroom.faults.append(cache)
    newsroom.edit(TAIS, note="Redaksi meralat angka ini.")
    edited = crawl(newsroom, tmp_path)
    assert [line["revision"] for line in edited.lines] == [2]
    newsroom.forget_visits()
    assert crawl(newsroom, tmp_path).lines == []
    assert target not in asked(newsroom)  # it is looked at again, but not at once

    cache.purge()
    newsroom.delete(TAIS)
    assert crawl(newsroom, tmp_path).run.missing == 1
    [gone] = crawl(newsroom, tmp_path).lines
    assert (gone["schema"], gone["revision"]) == ("gone/1", 3)


def test_an_edit_that_only_a_record_tells_which_was_shut_before(
    newsroom: EmbeddedNewsroom, tmp_path: Path
) -> None:
    newsroom.edit(CABAI, note="Redaksi meralat harga ini.")  # before the first look
    newsroom.close("rest")
    crawl(newsroom, tmp_path)
    cache = trouble.StaleCache()
    for slug in (TAIS, CABAI):
        target = newsroom.url(slug).removeprefix(newsroom.address)
        cache.hold(target, newsroom.get(target))
    newsroom.faults.append(cache)
    newsroom.edit(TAIS, note="Redaksi meralat angka ini.")
    newsroom.open("rest")
    second = crawl(newsroom, tmp_path, "-a", "discover=rest")
    revisions = {line["url"]: line["revision"] for line in second.lines}
    assert revisions.pop(newsroom.url(TAIS)) == 2
    assert set(revisions.values()) <= {1}

    cache.purge()
    third = crawl(newsroom, tmp_path, "-a", "refresh=all")
    assert (third.run.changed, third.code) == (0, 0)
    assert problems(third.folder, newsroom) == []
