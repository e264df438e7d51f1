"""What is policy. How the parts are wired is in :mod:`crawler.addon`."""

BOT_NAME = "newsroom-archive"
SPIDER_MODULES = ["spiders"]
NEWSPIDER_MODULE = "spiders"
COMMANDS_MODULE = "crawler.commands"
ADDONS = {"crawler.addon.NewsArchive": 0}

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
