"""Text in, value or ``None`` out; nothing here raises on bad text, and nothing guesses.

- ``dates``: the dates of a text, and what a page prints of its publication. Behind it stand the
  words (``vocabulary``), tokens (``date_lexer``), the grammar over them, and what settles a year.
- ``dateline``: how an article opens, "JAKARTA, PROGRES.ID –"; ``places`` knows the regions, and
  the names of newsrooms.
- ``credits``: bylines, closing credits, photo credits.
- ``urls``: the canonical address; ``text``: white space, and the guard against costly markup.
"""
