"""Who keeps something of their own in step with the journal. Whoever does registers once at start."""

from collections.abc import Callable, Collection, Sequence

from apps.journal.events import Fact

Follow = Callable[[Sequence[Fact]], None]
_followers: dict[str, tuple[frozenset[str], Follow]] = {}


def register_follower(name: str, kinds: Collection[str], follow: Follow) -> None:
    """`follow` is given the new facts of these kinds in the transaction that records them: what it raises undoes both."""
    _followers[name] = (frozenset(kinds), follow)


def tell_followers(facts: Sequence[Fact]) -> None:
    for kinds, follow in _followers.values():
        if mine := [fact for fact in facts if fact.kind in kinds]:
            follow(mine)
