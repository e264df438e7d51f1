"""When an article was published, of sources that disagree."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

import attrs
import pytest

from crawler.extract.unknown.times import Evidence, Moment, modified, offsets, published, read_stamp

WITA = ZoneInfo("Asia/Makassar")


def at(text: str, source: str = "ld+json") -> Moment:
    found = read_stamp(text, source)
    assert found is not None
    return found


def stated(evidence: Evidence) -> str | None:
    found = published(evidence)
    return found.isoformat() if found is not None else None


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("2023-05-03T14:10:22+08:00", "2023-05-03T14:10:22+08:00"),
        ("2023-05-03T14:10+0800", "2023-05-03T14:10:00+08:00"),
        ("2023-05-03T06:10:22Z", "2023-05-03T06:10:22+00:00"),
        ("2023-05-03T06:10:22.000Z", "2023-05-03T06:10:22+00:00"),
        ("2023-05-03 14:10:22", "2023-05-03T14:10:22+09:00"),
        ("2023/05/03 14:10:22", "2023-05-03T14:10:22+09:00"),
        ("2023-05-03 T14:10:22Z", "2023-05-03T14:10:22+00:00"),
        ("2023-05-03T14-10-22Z", "2023-05-03T14:10:22+00:00"),
        ("20230503T141022+0800", "2023-05-03T14:10:22+08:00"),
        ("2023-05-03 14:10 WIT", "2023-05-03T14:10:00+09:00"),
        ("Wed, 03 May 2023 14:10:22 +0800", "2023-05-03T14:10:22+08:00"),
        ("1683094222", "2023-05-03T06:10:22+00:00"),
        ("1683094222000", "2023-05-03T06:10:22+00:00"),
        ("2023-05-03", "2023-05-03"),
        ("Rabu, 3 Mei 2023 | 14:10 WITA", "2023-05-03T14:10:00+08:00"),
        ("May 3, 2023", "2023-05-03"),
        ("26. Januari 2011 - 15:58", "2011-01-26T15:58:00+09:00"),
        ("Published on September 16, 2009 by viktoria", "2009-09-16"),
    ],
)
def test_reads_what_names_a_moment(text: str, value: str) -> None:
    # A zone of nobody's shows which values carry none.
    nobodys = dt.timezone(dt.timedelta(hours=9))
    assert stated(Evidence(plain=[at(text)], zone=nobodys)) == value


@pytest.mark.parametrize(
    "text",
    [
        *("", "10 jam lalu", "5 tahun yang lalu", "kemarin", "Rabu", "3 Mei", "08:15 WIB"),
        *("0000-00-00 00:00:00", "-0001-11-30T00:00:00+00:00", "1970-01-01T00:00:00+00:00", "0"),
        *("2023-13-03", "2023-02-30T10:00:00Z", "99999-01-01", "2023-05-03T25:61:00", "dua ribu"),
    ],
)
def test_refuses_what_does_not_name_a_moment(text: str) -> None:
    assert read_stamp(text, "x") is None


@pytest.mark.parametrize(
    ("evidence", "value"),
    [
        pytest.param(Evidence(), None, id="nothing"),
        pytest.param(
            Evidence(machine=[at("2023-05-10T08:15:00Z")], zone=WITA),
            "2023-05-10T08:15:00+00:00",
            id="UTC that nothing speaks against",
        ),
        pytest.param(
            Evidence(
                machine=[at("2023-05-10T08:15:00Z")],
                printed=[at("Rabu, 10 Mei 2023 08:15 WITA", "line")],
                zone=WITA,
            ),
            "2023-05-10T08:15:00+08:00",
            id="local time labelled Z, printed with its zone",
        ),
        pytest.param(
            Evidence(
                machine=[at("2023-05-10T08:15:33Z")],
                printed=[at("10/05/2023 08:15", "line")],
                zone=WITA,
            ),
            "2023-05-10T08:15:33+08:00",
            id="local time labelled Z, printed without a zone",
        ),
        pytest.param(
            Evidence(
                machine=[at("2023-05-10T00:15:33Z")],
                printed=[at("10/05/2023 08:15 WITA", "line")],
                zone=WITA,
            ),
            "2023-05-10T08:15:33+08:00",
            id="true UTC takes the local form",
        ),
        pytest.param(
            Evidence(
                machine=[
                    at("2023-05-10T00:15:33+00:00"),
                    at("2023-05-10T08:15:33+08:00", "[itemprop=datePublished]"),
                ],
                zone=WITA,
            ),
            "2023-05-10T08:15:33+08:00",
            id="UTC and local form of one moment",
        ),
        pytest.param(
            Evidence(
                machine=[
                    at("2023-05-10T08:15:33Z"),
                    at("2023-05-10T08:15:33+08:00", "time.published[datetime]"),
                ],
                zone=WITA,
            ),
            "2023-05-10T08:15:33+08:00",
            id="the same clock time with two labels",
        ),
        pytest.param(
            Evidence(machine=[at("2023-05-10T08:15:33")], zone=WITA),
            "2023-05-10T08:15:33+08:00",
            id="no offset: the newsroom's zone",
        ),
        pytest.param(
            Evidence(
                machine=[at("2023-05-10T08:15:33")],
                offsets=[dt.timedelta(hours=9), dt.timedelta(hours=9), dt.timedelta(hours=7)],
                zone=WITA,
            ),
            "2023-05-10T08:15:33+09:00",
            id="no offset: that of the page's other timestamps",
        ),
        pytest.param(
            Evidence(machine=[at("2023-05-10")], printed=[at("10 Mei 2023 17:20 WITA", "line")]),
            "2023-05-10T17:20:00+08:00",
            id="a day takes the clock time that is printed",
        ),
        pytest.param(
            Evidence(
                machine=[at("2023-05-10T18:33:13+08:00")],
                printed=[at("10/5/2023 18:30", "line")],
                zone=WITA,
            ),
            "2023-05-10T18:33:13+08:00",
            id="machines come before the printed line",
        ),
        pytest.param(
            Evidence(
                printed=[at("23/02/2016 15:32 WITA", "line")],
                plain=[at("2016-02-23 T16:00:20Z", "meta[pubdate]")],
                zone=WITA,
            ),
            "2016-02-23T15:32:00+08:00",
            id="the printed line comes before plain tags",
        ),
        pytest.param(
            Evidence(
                printed=[at("23/02/2016 15:32 WITA", "line")],
                plain=[at("2016/02/23 15:32:41", "meta[publishdate]")],
                zone=WITA,
            ),
            "2016-02-23T15:32:41+08:00",
            id="a plain tag that agrees gives the seconds",
        ),
        pytest.param(
            Evidence(
                printed=[at("23 Februari 2016", "line")],
                plain=[at("2016/02/23 15:32:41", "meta[publishdate]")],
                zone=WITA,
            ),
            "2016-02-23T15:32:41+08:00",
            id="a plain tag on the printed day gives the clock time",
        ),
        pytest.param(
            Evidence(
                printed=[at("23 Februari 2016", "line")], address=[at("2016-02-01", "address")]
            ),
            "2016-02-23",
            id="a printed day comes before the address",
        ),
        pytest.param(Evidence(address=[at("2016-02-23", "address")]), "2016-02-23", id="address"),
    ],
)
def test_published(evidence: Evidence, value: str | None) -> None:
    assert stated(evidence) == value


@pytest.mark.parametrize(
    ("edits", "value"),
    [
        ([], None),
        (["2023-05-10T08:15:00+08:00"], None),
        (["2023-05-10T08:00:00+08:00"], None),
        (["2023-05-10T10:02:00+08:00"], "2023-05-10T10:02:00+08:00"),
        (["2023-05-10T02:02:00Z"], "2023-05-10T10:02:00+08:00"),
        (["2023-05-10 10:02:00"], "2023-05-10T10:02:00+08:00"),
        (["2023-05-11"], None),
        (["2023-05-11", "2023-05-10T10:02:00+08:00"], "2023-05-10T10:02:00+08:00"),
    ],
)
def test_modified_is_later_or_none(edits: list[str], value: str | None) -> None:
    evidence = Evidence(machine=[at("2023-05-10T08:15:00+08:00")], zone=WITA)
    evidence = attrs.evolve(evidence, edited=[at(each) for each in edits])
    found = modified(evidence, published(evidence))
    assert (found.isoformat() if found else None) == value


def test_an_edit_is_mislabelled_as_its_publication_is() -> None:
    evidence = Evidence(
        machine=[at("2023-05-10T08:15:00Z")],
        printed=[at("Rabu, 10 Mei 2023 08:15 WITA", "line")],
        edited=[at("2023-05-10T10:02:00Z")],
        zone=WITA,
    )
    found = modified(evidence, published(evidence))
    assert found is not None
    assert found.isoformat() == "2023-05-10T10:02:00+08:00"


def test_offsets_leave_out_what_has_none() -> None:
    assert offsets(["2023-05-10T08:15:00+08:00", "2023-05-10", "", "tadi"]) == [
        dt.timedelta(hours=8)
    ]
