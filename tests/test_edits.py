"""What the lines of an archive show of edits, through the door that others use."""

from __future__ import annotations

from pathlib import Path

from crawler.archive import edits
from tests.reading_samples import sample_archive


def test_newest_first_and_with_both_captures(tmp_path: Path) -> None:
    found = list(edits(sample_archive(tmp_path)))
    assert [(each.id, each.kind, each.from_revision, each.to_revision) for each in found] == [
        ("lintas:13", "gone", 1, 2),
        ("lintas:12", "headline", 1, 2),
    ]
    headline = found[1]
    assert headline.headline is not None
    assert headline.headline.before == "Berita nomor 12"
    assert headline.headline.after == "Berita nomor 12, diperbarui"
    assert headline.last_seen_before == "2024-06-01T00:00:01Z"
    assert headline.seen_at == "2024-07-02T00:00:05Z"
    assert [each.fetched_at for each in headline.captures_before] == ["2024-06-01T00:00:01Z"]
    assert [each.fetched_at for each in headline.captures_after] == ["2024-07-02T00:00:00Z"]
