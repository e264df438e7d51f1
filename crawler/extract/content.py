"""One pass over the content of a page: what its text is made of, block by block."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Final

from lxml import etree

from crawler.errors import NotAnArticle
from crawler.extract import media
from crawler.extract.blocks import EM, STRONG, Block, Builder, Path, Run, markup, plain
from crawler.extract.document import Document, holds_more, is_emoji, text_of
from crawler.extract.media import box
from crawler.extract.roles import Role, is_unseen, role_of
from crawler.items import Embed
from crawler.normalise.text import fold
from crawler.normalise.vocabulary import words_of

# Content stands some ten elements deep; deeper than this is no page that someone wrote.
_DEEPEST: Final = 150

_ADDRESS: Final = re.compile(r"https?://\S+")
# Letters; a box that asks to subscribe says less, the text behind one more.
_GATE: Final = 400
_MARK: Final = re.compile(r"[\[(]?\d{1,3}[\])]?|\W*")
_RAISED: Final = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")


class Walk(Builder):
    """The blocks, embeds and related posts of one page's content.

    *further* are other elements that hold some of it, *skip* are known not to be body, *spared* are
    values of ``class`` that say nothing here.
    """

    def __init__(
        self,
        content: etree._Element,
        document: Document,
        *,
        further: Iterable[etree._Element] = (),
        skip: frozenset[etree._Element] = frozenset(),
        spared: frozenset[str] = frozenset(),
    ) -> None:
        super().__init__(document)
        self.embeds: list[Embed] = []
        self.footers: list[etree._Element] = []
        self.protected = False
        self._skip = skip
        self._spared = spared
        self._serial = 0
        self._depth = 0
        for each in (content, *further):
            self._descend(each, 0, None)
            self.end_block()

    def _descend(self, parent: etree._Element, style: int, link: str | None) -> None:
        self._depth += 1
        if self._depth > _DEEPEST:
            raise NotAnArticle(self._document.url, "too_deep")
        text = parent.text
        if text:
            self.line.append(Run(text, style, link))
        for child in parent:
            tag = child.tag
            if tag.__class__ is str:  # comments have a function for a tag
                self._element(child, tag, style, link)
            tail = child.tail
            if tail and (self.line or not tail.isspace()):
                self.line.append(Run(tail, style, link))
        self._depth -= 1

    def _element(self, element: etree._Element, tag: str, style: int, link: str | None) -> None:
        if element.keys():
            classes = element.get("class")
            role = role_of(classes) if classes and classes not in self._spared else None
            if element in self._skip or (role is None and is_unseen(element)):
                return
            if role is not None:
                self._by_role(element, role, style)
                return
        action = _ACTIONS.get(tag)
        if action is not None:
            action(self, element, style, link)
        elif tag in _STYLES:
            self._descend(element, style | _STYLES[tag], link)
        elif tag not in _LEFT_OUT and not tag.startswith("amp-"):
            self._descend(element, style, link)

    # What an element's name makes of it.

    def _break(self, _element: etree._Element, _style: int, _link: str | None) -> None:
        self.break_line()

    def _block(self, element: etree._Element, style: int, link: str | None) -> None:
        self.end_block()
        tag, self.tag = self.tag, "p"
        if len(element) or style or link or self.in_cell:
            self._descend(element, style, link)
            self.end_block()
        elif element.text:
            self.add_plain(element.text)
        self.tag = tag

    def _group(self, element: etree._Element, style: int, link: str | None) -> None:
        """A subhead, a list, an item of one, or a quotation: blocks of another kind."""
        self.end_block()
        before = self.kind, self.tag, self.path
        name = str(element.tag)
        kind, tag, nested = _GROUPS[name]
        if name == "li" and (not self.path or self.path[-1][0] not in ("ul", "ol")):
            tag, nested = "p", None
        self.kind, self.tag = kind, tag
        if nested is not None:
            self.path = self._nested(nested)
        self._descend(element, style, link)
        self.end_block()
        self.kind, self.tag, self.path = before

    def _nested(self, tag: str) -> Path:
        self._serial += 1
        return (*self.path, (tag, self._serial))

    def _cite(self, element: etree._Element, style: int, link: str | None) -> None:
        """A ``cite`` of its own joins the quotation before it (fixtures/progres/kutipan)."""
        if self.kind == "quote" and self.join_cite(text_of(element)):
            return
        self.line.append(Run(" ", style, link))
        self._descend(element, style, link)

    def _table(self, element: etree._Element, style: int, link: str | None) -> None:
        self.end_block()
        if _is_layout(element):
            self._descend(element, style, link)
            self.end_block()
            return
        path = self._nested("table")
        for row in element.iter("tr"):
            self._row([cell for cell in row if cell.tag in ("td", "th")], path)

    def _row(self, cells: Iterable[etree._Element], path: Path) -> None:
        texts, inner = [], ""
        for cell in cells:
            self.in_cell = True
            self._descend(cell, 0, None)
            self.in_cell = False
            runs = self.take_cell()
            texts.append(plain(runs))
            inner += f"<{cell.tag}>{markup(runs)}</{cell.tag}>"
        if any(texts):
            self.blocks.append(Block("tr", "tr", path, fold(" | ".join(texts)), inner))

    def _anchor(self, element: etree._Element, style: int, link: str | None) -> None:
        href = element.get("href") or link
        # The mark of a footnote, or the way back.
        is_mark = href and href[0] == "#" and _MARK.fullmatch(text_of(element))
        if not is_mark:
            self._descend(element, style, href)

    def _superscript(self, element: etree._Element, style: int, link: str | None) -> None:
        """The number of a footnote, or a power, is none of the digits of the number before it."""
        text = text_of(element)
        line = self.line
        if "fn" in (element.get("class") or "").split():
            return
        follows = bool(line) and line[-1].text[-1:].isdigit()
        if follows and text.isdecimal() and not any(element.iter("a")):
            line.append(Run(text.translate(_RAISED), style, link))
        else:
            self._descend(element, style, link)

    def _image(self, element: etree._Element, style: int, link: str | None) -> None:
        if is_emoji(element):
            self.line.append(Run(element.get("alt") or "", style, link))
        elif photo := media.photo(element, self._document, link):
            self.add_photo(photo)

    def _unscripted(self, element: etree._Element, style: int, link: str | None) -> None:
        if (image := media.unscripted(element)) is not None:
            self._image(image, style, link)

    def _figure(self, element: etree._Element, style: int, link: str | None) -> None:
        self.end_block()
        first = len(self.blocks)
        self._descend(element, style, link)
        self.end_block()
        photos = [block.photo for block in self.blocks[first:] if block.photo]
        for photo in photos:
            photo.bare = False
        # The caption of a gallery belongs to none of its photos.
        if len(photos) == 1 and photos[0].caption is None:
            captions = (
                text_of(each)
                for each in element.iter("*")
                if each.tag == "figcaption" or role_of(each.get("class") or "") is Role.CAPTION
            )
            photos[0].caption = next(filter(None, captions), None)

    def _frame(self, element: etree._Element, _style: int, _link: str | None) -> None:
        embed = media.frame(element, self._document)
        self.embeds += [embed] if embed is not None else []

    def _form(self, element: etree._Element, _style: int, _link: str | None) -> None:
        if "post-password-form" in (element.get("class") or ""):
            self.protected = True

    def _footer(self, element: etree._Element, style: int, link: str | None) -> None:
        if self.kind == "quote":
            self._cite(element, style, link)
        else:
            self.footers.append(element)

    # What an element's class makes of it.

    def _by_role(self, element: etree._Element, role: Role, style: int) -> None:
        document = self._document
        if role is Role.RELATED:
            self.related += box(element, document, "inline")
        elif role is Role.OWN_EMBED:
            self.related += box(element, document, "editor")
        elif role is Role.FOOTER:
            self.footers.append(element)
        elif role is Role.PAGES:
            self.leave_line()
        elif role is Role.LIST:
            self._list_of_the_day(element)
        elif role is Role.GATE and holds_more(element, _GATE):
            _ACTIONS.get(str(element.tag), Walk._block)(self, element, style, None)
        elif role is Role.FIGURE:
            self._figure(element, style, None)
        elif role is Role.DECK:
            self.deck = True
            _ACTIONS.get(str(element.tag), Walk._block)(self, element, style, None)
            self.deck = False
        elif role in _EMBEDS:
            embed = _EMBEDS[role](element, document)
            self.embeds += [embed] if embed is not None else []
        elif role is Role.EMBED:
            self._wrapped_embed(element)

    def _list_of_the_day(self, element: etree._Element) -> None:
        """A list that a block makes is none of the text, nor is the heading over it."""
        self.end_block()
        before = element.getprevious()
        blocks = self.blocks
        if before is not None and before.tag in _SUBHEADS and blocks and blocks[-1].kind == "h":
            del blocks[-1]
        self.related += box(element, self._document, "inline")

    def _wrapped_embed(self, element: etree._Element) -> None:
        """Of a wrapper around an embed only the embed counts; some hold no more than its address."""
        for inner in element.iterdescendants("*"):
            role = role_of(inner.get("class") or "")
            if role is Role.OWN_EMBED:
                self._by_role(inner, role, 0)
                return
            read = media.frame if inner.tag in _FRAMES else _EMBEDS.get(role) if role else None
            embed = read(inner, self._document) if read else None
            if embed is not None:
                break
        else:
            address = _ADDRESS.search(text_of(element))
            embed = media.embed_at(address[0] if address else None)
        self.embeds += [embed] if embed is not None else []


def _is_layout(table: etree._Element) -> bool:
    """Whether a table only arranges things: another stands in it, or it has one cell."""
    return sum(1 for _ in table.iter("table")) > 1 or sum(1 for _ in table.iter("td", "th")) <= 1


_SUBHEADS: Final = {"h1": "h2", "h2": "h2", "h3": "h3", "h4": "h4", "h5": "h4", "h6": "h4"}
# Their kind of blocks, the element that these become, and what is nested around them.
_GROUPS: Final[dict[str, tuple[str, str, str | None]]] = {
    **{name: ("h", tag, None) for name, tag in _SUBHEADS.items()},
    "blockquote": ("quote", "p", "blockquote"),
    "ol": ("li", "", "ol"),
    **dict.fromkeys(("ul", "menu"), ("li", "", "ul")),
    "li": ("li", "", "li"),
}
_STYLES: Final = {"strong": STRONG, "b": STRONG, "em": EM, "i": EM}
_EMBEDS: Final = {
    Role.TWEET: media.tweet,
    Role.INSTAGRAM: media.instagram,
    Role.VIDEO: media.frame,
}
_FRAMES: Final = words_of(
    "iframe amp-iframe amp-youtube amp-instagram amp-twitter amp-vimeo amp-dailymotion amp-facebook "
    "amp-tiktok amp-video video embed"
)
_LEFT_OUT: Final = words_of(
    "script style template button input select textarea svg math canvas map nav aside link meta "
    "title head object audio ins dialog figcaption i-amphtml-sizer"
)
_BLOCKS: Final = words_of(
    "p div section article main header address center pre details summary dl dt dd fieldset tr td "
    "th tbody"
)
_ACTIONS: Final[Mapping[str, Callable[[Walk, etree._Element, int, str | None], None]]] = {
    "br": Walk._break,
    "noscript": Walk._unscripted,
    "hr": Walk._block,
    "a": Walk._anchor,
    "sup": Walk._superscript,
    "img": Walk._image,
    **dict.fromkeys(media.AMP_IMAGES, Walk._image),
    "figure": Walk._figure,
    "table": Walk._table,
    "cite": Walk._cite,
    "form": Walk._form,
    "footer": Walk._footer,
    **dict.fromkeys(_GROUPS, Walk._group),
    **dict.fromkeys(_FRAMES, Walk._frame),
    **dict.fromkeys(_BLOCKS, Walk._block),
}
