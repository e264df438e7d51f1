"""Comments below an article, and the form to add one."""

from __future__ import annotations

from demo.content import Comment, Entry
from demo.site import Site
from demo.theme.pieces import MONTHS
from demo.wptext import attribute, texturize


def comments(site: Site, entry: Entry) -> str:
    """Return the comments of *entry*, answers below what they answer, and the form."""
    if entry.protected:
        return ""
    shown = ""
    if entry.comments:
        first = [comment for comment in entry.comments if not comment.parent]
        items = "".join(_comment(site, entry, comment, 1) for comment in first)
        shown = (
            f'<h2 class="comments-title">\n\t\t\tRespon ({len(entry.comments)})\t\t</h2>'
            f'<!-- .comments-title -->\n<ol class="comment-list">{items}</ol>'
            "<!-- .comment-list -->"
        )
    return f'<div id="comments" class="comments-area">\n{shown}{_form(site, entry)}</div>\n'


def _comment(site: Site, entry: Entry, comment: Comment, depth: int) -> str:
    url, at = site.addresses.entry(entry), comment.at
    when = f"{at.day} {MONTHS[at.month - 1]} {at.year} pukul {at:%H:%M}"
    answers = [other for other in entry.comments if other.parent == comment.id]
    below = "".join(_comment(site, entry, other, depth + 1) for other in answers)
    name = attribute(comment.author)
    return (
        f'\n<li id="comment-{comment.id}" class="comment depth-{depth}">'
        f'<article id="div-comment-{comment.id}" class="comment-body">'
        '<footer class="comment-meta"><div class="comment-author vcard">'
        f'<b class="fn">{name}</b> <span class="says">berkata:</span></div>'
        f'<div class="comment-metadata"><a href="{url}#comment-{comment.id}">'
        f'<time datetime="{at.isoformat()}">{when}</time></a></div></footer>'
        f'<div class="comment-content">\n<p>{texturize(comment.text)}</p>\n</div>'
        f"<div class=\"reply\"><a rel='nofollow' class='comment-reply-link' "
        f"href='{url}?replytocom={comment.id}#respond' aria-label='Balasan untuk {name}'>"
        "Balas</a></div></article><!-- .comment-body -->"
        f"{f'<ol class=children>{below}</ol><!-- .children -->' if below else ''}</li>"
    )


def _form(site: Site, entry: Entry) -> str:
    return (
        '\n<div id="respond" class="comment-respond">'
        '<h3 id="reply-title" class="comment-reply-title">Tinggalkan Balasan</h3>'
        f'<form action="{site.base}/wp-comments-post.php" method="post" id="commentform" '
        'class="comment-form"><p class="comment-notes">Alamat email Anda tidak akan '
        "dipublikasikan. Ruas yang wajib ditandai *</p>"
        '<p class="comment-form-comment"><textarea id="comment" name="comment" cols="45" '
        'rows="5" placeholder="Komentar"></textarea></p>'
        '<p class="form-submit"><input name="submit" type="submit" id="submit" class="submit" '
        'value="Kirim Komentar" /> <input type="hidden" name="comment_post_ID" '
        f'value="{entry.id}" /></p></form></div><!-- #respond -->'
    )
