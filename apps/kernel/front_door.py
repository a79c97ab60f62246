"""The strict front door for XML: what is too large, too deep or too clever never reaches a reader."""

import re
from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from lxml import etree

from apps.kernel.problems import Problem

MAX_BYTES = 5 * 1024 * 1024
CHUNK_CHARACTERS = 64 * 1024
"""How much is parsed before the limits are looked at again: a document that breaks one is never built as a whole."""

_LIMITS = {
    "xml.depth": (100, gettext_lazy("Elements are nested more than {limit} deep.")),
    "xml.elements": (20_000, gettext_lazy("The model has more than {limit} elements.")),
    "xml.attributes": (100, gettext_lazy("An element has more than {limit} attributes.")),
    "xml.attribute_length": (64 * 1024, gettext_lazy("An attribute has more than {limit} characters.")),
    "xml.namespaces": (1000, gettext_lazy("More than {limit} namespaces.")),
}
_ENCODING = re.compile(rb"\A\s*<\?xml\b[^>]*?encoding\s*=\s*[\"']([A-Za-z0-9._-]+)[\"']", re.IGNORECASE)
_BYTE_ORDER = ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))
_SPELLINGS = {
    "utf-8": {"utf-8", "utf8", "us-ascii", "ascii"},
    "utf-16-le": {"utf-16", "utf-16le"},
    "utf-16-be": {"utf-16", "utf-16be"},
}


class Refused(Exception):
    """Carries the one problem for which the document was turned away."""

    def __init__(self, rule: str, message: str, element: str = "") -> None:
        super().__init__(message)
        self.problem = Problem(element, rule, message)


def open_document(xml: bytes) -> etree._Element:
    """The root element of a well-formed document within all limits. Raises Refused; fetches nothing, expands nothing."""
    if len(xml) > MAX_BYTES:
        raise Refused(
            "xml.size", _("The file has {size} bytes; at most {limit} are read.").format(size=len(xml), limit=MAX_BYTES)
        )
    text = _decoded(xml)
    if re.search(r"<!\s*(DOCTYPE|ENTITY)", text, re.IGNORECASE):
        raise Refused("xml.doctype", _("A document type or entity declaration is not allowed."))
    return _parsed(text.lstrip())


def _decoded(xml: bytes) -> str:
    encoding, body = next(((name, xml[len(mark) :]) for mark, name in _BYTE_ORDER if xml.startswith(mark)), ("utf-8", xml))
    declared = _ENCODING.match(body.decode(encoding, "replace")[:200].encode())
    if declared and declared[1].decode().lower() not in _SPELLINGS[encoding]:
        name = declared[1].decode()
        raise Refused("xml.encoding", _("The encoding {name} is not read; save the model as UTF-8.").format(name=name))
    try:
        text = body.decode(encoding)
    except UnicodeDecodeError as error:
        raise Refused("xml.encoding", _("Byte {offset} is not valid {name}.").format(offset=error.start, name=encoding)) from None
    if "\0" in text:  # UTF-16 or UTF-32 without its mark: the parser would recognise what the checks here did not read
        raise Refused("xml.encoding", _("The encoding {name} is not read; save the model as UTF-8.").format(name="UTF-16/32"))
    return text


def _parsed(text: str) -> etree._Element:
    """Parses piece by piece. The parser is told the encoding, so that no declaration and no guess can choose another."""
    parser = etree.XMLPullParser(
        events=("start-ns", "start", "end", "comment", "pi"),
        encoding="utf-8",
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        huge_tree=False,
    )
    limits = _Limits()
    failure: etree.XMLSyntaxError | None = None
    try:
        for start in range(0, len(text), CHUNK_CHARACTERS):
            parser.feed(text[start : start + CHUNK_CHARACTERS].encode())
            limits.require(parser.read_events())
        root = parser.close()
    except etree.XMLSyntaxError as error:
        failure = error
    limits.require(parser.read_events())
    if failure is not None:
        where = f"line {failure.lineno}" if failure.lineno else ""
        message = _("Not well-formed XML: {reason}").format(reason=(failure.msg or "empty document")[:300])
        raise Refused("xml.well_formed", message, where)
    if root.getroottree().docinfo.internalDTD is not None:
        raise Refused("xml.doctype", _("A document type or entity declaration is not allowed."))
    return root


class _Limits:
    """Counts what the parser has met so far; comments and processing instructions count as elements."""

    def __init__(self) -> None:
        self.depth = self.elements = 0
        self.namespaces: set[tuple[str, str]] = set()

    def require(self, events: Iterable[tuple[str, Any]]) -> None:
        """Raises Refused at the first event beyond a limit."""
        for event, met in events:
            if event == "start-ns":
                self.namespaces.add(met)
            elif event == "end":
                self.depth -= 1
            else:
                self.elements += 1
                _require("xml.elements", self.elements, met)
            if event == "start":
                self._start(met)

    def _start(self, node: etree._Element) -> None:
        self.depth += 1
        _require("xml.depth", self.depth, node)
        _require("xml.namespaces", len(self.namespaces), node)
        _require("xml.attributes", len(node.attrib), node)  # before the values: reading very many takes for ever
        _require("xml.attribute_length", max((len(value) for value in node.attrib.values()), default=0), node)


def _require(rule: str, count: int, node: etree._Element) -> None:
    limit, sentence = _LIMITS[rule]
    if count > limit:
        raise Refused(rule, sentence.format(limit=limit), node.get("id") or f"line {node.sourceline}")
