"""The reader of pages whose theme nobody has described: text and fields by what they are.

In go the documents of one article's pages, out comes :class:`~.page.GenericPage`, which has the
fields of every other page, or :exc:`~crawler.errors.NotAnArticle`. Nothing here knows a newsroom's
markup; what a rule rests on is the page in its comment::

    metadata, headline, lines, body -> facts -> times, names, terms, own_blocks -> page

- ``metadata``: what the page states for machines. ``lines``: what a reader sees, line by line.
- ``headline``, ``body``: which element is the headline, and where the text stands.
- ``facts``: all of these for one page, with the lines around headline and text. Look here first.
- ``times``, ``names``, ``terms``: how sources that disagree are weighed, by field.
- ``own_blocks``: which blocks of the text's container are the article's.
- ``page``: whether it is an article at all, its photo, and the fields under their names.
"""
