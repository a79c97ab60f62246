"""The front door of XML: nothing is fetched, nothing expands, no encoding hides a declaration, and size costs little."""

import codecs
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from apps.kernel.front_door import MAX_BYTES, Refused, open_document

ROOT = Path(__file__).resolve().parents[2]
HEAD = '<?xml version="1.0"?>'
ENTITY = '<!DOCTYPE a [<!ENTITY x "y">]><a>&x;</a>'
SHIFTED = '+ADwAIQ-DOCTYPE a [+ADwAIQ-ENTITY x "y"+AD4]+AD4<a>+ACY-x;</a>'


@pytest.fixture
def outside(tmp_path: Path) -> Iterator[tuple[str, str]]:
    """The addresses of a file and of a server; fails the test when anybody opened the one or called the other."""
    pipe = tmp_path / "secret"
    os.mkfifo(pipe)  # who opens it for reading lets a writer in
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0)
        yield pipe.as_uri(), f"http://127.0.0.1:{server.getsockname()[1]}/x"
        with pytest.raises(BlockingIOError):
            server.accept()
    with pytest.raises(OSError, match="No such device or address"):
        os.open(pipe, os.O_WRONLY | os.O_NONBLOCK)


def rule_of(xml: bytes) -> str:
    with pytest.raises(Refused) as refused:
        open_document(xml)
    return refused.value.problem.rule


DECLARED = {
    "entity": '<!DOCTYPE a [<!ENTITY x SYSTEM "{at}">]><a>&x;</a>',
    "in an attribute": '<!DOCTYPE a [<!ENTITY x "y">]><a b="&x;"/>',
    "public": '<!DOCTYPE a PUBLIC "-//W3C//DTD XHTML 1.0//EN" "{at}"><a/>',
    "external schema": '<!DOCTYPE a SYSTEM "{at}"><a/>',
    "parameter entity": '<!DOCTYPE a [<!ENTITY % p SYSTEM "{at}">%p;]><a/>',
    "told outside": '<!DOCTYPE a [<!ENTITY % f "x"><!ENTITY % p "<!ENTITY &#37; q SYSTEM \'{at}?%f;\'>">%p;%q;]><a/>',
    "bomb": '<!DOCTYPE a [<!ENTITY b "bb"><!ENTITY c "&b;&b;&b;&b;"><!ENTITY d "&c;&c;&c;&c;">]><a>&d;</a>',
    "square": '<!DOCTYPE a [<!ENTITY b "' + "b" * 50_000 + '">]><a>' + "&b;" * 50_000 + "</a>",
    "itself": '<!DOCTYPE a [<!ENTITY b "&c;"><!ENTITY c "&b;">]><a>&b;</a>',
    "unparsed": '<!DOCTYPE a [<!NOTATION n SYSTEM "{at}"><!ENTITY x SYSTEM "{at}" NDATA n>]><a/>',
    "defaults": "<!DOCTYPE a [<!ATTLIST a isExecutable CDATA 'true'>]><a/>",
    "lower case": '<!doctype a SYSTEM "{at}"><a/>',
    "after a comment": '<!-- > --><!DOCTYPE a SYSTEM "{at}"><a/>',
    "after a stylesheet": '<?xml-stylesheet href="{at}"?><!DOCTYPE a SYSTEM "{at}"><a/>',
}


@pytest.mark.parametrize("payload", DECLARED.values(), ids=DECLARED)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_a_declaration_of_types_or_entities_is_refused_and_fetches_nothing(outside, payload, encoding):
    for address in outside:
        assert rule_of((HEAD + payload.replace("{at}", address)).encode(encoding)) == "xml.doctype"


HIDDEN = {
    "UTF-16 without a mark": (HEAD + ENTITY).encode("utf-16-le"),
    "UTF-16 the other way": (HEAD + ENTITY).encode("utf-16-be"),
    "UTF-16 without a head": ENTITY.encode("utf-16-le"),
    "UTF-32": (HEAD + ENTITY).encode("utf-32-le"),
    "UTF-32 the other way": (HEAD + ENTITY).encode("utf-32-be"),
    "UTF-32 with its mark": (HEAD + ENTITY).encode("utf-32"),
    "EBCDIC": (HEAD + ENTITY).encode("cp037"),
    "UTF-7": b'<?xml version="1.0" encoding="UTF-7"?>' + SHIFTED.encode(),
    "UTF-7 in quotes of the other kind": b"<?xml version='1.0' encoding = 'utf-7'?>" + SHIFTED.encode(),
    "UTF-7 said late": b'<?xml version="1.0"' + b" " * 300 + b'encoding="utf-7"?>' + SHIFTED.encode(),
    "UTF-7 said twice": f'{HEAD}<?xml version="1.0" encoding="utf-7"?>{SHIFTED}'.encode(),
    "UTF-7 behind a mark": codecs.BOM_UTF8 + b'<?xml version="1.0" encoding="utf-7"?>' + SHIFTED.encode(),
    "UTF-16 behind UTF-8": HEAD.encode() + (HEAD + ENTITY).encode("utf-16-le"),
    "UTF-16 said of UTF-8": b'<?xml version="1.0" encoding="utf-16"?>' + ENTITY.replace("!", "").encode(),
    "two marks": codecs.BOM_UTF16_LE + codecs.BOM_UTF16_BE + (HEAD + ENTITY).encode("utf-16-be"),
    "a foreign page": b'<?xml version="1.0" encoding="gb18030"?><a/>',
    "an invented one": b'<?xml version="1.0" encoding="x-none"?><a/>',
    "half a character": b"<a>\xc3</a>",
    "too long a character": b"<a>\xc0\xbc!DOCTYPE a\xc0\xbe</a>",
    "a half pair": codecs.BOM_UTF16_LE + b"<\0a\0>\0\0\xd8<\0/\0a\0>\0",
}


@pytest.mark.parametrize("xml", HIDDEN.values(), ids=HIDDEN)
def test_no_encoding_smuggles_a_declaration_past_the_check(xml):
    assert rule_of(xml) in {"xml.encoding", "xml.doctype", "xml.well_formed"}


def test_what_looks_like_another_encoding_inside_stays_text():
    late = b'<?xml version="1.0"' + b" " * 300 + b'encoding="utf-7"?><a b="+ADwAIQ-ENTITY+AD4"/>'

    assert open_document(late).get("b") == "+ADwAIQ-ENTITY+AD4"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_a_model_is_read_in_each_encoding_that_is_offered(encoding):
    head = f'<?xml version="1.0" encoding="{encoding.removesuffix("-sig")}"?>'

    assert open_document(f'\n{head}<a b="清算"/>'.encode(encoding)).get("b") == "清算"


def test_including_and_styling_fetch_nothing(outside):
    file, server = outside
    places = " ".join(f'<i:include xmlns:i="http://www.w3.org/2001/XInclude" href="{at}" parse="text"/>' for at in outside)
    schema = f'xmlns:s="http://www.w3.org/2001/XMLSchema-instance" s:schemaLocation="urn:x {server} urn:y {file}"'
    styled = f'<?xml-stylesheet type="text/xsl" href="{server}"?><?xml-model href="{file}"?>'

    root = open_document(f"{HEAD}{styled}<a {schema} xml:base='{server}'>{places}</a>".encode())

    assert len(root) == 2
    assert root.xpath("normalize-space()") == ""


def many(count: int, piece: str, begin: str = "<a ", end: str = "/>") -> bytes:
    """The piece as often as said, # numbered, between begin and end."""
    return (begin + "".join(piece.replace("#", str(number)) for number in range(count)) + end).encode()


LARGE = {
    "a byte too many": ("xml.size", b" " * (MAX_BYTES + 1)),
    "fifty megabytes": ("xml.size", b"<a>" + b"x" * 50_000_000 + b"</a>"),
    "deep": ("xml.depth", b"<a>" * 1_000_000),
    "one too deep": ("xml.depth", b"<a>" * 101 + b"</a>" * 101),
    "elements": ("xml.elements", b"<a>" + b"<b/>" * 1_200_000 + b"</a>"),
    "one element too many": ("xml.elements", b"<a>" + b"<b/>" * 20_000 + b"</a>"),
    "comments": ("xml.elements", b"<a>" + b"<!---->" * 700_000 + b"</a>"),
    "instructions": ("xml.elements", b"<a>" + b"<?b?>" * 1_000_000 + b"</a>"),
    "attributes": ("xml.attributes", many(350_000, 'b#="" ')),
    "one attribute too many": ("xml.attributes", many(101, 'b#="" ')),
    "a long attribute": ("xml.attribute_length", b'<a b="' + b"x" * (MAX_BYTES - 20) + b'"/>'),
    "namespaces": ("xml.namespaces", many(150_000, 'xmlns:b#="u#" ')),
    "one namespace under many names": ("xml.namespaces", many(200_000, 'xmlns:b#="u" ')),
    "namespaces here and there": ("xml.namespaces", many(1_100, '<b xmlns="u#"/>', "<a>", "</a>")),
    "an attribute twice": ("xml.well_formed", b'<a b="1" b="2"/>'),
    "a long name": ("xml.well_formed", b"<" + b"a" * (MAX_BYTES - 10) + b"/>"),
    "within all limits": ("", many(990, 'xmlns:b#="u#" ', end=">") + many(19_000, '<b1:c b2:d="" b3:e=""/>', "", "</a>")),
    "as deep as allowed": ("", b"<a>" * 100 + b"</a>" * 100),
    "one long text": ("", b"<a>" + b"x" * (MAX_BYTES - 7) + b"</a>"),
}
CPU_SECONDS = 60
MEMORY = 512 * 1024 * 1024


@pytest.mark.parametrize("name", LARGE)
def test_a_document_beyond_a_limit_is_refused_by_it(name):
    rule, xml = LARGE[name]

    if rule:
        assert rule_of(xml) == rule
    else:
        assert open_document(xml).tag == "a"


def test_the_largest_documents_together_fit_into_a_small_process():
    """A start tag of 350,000 attributes once took minutes; this process would be killed long before."""
    program = (
        "import resource, django; django.setup()\n"
        "from tests.kernel.test_front_door import LARGE, CPU_SECONDS, MEMORY\n"
        "from apps.kernel.front_door import Refused, open_document\n"
        "used = int(open('/proc/self/statm').read().split()[0]) * resource.getpagesize()\n"
        "resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))\n"
        "resource.setrlimit(resource.RLIMIT_AS, (used + MEMORY, used + MEMORY))\n"
        "for rule, xml in LARGE.values():\n"
        "    try:\n"
        "        open_document(xml)\n"
        "    except Refused as refused:\n"
        "        assert refused.problem.rule == rule, rule\n"
        "    else:\n"
        "        assert not rule, rule\n"
        "print('all')\n"
    )
    environment = {**os.environ, "PYTHONPATH": f"{ROOT / 'platform'}:{ROOT}"}
    environment["DJANGO_SETTINGS_MODULE"] = "clearway.settings.embedded"

    ran = subprocess.run([sys.executable, "-c", program], cwd=ROOT, env=environment, capture_output=True, text=True, check=False)

    assert (ran.returncode, ran.stdout) == (0, "all\n"), ran.stderr


@given(st.text(max_size=60), st.sampled_from(["utf-8", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-7", "gb18030"]))
@settings(max_examples=200)
def test_no_document_that_opens_has_a_declaration(text, encoding):
    for xml in (HEAD + text + ENTITY, text + ENTITY, HEAD + ENTITY + text):
        try:
            root = open_document(xml.encode(encoding, "replace"))
        except Refused:
            continue
        assert root.getroottree().docinfo.internalDTD is None
        assert "&x;" not in etree.tostring(root, encoding="unicode")
