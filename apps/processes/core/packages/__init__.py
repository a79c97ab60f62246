"""A package: processes with all that belongs to them in one signed file, of which the same content is always the same bytes.

A ZIP without compression, names in order, no dates: `manifest.json` names every other file with its SHA-256, `signature.json`
signs the manifest. What is read is written again and has to be the same to the last byte, so nothing can hide beside it.
"""

import hashlib
import io
import json
import re
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from apps.kernel.canonical import canonical_json
from apps.kernel.front_door import MAX_BYTES as MOST_OF_A_MODEL
from apps.processes.core.packages.signing import Signature, is_signed

FORMAT = "clearway-package/1"
MANIFEST, SIGNATURE = "manifest.json", "signature.json"
MODEL, TESTS, PARAMETERS = "model.bpmn", "tests.json", "parameters.json"
MOST_BYTES = 32 * 1024 * 1024
MOST_PROCESSES = 50

_KEY = r"[A-Za-z_][A-Za-z0-9_-]{0,59}"
_NAME = re.compile(rf"processes/({_KEY})/({MODEL}|{TESTS}|{PARAMETERS})".replace(".", r"\."))
_FACTS = {"key": str, "name_zh": str, "name_en": str, "line": str, "startable": bool, "version": int}
_LONGEST_TEXT = 120
_NO_DATE = (1980, 1, 1, 0, 0, 0)


class Damaged(Exception):
    """What was given is no package, or not one that can be trusted to say what it says. `place` is a name inside it."""

    def __init__(self, place: str, reason: str) -> None:
        super().__init__(place, reason)
        self.place, self.reason = place, reason


@dataclass(frozen=True)
class Packed:
    """One process: `tests` and `parameters` are JSON."""

    key: str
    name_zh: str
    name_en: str
    line: str
    startable: bool
    version: int
    model_xml: str
    tests: list[dict[str, Any]]
    parameters: dict[str, Any]


@dataclass(frozen=True)
class Package:
    processes: tuple[Packed, ...]
    signature: Signature
    digest: str


def manifest_of(processes: tuple[Packed, ...]) -> bytes:
    """What is signed."""
    facts = [{name: getattr(one, name) for name in _FACTS} for one in _in_order(processes)]
    digests = {name: hashlib.sha256(content).hexdigest() for name, content in _files(processes).items()}
    return _json({"format": FORMAT, "processes": facts, "files": digests})


def write_package(processes: tuple[Packed, ...], signature: Signature) -> bytes:
    """The file. The same processes and the same key make the same bytes."""
    signed = _json({"algorithm": "ed25519", "public_key": signature.public_key, "signature": signature.signature})
    return _zipped({MANIFEST: manifest_of(processes), SIGNATURE: signed, **_files(processes)})


def read_package(data: bytes) -> Package:
    """Raises Damaged for everything that is not to the last byte what `write_package` writes under its signature."""
    if len(data) > MOST_BYTES:
        raise Damaged("", _("The file has {size} bytes; at most {limit} are read.").format(size=len(data), limit=MOST_BYTES))
    files = _unzipped(data)
    manifest, signed = _object(MANIFEST, files.get(MANIFEST)), _object(SIGNATURE, files.get(SIGNATURE))
    if manifest.get("format") != FORMAT:
        raise Damaged(MANIFEST, _("This is no package of a kind that is read here."))
    signature = Signature(str(signed.get("public_key", "")), str(signed.get("signature", "")))
    if signed.get("algorithm") != "ed25519" or not is_signed(files[MANIFEST], signature):
        raise Damaged(SIGNATURE, _("The signature does not belong to this content."))
    processes = tuple(_packed(facts, files) for facts in _listed(manifest))
    if not _is_written(processes, signature, data):
        raise Damaged(MANIFEST, _("The package holds something that its manifest does not say."))
    return Package(processes, signature, hashlib.sha256(data).hexdigest())


def _is_written(processes: tuple[Packed, ...], signature: Signature, data: bytes) -> bool:
    try:
        return write_package(processes, signature) == data
    except (TypeError, ValueError, RecursionError):  # a value that has no canonical form
        return False


def _in_order(processes: tuple[Packed, ...]) -> list[Packed]:
    return sorted(processes, key=lambda one: one.key)


def _files(processes: tuple[Packed, ...]) -> dict[str, bytes]:
    found: dict[str, bytes] = {}
    for one in _in_order(processes):
        found[f"processes/{one.key}/{MODEL}"] = one.model_xml.encode()
        found[f"processes/{one.key}/{TESTS}"] = _json(sorted(one.tests, key=lambda test: str(test.get("name", ""))))
        found[f"processes/{one.key}/{PARAMETERS}"] = _json(one.parameters)
    return found


def _json(value: Any) -> bytes:
    return canonical_json(value).encode() + b"\n"


def _zipped(files: Mapping[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        for name in sorted(files):
            entry = zipfile.ZipInfo(name, _NO_DATE)
            entry.create_system, entry.external_attr = 3, 0o644 << 16
            archive.writestr(entry, files[name])
    return buffer.getvalue()


def _unzipped(data: bytes) -> dict[str, bytes]:
    """Nothing is unpacked that is compressed, has another name than it may have, or says that it is larger than the file."""
    found: dict[str, bytes] = {}
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = archive.infolist()
            if len(entries) > 3 * MOST_PROCESSES + 2:
                raise Damaged("", _("More than {limit} processes.").format(limit=MOST_PROCESSES))
            for entry in entries:
                _require_plain(entry, found, len(data))
                found[entry.filename] = archive.read(entry)
    except (zipfile.BadZipFile, NotImplementedError, EOFError, OSError, ValueError, RuntimeError) as fault:
        raise Damaged("", _("This is no package: {reason}").format(reason=str(fault)[:200])) from fault
    return found


def _require_plain(entry: zipfile.ZipInfo, found: Mapping[str, bytes], size: int) -> None:
    name = entry.filename[:200]
    if entry.filename not in (MANIFEST, SIGNATURE) and not _NAME.fullmatch(entry.filename):
        raise Damaged(name, _("A package has no file of this name."))
    if entry.filename in found:
        raise Damaged(name, _("The same name twice."))
    if entry.compress_type != zipfile.ZIP_STORED or entry.file_size > size or entry.flag_bits & 1:
        raise Damaged(name, _("Files in a package are neither compressed nor encrypted."))
    if entry.file_size > MOST_OF_A_MODEL:
        raise Damaged(
            name, _("The file has {size} bytes; at most {limit} are read.").format(size=entry.file_size, limit=MOST_OF_A_MODEL)
        )


def _object(name: str, content: bytes | None) -> dict[str, Any]:
    value = _value(name, content)
    if not isinstance(value, dict):
        raise Damaged(name, _("This is not what is written here."))
    return value


def _value(name: str, content: bytes | None) -> Any:
    if content is None:
        raise Damaged(name, _("The file is missing."))
    try:
        return json.loads(content, parse_float=str)
    except (ValueError, RecursionError) as fault:
        raise Damaged(name, _("This is not what is written here.")) from fault


def _listed(manifest: dict[str, Any]) -> list[dict[str, Any]]:
    listed = manifest.get("processes")
    if not isinstance(listed, list) or not listed or not all(isinstance(one, dict) and _is_said(one) for one in listed):
        raise Damaged(MANIFEST, _("This is not what is written here."))
    if len({one["key"] for one in listed}) != len(listed):
        raise Damaged(MANIFEST, _("The same name twice."))
    return listed


def _is_said(facts: dict[str, Any]) -> bool:
    texts = [facts.get(name) for name, kind in _FACTS.items() if kind is str]
    fits = facts.keys() == _FACTS.keys() and all(type(facts[name]) is kind for name, kind in _FACTS.items())
    return fits and all(text and len(str(text)) <= _LONGEST_TEXT for text in texts) and bool(re.fullmatch(_KEY, facts["key"]))


def _packed(facts: dict[str, Any], files: Mapping[str, bytes]) -> Packed:
    names = {part: f"processes/{facts['key']}/{part}" for part in (MODEL, TESTS, PARAMETERS)}
    model = files.get(names[MODEL])
    if model is None:
        raise Damaged(names[MODEL], _("The file is missing."))
    tests = _value(names[TESTS], files.get(names[TESTS]))
    if not isinstance(tests, list) or not all(isinstance(test, dict) for test in tests):
        raise Damaged(names[TESTS], _("This is not what is written here."))
    try:
        text = model.decode()
    except UnicodeDecodeError as fault:
        raise Damaged(names[MODEL], _("The file is not UTF-8 text.")) from fault
    return Packed(**facts, model_xml=text, tests=tests, parameters=_object(names[PARAMETERS], files.get(names[PARAMETERS])))
