"""Commands: one module each, named for the command; what they share is :mod:`crawler.command`."""
