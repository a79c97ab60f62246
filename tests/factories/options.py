"""Rows of an evening of options margin that pages and addresses need: one account, one contract."""

from decimal import Decimal

from apps.engine.models import Run
from apps.files.models import ArrivedFile
from apps.lines.options_margin.models import MarginAccount, MarginRow, OptionContract
from tests.lines.options import a_contract

CONTRACT = "10009001"


def an_option_contract(run: Run, file: ArrivedFile, number: str = CONTRACT) -> OptionContract:
    """The call of the worked example EX-01: 4,795.00 a lot in the evening."""
    contract = a_contract(number, strike="2.900", settle=Decimal("0.1213"))
    return OptionContract.objects.create(
        run=run,
        number=number,
        trading_code="510050C2603M02900",
        name="50ETF购3月2900",
        exchange=contract.exchange,
        underlying=contract.underlying,
        option_type=contract.option_type.value,
        strike=contract.strike,
        unit=contract.unit,
        expiry=contract.expiry,
        days_to_expiry=contract.days_to_expiry,
        previous_settle=contract.previous_settle,
        previous_close=Decimal("3.012"),
        settle=contract.settle,
        close=Decimal("2.985"),
        ratio=Decimal("0.12"),
        floor_ratio=Decimal("0.07"),
        static_file=file,
        static_row=1,
        price_file=file,
        price_row=1,
    )


def a_margin_account(run: Run, account: str = "A810000001") -> MarginAccount:
    """Short of two lots of the contract, with 10,000.00 in the account."""
    amounts = {name: Decimal("9590.00") for name in ("single_margin", "margin", "client_margin", "best_margin", "peak_margin")}
    found = MarginAccount.objects.create(
        run=run,
        line_id=run.line_id,
        business_date=run.business_date,
        account=account,
        row_no=1,
        uplift=Decimal(0),
        funds=Decimal(10000),
        **amounts,
    )
    MarginRow.objects.create(
        account=found,
        part="declared",
        contract=CONTRACT,
        side="short",
        lots=2,
        unit_margin=Decimal("4795.00"),
        margin=Decimal("9590.00"),
        client_unit_margin=Decimal("4795.00"),
        client_margin=Decimal("9590.00"),
    )
    return found
