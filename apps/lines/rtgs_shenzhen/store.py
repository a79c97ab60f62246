"""The only writer of needs and outcomes of gross settlement in Shenzhen, and the layouts of the line's files."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from decimal import Decimal

from django.db import transaction
from django.db.models import F

from apps.files.models import ArrivedFile
from apps.lines.core.layouts import Layout
from apps.lines.corrections.store import require_unposted
from apps.lines.models import Obligation, SettlementResult
from apps.lines.rtgs_shenzhen.core.rows import Cash, Outcome
from apps.lines.rtgs_shenzhen.models import GrossNeed, GrossOutcome
from apps.lines.store import chunks, mark, move, packaged_layouts, settle


def layouts() -> dict[str, Layout]:
    """Of the line's own files, as they ship with the product."""
    return packaged_layouts("rtgs_shenzhen")


@transaction.atomic
def keep_accounts(run_id: int, file: ArrivedFile, accounts: Iterable[Cash]) -> int:
    """The reserve accounts of the morning; what was sent from an account that was there stays. Gives how many there are."""
    found = list(accounts)
    GrossNeed.objects.filter(run_id=run_id).exclude(cash_account__in=[one.cash_account for one in found]).delete()
    for one in found:
        facts = {"file_id": file.pk, "row_no": one.row_no, "balance": one.balance, "frozen": one.frozen}
        GrossNeed.objects.update_or_create(run_id=run_id, cash_account=one.cash_account, defaults=facts)
    return len(found)


@transaction.atomic
def open_listed(run_id: int, file_code: str) -> int:
    """A settlement result for each obligation of this file that has none: gross run as well as real time."""
    rows = Obligation.objects.filter(run_id=run_id, file_code=file_code, result__isnull=True).order_by("pk")
    return open_for(run_id, rows.values_list("pk", flat=True))


@transaction.atomic
def open_for(run_id: int, obligation_ids: Iterable[int], **columns: object) -> int:
    count = 0
    for part in chunks(list(obligation_ids)):
        rows = [SettlementResult(obligation_id=key, run_id=run_id, **columns) for key in part]
        count += len(SettlementResult.objects.bulk_create(rows))
    return count


def keep_needs(run_id: int, needs: Mapping[str, Mapping[str, Decimal]]) -> None:
    """What each account pays, receives and needs now, instead of what was computed before."""
    with transaction.atomic():
        for account, figures in needs.items():
            GrossNeed.objects.filter(run_id=run_id, cash_account=account).update(**figures)


@transaction.atomic
def keep_asked(run_id: int, amounts: Mapping[str, Decimal]) -> None:
    """What is to be transferred next, instead of what was asked for before."""
    GrossNeed.objects.filter(run_id=run_id).update(asked=Decimal(0))
    for account, amount in amounts.items():
        GrossNeed.objects.filter(run_id=run_id, cash_account=account).update(asked=amount)


def keep_sent(run_id: int, key: str) -> None:
    """What was asked for has gone, once for each key."""
    rows = GrossNeed.objects.filter(run_id=run_id, asked__gt=0).exclude(sent_key=key)
    rows.update(sent=F("sent") + F("asked"), sent_key=key)


@transaction.atomic
def keep_told(told: Mapping[int, str]) -> int:
    """Settled in the day, with the time that D-COM tells. Gives how many are new."""
    moved = settle("settle", list(told))
    for key, time in told.items():
        mark([key], settled_at=time)
    return moved


@transaction.atomic
def replace_outcomes(run_id: int, file: ArrivedFile, outcomes: Iterable[Outcome]) -> int:
    """The outcomes of this file instead of what the run held; what was decided about a trade that still failed stays.

    Raises RowsPosted when that would overwrite what was posted.
    """
    require_unposted(run_id, file, GrossOutcome)
    old = GrossOutcome.objects.filter(run_id=run_id)
    decided = {
        (serial, trade, account): (decision, reason)
        for serial, trade, account, decision, reason in old.exclude(decision="").values_list(
            "serial", "trade_no", "account", "decision", "reason"
        )
    }
    old.delete()
    trail = {"run_id": run_id, "line_id": file.line_id, "business_date": file.business_date, "file_id": file.pk}
    count = 0
    for part in chunks(outcomes):
        rows = []
        for one in part:
            decision, reason = ("", "") if one.is_settled else decided.get((one.serial, one.trade_no, one.account), ("", ""))
            rows.append(GrossOutcome(**trail, **asdict(one), decision=decision, reason=reason))
        count += len(GrossOutcome.objects.bulk_create(rows))
    return count


@transaction.atomic
def take_over(
    run_id: int, *, in_day: list[int], at_end: list[int], failed: Mapping[str, list[int]], texts: Mapping[str, str]
) -> None:
    """Results as the depository says, whatever was told before. What it does not mention stays where the day left it."""
    codes = {key: code for code, keys in failed.items() for key in keys}
    move("reopen", [*in_day, *at_end, *codes], settled_qty=0, settled_cash=0, result_code="", result_text="")
    settle("settle_told", in_day)
    settle("settle_late", at_end)
    for code, keys in failed.items():
        move("fail", keys, result_code=code, result_text=texts.get(code, "")[:80])


@transaction.atomic
def keep_decisions(run_id: int, decisions: Mapping[tuple[str, str], str], reason: str) -> None:
    """What a person decided about failed trades, by trade number and account, with the reason."""
    for (trade, account), decision in decisions.items():
        rows = GrossOutcome.objects.filter(run_id=run_id, trade_no=trade, account=account, is_settled=False)
        rows.update(decision=decision, reason=reason[:200])
        of_trade = SettlementResult.objects.filter(
            run_id=run_id, obligation__ref_no=trade, obligation__account=account, state="failed"
        )
        of_trade.update(reason=reason[:200])
