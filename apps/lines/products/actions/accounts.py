"""Securities accounts of products as items of changes: one, or those of a sheet. They are of products of the change's line."""

from collections.abc import Sequence
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.changes.actions.kinds.base import PlainItems, label_of, moved
from apps.changes.conf import Effect, Words
from apps.changes.models import Change, ChangeItem
from apps.changes.selectors.lifecycle import today
from apps.changes.states import ChangeState
from apps.journal.actions import append
from apps.kernel import clock
from apps.lines.products import events
from apps.lines.products.actions.items import require_maker
from apps.lines.products.core.contents import AccountContent, AccountsContent, FactsContent
from apps.lines.products.errors import AccountsRefused
from apps.lines.products.models import Product, ProductAccount
from apps.lines.products.selectors.accounts import FIELDS, results_of, values_on
from apps.lines.products.states import PRODUCT_ACCOUNTS, PRODUCT_FACTS
from apps.people.models import User

MOST_TOLD = 20


class AccountsItems(PlainItems):
    name = PRODUCT_ACCOUNTS
    label = gettext_lazy("securities accounts of products")
    content = AccountsContent

    def subject(self, content: AccountsContent) -> str:
        first, more = content.accounts[0], len(content.accounts) - 1
        name = f"{first.market.value} {first.account}"
        return f"{name} +{more}" if more else name

    def require(self, content: AccountsContent, change: Change, actor: User) -> None:
        require_maker(actor, change)

    def check(self, content: AccountsContent, change: Change) -> list[str]:
        if change.state in (ChangeState.ACTIVE, ChangeState.ROLLED_BACK) or change.rolls_back_id is not None:
            return []
        items = change.items.filter(kind=PRODUCT_FACTS)
        coming = [product.code for item in items for product in FactsContent.model_validate(item.content).products]
        rows = list(enumerate(content.accounts, start=1))
        found = results_of(rows, change.line_id, change.from_date or today(), coming)
        return [result.problem for result in found if result.problem][:MOST_TOLD]

    def describe(self, items: Sequence[ChangeItem], change: Change) -> list[Words]:
        keys = [account.key for item in items for account in item.parsed.accounts]
        now = values_on(change.from_date or today(), keys)
        return [self._words(item, now) for item in items]

    def lock(self, content: AccountsContent) -> None:
        codes = sorted({account.product for account in content.accounts})
        list(Product.objects.select_for_update().filter(code__in=codes).order_by("code").values_list("pk", flat=True))

    def apply(self, content: AccountsContent, effect: Effect) -> Any:
        """Raises AccountsRefused when since then an account went to another product or a product is not of the line."""
        valid_from = effect.from_date or effect.day
        before = values_on(valid_from, [account.key for account in content.accounts])
        found = results_of(list(enumerate(content.accounts, start=1)), effect.line.pk, valid_from)
        problems = [result.problem for result in found if result.problem]
        if problems:
            raise AccountsRefused(first=problems[0], count=len(problems))
        codes = {account.product for account in content.accounts}
        keys = dict(Product.objects.filter(code__in=codes).values_list("code", "pk"))
        moment = clock.now()
        ProductAccount.objects.bulk_create(
            ProductAccount(
                product_id=keys[account.product],
                valid_from=valid_from,
                is_withdrawn=account.removed,
                change_id=effect.change,
                set_at=moment,
                **account.model_dump(mode="json", exclude={"product", "removed"}),
            )
            for account in content.accounts
        )
        facts: dict[str, Any] = {"line": effect.line.code, "change": effect.change, "valid_from": valid_from.isoformat()}
        told = [" ".join(account.key) for account in content.accounts]
        append(events.ProductAccountsSet(**facts, accounts=len(told), keys=told), actor=effect.actor)
        return {"values": [before[account.key] for account in content.accounts if account.key in before]}

    def undo(self, content: AccountsContent, before: Any) -> dict[str, Any]:
        """What was known before; accounts that were new are of no product again."""
        known = {(values["market"], values["account"]): values for values in before["values"]}
        gone = [account.model_dump(mode="json") | {"removed": True} for account in content.accounts if account.key not in known]
        return {"accounts": [*known.values(), *gone]}

    def _words(self, item: ChangeItem, now: dict[tuple[str, str], dict[str, Any]]) -> Words:
        content = item.parsed
        was = {(each["market"], each["account"]): each for each in item.before["values"]} if item.before is not None else now
        told = [_told(account, was.get(account.key)) for account in content.accounts[:MOST_TOLD]]
        if (more := len(content.accounts) - MOST_TOLD) > 0:
            told.append(_("and {more} more").format(more=more))
        sentence = _("{count} securities accounts as follows").format(count=len(content.accounts))
        return Words(sentence, told, reverse("product-accounts"))


def _told(account: AccountContent, was: dict[str, Any] | None) -> str:
    name = f"{account.market.value} {account.account} {account.product}"
    if account.removed:
        return _("{name}: taken away").format(name=name)
    if was is None:
        return _("{name}: an account of it from then on").format(name=name)
    now = account.model_dump(mode="json")
    differ = [moved(label_of(ProductAccount, one), was.get(one), now[one]) for one in FIELDS if was.get(one) != now[one]]
    return f"{name}: {', '.join(differ)}" if differ else _("{code}: nothing differs").format(code=name)
