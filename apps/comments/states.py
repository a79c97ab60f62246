"""Which files may be attached. The whole list is on this screen."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Media(TextChoices):
    """What a file is by its content, whatever its name says."""

    PDF = "pdf", "PDF"
    PNG = "png", "PNG"
    JPEG = "jpeg", "JPEG"
    EXCEL = "excel", "Excel (xlsx)"
    WORD = "word", "Word (docx)"
    SLIDES = "slides", "PowerPoint (pptx)"
    DBF = "dbf", "DBF"
    TEXT = "text", _("plain text")


ENDINGS: dict[Media, tuple[str, ...]] = {
    Media.PDF: (".pdf",),
    Media.PNG: (".png",),
    Media.JPEG: (".jpg", ".jpeg"),
    Media.EXCEL: (".xlsx",),
    Media.WORD: (".docx",),
    Media.SLIDES: (".pptx",),
    Media.DBF: (".dbf",),
    Media.TEXT: (".txt", ".csv", ".tsv", ".log", ".json", ".md"),
}
"""How the name of such a file ends: what opens it is chosen by its name."""
MOST_BYTES = 10 * 2**20
"""Of one file."""
MOST_FILES = 50
MOST_BYTES_OF_A_THING = 100 * 2**20
MOST_BYTES_OF_A_PERSON = 1024 * 2**20
"""Of everything that somebody has attached and that is still there."""
