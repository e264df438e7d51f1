"""What the attributes of an element say of its part in an article's text, and whether it is seen."""

from __future__ import annotations

import enum
import re
from functools import lru_cache
from itertools import chain
from typing import Final

from lxml import etree


class Role(enum.Enum):
    """What becomes of an element because of its class."""

    NOT_BODY = enum.auto()
    """Not written by the newsroom, or not part of the text."""

    RELATED = enum.auto()
    """A box of links that the theme or a plugin puts into the text."""

    LIST = enum.auto()
    """A list that a block of WordPress makes anew each day, with the heading before it."""

    GATE = enum.auto()
    """An invitation to subscribe, or the text behind it."""

    FOOTER = enum.auto()
    """Tags, writer, editor and source below the text."""

    PAGES = enum.auto()
    """Links to the other pages of the article, or one of them."""

    FIGURE = enum.auto()
    """A photo with its caption, in the markup from before ``figure``."""

    CAPTION = enum.auto()
    DECK = enum.auto()
    TWEET = enum.auto()
    INSTAGRAM = enum.auto()
    VIDEO = enum.auto()
    OWN_EMBED = enum.auto()
    """Another post of a WordPress site, shown in a frame."""

    EMBED = enum.auto()
    """A wrapper whose words are not body and whose frame is an embed."""


# For galleries see fixtures/progres/galeri-klasik, for decks fixtures/progres/teras-sub-judul, for
# tweets and players fixtures/progres/cuitan and fixtures/progres/instagram, for page links
# fixtures/progres/halaman-banyak.
_NAMED: Final = {
    # Networks' own names for a box of links in the text.
    Role.RELATED: "lihatjg linksisip jnews_inline_related_post",
    Role.FOOTER: "entry-footer gmr-cf-metacontent tags-links",
    Role.PAGES: "page-links post-nav-links post-page-numbers prevnextpost-links",
    Role.FIGURE: "wp-caption gallery-item",
    Role.CAPTION: "wp-caption-text wp-element-caption gallery-caption blocks-gallery-caption",
    Role.DECK: "sub-judul subjudul subtitle deck",
    Role.TWEET: "twitter-tweet twitter-video",
    Role.INSTAGRAM: "instagram-media",
    Role.VIDEO: "tiktok-embed fb-video",
    Role.OWN_EMBED: "wp-embedded-content",
    Role.EMBED: "fb-post wp-block-embed",
    Role.NOT_BODY: "screen-reader-text sr-only adsbygoogle sharedaddy a2a_kit list-table"
    " toc_container lwptoc author-box saboxplugin-wrap wp-block-button wp-block-buttons"
    " wp-block-file__button wp-block-social-links",
    Role.LIST: "wp-block-query wp-block-latest-posts wp-block-latest-comments wp-block-tag-cloud"
    " wp-block-archives wp-block-archives-list wp-block-categories wp-block-categories-list"
    " wp-block-calendar wp-block-page-list wp-block-rss wp-block-navigation wp-block-search"
    " wp-block-post-template wp-block-post-navigation-link wp-block-loginout wp-block-comments"
    " wp-block-terms-query wp-block-legacy-widget tagcloud",
}
_ROLES: Final = {name: role for role, names in _NAMED.items() for name in names.split()}

# fixtures/progres/kotak-terkait (boxes), fixtures/progres/iklan-di-tengah and
# fixtures/progres/label-iklan (ads, share buttons).
_FAMILIES: Final = (
    (
        Role.RELATED,
        re.compile(
            r"(?:^|[\s_-])(?:related|terkait|yarpp|crp_related|rp4wp|irp|baca-?juga|bacajuga)"
            r"(?:$|[\s_-])|related-?posts?",
        ),
    ),
    (
        Role.NOT_BODY,
        re.compile(
            r"(?:^|[\s_-])(?:ads?|advert\w*|adsense|iklan\w*|banners?|sponsor\w*)(?:$|[\s_-])"
            r"|gmr-banner|google-auto-placed|div-gpt|(?:^|\s)code-block(?:-\d+)?(?:$|\s)"
            r"|(?:^|[\s_-])(?:share|sharing|shares|socials?|socialicon)(?:$|[\s_-])|addtoany|heateor"
            r"|(?:^|[\s_-])(?:views?|post-views|view-count\w*|pvc|wpp|counter)(?:$|[\s_-])"
            r"|(?:^|[\s_-])(?:ez-toc|rank-math-toc|newsletter|subscribe)",
        ),
    ),
    (
        Role.GATE,
        re.compile(
            r"(?:^|[\s_-])(?:pay-?wall|reg-?wall|login-?wall|(?:ber)?langganan|premium|subscription"
            r"|membership|restricted|members?-only)(?:$|[\s_-])",
        ),
    ),
)


# A site has a few hundred different values of ``class``; a hostile one any number.
@lru_cache(maxsize=4096)
def role_of(classes: str) -> Role | None:
    """Return the role of what has these *classes*."""
    named = (_ROLES[name] for name in classes.split() if name in _ROLES)
    families = (role for role, family in _FAMILIES if family.search(classes.lower()))
    return next(chain(named, families), None)


# A style that shows nothing, white space gone: gambling links are hidden so in sites that were
# broken into. A photo that is loaded late begins transparent, and is one.
_ABSENT: Final = re.compile(r"display:none|visibility:(?:hidden|collapse)")
_NAUGHT: Final = r"0+(?:\.0*)?(?:px|r?em|pt|%|vh|vw)?(?:;|!|$)"
_FADED: Final = re.compile(
    rf"(?:^|;)(?:opacity|font-size|zoom):{_NAUGHT}|scale\(0[,)]|(?:^|;)color:transparent"
    r"|(?:text-indent|left|right|top|bottom|margin(?:-left|-top)?)"
    r":-(?:\d{4}|[5-9]\d\d|\d{3}(?:r?em|%|v[wh]))|clip(?:-path)?:(?:rect\(0|rect\(1px|inset\((?:50|100)%)"
)
_FLAT: Final = re.compile(rf"(?:^|;)(?:max-)?(?:height|width):{_NAUGHT}")
_LATE: Final = frozenset(("img", "iframe", "video", "picture", "figure"))
_HIDDEN: Final = frozenset(
    (
        *("hidden", "hide", "is-hidden", "d-none", "display-none", "uk-hidden", "u-hidden"),
        *("invisible", "visually-hidden", "visuallyhidden", "element-invisible"),
    )
)
# "hidden md:block": not on every screen.
_AT_A_WIDTH: Final = re.compile(r"(?:^|\s)(?:(?:d|display)-\w+-\w+|\w+:\S)")


def is_unseen(element: etree._Element) -> bool:
    """Whether no reader sees *element*, by its own attributes."""
    get = element.get
    style = get("style") or get("data-amp-original-style")
    classes = get("class")
    return (
        (bool(style) and _is_unseen(str(style), element.tag in _LATE))
        or (bool(classes) and _is_hidden(str(classes)))
        or get("hidden") is not None
        or get("aria-hidden") == "true"
    )


@lru_cache(maxsize=2048)
def _is_unseen(style: str, late: bool) -> bool:
    bare = "".join(style.lower().split())
    if _ABSENT.search(bare):
        return True
    return not late and bool(
        _FADED.search(bare) or ("overflow:hidden" in bare and _FLAT.search(bare))
    )


@lru_cache(maxsize=4096)
def _is_hidden(classes: str) -> bool:
    return not _HIDDEN.isdisjoint(classes.split()) and not _AT_A_WIDTH.search(classes)
