"""The house stands as the architecture says."""

import platform
import re
from pathlib import Path

from apps.desk.states import LOOKS
from apps.desk.templatetags.desk import SPRITE

ROOT = Path(__file__).resolve().parents[2]


def test_pythons_own_platform_module_is_not_shadowed():
    assert platform.system()
    assert not (ROOT / "platform" / "__init__.py").exists()


def test_every_icon_that_a_page_names_is_in_the_sprite():
    sprite = (ROOT / "static" / SPRITE).read_text(encoding="utf-8")
    drawn = set(re.findall(r'<symbol id="([^"]+)"', sprite))
    pages = [page.read_text(encoding="utf-8") for page in (ROOT / "templates").rglob("*.html")]
    named = {name for page in pages for name in re.findall(r'{% icon "([^"]+)"', page)} | {look.icon for look in LOOKS.values()}

    assert len(named) > 50
    assert named - drawn == set()
