"""One pass over the content of a page: what its text is made of, block by block."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from html import escape
from typing import Final

from lxml import etree

from crawler.errors import NotAnArticle
from crawler.extract import media
from crawler.extract.document import Document, is_emoji, text_of
from crawler.extract.related import Related, box
from crawler.extract.roles import Role, Roles
from crawler.extract.runs import (
    EM,
    STRONG,
    Run,
    is_whole,
    label_of,
    markup,
    only_links,
    plain,
    take_links,
)
from crawler.items import Embed
from crawler.normalise.credits import byline, closing_credit, is_editor_link_label
from crawler.normalise.text import fold

# Content stands some ten elements deep; deeper than this is no page that someone wrote.
_DEEPEST: Final = 150

# Labels of ads, of share buttons and of the theme, alone in a block (fixtures/progres/label-iklan).
_LABELS: Final = frozenset(
    (
        *("advertisement", "advertisements", "advertisment", "iklan", "ads", "sponsored"),
        *("scroll to continue with content", "scroll to resume content", "lanjutkan membaca"),
        *("gulir ke bawah untuk lanjut membaca", "gulir ke bawah untuk lanjut", "continue reading"),
        *("lanjut ke bawah", "scroll untuk lanjut membaca", "bagikan", "bagikan ini", "share"),
        *("share this", "komentar"),
    )
)
_LONGEST_LABEL: Final = 48
_LONGEST_UNLINKED: Final = 160

# Shortcodes of plugins that are gone print as text (fixtures/progres/kode-mati): names that are
# known, names with a colon, a slash or an underscore, and any with attributes.
_SHORTCODE: Final = re.compile(
    r"\[/?(?:irp|embed|caption|gallery|video|audio|playlist|youtube|ad|ads|adrotate|iklan|vc|su|et)"
    r"\b[^\[\]]{0,400}\]"
    r"|\[/?[A-Za-z][\w-]*(?::|_)[^\[\]]{0,400}\]"
    r"|\[[A-Za-z][\w-]*\s[^\[\]]{0,300}=[^\[\]]{0,300}\]"
    r"|\[/[A-Za-z][\w-]*\]",
)
_ADDRESS: Final = re.compile(r"https?://\S+")
_HIDDEN: Final = re.compile(r"(?:display\s*:\s*none|visibility\s*:\s*hidden)")

Path = tuple[tuple[str, int], ...]


class Block:
    """A paragraph, subhead, list item, quotation, table row, or a photo between them."""

    __slots__ = ("deck", "inner", "kind", "path", "photo", "tag", "text", "whole")

    def __init__(self, kind: str, tag: str, path: Path) -> None:
        self.kind = kind
        """``p``, ``h``, ``li``, ``quote``, ``tr`` or ``figure``."""
        self.tag = tag
        """Element that it becomes in ``body_html``, empty for bare text in a list item."""
        self.path = path
        """Lists, quotations and tables around it, outermost first, each with its own number."""
        self.text = ""
        self.inner = ""
        """The text as HTML."""
        self.whole = 0
        """Styles that all of its text has."""
        self.deck = False
        """Whether its markup says that it is a deck."""
        self.photo: media.Photo | None = None


class Walk:
    """The blocks, embeds and related posts of one page's content.

    *skip* are elements of the page that are known not to be body.
    """

    def __init__(
        self,
        content: etree._Element,
        document: Document,
        roles: Roles,
        *,
        skip: frozenset[etree._Element] = frozenset(),
    ) -> None:
        self.blocks: list[Block] = []
        self.embeds: list[Embed] = []
        self.related: list[Related] = []
        self.footers: list[etree._Element] = []
        self.page_links: list[str] = []
        self.protected = False
        self._document = document
        self._role_of = roles.of
        self._skip = skip
        self._lines: list[list[Run]] = [[]]
        self._after: list[Block] = []
        self._kind, self._tag, self._path = "p", "p", ()  # type: str, str, Path
        self._deck = self._in_cell = False
        self._heading: str | None = None
        self._serial = 0
        self._depth = 0
        self._descend(content, 0, None)
        self._close()

    def _descend(self, parent: etree._Element, style: int, link: str | None) -> None:
        self._depth += 1
        if self._depth > _DEEPEST:
            raise NotAnArticle(self._document.url, "too_deep")
        text = parent.text
        if text:
            self._lines[-1].append(Run(text, style, link))
        for child in parent:
            tag = child.tag
            if tag.__class__ is str:  # comments have a function for a tag
                self._element(child, tag, style, link)
            tail = child.tail
            if tail and (not tail.isspace() or self._lines[-1]):
                self._lines[-1].append(Run(tail, style, link))
        self._depth -= 1

    def _element(self, element: etree._Element, tag: str, style: int, link: str | None) -> None:
        attributes = element.attrib
        if attributes:
            if self._skip and element in self._skip:
                return
            classes = element.get("class")
            role = self._role_of(classes) if classes else None
            if role is not None:
                self._by_role(element, role, style)
                return
            if _is_hidden(element):
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
        self._lines.append([])

    def _block(self, element: etree._Element, style: int, link: str | None) -> None:
        self._close()
        tag, self._tag = self._tag, "p"
        self._descend(element, style, link)
        self._close()
        self._tag = tag

    def _subhead(self, element: etree._Element, style: int, link: str | None) -> None:
        self._within(
            element, style, link, kind="h", tag=_SUBHEADS[str(element.tag)], path=self._path
        )

    def _list(self, element: etree._Element, style: int, link: str | None) -> None:
        tag = "ol" if element.tag == "ol" else "ul"
        self._within(element, style, link, kind="li", tag="", path=self._nested(tag))

    def _item(self, element: etree._Element, style: int, link: str | None) -> None:
        in_list = bool(self._path) and self._path[-1][0] in ("ul", "ol")
        path = self._nested("li") if in_list else self._path
        self._within(element, style, link, kind="li", tag="" if in_list else "p", path=path)

    def _quotation(self, element: etree._Element, style: int, link: str | None) -> None:
        path = self._nested("blockquote")
        self._within(element, style, link, kind="quote", tag="p", path=path)

    def _within(
        self,
        element: etree._Element,
        style: int,
        link: str | None,
        *,
        kind: str,
        tag: str,
        path: Path,
    ) -> None:
        self._close()
        before = self._kind, self._tag, self._path
        self._kind, self._tag, self._path = kind, tag, path
        self._descend(element, style, link)
        self._close()
        self._kind, self._tag, self._path = before

    def _nested(self, tag: str) -> Path:
        self._serial += 1
        return (*self._path, (tag, self._serial))

    def _cite(self, element: etree._Element, style: int, link: str | None) -> None:
        """A ``cite`` of its own joins the quotation before it (fixtures/progres/kutipan)."""
        last = self.blocks[-1] if self.blocks else None
        if (
            self._kind != "quote"
            or any(not run.text.isspace() for run in self._lines[-1])
            or last is None
            or last.path != self._path
        ):
            self._lines[-1].append(Run(" ", style, link))
            self._descend(element, style, link)
            return
        self._lines = [[]]
        last.text = f"{last.text} {text_of(element)}".strip()
        last.inner = f"{last.inner} {escape(text_of(element), quote=False)}".strip()

    def _table(self, element: etree._Element, style: int, link: str | None) -> None:
        self._close()
        if _is_layout(element):
            self._descend(element, style, link)
            self._close()
            return
        path = self._nested("table")
        for row in element.iter("tr"):
            self._row([cell for cell in row if cell.tag in ("td", "th")], path)

    def _row(self, cells: Iterable[etree._Element], path: Path) -> None:
        block = Block("tr", "tr", path)
        texts, inner = [], []
        for cell in cells:
            self._in_cell = True
            self._descend(cell, 0, None)
            self._in_cell = False
            runs = [run for line in self._lines for run in (*line, Run(" "))]
            self._lines = [[]]
            runs = self._with_addresses(runs)
            texts.append(plain(runs))
            inner.append(f"<{cell.tag}>{markup(runs)}</{cell.tag}>")
        if any(texts):
            block.text, block.inner = fold(" | ".join(texts)), "".join(inner)
            self.blocks.append(block)

    def _anchor(self, element: etree._Element, style: int, link: str | None) -> None:
        self._descend(element, style, element.get("href") or link)

    def _image(self, element: etree._Element, style: int, link: str | None) -> None:
        if is_emoji(element):
            self._lines[-1].append(Run(element.get("alt") or "", style, link))
            return
        photo = media.photo(element, self._document, link)
        if photo is not None:
            block = Block("figure", "figure", self._path)
            block.photo = photo
            # A theme that drops every </p> leaves a photo in the paragraph before it
            # (fixtures/progres/tanpa-penutup-paragraf).
            after_text = any(not run.text.isspace() for line in self._lines for run in line)
            (self._after if after_text else self.blocks).append(block)

    def _figure(self, element: etree._Element, style: int, link: str | None) -> None:
        self._close()
        first = len(self.blocks)
        self._descend(element, style, link)
        self._close()
        photos = [block.photo for block in self.blocks[first:] if block.photo]
        caption = next((text for text in map(self._caption, element) if text), None)
        if caption is None and len(photos) == 1:
            caption = next((t for t in map(self._caption, element.iter("figcaption")) if t), None)
        for photo in photos:
            photo.bare = False
        # The caption of a gallery belongs to none of its photos.
        if caption and len(photos) == 1 and photos[0].caption is None:
            photos[0].caption = caption

    def _caption(self, element: etree._Element) -> str | None:
        classes = element.get("class") if isinstance(element.tag, str) else None
        if element.tag == "figcaption" or (classes and self._role_of(classes) is Role.CAPTION):
            return text_of(element) or None
        return None

    def _frame(self, element: etree._Element, _style: int, _link: str | None) -> None:
        self._embed(media.frame(element, self._document))

    def _embed(self, embed: Embed | None) -> None:
        if embed is not None:
            self.embeds.append(embed)

    def _form(self, element: etree._Element, _style: int, _link: str | None) -> None:
        if "post-password-form" in (element.get("class") or ""):
            self.protected = True

    def _footer(self, element: etree._Element, style: int, link: str | None) -> None:
        if self._kind == "quote":
            self._cite(element, style, link)
        else:
            self.footers.append(element)

    # What an element's class makes of it.

    def _by_role(self, element: etree._Element, role: Role, style: int) -> None:
        if role is Role.RELATED:
            self.related += box(element, self._document, "inline")
        elif role is Role.FOOTER:
            self.footers.append(element)
        elif role is Role.PAGES:
            self.page_links += [a.get("href") or "" for a in element.iter("a")]
        elif role is Role.FIGURE:
            self._figure(element, style, None)
        elif role is Role.DECK:
            self._deck = True
            _ACTIONS.get(str(element.tag), Walk._block)(self, element, style, None)
            self._deck = False
        elif role is Role.TWEET:
            self._embed(media.tweet(element, self._document))
        elif role is Role.INSTAGRAM:
            self._embed(media.instagram(element, self._document))
        elif role is Role.VIDEO:
            self._embed(media.frame(element, self._document))
        elif role is Role.OWN_EMBED:
            self.related += box(element, self._document, "editor")
        elif role is Role.EMBED:
            self._wrapped_embed(element)

    def _wrapped_embed(self, element: etree._Element) -> None:
        """Of a wrapper around an embed only the embed counts; some hold no more than its address."""
        before = len(self.embeds), len(self.related)
        for inner in element.iter():
            if inner is element or not isinstance(inner.tag, str):
                continue
            role = self._role_of(inner.get("class") or "")
            if role in (Role.TWEET, Role.INSTAGRAM, Role.VIDEO, Role.OWN_EMBED):
                assert role is not None
                self._by_role(inner, role, 0)
            elif inner.tag in _FRAMES:
                self._embed(media.frame(inner, self._document))
            if before != (len(self.embeds), len(self.related)):
                return
        address = _ADDRESS.search(text_of(element))
        self._embed(media.embed_at(address[0] if address else None))

    # What lines of text make.

    def _close(self) -> None:
        """End the block that the lines since the last one make; in a cell, end the line."""
        self._end_lines()
        if self._after and not self._in_cell:
            self.blocks += self._after
            self._after = []

    def _end_lines(self) -> None:
        lines = self._lines
        if self._in_cell:
            lines.append([])
            return
        if len(lines) == 1:
            if lines[0]:
                self._lines = [[]]
                self._emit(lines)
            return
        self._lines = [[]]
        group: list[list[Run]] = []
        for line in lines:
            if any(not run.text.isspace() for run in line) and plain(line):
                group.append(line)
            elif group:
                self._emit(group)
                group = []
        if group:
            self._emit(group)

    def _emit(self, lines: list[list[Run]]) -> None:
        """Make blocks of *lines*: one, but for credits and bylines on a line of their own."""
        joined: list[Run] = []
        for line in lines:
            runs = self._without_related(line)
            if len(lines) > 1:
                text = plain(runs)
                if text and (byline(text) or _is_credit(text)):
                    self._add(joined)
                    joined = []
                    self._add(runs)
                    continue
                if joined:
                    joined.append(Run(" "))
            joined += runs
        self._add(joined)

    def _without_related(self, line: list[Run]) -> list[Run]:
        """Return *line* without links of the editor's, which are kept as related posts."""
        if self._heading is not None or any(run.link for run in line):
            if self._heading is not None and not only_links(line) and plain(line):
                self._heading = None
            line, found = take_links(line, self._heading)
            for each in found:
                self.related.append(
                    Related(each.title, each.href, each.heading, "editor", self._document)
                )
            return line
        text = plain(line)
        label = label_of(text)
        if label is not None:
            self._heading = label
            return []
        return [] if _is_unlinked(text) else line

    def _add(self, runs: list[Run]) -> None:
        text = plain(runs)
        if "[" in text:
            text = fold(_SHORTCODE.sub(" ", text))
            if not text:
                return
        if not text or (len(text) <= _LONGEST_LABEL and text.casefold().strip(" :.") in _LABELS):
            return
        whole = (STRONG if is_whole(runs, STRONG) else 0) | (EM if is_whole(runs, EM) else 0)
        if whole & EM and self._is_caption(text):
            return
        block = Block(self._kind, self._tag, self._path)
        block.text = text
        block.inner = markup(self._with_addresses(runs))
        if "[" in block.inner:
            block.inner = fold(_SHORTCODE.sub(" ", block.inner))
        block.whole = whole
        block.deck = self._deck or (self._kind == "h" and bool(whole & EM))
        self.blocks.append(block)

    def _is_caption(self, text: str) -> bool:
        """Take *text* for the caption of the bare photo before it (fixtures/progres/foto-polos)."""
        photo = self.blocks[-1].photo if self.blocks else None
        if photo is None or not photo.bare or photo.caption or byline(text) or _is_credit(text):
            return False
        photo.caption = text
        return True

    def _with_addresses(self, runs: list[Run]) -> list[Run]:
        if not any(run.link for run in runs):
            return runs
        return [
            run._replace(link=self._document.link(run.link)) if run.link else run for run in runs
        ]


def _is_credit(text: str) -> bool:
    """Whether *text* is a closing credit and nothing else."""
    found = closing_credit(text)
    return found.credit is not None and not found.rest


def _is_unlinked(text: str) -> bool:
    """Whether *text* is a label and a headline whose link was lost: ``Baca juga: Judul``."""
    if len(text) > _LONGEST_UNLINKED or text.endswith("."):
        return False
    label = (is_editor_link_label(text) or "").casefold()
    return label.startswith("baca") or label.endswith((" juga", " pula"))


def _is_hidden(element: etree._Element) -> bool:
    get = element.get
    style = get("style") or get("data-amp-original-style")
    if style and _HIDDEN.search(style):
        return True
    return get("hidden") is not None or get("aria-hidden") == "true"


def _is_layout(table: etree._Element) -> bool:
    """Whether a table only puts things side by side: another table stands in it."""
    tables = table.iter("table")
    next(tables)
    return next(tables, None) is not None


_SUBHEADS: Final = {"h1": "h2", "h2": "h2", "h3": "h3", "h4": "h4", "h5": "h4", "h6": "h4"}
_STYLES: Final = {"strong": STRONG, "b": STRONG, "em": EM, "i": EM}
_FRAMES: Final = frozenset(
    (
        *("iframe", "amp-iframe", "amp-youtube", "amp-instagram", "amp-twitter", "amp-vimeo"),
        *("amp-dailymotion", "amp-facebook", "amp-tiktok", "amp-video", "video", "embed"),
    )
)
_LEFT_OUT: Final = frozenset(
    (
        *("script", "style", "noscript", "template", "button", "input", "select", "textarea"),
        *("svg", "math", "canvas", "map", "nav", "aside", "link", "meta", "title", "head"),
        *("object", "audio", "ins", "dialog", "i-amphtml-sizer"),
    )
)
_ACTIONS: Final[Mapping[str, Callable[[Walk, etree._Element, int, str | None], None]]] = {
    "br": Walk._break,
    "hr": Walk._block,
    "a": Walk._anchor,
    "img": Walk._image,
    **dict.fromkeys(media.AMP_IMAGES, Walk._image),
    "figure": Walk._figure,
    "figcaption": lambda *_: None,
    "table": Walk._table,
    "blockquote": Walk._quotation,
    "cite": Walk._cite,
    "ul": Walk._list,
    "ol": Walk._list,
    "menu": Walk._list,
    "li": Walk._item,
    "form": Walk._form,
    "footer": Walk._footer,
    **dict.fromkeys(_SUBHEADS, Walk._subhead),
    **dict.fromkeys(_FRAMES, Walk._frame),
    **dict.fromkeys(
        (
            *("p", "div", "section", "article", "main", "header", "address", "center", "pre"),
            *("details", "summary", "dl", "dt", "dd", "fieldset", "tr", "td", "th", "tbody"),
        ),
        Walk._block,
    ),
}
