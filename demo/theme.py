"""WPBerita 1.0.8: every page a reader sees. Its markup stands in ``templates``."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import attrs
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from demo.content import Entry, Picture
from demo.shortcodes import player, srcset
from demo.site import Site
from demo.wptext import attribute, decoded, texturize

PER_PAGE: Final = 10
HEADLINES: Final = 3
# The theme looks for a fourth paragraph before it puts its box behind the second.
LEAST_PARAGRAPHS: Final = 4
TEMPLATES: Final = Path(__file__).with_name("templates")
STYLE: Final = (TEMPLATES / "style.css").read_bytes()
"""A stylesheet that makes the newsroom readable in a browser."""

DAYS: Final = ("Senin", "Selasa", "Rabu", "Kamis", "Jumat", "Sabtu", "Minggu")
MONTHS: Final = (
    "Januari", "Februari", "Maret", "April", "Mei", "Juni", "Juli", "Agustus", "September",
    "Oktober", "November", "Desember",
)  # fmt: skip
LOCKED: Final = """<form action="{base}/wp-login.php?action=postpass" class="post-password-form" \
method="post">
<p>Konten ini dilindungi dengan kata sandi. Untuk melihatnya silakan masukkan kata sandi Anda:</p>
<p><label for="pwbox-{id}">Kata Sandi: <input name="post_password" id="pwbox-{id}" \
type="password" size="20" /></label> <input type="submit" name="Submit" value="Masuk" /></p>
</form>
"""


@attrs.frozen(kw_only=True)
class View:
    """A page of the theme before it is rendered."""

    template: str
    title: str
    """Title as HTML, without the site's name."""

    css: str
    """Classes of the body."""

    shown: dict[str, Any] = attrs.field(factory=dict)
    """What the template is given besides the site."""

    head: str = ""
    """Links of this page in the head: canonical, shortlink, feed, REST."""

    sidebar: bool = True
    amp: str = ""
    """Address of the AMP form, where there is one."""

    status: int = 200
    links: tuple[str, ...] = ()
    """HTTP ``Link`` fields besides that of the REST root."""


@attrs.frozen(kw_only=True)
class Listing:
    """A list of posts: what it is called, where it stands, what is in it."""

    title: str
    """For the ``title`` element."""

    header: str
    """The heading with its wrapper."""

    url: str
    """Address of its first page."""

    css: str
    posts: Sequence[Entry]
    headlines: bool = False
    """Whether the three newest of page 1 stand in the big headline, and only there."""

    slider: bool = False
    head: str = ""
    links: tuple[str, ...] = ()
    query: str = ""
    """Query string that belongs to each page of it."""

    @property
    def count(self) -> int:
        """Number of pages; an empty list has one."""
        return max(1, -(-len(self.posts) // PER_PAGE))

    def at(self, site: Site, number: int) -> str:
        """Return the address of page *number*."""
        query = f"?{self.query}" if self.query else ""
        if number == 1:
            return f"{self.url}{query}"
        return f"{self.url.rstrip('/')}/page/{number}{site.house.slash}{query}"

    def numbers(self, number: int) -> list[int | None]:
        """Return the pages that page *number* links; ``None`` stands for a gap."""
        near = range(max(1, number - 1), min(self.count, number + 1) + 1)
        found: list[int | None] = []
        last = 0
        for page in sorted({1, self.count, *near}):
            found += [None, page] if page > last + 1 else [page]
            last = page
        return found

    def part(self, number: int) -> Sequence[Entry]:
        """Return the posts of page *number*."""
        return self.posts[(number - 1) * PER_PAGE : number * PER_PAGE]


# -------------------------------------------------------------------- rendering


def day_only(at: dt.datetime) -> str:
    """Return the date as the site prints it: ``30 September 2021``."""
    return f"{at.day} {MONTHS[at.month - 1]} {at.year}"


def day_text(at: dt.datetime) -> str:
    """Return date and time as the site prints them: ``Kamis, 30 September 2021 | 08:15 WIB``."""
    return f"{DAYS[at.weekday()]}, {day_only(at)} | {at:%H:%M} WIB"


def post_classes(entry: Entry) -> str:
    """Return the classes that name an article's id, format and terms."""
    names = [f"post-{entry.id}", "post", "type-post", "status-publish", f"format-{entry.format}"]
    if entry.protected:
        names.append("post-password-required")
    elif entry.photo:
        names.append("has-post-thumbnail")
    names.append("hentry")
    for prefix, terms in (
        ("category", entry.categories),
        ("tag", entry.tags),
        ("newstopic", entry.topics),
    ):
        names.extend(f"{prefix}-{slug}" for slug in sorted(term.slug for term in terms))
    if entry.format != "standard":
        names.append(f"post_format-post-format-{entry.format}")
    return " ".join(names)


_TEMPLATES: Final = Environment(
    loader=FileSystemLoader(TEMPLATES),
    # WordPress shows titles and texts as the HTML that they are.
    autoescape=False,  # noqa: S701 -- see above
    trim_blocks=True,
    lstrip_blocks=False,
    undefined=StrictUndefined,
)
_TEMPLATES.filters |= {
    "quoted": attribute,
    "classes": post_classes,
    "day_only": day_only,
    "day_text": day_text,
    "decoded": decoded,
    "texturize": texturize,
}
_TEMPLATES.globals |= {"player": player, "srcset": srcset}


def render(site: Site, template: str, **shown: Any) -> str:
    """Return what a template makes of *shown*."""
    rest = "rest" not in site.switches.closed
    made = _TEMPLATES.get_template(f"{template}.html.jinja")
    return made.render(site=site, at=site.addresses, rest=rest, **shown)


def page(site: Site, view: View) -> str:
    """Return the whole page."""
    return render(site, view.template, view=view, **view.shown)


# ----------------------------------------------------------------------- pages


def article(site: Site, entry: Entry, number: int = 1) -> View:
    """Return page *number* of an article."""
    pages = [] if entry.protected else site.pages(entry)
    others = related(site, entry)
    text = (
        LOCKED.format(base=site.base, id=entry.id)
        if entry.protected
        else _themed(site, others, pages[number - 1])
    )
    address, title = site.addresses.entry(entry, number), site.title(entry)
    return View(
        template="article",
        title=title,
        css=(
            "post-template-default single single-post "
            f"postid-{entry.id} single-format-{entry.format}"
        ),
        shown={
            "entry": entry,
            "number": number,
            "count": max(len(pages), 1),
            "text": text,
            "others": others,
            "trail": _trail(site, entry),
        },
        head=_head_links(site, entry, address, title),
        amp=f"{address}?amp=1",
        links=_link_fields(site, entry),
    )


def static_page(site: Site, entry: Entry) -> View:
    """Return a static page."""
    title, url = site.title(entry), site.addresses.entry(entry)
    return View(
        template="static",
        title=title,
        css=f"page-template-default page page-id-{entry.id}",
        shown={"entry": entry},
        head=_head_links(site, entry, url, title),
        amp=f"{url}?amp=1",
        links=_link_fields(site, entry),
    )


def attachment(site: Site, entry: Entry, picture: Picture) -> View:
    """Return the page of a photo: headline, author, categories and date are the article's."""
    short = site.addresses.short(picture.id)
    media = site.addresses.rest(f"wp/v2/media/{picture.id}")
    rest = ""
    links: tuple[str, ...] = (f"<{short}>; rel=shortlink",)
    if "rest" not in site.switches.closed:
        rest = f'<link rel="alternate" type="application/json" href="{media}" />'
        links = (f'<{media}>; rel="alternate"; type="application/json"', *links)
    return View(
        template="attachment",
        title=picture.title,
        css=(
            "attachment attachment-template-default single single-attachment "
            f"postid-{picture.id} attachmentid-{picture.id} attachment-jpeg"
        ),
        shown={
            "entry": entry,
            "picture": picture,
            "never_edited": attrs.evolve(entry, changed=entry.at),
        },
        head=f"{rest}\n<link rel='shortlink' href='{short}' />\n",
        links=links,
    )


def listing(site: Site, shown: Listing, number: int) -> View:
    """Return page *number* of a list."""
    posts = shown.part(number)
    big: Sequence[Entry] = ()
    if number == 1 and (shown.headlines or shown.slider) and len(posts) >= HEADLINES:
        big = posts[:HEADLINES]
        if shown.headlines:
            posts = posts[HEADLINES:]
    return View(
        template="listing",
        title=shown.title if number == 1 else f"{shown.title} &#8211; Laman {number}",
        css=shown.css if number == 1 else f"{shown.css} paged paged-{number}",
        shown={"shown": shown, "number": number, "posts": posts, "big": big},
        head=shown.head,
        amp=_amp(shown.at(site, number)),
        links=shown.links,
    )


def index_page(site: Site, shown: Listing, number: int) -> View:
    """Return page *number* of ``/indeks/``."""
    return View(
        template="index",
        title=shown.title,
        css=shown.css,
        shown={"shown": shown, "number": number, "posts": shown.part(number)},
        head=shown.head,
        sidebar=False,
        amp=_amp(shown.at(site, number)),
        links=shown.links,
    )


def not_found() -> View:
    """Return the page for what is not there."""
    return View(
        template="missing",
        title="Halaman tidak ditemukan",
        css="error404",
        sidebar=False,
        status=404,
    )


# ----------------------------------------------------------------------- parts


def _amp(url: str) -> str:
    return f"{url}{'&' if '?' in url else '?'}amp=1"


def _head_links(site: Site, entry: Entry, canonical: str, title: str) -> str:
    """Return the links in the head that lead to the other forms of *entry*."""
    at = site.addresses
    embed = f"{at.rest('oembed/1.0/embed')}?url={at.escaped(at.entry(entry))}"
    rest = (
        ""
        if "rest" in site.switches.closed
        else f'<link rel="alternate" type="application/json" '
        f'href="{at.rest(f"wp/v2/{entry.kind}s/{entry.id}")}" />\n'
        f'<link rel="alternate" type="application/json+oembed" href="{embed}" />\n'
        f'<link rel="alternate" type="text/xml+oembed" href="{embed}&#038;format=xml" />\n'
    )
    return (
        f'<link rel="alternate" type="application/rss+xml" title="{site.house.name} &raquo; '
        f'{attribute(title)} Umpan Komentar" href="{at.feed(at.entry(entry))}" />\n{rest}'
        f'<link rel="canonical" href="{canonical}" />\n'
        f"<link rel='shortlink' href='{at.short(entry.id)}' />\n"
    )


def _link_fields(site: Site, entry: Entry) -> tuple[str, ...]:
    """Return the HTTP ``Link`` fields of an entry's page."""
    rest = site.addresses.rest(f"wp/v2/{entry.kind}s/{entry.id}")
    short = f"<{site.addresses.short(entry.id)}>; rel=shortlink"
    if "rest" in site.switches.closed:
        return (short,)
    return (f'<{rest}>; rel="alternate"; type="application/json"', short)


def _trail(site: Site, entry: Entry) -> list[tuple[str, str]]:
    steps: list[tuple[str, str]] = []
    category = min(entry.categories, key=lambda term: term.id, default=None)
    by_id = {term.id: term for term in site.content.terms}
    while category:
        steps.insert(0, (site.addresses.term(category), attribute(category.name)))
        category = by_id.get(category.parent)
    return steps


def _themed(site: Site, others: Sequence[Entry], text: str) -> str:
    """Return *text* with what the theme puts into it: its box, and the ad within the text.

    The box comes behind the second ``</p>``, wherever that stands. The ad cuts the text at each
    ``</p>`` and puts back only the one before itself.
    """
    template = _TEMPLATES.get_template("pieces.html.jinja")
    parts: Any = template.make_module({"site": site, "at": site.addresses})
    box = parts.inline_related(others[-3:])
    pieces = text.split("</p>")
    if len(pieces) > LEAST_PARAGRAPHS and box:
        pieces[2] = f"\n{box}{pieces[2]}"
    ad = parts.banner("insidecontent") if site.switches.inside_ad else ""
    if not ad:
        return "</p>".join(pieces)
    second = 1
    return "".join(
        piece + ("</p>" + ad if place == second and place < len(pieces) - 1 else "")
        for place, piece in enumerate(pieces)
    )


def related(site: Site, entry: Entry) -> Sequence[Entry]:
    """Return the newest posts of the article's categories, itself left out."""
    found = [
        other
        for term in entry.categories
        for other in site.catalogue.of_term(term)
        if other.id != entry.id
    ]
    unique = list({other.id: other for other in found}.values())
    unique.sort(key=lambda other: (other.at, other.id), reverse=True)
    if site.switches.restless and unique:
        turn = site.views % len(unique)
        unique = unique[turn:] + unique[:turn]
    return unique[:15]
