"""A day of the firm's own money as other systems would tell it: sheets and bank files for the reconciliations of section 9.

Everything follows from the date, the seed and the faults: the same gives the same. Amounts are CNY with two decimals.
"""

import csv
import io
import random
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum

FEWEST, MOST = 6, 100_000
BRANCHES = ("0101", "0202", "0303")
CLASSES = ("ordinary", "ordinary", "credit", "option")
BANKS = ("ICBC", "CCB", "BOC")
CURRENCY = "RMB"
NOTHING = Decimal("0.00")
SHEET, FILES, COPIES = "sheets", "bank_files", "bank_copies"
"""Where a file belongs: brought by people, sent by a bank, copied for the counter."""

Row = dict[str, object]


class Fault(StrEnum):
    """What may go wrong with the day; each is found by one reconciliation, in its own place."""

    SUBMISSION_DIFFERS = "submission-differs"  # R2: the submission says 1.00 more than the counter for one account
    SUBMISSION_UNBALANCED = "submission-unbalanced"  # R2: both say a closing that is not opening + in − out
    SUBMISSION_MISSING = "submission-missing"  # R2: an account is not submitted
    ACTUAL_SHORT = "actual-short"  # R4: a custody account has 1.00 less than the book
    TRANSIT_UNEXPLAINED = "transit-unexplained"  # R4: the list of what is in transit lacks a transfer
    STATEMENT_DIFFERS = "statement-differs"  # R4B: a bank's statement is 1.00 less than our journal of it
    DEDUCTED_TOO_MUCH = "deducted-too-much"  # R6: more is deducted and paid than was frozen
    WRONG_PAYEE = "wrong-payee"  # R6: paid to somebody else
    PAID_TWICE = "paid-twice"  # R6: a second payment of one order
    NOT_SUBMITTED = "not-submitted"  # R6: the deduction is not in the submission
    CLOSING_DIFFERS = "closing-differs"  # R7: a closing is not opening + in − out
    PARTS_DIFFER = "parts-differ"  # R7: available + frozen + uncleared is not the closing
    NEGATIVE_CLASS = "negative-class"  # R7: a class of accounts owes money
    MOVED_BRANCH = "moved-branch"  # R7: an account changed its branch overnight
    ONE_LEG = "one-leg"  # R7J: a voucher has no credit
    FIRM_DIFFERS = "firm-differs"  # R7B: the firm's ledger is not the sum of its branches
    NOT_AT_COUNTER = "not-at-counter"  # R12: a product account is not at the counter
    NOT_IN_PRODUCTS = "not-in-products"  # R12: a counter account belongs to no product
    OTHER_BRANCH = "other-branch"  # R12: the counter has the account at another branch
    NO_CREDIT_ACCOUNT = "no-credit-account"  # R12: a product lacks the credit account that it needs
    NOT_COPIED = "not-copied"  # R14: a bank's file was not copied
    CUT_COPY = "cut-copy"  # R14: a copy is shorter
    ALTERED_COPY = "altered-copy"  # R14: a copy is as long and says something else
    STALE_COPY = "stale-copy"  # R14: a copy is of the day before


@dataclass(frozen=True, kw_only=True)
class Client:
    """An account of a client over the day. What is available, frozen and not cleared makes up its closing."""

    account: str
    kind: str
    branch: str
    opening: Decimal
    ins: Decimal
    outs: Decimal
    frozen: Decimal
    uncleared: Decimal

    @property
    def closing(self) -> Decimal:
        return self.opening + self.ins - self.outs


@dataclass(frozen=True, kw_only=True)
class World:
    day: date
    clients: list[Client]
    faults: frozenset[Fault] = field(default_factory=frozenset)

    def off(self, fault: Fault, by: Decimal = Decimal("1.00")) -> Decimal:
        """How much the fault moves an amount; nothing without it."""
        return by if fault in self.faults else NOTHING


def build_world(*, day: date, seed: int, clients: int = 24, faults: Iterable[Fault] = ()) -> World:
    dice = random.Random(f"{day} {seed}")  # noqa: S311  # a play

    def fen(most: int) -> Decimal:
        return Decimal(dice.randrange(100, most)).scaleb(-2)

    made = []
    for number in range(clients):
        opening, ins = fen(10**10) + 1000, fen(10**9)
        outs = fen(int((opening + ins) * 50))
        closing = opening + ins - outs
        frozen = (closing / 10).quantize(Decimal("0.01"))
        made.append(
            Client(
                account=f"31{number:08}",
                kind=CLASSES[number % len(CLASSES)],
                branch=BRANCHES[number % len(BRANCHES)],
                opening=opening,
                ins=ins,
                outs=outs,
                frozen=frozen,
                uncleared=frozen + 1,
            )
        )
    return World(day=day, clients=made, faults=frozenset(faults))


def files_of(world: World) -> dict[tuple[str, str], tuple[bytes, date]]:
    """Every file by place and name: what it says, and the day that it carries."""
    sheets = {
        **_submission(world),
        **_book_and_actual(world),
        **_deductions(world),
        **_balances(world),
        **_products(world),
    }
    files: dict[tuple[str, str], tuple[bytes, date]] = {
        (SHEET, f"{code}.csv"): (_csv(rows), world.day) for code, rows in sheets.items()
    }
    return files | _bank_files(world)


def _csv(rows: list[Row]) -> bytes:
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode()


def _submission(world: World) -> dict[str, list[Row]]:
    """R2: what is submitted for investor protection, and what the counter has."""

    def row(one: Client, closing: Decimal) -> Row:
        return {
            "account": f"{one.account[:4]}****{one.account[-4:]}",
            "currency": CURRENCY,
            "category": "A01",
            "date": f"{world.day:%Y%m%d}",
            "opening": one.opening,
            "ins": one.ins,
            "outs": one.outs,
            "closing": closing,
            "count": 2,
        }

    unbalanced = world.off(Fault.SUBMISSION_UNBALANCED)
    counter = [row(one, one.closing + (unbalanced if at == 1 else 0)) for at, one in enumerate(world.clients)]
    submitted = [dict(one) for one in counter]
    submitted[0]["ins"] = world.clients[0].ins + world.off(Fault.SUBMISSION_DIFFERS)
    submitted[0]["closing"] = world.clients[0].closing + world.off(Fault.SUBMISSION_DIFFERS)
    if Fault.SUBMISSION_MISSING in world.faults:
        del submitted[2]
    return {"submission": submitted, "counter_client_money": counter}


def _book_and_actual(world: World) -> dict[str, list[Row]]:
    """R4: what we owe clients, and where the money is; and each bank's journal of ours beside its statement."""
    owed: dict[str, Decimal] = defaultdict(Decimal)
    for one in world.clients:
        owed[one.kind] += one.closing
    interest, payable, receivable, own = Decimal("125.00"), Decimal("3000.00"), Decimal("1200.00"), Decimal("500.00")
    reserve, deposit, transit = Decimal("2000.00"), Decimal("700.00"), Decimal("1250.00")
    book: list[Row] = []
    actual: list[Row] = []
    journal: list[Row] = []
    statements: list[Row] = []

    def said(kind: str, amount: Decimal, of: str, bank: str = "") -> Row:
        return {"currency": CURRENCY, "account_class": of, "kind": kind, "bank": bank, "amount": amount}

    for at, (of, balances) in enumerate(sorted(owed.items())):
        book += [
            said("client", balances, of),
            said("interest", interest, of),
            said("payable", payable, of),
            said("receivable", receivable, of),
        ]
        total = balances + interest + payable - receivable
        at_banks = total - reserve - deposit - transit + own
        short = world.off(Fault.ACTUAL_SHORT) if at == 0 else NOTHING
        actual += [said("bank", share, of, bank) for bank, share in _shares(at_banks - short)]
        actual += [said("reserve", reserve, of), said("deposit", deposit, of), said("own", own, of)]
        if not (at == 1 and Fault.TRANSIT_UNEXPLAINED in world.faults):
            actual.append(said("in_transit", transit, of))
        for bank, share in _shares(at_banks):
            differs = world.off(Fault.STATEMENT_DIFFERS) if (at, bank) == (0, BANKS[0]) else NOTHING
            base = {"bank": bank, "currency": CURRENCY, "account_class": of}
            journal += [{**base, "amount": share + 100}, {**base, "amount": Decimal(-100)}]
            statements.append({**base, "amount": share - differs})
    return {"client_book": book, "actual_money": actual, "bank_journal": journal, "bank_statements": statements}


def _shares(total: Decimal) -> list[tuple[str, Decimal]]:
    part = (total / len(BANKS)).quantize(Decimal("0.01"))
    return [*((bank, part) for bank in BANKS[1:]), (BANKS[0], total - part * (len(BANKS) - 1))]


def _deductions(world: World) -> dict[str, list[Row]]:
    """R6: orders of courts with what was frozen for them, and what was done."""
    orders: list[Row] = []
    done: list[Row] = []
    for at, one in enumerate(world.clients[:4]):
        amount = one.frozen
        key: Row = {"document": f"(2026)沪执{at + 1:04}号", "cash_account": one.account}
        more = world.off(Fault.DEDUCTED_TOO_MUCH) if at == 0 else NOTHING
        orders.append({**key, "amount": amount + more, "payee": "某某人民法院", "date": f"{world.day:%Y%m%d}", "frozen": amount})
        done.append(
            {
                **key,
                "amount": amount + more,
                "payee": "某某" if at == 1 and Fault.WRONG_PAYEE in world.faults else "某某人民法院",
                "date": f"{world.day:%Y%m%d}",
                "paid": amount + more,
                "released": amount + more,
                "submitted": NOTHING if at == 3 and Fault.NOT_SUBMITTED in world.faults else amount + more,
            }
        )
    if Fault.PAID_TWICE in world.faults:
        done.append({**done[2], "amount": NOTHING, "released": NOTHING, "submitted": NOTHING})
    return {"court_orders": orders, "deductions": done}


def _balances(world: World) -> dict[str, list[Row]]:
    """R7: openings, the ledger of the day, its vouchers, and the sums of branches beside the firm's."""
    openings: list[Row] = []
    ledger: list[Row] = []
    debits: list[Row] = []
    credits: list[Row] = []
    of_branch: dict[str, Decimal] = defaultdict(Decimal)
    owing = {one.account for one in world.clients if one.kind == "option"} if Fault.NEGATIVE_CLASS in world.faults else set()
    for at, one in enumerate(world.clients):
        branch = BRANCHES[0] if at == 1 and Fault.MOVED_BRANCH in world.faults else one.branch
        base: Row = {"account": one.account, "currency": CURRENCY, "account_class": one.kind}
        outs = one.opening + one.ins + 1 if one.account in owing else one.outs
        closing = one.opening + one.ins - outs + (world.off(Fault.CLOSING_DIFFERS) if at == 0 else NOTHING)
        parts = world.off(Fault.PARTS_DIFFER) if at == 3 else NOTHING
        openings.append({**base, "branch": one.branch, "opening": one.opening})
        ledger.append(
            {
                **base,
                "branch": branch,
                "ins": one.ins,
                "outs": outs,
                "closing": closing,
                "available": closing - one.frozen - one.uncleared + parts,
                "frozen": one.frozen,
                "uncleared": one.uncleared,
            }
        )
        of_branch[branch] += closing
        voucher: Row = {"voucher": f"V{at:08}", "currency": CURRENCY}
        debits.append({**voucher, "account": "1002", "amount": one.ins})
        if not (at == 2 and Fault.ONE_LEG in world.faults):
            credits.append({**voucher, "account": one.account, "amount": one.ins})
    branches: list[Row] = [{"branch": name, "currency": CURRENCY, "closing": total} for name, total in sorted(of_branch.items())]
    firm: list[Row] = [{"currency": CURRENCY, "closing": sum(of_branch.values(), NOTHING) + world.off(Fault.FIRM_DIFFERS)}]
    return {
        "cash_openings": openings,
        "cash_ledger": ledger,
        "cash_debits": debits,
        "cash_credits": credits,
        "cash_branches": branches,
        "cash_firm": firm,
    }


def _products(world: World) -> dict[str, list[Row]]:
    """R12: accounts of products, several client numbers to a product, beside those that the counter has for them.

    A product with credit trading has an ordinary and a credit account; a row on the white list takes no part.
    """
    products: list[Row] = []
    for at in range(4):
        for kind in ("ordinary", "credit") if at % 2 else ("ordinary",):
            for client in range(2):
                account = f"8{at}{client}{'1' if kind == 'credit' else '0'}00000"
                products.append(
                    {
                        "product": f"TP{at:04}",
                        "client": f"66{at:03}{client}",
                        "account": account,
                        "kind": kind,
                        "branch": BRANCHES[at % len(BRANCHES)],
                        "listed": 0,
                    }
                )
    products.append({**products[0], "account": "899900000", "listed": 1})
    counter = [dict(row) for row in products if not row["listed"]]
    if Fault.NOT_AT_COUNTER in world.faults:
        del counter[0]
    if Fault.OTHER_BRANCH in world.faults:
        counter[1]["branch"] = BRANCHES[-1]
    if Fault.NO_CREDIT_ACCOUNT in world.faults:
        products = [row for row in products if (row["product"], row["kind"]) != ("TP0003", "credit")]
        counter = [row for row in counter if (row["product"], row["kind"]) != ("TP0003", "credit")]
    if Fault.NOT_IN_PRODUCTS in world.faults:
        counter.append({**counter[-1], "account": "877700000"})
    with_credit = {"TP0001", "TP0003"}
    return {
        "product_accounts": [{**row, "credit": int(row["product"] in with_credit)} for row in products],
        "counter_accounts": counter,
    }


def _bank_files(world: World) -> dict[tuple[str, str], tuple[bytes, date]]:
    """R14: the folder of the day as the banks filled it, and what was copied from it."""
    found: dict[tuple[str, str], tuple[bytes, date]] = {}
    for at, bank in enumerate(BANKS):
        for kind in ("transfers", "balances"):
            name = f"{bank}/{kind}_{world.day:%Y%m%d}.txt"
            data = "".join(f"{one.account}|{one.ins}|{bank}\n" for one in world.clients[at :: len(BANKS)]).encode()
            found[FILES, name] = found[COPIES, name] = (data, world.day)
    first, second, third = (f"{bank}/balances_{world.day:%Y%m%d}.txt" for bank in BANKS)
    whole = found[COPIES, second][0]
    if Fault.NOT_COPIED in world.faults:
        del found[COPIES, first]
    if Fault.CUT_COPY in world.faults:
        found[COPIES, second] = whole[:-1], world.day
    if Fault.ALTERED_COPY in world.faults:
        found[COPIES, second] = b"9" + whole[1:], world.day
    if Fault.STALE_COPY in world.faults:
        found[COPIES, third] = found[COPIES, third][0], world.day - timedelta(days=1)
    return found
