"""The site that ``scrapy export --to site`` makes, looked at as files and as a reader sees them."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from itertools import pairwise
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import attrs
import pytest
from parsel import Selector, SelectorList

from crawler.codec import Line
from crawler.items import CaptureReference, Dateline, Gone, Image, RelatedPost, Withheld
from tests.browser import DARK, answer, chromium, needs_chromium, served, violations
from tests.offline import export
from tests.reading_samples import FULL, SITE, article, identify, write_lines
from tests.tool_venvs import ROOT

SECRET = f"{SITE}/berita/14/"
CAPTURE = CaptureReference(
    url=f"{SITE}/berita/21/", fetched_at="2024-06-01T00:00:00Z", status=200,
    warc="warc/lintas-00001.warc.gz", offset=42, length=100, record_id="urn:uuid:1",
    digest=f"sha256:{1:064x}",
)  # fmt: skip
EDITED = article(
    21,
    captures=(CAPTURE,),
    title="Jembatan Rawa Makmur rampung",
    body="Jembatan dibangun Rp3 miliar.\n\nWarga lega.",
    body_html="<p>Jembatan dibangun Rp3 miliar.</p><p>Warga lega.</p>",
)
JULY: dict[str, Any] = {"run": "20240702T000000Z-0002", "written_at": "2024-07-02T00:00:05Z"}


def gone(number: int, revision: int = 2) -> Gone:
    return Gone(
        id=f"lintas:{number}",
        revision=revision,
        site="lintas",
        url=f"{SITE}/berita/{number}/",
        gone_at="2024-07-01T00:00:00Z",
        status=404,
        **JULY,
    )


LINES: tuple[Line, ...] = (
    attrs.evolve(
        FULL,
        title="Harga cabai naik <b>lagi</b>",
        related_posts=(
            RelatedPost(title="RAHASIA", url=SECRET, heading="Baca Juga", placement="editor"),
            RelatedPost(title="Jembatan", url=EDITED.url, placement="end"),
            RelatedPost(title="Di luar", url=f"{SITE}/lama/", placement="end"),
        ),
        images=(Image(url=f"{SITE}/foto/pasar.jpg", alt="Los sayur"),),
        body_html=(
            f'<h3>Pasokan</h3><p>Seperti <a href="{EDITED.url}">jembatan itu</a> dan '
            f'<a href="{SECRET}">yang lain</a>, kata <a href="https://bps.example/data">BPS</a>.</p>'
            f'<figure><img src="{SITE}/foto/pasar.jpg" alt="Los sayur">'
            "<figcaption>Suasana pasar</figcaption></figure><h2>Sebab</h2><p>Hujan.</p>"
        ),
    ),
    EDITED,
    article(13, title="Banjir di Tebing Tinggi", published_at="2024-06-02", categories=("Daerah",)),
    article(14, title="RAHASIA keluarga", authors=("Nama Rahasia",), url=SECRET),
    article(15, title="Tanpa hari", published_at="2024-04", categories=("Ekonomi!",)),
    article(16, title="Tanpa tanggal sama sekali", published_at=None),
    attrs.evolve(
        EDITED,
        revision=2,
        title="Jembatan Rawa Makmur rampung Juni",
        body="Jembatan dibangun Rp5 miliar.\n\nWarga lega.",
        body_html="<p>Jembatan dibangun Rp5 miliar.</p><p>Warga lega.</p>",
        content_hash=f"sha256:{121:064x}",
        **JULY,
    ),
    gone(13),
    Withheld(
        id="lintas:14",
        site="lintas",
        url=SECRET,
        withheld_at="2024-07-02T00:00:00Z",
        reason="diminta narasumber",
        **JULY,
    ),
)


def archive(root: Path, lines: tuple[Line, ...] = LINES, name: str = "lintas") -> Path:
    folder = root / name
    write_lines(folder / "articles-2024-06.jsonl", lines)
    identify(folder, withheld=[line.id for line in lines if isinstance(line, Withheld)])
    return folder


@attrs.frozen
class Made:
    """What the command says of a site that it made."""

    articles: int
    files: int


def made(folder: Path, path: Path, *options: str) -> Made:
    done = export(folder, "site", path, *options)
    assert done.code == 0, done.said
    numbers = re.search(r": (\d+) articles?, (\d+) files? written", done.said)
    assert numbers is not None
    return Made(*map(int, numbers.groups()))


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("site")
    made(archive(root), root / "site")
    return root / "site"


def pages(site: Path) -> dict[str, Selector]:
    return {
        str(path.relative_to(site)): Selector(path.read_text(encoding="utf-8"))
        for path in sorted(site.rglob("*.html"))
    }


def words(page: Selector | SelectorList[Selector], css: str = "main") -> str:
    return " ".join(" ".join(page.css(f"{css} ::text").getall()).split())


def test_every_link_within_leads_to_something(site: Path) -> None:
    found = pages(site)
    followed = 0
    for name, page in found.items():
        for link in page.xpath("//a/@href | //link/@href | //img/@src").getall():
            parts = urlsplit(link)
            if parts.scheme:
                continue
            assert not link.startswith("/")
            target = (site / name).parent.joinpath(unquote(parts.path)).resolve()
            if not parts.path:
                target = site / name
            assert target.is_file(), f"{name}: {link}"
            if parts.fragment:
                there = found[str(target.relative_to(site.resolve()))]
                assert parts.fragment in there.xpath("//@id").getall(), f"{name}: {link}"
            followed += 1
    assert followed > 100


def test_nothing_is_asked_of_anybody(site: Path) -> None:
    for page in pages(site).values():
        assert not page.css("script, iframe, object, embed, form, base, [style]")
        assert not page.xpath("//@*[starts-with(name(), 'on')]")
        loaded = page.xpath("//img/@src | //link/@href | //@srcset | //source/@src").getall()
        assert not [each for each in loaded if urlsplit(each).scheme]
        policy = page.css("meta[http-equiv='Content-Security-Policy']::attr(content)").get() or ""
        assert policy.startswith("default-src 'none';")
    style = (site / "style.css").read_text(encoding="utf-8")
    assert not re.search(r"url\(|@import", style)
    assert "prefers-color-scheme: dark" in style
    assert "@media print" in style


def test_every_page_is_a_document(site: Path) -> None:
    for name, page in pages(site).items():
        assert page.css("html::attr(lang)").get() == "en", name
        assert len(page.css("h1")) == 1, name
        assert page.css("title::text").get(), name
        levels = [int(each.root.tag[1]) for each in page.css("h1, h2, h3, h4, h5, h6")]
        assert all(later <= level + 1 for level, later in pairwise(levels)), f"{name}: {levels}"
        assert all(image.attrib.get("alt") for image in page.css("img")), name
        identifiers = page.xpath("//@id").getall()
        assert len(identifiers) == len(set(identifiers)), name


def test_an_article_has_what_its_line_has(site: Path) -> None:
    page = pages(site)["articles/11.html"]
    said = words(page)
    for each in (
        "Harga cabai naik <b>lagi</b>", "Pedagang menunggu pasokan", "Rina Wulandari",
        "31 May 2024, 23:40 WIB", "modified 1 June 2024, 06:00 WIB", "BENGKULU, LINTAS.EXAMPLE –",
        "Pedagang di Pasar Panorama. (Foto: Rina)", "cabai, pasar", "Harga Pangan", "rls",
        "Slamet Riyadi", "https://video.example/1", "https://sumber.example/rilis", "Suasana pasar",
        f"sha256:{11:064x}",
    ):  # fmt: skip
        assert each in said
    assert page.css("h1::attr(lang)").get() == "id"
    assert page.css(f"a[href='{FULL.url}'][rel~=noreferrer]")
    links = {link.css("::text").get(): link.attrib["href"] for link in page.css(".text a")}
    assert links == {
        "jembatan itu": "21.html",
        "BPS": "https://bps.example/data",
        "Photo: Los sayur": f"{SITE}/foto/pasar.jpg",
    }
    related = {link.css("::text").get(): link.attrib["href"] for link in page.css(".related a")}
    assert related == {
        "https://video.example/1": "https://video.example/1",
        "Jembatan": "21.html",
        "Di luar": f"{SITE}/lama/",
    }


def test_history_shows_what_was_changed_and_between_which_looks(site: Path) -> None:
    edit = pages(site)["articles/21.html"].css("#r2")
    headline, text = edit.css(".change")
    assert headline.css("ins::text").getall() == ["Juni"]
    assert headline.css("del::text").getall() == []
    assert (text.css("del::text").get(), text.css("ins::text").get()) == ("Rp3", "Rp5")
    assert "until 1 June 2024, 07:00 WIB, changed by 2 July 2024, 07:00 WIB" in words(edit, "p")
    said = words(pages(site)["articles/21.html"])
    assert "warc/lintas-00001.warc.gz" in said
    assert "byte 42, record urn:uuid:1" in said
    assert "@misc{lintas-21-2," in said
    assert "scrapy cite lintas lintas:21 --wacz article.wacz" in said
    front = pages(site)["index.html"]
    assert "#r2" in "".join(front.css(".edits a::attr(href)").getall())
    assert words(pages(site)["edits/headline.html"], ".edits").startswith("Jembatan Rawa Makmur")


def test_what_was_taken_down_says_so_everywhere(site: Path) -> None:
    found = pages(site)
    assert "has taken this article down" in words(found["articles/13.html"], ".notice")
    assert found["articles/13.html"].css("meta[name=robots][content=noindex]")
    for name in ("gone/index.html", "months/2024-06.html", "categories/daerah.html", "index.html"):
        [entry] = found[name].xpath("//ol[@class='articles']/li[a='Banjir di Tebing Tinggi']")
        assert entry.css(".mark::text").get() == "taken down"
    assert found["gone/index.html"].css(".articles a::text").getall() == ["Banjir di Tebing Tinggi"]
    assert not found["articles/11.html"].css(".notice")
    history = words(found["articles/13.html"], "#r2 .meta")
    assert history == "Missing by 2 July 2024, 07:00 WIB · not found."


def test_what_a_notice_stands_for_says_so(tmp_path: Path) -> None:
    before = attrs.evolve(
        EDITED,
        body=(
            "Warga menuntut ganti rugi atas sawah yang terendam sejak tanggul jebol bulan lalu. "
            "Mereka mendatangi kantor dinas dan menyerahkan daftar kerugian.\n\n"
            "Kepala dinas berjanji menjawab tuntutan itu dalam dua pekan. Sebagian petani sudah "
            "menanam ulang dengan biaya sendiri."
        ),
    )
    notice = attrs.evolve(
        before,
        revision=2,
        body="Berita ini telah dicabut oleh redaksi.",
        body_html="<p>Berita ini telah dicabut oleh redaksi.</p>",
        content_hash=f"sha256:{122:064x}",
        **JULY,
    )
    made(archive(tmp_path, (before, notice)), tmp_path / "site")
    found = pages(tmp_path / "site")
    page = found["articles/21.html"]
    assert "has put a notice in the place of this article" in words(page, ".notice")
    assert "ganti rugi" in words(page, "#r2 del")
    assert page.css(".notice a::attr(href)").get() == "#r2"
    assert found["gone/index.html"].css(".mark::text").get() == "withdrawn"


def test_an_article_without_a_day_is_found_all_the_same(site: Path) -> None:
    found = pages(site)
    assert found["months/2024-04.html"].css(".articles a::text").get() == "Tanpa hari"
    assert found["months/none.html"].css(".articles a::text").get() == "Tanpa tanggal sama sekali"
    assert found["months/index.html"].css("h2::text").getall() == ["2024"]
    assert found["months/index.html"].css(".names a::text").getall() == [
        "June 2024", "May 2024", "April 2024", "No date",
    ]  # fmt: skip
    assert "categories/ekonomi.html" in found
    assert len([name for name in found if name.startswith("categories/ekonomi")]) == 2


def test_what_is_withheld_is_nowhere(site: Path) -> None:
    for path in site.rglob("*"):
        assert "14" not in path.stem
        if path.is_file():
            content = path.read_text(encoding="utf-8")
            for word in ("RAHASIA", "Rahasia", "berita/14", "lintas:14", "diminta narasumber"):
                assert word not in content, path


def test_made_again_only_what_changed_is_written(tmp_path: Path) -> None:
    folder, path = archive(tmp_path), tmp_path / "site"
    first = made(folder, path)
    assert first.articles == 5
    before = {file: file.stat().st_mtime_ns for file in path.rglob("*") if file.is_file()}
    assert first.files == len(before) - 1  # and the mark of whose it is
    assert made(folder, path) == Made(5, 0)
    write_lines(
        folder / "articles-2024-07.jsonl",
        [article(31, title="Baru", published_at="2024-07-01", categories=("Daerah",), **JULY)],
    )
    made(folder, path)
    changed = {
        str(file.relative_to(path))
        for file in path.rglob("*")
        if file.is_file() and before.get(file) != file.stat().st_mtime_ns
    }
    assert changed == {
        "articles/31.html", "categories/daerah.html", "categories/index.html", "index.html",
        "months/2024-07.html", "months/index.html",
    }  # fmt: skip


def test_what_is_withheld_later_goes_with_all_its_traces(tmp_path: Path) -> None:
    folder, path = archive(tmp_path), tmp_path / "site"
    made(folder, path)
    (path / "CNAME").write_text("arsip.example\n")  # somebody else's file
    identify(folder, withheld=["lintas:14", "lintas:21"])
    made(folder, path)
    left = "".join(file.read_text(encoding="utf-8") for file in path.rglob("*.*") if file.is_file())
    assert "Jembatan" not in left.replace("Jembatan</a>", "")
    assert "berita/21" not in left
    assert not (path / "articles/21.html").exists()
    assert (path / "CNAME").exists()


def test_full_pages_of_a_list_stay_as_they_are(tmp_path: Path) -> None:
    lines = tuple(
        article(n, title=f"Berita {n}", published_at=f"2024-05-{1 + n // 10:02}", authors=("Rina",))
        for n in range(250)
    )
    folder, path = archive(tmp_path, lines), tmp_path / "site"
    made(folder, path)
    names, seen = ["authors/rina.html", "authors/rina.1.html"], list[str]()
    for name in names:
        seen += Selector((path / name).read_text()).css(".articles a::text").getall()
    assert seen[0] == "Berita 249"
    assert len(seen) == len(set(seen)) == 250
    oldest = (path / names[-1]).read_bytes()
    write_lines(folder / "articles-2024-07.jsonl", [article(999, authors=("Rina",), **JULY)])
    made(folder, path)
    assert (path / names[-1]).read_bytes() == oldest
    older = Selector((path / names[0]).read_text()).css(".pager a::attr(href)").getall()
    assert older == ["../authors/rina.1.html"]


def test_a_site_in_indonesian_has_no_english_left(tmp_path: Path) -> None:
    made(archive(tmp_path), tmp_path / "site", "--lang", "id")
    found = pages(tmp_path / "site")
    assert {page.css("html::attr(lang)").get() for page in found.values()} == {"id"}
    said = words(found["articles/21.html"])
    assert "Tidak berubah sampai 1 Juni 2024, 07.00 WIB, sudah berubah pada 2 Juli 2024" in said
    assert "Mei 2024" in words(found["months/index.html"])
    assert found["gone/index.html"].css("h1::text").get() == "Dihapus"
    english = re.compile(
        r"\b(the|of|and|by|until|words|news|taken|all|newest|this)\b", re.IGNORECASE
    )
    for name, page in found.items():
        said = " ".join(page.xpath("//body//text()[not(ancestor::*[@lang = 'en'])]").getall())
        assert not english.search(said), name


def test_what_a_newsroom_says_is_text_and_nothing_else(tmp_path: Path) -> None:
    attack = "<script>alert(1)</script>\"'&{{ 7*7 }}"
    line = article(
        1,
        id="lintas:../../../x",
        title=attack,
        subtitle=attack,
        authors=(attack, "..", "index"),
        categories=(attack, "con", "."),
        dateline=Dateline(text=attack, place=attack),
        caption=attack,
        image_alt=attack,
        tags=(attack,),
        credit=attack,
    )
    made(archive(tmp_path, (line,)), tmp_path / "site")
    for page in pages(tmp_path / "site").values():
        assert not page.css("script")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["lintas", "site"]
    assert attack in pages(tmp_path / "site")["articles/x.html"].css("h1::text").getall()


def test_an_empty_archive_has_a_site(tmp_path: Path) -> None:
    assert made(archive(tmp_path, ()), tmp_path / "site").articles == 0
    assert "0 articles" in words(pages(tmp_path / "site")["index.html"])


def test_days_choose_articles(tmp_path: Path) -> None:
    june = ("--since", "2024-06-01", "--until", "2024-06-30")
    assert made(archive(tmp_path), tmp_path / "site", *june).articles == 1
    assert [path.name for path in (tmp_path / "site/articles").iterdir()] == ["13.html"]


def test_a_folder_of_somebody_else_is_left_alone(tmp_path: Path) -> None:
    folder, other = archive(tmp_path), archive(tmp_path, name="kabar")
    full = tmp_path / "penuh"
    full.mkdir()
    (full / "a.txt").write_text("a")
    made(other, tmp_path / "milik-kabar")
    for path, problem in (
        (full, "is not empty and no site"),
        (full / "a.txt", "is a file"),
        (tmp_path / "milik-kabar", "is the site of kabar"),
        (tmp_path / "x" / "y", "there is no folder"),
    ):
        done = export(folder, "site", path)
        assert done.code == 2
        assert problem in done.said
    assert [path.name for path in full.iterdir()] == ["a.txt"]


def test_a_beginning_that_was_killed_is_gone_on_with(tmp_path: Path) -> None:
    folder, path = archive(tmp_path), tmp_path / "site"
    (path / "articles").mkdir(parents=True)
    (path / ".archive-site").touch()
    (path / "articles/.21.html.1.partial").write_text("<!doc")
    made(folder, path)
    assert made(folder, path).files == 0
    assert not list(path.rglob("*.partial"))


def test_a_disk_that_refuses_is_said(tmp_path: Path) -> None:
    folder, path = archive(tmp_path), tmp_path / "site"
    made(folder, path)
    (path / "index.html").unlink()
    (path / "index.html").mkdir()
    done = export(folder, "site", path)
    assert done.code == 1
    assert "was not written" in done.said


# --- in a browser

PROBE = """<!doctype html><script>
onload = () => {
  const out = document.createElement("pre");
  out.textContent = JSON.stringify([...document.querySelectorAll("iframe")].map(frame => {
    const page = frame.contentDocument, root = page.documentElement;
    const style = e => page.defaultView.getComputedStyle(e);
    return {
      page: frame.getAttribute("src"), width: root.clientWidth, needed: root.scrollWidth,
      paper: style(page.body).backgroundColor,
      smallest: Math.min(...[...page.querySelectorAll("p, li, dt, dd, a")].map(
        e => parseFloat(style(e).fontSize))),
    };
  }));
  document.body.replaceChildren(out);
};
</script>"""
LOOKED_AT = ("index.html", "articles/11.html", "articles/21.html", "edits/index.html",
             "gone/index.html", "months/index.html", "categories/ekonomi.html")  # fmt: skip


@pytest.fixture
def served_site(tmp_path: Path) -> Path:
    made(archive(tmp_path), tmp_path / "site")
    return tmp_path / "site"


@pytest.mark.tools
@needs_chromium
@pytest.mark.parametrize(("width", "dark"), [(320, False), (390, True), (1100, False)])
def test_in_chromium_nothing_scrolls_sideways(
    served_site: Path, tmp_path: Path, width: int, dark: bool
) -> None:
    frames = [f'<iframe src="/{page}" width="{width}" height="800"></iframe>' for page in LOOKED_AT]
    (served_site / "probe.html").write_text(PROBE + "".join(frames), encoding="utf-8")
    with served(served_site) as address:
        options = [DARK] if dark else []
        document, log = chromium(f"{address}/probe.html", tmp_path / "profile", *options)
    found = json.loads(Selector(document).css("pre::text").getall()[0])
    assert len(found) == len(LOOKED_AT)
    for each in found:
        assert each["needed"] == each["width"] <= width, each
        assert each["smallest"] >= 12, each
        assert each["paper"] == ("rgb(18, 23, 22)" if dark else "rgb(255, 253, 249)")
    assert "CONSOLE" not in log


@pytest.mark.tools
@needs_chromium
@pytest.mark.parametrize("dark", [False, True])
def test_axe_finds_nothing_wrong(served_site: Path, tmp_path: Path, dark: bool) -> None:
    found = violations(served_site, tmp_path, *LOOKED_AT, dark=dark)
    assert found == {page: [] for page in LOOKED_AT}


@pytest.mark.tools
@needs_chromium
def test_the_site_opens_without_a_server(served_site: Path, tmp_path: Path) -> None:
    document, log = chromium((served_site / "articles/11.html").as_uri(), tmp_path / "profile")
    assert "Harga cabai naik" in document
    assert "CONSOLE" not in log


SEARCHED = """<!doctype html><script type="module">
const pagefind = await import("/pagefind/pagefind.js");
const found = [];
for (const word of ["cabai", "pembangunan", "rahasia"]) {
  const results = (await pagefind.search(word)).results;
  found.push((await Promise.all(results.map(each => each.data()))).map(each => each.url));
}
fetch("/", {method: "POST", body: JSON.stringify(found)});
</script>"""
# The page of the search in a frame: what a reader finds who types a word.
TYPED = """<!doctype html><iframe src="/search/index.html"></iframe><script>
const look = new MutationObserver(() => {
  const page = document.querySelector("iframe").contentDocument;
  const input = page.querySelector("#search input"), found = page.querySelector("#search ol a");
  if (found) {
    look.disconnect();
    fetch("/", {method: "POST", body: JSON.stringify([input.placeholder, found.textContent])});
  } else if (input && !input.value) {
    input.value = "miliar";
    input.dispatchEvent(new Event("input", {bubbles: true}));
  }
});
onload = () => {
  const page = document.querySelector("iframe").contentDocument;
  look.observe(page.body, {childList: true, subtree: true});
  page.body.append(page.createElement("i"));
};
</script>"""


@pytest.mark.tools
@needs_chromium
def test_search_finds_what_is_there(tmp_path: Path) -> None:
    pytest.importorskip("pagefind")
    folder, site = archive(tmp_path), tmp_path / "site"
    made(folder, site, "--lang", "id", "--search")
    assert made(folder, site, "--lang", "id", "--search").files == 0
    (site / "probe.html").write_text(SEARCHED, encoding="utf-8")
    (site / "typed.html").write_text(TYPED, encoding="utf-8")
    profile = tmp_path / "profile"
    assert answer(site, "probe.html", profile) == [["/articles/11.html"], ["/articles/21.html"], []]
    assert answer(site, "typed.html", profile) == ["Cari", "Jembatan Rawa Makmur rampung Juni"]
    identify(folder, withheld=["lintas:14", "lintas:21"])
    made(folder, site, "--lang", "id")
    assert not (site / "pagefind").exists()
    assert not (site / "search/index.html").exists()


# --- the command


def scrapy(
    project: Path, *arguments: str, before: str = "pass"
) -> subprocess.CompletedProcess[str]:
    """Run a command of Scrapy in *project*, after *before* in the same interpreter."""
    code = f"import sys; {before}; from scrapy.cmdline import execute; execute()"
    return subprocess.run(
        [sys.executable, "-c", code, *arguments], cwd=project, capture_output=True, text=True,
        env={"PATH": "/usr/bin:/bin", "PYTHONPATH": str(ROOT)}, check=False,
    )  # fmt: skip


@pytest.fixture
def project(tmp_path: Path) -> Path:
    archive(tmp_path / "output")
    shutil.copy(ROOT / "scrapy.cfg", tmp_path)
    return tmp_path


def test_the_command_says_what_it_did(project: Path) -> None:
    done = scrapy(project, "export", "lintas", "--to", "site", "-o", "situs", "--lang", "id")
    assert done.returncode == 0
    assert re.fullmatch(
        r"situs: 5 articles, \d\d files written or taken out; open situs/index.html\n", done.stderr
    )
    again = scrapy(project, "export", "lintas", "--to", "site", "-o", "situs", "--lang", "id")
    assert "5 articles, 0 files" in again.stderr


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ("--to site --lang fr", "--lang: invalid choice: 'fr'"),
        ("--to csv --search", "--search is for --to site, not for --to csv"),
        ("--to site --search", "--search wants the package pagefind; install it with: .venv/bin/"),
    ],
)
def test_a_mistake_is_one_line_and_nothing_is_written(
    project: Path, options: str, said: str
) -> None:
    without = "sys.modules['pagefind'] = None"
    done = scrapy(project, "export", "lintas", "-o", "situs", *options.split(), before=without)
    assert done.returncode == 2
    assert said in done.stderr.splitlines()[-1]
    assert not (project / "situs").exists()
