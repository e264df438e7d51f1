"""The same, with the exit codes that cron wants: ``SCRAPY_SETTINGS_MODULE`` names it."""

from sekolah.settings import *  # noqa: F403

COMMANDS_MODULE = "crawler.commands"
