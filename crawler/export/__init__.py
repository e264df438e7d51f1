"""What people and their tools read of an archive; nothing here changes it.

In goes the folder of an archive, out comes a file::

    selection -> parquet | sqlite | csv | wacz     scrapy export
    statistics -> charts, plots -> report          scrapy report, scrapy status

- ``selection``: which articles, and where to; a file appears whole or not at all.
- ``statistics``: the numbers of an archive, and the words for them.
- ``wacz``: the captures, in one file that ReplayWeb.page opens.
"""
