"""Whether what was found is news: what an edit is, and the rules of the revision number.

Like is compared with like, field by field: what a source states with what the same source stated
when it was last read, both by today's rules. ``docs/revisions.md`` says it in words.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from difflib import SequenceMatcher
from functools import cached_property, partial
from html import unescape
from pathlib import Path
from typing import Any, Final, TypeAlias

import attrs

from crawler.archive.rows import ArticleRow
from crawler.archive.warc_reading import recent_captures
from crawler.errors import attempt
from crawler.items import Article, Capture, CaptureReference
from crawler.newsrooms import Newsroom
from crawler.normalise.text import as_typed, block_key, fold, is_sentence
from crawler.timestamps import comparable, instant

_ORDERED: Final = ("authors", "embeds")
_SETS: Final = ("categories", "tags", "topics")
_EMBEDDED: Final = (*_SETS, "image_url", "caption")
FIELDS: Final = (
    *("title", "subtitle", "published_at", "caption", "image_url", "writer", "editor"),
    *("source_url", *_ORDERED, *_SETS),
)
"""What is compared beside the text."""

RANK: Final = {"rest": 0, "page": 1, "both": 2}
"""Of two lines of one revision, which source says more."""

LONE: Final = 2
"""Blocks that come or go by themselves at most, for a plugin to be thought of."""

_LONGEST_LONE: Final = 400
_SIMILAR: Final = 0.5
_DIGITS: Final = re.compile(r"\d[\d.,]*")
_TAG: Final = re.compile(r"<[^>]*>")
_HIDDEN: Final = re.compile(r"<(script|style|head)\b.*?</\1", re.DOTALL | re.IGNORECASE)
_LETTERS: Final = re.compile(r"[^\w]+|_")


@attrs.define(kw_only=True, slots=False)
class State:
    """What one look states: the article as a line has it, and what each source says by itself."""

    article: Article
    sources: Mapping[str, Article]
    """``page`` and ``rest``, whichever there are."""

    pages: Sequence[Capture] = ()

    @cached_property
    def printed(self) -> str:
        """All that the pages show, whatever was made of it."""
        pages = (each for each in self.pages if each.body.lstrip().startswith(b"<"))
        bodies = (each.body.decode(errors="replace") for each in pages)
        return as_typed(fold(unescape(_TAG.sub(" ", _HIDDEN.sub(" ", " ".join(bodies))))))

    @cached_property
    def _printed_letters(self) -> str:
        return _letters(self.printed)

    def lacks(self, text: str) -> bool:
        """Whether there are pages, and nowhere on them *text*, however it is set."""
        letters = _letters(text)
        return bool(letters and self._printed_letters) and letters not in self._printed_letters


@attrs.frozen(kw_only=True)
class Difference:
    """What the newsroom changed between two states."""

    fields: tuple[str, ...] = ()
    came: tuple[str, ...] = ()
    """Blocks of text that are there, and were not."""

    went: tuple[str, ...] = ()
    replaced: bool = False
    """Whether a block stands where another one stood."""

    edge: bool = False
    """Whether what came or went stood at the begin or the end of the text."""

    unlike: bool = False
    """Whether nothing alike was there to be compared: another theme, or another source."""

    filled: tuple[str, ...] = ()
    """Of :attr:`fields`, those that one of two pages does not state at all."""

    modified: bool = False
    """Whether the newsroom says that it modified the article meanwhile."""

    @property
    def is_edit(self) -> bool:
        return bool(self.fields or self.came or self.went)

    @property
    def digits_alone(self) -> bool:
        """Whether nothing differs but numbers in the text."""
        return (
            not self.fields
            and self.replaced
            and [_DIGITS.sub("0", each) for each in self.came]
            == [_DIGITS.sub("0", each) for each in self.went]
        )

    @property
    def of_the_theme(self) -> tuple[str, ...]:
        """What stands for whichever sentences another theme prints at begin and end of texts."""
        if not (self.unlike and self.edge):
            return ()
        return ("\tedge", *(f"\t{field}" for field in self.filled))

    @property
    def lone(self) -> tuple[str, ...]:
        """What alone came or went, fit to be looked for in other articles; empty for all else."""
        if set(self.fields) - set(self.filled) or self.replaced:
            return ()
        if self.came and self.went:
            return self.of_the_theme
        blocks = self.came or self.went
        if len(blocks) > LONE or any(len(block) > _LONGEST_LONE for block in blocks):
            return self.of_the_theme
        way = "+" if self.came else "-"
        return (
            *(way + block_key(block) for block in blocks),
            *(f"\t{field}" for field in self.filled),
        )


def compare(before: State, now: State, since: str | None = None) -> Difference:
    """Return what the newsroom changed from *before* to *now*: nothing is no edit.

    *before* is what the last line says, with what each source said when it was last read. What the
    last line says already is no edit, from whichever source it comes now; nor is a value that only
    one of two sources, or themes, has a place for.
    """
    pairs = tuple(_pairs(before, now))
    fields = [field for field in FIELDS if _is_changed(field, pairs, before, now)]
    filled = [field for field in fields if _is_filled(field, pairs, before, now)]
    is_behind = _is_page_behind(pairs, before, now, since)
    text = _across(before, now) if is_behind else _text(pairs, before, now)
    if not (fields or text.is_edit) and _is_rebuilt(pairs, before, now):
        fields.append("body")
    modified = [state.article.modified_at for state in (before, now)]
    return attrs.evolve(
        text,
        fields=tuple(fields),
        filled=tuple(filled),
        modified=modified[1] is not None and instant(modified[1]) != instant(modified[0]),
    )


_Pair: TypeAlias = tuple[str, Article, Article]


def _pairs(before: State, now: State) -> Iterator[_Pair]:
    """Yield what is alike: record and record, pages of one theme."""
    for source in ("rest", "page"):
        old, new = before.sources.get(source), now.sources.get(source)
        if old is not None and new is not None and old.theme == new.theme:
            yield source, old, new


def _value(article: Article, field: str) -> Any:
    value = getattr(article, field)
    if field == "published_at":
        return instant(value) or value
    if field in _SETS:
        return sorted(as_typed(each) for each in value)
    if field in _ORDERED:
        return [as_typed(each) if isinstance(each, str) else each for each in value]
    if field == "image_url" and value:  # of which the host changes for all at once
        value = value.partition("://")[2].partition("/")[2]
    return as_typed(value) if value else value


def _is_changed(field: str, pairs: Sequence[_Pair], before: State, now: State) -> bool:
    last = _value(before.article, field)
    if last == _value(now.article, field):
        return False
    changes = _changes(field, pairs, last)
    if any(not _is_printed(was, is_, before, now) for was, is_ in changes):
        return True
    return field == "title" and not pairs and _is_retitled(before, now)


def _is_retitled(before: State, now: State) -> bool:
    """Whether a headline changed that two themes print.

    A theme adds the site's name or a label, which stand on the other's page, too.
    """
    (short, less), (long, _) = sorted(
        ((each.article.title, each) for each in (before, now)), key=lambda each: len(each[0])
    )
    if _letters(short) not in _letters(long):
        return True
    start, _, end = _letters(long).partition(_letters(short))
    return any(map(less.lacks, (start, end)))


def _changes(field: str, pairs: Sequence[_Pair], last: Any) -> list[tuple[Any, Any]]:
    """Return what the value was and is, by each source that states it otherwise than before.

    The record may be as it was where the page is not: a caption, a second author.
    """
    values = (
        (_value(old, field), _value(new, field))
        for source, old, new in pairs
        if source == "page" or (_has_place(old, field) and _has_place(new, field))
    )
    return [(was, is_) for was, is_ in values if is_ not in (was, last)]


def _is_printed(was: Any, is_: Any, before: State, now: State) -> bool:
    """Whether a value that only one reading has is printed in the other page, and was not read."""
    alone = None if was and is_ else was or is_
    return isinstance(alone, str) and alone in (now if was else before).printed


def _has_place(record: Article, field: str) -> bool:
    """Whether *record* may state *field*: a server may hide authors, or embed nothing at all.

    Every post has an author and a category; a record of neither came alone.
    """
    if field == "authors":
        return bool(record.authors)
    return field not in _EMBEDDED or bool(record.authors or record.categories)


def _is_filled(field: str, pairs: Sequence[_Pair], before: State, now: State) -> bool:
    if field == "title":  # to which another theme added, or from which it took, what stands nowhere
        one, other = (_letters(each.article.title) for each in (before, now))
        return not pairs and (one in other or other in one)
    return all(not was or not is_ for was, is_ in _changes(field, pairs, None))


def _text(pairs: Sequence[_Pair], before: State, now: State) -> Difference:
    """Return how the text differs; of the fields nothing."""
    if not pairs:
        return _across(before, now)
    alike = {source: (old.body, new.body) for source, old, new in pairs}
    told_by = [_told_by(state.article) for state in (before, now)]
    # A text that was taken from the page is compared with the page's, too; what a record states
    # is nobody's to see where the page's text is taken now.
    if "page" not in told_by and "rest" in alike:
        alike.pop("page", None)
    elif told_by[1] == "page" and "page" in alike:
        alike.pop("rest", None)
    found = (_alike(*each, before.article.body) for each in alike.values())
    return next((each for each in found if each.is_edit), Difference())


def _is_page_behind(pairs: Sequence[_Pair], before: State, now: State, since: str | None) -> bool:
    """Whether a record that is read for the first time states an edit that its page hides.

    It was modified after the last line was read, and the page, from a cache, is as it was.
    """
    record = now.sources.get("rest")
    if record is None or since is None or [source for source, _, _ in pairs] != ["page"]:
        return False
    _, old, new = pairs[0]
    return (
        "rest" not in before.sources
        and (comparable(record.modified_at) or "") >= since
        and old.content_hash == new.content_hash
        and not shows(new, record)
    )


def _told_by(article: Article) -> str:
    return "rest" if article.provenance.get("body") == "rest" else "page"


def _blocks(body: str) -> list[str]:
    return body.split("\n\n") if body else []


def _alike(old: str, new: str, last: str) -> Difference:
    """Return how *new* differs from *old*, but for what the *last* line says as *new* does."""
    was, is_ = _blocks(as_typed(old)), _blocks(as_typed(new))
    if was == is_:
        return Difference()
    said, there = " ".join(_blocks(as_typed(last))), " ".join(is_)
    came: list[str] = []
    went: list[str] = []
    replaced, edges = False, []
    for what, a, b, c, d in SequenceMatcher(None, was, is_, autojunk=False).get_opcodes():
        if what == "equal":
            continue
        # A block that grew is part of what it became.
        gone = [each for each in was[a:b] if each in said and (each in is_ or each not in there)]
        fresh = [each for each in is_[c:d] if each not in said]
        went += gone
        came += fresh
        replaced = replaced or bool(gone and fresh)
        if gone or fresh:
            edges.append(a == 0 or b == len(was))
    if went and not came and all(block in is_ for block in went):
        # Blocks that only moved are an edit unless the last line has them in this order.
        came, replaced = list(went), True
        if said == " ".join(is_):
            return Difference()
    return Difference(
        came=tuple(came), went=tuple(went), replaced=replaced, edge=bool(edges) and all(edges)
    )


def _across(before: State, now: State) -> Difference:
    """Return how two texts of unlike sources differ in what both must have.

    Readers and themes begin and end a text differently, and join its blocks differently. What is
    in both of them, and what stands between, is the newsroom's; so is a sentence at begin or end
    that the other page prints nowhere, unless that is so in several articles at once, or one theme
    links fewer pages of the article than the other.
    """
    was, is_ = _blocks(before.article.body), _blocks(now.article.body)
    there, here = "".join(map(_letters, was)), "".join(map(_letters, is_))
    steps = SequenceMatcher(
        None, [_letters(each) for each in was], [_letters(each) for each in is_], autojunk=False
    ).get_opcodes()
    alike = [number for number, step in enumerate(steps) if step[0] == "equal"]
    came: list[str] = []
    went: list[str] = []
    edges: list[str] = []
    is_whole = bool(alike) and len(before.article.pages) == len(now.article.pages)
    for number, (what, a, b, c, d) in enumerate(steps):
        if what == "equal":
            continue
        gone = [each for each in was[a:b] if _letters(each) not in here]
        fresh = [each for each in is_[c:d] if _letters(each) not in there]
        inside = bool(alike) and alike[0] < number < alike[-1]
        if not alike and fresh:  # replaced as a whole: by a notice, say
            went += gone
            came += fresh if gone else ()
            continue
        for one in was[a:b]:
            grown = next((each for each in is_[c:d] if _is_grown(one, each, there, here)), None)
            match = next((each for each in fresh if _are_similar(one, each)), None)
            if one not in gone and grown is None:
                continue
            if grown is not None or match is not None:
                went.append(one)
                came.append(grown or match or "")
            elif is_sentence(one) and (inside or (is_whole and now.lacks(one))):
                went.append(one)
                edges += () if inside else (one,)
        for one in fresh:
            if (
                one not in came
                and is_sentence(one)
                and (inside or (is_whole and before.lacks(one)))
            ):
                came.append(one)
                edges += () if inside else (one,)
    edge = bool(edges) and len(edges) == len(came) + len(went)
    replaced = bool(came and went) and not edge
    return Difference(came=tuple(came), went=tuple(went), replaced=replaced, edge=edge, unlike=True)


def are_one(one: Article, other: Article) -> bool:
    """Whether two readings are of one article, whatever was edited: its headline, or half its text."""
    if _letters(one.title) == _letters(other.title):
        return True
    blocks = [_letters(each) for each in _blocks(one.body)]
    there = _letters(other.body)
    return bool(blocks) and sum(each in there for each in blocks) * 2 >= len(blocks)


def shows(page: Article, record: Article) -> bool:
    """Whether *page* has the headline and the text that *record* states."""
    there = _letters(page.body)
    return _letters(page.title) == _letters(record.title) and all(
        _letters(block) in there for block in _blocks(record.body)
    )


def _letters(text: str) -> str:
    """Return *text* without what readers print differently: case, white space, punctuation."""
    return _LETTERS.sub("", fold(text).casefold())


def _are_similar(one: str, other: str) -> bool:
    words = SequenceMatcher(None, one.split(), other.split(), autojunk=False)
    return words.real_quick_ratio() > 0 and (
        words.ratio() >= _SIMILAR or one.startswith(other) or other.startswith(one)
    )


def _is_grown(one: str, other: str, there: str, here: str) -> bool:
    """Whether a sentence was added to a block, or taken from its end.

    Not where that is elsewhere, by its letters: *there*, where *one* is from, or *here*.
    """
    short, long = sorted((one, other), key=len)
    if not short or not _letters(long).startswith(_letters(short)):
        return False
    more = " ".join(long.split()[len(short.split()) :])
    return is_sentence(more) and _letters(more) not in (there if long is other else here)


def _is_rebuilt(pairs: Sequence[_Pair], before: State, now: State) -> bool:
    """Whether blocks became of another kind: a paragraph a subhead."""
    if not pairs or before.article.content_hash == now.article.content_hash:
        return False
    _, old, new = pairs[0]
    return (
        old.content_hash != new.content_hash
        and _blocks(as_typed(old.body)) == _blocks(as_typed(new.body))
        and all(
            _value(old, field) == _value(new, field)
            for field in ("title", "subtitle", "published_at", "authors", *_SETS)
        )
    )


@attrs.frozen(kw_only=True)
class Rules:
    """The rules of extraction, of which the archive itself knows nothing."""

    extractor: str
    sources: Callable[..., Mapping[str, Callable[[], Article]]]
    """Captures, newsroom, ``post_id`` and ``furniture`` → what gives the article, by what it is
    made of: ``page``, ``rest``, ``both``."""

    def extract(
        self,
        captures: Sequence[Capture],
        newsroom: Newsroom,
        post_id: int | None,
        furniture: Collection[str] = (),
    ) -> Article:
        """Return the article on *captures*."""
        found = self.sources(captures, newsroom, post_id=post_id, furniture=furniture)
        return found[max(found, key=RANK.__getitem__)]()

    def state(
        self,
        captures: Sequence[Capture],
        newsroom: Newsroom,
        post_id: int | None,
        furniture: Collection[str] = (),
    ) -> State:
        """Return the article on *captures*, and what each source says of it."""
        stated = self.sources(captures, newsroom, post_id=post_id, furniture=furniture)
        found = {source: article() for source, article in stated.items()}
        article = found.pop("both", None) or next(iter(found.values()))
        pages = () if set(found) == {"rest"} else captures
        return State(article=article, sources=found, pages=pages)


class Rereader:
    """Reads articles again from the archive in *folder*."""

    def __init__(self, folder: Path, newsroom: Newsroom, rules: Rules) -> None:
        self.newsroom = newsroom
        self.rules = rules
        self._captures = recent_captures(folder)

    def pages(self, known: ArticleRow) -> list[Capture]:
        """Return the pages of *known* as they were read last."""
        stored = map(self._captures, known.last_read())
        return [each for each in stored if "html" in each.headers.get("content-type", "")]

    def article(
        self,
        references: Iterable[CaptureReference],
        post_id: int | None,
        furniture: Collection[str],
    ) -> Article:
        """Return what today's rules make of stored captures."""
        stored = [self._captures(each) for each in references]
        return self.rules.extract(stored, self.newsroom, post_id, furniture)

    def read(
        self,
        known: ArticleRow,
        furniture: Collection[str],
        notes: list[str],
        theme: str | None = None,
    ) -> State | None:
        """Return what today's rules make of what was read last of *known*, from each source.

        Of the pages those that *theme* printed, where it printed earlier ones. ``None`` when it
        cannot be read, which is added to *notes*.
        """
        state, error = attempt(partial(self._read, known, furniture, theme))
        if error is not None:
            notes.append(f"its stored captures cannot be read by today's rules ({error})")
        return state

    def _read(self, known: ArticleRow, furniture: Collection[str], theme: str | None) -> State:
        def state(references: Iterable[CaptureReference]) -> State:
            stored = [self._captures(each) for each in references]
            return self.rules.state(stored, self.newsroom, known.post_id, furniture)

        states = {source: state(known.captures_of(source)) for source in known.sources()}
        sources: dict[str, Article] = {}
        pages: Sequence[Capture] = ()
        for each in states.values():
            sources |= each.sources
            pages = each.pages or pages
        if theme != known.theme and (then := known.printed_by(theme)):
            printed = state(then)
            sources["page"] = printed.sources["page"]
            pages = printed.pages
        return State(article=states[known.source or ""].article, sources=sources, pages=pages)


# Of a line, what reading its captures again does not give.
GIVEN: Final = frozenset(
    {"captures", "id", "revision", "run", "unchanged_until", "written_at", "extractor"}
)


def differing(line: Article, again: Article) -> list[str]:
    """Return the fields in which *again*, read from the same captures, is not *line*."""
    again = of_line(line, again)
    return [
        field.name
        for field in attrs.fields(Article)
        if field.name not in GIVEN and getattr(line, field.name) != getattr(again, field.name)
    ]


def of_line(line: Article | ArticleRow, again: Article) -> Article:
    """Return *again* as what *line* names it: a page's post id was believed for its id, or not."""
    believed = again.source != "page" or line.id == f"{again.site}:{again.post_id}"
    post_id = again.post_id if believed else line.post_id
    return attrs.evolve(again, id=line.id, revision=line.revision, post_id=post_id)
