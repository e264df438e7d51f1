"""Where requests go: the newsroom's own addresses, after DNS too, and nowhere else."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from scrapy import Request, Spider
from scrapy.exceptions import CannotResolveHostError
from scrapy.resolver import CachingThreadedResolver
from scrapy.utils.misc import build_from_crawler
from scrapy.utils.test import get_crawler
from twisted.internet.address import IPv4Address, IPv6Address
from twisted.internet.defer import Deferred, succeed

from crawler.downloader import ForeignAddress, PrivateAddress
from crawler.middlewares import (
    AddressGuard,
    GuardedResolver,
    PrivateAddressGuard,
    is_public,
    names_an_address,
)
from crawler.newsrooms import newsroom_at
from demo import EmbeddedNewsroom
from tests import faults as trouble
from tests.crawl_runs import crawl

PUBLIC_NAME = "kabar.example"


class LeadsHome(CachingThreadedResolver):
    """Takes every name to this machine, as a domain would that somebody took over."""

    def getHostByName(self, *_asked: Any, **_more: Any) -> Deferred[str]:  # noqa: N802
        return succeed("127.0.0.1")


LEADS_HOME = f"{__name__}.LeadsHome"


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "127.8.9.10", "0.0.0.0", "10.1.2.3", "172.16.0.1", "192.168.1.1",
        "169.254.169.254", "100.64.0.1", "100.100.100.200", "192.0.0.192", "198.18.0.1",
        "224.0.0.1", "239.255.255.250", "255.255.255.255", "240.0.0.1",
        "::", "::1", "fe80::1", "fe80::1%eth0", "fd00:ec2::254", "ff02::1", "2001:db8::1",
        "64:ff9b:1::7f00:1", "fec0::1", "192.88.99.1", "::ffff:127.0.0.1", "::ffff:169.254.169.254", "64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe",
        "2002:7f00:1::", "2002:a9fe:a9fe::1", "not-an-address", "",
    ],
)  # fmt: skip
def test_not_public(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize(
    "address",
    [
        "93.184.215.14",
        "103.28.12.1",
        "::ffff:93.184.215.14",
        "2002:5db8:d70e::1",
        "2606:4700::6810:84e5",
        "64:ff9b::5db8:d70e",
    ],
)
def test_public(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize(
    ("host", "is_one"),
    [
        ("127.0.0.1", True), ("2130706433", True), ("0x7f000001", True), ("0x7f.1", True),
        ("0177.0.0.1", True), ("127.1", True), ("127.0.0.1.", True), ("::1", True),
        ("localhost", True), ("LOCALHOST.", True), ("kabar.localhost", True),
        ("progres.id", False), ("127.0.0.1.nip.example", False), ("localhost.example", False),
        ("24jam.example", False),
    ],
)  # fmt: skip
def test_hosts_that_are_addresses_themselves(host: str, is_one: bool) -> None:
    assert names_an_address(host) is is_one


class Answers:
    """A resolver with one list of addresses for every name."""

    def __init__(self, *addresses: str) -> None:
        self.addresses = addresses

    def resolveHostName(self, receiver: Any, _host: str, port: int, *_more: Any) -> Any:  # noqa: N802
        receiver.resolutionBegan(self)
        for each in self.addresses:
            kind = IPv6Address if ":" in each else IPv4Address
            receiver.addressResolved(kind("TCP", each, port))
        receiver.resolutionComplete()
        return self


class Receiver:
    def __init__(self) -> None:
        self.got: list[str] = []
        self.complete = False

    def resolutionBegan(self, _resolution: Any) -> None:  # noqa: N802
        pass

    def addressResolved(self, address: Any) -> None:  # noqa: N802
        self.got.append(address.host)

    def resolutionComplete(self) -> None:  # noqa: N802
        self.complete = True


def test_of_many_addresses_only_the_public_ones_are_handed_on() -> None:
    refused: list[tuple[str, str]] = []
    inner = Answers("10.0.0.1", "93.184.215.14", "::ffff:169.254.169.254", "::1")
    resolver = GuardedResolver(inner, lambda name, address: refused.append((name, address)))
    receiver: Any = Receiver()
    resolver.resolveHostName(receiver, PUBLIC_NAME, 443)
    assert receiver.got == ["93.184.215.14"]
    assert receiver.complete
    assert [address for _, address in refused] == ["10.0.0.1", "::ffff:169.254.169.254", "::1"]


def test_a_name_is_judged_each_time_it_is_resolved() -> None:
    """DNS rebinding: public the first time, private the second."""
    inner = Answers("93.184.215.14")
    resolver = GuardedResolver(inner, lambda _name, _address: None)
    first: Any = Receiver()
    second: Any = Receiver()
    resolver.resolveHostName(first, PUBLIC_NAME, 443)
    inner.addresses = ("169.254.169.254",)
    resolver.resolveHostName(second, PUBLIC_NAME, 443)
    assert (first.got, second.got) == (["93.184.215.14"], [])


def test_a_host_that_the_user_named_may_be_anywhere() -> None:
    resolver = GuardedResolver(Answers("127.0.0.1"), lambda _name, _address: None)
    resolver.named = {"localhost"}
    receiver: Any = Receiver()
    resolver.resolveHostName(receiver, "LOCALHOST.", 80)
    assert receiver.got == ["127.0.0.1"]


def test_a_refused_name_is_said_and_not_tried_again() -> None:
    guard = build_from_crawler(PrivateAddressGuard, get_crawler())
    guard.refuse(PUBLIC_NAME, "169.254.169.254")
    with pytest.raises(PrivateAddress) as refused:
        guard.process_exception(Request(f"https://{PUBLIC_NAME}/"), CannotResolveHostError("x"))
    assert str(refused.value) == (
        "kabar.example leads to 169.254.169.254, which is no public address; if it shall, give "
        "the address itself as site=, or add kabar.example to PRIVATE_HOSTS"
    )
    guard.process_exception(Request("https://lain.example/"), CannotResolveHostError())


@pytest.mark.parametrize(
    "url",
    [
        "http://169.254.169.254/latest/meta-data/",
        "https://2852039166/",
        "https://0xa9fea9fe/",
        "https://0251.0376.0251.0376/",
        "https://[::ffff:169.254.169.254]/",
        "https://[::1]/",
        "https://localhost/",
        "https://progres.id@169.254.169.254/",
        "https://progres.id:pass@169.254.169.254/",
        "https://169.254.169.254\\@progres.id/",
        "https://169.254.169.254#@progres.id/",
        "https://progres.id.evil.example/",
        "https://evilprogres.id/",
        "https://progres.id:8443/",
        "https://progres.id%2eevil.example/",
        "https://progres.id%00.evil.example/",
        "https://progres.id\t.evil.example/",
        "ftp://progres.id/",
        "file:///etc/passwd",
        "data:text/html,halo",
        "gopher://progres.id/",
    ],
)
def test_addresses_of_others_are_refused(url: str) -> None:
    crawler = get_crawler()
    crawler.spider = Spider("kabar", newsroom=newsroom_at("https://progres.id"))
    guard = build_from_crawler(AddressGuard, crawler)
    with pytest.raises(ForeignAddress):
        guard.process_request(Request(url))
    assert crawler.stats.get_value("guard/foreign_address") == 1


@pytest.mark.parametrize(
    "url", ["https://progres.id/a.html", "http://www.progres.id/", "https://progres.id./a.html"]
)
def test_the_newsrooms_own_addresses_pass(url: str) -> None:
    crawler = get_crawler()
    crawler.spider = Spider("kabar", newsroom=newsroom_at("https://progres.id"))
    build_from_crawler(AddressGuard, crawler).process_request(Request(url))


def test_a_public_name_that_leads_to_this_machine_is_not_asked(
    newsroom: EmbeddedNewsroom, tmp_path: Path
) -> None:
    port = newsroom.address.rpartition(":")[2]
    site = f"http://{PUBLIC_NAME}:{port}"
    run = crawl(tmp_path, site, TWISTED_DNS_RESOLVER=LEADS_HOME)
    assert newsroom.visits == ()
    assert run.code == 1
    assert "kabar.example leads to 127.0.0.1, which is no public address" in run.said
    assert run.stats["guard/private_address"] == 1


def test_an_intranet_name_is_asked_where_the_user_says_so(
    newsroom: EmbeddedNewsroom, tmp_path: Path
) -> None:
    port = newsroom.address.rpartition(":")[2]
    crawl(
        tmp_path,
        f"http://{PUBLIC_NAME}:{port}",
        TWISTED_DNS_RESOLVER=LEADS_HOME,
        PRIVATE_HOSTS=f"{PUBLIC_NAME},lain.example",
    )
    assert newsroom.visits


def test_links_and_redirects_to_others_cost_nothing(
    newsroom: EmbeddedNewsroom, tmp_path: Path
) -> None:
    """A second server stands for the victim; loopback, so that a broken guard reaches no one."""
    slug = newsroom.articles[0].slug
    path = newsroom.url(slug).removeprefix(newsroom.address)
    with EmbeddedNewsroom() as victim:
        foreign = (
            '<?xml version="1.0"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">'
            f"<url><loc>{victim.address}/rahasia.html</loc></url></urlset>"
        )
        newsroom.faults.append(
            trouble.on(f"^{path}", trouble.redirect(f"{victim.address}/latest/meta-data"))
        )
        newsroom.faults.append(trouble.on("sitemap", trouble.says(foreign, kind="application/xml")))
        run = crawl(tmp_path, newsroom.address)
        assert victim.visits == ()
    assert run.code in (0, 3)
    assert len(run.articles) == len(newsroom.articles) - 1
    assert run.stats["guard/foreign_address"] >= 1


def test_a_site_that_moved_gives_one_clear_message(
    newsroom: EmbeddedNewsroom, tmp_path: Path
) -> None:
    with EmbeddedNewsroom() as new:
        newsroom.faults.append(trouble.redirect(f"{new.address}{{path}}"))
        run = crawl(tmp_path, newsroom.address)
        assert new.visits == ()
    assert run.code == 1
    assert len(newsroom.visits) == 1
    note = (
        f"{newsroom.address}/robots.txt leads to {new.address}/robots.txt, another host: "
        "if the newsroom has moved, give its new address as site="
    )
    assert note in run.said
