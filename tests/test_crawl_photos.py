"""``ARCHIVE_MEDIA=lead``: the lead photo lies in the archive, too, where it can be had."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from crawler.archive import read, read_capture
from crawler.items import CaptureReference
from demo import EmbeddedNewsroom, Fault
from tests import faults as trouble
from tests.crawling import Ended, asked, crawl, problems

CABAI = "harga-cabai-merah-di-pasar-panorama-tembus-rp92-ribu-sekilo"
TAIS = "pasar-tais-direnovasi-pedagang-pindah-ke-lapangan"


def crawl_one(newsroom: EmbeddedNewsroom, out: Path, slug: str, *options: str) -> Ended:
    list_ = out / "alamat.txt"
    list_.write_text(newsroom.url(slug))
    return crawl(newsroom, out, "-a", f"urls={list_}", "-s", "ARCHIVE_MEDIA=lead", *options)


def photos(line: dict[str, Any]) -> list[dict[str, Any]]:
    return [each for each in line["captures"] if each["url"] not in line["pages"]]


def test_the_lead_photo_is_captured_with_the_article(
    newsroom: EmbeddedNewsroom, tmp_path: Path
) -> None:
    ended = crawl_one(newsroom, tmp_path, CABAI)
    assert ended.code == 0
    [line] = ended.lines
    [photo] = photos(line)
    assert photo["url"] == line["image_url"]
    capture = read_capture(ended.folder, CaptureReference(**photo))
    target = str(line["image_url"]).removeprefix(newsroom.address)
    assert capture.body == newsroom.get(target).body
    assert problems(ended.folder, newsroom) == []

    newsroom.forget_visits()
    assert crawl_one(newsroom, tmp_path, CABAI).run.unchanged == 1
    assert target not in asked(newsroom)

    newsroom.edit(CABAI, note="Redaksi meralat angka ini.")
    changed = crawl_one(newsroom, tmp_path, CABAI)
    [later] = changed.lines
    [again] = photos(later)
    assert later["revision"] == 2
    assert again["digest"] == photo["digest"]
    assert again["length"] < photo["length"]  # a revisit record
    assert problems(changed.folder, newsroom) == []


def test_without_the_setting_no_photo_is_asked_for(
    newsroom: EmbeddedNewsroom, tmp_path: Path
) -> None:
    crawl(newsroom, tmp_path, "-a", "limit=5")
    assert not any("/uploads/" in target for target in asked(newsroom))


@pytest.mark.parametrize(
    "fault",
    [
        pytest.param(trouble.status(404), id="404"),
        pytest.param(trouble.says("<p>Tidak ada.</p>"), id="a-page"),
        pytest.param(trouble.broken_off, id="reset"),
        pytest.param(trouble.redirect("http://lain.example/foto.jpg"), id="another-host"),
    ],
)
def test_a_photo_that_cannot_be_had_fails_nothing(
    newsroom: EmbeddedNewsroom, tmp_path: Path, fault: Fault
) -> None:
    newsroom.faults.append(trouble.on("/uploads/", fault))
    ended = crawl_one(newsroom, tmp_path, TAIS, "-s", "RETRY_TIMES=0")
    assert ended.code == 0
    [line] = ended.lines
    assert line["image_url"]
    assert photos(line) == []


def test_a_photo_of_another_host_is_left_there(newsroom: EmbeddedNewsroom, tmp_path: Path) -> None:
    def elsewhere(body: bytes) -> bytes:
        return re.sub(rb'http://[^"/]+/wp-content/uploads/', b"http://foto.example/", body)

    newsroom.faults.append(trouble.on(TAIS, trouble.changed(elsewhere)))
    ended = crawl_one(newsroom, tmp_path, TAIS)
    assert ended.code == 0
    [article] = read(ended.folder)
    assert (article.image_url or "").startswith("http://foto.example/")
    assert [each.url for each in article.captures] == list(article.pages)
