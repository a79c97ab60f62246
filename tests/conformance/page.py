"""The page that says which elements of BPMN 2.0 are executed: written from what the models of this folder did."""

from collections.abc import Iterator

from django.utils import translation

from tests.conformance import cases, events
from tests.conformance.parts import Case, verdict_of

SECTIONS: list[tuple[str, list[Case]]] = [
    ("Tasks", cases.TASKS),
    ("Gateways and flows", cases.GATEWAYS),
    ("Repetition", cases.LOOPS),
    ("Sub-processes", cases.SUB_PROCESSES),
    ("Start events", events.STARTS),
    ("Intermediate events that catch", events.CATCHES),
    ("Intermediate events that throw", events.THROWS),
    ("Boundary events", events.BOUNDARIES),
    ("End events", events.ENDS),
    ("How they work together", events.TOGETHER),
    ("Data, lanes, pools and notes", cases.DATA),
    ("Not executed", cases.REFUSED),
]


def conformance() -> Iterator[str]:
    """The lines of the page. Each row is a model that was read and rehearsed just now."""
    verdicts = {}
    with translation.override("en"):
        for _, group in SECTIONS:
            verdicts.update({id(case): verdict_of(case) for case in group})
    count = sum(verdict.word == "executed" for verdict in verdicts.values())
    yield "# BPMN 2.0: what is executed"
    yield (
        "Each row is a small model in `tests/conformance`, read and rehearsed when this page was written. *Executed*: the steps "
        "came in the order that the standard asks for and the variables held what they must. *Refused*: the model is not "
        f"accepted, and the message says why. {count} models are executed, {len(verdicts) - count} are refused.\n"
    )
    for title, group in SECTIONS:
        yield f"\n## {title}\n| Element | What it does | Result |\n|---|---|---|"
        for case in group:
            verdict = verdicts[id(case)]
            said = f"{verdict.word}: {verdict.message} (`{verdict.detail}`)" if verdict.word != "executed" else "executed"
            yield f"| `{case.element}` | {case.says} | {said.replace('|', '/')} |"
