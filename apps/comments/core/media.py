"""What a file is by its content, and the name under which it is kept. Nothing is unpacked, run or drawn here."""

import re
import unicodedata
from io import BytesIO
from zipfile import BadZipFile, ZipFile

from apps.comments.states import Media

LONGEST_NAME = 120
_SIGNATURES = {b"%PDF-": Media.PDF, b"\x89PNG\r\n\x1a\n": Media.PNG, b"\xff\xd8\xff": Media.JPEG}
_OFFICE = {"xl/workbook.xml": Media.EXCEL, "word/document.xml": Media.WORD, "ppt/presentation.xml": Media.SLIDES}
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\x7f]")
_ACTIVE_IN_PDF = (b"/JavaScript", b"/Launch", b"/EmbeddedFile")
_ACTIVE_IN_OFFICE = re.compile(r"vbaproject|/activex/|/embeddings/.*\.bin$|/externallinks/", re.IGNORECASE)
_NOT_IN_NAMES = re.compile(r'[<>:"/\\|?*]')
_HIDDEN = {"Cc", "Cf", "Co", "Cn", "Cs", "Zl", "Zp"}
"""Categories of characters that nobody sees, those among them that turn the direction of writing."""


def media_of(data: bytes) -> Media | None:
    """What these bytes are; None for whatever is not on the list."""
    for signature, media in _SIGNATURES.items():
        if data.startswith(signature):
            return media
    if data.startswith(b"PK\x03\x04"):
        names = _packed_names(data)
        return next((media for name, media in _OFFICE.items() if name in names and "[Content_Types].xml" in names), None)
    if _is_dbf(data):
        return Media.DBF
    return Media.TEXT if _is_plain_text(data) else None


def is_active(media: Media, data: bytes) -> bool:
    """Whether the file openly brings something that runs or fetches: macros, controls, scripts, other files."""
    if media is Media.PDF:
        return any(word in data for word in _ACTIVE_IN_PDF)
    if media in _OFFICE.values():
        return any(_ACTIVE_IN_OFFICE.search(f"/{name}") for name in _packed_names(data))
    return False


def clean_name(name: str) -> str:
    """The last part of a path, without what no file system takes and what nobody sees, LONGEST_NAME at most with its ending."""
    plain = unicodedata.normalize("NFC", re.split(r"[/\\]", name)[-1])
    shown = "".join(
        " " if sign.isspace() else sign for sign in plain if sign.isspace() or unicodedata.category(sign) not in _HIDDEN
    )
    safe = _NOT_IN_NAMES.sub("_", re.sub(r" +", " ", shown)).strip(" .")
    stem, dot, ending = safe.rpartition(".")
    if not dot or len(ending) > 10:
        return safe[:LONGEST_NAME].strip(" .")
    return f"{stem[: LONGEST_NAME - len(ending) - 1].rstrip(' .')}.{ending}"


def ending_of(name: str) -> str:
    """With its dot and in small letters; empty without one."""
    stem, dot, ending = name.rpartition(".")
    return f".{ending.lower()}" if stem and dot else ""


def _packed_names(data: bytes) -> set[str]:
    try:
        with ZipFile(BytesIO(data)) as packed:
            return set(packed.namelist())
    except (BadZipFile, ValueError, NotImplementedError, OSError):
        return set()


def _is_dbf(data: bytes) -> bool:
    """A dBase table: its header is as long as it says, and ends with its mark."""
    if len(data) < 33 or data[0] not in (0x03, 0x30, 0x83):
        return False
    header = int.from_bytes(data[8:10], "little")
    return 33 <= header <= len(data) and 1 <= data[2] <= 12 and 1 <= data[3] <= 31 and data[header - 1] == 0x0D


def _is_plain_text(data: bytes) -> bool:
    """Words in one of the usual encodings, and none that a browser or a shell would take for its own."""
    for encoding in ("utf-16",) if data[:2] in (b"\xff\xfe", b"\xfe\xff") else ("utf-8-sig", "gb18030"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        start = text.lstrip("\ufeff \t\r\n\f")
        return bool(start) and not _CONTROLS.search(text) and not start.startswith(("<", "#!", "{\\rtf"))
    return False
