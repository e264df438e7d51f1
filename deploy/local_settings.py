"""Settings of this machine. Copy to the project's folder, fill in, and set SCRAPY_PROJECT=local."""

from crawler.settings import *  # noqa: F403 -- what is not said here stays as it is there

# Who asks, and where to complain: an address at which somebody reads.
USER_AGENT = "newsroom-archive/0.1 (news archive; contact: YOU@EXAMPLE.ORG)"

# A folder with room for years; it may be absolute.
# ARCHIVE_DIR = "/srv/archives"

# Being told. Forms of addresses: https://github.com/caronc/apprise/wiki
# NOTIFY_URLS = ["tgram://TOKEN/CHAT", "mailto://USER:PASSWORD@HOST"]
