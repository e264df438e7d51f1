"""Names of news outlets, known by heart or by their form."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from functools import lru_cache
from typing import Final

from crawler.normalise.places import find_place
from crawler.normalise.vocabulary import words_of

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
      | ,(?:com|co\.id)                             # a slip of the pen
      | \.?\ ?\.\ ?(?:COM|CO\.\ ?ID|ID|NET|ORG|CO|NEWS|TV)
    )
    (?![\w@-]|\.\w)
    """,
    re.VERBOSE | re.IGNORECASE,
)

# Whole names, folded to letters and digits.
_KNOWN: Final = words_of(
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
    prfm elshinta smartfm viva metro trijaya sonora ntmcpolri tribratanews pmjnews humaspolri puspentni penrem pendam
    kemenag kominfo diskominfo mediacenter infopublikid bpmi setkab setpres biropers humas prokopim
    """
)
# Of these, names that are ordinary words too: in capitals only.
_ORDINARY: Final = words_of(
    "tempo fajar suara merdeka detik bisnis analisa haluan investor pr ap kontan viva metro muhammadiyah"
)
_PLACES: Final = words_of("metro fajar")

# What a newspaper's, a station's or a press office's name begins or ends with.
_BEGINS: Final = tuple(
    words_of(
        "koran harian tabloid majalah radar tribun radio haluan skh sku humas kominfo diskominfo mc "
        "pendim penrem pendam penkum penmas ntmc pmj rmol jpnn lkbn kbrn rri tvri polres polda"
    )
)
_ENDS: Final = words_of(
    "news post ekspres express ekspress expres tv fm times network daily tribune today newspaper"
)
# Headings and captions that end so.
_HEADINGS: Final = words_of(
    "breaking hot top fake hoax hoaks good bad flash latest blog guest big video foto smart android"
)
# With a place after it: PORTAL JEMBER, Suara NTB. With one before it: Kendari Pos.
_WITH_PLACE: Final = words_of(
    """
    portal mantra zona seputar lingkar kabar potensi jurnal suara swara media berita info warta metro
    bidik gema lensa sinar obor pojok ruang kilas lintas fakta buletin pena sorot teras halo update
    serambi mimbar pikiran pos ekonomi
    """
)
_JOINED: Final = re.compile(
    r"[a-z0-9](?:FM|TV|Pos|Post|News|news|com|Express|Ekspres|Today|Times|Online)$"
    r"|[A-Z]{4,}(?:NEWS|POST|EKSPRES|EXPRESS|ONLINE|TIMES|TODAY)$|^(?:POLRES|POLDA|DISKOMINFO)[A-Z]+$"
)
# BengkuluToday, SINDOnews, detikNews
_CAMEL: Final = re.compile(r"[A-Z]\w*[a-z][A-Z]\w*|[A-Z]{2,}[a-z]{3,}|[a-z]{4,}[A-Z][a-z]{2,}")
# Spelt like an outlet, and something else.
_BRANDS: Final = words_of(
    """
    whatsapp youtube tiktok linkedin facebook paypal iphone ipad goto openai chatgpt deepseek bukalapak
    grabfood gofood shopeefood shopeepay pedulilindungi satusehat motogp moto2 playstation mcdonald
    mcdonalds bpjs telkomsel indihome
    """
)
# A name written apart from its domain: Bursa bisnis. id, Tribun sumatera.com
_SPACED_SITE: Final = re.compile(r"[A-Z][\w-]*(?: [a-z][\w-]*){0,2} ?\. ?(?:com|co\.id|id|net|co)")
# KABARMAKASSAR, Gosumut: a word for news grown together with a place; JambiUpdate, LAMPUNGKITA.
_GROWN_TO_PLACE: Final = words_of(
    "kabar suara warta berita media radar lintas klik info go sinar portal jurnal harian lensa bidik "
    "detik halo kilas seputar metro"
)
_GROWN_FROM_PLACE: Final = words_of("update terkini kini kita trend satu hits viral raya zone info")
_SHORTEST: Final = 4  # letters of a name; shorter are parts of a host
_NOT_ALNUM: Final = re.compile(r"[\W_]+")


def fold_name(name: str) -> str:
    """Return *name* as outlets are compared: letters and digits, in small letters."""
    return _NOT_ALNUM.sub("", name).casefold()


@lru_cache(maxsize=64)
def folded_names(names: tuple[str, ...]) -> frozenset[str]:
    """Return :func:`fold_name` of each of *names*."""
    return frozenset(filter(None, map(fold_name, names)))


def own_names(host: str, stated: Iterable[str] = ()) -> tuple[str, ...]:
    """Return the names that a newsroom at *host* goes by in its texts, of which *stated* are some.

    >>> own_names("www.kabarmuara.example", ["Kabar Muara", "Bengkulu"])
    ('kabarmuara.example', 'kabarmuara', 'Kabar Muara')
    """
    host = host.partition(":")[0].removeprefix("www.")
    names = (host, *host.split(".")[:-1], *stated)
    return tuple(
        name
        for name in dict.fromkeys(names)
        if len(name) >= _SHORTEST and not name.isdigit() and not find_place(name)
    )


def is_known_outlet(name: str, own: Collection[str]) -> bool:
    """Whether *name* is a web address, one of *own* (folded), or a well-known outlet."""
    if "." in name and (SITE.fullmatch(name) or _SPACED_SITE.fullmatch(name)):
        return True
    folded = fold_name(name)
    if folded in own:
        return True
    return folded in _KNOWN and (folded not in _ORDINARY or name.isupper())


def is_paper_named_like_a_place(name: str) -> bool:
    """Whether *name*, beside a place, is an outlet rather than another place: ``METRO``."""
    return name.lower() in _PLACES


def has_outlet_ending(name: str) -> bool:
    """Whether *name* is one word that ends like an outlet's: ``SoloposFM``, ``INFODESANEWS``."""
    return bool(_JOINED.search(name))


def looks_like_outlet(name: str) -> bool:
    """Whether *name* has the form of an outlet's name: ``Radar Kota``, ``SoloposFM``."""
    words = name.split()
    if not words or name.lower() in _BRANDS:
        return False
    if len(words) == 1:
        return bool(_JOINED.search(name) or _CAMEL.fullmatch(name) or _is_grown(name.lower()))
    first, last = words[0].lower(), words[-1].lower()
    if first in _HEADINGS or not all(word[0].isupper() or word[0].isdigit() for word in words):
        return False
    if first.startswith(_BEGINS) or last in _ENDS:
        return True
    beside = (" ".join(words[1:]), first), (" ".join(words[:-1]), last)
    return any(word in _WITH_PLACE and find_place(place) for place, word in beside)


def _is_grown(name: str) -> bool:
    rests = [name.removeprefix(word) for word in _GROWN_TO_PLACE if name.startswith(word)]
    rests += [name.removesuffix(word) for word in _GROWN_FROM_PLACE if name.endswith(word)]
    places = filter(None, map(find_place, rests))
    return any(place.level in ("region", "town") for place in places)
