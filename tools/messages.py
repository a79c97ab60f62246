"""Texts and their Chinese: `tools/messages.py --check | --compile | --missing APP`. Needs polib, not gettext.

A text belongs to the app whose Python code or whose templates (`templates/<app>/`) use it; `templates/base.html` and
`templates/errors/` count to desk, the texts of `platform/` to people. A text that another app already translates the same
way need not be repeated: Django merges all catalogues into one.
"""

import argparse
import ast
import os
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import polib

ROOT = Path(__file__).resolve().parents[1]
LANGUAGE = "zh_Hans"
SIMPLE = {"gettext", "gettext_lazy", "gettext_noop", "_"}
PLURAL = {"ngettext", "ngettext_lazy"}
CONTEXT = {"pgettext", "pgettext_lazy"}
CONTEXT_PLURAL = {"npgettext", "npgettext_lazy"}
PLACEHOLDER = re.compile(r"%\((\w+)\)[sd]|(?<!\{)\{(\w*)\}(?!\})")

Key = tuple[str | None, str]
"""(context, text)."""


@dataclass
class Report:
    """What an app lacks."""

    app: str
    missing: list[Key] = field(default_factory=list)
    fuzzy: list[Key] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)
    stale: bool = False

    def __bool__(self) -> bool:
        return bool(self.missing or self.fuzzy or self.broken or self.stale)

    def __str__(self) -> str:
        lines = [f"{self.app}: {len(self.missing)} missing, {len(self.fuzzy)} fuzzy, {len(self.broken)} broken"]
        if self.stale:
            lines.append("  the .mo file is not the compiled .po: run tools/messages.py --compile")
        lines += [f"  missing {text!r}" + (f" (context {context!r})" if context else "") for context, text in self.missing]
        lines += [f"  fuzzy {text!r}" for _, text in self.fuzzy]
        return "\n".join(lines + [f"  {text}" for text in self.broken])


def apps() -> list[str]:
    return sorted(path.parent.name for path in (ROOT / "apps").glob("*/__init__.py"))


def catalogue(app: str) -> Path:
    return ROOT / "apps" / app / "locale" / LANGUAGE / "LC_MESSAGES" / "django.po"


def texts_of(app: str) -> set[Key]:
    """Every text of an app that has to be translated."""
    found: set[Key] = set()
    for path in (ROOT / "apps" / app).rglob("*.py"):
        if "migrations" not in path.parts:
            found.update(python_texts(path.read_text(encoding="utf-8")))
    folders = [ROOT / "templates" / app, ROOT / "apps" / app / "templates"]
    templates = [path for folder in folders for path in folder.rglob("*") if path.is_file()]
    if app == "desk":
        templates += [*(ROOT / "templates").glob("*.html"), *(ROOT / "templates" / "errors").rglob("*.html")]
    if app == "people":
        templates += (ROOT / "templates" / "registration").rglob("*.html")
        for path in (ROOT / "platform").rglob("*.py"):
            found.update(python_texts(path.read_text(encoding="utf-8")))
    for path in templates:
        found.update(template_texts(path.read_text(encoding="utf-8"), str(path)))
    return {(context, text) for context, text in found if text.strip()}


def python_texts(source: str) -> Iterator[Key]:
    """Texts in calls of gettext and its kin, under whatever name they were imported."""
    tree = ast.parse(source)
    names: dict[str, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module == "django.utils.translation":
            names.update({alias.asname or alias.name: alias.name for alias in node.names})
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            yield from _texts_of_call(node, names)


def _texts_of_call(node: ast.Call, names: dict[str, str]) -> Iterator[Key]:
    if isinstance(node.func, ast.Name):
        function = names.get(node.func.id, "")
    elif isinstance(node.func, ast.Attribute) and isinstance(node.func.value, ast.Name):
        function = node.func.attr if names.get(node.func.value.id) or node.func.value.id == "translation" else ""
    else:
        return
    texts = [argument.value if isinstance(argument, ast.Constant) else None for argument in node.args]
    if function in SIMPLE | PLURAL and texts and isinstance(texts[0], str):
        yield None, texts[0]
    elif function in CONTEXT | CONTEXT_PLURAL and len(texts) > 1 and isinstance(texts[1], str):
        yield str(texts[0]), texts[1]


def template_texts(source: str, origin: str) -> Iterator[Key]:
    """Texts in translate and blocktranslate tags, by Django's own extraction."""
    from django.utils.translation.template import templatize

    code = templatize(source, origin=origin)
    names = {name: name for name in SIMPLE | PLURAL | CONTEXT | CONTEXT_PLURAL}
    for call in re.finditer(r"\b(_|gettext|ngettext|pgettext|npgettext)\(", code):
        node = _call_at(code, call.start())
        if node is not None:
            # templatize doubles percent signs exactly as the template engine looks texts up
            yield from _texts_of_call(node, names)


def _call_at(code: str, start: int) -> ast.Call | None:
    """The call that begins at `start`; the extraction leaves other text around it that is not Python."""
    end = start
    while (end := code.find(")", end + 1)) != -1:
        try:
            node = ast.parse(code[start : end + 1], mode="eval").body
        except (SyntaxError, ValueError):
            continue
        return node if isinstance(node, ast.Call) else None
    return None


def known_everywhere() -> dict[Key, str]:
    """Every translation of every app, and Django's own."""
    found: dict[Key, str] = {}
    for app in apps():
        if catalogue(app).exists():
            found.update({(entry.msgctxt, entry.msgid): _translation(entry) for entry in _po(app) if _translation(entry)})
    return found


def said_differently() -> list[str]:
    """Texts that two apps translate in two ways: all catalogues are one, so that one of them is wrong on the other's pages."""
    said: dict[Key, dict[str, list[str]]] = {}
    for app in apps():
        for entry in _po(app) if catalogue(app).exists() else ():
            if _translation(entry):
                said.setdefault((entry.msgctxt, entry.msgid), {}).setdefault(_translation(entry), []).append(app)
    return [f"{text!r} is {ways}: one translation, or a context for each" for (_, text), ways in said.items() if len(ways) > 1]


def check(app: str, everywhere: dict[Key, str]) -> Report:
    """What the app lacks: translations, agreement of placeholders, a compiled catalogue that equals the written one."""
    report = Report(app)
    wanted = texts_of(app)
    own = {(entry.msgctxt, entry.msgid): entry for entry in _po(app)} if catalogue(app).exists() else {}
    for key in sorted(wanted, key=lambda key: (key[1], key[0] or "")):
        if key in own and own[key].fuzzy:
            report.fuzzy.append(key)
        elif not everywhere.get(key):
            report.missing.append(key)
    for entry in own.values():
        report.broken += _disagreements(entry)
    compiled = catalogue(app).with_suffix(".mo")
    if own:
        report.stale = not compiled.exists() or _mo_texts(compiled) != _po_texts(app)
    return report


def compile_all() -> list[str]:
    """Writes every .mo anew where it differs; the apps that changed."""
    changed = []
    for app in apps():
        if catalogue(app).exists():
            compiled = catalogue(app).with_suffix(".mo")
            if not compiled.exists() or _mo_texts(compiled) != _po_texts(app):
                _po(app).save_as_mofile(str(compiled))
                changed.append(app)
    return changed


def _po(app: str) -> Any:
    return polib.pofile(str(catalogue(app)))


def _translation(entry: Any) -> str:
    return str(entry.msgstr or (entry.msgstr_plural or {}).get(0, ""))


def _po_texts(app: str) -> dict[Key, str]:
    return {(e.msgctxt, e.msgid): _translation(e) for e in _po(app) if not e.obsolete and not e.fuzzy and _translation(e)}


def _mo_texts(path: Path) -> dict[Key, str]:
    return {(entry.msgctxt, entry.msgid): _translation(entry) for entry in polib.mofile(str(path))}


def _disagreements(entry: Any) -> list[str]:
    said = {name for pair in PLACEHOLDER.findall(entry.msgid + (entry.msgid_plural or "")) for name in pair if name}
    meant = {name for pair in PLACEHOLDER.findall(_translation(entry)) for name in pair if name}
    if _translation(entry) and not meant <= said:
        return [f"{entry.msgid!r}: the translation names {sorted(meant - said)}, which the text does not have"]
    return []


def write_missing(app: str) -> int:
    """Adds the missing texts, empty, to the app's catalogue; how many."""
    report = check(app, known_everywhere())
    path = catalogue(app)
    path.parent.mkdir(parents=True, exist_ok=True)
    po = polib.pofile(str(path)) if path.exists() else polib.POFile(wrapwidth=120)
    if not po.metadata:
        po.metadata = {"Content-Type": "text/plain; charset=UTF-8", "Language": LANGUAGE, "Plural-Forms": "nplurals=1; plural=0;"}
    present = {(entry.msgctxt, entry.msgid) for entry in po}
    added = [key for key in report.missing if key not in present]
    po.extend(polib.POEntry(msgctxt=context, msgid=text) for context, text in added)
    po.save(str(path))
    return len(added)


def main() -> int:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "clearway.settings.embedded")
    sys.path[:0] = [str(ROOT / "platform"), str(ROOT)]
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("--check", action="store_true", help="say what each app lacks; exit 1 when anything is")
    what.add_argument("--compile", action="store_true", help="write the .mo files")
    what.add_argument("--missing", metavar="APP", help="add the app's missing texts, empty, to its .po")
    asked = parser.parse_args()
    if asked.compile:
        print("compiled:", ", ".join(compile_all()) or "nothing to do")
        return 0
    if asked.missing:
        print(write_missing(asked.missing), "texts added to", catalogue(asked.missing))
        return 0
    everywhere = known_everywhere()
    reports = [report for app in apps() if (report := check(app, everywhere))]
    differing = said_differently()
    for line in [*reports, *differing]:
        print(line)
    return 1 if reports or differing else 0


if __name__ == "__main__":
    raise SystemExit(main())
