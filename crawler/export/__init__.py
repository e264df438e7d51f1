"""What people and their tools read: exports, the report, and the numbers behind both.

Everything here reads an archive and changes nothing in it::

    archive.read -> selection -> parquet | database | spreadsheet | wacz     (scrapy export)
    archive.read -> statistics -> charts -> page                             (scrapy report)
"""
