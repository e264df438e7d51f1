"""Where an unknown page says when it was published: gathered for ``moments.py`` to weigh."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Sequence
from typing import Final

import attrs

from crawler.extract import moments
from crawler.extract.reading import Reading

# WordPress' permalinks by day or by month, and those of other content systems.
_ADDRESS_DAY: Final = re.compile(r"/((?:19|20)\d\d)/(\d\d?)(?:/(\d\d?))?(?=/)")
_LONGEST: Final = 200
_EDITED: Final = re.compile(
    r"\W*(?:(?:last\s)?(?:updated?|modified|edited)|(?:terakhir\s)?(?:di)?(?:perbarui|mutakhirkan|ubah|edit)"
    r"|pembaruan)\b",
    re.IGNORECASE,
)


def evidence_of(reading: Reading, zone: dt.tzinfo, chosen: Sequence[str] = ()) -> moments.Evidence:
    """Return all that *reading* says of its time of publication.

    *zone* is the newsroom's; *chosen* are texts that its own selector finds.
    """
    metadata = reading.metadata
    printed = chosen or list(_beside_headline(reading))
    return moments.Evidence(
        machine=moments.read_all((*metadata.published(), *reading.times.published)),
        printed=_printed(printed),
        plain=moments.read_all(metadata.published_plain()),
        address=_in_address(reading.document.url),
        offsets=moments.offsets(reading.stamps),
        zone=zone,
    )


def _printed(texts: Sequence[str]) -> list[moments.Moment]:
    """Return what *texts* name, those with a clock time first."""
    found = [
        moment
        for text in texts
        if len(text) <= _LONGEST
        and not _EDITED.match(text)
        and (moment := moments.read_printed(text, "line beside the headline"))
    ]
    return sorted(found, key=lambda moment: not moment.has_clock)


def printed_edits(reading: Reading) -> list[moments.Moment]:
    """Return the moments in lines that say when the article was edited."""
    texts = (line.text for line in reading.around.header if _EDITED.match(line.text))
    found = (moments.read_printed(text, "line beside the headline") for text in texts)
    return [moment for moment in found if moment is not None]


def _beside_headline(reading: Reading) -> Iterator[str]:
    """Yield the lines of the header, from the headline outwards, below it first.

    What stands above may be today's date (fixtures/lintas/banyak-h1).
    """
    header = [line.text for line in reading.around.header]
    headline = reading.headline.text if reading.headline is not None else ""
    at = header.index(headline) if headline in header else 0
    yield from header[at:]
    yield from reversed(header[:at])


def _in_address(url: str) -> list[moments.Moment]:
    dated = _ADDRESS_DAY.search(url)
    if dated is None:
        return []
    year, month, day = dated.groups()
    found = moments.read_stamp(f"{year}-{month}-{day or '01'}", "address")
    if found is None:
        return []
    return [found if day else attrs.evolve(found, precision="month")]
