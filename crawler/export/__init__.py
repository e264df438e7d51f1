"""What people and their tools read of an archive; nothing here changes it.

In goes the folder of an archive, out comes a file, or a folder of pages::

    selection -> parquet | tables | wacz | site           scrapy export
    statistics -> report                                  scrapy report, scrapy status

- ``selection``: which articles, and where to; a file appears whole or not at all.
- ``statistics``: the numbers of an archive.
- ``wording``: what report and site say, in English and Indonesian, and how they are made.
- ``wacz``: the captures, in one file that ReplayWeb.page opens.
"""
