"""Models and names as this reader's language has them. Kept by version."""

from functools import lru_cache

from django.utils.translation import get_language
from lxml import etree

from apps.kernel.front_door import open_document
from apps.processes.core.vocabulary import BPMN, CLEARWAY
from apps.processes.models import ProcessVersion

ENGLISH_NAME = f"{{{CLEARWAY}}}nameEn"
KEPT_MODELS = 128


def names_for_reader(version_id: int, digest: str) -> dict[str, str]:
    """Element id to its English name, for readers of English; others read the names as they are. Cached by version."""
    return _english_names(version_id, digest) if _is_english() else {}


def model_for_reader(version_id: int, digest: str) -> bytes:
    """The model's XML with names in the reader's language. Cached by version."""
    return _model(version_id, digest, _is_english())


def _is_english() -> bool:
    return (get_language() or "").startswith("en")


@lru_cache(maxsize=KEPT_MODELS)
def _english_names(version_id: int, digest: str) -> dict[str, str]:
    xml = _xml_of(version_id)
    named = [element for element in open_document(xml).iter(f"{{{BPMN}}}*") if element.get(ENGLISH_NAME)] if xml else []
    return {element.get("id", ""): element.get(ENGLISH_NAME, "") for element in named}


@lru_cache(maxsize=KEPT_MODELS)
def _model(version_id: int, digest: str, in_english: bool) -> bytes:
    return _in_english(_xml_of(version_id)) if in_english else _xml_of(version_id)


def in_readers_language(xml: bytes) -> bytes:
    """A model with the names that its diagram shows to this reader."""
    return _in_english(xml) if _is_english() else xml


def _in_english(xml: bytes) -> bytes:
    if not xml:
        return xml
    root = open_document(xml)
    for element in root.iter(f"{{{BPMN}}}*"):
        if english := element.get(ENGLISH_NAME):
            element.set("name", english)
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8")


def _xml_of(version_id: int) -> bytes:
    return ProcessVersion.objects.values_list("model_xml", flat=True).get(pk=version_id).encode()
