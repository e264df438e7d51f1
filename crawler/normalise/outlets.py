"""Names of news outlets, known by heart or by their form."""

from __future__ import annotations

import re
from collections.abc import Collection
from functools import lru_cache
from typing import Final


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# A web address as a name: KOMPAS.com, progres.id, POS-KUPANG. COM, www.berita.co.id.
SITE: Final = re.compile(
    r"""
    (?:https?://)?(?:www\.)?
    [^\W_](?:[\w&-]*\w)?                           # the name
    (?:\.[^\W_][\w-]*){0,3}?                       # below it: antaranews, com
    (?:
        \.(?:com|co\.id|or\.id|go\.id|ac\.id|my\.id|web\.id|biz\.id|sch\.id|desa\.id|id|co|net|org
            |info|news|tv|today|online|asia|media|press|biz|fm|xyz|site|io|cc|me|my|sg|live|world
            |network|digital|one|click|space)
      | \.?\ ?\.\ ?(?:COM|CO\.\ ?ID|ID|NET|ORG|CO|NEWS|TV)
    )
    (?![\w@-]|\.\w)
    """,
    re.VERBOSE | re.IGNORECASE,
)

# Whole names, folded to letters and digits.
_KNOWN: Final = _words(
    """
    antara antaranews lkbnantara kantorberitaantara infopublik kompas kompastv kompasid harianumumkompas
    detikcom detik detiknews
    tempo korantempo majalahtempo republika mediaindonesia jawapos jpnn jpg sindo sindonews koransindo
    okezone vivanews tvone metrotv medcom rmol rri kbrn kbr tvri cnnindonesia cnbcindonesia bbcindonesia
    bbcnewsindonesia voaindonesia voa dwindonesia afp reuters xinhua ap bloomberg anadolu sputnik
    suarapembaruan sinarharapan wartakota poskota pikiranrakyat pr suaramerdeka kedaulatanrakyat solopos
    harianjogja krjogja waspada analisa serambi serambiindonesia sumutpos riaupos padangekspres haluan
    singgalang jambiekspres sriwijayapost sumateraekspres rakyatbengkulu radarbengkulu bengkuluekspress
    lampungpost radarlampung babelpos bangkapos batampos kaltimpost kaltengpos banjarmasinpost
    pontianakpost manadopost fajar tribuntimur ujungpandangekspres balipost nusabali lombokpost
    poskupang timorexpress victorynews cenderawasihpos jubi tabloidjubi mongabay katadata kumparan tirto
    kontan bisnis bisnisindonesia investordaily investor beritasatu idntimes inilah merdeka liputan6 suara
    hukumonline nuonline muhammadiyah hidayatullah rmolbengkulu genpi jawaposradar radarjogja radarsolo
    prfm elshinta smartfm trijaya sonora ntmcpolri tribratanews pmjnews humaspolri puspentni penrem pendam
    kemenag kominfo diskominfo mediacenter infopublikid bpmi setkab setpres biropers humas prokopim
    """
)
_ORDINARY: Final = _words(
    "tempo fajar suara merdeka detik bisnis analisa haluan investor pr ap kontan"
)

# What the first or the last word of a newspaper's, a station's or a press office's name may be.
_FIRST: Final = _words(
    """
    koran harian tabloid majalah radar tribun tribunnews tribrata radio humas kominfo diskominfo mc
    pendim penrem pendam penkum penmas ntmc pmj rmol jpnn lkbn kbrn rri tvri metrotv haluan skh sku
    tribratanews
    """
)
_LAST: Final = _words(
    """
    news post pos ekspres express ekspress expres expose tv fm online times press pers network daily
    newspaper com polri tribune tribun today indonesia media info channel satu line
    """
)
# Headings that end in such a word.
_NOT_FIRST: Final = _words(
    "breaking hot top fake hoax hoaks good bad flash latest blog guest big video foto berita info"
)
_SUFFIX: Final = re.compile(
    r"[a-z0-9](?:FM|TV|Pos|Post|News|news|com|Express|Ekspres|Today|Times|Online)$"
)
_CAMEL: Final = re.compile(r"[A-Z]\w*[a-z][A-Z]\w*|[A-Z]{2,}[a-z]{3,}")
_NOT_ALNUM: Final = re.compile(r"[\W_]+")


def fold_name(name: str) -> str:
    """Return *name* as outlets are compared: letters and digits, in small letters."""
    return _NOT_ALNUM.sub("", name).casefold()


@lru_cache(maxsize=64)
def folded_names(names: tuple[str, ...]) -> frozenset[str]:
    """Return :func:`fold_name` of each of *names*."""
    return frozenset(filter(None, map(fold_name, names)))


def is_known_outlet(name: str, own: Collection[str]) -> bool:
    """Whether *name* is a web address, one of *own* (folded), or a well-known outlet."""
    if SITE.fullmatch(name):
        return True
    folded = fold_name(name)
    if folded in own:
        return True
    return folded in _KNOWN and (folded not in _ORDINARY or name.isupper())


def looks_like_outlet(name: str) -> bool:
    """Whether *name* has the form of an outlet's name: ``Radar Kota``, ``SoloposFM``."""
    words = name.split()
    if len(words) == 1:
        return bool(_SUFFIX.search(name) or _CAMEL.fullmatch(name))
    first, last = words[0].lower(), words[-1].lower()
    if first in _NOT_FIRST:
        return False
    return (first in _FIRST or last in _LAST) and all(
        word[0].isupper() or word[0].isdigit() for word in words
    )
