from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _

from apps.changes.conf import Problem
from apps.kernel.errors import DomainError


class UnknownKind(DomainError):
    """Nobody has registered items of this kind."""

    code, http_status = "unknown_kind", 404
    sentence = _("There are no items of the kind “{kind}”.")


class ItemUnusable(DomainError):
    """What was sent is no item of its kind."""

    code = "item_unusable"
    sentence = _("This cannot go into a change: {problem}")


class OtherLine(DomainError):
    """A change is of one line: who approves it may do so for everything in it."""

    code = "other_line"
    sentence = _("{what} belongs to another business line: it needs a change of that line.")


class NotYourDraft(DomainError):
    """A draft that somebody else writes is not finished until its author says so."""

    code, http_status = "not_your_draft", 403
    sentence = _("{version} is a draft of {author}: its author puts it into a change.")


class AlreadyProposed(DomainError):
    """Two changes about the same day would each undo the other."""

    code, http_status = "already_proposed", 409
    sentence = _("{what} is proposed already: see change {change}.")


class NothingInIt(DomainError):
    """A change without an item has nothing to decide on."""

    code = "nothing_in_it"
    sentence = _("There is nothing in this change yet.")


class NoVersionInPackage(DomainError):
    """Tests belong to the process at once; a change carries versions."""

    code, http_status = "no_version_in_package", 409
    sentence = _("The package brings no new version. Import it without a change.")


class DateUnusable(DomainError):
    """From when a change is to hold. Facts: problem (a sentence)."""

    code = "date_unusable"
    sentence = _("This date cannot be kept: {problem}")


class NotFinal(DomainError):
    """Something stands against a change. Facts: first (a sentence), count, problems."""

    code = "change_problems"
    sentence = _("{first} ({count} problem(s) in all).")

    @classmethod
    def because_of(cls, problems: Sequence[Problem]) -> "NotFinal":
        told: list[dict[str, Any]] = [
            {"severity": str(problem.severity), "sentence": problem.sentence, "source": problem.source} for problem in problems
        ]
        return cls(first=problems[0].sentence, count=len(problems), problems=told)


class ContentsChanged(DomainError):
    """What was approved is not what is there any more."""

    code, http_status = "contents_changed", 409
    sentence = _("What the change carries is no longer what was approved.")


class ItemFails(DomainError):
    """One item could not take effect, so none does. Facts: item, problem."""

    code, http_status = "item_fails", 409
    sentence = _("{item}: {problem}")


class NothingToRemove(DomainError):
    """What an item takes away is not there."""

    code, http_status = "nothing_to_remove", 409
    sentence = _("There is nothing to take away: {what}.")


class NotTheNewest(DomainError):
    """Something in the change was changed again since; the way back leads over that change."""

    code, http_status = "not_the_newest", 409
    sentence = _("Change #{later} has changed the same since ({what}): it has to be rolled back first.")


class ReasonNeeded(DomainError):
    """Taking something back needs a reason."""

    code = "reason_needed"
    sentence = _("This needs a reason.")


class NothingToReplay(DomainError):
    """A replay is of models: without a version there is none."""

    code = "nothing_to_replay"
    sentence = _("There is no version of a process in this change.")


class AlreadyReplayed(DomainError):
    """The same models give the same answer."""

    code, http_status = "already_replayed", 409
    sentence = _("These models have been replayed already, or are being so now.")


class StandardChangeUnusable(DomainError):
    """A standard change names kinds of items that exist, and at least one."""

    code = "standard_change_unusable"
    sentence = _("A standard change names at least one kind of items, and only kinds that exist.")


class OnlyYesOrNo(DomainError):
    """What has taken effect cannot be taken back to its author: it is approved afterwards, or it is not."""

    code = "only_yes_or_no"
    sentence = _("The change has taken effect: say yes or no to it, or roll it back.")


class Frozen(DomainError):
    """Nothing comes into force at once in a freeze window, but by an emergency. Facts: name, first, last."""

    code, http_status = "frozen", 409
    sentence = _("The freeze window “{name}” ({first} to {last}) holds: only an emergency change comes into force now.")
