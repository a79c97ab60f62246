"""All products of a line get the class that the rules give on a date: an item of a change, agreed on by its preview."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.changes.actions import add_item, create_change, submit_change
from apps.changes.actions.kinds.base import PlainItems
from apps.changes.conf import Effect, Words
from apps.changes.errors import AlreadyProposed, OtherLine
from apps.changes.models import Change, ChangeItem
from apps.changes.selectors.lifecycle import today
from apps.changes.states import ChangeState, Urgency
from apps.journal.actions import append
from apps.kernel import clock
from apps.kernel.errors import NotFound, StaleState
from apps.lines.products import events
from apps.lines.products.actions.items import require_maker
from apps.lines.products.core.contents import ClassificationContent
from apps.lines.products.core.moves import Move, digest_of_moves
from apps.lines.products.errors import NothingDiffers, PreviewIsOld
from apps.lines.products.models import Product, ProductClassification
from apps.lines.products.selectors.books import proposed_already
from apps.lines.products.selectors.previews import Preview, preview_of_line
from apps.lines.products.selectors.products import in_force_by
from apps.lines.products.states import PRODUCT_CLASSIFICATION, Standing
from apps.people.actions import may
from apps.people.models import BusinessLine, User
from apps.people.states import Right

MOST_WAYS = 50


class ClassificationItems(PlainItems):
    """It comes after all other kinds: rules and products of the same change hold already when it takes effect."""

    name = PRODUCT_CLASSIFICATION
    label = gettext_lazy("classification of all products")
    content = ClassificationContent

    def subject(self, content: ClassificationContent) -> str:
        return content.line

    def require(self, content: ClassificationContent, change: Change, actor: User) -> None:
        require_maker(actor, change)
        if content.line != change.line.code:
            raise OtherLine(what=content.line)

    def check(self, content: ClassificationContent, change: Change) -> list[str]:
        if content.restored is not None or change.state in (ChangeState.ACTIVE, ChangeState.ROLLED_BACK):
            return []
        seen = preview_of_line(change.line_id, change.from_date or today(), change)
        if seen.digest == content.digest:
            return []
        return [str(PreviewIsOld(now=seen.summary.moving, then=content.moves))]

    def describe(self, items: Sequence[ChangeItem], change: Change) -> list[Words]:
        return [self._words(item.parsed, change) for item in items]

    def lock(self, content: ClassificationContent) -> None:
        """Products are locked by `apply`, which knows the line."""

    def apply(self, content: ClassificationContent, effect: Effect) -> Any:
        day = effect.from_date or effect.day
        list(Product.objects.select_for_update().filter(line=effect.line).order_by("code").values_list("pk", flat=True))
        if content.restored is not None:
            return _restored(content, effect, day)
        seen = preview_of_line(effect.line.pk, day)
        moves = [move for move in seen.moves if move.moves]
        if digest_of_moves(moves) != content.digest:
            raise PreviewIsOld(now=len(moves), then=content.moves)
        before = _held([move.code for move in moves], day)
        _write(moves, effect, day)
        _say(effect, day, len(moves), content.digest, [[list(a), list(b), n] for a, b, n in seen.summary.ways[:MOST_WAYS]])
        return {"restored": [before.get(move.code, {"code": move.code, "standing": Standing.UNDONE.value}) for move in moves]}

    def undo(self, content: ClassificationContent, before: Any) -> dict[str, Any]:
        return {"line": content.line, "moves": len(before["restored"]), "digest": "", "restored": before["restored"]}

    def _words(self, content: ClassificationContent, change: Change) -> Words:
        if content.restored is not None:
            sentence = _("{count} products get the class that they had before").format(count=len(content.restored))
            return Words(sentence, [], reverse("products"))
        sentence = _("All products of the line are classified by the rules of the date: {count} move").format(count=content.moves)
        details = [_("It takes effect only while the same products would move.")]
        return Words(sentence, details, reverse("products"), reverse("product-change", args=[change.pk]))


@transaction.atomic
def propose_classification(
    *, line_code: str, reason: str, effective_date: date | None, actor: User, seen: str | None = None
) -> Change:
    """One change that classifies all products of a line on a date, submitted at once; without a date an emergency.

    `seen` is the digest of the preview that the person looked at. Raises NotPermitted, NotFound, NothingDiffers, StaleState,
    AlreadyProposed, and what submitting raises.
    """
    line = BusinessLine.objects.filter(code=line_code).first()
    if line is None or not may(actor, Right.VIEW, line):
        raise NotFound(what=BusinessLine._meta.verbose_name)
    change = create_change(
        line_id=line.pk,
        actor=actor,
        title=_("Classification of all products"),
        reason=reason,
        kind=Urgency.EMERGENCY if effective_date is None else Urgency.NORMAL,
        effective_date=effective_date,
    )
    preview = preview_of_line(line.pk, effective_date or today())
    if not preview.summary.moving:
        raise NothingDiffers()
    if seen is not None and seen != preview.digest:
        raise StaleState(what=_("The preview"), state=_("another one"))
    add_item(change_id=change.pk, kind=PRODUCT_CLASSIFICATION, content=content_for(line.code, preview), actor=actor)
    other = proposed_already(PRODUCT_CLASSIFICATION, line.code, beside=change.pk)
    if other is not None:
        raise AlreadyProposed(what=change.title, change=other.pk)
    return submit_change(change_id=change.pk, actor=actor)


def content_for(line: str, preview: Preview) -> dict[str, Any]:
    """What an item of a change says about a preview."""
    return {"line": line, "moves": preview.summary.moving, "digest": preview.digest}


def _held(codes: list[str], day: date) -> dict[str, dict[str, Any]]:
    rows = in_force_by(day, ProductClassification).filter(product__code__in=codes).select_related("product").order_by()
    return {
        row.product.code: {
            "code": row.product.code,
            "standing": row.standing,
            "class_code": row.class_code,
            "refused_by": row.refused_by,
            "way": row.way,
        }
        for row in rows
    }


def _write(moves: list[Move], effect: Effect, day: date) -> None:
    keys = dict(Product.objects.filter(line=effect.line).values_list("code", "pk"))
    moment = clock.now()
    ProductClassification.objects.bulk_create(
        ProductClassification(
            product_id=keys[move.code],
            valid_from=day,
            standing=move.outcome.result[0],
            class_code=move.outcome.result[1],
            refused_by=move.outcome.result[2],
            way=[[asked.table, [rule.id for rule in asked.rules]] for asked in move.outcome.way],
            change_id=effect.change,
            set_at=moment,
        )
        for move in moves
    )


def _restored(content: ClassificationContent, effect: Effect, day: date) -> Any:
    """Brings classes back; a product that had none before has none again."""
    wanted = content.restored or []
    codes = [one.code for one in wanted]
    before = _held(codes, day)
    keys = dict(Product.objects.filter(line=effect.line, code__in=codes).values_list("code", "pk"))
    moment = clock.now()
    ProductClassification.objects.bulk_create(
        ProductClassification(
            product_id=keys[one.code],
            valid_from=day,
            standing=one.standing,
            class_code=one.class_code,
            refused_by=one.refused_by,
            way=one.way,
            change_id=effect.change,
            set_at=moment,
        )
        for one in wanted
        if one.code in keys
    )
    _say(effect, day, len(codes), "", [])
    return {"restored": list(before.values())}


def _say(effect: Effect, day: date, moves: int, digest: str, ways: list[list[Any]]) -> None:
    products = Product.objects.filter(line=effect.line).count()
    facts: dict[str, Any] = {"line": effect.line.code, "change": effect.change, "valid_from": day.isoformat()}
    append(events.ProductsClassified(**facts, products=products, moves=moves, digest=digest, ways=ways), actor=effect.actor)
