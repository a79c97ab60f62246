"""Whether the calls of a process end: no process may call itself, by however many others, and none may call too deep."""

from collections.abc import Callable, Iterator

from django.utils.translation import gettext as _

from apps.processes.core.plan import NodeKind, Plan
from apps.processes.core.problems import Problem

MAX_DEPTH = 20

Called = Callable[[str], Plan | None]
"""The plan in force of the process with this id, None when there is none."""


def check_calls(plan: Plan, called: Called, *, limit: int = MAX_DEPTH) -> Iterator[Problem]:
    """A problem at each call activity from which a chain of calls comes back to a process of the chain, or is too long."""
    chains = _Chains(plan, called, limit)
    for node in plan.nodes.values():
        if node.kind is not NodeKind.CALL_ACTIVITY or not node.called_process:
            continue
        chain = chains.worst(node.called_process, (plan.process_id,))
        path = " → ".join(chain)
        if chain[-1] in chain[:-1]:
            yield Problem(
                node.id, "calls.cycle", _("The calls come back to a process that is still at work: {path}.").format(path=path)
            )
        elif len(chain) > limit:
            message = _("The calls are nested deeper than {limit}: {path}.")
            yield Problem(node.id, "calls.too_deep", message.format(limit=limit, path=path))


class _Chains:
    def __init__(self, plan: Plan, called: Called, limit: int) -> None:
        self.called, self.limit = called, limit
        self.calls = {plan.process_id: _calls_of(plan)}
        self.longest: dict[str, tuple[str, ...]] = {}

    def worst(self, process: str, before: tuple[str, ...]) -> tuple[str, ...]:
        """The chain up to where it comes back to itself; without such a chain the longest one."""
        if process in before:
            return (*before, process)
        if process not in self.longest:
            here, longest = (*before, process), tuple[str, ...]((process,))
            for callee in self.calls_of(process) if len(here) <= self.limit else ():
                chain = self.worst(callee, here)
                if chain[-1] in chain[:-1]:
                    return chain
                longest = max(longest, chain[len(before) :], key=len)
            self.longest[process] = longest
        return (*before, *self.longest[process])

    def calls_of(self, process: str) -> tuple[str, ...]:
        if process not in self.calls:
            plan = self.called(process)
            self.calls[process] = _calls_of(plan) if plan else ()
        return self.calls[process]


def _calls_of(plan: Plan) -> tuple[str, ...]:
    called = (node.called_process for node in plan.nodes.values() if node.kind is NodeKind.CALL_ACTIVITY)
    return tuple(dict.fromkeys(process for process in called if process))
