"""As ``scrapy startproject`` writes it, and one line more."""

BOT_NAME = "sekolah"
SPIDER_MODULES = ["sekolah.spiders"]
NEWSPIDER_MODULE = "sekolah.spiders"
ROBOTSTXT_OBEY = True
LOG_LEVEL = "INFO"
CONCURRENT_REQUESTS_PER_DOMAIN = 1
DOWNLOAD_DELAY = 0
ITEM_PIPELINES = {"sekolah.pipelines.Capitals": 300}

ADDONS = {"crawler.addon.NewsArchive": 0}
