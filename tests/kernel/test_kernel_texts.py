import re
from pathlib import Path

import polib
import pytest
from django.utils import translation

from apps.kernel import feel

ROOT = Path(__file__).parents[2]
CATALOGUE = ROOT / "apps/kernel/locale/zh_Hans/LC_MESSAGES/django.po"


def test_every_sentence_of_the_kernel_is_in_the_chinese_catalogue():
    sources = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "apps/kernel").rglob("*.py"))
    sentences = set(re.findall(r'\b_\(\s*"([^"]+)"', sources))
    catalogue = {entry.msgid for entry in polib.pofile(CATALOGUE)}

    assert sentences
    assert sentences - catalogue == set()


def test_a_refusal_is_said_in_chinese_to_who_reads_chinese():
    with translation.override("zh-hans"), pytest.raises(feel.FeelError) as refusal:
        feel.evaluate("1 + ", {})

    with translation.override("zh-hans"):
        assert str(refusal.value) == "第 1 行第 5 列：表达式不完整。"
