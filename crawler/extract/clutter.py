"""Lines in a text that are none of it: one home for all readers, pages and REST alike.

Words alone make nothing clutter: a label is the whole of its line, a call has a link to what it
calls to, a notice has the form in which PHP prints it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from crawler.normalise.text import fold

# Labels of ads, of share buttons and of the theme, alone in a block (fixtures/progres/label-iklan).
_LABELS: Final = frozenset(
    (
        *("advertisement", "advertisements", "advertisment", "iklan", "ads", "sponsored"),
        *("scroll to continue with content", "scroll to resume content", "lanjutkan membaca"),
        *("gulir ke bawah untuk lanjut membaca", "gulir ke bawah untuk lanjut", "continue reading"),
        *("lanjut ke bawah", "scroll untuk lanjut membaca", "bagikan", "bagikan ini", "share"),
        *("share this", "komentar", "loading", "like this", "menyukai ini", "memuat"),
        *("halaman", "laman", "pages", "page", "copy link", "salin tautan", "salin link"),
    )
)
_LONGEST_LABEL: Final = 48
# "-iklan di sini-": where an ad was to stand; "Simak Video “Panen Raya”": where a player did.
_PLACE: Final = re.compile(
    r"[-–—\[<{*#~]+ ?(?:iklan|ads?|advertisement|banner)\b[^.!?/]{0,24}[-–—\]>}*#~]+"
    r"|\W*(?:(?:yuk|ayo)\W+)?(?:simak|saksikan|tonton|nonton|lihat)(?: juga)? (?:video|foto|live|streaming)"
    r"(?:nya)?(?: juga)?(?: ini| di bawah ini| berikut(?: ini)?)?\W*(?:[\"“‘'].{1,160}[\"”’'])?\W*",
    re.IGNORECASE,
)
_LONGEST_PLACE: Final = 240
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


def is_clutter(text: str) -> bool:
    """Whether the line *text* is a label and nothing else, or a notice of PHP.

    The place of an ad or of a player, with nothing there, is a label.

    >>> is_clutter("SCROLL TO CONTINUE WITH CONTENT"), is_clutter("Iklan Politik")
    (True, False)
    """
    if len(text) <= _LONGEST_LABEL:
        label = text.casefold().strip(" :.…»›-–—*")
        if label in _LABELS or _RIGHTS.fullmatch(text):
            return True
    if len(text) <= _LONGEST_PLACE and _PLACE.fullmatch(text):
        return True
    is_notice = " on line " in text and len(text) <= _LONGEST_NOTICE
    return is_notice and _NOTICE.fullmatch(text.strip()) is not None


def is_call(text: str, links: Iterable[str]) -> bool:
    """Whether *text*, in which *links* stand, asks to follow the site elsewhere, or to subscribe."""
    return (
        len(text) <= _LONGEST_CALL
        and _CALL.match(text) is not None
        and any(_CALLED_TO.search(link) for link in links)
    )


def without_shortcodes(text: str) -> str:
    """Return *text* without the shortcodes of plugins that are gone."""
    return fold(_SHORTCODE.sub(" ", text)) if "[" in text else text
