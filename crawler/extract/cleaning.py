"""What stands in the text of an unknown page without being it.

Whole lines only: ads, calls to follow the site, dead players, share labels, copyright.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from html import escape
from typing import Final

from crawler.extract.blocks import Block
from crawler.extract.lines import Line
from crawler.extract.mainbody import MainBody, is_linked, squeeze

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
_SENTENCE: Final = 80
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
    return (trusted or len(block.text) >= _SENTENCE) and not _is_linked(block)


def _is_linked(block: Block) -> bool:
    links = sum(len(_TAG.sub("", link)) for link in _ANCHOR.findall(block.inner))
    return 3 * links > len(block.text)
