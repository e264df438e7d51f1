"""Text that is the site's and no article's: how it is told, and ``furniture.jsonl``.

No word tells a share line from a sentence of the newsroom; that it stands in many articles does, or
came into many at about the same time. ``docs/revisions.md`` has the rule and its numbers.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections import Counter, deque
from collections.abc import Iterable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any, Final

import attrs

from crawler.archive.files import AppendedFile, cut_torn_line
from crawler.archive.revisions import Difference
from crawler.items import Article
from crawler.normalise.text import block_key
from crawler.timestamps import seconds, stamp

NAME: Final = "furniture.jsonl"

# Of the last 20 articles half, and five at least: newsrooms have formulas, but not in every second
# text, and a run of four wire stories opens with the same words.
WINDOW: Final = 20
LEAST: Final = 5
SHARE: Final = 0.5
# Old articles that the same block came into, or went from. A newsroom that corrects two articles of
# one affair adds one sentence to both.
TOGETHER: Final = 3
DAYS: Final = 7
_SECONDS: Final = DAYS * 24 * 3600

_LONGEST: Final = 400
_MOST: Final = 500


@attrs.frozen(kw_only=True)
class Entry:
    """A line of ``furniture.jsonl``. The last line of a block counts."""

    block: str
    """As it was printed; white space, case and numbers do not matter."""

    since: str
    """UTC: lines written from then on do not have it."""

    until: str | None = None
    """UTC: lines written from then on have it again, where somebody took the entry back."""

    articles: int
    """In how many articles it had been seen."""


def read_furniture(folder: Path) -> tuple[Entry, ...]:
    """Return what is known of the archive in *folder*; lines that are none are left out."""
    path = folder / NAME
    if not path.exists():
        return ()
    found: dict[str, Entry] = {}
    for line in path.read_bytes().split(b"\n")[:-1]:
        entry = _entry(line)
        if entry is not None:
            found[block_key(entry.block)] = entry
    return tuple(found.values())


def _entry(line: bytes) -> Entry | None:
    try:
        values = json.loads(line)
        block, since, until = values["block"], values["since"], values.get("until")
        return Entry(block=block, since=since, until=until, articles=int(values.get("articles", 0)))
    except (ValueError, KeyError, TypeError, AttributeError):
        return None


def valid(entries: Iterable[Entry]) -> tuple[str, ...]:
    """Return the blocks that today's lines are without."""
    return tuple(each.block for each in entries if each.until is None)


def valid_at(entries: Iterable[Entry], written_at: str) -> Iterator[tuple[str, ...]]:
    """Yield what a line *written_at* that time may be without.

    More than one possibility where something was found in that very second, the likeliest first.
    """
    there = [each for each in entries if each.until is None or written_at < each.until]
    before = [each.block for each in there if each.since < written_at]
    then = [each.block for each in there if each.since == written_at]
    for number in range(len(then), -1, -1):
        yield (*before, *then[:number])


class Furniture:
    """What an archive knows of its site's own text, and what it has seen that may be more of it."""

    def __init__(self, folder: Path, kept: str | None) -> None:
        """*kept* is what :meth:`kept` gave when the last run ended."""
        self._path = folder / NAME
        self.blocks: tuple[str, ...] = valid(read_furniture(folder))
        self._keys = frozenset(map(block_key, self.blocks))
        seen: dict[str, Any] = json.loads(kept) if kept else {}
        self._recent: deque[tuple[str, frozenset[str], int]] = deque(
            ((id_, frozenset(keys), at) for id_, keys, at in seen.get("recent", ())), WINDOW
        )
        """Articles, their blocks, and when they were read."""

        self._changes: dict[str, dict[str, int]] = seen.get("changes", {})
        """What changed → articles, and when."""

        self._edited: dict[str, dict[str, int]] = seen.get("edited", {})
        """The same, of articles that the newsroom says it modified: these prove nothing."""

        self._new: list[Entry] = []

    def kept(self) -> str:
        """Return what has been seen, for the next run."""
        recent = [[id_, sorted(keys), at] for id_, keys, at in self._recent]
        seen = {"recent": recent, "changes": self._changes, "edited": self._edited}
        return json.dumps(seen, ensure_ascii=False)

    def is_in(self, article: Article) -> bool:
        """Whether *article* was read before some of it was known for what it is."""
        return bool(self._keys) and any(
            block_key(block) in self._keys for block in article.body.split("\n\n")
        )

    def note(self, article: Article, now: dt.datetime) -> None:
        """Take *article* for evidence: what half of the last articles have is not theirs."""
        keys = frozenset(_short(block_key(each)) for each in article.body.split("\n\n"))
        others = [each for each in self._recent if each[0] != article.id]
        self._recent = deque([*others, (article.id, keys, seconds(now))], WINDOW)
        shared = Counter(key for _, keys, _ in self._recent for key in keys)
        common = {key for key, count in shared.items() if count >= LEAST}
        if not common & keys:
            return
        # Articles that are copies of one another, but for a name, say nothing of a plugin.
        texts = [each for each in self._recent if 2 * len(each[1] & common) <= len(each[1])]
        for key, block in _blocks(article):
            edited = self._edited.get(f"+{key}", ())
            count = sum(_short(key) in keys for id_, keys, _ in texts if id_ not in edited)
            if count >= LEAST and count >= SHARE * len(self._recent):
                self._add(block, count, now)

    def changed(self, difference: Difference, id_: str, now: dt.datetime, *, edited: bool) -> None:
        """Note a lone *difference* of the article *id_*.

        *edited*: the newsroom says that it modified that article.
        """
        sample = {block_key(block): block for block in (*difference.came, *difference.went)}
        kept = self._edited if edited else self._changes
        for key in dict.fromkeys((*difference.lone, *difference.of_the_theme)):
            there = kept.setdefault(key, {})
            there[id_] = seconds(now)
            for article, at in list(there.items()):
                if at < seconds(now) - _SECONDS:
                    del there[article]
            block = sample.get(key[1:])
            if block is not None and self._is_everywhere(key):
                self._add(block, self.seen(key), now)
        while len(kept) > _MOST:
            del kept[next(iter(kept))]

    def seen(self, key: str) -> int:
        """Return in how many articles what *key* stands for changed, or stands where it is new.

        Articles that were modified count as one: a note that the newsroom puts into three is in
        none that it left alone.
        """
        edited = self._edited.get(key, {}).keys()
        ids = self._changes.get(key, {}).keys() - edited
        if key.startswith("+"):
            short = _short(key[1:])
            ids |= {id_ for id_, keys, _ in self._recent if short in keys} - edited
        return len(ids) + bool(edited)

    def explains(self, difference: Difference) -> bool:
        """Whether all of a lone *difference* came into, or went from, several articles."""
        kinds = (difference.lone, difference.of_the_theme)
        return any(keys and all(map(self._is_everywhere, keys)) for keys in kinds)

    def _is_everywhere(self, key: str) -> bool:
        """Whether what *key* stands for changed in several articles, and fewer were as before.

        That is, of those that were read since: what somebody types into some leaves the others alone.
        """
        seen = self.seen(key)
        if seen < TOGETHER or key.startswith("\t"):
            return seen >= TOGETHER
        short, came = _short(key[1:]), key.startswith("+")
        times = [at for each in (self._changes, self._edited) for at in each.get(key, {}).values()]
        begin = min([*times, *(at for _, keys, at in self._recent if came and short in keys)])
        since = [keys for _, keys, at in self._recent if at > begin]
        return sum((short in keys) != came for keys in since) < seen

    def holders(self, entries: Iterable[Entry]) -> Iterator[str]:
        """Yield ids of recent articles whose line may still have the blocks of *entries*."""
        short = {_short(block_key(each.block)) for each in entries}
        for id_, keys, _ in self._recent:
            if keys & short:
                yield id_

    def take_new(self) -> list[Entry]:
        """Return what was found since the last call; it is on disk."""
        new, self._new = self._new, []
        if new:
            if self._path.exists():
                cut_torn_line(self._path)
            lines = [json.dumps(attrs.asdict(entry), ensure_ascii=False) for entry in new]
            with closing(AppendedFile(self._path)) as file:
                file.append("".join(f"{line}\n" for line in lines).encode())
        return new

    def _add(self, block: str, articles: int, now: dt.datetime) -> None:
        key = block_key(block)
        if key in self._keys:
            return
        self._keys |= {key}
        self.blocks += (block,)
        self._new.append(Entry(block=block, since=stamp(now), articles=articles))


def _blocks(article: Article) -> Iterator[tuple[str, str]]:
    """Yield key and text of each block that may be furniture: short, with words, no dateline."""
    opening = article.dateline.text if article.dateline is not None else None
    for block in article.body.split("\n\n"):
        if len(block) <= _LONGEST and not (opening and block.startswith(opening)):
            key = block_key(block)
            if sum(map(str.isalpha, key)) > 1:
                yield key, block


def _short(key: str) -> str:
    return hashlib.blake2b(key.encode(), digest_size=8).hexdigest()
