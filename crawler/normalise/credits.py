"""Who made it: photo credits, closing credits, bylines, and the labels of an editor's links."""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from crawler.normalise.outlets import SITE, fold_name, is_known_outlet
from crawler.normalise.text import fold

_LONGEST: Final = 80
"""Characters of a credit."""

# --- photos -------------------------------------------------------------------------------------

_LABEL: Final = re.compile(
    r"""
    (?:(?:sumber\ )?(?:foto|photo|fhoto|poto|gambar|image|pic|kredit(?:\ foto)?|credit)
       (?:\ (?:oleh|by|dari|credit|courtesy))?
      |sumber|source|courtesy(?:\ of)?|fotografer|pewarta\ foto)
    (?:\ ?[:=/]\ ?|\ ?[-–—]\ |\ )
    |(?:©|\(c\)|copyright\ ?©?)\ ?
    """,
    re.VERBOSE | re.IGNORECASE,
)
_PLAIN_LABEL: Final = re.compile(r"[:=/©–—-]\s?$")
_OWN_CREDIT: Final = re.compile(
    r"""
    (?:dok(?:umen(?:tasi)?)?|doc|ist(?:imewa)?|net|internet|repro(?:duksi)?|screenshot|tangkapan\ layar
      |tangkap\ layar|humas|diskominfo|kominfo|media\ center|mc|antara\ foto|shutterstock|freepik
      |pixabay|unsplash|pexels|getty(?:\ images)?|istock|instagram|ig|facebook|fb|twitter|x|tiktok
      |youtube|google|wikipedia|whatsapp|wa|handout|pool|reuters|afp|ap|epa|xinhua|capture)
    (?![\w-])
    """,
    re.VERBOSE | re.IGNORECASE,
)
_TRAILING: Final = re.compile(
    r"(?:^|[.!?;|,\"”)/–—-] ?| )(?P<label>(?:sumber )?(?:foto|photo|fhoto|poto)(?: (?:oleh|by))? ?[:=] ?"
    r"|(?:foto|photo)/|sumber ?: ?|©(?: ?copyright)? ?|courtesy ?:? ?)",
    re.IGNORECASE,
)
_BEFORE_DOK: Final = re.compile(
    r"[.!?|/–—] ?(?=(?:dok(?:umentasi)?[.:/ ]|antara foto/))", re.IGNORECASE
)


def photo_credit(caption: str) -> str | None:
    """Return the credit of a photo from its *caption*, or ``None`` where it names none.

    >>> photo_credit("Warga antre beras (Foto: Humas Kota/BERITA.ID)")
    'Humas Kota/BERITA.ID'
    """
    text = fold(caption)
    inside = _last_bracket(text)
    if inside is not None:
        labelled = _LABEL.match(inside)
        if labelled and _is_name(
            inside[labelled.end() :], loose=bool(_PLAIN_LABEL.search(labelled[0]))
        ):
            return inside[labelled.end() :].strip(" .") or None
        if _is_own_credit(inside):
            return inside.strip(" .")
    return _trailing_credit(text)


def _last_bracket(text: str) -> str | None:
    """Return what the bracket says that ends *text*."""
    bare = text.rstrip(" .*")
    if not bare.endswith((")", "]")):
        return None
    start = max(bare.rfind("("), bare.rfind("["))
    inside = bare[start + 1 : -1].strip()
    return inside if start >= 0 and 0 < len(inside) <= _LONGEST else None


def _is_own_credit(inside: str) -> bool:
    if _OWN_CREDIT.match(inside):
        return not inside.lower().startswith("x") or "/" in inside
    parts = [part.strip() for part in inside.split("/")]
    if any(char.isdigit() for char in inside) and not SITE.search(inside):
        return False
    if len(parts) == 1:
        return bool(SITE.fullmatch(inside)) or is_known_outlet(inside, ())
    return any(is_known_outlet(part, ()) or _OWN_CREDIT.fullmatch(part) for part in parts)


def _trailing_credit(text: str) -> str | None:
    found = None
    for found in _TRAILING.finditer(text, max(0, len(text) - 2 * _LONGEST)):
        pass
    if found:
        credit = text[found.end() :].strip(" .()[]")
        if _is_name(credit, loose=bool(found.start("label"))):
            return credit
    for found in _BEFORE_DOK.finditer(text, max(0, len(text) - _LONGEST)):
        credit = text[found.end() :].strip(" .()[]")
        if _is_name(credit, loose=False):
            return credit
    if text[:_LONGEST] == text and _OWN_CREDIT.match(text) and _is_name(text, loose=False):
        return text.strip(" .")
    return None


_SMALL: Final = frozenset(
    "dan di ke dari of the by for via ist istimewa dok doc net and to bin binti van al layar video foto tim "
    "oleh pribadi internet repro reuters".split()
)


def _is_name(credit: str, *, loose: bool) -> bool:
    """Whether *credit* names people or houses, rather than going on as a sentence."""
    words = credit.split()
    if not 0 < len(words) <= 8 or len(credit) > _LONGEST:
        return False
    small = [
        word
        for word in words
        if word[0].islower()
        and word.strip(".,:/").lower() not in _SMALL
        and not SITE.fullmatch(word)
    ]
    if loose and len(words) <= 2:
        return True
    return not small or (loose and len(small) == 1 and len(words) <= 4)


# --- the end of an article ----------------------------------------------------------------------


class ClosingCredit(NamedTuple):
    """A paragraph, and the credit that closes it."""

    rest: str
    """The paragraph without it, white space folded; empty where the credit stands alone."""

    credit: str | None
    """The credit without brackets and full stop; nothing where there is none."""


_HOUSE: Final = frozenset(
    """
    red redaksi adv advertorial advetorial rls rilis rilies release press pers tim ist net rel hms humas mc
    kominfo diskominfo media mediacenter center ant antara jpnn jpg jpc bbs ril rillis kmf mckb
    prokopim protokol iklan pariwara galeri infotorial parlementaria dprd
    """.split()
)
_ORDINARY: Final = frozenset(
    """
    nol satu dua tiga empat lima enam tujuh delapan sembilan sepuluh seratus seribu sejuta puluh ratus
    ribu juta persen kg gram ton km cm mm ha liter jam menit hari bulan tahun rt rw wib wita wit
    kanan kiri tengah baru lama kota desa naik turun total lokal palsu hoaks hoax habis bersambung
    selesai tamat sic alm online offline gratis asli emas perak besar kecil pria wanita laki ibu bapak
    ayah anak kelas negeri swasta
    """.split()
)
_STARS: Final = re.compile(r"[*#]{2,}|\*")
_TOKEN: Final = re.compile(r"[\s/,&|+_.*-]+")
_ALLOWED: Final = re.compile(r"[^\W\d_][\w .,/&@'’*|+:-]*|[*#]{1,6}")
_SENTENCE_END: Final = (".", "!", "?", "”", '"', "’", "'", "…", ":", ")", "*")


def closing_credit(text: str) -> ClosingCredit:
    """Take the closing credit off *text*, the last paragraph of an article.

    >>> closing_credit("Acara berjalan lancar. (Rilis/Humas Kota).")
    ClosingCredit(rest='Acara berjalan lancar.', credit='Rilis/Humas Kota')
    """
    whole = fold(text)
    bare = whole.rstrip(" .")
    stars = len(bare) - len(bare.rstrip("*"))
    if stars >= 2:  # noqa: PLR2004 -- one alone marks a footnote
        before = bare[:-stars].rstrip()
        if not before.endswith(("(", "[")):
            inner = closing_credit(before)
            return inner if inner.credit else ClosingCredit(before, "*" * stars)
    closing = bare[-1:]
    if closing not in (")", "]"):
        return _unbracketed(whole, bare)
    start = bare.rfind("(" if closing == ")" else "[")
    inside = bare[start + 1 : -1].strip()
    before = bare[:start].rstrip()
    if start < 0 or not inside or len(inside) > _LONGEST:
        return ClosingCredit(whole, None)
    outside = not before or before.endswith(_SENTENCE_END)
    if _is_credit(inside, before, outside=outside):
        return ClosingCredit(before, inside.strip(" ."))
    return ClosingCredit(whole, None)


def _unbracketed(whole: str, bare: str) -> ClosingCredit:
    """A credit alone in its paragraph, whose brackets were forgotten: ``-red-``, ``Red/Adv``."""
    core = bare.strip(" ()[]-–—*/|")
    if 0 < len(core) <= 12 and all(  # noqa: PLR2004 -- Advertorial
        token.lower() in _HOUSE for token in _TOKEN.split(core)
    ):
        return ClosingCredit("", core)
    return ClosingCredit(whole, None)


def _is_credit(inside: str, before: str, *, outside: bool) -> bool:
    if _STARS.fullmatch(inside):
        return True
    if not _ALLOWED.fullmatch(inside) or ":" in inside:
        return False
    tokens = [token for token in _TOKEN.split(inside) if token]
    house = [token for token in tokens if token.lower() in _HOUSE]
    joined = "/" in inside or "*" in inside
    if any(char.isdigit() for char in inside):
        return bool(house) and joined
    if not house and any(token.lower() in _ORDINARY for token in tokens):
        return False
    if house and (joined or len(house) == len(tokens) or (outside and inside[0].isupper())):
        return True
    if "-" in inside and inside.lower().endswith("-red"):
        return False
    if inside.islower():
        longest = max(map(len, tokens))
        if outside:
            return longest <= (6 if joined else 5)
        return longest <= 3 or (joined and longest <= 4)
    return outside and _is_signature(inside, tokens, before)


def _is_signature(inside: str, tokens: list[str], before: str) -> bool:
    """Whether *inside*, which stands after a sentence, is a name or initials."""
    if len(tokens) > 5 or not all(token[0].isupper() for token in tokens):
        return False
    if inside.isupper() and len(tokens) == 1:
        return len(inside) <= 4 and not _abbreviates(inside, before)
    return True


def _abbreviates(letters: str, before: str) -> bool:
    initials = "".join(word[0] for word in before[-120:].split() if word[0].isupper())
    return letters in initials


# --- bylines ------------------------------------------------------------------------------------


class Byline(NamedTuple):
    """Who wrote and who edited, from a line that stands alone."""

    writer: str | None
    editor: str | None


_ROLES: Final = {
    "penulis": "writer",
    "reporter": "writer",
    "laporan": "writer",
    "pewarta": "writer",
    "wartawan": "writer",
    "jurnalis": "writer",
    "kontributor": "writer",
    "oleh": "writer",
    "editor": "editor",
    "penyunting": "editor",
    "redaktur": "editor",
    "uploader": "",
    "publisher": "",
    "fotografer": "",
}
_ROLE: Final = re.compile(rf"(?:^|(?<=[\s/|,;(•–—-]))({'|'.join(_ROLES)}) ?[:=] ?", re.IGNORECASE)
_PERSON: Final = re.compile(r"[^\W\d_][\w .,'’&()/-]*")
_COPYRIGHT: Final = re.compile(r"\s*(?:copyright|hak cipta|©).*", re.IGNORECASE)


def byline(text: str) -> Byline | None:
    """Return writer and editor if *text* is a line that names them and nothing else.

    >>> byline("Penulis: Ani Lestari / Editor: Budi Santoso")
    Byline(writer='Ani Lestari', editor='Budi Santoso')
    """
    if len(text) > 4 * _LONGEST:
        return None
    line = fold(text).strip(" ()[]*-–—.")
    labels = list(_ROLE.finditer(line))
    if not labels or labels[0].start():
        return None
    found: dict[str, str] = {}
    ends = [label.start() for label in labels[1:]] + [len(line)]
    for label, end in zip(labels, ends, strict=True):
        name = _COPYRIGHT.sub("", line[label.end() : end]).strip(" /|,;()•–—-.")
        if not _is_person(name):
            return None
        found.setdefault(_ROLES[label[1].lower()], name)
    writer, editor = found.get("writer"), found.get("editor")
    return Byline(writer, editor) if writer or editor else None


def _is_person(name: str) -> bool:
    words = name.split()
    if not 0 < len(words) <= 7 or len(name) > 60 or not _PERSON.fullmatch(name):
        return False
    small = [word for word in words if word[0].islower() and word.lower() not in _PARTICLES]
    return not small or len(words) == 1


_PARTICLES: Final = frozenset("bin binti dan van de al redaksi tim dr drs ir".split())

# --- links that the editor typed into the text ---------------------------------------------------

_LINK_LABEL: Final = re.compile(
    r"""
    [\W_]*
    (?P<label>
        baca(?:an)?\ (?:juga|pula|lainnya|selengkapnya|berita(?:\ lainnya)?|artikel(?:\ lainnya)?)
           (?:\ (?:berita|artikel|selengkapnya|ini|lainnya))?
      | (?:simak|lihat|tonton|dengar(?:kan)?)\ (?:juga|pula|video(?:nya)?|selengkapnya|berita)(?:\ (?:video|berita))?
      | (?:berita|artikel|pos|kabar|video|tulisan)\ (?:terkait|lainnya|sebelumnya|populer)
      | jangan\ lewatkan | selengkapnya | (?:also\ read|read\ (?:also|more)|see\ also|related(?:\ (?:posts?|news))?)
      | (?P<short>baca|simak|lihat|tonton|terkait|rekomendasi)(?=\ ?[:：])
    )
    (?P<mark>\ ?[:：»›>|–—-]+|(?=[)\]]?\ ?$))?
    """,
    re.VERBOSE | re.IGNORECASE,
)


def is_editor_link_label(text: str) -> str | None:
    """Return the label with which *text*, a line of links, begins: ``Baca Juga``, or ``None``.

    The label stands alone or before a colon, a dash or an arrow, or names a headline after it.
    """
    line = fold(text[: 2 * _LONGEST])
    found = _LINK_LABEL.match(line)
    if not found:
        return None
    if found["mark"] is None:
        following = line[found.end() :].lstrip(" “\"'")
        headline = following[:1].isupper() and not fold(text).endswith(".")
        if not headline or "juga" not in found["label"].lower():
            return None
    return found["label"]
