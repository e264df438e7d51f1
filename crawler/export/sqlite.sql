-- The tables of `scrapy export --to sqlite`. One row of articles is one article (with
-- --all-revisions: one revision of one). Moments end in Z and sort as text; days are YYYY-MM-DD.
CREATE TABLE articles (
    key INTEGER PRIMARY KEY,        -- what the other tables call "article"
    id TEXT NOT NULL,               -- site:post id, stays the same over all exports
    revision INTEGER NOT NULL,
    title TEXT NOT NULL,
    url TEXT NOT NULL,
    day TEXT,                       -- of publication, by the newsroom's own clock
    subtitle TEXT,
    place TEXT,                     -- of the dateline, in title case
    outlet TEXT,
    region TEXT,                    -- Kemendagri code of the place
    dateline TEXT,                  -- as printed
    authors TEXT NOT NULL,          -- JSON array; also a table
    categories TEXT NOT NULL,
    tags TEXT NOT NULL,
    topics TEXT NOT NULL,
    writer TEXT,
    editor TEXT,
    credit TEXT,
    source_url TEXT,
    published_at TEXT,              -- as the site states it: moment, day or month
    published_utc TEXT,             -- null where only a day or a month is stated
    published_offset_minutes INTEGER,
    modified_at TEXT,
    modified_utc TEXT,
    event_date TEXT,
    body TEXT NOT NULL,
    body_html TEXT NOT NULL,
    word_count INTEGER NOT NULL,
    language TEXT NOT NULL,
    image_url TEXT,
    image_alt TEXT,
    caption TEXT,
    photo_credit TEXT,
    captured_at TEXT,               -- first response that the row rests on
    site TEXT NOT NULL,
    post_id INTEGER,
    pages TEXT NOT NULL,            -- JSON array of addresses
    provenance TEXT NOT NULL,       -- JSON object: field -> where its value came from
    content_hash TEXT NOT NULL,
    unchanged_until TEXT,           -- the text before this revision was still there
    theme TEXT,
    source TEXT NOT NULL,
    extractor TEXT NOT NULL,
    run TEXT,
    written_at TEXT,
    UNIQUE (id, revision)
);

CREATE TABLE authors (
    article INTEGER NOT NULL REFERENCES articles (key), author TEXT NOT NULL,
    PRIMARY KEY (article, author)
) WITHOUT ROWID;
CREATE TABLE categories (
    article INTEGER NOT NULL REFERENCES articles (key), category TEXT NOT NULL,
    PRIMARY KEY (article, category)
) WITHOUT ROWID;
CREATE TABLE tags (
    article INTEGER NOT NULL REFERENCES articles (key), tag TEXT NOT NULL,
    PRIMARY KEY (article, tag)
) WITHOUT ROWID;
CREATE TABLE topics (
    article INTEGER NOT NULL REFERENCES articles (key), topic TEXT NOT NULL,
    PRIMARY KEY (article, topic)
) WITHOUT ROWID;

-- The calendar dates that the body names, in order.
CREATE TABLE dates (
    article INTEGER NOT NULL REFERENCES articles (key), position INTEGER NOT NULL,
    text TEXT NOT NULL,             -- as printed
    date TEXT NOT NULL, "end" TEXT, time TEXT,
    resolved TEXT NOT NULL,         -- explicit, year-inferred or relative
    weekday_agrees INTEGER,         -- 0 or 1; null where no weekday is printed
    block INTEGER NOT NULL,
    PRIMARY KEY (article, position)
) WITHOUT ROWID;

-- The responses that a row rests on: where they lie in the archive's WARC files.
CREATE TABLE captures (
    article INTEGER NOT NULL REFERENCES articles (key), position INTEGER NOT NULL,
    url TEXT NOT NULL, fetched_at TEXT NOT NULL, status INTEGER NOT NULL,
    warc TEXT NOT NULL, "offset" INTEGER NOT NULL, length INTEGER NOT NULL,
    record_id TEXT NOT NULL, digest TEXT NOT NULL,
    PRIMARY KEY (article, position)
) WITHOUT ROWID;

CREATE TABLE images (
    article INTEGER NOT NULL REFERENCES articles (key), position INTEGER NOT NULL,
    url TEXT NOT NULL, alt TEXT, caption TEXT, credit TEXT,
    PRIMARY KEY (article, position)
) WITHOUT ROWID;
CREATE TABLE embeds (
    article INTEGER NOT NULL REFERENCES articles (key), position INTEGER NOT NULL,
    kind TEXT NOT NULL, url TEXT NOT NULL,
    PRIMARY KEY (article, position)
) WITHOUT ROWID;
CREATE TABLE related_posts (
    article INTEGER NOT NULL REFERENCES articles (key), position INTEGER NOT NULL,
    title TEXT NOT NULL, url TEXT NOT NULL, heading TEXT, placement TEXT NOT NULL,
    PRIMARY KEY (article, position)
) WITHOUT ROWID;

-- What the newsroom changed, took down and put back, also of articles that are gone now.
CREATE TABLE edits (
    id TEXT NOT NULL,               -- the article's
    from_revision INTEGER NOT NULL, to_revision INTEGER NOT NULL,
    kind TEXT NOT NULL,             -- the weightiest: headline, figures, gone …
    kinds TEXT NOT NULL,            -- JSON array of all
    title TEXT NOT NULL, url TEXT NOT NULL,
    headline_before TEXT, headline_after TEXT,  -- null where the headline stayed
    last_seen_before TEXT,          -- unchanged until then …
    seen_at TEXT NOT NULL,          -- … and changed by then
    modified_at TEXT,               -- as the newsroom says
    words_added INTEGER NOT NULL, words_removed INTEGER NOT NULL,
    changes TEXT NOT NULL,          -- JSON array of blocks: op, before, after, block
    fields TEXT NOT NULL,           -- JSON array of other fields: field, before, after
    reason TEXT,                    -- why it counts as gone
    captures_before TEXT NOT NULL, captures_after TEXT NOT NULL,  -- JSON arrays
    site TEXT NOT NULL,
    PRIMARY KEY (id, to_revision)
);

-- Full-text search over words and Indonesian stems, without regard to case and accents. A stem
-- finds its forms: rusak finds kerusakan. Words near each other, in FTS5's own notation:
--   SELECT a.day, a.title, a.url FROM search JOIN articles a ON a.key = search.rowid
--   WHERE search MATCH 'NEAR(banjir bengkulu)' ORDER BY rank LIMIT 20;
CREATE TABLE stems (article INTEGER PRIMARY KEY REFERENCES articles (key), stems TEXT NOT NULL);
CREATE VIEW searched AS
SELECT key, title, body, stems FROM articles JOIN stems ON article = key;
CREATE VIRTUAL TABLE search USING fts5 (
    title, body, stems, content="searched", content_rowid="key",
    tokenize="unicode61 remove_diacritics 2"
);

-- Views, and the indexes that keep them quick.
CREATE INDEX articles_by_day ON articles (day);
CREATE INDEX articles_by_place ON articles (place);
CREATE INDEX articles_by_url ON articles (url);
CREATE INDEX authors_by_name ON authors (author);
CREATE INDEX categories_by_name ON categories (category);
CREATE INDEX tags_by_name ON tags (tag);
CREATE INDEX topics_by_name ON topics (topic);
CREATE INDEX dates_by_date ON dates (date);
CREATE INDEX edits_by_time ON edits (seen_at);

-- The first thing to look at: one line an article, newest first. Lists are JSON arrays.
CREATE VIEW headlines AS
SELECT day, title, place, authors, categories, tags, word_count, url, id, revision, key
FROM articles
ORDER BY day DESC, published_utc DESC;

CREATE VIEW per_month AS
SELECT substr(published_at, 1, 7) AS month, count(*) AS articles, sum(word_count) AS words
FROM articles WHERE published_at IS NOT NULL
GROUP BY month ORDER BY month;

CREATE VIEW per_author AS
SELECT author, count(*) AS articles, min(a.day) AS first_day, max(a.day) AS last_day
FROM authors JOIN articles a ON a.key = article
GROUP BY author ORDER BY articles DESC, author;

CREATE VIEW per_category AS
SELECT category, count(*) AS articles, min(a.day) AS first_day, max(a.day) AS last_day
FROM categories JOIN articles a ON a.key = article
GROUP BY category ORDER BY articles DESC, category;

CREATE VIEW per_tag AS
SELECT tag, count(*) AS articles, min(a.day) AS first_day, max(a.day) AS last_day
FROM tags JOIN articles a ON a.key = article
GROUP BY tag ORDER BY articles DESC, tag;

CREATE VIEW per_place AS
SELECT place, max(region) AS region, count(*) AS articles
FROM articles WHERE place IS NOT NULL
GROUP BY place ORDER BY articles DESC, place;

-- What happened, or was announced, on which day.
CREATE VIEW calendar AS
SELECT d.date, d."end", d.time, d.text, d.resolved, a.title, a.url, a.day AS published_day, a.id
FROM dates d JOIN articles a ON a.key = d.article
ORDER BY d.date, a.published_utc;
