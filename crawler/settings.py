"""What is policy, and how the parts are wired."""

from scrapy.settings import default_settings

BOT_NAME = "newsroom-archive"
SPIDER_MODULES = ["spiders"]
NEWSPIDER_MODULE = "spiders"
COMMANDS_MODULE = "crawler.commands"

# --- Politeness: one request at a time, said who asks, and never for long.
# Put an address of your own into the user agent before you crawl for real.
USER_AGENT = "newsroom-archive/0.1 (news archive; contact: newsroom-archive@example.org)"
ROBOTSTXT_OBEY = True  # there is no exception, for no site
ROBOTSTXT_USER_AGENT = "newsroom-archive"
CONCURRENT_REQUESTS = 4
CONCURRENT_ITEMS = 1  # a page gives one; Scrapy starts so many tasks for each response
CONCURRENT_REQUESTS_PER_DOMAIN = 1  # and the next one only after a pause
DOWNLOAD_DELAY = 1.0  # seconds; a Crawl-delay in robots.txt is a floor that nothing lowers
DOWNLOAD_DELAY_JITTER = 0.25  # upwards only
AUTOTHROTTLE_ENABLED = True  # a slow server is asked more slowly
AUTOTHROTTLE_START_DELAY = 1.0
AUTOTHROTTLE_MAX_DELAY = 60.0
RETRY_TIMES = 3  # after the pause that the server asks for, where it asks
RETRY_GIVE_UP_LOG_LEVEL = "INFO"  # what could not be had is named when the run ends
DOWNLOAD_TIMEOUT = 30.0
CLOSESPIDER_TIMEOUT = 6 * 60 * 60  # seconds; the next run goes on where this one ended
REDIRECT_MAX_TIMES = 8
DEFAULT_REQUEST_HEADERS = {
    "Accept": "text/html,application/xhtml+xml,application/json;q=0.9,application/xml;q=0.9,*/*;q=0.8",
    "Accept-Language": "id,en;q=0.5",
    "Accept-Encoding": "gzip",
}

# --- Output
ARCHIVE_DIR = "output"  # relative to the folder of scrapy.cfg
NEWSROOMS_DIR = ""  # a folder of newsroom files of your own, beside crawler/sites
ARCHIVE_MEDIA = "none"  # or "lead": also capture the lead photo
CLOCK_TRUSTED = (
    False  # True where lines were written with a clock that was ahead, and it is right now
)
# Share of the last 50 articles that have the field; below it a run ends with exit code 3.
FIELD_COVERAGE_MIN = {"title": 1.0, "published_at": 0.95, "body": 0.9, "authors": 0.8}
LOG_LEVEL = "WARNING"  # -L INFO for more; at WARNING a run in which nothing happened says nothing

# --- Being told: off until filled in; docs/deploying.md says how
NOTIFY_URLS: list[str] = []  # Apprise addresses that get a message when runs begin or cease to fail

# --- Doors that are shut
REMOTE_CONTROL_ENABLED = False  # an HTTP server that every crawl would start
TELNETCONSOLE_ENABLED = False  # the same by telnet
PRIVATE_HOSTS: list[str] = []  # names that may lead to an address inside of a network
COOKIES_ENABLED = False  # reading the first one asks the internet for a list of suffixes
HTTPCACHE_ENABLED = False  # it would falsify the dates of captures
DOWNLOAD_VERIFY_CERTIFICATES = True  # what is archived is the newsroom's own
DOWNLOAD_HANDLERS = {
    "http": "crawler.downloader.BoundedHandler",
    "https": "crawler.downloader.BoundedHandler",
    "data": None,
    "file": None,
    "ftp": None,
    "s3": None,
}
DOWNLOAD_MAXSIZE = 8 * 1024 * 1024  # bytes, before and after decompression
DOWNLOAD_WARNSIZE = 0  # DOWNLOAD_MAXSIZE says enough
METAREFRESH_ENABLED = False  # a page does not decide what is fetched
HTTPERROR_ALLOW_ALL = True  # the spider judges every status
REFERRER_POLICY = "no-referrer"  # nobody's business
STATS_DUMP = False  # runs.jsonl has what counts
LOGSTATS_INTERVAL = 0

# --- Wiring: which component, at which place, and why there; a larger number is nearer the network,
# or later. A project's own DOWNLOADER_MIDDLEWARES, EXTENSIONS and ITEM_PIPELINES win.
DOWNLOADER = "crawler.downloader.PoliteDownloader"
DOWNLOADER_MIDDLEWARES_BASE = default_settings.DOWNLOADER_MIDDLEWARES_BASE | {
    # Ours do more than these; both would ask for robots.txt twice.
    "scrapy.downloadermiddlewares.robotstxt.RobotsTxtMiddleware": None,
    "scrapy.downloadermiddlewares.httpcompression.HttpCompressionMiddleware": None,
    # Before everything else, so that a foreign address costs nothing, robots.txt included.
    "crawler.middlewares.AddressGuard": 50,
    "crawler.middlewares.RobotsMiddleware": 100,
    "crawler.middlewares.DecodingMiddleware": 590,
    # Nearer the network than whatever makes requests anew (retry 550, redirect 600).
    "crawler.middlewares.BudgetMiddleware": 860,
    # Nearer the network than redirects and decoding, so that the archive holds every hop and the
    # bytes that were sent, but further than the HTTP cache (900).
    "crawler.middlewares.CaptureMiddleware": 875,
    # Before retries see that a name leads nowhere.
    "crawler.middlewares.PrivateAddressGuard": 880,
}
# After pipelines of the user's that change items (up to 800).
ITEM_PIPELINES_BASE = {"crawler.extensions.ArchivePipeline": 900}
EXTENSIONS_BASE = default_settings.EXTENSIONS_BASE | {
    "scrapy.extensions.feedexport.FeedExporter": None,
    # The display is wiped before the run keeper says how it went.
    "crawler.display.LiveDisplay": 0,
    "crawler.extensions.LineFeeds": 5,
    "crawler.extensions.RunKeeper": 10,
    "crawler.notify.Notifier": 20,
}
