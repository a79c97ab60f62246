"""How long variants of large templates and packages of large processes take. Goals: 1 second, 30 seconds, 2 seconds.

python -m bench.definitions [--steps 200]

A process is made from a template of so many steps; the template goes on and the process has something of its own, and what it
would take over is shown with ten tests of the template played and ten of its own; five such processes are packed, and
what the package would change here is told. The database is one of its own, in memory unless the environment names another
server, and is gone afterwards.
"""

import argparse
import os
import statistics
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
TESTS, PACKED, REPEATS = 10, 5, 5


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--steps", type=int, default=200)
    options = parser.parse_args()
    os.environ["DJANGO_SETTINGS_MODULE"] = "clearway.settings.embedded"
    sys.path[:0] = [str(ROOT / "platform"), str(ROOT)]
    import django

    django.setup()
    from django.db import connection

    connection.creation.create_test_db(verbosity=0)
    try:
        _measure_all(options.steps)
    finally:
        connection.creation.destroy_test_db(str(connection.settings_dict["NAME"]), verbosity=0)


def _measure_all(steps: int) -> None:
    from apps.processes import actions
    from apps.processes.selectors.variants import rebase_for
    from tests.factories.people import make_user
    from tests.factories.processes import cast, in_force

    line, author, approver = cast()
    keeper = make_user("keeper", superuser=True)
    facts = {"key": "t", "name_zh": "模板", "name_en": "Template", "description": "", "model_xml": _model("T", steps)}
    template = actions.save_template(facts=facts, tests=_tests("of the template", steps), actor=keeper)
    keys = iter(f"V{number}" for number in range(REPEATS))

    def made() -> object:
        names = {"key": next(keys), "name_zh": "变体", "name_en": "Variant"}
        return actions.create_process_from_template(**names, line_id=line.pk, template_key="t", actor=author)

    _tell(f"process made from a template of {steps} steps", made)

    for test in _tests("of its own", steps):
        actions.save_test(process_key="V0", test=test, actor=author)
    own = in_force(_process("V0"), author, approver, _model("V0", steps, s7="own"))
    facts["model_xml"] = _model("T", steps, **{f"s{number}": "newer" for number in range(20, 60)})
    actions.save_template(facts=facts, template_id=template.pk, seen=1, tests=_tests("of the template", steps), actor=keeper)

    def shown() -> object:
        found = rebase_for(author, own.process.key, {})
        assert len(found.base_tests) == len(found.own_tests) - TESTS == TESTS
        return found

    _tell(f"what it would take over, {2 * TESTS} tests played", shown)
    _measure_package(steps)


def _measure_package(steps: int) -> None:
    from apps.people.models import User
    from apps.processes.core.packages import manifest_of, read_package, write_package
    from apps.processes.core.packages.signing import signed
    from apps.processes.selectors.packages import items_of, packaged

    author = User.objects.get(username="author")
    keys = [f"V{number}" for number in range(PACKED)]
    opened = read_package(packaged(author, keys))
    others = tuple(replace(one, model_xml=_model(one.key, steps, s3="theirs")) for one in opened.processes)
    content = write_package(others, signed(manifest_of(others), b"another installation, 32 bytes!!"))

    def told() -> object:
        found = items_of(author, read_package(content))
        assert all(item.sentences for item in found)
        return found

    _tell(f"package of {PACKED} processes: signature and differences", told)


def _model(key: str, steps: int, **renamed: str) -> str:
    from tests.factories.processes import document, elements, flows

    names = [f"s{number}" for number in range(steps)]
    body = elements("start:s " + " ".join(f"manual:{name}" for name in names) + " end:e") + flows(["s", *names, "e"])
    for name, new in renamed.items():
        body = body.replace(f'id="{name}" name="{name}"', f'id="{name}" name="{new}"')
    return document(body, key).decode()


def _tests(whose: str, steps: int) -> list[dict[str, object]]:
    expected = {"path": [f"s{number}" for number in range(steps)]}
    return [{"name": f"{number} {whose}", "expected": expected} for number in range(TESTS)]


def _process(key: str) -> Any:
    from apps.processes.models import Process

    return Process.objects.get(key=key)


def _tell(name: str, work: Callable[[], object]) -> None:
    """The median and the slowest of some turns, in milliseconds."""
    seconds = []
    for _ in range(REPEATS):
        began = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - began)
    print(f"{name:52} {statistics.median(seconds) * 1000:8.0f} ms, slowest {max(seconds) * 1000:8.0f} ms")


if __name__ == "__main__":
    main()
