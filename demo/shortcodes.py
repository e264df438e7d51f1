"""What the editor left for WordPress to fill in: captions, galleries, videos, image tags."""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import parse_qs, urlsplit

from demo.addresses import Addresses
from demo.content import Entry, Picture
from demo.wptext import attribute

_CAPTION: Final = re.compile(
    r"\[caption\]\s*(<img\b[^>]*>(?:</a>)?)\s*(.*?)\s*\[/caption\]", re.DOTALL
)
_GALLERY: Final = re.compile(r"\[gallery\]")
_IMAGE: Final = re.compile(r"<img\b([^>]*?)\s*/?>")
_SOURCE: Final = re.compile(r'src="([^"]*/wp-content/uploads/([^"]+))"')
# WordPress makes a player of a video's address that stands alone on its line.
_VIDEO: Final = re.compile(r"(?m)^(https://(?:www\.youtube\.com/watch\?v=|youtu\.be/)[\w-]+)$")


def player(url: str) -> str:
    """Return the frame that shows the YouTube video at *url*."""
    parts = urlsplit(url)
    name = parse_qs(parts.query).get("v", [parts.path.rsplit("/", 1)[-1]])[0]
    return (
        f'<iframe loading="lazy" title="Video Liputan" width="680" height="383" '
        f'src="https://www.youtube.com/embed/{name}?feature=oembed" frameborder="0" '
        'allow="accelerometer; autoplay; clipboard-write; encrypted-media; gyroscope; '
        'picture-in-picture" allowfullscreen></iframe>'
    )


def with_players(text: str) -> str:
    """Return *text* with video addresses that stand alone made players."""
    return _VIDEO.sub(lambda match: player(match[1]), text)


def srcset(addresses: Addresses, picture: Picture, *, full_first: bool = True) -> str:
    """Return the ``srcset`` of *picture*: full size 640, and the theme's 250 and 400."""
    sizes = [
        f"{addresses.upload(picture.file)} 640w",
        f"{addresses.upload(picture.sized('250x141'))} 250w",
        f"{addresses.upload(picture.sized('400x225'))} 400w",
    ]
    return ", ".join(sizes if full_first else [*sizes[1:], sizes[0]])


class Fill:
    """Fills in what belongs to one entry."""

    def __init__(self, addresses: Addresses, entry: Entry) -> None:
        self.addresses = addresses
        self.entry = entry
        self._pictures = {picture.file: picture for picture in entry.attachments}

    def images(self, text: str) -> str:
        """Return *text* with each image of the library told its sizes."""
        return _IMAGE.sub(self._image, text)

    def shortcodes(self, text: str) -> str:
        """Return *text* with captions and galleries in place of their shortcodes."""
        text = _CAPTION.sub(self._caption, text)
        return _GALLERY.sub(lambda _: self._gallery(), text)

    def _image(self, match: re.Match[str]) -> str:
        source = _SOURCE.search(match[1])
        picture = self._pictures.get(source[2]) if source else None
        if picture is None:
            return match[0]
        of_block = "class=" in match[1]
        known = "" if of_block else f'class="size-full wp-image-{picture.id}" '
        alt = "" if "alt=" in match[1] else ' alt=""'
        return (
            f'<img decoding="async" loading="lazy" {known}{match[1].strip()}{alt} width="640" '
            f'height="360" srcset="{srcset(self.addresses, picture)}" '
            'sizes="(max-width: 640px) 100vw, 640px" />'
        )

    def _caption(self, match: re.Match[str]) -> str:
        source = _SOURCE.search(match[1])
        picture = self._pictures.get(source[2]) if source else None
        number = picture.id if picture else 0
        return (
            f'<figure id="attachment_{number}" aria-describedby="caption-attachment-{number}" '
            f'style="width: 640px" class="wp-caption aligncenter">{match[1]}'
            f'<figcaption id="caption-attachment-{number}" class="wp-caption-text">{match[2]}'
            "</figcaption></figure>"
        )

    def _gallery(self) -> str:
        items = "".join(self._gallery_item(picture) for picture in self.entry.pictures)
        return (
            f"<div id='gallery-1' class='gallery galleryid-{self.entry.id} gallery-columns-3 "
            f"gallery-size-medium'>{items}\n\t\t</div>\n"
        )

    def _gallery_item(self, picture: Picture) -> str:
        at = self.addresses
        told = f' aria-describedby="gallery-1-{picture.id}"' if picture.caption else ""
        caption = (
            f"\n\t\t\t\t<figcaption class='wp-caption-text gallery-caption' "
            f"id='gallery-1-{picture.id}'>\n\t\t\t\t{picture.caption}\n\t\t\t\t</figcaption>"
            if picture.caption
            else ""
        )
        return (
            "<figure class='gallery-item'>\n\t\t\t<div class='gallery-icon landscape'>\n"
            f"\t\t\t\t<a href='{at.attachment(self.entry, picture)}'><img width=\"250\" "
            f'height="141" src="{at.upload(picture.sized("250x141"))}" '
            f'class="attachment-medium size-medium" alt="{attribute(picture.alt)}" '
            f'decoding="async" loading="lazy"{told} '
            f'srcset="{srcset(at, picture, full_first=False)}" '
            'sizes="(max-width: 250px) 100vw, 250px" /></a>\n\t\t\t</div>'
            f"{caption}</figure>"
        )
