"""Pages of unknown themes that are no article, or that cannot be read with confidence.

Reasons: ``captcha`` (a firewall's challenge), ``hacked``, ``parked`` (a domain for sale, an account
that is suspended, a server's own page), ``not_found`` (an error page that answers 200),
``front_page``, ``list``, ``no_headline``, ``no_text``, ``too_short``. A saved page for each is in
fixtures/lintas: tantangan-captcha, situs-diretas, domain-dijual, tidak-ditemukan-200, halaman-depan,
daftar-tanpa-wordpress, tanpa-isi.
"""

from __future__ import annotations

import re
from typing import Final

from lxml import etree

from crawler.errors import NotAnArticle
from crawler.extract.document import is_gambling
from crawler.extract.unknown.facts import Facts
from crawler.newsrooms import Newsroom

_CAPTCHA_TITLE: Final = re.compile(
    r"just a moment|attention required|one moment, please|access denied|security check|ddos protection"
    r"|verify(?:ing)? (?:you are|that you)|are you (?:a )?(?:human|robot)|(?:bot|human) verification"
    r"|robot challenge|checking your browser|request (?:blocked|rejected)|website firewall"
    r"|verifikasi (?:keamanan|bahwa anda)|403 forbidden|captcha",
    re.IGNORECASE,
)
_CHALLENGE: Final = etree.XPath(
    "boolean(//*[@id='challenge-form' or @id='cf-wrapper' or @id='challenge-error-text'"
    " or contains(@class,'cf-browser-verification') or contains(@class,'cf-turnstile')"
    " or contains(@class,'h-captcha') or contains(@class,'g-recaptcha')]"
    " | //script[contains(@src,'/cdn-cgi/challenge-platform/')])"
)
_PARKED: Final = re.compile(
    r"domain (?:is |may be |name is )?(?:for sale|parked|expired)|buy this domain|domain ini dijual"
    r"|this (?:account|site|domain) has been suspended|account suspended|akun .{0,20}ditangguhkan"
    r"|sedoparking|parkingcrew|hugedomains|welcome to nginx|apache2? .{0,20}default page|^index of /"
    r"|default web site page|coming soon|under construction|(?:under|scheduled) maintenance"
    r"|sedang (?:dalam )?(?:perbaikan|pemeliharaan)|error establishing a database connection",
    re.IGNORECASE,
)
_HACKED: Final = re.compile(r"\b(?:hacked|defaced|pwned|owned) by\b", re.IGNORECASE)
_NOT_FOUND: Final = re.compile(
    r"^(?:error )?404(?:$|[^\w\s]| (?:not|error|page|halaman))|(?:page|file|content|post) not found"
    r"|^not found$"
    r"|(?:halaman|laman|artikel|berita|konten|url)\b.{0,30}\btidak (?:dapat )?(?:ditemukan|tersedia|ada)\b"
    r"|nothing (?:was )?found|oops\b.{0,60}(?:found|ditemukan)|(?:ups|maaf)\b.{0,60}tidak (?:dapat )?ditemukan",
    re.IGNORECASE,
)
# A page of teasers has some of them; each is shorter than this.
_SOME: Final = 3
_TEASER: Final = 250
# Below this a page without any mark of an article may be anything.
_SHORT: Final = 250
# From here on a page is an article although nothing confirms its headline.
_LONG: Final = 1_000
# A challenge, an error or a parked domain says little else.
_LITTLE: Final = 1_200
# Slashes in an address that has a path.
_PATH: Final = len("//") + 1


def refuse(facts: Facts, newsroom: Newsroom) -> None:
    """Raise :exc:`NotAnArticle` where *facts* are of a page that is none."""
    reason = _of_the_site(facts) or _of_the_page(facts, newsroom) or _of_the_text(facts)
    if reason is not None:
        raise NotAnArticle(facts.document.url, reason)


def _of_the_site(facts: Facts) -> str | None:
    said, little = facts.metadata.title, _is_little(facts)
    first = " ".join(line.text for line in facts.lines[:8])[:_LITTLE] if little else ""
    described = " ".join((said, *(each.value for each in facts.metadata.said("description"))))
    is_unmarked = not _is_marked(facts)
    if little and (
        _CAPTCHA_TITLE.search(said) or (is_unmarked and _CHALLENGE(facts.document.root))
    ):
        return "captcha"
    if (is_unmarked and _HACKED.search(f"{said} {first}")) or is_gambling(described):
        return "hacked"
    if little and (_PARKED.search(said) or _PARKED.search(first)):
        return "parked"
    return "not_found" if little and not _is_stated(facts) and _NOT_FOUND.search(said) else None


def _of_the_page(facts: Facts, newsroom: Newsroom) -> str | None:
    classes, url = facts.document.body_classes, facts.document.url
    is_front = url.rstrip("/") == newsroom.address or url.rstrip("/").count("/") < _PATH
    if "single" not in classes and ("home" in classes or (is_front and "?" not in url)):
        return "front_page"
    if facts.headline is None:
        return "no_headline"
    unlikely = _is_little(facts) and not _is_stated(facts)
    return "not_found" if unlikely and _NOT_FOUND.search(facts.headline.value) else None


def _of_the_text(facts: Facts) -> str | None:
    if not facts.body.is_sure:
        return "unsure_text"
    if not _is_stated(facts) and _is_list(facts):
        return "list"
    if _is_marked(facts):
        return None
    inside = set(facts.body.element.iter())
    own = (line for line in facts.lines if line.element in inside)
    size = sum(len(line.text) for line in own if facts.body.is_sentence(line) and line.letters)
    if size < _SHORT:
        return "too_short"
    is_sure = facts.headline is not None and facts.headline.agrees
    return None if is_sure or size >= _LONG else "no_headline"


def _is_list(facts: Facts) -> bool:
    """Whether what was taken for the text is teasers: headings that lead elsewhere, little text."""
    inside = set(facts.body.element.iter("h2", "h3", "h4"))
    teasers = {
        line.element
        for line in facts.lines
        if line.element in inside and facts.document.leads_elsewhere(line.element)
    }
    return len(teasers) >= _SOME and facts.expected < len(teasers) * _TEASER


def _is_stated(facts: Facts) -> bool:
    """Whether WordPress or JSON-LD say that this very page is an article."""
    return "single" in facts.document.body_classes or bool(facts.metadata.article)


def _is_marked(facts: Facts) -> bool:
    """Whether anything says so; ``og:type`` is the same on all pages of some sites."""
    return _is_stated(facts) or facts.metadata.is_article()


def _is_little(facts: Facts) -> bool:
    return sum(len(line.text) for line in facts.lines) < _LITTLE
