"""What time takes: roles and grants that were given until a moment."""

from apps.people.actions.grants import end_grants_that_are_over
from apps.people.actions.members import end_roles_that_are_over

BATCH = 200


def end_what_is_over() -> int:
    """Clears away what does not count any more and journals it, so that feeds ask again; how many. Any number may sweep."""
    return end_roles_that_are_over(BATCH) + end_grants_that_are_over(BATCH)
