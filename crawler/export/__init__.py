"""What people and their tools read of an archive; nothing here changes it.

In goes the folder of an archive, out comes a file, or a folder of pages::

    selection -> parquet | tables | wacz | site           scrapy export
    statistics -> report                                  scrapy report, scrapy status

``selection`` says which articles, and where to; ``wording`` what report and site say, in English
and Indonesian; ``changes`` and ``citation`` have what ``scrapy edits``, ``diff`` and ``cite`` print.
"""
