"""Where the text of an unknown page stands.

trafilatura says which words are the article, our own tree says how they stand: its answer is laid
over the lines of the page, and the innermost element that holds nearly all of them is the
container, unless microdata or a class that every theme of a kind uses names one. Where trafilatura
read the page and not a text, the sentence below the headline is where it begins
(fixtures/lintas/foto-saja).

What stands in the text of an unknown page without being it.

Whole lines only: ads, calls to follow the site, dead players, share labels, copyright.
"""

from __future__ import annotations

import logging
import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from html import escape
from typing import Final

import attrs
from lxml import etree

from crawler.extract.blocks import Block
from crawler.extract.document import text_of
from crawler.extract.unknown.lines import Line, holds_more

_NOT_WORD: Final = re.compile(r"\W+")

# A line of this length is a sentence, not a label or a teaser.
_SENTENCE: Final = 40
# What is shorter stands in many a sentence by accident.
_LABEL: Final = 25
_LONG: Final = 120
_PIECE: Final = 30
# Nearly all: a sentence of a caption or a summary may stand elsewhere.
_NEARLY_ALL: Final = 0.85
# Less than this of what trafilatura read found in one container: it read the page, not a text.
_COHERENT: Final = 0.4
_HALF: Final = 0.5
_GOOD_PART: Final = 0.1
# Letters; an article without text is not what the advertisement in it says.
_ADVERTISEMENT: Final = 300
# Summaries and captions stand above a headline; more than this share of a text does not.
_ABOVE: Final = 0.2
# Below the headline, a first sentence of this length is the lead.
_LEAD: Final = 80

# Containers that themes of many newsrooms share. WordPress' own themes: entry-content; block
# themes: wp-block-post-content; tagDiv: td-post-content; JNews: content-inner; BeTheme:
# the_content_wrapper; Divi: et_pb_post_content; Elementor: theme-post-content.
_CONTAINERS: Final = etree.XPath(
    ".//*[@itemprop='articleBody' or contains(@class,'entry-content') or contains(@class,'content-inner')"
    " or contains(@class,'post-content') or contains(@class,'the_content_wrapper')"
    " or contains(@class,'article-content') or contains(@class,'articleBody')]"
)
_EXACT: Final = frozenset(
    (
        *("entry-content", "td-post-content", "wp-block-post-content", "the_content_wrapper"),
        *("et_pb_post_content", "elementor-widget-theme-post-content", "content-inner"),
        *("post-content", "article-content", "single-post-content", "articleBody"),
    )
)
_HEADINGS: Final = frozenset(("h1", "h2", "h3", "h4", "h5"))
_INLINE: Final = frozenset(("p", "span", "font", "strong", "b", "em", "i", "a", "center"))


@attrs.frozen
class Accepted:
    """What trafilatura took for text: letters and digits alone."""

    text: str = ""
    lines: frozenset[str] = frozenset()
    _answers: dict[str, bool] = attrs.field(factory=dict, eq=False, repr=False)

    def has(self, text: str) -> bool:
        """Whether *text* is in it; a label or a name only where it is a line of its own."""
        answer = self._answers.get(text)
        if answer is None:
            answer = self._answers[text] = self._has(squeeze(text))
        return answer

    def _has(self, squeezed: str) -> bool:
        if squeezed in self.lines:
            return True
        if len(squeezed) < _LABEL:
            return False
        return squeezed in self.text or (len(squeezed) >= _LONG and self._has_most(squeezed))

    def _has_most(self, squeezed: str) -> bool:
        """Whether two of beginning, middle and end are in it: a note between was left out."""
        middle = len(squeezed) // 2
        pieces = (squeezed[:_PIECE], squeezed[middle : middle + _PIECE], squeezed[-_PIECE:])
        return sum(piece in self.text for piece in pieces) > 1


@attrs.frozen
class MainBody:
    """The container of the text, and the words in it that were read as text."""

    element: etree._Element
    words: Accepted
    source: str
    """``trafilatura``, the name of the container, or ``headline`` for what stands below it."""

    def accepts(self, text: str) -> bool:
        """Whether trafilatura read *text* too, or read nothing here."""
        return not self.words.text or self.words.has(text)

    def holds(self, text: str) -> bool:
        """Whether the letters of *text* stand somewhere in it, as those of a table's row do."""
        return squeeze(text) in self.words.text


def squeeze(text: str) -> str:
    """Return the letters and digits of *text*: what two readers of a page cannot differ in."""
    return _NOT_WORD.sub("", text.casefold())


def find_main_body(
    lines: Sequence[Line], accepted: Accepted, headline: etree._Element | None, page: etree._Element
) -> MainBody | None:
    """Return where the article's text stands in *page*, or ``None`` where nothing is sure.

    *lines* are those of *page*, *accepted* is what :func:`read_text` returned for it.
    """
    above = frozenset(headline.iterancestors()) if headline is not None else frozenset()
    named = _named_container(page, lines, above)
    found = coherent(lines, accepted, headline, page)
    if found is not None:
        weights = _weights([line for line in lines if accepted.has(line.text)])
        if named is not None and weights.get(named[0], 0) >= _HALF * weights[page]:
            # What the container leaves out is a summary or a caption, not text.
            return MainBody(named[0], accepted, named[1])
        return MainBody(_block(found), accepted, "trafilatura")
    if named is None:
        # An article without a sentence: a photo, a video, a table.
        named = _named_container(page, lines, above, shortest=0)
    if named is not None:
        return MainBody(named[0], accepted, named[1])
    lead = _lead(lines, headline)
    return MainBody(lead, Accepted(), "headline") if lead is not None else None


def coherent(
    lines: Sequence[Line], accepted: Accepted, headline: etree._Element | None, page: etree._Element
) -> etree._Element | None:
    """Return the innermost element with nearly all that was read, if that is one text.

    It is not where little of what was read stands among *lines*, or where a good part of it
    stands above the headline: then the page was read and not an article.
    """
    read = [line for line in lines if accepted.has(line.text)]
    weights = _weights(read)
    total = weights.get(page, 0)
    if not total or total < _COHERENT * len(accepted.text):
        return None
    before = _weights(_before(read, lines, headline)).get(page, 0)
    return None if before > _ABOVE * total else _innermost(weights, total)


def holders(lines: Sequence[Line], accepted: Accepted) -> frozenset[etree._Element]:
    """Return the elements that hold a good part of what was read as text.

    They are the article, whatever they are called (fixtures/lintas/wadah-salah-nama).
    """
    weights = _weights([line for line in lines if accepted.has(line.text)])
    most = max(weights.values(), default=0)
    least = max(_GOOD_PART * most, _ADVERTISEMENT)
    return frozenset(each for each, weight in weights.items() if weight > least)


def _before(
    read: Sequence[Line], lines: Sequence[Line], headline: etree._Element | None
) -> list[Line]:
    """Return those of *read* that stand above the headline."""
    if headline is None:
        return []
    holders = {headline, *headline.iterancestors()}
    inside = set(headline.iter())
    for at, line in enumerate(lines):
        if line.element in inside or (line.element in holders and line.element.tag in _HEADINGS):
            above = set(map(id, lines[:at]))
            return [each for each in read if id(each) in above]
    return []


def read_text(root: etree._Element) -> Accepted:
    """Return what trafilatura takes for the text of the page, without titles and captions."""
    from trafilatura import bare_extraction  # noqa: PLC0415 -- half a second, and only needed here

    # It warns of every page without a text; that is an answer here.
    logging.getLogger("trafilatura").setLevel(logging.CRITICAL)
    page = etree.tostring(root, encoding="unicode", method="html")
    document = bare_extraction(page, include_comments=False, include_tables=True)
    if document is None or isinstance(document, dict) or not document.text:
        return Accepted()
    lines = [squeeze(line) for line in document.text.split("\n")]
    return Accepted("".join(lines), frozenset(lines) - {""})


def _weights(lines: Iterable[Line], shortest: int = _SENTENCE) -> dict[etree._Element, int]:
    """Return how many letters of sentences each element holds; links are no sentences."""
    weights: dict[etree._Element, int] = defaultdict(int)
    for line in lines:
        if len(line.text) < shortest or is_linked(line):
            continue
        weight = len(squeeze(line.text))
        weights[line.element] += weight
        for ancestor in line.element.iterancestors():
            weights[ancestor] += weight
    return weights


def is_linked(line: Line) -> bool:
    """Whether a third of *line* or more are links."""
    links = 0
    for link in line.element.iter("a"):
        text = text_of(link) if not holds_more(link, len(line.text)) else ""
        links += len(text) if text in line.text else 0
    return 3 * links > len(line.text)


def _innermost(weights: dict[etree._Element, int], total: int) -> etree._Element:
    """Return the innermost element that holds nearly all of *total*."""
    enough = [element for element, weight in weights.items() if weight >= _NEARLY_ALL * total]
    return max(enough, key=_depth)


def _depth(element: etree._Element) -> int:
    return sum(1 for _ in element.iterancestors())


def _block(element: etree._Element) -> etree._Element:
    """Return the block around a paragraph that holds the whole text with ``<br>`` between."""
    while element.tag in _INLINE:
        parent = element.getparent()
        if parent is None:
            break
        element = parent
    return element


def _named_container(
    page: etree._Element,
    lines: Sequence[Line],
    above: Collection[etree._Element],
    *,
    shortest: int = _SENTENCE,
) -> tuple[etree._Element, str] | None:
    """Return the container with the most text of those that are called one, the innermost of it.

    What holds the headline is a wrapper of the article, whatever it is called.
    """
    found = _CONTAINERS(page)
    assert isinstance(found, list)
    weights = _weights(lines, shortest)
    best: tuple[int, etree._Element, str] | None = None
    for element in found:
        assert isinstance(element, etree._Element)
        name = _container_name(element)
        weight = weights.get(element, 0)
        if not name or (shortest and not weight) or element in above:
            continue
        # Outer containers come first: the inner one wins where it has nearly all.
        inner = best is not None and best[1] in set(element.iterancestors())
        if best is None or weight > best[0] or (inner and weight >= _NEARLY_ALL * best[0]):
            best = weight, element, name
    return (best[1], best[2]) if best else None


def _container_name(element: etree._Element) -> str | None:
    if element.get("itemprop") == "articleBody":
        return "[itemprop=articleBody]"
    for name in (element.get("class") or "").split():
        if name in _EXACT:
            return f".{name}"
    return None


def _lead(lines: Sequence[Line], headline: etree._Element | None) -> etree._Element | None:
    """Return the element of the first sentence below *headline* that is no list of links."""
    below = False
    for line in lines:
        if headline is not None and line.element is headline:
            below = True
        elif below and len(line.text) >= _LEAD and not is_linked(line):
            return _block(line.element)
    return None


# Each alternative is the beginning of a line that is none of the text, short ones only.
_JUNK: Final = re.compile(
    r"""[\W_]*(?:
      scroll\ (?:to|untuk|ke)\b | gulir\b.*\b(?:lanjut|membaca) | (?:lanjut|lanjutkan)\ (?:baca|membaca)
    | advertisement\W*$ | iklan\b.{0,15}$ | (?:sponsored|promoted)\b.{0,20}$
    | (?:yuk,?\ )?(?:simak|saksikan|tonton|lihat|nonton)(?:\ juga)?\ (?:juga\ )?(?:video|foto|live|streaming)
    | yuk,?\ (?:simak|baca|tonton)
    | (?:simak|baca|lihat)\b.{0,60}\b(?:lainnya|selengkapnya|terpopuler)\W*$
    | (?:follow|ikuti)\ (?:kami|us|akun|media\ sosial|berita)\b | (?:klik|tap)\ (?:di\ sini|disini|link)\b
    | share\ (?:this|on|ke|via)\b | bagikan\ (?:ini|artikel|berita|ke|via|:) | like\ this | like\ loading
    | loading\b | copy\ link | salin\ (?:tautan|link) | komentar\b.{0,12}$ | dibaca\b.{0,20}$
    | (?:copyright|hak\ cipta)\ ?(?:©|\(c\)|\d{4}|dilindungi|$) | ©
    | tags?\ ?: | topik(?:\ terkait)?\ ?: | kategori\ ?: | filed\ under | posted\ in
    | (?:artikel|berita|konten)\ ini\ (?:telah|sudah|pertama\ kali)\ (?:tayang|terbit|dimuat|dipublikasikan)
    | (?:halaman|laman|page)s?\ ?: | (?:berikutnya|sebelumnya|next|previous|selanjutnya)\W*$
    | \d+\ (?:shares?|views?|komentar|comments?)\W*$
    )""",
    re.VERBOSE | re.IGNORECASE,
)
_LONGEST_JUNK: Final = 160
# "Get our news in the Telegram group", three sentences long.
_CALL: Final = re.compile(
    r"\W*(?:(?:silakan|silahkan|mari|yuk|ayo),? )?(?:cek|baca|ikuti|dapatkan|simak|temukan|gabung|bergabung"
    r"|join|follow)\b.{0,160}\b(?:google news|(?:grup|group|channel|saluran|kanal) (?:whatsapp|telegram|wa)\b"
    r"|(?:whatsapp|telegram|wa) (?:grup|group|channel)|newsletter)",
    re.IGNORECASE,
)
_LONGEST_CALL: Final = 400
# A tweet button's text, a shortcode that is gone, a player that was not loaded.
_DEAD: Final = re.compile(
    r"\[(?:gambas|bctt|irp|embed|video|caption|gallery)\b[^\]]*\]?.{0,400}$", re.IGNORECASE
)
# What trafilatura left out is text all the same if it is a sentence of this length.
_CLEAN_SENTENCE: Final = 80
_ANCHOR: Final = re.compile(r"<a\b[^>]*>(.*?)</a>")
_TAG: Final = re.compile(r"<[^>]*>")


def kept(
    blocks: Iterable[Block], body: MainBody, headline: str, *, trusted: bool = False
) -> list[Block]:
    """Return those of *blocks* that are the article's, without the headline where it is repeated.

    *trusted* says that the container is the theme's own for the text, and for nothing else.
    """
    title = squeeze(headline)
    found = [block for block in blocks if block.photo is not None or _is_text(block, body, trusted)]
    texts = [at for at, block in enumerate(found) if block.photo is None]
    if texts and squeeze(found[texts[0]].text) == title:
        del found[texts[0]]
        texts = [at - 1 for at in texts[1:]]
    # Photos after the last words are the page's, all but one that ends the text.
    return found[: texts[-1] + 2] if texts else found


def from_lines(lines: Iterable[Line], body: MainBody) -> list[Block]:
    """Return paragraphs for the *lines* that were read as text, where the markup gives none.

    Some editors type the article into a caption (fixtures/lintas/teks-di-keterangan).
    """
    found: dict[str, Block] = {}
    for line in lines:
        if body.accepts(line.text) and not is_junk(line.text) and not is_linked(line):
            block = Block("p", "p", ())
            block.text = line.text
            block.inner = escape(line.text, quote=False)
            found.setdefault(line.text, block)
    return list(found.values())


def is_junk(text: str) -> bool:
    """Whether the line *text* is an ad, a call, a label or a dead shortcode.

    >>> is_junk("SCROLL TO CONTINUE WITH CONTENT"), is_junk("Iklan itu menyesatkan warga.")
    (True, False)
    """
    if _DEAD.match(text):
        return True
    if len(text) <= _LONGEST_CALL and _CALL.match(text):
        return True
    return len(text) <= _LONGEST_JUNK and _JUNK.match(text) is not None


def _is_text(block: Block, body: MainBody, trusted: bool) -> bool:
    if is_junk(block.text):
        return False
    if body.accepts(block.text) or (block.kind == "tr" and body.holds(block.text)):
        return True
    return (trusted or len(block.text) >= _CLEAN_SENTENCE) and not _is_linked(block)


def _is_linked(block: Block) -> bool:
    links = sum(len(_TAG.sub("", link)) for link in _ANCHOR.findall(block.inner))
    return 3 * links > len(block.text)
