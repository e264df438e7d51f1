"""Captures: what is stored, and that it comes back byte for byte."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import attrs
import pytest
from fastwarc.warc import ArchiveIterator as FastIterator
from warcio.archiveiterator import ArchiveIterator

from crawler.archive import Found, Refused, read_capture
from crawler.errors import ArchiveDamaged
from tests.archive_inside import warc_records
from tests.archive_site import (
    LINTAS,
    Folder,
    address,
    capture,
    exchange,
    found,
    listing,
    page,
    rest,
    rules_1,
    tell,
)


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return Folder(tmp_path / "lintas")


def by_number(folder: Folder) -> list[str]:
    """Names of WARC files by the number at their end."""
    return sorted((path.name for path in folder.warcs()), key=lambda name: name[-13:])


def kinds(path: Path) -> list[str]:
    return [record.kind for record in warc_records(path)]


def test_body_and_header_fields_come_back(folder: Folder) -> None:
    folder.run(found(1, text="Isi dengan tanda – dan é."))
    (article,) = folder.articles()
    stored = read_capture(folder.path, article.captures[0])
    assert stored.url == address(1)
    assert stored.status == 200
    assert "Isi dengan tanda – dan é.".encode() in stored.body
    assert stored.headers == {"content-type": "text/html", "content-encoding": "gzip"}
    assert stored.reference == article.captures[0]
    assert stored.exchanges == ()


def test_records_of_a_file(folder: Folder) -> None:
    folder.run(found(1), found(2))
    (path,) = folder.warcs()
    assert path.name == "lintas-20260310020000-00001.warc.gz"
    assert kinds(path) == ["warcinfo", "response", "request", "response", "request"]


def test_warcinfo_says_who_and_how(folder: Folder) -> None:
    with folder.open(operator="Arsip Uji <arsip@lintas.example>", robots="obey") as archive:
        tell(archive, found(1))
    block = next(warc_records(folder.warcs()[0])).block.decode()
    said = dict(line.split(": ", 1) for line in block.splitlines())
    assert said["operator"] == "Arsip Uji <arsip@lintas.example>"
    assert said["robots"] == "obey"
    assert said["isPartOf"] == "lintas"
    assert "Transfer-Encoding is gone" in said["description"]


def test_captures_of_another_robots_policy_go_to_another_file(folder: Folder) -> None:
    for number, policy in enumerate(("obey", "obey", "ignore", "obey"), start=1):
        with folder.open(robots=policy) as archive:
            tell(archive, found(number))
    stated = []
    for path in folder.warcs():
        first, *rest = warc_records(path)
        said = dict(line.split(": ", 1) for line in first.block.decode().splitlines())
        stated.append((said["robots"], len(rest) // 2))
    assert stated == [("obey", 2), ("ignore", 1), ("obey", 1)]


def test_what_is_not_known_is_not_stated(folder: Folder) -> None:
    folder.run(found(1))
    block = next(warc_records(folder.warcs()[0])).block
    assert b"robots:" not in block
    assert b"operator:" not in block


def test_fields_of_response_and_request(folder: Folder) -> None:
    folder.run(found(1))
    (article,) = folder.articles()
    _, response, request = warc_records(folder.warcs()[0])
    assert response.fields["warc-target-uri"] == address(1)
    assert response.fields["warc-date"] == "2026-03-10T02:00:00Z"
    assert response.fields["warc-ip-address"] == "192.0.2.7"
    assert response.fields["warc-payload-digest"] == article.captures[0].digest
    assert response.fields["content-type"] == "application/http; msgtype=response"
    assert response.block.startswith(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n")
    assert request.fields["warc-concurrent-to"] == f"<{response.record_id}>"
    assert request.block == (
        b"GET /kota/berita-1 HTTP/1.1\r\nHost: lintas.example\r\nUser-Agent: test\r\n\r\n"
    )


def test_other_programs_read_and_check_it(folder: Folder) -> None:
    listed = listing((5, "Judul", "Isi."))
    folder.run(found(1), found(2, text="Dua"), rest(listed, 5))
    folder.run(found(2, text="Dua lagi"))
    (path,) = folder.warcs()
    checked = subprocess.run(
        [sys.executable, "-m", "warcio.cli", "check", "-v", path], capture_output=True, check=False
    )
    assert (checked.returncode, checked.stderr) == (0, b"")
    assert checked.stdout.count(b"digest pass") == 9
    with path.open("rb") as file:
        read = [
            (record.rec_headers.get_header("WARC-Target-URI"), record.content_stream().read())
            for record in ArchiveIterator(file)
            if record.rec_type == "response"
        ]
    assert [url for url, _ in read] == [
        address(1),
        address(2),
        "https://lintas.example/wp-json/wp/v2/posts",
        address(2),
    ]
    assert b"Dua lagi" in read[3][1]
    with path.open("rb") as file:
        fast = [record.stream_pos for record in FastIterator(file)]
    assert len(fast) == 9


def test_every_hop_is_stored_and_the_answer_named(folder: Folder) -> None:
    moved = exchange(
        "http://lintas.example/?p=1",
        b"",
        status=301,
        headers=(("Location", address(1)),),
    )
    folder.run(found(1, hops=(moved,)))
    (article,) = folder.articles()
    (path,) = folder.warcs()
    responses = [record for record in warc_records(path) if record.kind == "response"]
    urls = [record.fields.get("warc-target-uri") for record in responses]
    assert urls == ["http://lintas.example/?p=1", address(1)]
    assert [reference.url for reference in article.captures] == [address(1)]


def test_run_without_a_finding_writes_no_record(folder: Folder) -> None:
    folder.run()
    assert folder.warcs() == []
    folder.run(found(1))
    before = folder.warcs()[0].read_bytes()
    folder.run(found(1))
    assert folder.warcs()[0].read_bytes() == before


def test_runs_append_to_the_newest_file_until_it_is_full(folder: Folder) -> None:
    folder.run(found(1))
    folder.clock.move(days=1)
    with folder.open() as archive:
        archive._recorder.batches.warcs.full = 1
        tell(archive, found(2))
        tell(archive, found(3))
    assert [path.name for path in folder.warcs()] == [
        "lintas-20260310020000-00001.warc.gz",
        "lintas-20260311020000-00002.warc.gz",
        "lintas-20260311020000-00003.warc.gz",
    ]
    assert [kinds(path)[0] for path in folder.warcs()] == ["warcinfo"] * 3
    for number, article in enumerate(folder.articles(), 1):
        assert f"post-{number}>".encode() in read_capture(folder.path, article.captures[0]).body


def test_serials_go_on_when_the_clock_is_set_back(folder: Folder) -> None:
    folder.run(found(1))
    folder.clock.move(hours=-20)
    with folder.open() as archive:
        archive._recorder.batches.warcs.full = 1
        tell(archive, found(2))
        archive._recorder.batches.warcs.full = 10**9
        tell(archive, found(3))
    assert by_number(folder) == [
        "lintas-20260310020000-00001.warc.gz",
        "lintas-20260309060000-00002.warc.gz",
    ]
    folder.clock.move(days=500)
    folder.run(found(4))
    assert folder.articles()[3].captures[0].warc == "warc/lintas-20260309060000-00002.warc.gz"


def test_same_payload_again_is_a_visit(folder: Folder) -> None:
    folder.run(found(1, text="Isi. (red)"))
    (first,) = folder.articles()
    for number in (2, 3):
        captures = found(1, text="Isi. (red)").captures
        article = attrs.evolve(
            rules_1(captures, LINTAS, None), content_hash="sha256:" + str(number) * 64
        )
        folder.run(Found(article, captures))
    (path,) = folder.warcs()
    visits = [record for record in warc_records(path) if record.kind == "revisit"]
    assert len(visits) == 2
    for visit in visits:  # the second, too, refers to the record that has the payload
        assert visit.fields["warc-profile"] == (
            "http://netpreserve.org/warc/1.1/revisit/identical-payload-digest"
        )
        assert visit.fields["warc-refers-to"] == f"<{first.captures[0].record_id}>"
        assert visit.fields["warc-refers-to-target-uri"] == address(1)
        assert visit.fields["warc-refers-to-date"] == "2026-03-10T02:00:00Z"
    bodies = {read_capture(folder.path, a.captures[0]).body for a in folder.articles()}
    assert bodies == {page("Pasar Lama dibuka lagi", "Isi. (red)", post=1)}


def test_what_a_site_sends_cannot_end_a_header(folder: Folder) -> None:
    bad = (("X-Trap", "a\r\nWARC-Type: request\r\n\r\nHTTP/1.1 200 OK"), ("X-Emoji", "😀"))
    captures = (
        capture(
            exchange(address(1), page("J", "I", post=1), headers=bad), body=page("J", "I", post=1)
        ),
    )
    folder.run(Found(rules_1(captures, LINTAS, None), captures))
    (path,) = folder.warcs()
    assert kinds(path) == ["warcinfo", "response", "request"]
    (article,) = folder.articles()
    stored = read_capture(folder.path, article.captures[0])
    assert stored.headers["x-trap"] == "a WARC-Type: request HTTP/1.1 200 OK"


def test_invalid_page_is_kept_once(folder: Folder) -> None:
    bad = Refused("https://lintas.example/x", "invalid_record", found(1).captures, keep=True)
    folder.run(bad)
    folder.run(bad)
    assert kinds(folder.warcs()[0]) == ["warcinfo", "response", "request"]


def test_protected_page_is_never_kept(folder: Folder) -> None:
    folder.run(Refused(address(1), "protected", found(1).captures, keep=True))
    assert folder.warcs() == []


def test_damaged_newest_file_is_left_and_another_begun(folder: Folder) -> None:
    folder.run(found(1), found(2))
    (path,) = folder.warcs()
    whole = bytearray(path.read_bytes())
    path.write_bytes(whole[:-10])
    with folder.open() as archive:
        assert archive.repairs == (
            "lintas-20260310020000-00001.warc.gz: 10 bytes shorter than it was; see scrapy verify",
        )
        tell(archive, found(3))
    assert len(folder.warcs()) == 2
    assert path.read_bytes() == whole[:-10]


@pytest.mark.parametrize("place", [0, 3, 20, 100, 200, -8, -1])
def test_flipped_bits_are_never_read(folder: Folder, place: int) -> None:
    folder.run(found(1))
    (article,) = folder.articles()
    reference = article.captures[0]
    (path,) = folder.warcs()
    whole = bytearray(path.read_bytes())
    at = reference.offset + (place if place >= 0 else reference.length + place)
    whole[at] ^= 0x10
    path.write_bytes(whole)
    with pytest.raises(ArchiveDamaged) as caught:
        read_capture(folder.path, reference)
    assert (caught.value.file, caught.value.offset) == (reference.warc, reference.offset)


def test_record_at_the_wrong_place_is_not_read(folder: Folder) -> None:
    folder.run(found(1), found(2))
    one, two = (article.captures[0] for article in folder.articles())
    wrong = attrs.evolve(one, offset=two.offset, length=two.length)
    with pytest.raises(ArchiveDamaged, match=f"the line that names it <{one.record_id}>"):
        read_capture(folder.path, wrong)
    with pytest.raises(ArchiveDamaged, match="record has warc-date 2026-03-10T02:00:00Z"):
        read_capture(folder.path, attrs.evolve(one, fetched_at="2026-03-10T02:00:01Z"))
    with pytest.raises(ArchiveDamaged, match="want 1"):
        read_capture(folder.path, attrs.evolve(one, length=1))
    with pytest.raises(ArchiveDamaged, match="the file ends here"):
        read_capture(folder.path, attrs.evolve(one, offset=10_000_000))
    with pytest.raises(ArchiveDamaged, match="No such file"):
        read_capture(folder.path, attrs.evolve(one, warc="warc/none.warc.gz"))


def test_altered_payload_fails_its_digest(folder: Folder) -> None:
    folder.run(found(1))
    (article,) = folder.articles()
    reference = article.captures[0]
    wrong = attrs.evolve(reference, digest="sha256:" + "0" * 64)
    with pytest.raises(ArchiveDamaged, match="payload is not sha256:000"):
        read_capture(folder.path, wrong)


def test_lists_are_stored_as_sent(folder: Folder) -> None:
    listed = listing((5, "Judul", "Isi."))
    folder.run(rest(listed, 5))
    (article,) = folder.articles()
    stored = read_capture(folder.path, article.captures[0])
    assert json.loads(stored.body)[0]["title"] == "Judul"
