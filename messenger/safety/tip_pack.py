"""Whether a newer file of tips may take the place of the one in use: same tips, same language, higher number, words for all.

Pure. The signature was checked before (evidence/tip_pack.py); a tip without a source is refused by the loader of the deck.
"""

from __future__ import annotations

from messenger.domain.errors import AssetRefused
from messenger.domain.tip import Band
from messenger.safety import deck
from messenger.safety.deck import Deck, TipBook


def read(data: bytes, file: str, own: TipBook) -> TipBook:
    """The book in `data`, a book of the kind and language of `own`. Raises `AssetRefused` naming `file` and the place."""
    book = deck.load(data, file)
    if book.id != own.id:
        raise AssetRefused(file, book.id, "these are not the tips of Robin")
    if book.lang != own.lang:
        raise AssetRefused(file, book.lang, f"it is in another language than {own.lang}")
    for band in Band:
        try:
            Deck(book, band, "")
        except ValueError:
            raise AssetRefused(file, band.value, "it has no tips for these readers") from None
    return book


def newer(book: TipBook, used: TipBook, file: str) -> None:
    """Refuses a book that is not newer than the one in use. Raises `AssetRefused`."""
    if book.version < used.version:
        raise AssetRefused(file, str(book.version), f"it is older than number {used.version}, which is in use")
    if book.version == used.version:
        raise AssetRefused(file, str(book.version), "it has the number of the one in use")
