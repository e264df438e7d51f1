"""What families of themes have in common that WPBerita does not need."""

from __future__ import annotations

from functools import cached_property

from crawler.extract import moments
from crawler.extract.metadata import Metadata, read_metadata
from crawler.extract.page import ArticlePage


class StatedTimes(ArticlePage):
    """Asks JSON-LD and meta tags where the theme's own time elements name no time.

    Newkarma prints ``datetime="10 jam lalu"`` (fixtures/lintas/sepuluh-jam-lalu).
    """

    @cached_property
    def metadata(self) -> Metadata:
        """What the page states for machines."""
        return read_metadata(self.document.root, self.document.url)

    @cached_property
    def published_at(self) -> str | None:
        found = super().published_at
        if found is not None:
            return found
        times = (*self.header.published, *self.header.updated)
        evidence = moments.Evidence(
            machine=moments.read_all(self.metadata.published()),
            plain=moments.read_all(self.metadata.published_plain()),
            offsets=moments.offsets(element.get("datetime") or "" for element in times),
            zone=self.newsroom.tzinfo,
        )
        moment = moments.published(evidence)
        if moment is None:
            return None
        stated = moment.isoformat(evidence.local(moment.wall))
        return self.state("published_at", stated, moment.source)
