"""What of a page is no text: by an element's attributes, and by the words of a line.

One home for all readers, pages and REST alike. Words alone make nothing clutter: a label is the
whole of its line, a call has a link to what it calls to, a notice has the form in which PHP prints it.
"""

from __future__ import annotations

import enum
import re
from collections.abc import Sequence
from functools import lru_cache
from itertools import chain
from typing import Final

from lxml import etree

from crawler.normalise.text import fold
from crawler.normalise.vocabulary import listed, named_in, patterns_in


class Role(enum.Enum):
    """What becomes of an element because of its class."""

    NOT_BODY = enum.auto()  # not written by the newsroom, or not part of the text
    RELATED = enum.auto()  # links that the theme or a plugin puts into the text
    LIST = enum.auto()  # what a block of WordPress lists anew each day, with the heading before it
    GATE = enum.auto()  # an invitation to subscribe, or the text behind it
    FOOTER = enum.auto()  # tags, writer, editor and source below the text
    PAGES = enum.auto()  # links to the other pages of the article, or one of them
    FIGURE = enum.auto()  # a photo with its caption, in the markup from before <figure>
    CAPTION = enum.auto()
    DECK = enum.auto()
    TWEET = enum.auto()
    INSTAGRAM = enum.auto()
    VIDEO = enum.auto()
    OWN_EMBED = enum.auto()  # another post of a WordPress site, shown in a frame
    EMBED = enum.auto()  # a wrapper whose words are not body and whose frame is an embed


_ROLES: Final = {name: Role[role.upper()] for name, role in named_in("classes").items()}

_FAMILIES: Final = tuple(
    (Role[role.upper()], pattern) for role, pattern in patterns_in("class_patterns").items()
)


# A site has a few hundred different values of ``class``; a hostile one any number.
@lru_cache(maxsize=4096)
def role_of(classes: str) -> Role | None:
    """The role of what has these *classes*."""
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
_HIDDEN: Final = listed("hidden.classes")
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


_LABELS: Final = listed("labels.clutter")
_LONGEST_LABEL: Final = 60
# "-iklan di sini-": where an ad was to stand; "Simak Video “Panen Raya”": where a player did.
_PLACE: Final = re.compile(
    r"[-–—\[<{*#~]+ ?(?:iklan|ads?|advertisement|banner)\b[^.!?/]{0,24}[-–—\]>}*#~]+"
    r"|\W*(?:(?:yuk|ayo)\W+)?(?:simak|saksikan|tonton|nonton|lihat)(?: juga)? (?:video|foto|live|streaming)"
    r"(?:nya)?(?: juga)?(?: ini| di bawah ini| berikut(?: ini)?)?\W*(?:[\"“‘'].{1,160}[\"”’'])?\W*",
    re.IGNORECASE,
)
_LONGEST_PLACE: Final = 240
# What themes print where WordPress has the categories and tags of a post.
_FILED: Final = re.compile(
    r"(?:filed under|posted in|tagged(?: as| with)?) ?:[^.!?]*", re.IGNORECASE
)
# "Dibaca: 1.234 kali", "Waktu baca: 2 menit": what plugins count, anew for each reader.
_COUNT: Final = re.compile(
    r"\W*(?:(?:post |total |page )?(?:views?|hits)|(?:telah |sudah )?(?:dilihat|dibaca|dikunjungi))"
    r"\W{0,3}[\d.,]+\W*(?:kali|x|views?|pembaca|orang)?\W*"
    r"|[\d.,]+ ?(?:views?|(?:kali|x) (?:dibaca|dilihat))"
    r"|(?:estimasi |perkiraan )?(?:lama |waktu )(?:mem)?baca\W*\d+ (?:menit|detik)\W*"
    r"|\d+ (?:menit (?:waktu )?(?:mem)?baca|min(?:ute)?s? read)|reading time\W*\d+ min\w*",
    re.IGNORECASE,
)
# "Gulir ke bawah untuk melanjutkan membaca".
_SCROLL: Final = re.compile(
    r"(?:iklan|advertisement)?\W*(?:scroll|gulir|geser)(?: ke bawah)? (?:untuk|to)"
    r" (?:lanjut|melanjutkan|continue|resume)\b[^.]{0,30}\W*",
    re.IGNORECASE,
)
# "COPYRIGHT © KABAR SELUMA 2017", below the text. Of a photo's credit it is no part.
_RIGHTS: Final = re.compile(r"(?:copyright|hak cipta) ?(?:©|\(c\))[^.!?]*\W*", re.IGNORECASE)

# Shortcodes of plugins that are gone print as text (fixtures/progres/kode-mati): names that are
# known, names with a colon, a slash or an underscore, and any with attributes.
_SHORTCODE: Final = re.compile(
    r"\[/?(?:irp|embed|caption|gallery|video|audio|playlist|youtube|ad|ads|adrotate|iklan|vc|su|et"
    r"|gambas|bctt)\b[^\[\]]{0,400}\]"
    r"|\[/?[A-Za-z][\w-]{0,40}(?::|_)[^\[\]]{0,400}\]"
    r"|\[[A-Za-z][\w-]{0,40}\s[^\[\]=]{0,300}=[^\[\]]{0,300}\]"
    r"|\[/[A-Za-z][\w-]{0,40}\]",
)

# As PHP prints it: what, in which file, on which line.
_NOTICE: Final = re.compile(
    r"(?:PHP )?(?:warning|notice|deprecated|strict standards|(?:catchable |recoverable )?fatal error"
    r"|parse error|user (?:warning|notice|deprecated)) ?: .{1,2000} on line \d+\W*",
    re.IGNORECASE,
)
_LONGEST_NOTICE: Final = 2_500

# "Follow us in Google News", "log in to read on", up to three sentences long.
_LONGEST_CALL: Final = 400
_CALL: Final = re.compile(
    r"\W*(?:(?:silakan|silahkan|mari|yuk|ayo|jangan lupa|segera)\W+)?(?:cek|baca|ikuti|dapatkan|simak"
    r"|temukan|gabung|bergabung|join|follow|klik|update|berlangganan|langganan|subscribe|masuk|login"
    r"|sudah (?:punya|berlangganan)|untuk membaca|artikel ini khusus|konten ini khusus)\b",
    re.IGNORECASE,
)
_CALLED_TO: Final = re.compile(
    r"//(?:news\.google\.|(?:[\w-]+\.)?whatsapp\.com/(?:channel|$|\w{20})|wa\.me/|t\.me/|telegram\.me/)"
    r"|[/.](?:log-?in|sign-?(?:in|up)|masuk|daftar|regist(?:er|rasi)|subscribe|subscriptions?"
    r"|(?:ber)?langganan|member(?:ship)?|paket)(?:[/?.]|$)",
    re.IGNORECASE,
)

_SHARES: Final = re.compile(
    r"/sharer?(?:\.php|/|\?)|/intent/(?:tweet|post)|//(?:api\.whatsapp\.com/send|wa\.me/\?text)"
    r"|//(?:t\.me|telegram\.me)/share|linkedin\.com/share"
)


def is_clutter(text: str) -> bool:
    """Whether the line *text* is a label, the empty place of an ad, or a notice of PHP.

    >>> is_clutter("SCROLL TO CONTINUE WITH CONTENT"), is_clutter("Iklan Politik")
    (True, False)
    """
    if len(text) <= _LONGEST_LABEL:
        label = text.casefold().strip(" :.…»›-–—*")
        forms = (_RIGHTS, _COUNT, _SCROLL)
        if label in _LABELS or any(each.fullmatch(text) for each in forms):
            return True
    if len(text) <= _LONGEST_PLACE and (_PLACE.fullmatch(text) or _FILED.fullmatch(text)):
        return True
    is_notice = " on line " in text and len(text) <= _LONGEST_NOTICE
    return is_notice and _NOTICE.fullmatch(text.strip()) is not None


def is_call(text: str, links: Sequence[str]) -> bool:
    """Whether *text*, in which *links* stand, asks to follow the site elsewhere, or to subscribe.

    A name whose link shares the article is one, too.
    """
    if links and len(text) <= _LONGEST_LABEL and all(map(_SHARES.search, links)):
        return True
    return (
        len(text) <= _LONGEST_CALL
        and _CALL.match(text) is not None
        and any(map(_CALLED_TO.search, links))
    )


def without_shortcodes(text: str) -> str:
    """Return *text* without the shortcodes of plugins that are gone."""
    return fold(_SHORTCODE.sub(" ", text)) if "[" in text else text
