"""What the pages load: nothing inline, nothing from elsewhere, everything there."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
TEMPLATES = sorted((ROOT / "templates").rglob("*.html")) + sorted((ROOT / "apps").rglob("templates/**/*.html"))
MODULES = sorted((ROOT / "static" / "js").glob("*.js"))
VENDORED = sorted(path for path in (ROOT / "static" / "vendor").glob("*/*") if path.is_dir())


def test_there_is_something_to_look_at():
    assert TEMPLATES
    assert MODULES
    assert VENDORED


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: str(path.relative_to(ROOT)))
def test_templates_hold_no_inline_script_or_style(template):
    text = re.sub(r"\{#.*?#\}", "", template.read_text(encoding="utf-8"))

    for script in re.findall(r"<script\b[^>]*>", text):
        assert "src=" in script or "application/json" in script, script
    assert not re.search(r"<style\b", text)
    assert not re.search(r"<[^>]+\sstyle=", text)
    assert not re.search(r"<[^>]+\son[a-z]+=", text)
    assert "javascript:" not in text
    assert not re.search(r"(src|href)=[\"'](https?:)?//", text)


@pytest.mark.parametrize("module", MODULES, ids=lambda path: path.name)
def test_modules_import_what_is_there(module):
    for target in re.findall(r"from \"(\.[^\"]+)\"", module.read_text()):
        assert (module.parent / target).exists(), target


@pytest.mark.parametrize("module", MODULES, ids=lambda path: path.name)
def test_modules_never_write_markup(module):
    assert not re.search(r"\.innerHTML\s*=|insertAdjacentHTML|document\.write|\beval\(|new Function", module.read_text())


@pytest.mark.parametrize("folder", VENDORED, ids=lambda path: f"{path.parent.name}-{path.name}")
def test_vendored_builds_carry_their_licence_and_load_nothing_foreign(folder):
    assert (folder / "LICENSE").stat().st_size > 20
    for sheet in folder.glob("*.css"):
        text = sheet.read_text(encoding="utf-8")
        assert not re.search(r"url\([\"']?(https?:)?//", text)
        assert "@import" not in text
    for file in folder.rglob("*.*"):
        assert b"sourceMappingURL" not in file.read_bytes()


@pytest.mark.parametrize("folder", VENDORED, ids=lambda path: f"{path.parent.name}-{path.name}")
def test_vendored_modules_write_no_inline_styles(folder):
    for module in folder.glob("bpmn-*.js"):
        assert not re.search(r"""<\w[^<>]*\sstyle="[a-z-]+:""", module.read_text(encoding="utf-8")), module


def test_the_vendoring_script_names_the_versions_that_are_there():
    script = (ROOT / "tools" / "vendor_frontend.py").read_text()

    for folder in VENDORED:
        assert f'"{folder.name}"' in script


def test_behaviours_pass_their_own_tests():
    node = shutil.which("node")
    if node is None:
        pytest.skip("there is no node here; it is only needed for the tests of static/js")

    result = subprocess.run([node, "--test", "."], cwd=ROOT / "static" / "js", capture_output=True, text=True, timeout=280)

    assert result.returncode == 0, result.stdout[-4000:]
