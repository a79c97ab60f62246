from decimal import Decimal

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from apps.kernel.schema import CreateModels


class Migration(migrations.Migration):
    replaces = [("lines", "0001_initial"), ("lines", "0002_options_margin"), ("lines", "0003_fee_rates")]

    initial = True

    dependencies = [
        ("changes", "0001_initial"),
        ("engine", "0001_squashed_0013_rights_of_signers"),
        ("files", "0001_squashed_0003_imported_layouts"),
        ("people", "0001_squashed_0007_counted_requests"),
    ]

    operations = [
        CreateModels(
            operations=[
                migrations.CreateModel(
                    name="Obligation",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("business_date", models.DateField(verbose_name="business date")),
                        ("row_no", models.PositiveIntegerField(verbose_name="row")),
                        ("file_code", models.CharField(max_length=40, verbose_name="file code")),
                        ("market", models.CharField(max_length=2, verbose_name="market")),
                        ("record_type", models.CharField(max_length=3, verbose_name="record type")),
                        (
                            "guarantee",
                            models.CharField(
                                choices=[
                                    ("ccp_net", "Guaranteed net"),
                                    ("gross_rtgs", "Gross, real time"),
                                    ("gross_batch", "Gross, batch"),
                                    ("agency", "Agency"),
                                    ("unknown", "Unknown code"),
                                ],
                                max_length=12,
                                verbose_name="guarantee",
                            ),
                        ),
                        ("participant", models.CharField(max_length=8, verbose_name="participant")),
                        ("unit", models.CharField(max_length=6, verbose_name="trading unit")),
                        ("counterparty_unit", models.CharField(blank=True, max_length=6, verbose_name="counterparty unit")),
                        ("account", models.CharField(max_length=20, verbose_name="securities account")),
                        ("cash_account", models.CharField(blank=True, max_length=25, verbose_name="cash account")),
                        ("security", models.CharField(max_length=8, verbose_name="security")),
                        ("biz_type", models.CharField(max_length=4, verbose_name="business type")),
                        ("side", models.CharField(max_length=1, verbose_name="side")),
                        ("quantity", models.BigIntegerField(verbose_name="quantity")),
                        (
                            "principal",
                            models.DecimalField(decimal_places=2, default=Decimal("0"), max_digits=20, verbose_name="principal"),
                        ),
                        (
                            "fee_stamp",
                            models.DecimalField(decimal_places=2, default=Decimal("0"), max_digits=20, verbose_name="stamp duty"),
                        ),
                        (
                            "fee_handling",
                            models.DecimalField(
                                decimal_places=2, default=Decimal("0"), max_digits=20, verbose_name="handling fee"
                            ),
                        ),
                        (
                            "fee_regulatory",
                            models.DecimalField(
                                decimal_places=2, default=Decimal("0"), max_digits=20, verbose_name="regulatory fee"
                            ),
                        ),
                        (
                            "fee_transfer",
                            models.DecimalField(
                                decimal_places=2, default=Decimal("0"), max_digits=20, verbose_name="transfer fee"
                            ),
                        ),
                        (
                            "fee_settlement",
                            models.DecimalField(
                                decimal_places=2, default=Decimal("0"), max_digits=20, verbose_name="settlement fee"
                            ),
                        ),
                        (
                            "fee_other",
                            models.DecimalField(
                                decimal_places=2, default=Decimal("0"), max_digits=20, verbose_name="other amounts"
                            ),
                        ),
                        (
                            "net_cash",
                            models.DecimalField(decimal_places=2, default=Decimal("0"), max_digits=20, verbose_name="net cash"),
                        ),
                        ("trade_date", models.DateField(null=True, verbose_name="trade date")),
                        ("clear_date", models.DateField(null=True, verbose_name="clearing date")),
                        ("settle_date", models.DateField(null=True, verbose_name="settlement date")),
                        ("trade_time", models.CharField(blank=True, max_length=6, verbose_name="trade time")),
                        ("ref_no", models.CharField(max_length=22, verbose_name="trade number")),
                        ("order_no", models.CharField(blank=True, max_length=22, verbose_name="order number")),
                        ("group_no", models.CharField(blank=True, max_length=22, verbose_name="settlement number")),
                        ("result_code", models.CharField(blank=True, max_length=4, verbose_name="result code")),
                        ("remark", models.CharField(blank=True, max_length=80, verbose_name="remark")),
                        (
                            "file",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="files.arrivedfile",
                                verbose_name="file",
                            ),
                        ),
                        (
                            "line",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="people.businessline",
                                verbose_name="business line",
                            ),
                        ),
                        (
                            "run",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="engine.run", verbose_name="run"
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "obligation",
                        "verbose_name_plural": "obligations",
                        "ordering": ["id"],
                        "constraints": [
                            models.UniqueConstraint(fields=("run", "file_code", "row_no"), name="one_obligation_per_row")
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="MarginAccount",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("business_date", models.DateField(verbose_name="business date")),
                        ("account", models.CharField(max_length=20, verbose_name="account")),
                        ("row_no", models.PositiveIntegerField(verbose_name="row")),
                        ("uplift", models.DecimalField(decimal_places=4, max_digits=8, verbose_name="uplift")),
                        (
                            "funds",
                            models.DecimalField(
                                decimal_places=2, default=Decimal("0"), max_digits=20, verbose_name="money of the account"
                            ),
                        ),
                        (
                            "single_margin",
                            models.DecimalField(
                                decimal_places=2, default=Decimal("0"), max_digits=20, verbose_name="without combinations"
                            ),
                        ),
                        (
                            "margin",
                            models.DecimalField(
                                decimal_places=2, default=Decimal("0"), max_digits=20, verbose_name="margin at the depository"
                            ),
                        ),
                        (
                            "client_margin",
                            models.DecimalField(
                                decimal_places=2, default=Decimal("0"), max_digits=20, verbose_name="margin of the client"
                            ),
                        ),
                        (
                            "best_margin",
                            models.DecimalField(
                                decimal_places=2, default=Decimal("0"), max_digits=20, verbose_name="cheapest set"
                            ),
                        ),
                        (
                            "peak_margin",
                            models.DecimalField(
                                decimal_places=2,
                                default=Decimal("0"),
                                max_digits=20,
                                verbose_name="highest of the evenings to come",
                            ),
                        ),
                        ("call", models.DecimalField(decimal_places=2, default=Decimal("0"), max_digits=20, verbose_name="call")),
                        ("shares", models.JSONField(default=dict, verbose_name="shares")),
                        ("refused", models.JSONField(default=list, verbose_name="refused declarations")),
                        ("dissolved", models.JSONField(default=list, verbose_name="dissolved tonight")),
                        ("shortfalls", models.JSONField(default=list, verbose_name="covered lots without shares")),
                        ("evenings", models.JSONField(default=list, verbose_name="evenings to come")),
                        ("proof", models.JSONField(default=list, verbose_name="proof")),
                        (
                            "line",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="people.businessline",
                                verbose_name="business line",
                            ),
                        ),
                        (
                            "run",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="engine.run", verbose_name="run"
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "margin account",
                        "verbose_name_plural": "margin accounts",
                        "ordering": ["id"],
                        "indexes": [models.Index(fields=["run", "call", "id"], name="margin_accounts_by_call")],
                        "constraints": [models.UniqueConstraint(fields=("run", "account"), name="one_margin_account_per_run")],
                    },
                ),
                migrations.CreateModel(
                    name="CombinationDeclaration",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("position", models.PositiveIntegerField(verbose_name="position")),
                        (
                            "verb",
                            models.CharField(
                                choices=[("build", "Build"), ("dissolve", "Dissolve")], max_length=8, verbose_name="declaration"
                            ),
                        ),
                        ("strategy", models.CharField(max_length=8, verbose_name="strategy")),
                        ("number", models.CharField(blank=True, max_length=16, verbose_name="combination number")),
                        ("legs", models.JSONField(default=list, verbose_name="legs")),
                        ("lots", models.PositiveIntegerField(verbose_name="lots")),
                        (
                            "margin_after",
                            models.DecimalField(
                                decimal_places=2, default=Decimal("0"), max_digits=20, verbose_name="margin after it"
                            ),
                        ),
                        ("is_affordable", models.BooleanField(default=True, verbose_name="affordable")),
                        ("is_added", models.BooleanField(default=False, verbose_name="added by the maker")),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("proposed", "Proposed"),
                                    ("chosen", "Chosen"),
                                    ("left_out", "Left out"),
                                    ("sent", "Sent"),
                                ],
                                default="proposed",
                                max_length=10,
                                verbose_name="state",
                            ),
                        ),
                        (
                            "run",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="engine.run", verbose_name="run"
                            ),
                        ),
                        (
                            "account",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="declarations",
                                to="lines.marginaccount",
                                verbose_name="account",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "declaration of a combination",
                        "verbose_name_plural": "declarations of combinations",
                        "ordering": ["id"],
                        "indexes": [models.Index(fields=["run", "state", "id"], name="declarations_by_state")],
                        "constraints": [
                            models.UniqueConstraint(fields=("account", "position"), name="one_declaration_per_position")
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="MarginRow",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        (
                            "part",
                            models.CharField(
                                choices=[("declared", "As declared"), ("best", "Cheapest set")],
                                max_length=10,
                                verbose_name="part",
                            ),
                        ),
                        ("strategy", models.CharField(blank=True, max_length=8, verbose_name="strategy")),
                        ("number", models.CharField(blank=True, max_length=16, verbose_name="combination number")),
                        ("contract", models.CharField(max_length=8, verbose_name="contract")),
                        ("side", models.CharField(max_length=5, verbose_name="side")),
                        ("is_covered", models.BooleanField(default=False, verbose_name="covered")),
                        ("second_contract", models.CharField(blank=True, max_length=8, verbose_name="second leg")),
                        ("second_side", models.CharField(blank=True, max_length=5, verbose_name="side of the second leg")),
                        ("lots", models.PositiveIntegerField(verbose_name="lots")),
                        (
                            "unit_margin",
                            models.DecimalField(
                                decimal_places=2, default=Decimal("0"), max_digits=20, verbose_name="margin of one"
                            ),
                        ),
                        (
                            "margin",
                            models.DecimalField(decimal_places=2, default=Decimal("0"), max_digits=20, verbose_name="margin"),
                        ),
                        (
                            "client_unit_margin",
                            models.DecimalField(
                                decimal_places=2, default=Decimal("0"), max_digits=20, verbose_name="client's margin of one"
                            ),
                        ),
                        (
                            "client_margin",
                            models.DecimalField(
                                decimal_places=2, default=Decimal("0"), max_digits=20, verbose_name="client's margin"
                            ),
                        ),
                        (
                            "account",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="rows",
                                to="lines.marginaccount",
                                verbose_name="account",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "margin row",
                        "verbose_name_plural": "margin rows",
                        "ordering": ["id"],
                    },
                ),
                migrations.CreateModel(
                    name="SettlementResult",
                    fields=[
                        (
                            "obligation",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.CASCADE,
                                primary_key=True,
                                related_name="result",
                                serialize=False,
                                to="lines.obligation",
                                verbose_name="obligation",
                            ),
                        ),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("received", "Received"),
                                    ("tick_pending", "To be ticked"),
                                    ("ticked", "Ticked"),
                                    ("queued", "Queued"),
                                    ("cash_short", "Queued, cash short"),
                                    ("sec_short", "Queued, securities short"),
                                    ("settled_rt", "Settled in the day"),
                                    ("eod_retry", "Left to the end of day"),
                                    ("settled_eod", "Settled at the end of day"),
                                    ("failed", "Failed"),
                                    ("cancelled", "Cancelled"),
                                    ("closed", "Closed"),
                                ],
                                default="received",
                                max_length=12,
                                verbose_name="state",
                            ),
                        ),
                        ("is_matched", models.BooleanField(default=False, verbose_name="matched with an own trade")),
                        ("is_confirmed", models.BooleanField(default=True, verbose_name="confirmed by the counterparty")),
                        (
                            "need",
                            models.DecimalField(decimal_places=2, default=Decimal("0"), max_digits=20, verbose_name="needed now"),
                        ),
                        ("result_code", models.CharField(blank=True, max_length=4, verbose_name="result code")),
                        ("result_text", models.CharField(blank=True, max_length=80, verbose_name="result text")),
                        ("settled_qty", models.BigIntegerField(default=0, verbose_name="settled quantity")),
                        (
                            "settled_cash",
                            models.DecimalField(
                                decimal_places=2, default=Decimal("0"), max_digits=20, verbose_name="settled cash"
                            ),
                        ),
                        ("settled_at", models.CharField(blank=True, max_length=6, verbose_name="settled at")),
                        ("outlook", models.CharField(blank=True, max_length=12, verbose_name="outlook")),
                        ("batch", models.PositiveSmallIntegerField(default=0, verbose_name="tick batch")),
                        ("tick_key", models.CharField(blank=True, max_length=64)),
                        (
                            "closed_as",
                            models.CharField(
                                blank=True,
                                choices=[
                                    ("received", "Received"),
                                    ("tick_pending", "To be ticked"),
                                    ("ticked", "Ticked"),
                                    ("queued", "Queued"),
                                    ("cash_short", "Queued, cash short"),
                                    ("sec_short", "Queued, securities short"),
                                    ("settled_rt", "Settled in the day"),
                                    ("eod_retry", "Left to the end of day"),
                                    ("settled_eod", "Settled at the end of day"),
                                    ("failed", "Failed"),
                                    ("cancelled", "Cancelled"),
                                    ("closed", "Closed"),
                                ],
                                max_length=12,
                                verbose_name="closed as",
                            ),
                        ),
                        ("reason", models.CharField(blank=True, max_length=200, verbose_name="reason")),
                        (
                            "run",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="engine.run", verbose_name="run"
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "settlement result",
                        "verbose_name_plural": "settlement results",
                        "ordering": ["obligation_id"],
                        "indexes": [models.Index(fields=["run", "state"], name="results_of_a_run_by_state")],
                    },
                ),
                migrations.CreateModel(
                    name="OptionContract",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("number", models.CharField(max_length=8, verbose_name="contract")),
                        ("trading_code", models.CharField(max_length=20, verbose_name="trading code")),
                        ("name", models.CharField(max_length=40, verbose_name="name")),
                        ("exchange", models.CharField(max_length=4, verbose_name="exchange")),
                        ("underlying", models.CharField(max_length=8, verbose_name="underlying")),
                        ("option_type", models.CharField(max_length=1, verbose_name="call or put")),
                        ("strike", models.DecimalField(decimal_places=4, max_digits=14, null=True, verbose_name="strike")),
                        ("unit", models.PositiveIntegerField(verbose_name="unit")),
                        ("is_adjusted", models.BooleanField(default=False, verbose_name="adjusted")),
                        ("expiry", models.DateField(verbose_name="expiry")),
                        ("days_to_expiry", models.PositiveIntegerField(verbose_name="trading days to expiry")),
                        (
                            "previous_settle",
                            models.DecimalField(
                                decimal_places=4, max_digits=14, null=True, verbose_name="previous settlement price"
                            ),
                        ),
                        (
                            "previous_close",
                            models.DecimalField(
                                decimal_places=4, max_digits=14, null=True, verbose_name="previous close of the underlying"
                            ),
                        ),
                        (
                            "settle",
                            models.DecimalField(decimal_places=4, max_digits=14, null=True, verbose_name="settlement price"),
                        ),
                        (
                            "close",
                            models.DecimalField(
                                decimal_places=4, max_digits=14, null=True, verbose_name="close of the underlying"
                            ),
                        ),
                        ("ratio", models.DecimalField(decimal_places=4, max_digits=8, verbose_name="ratio a")),
                        ("floor_ratio", models.DecimalField(decimal_places=4, max_digits=8, verbose_name="ratio b")),
                        (
                            "margin_unit",
                            models.DecimalField(
                                decimal_places=2,
                                default=Decimal("0"),
                                max_digits=20,
                                verbose_name="opening margin of the exchange",
                            ),
                        ),
                        (
                            "opening_margin",
                            models.DecimalField(
                                decimal_places=2, default=Decimal("0"), max_digits=20, verbose_name="own opening margin"
                            ),
                        ),
                        ("static_row", models.PositiveIntegerField(verbose_name="row of the static file")),
                        ("price_row", models.PositiveIntegerField(null=True, verbose_name="row of the price file")),
                        (
                            "price_file",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="files.arrivedfile",
                                verbose_name="price file",
                            ),
                        ),
                        (
                            "run",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="engine.run", verbose_name="run"
                            ),
                        ),
                        (
                            "static_file",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="files.arrivedfile",
                                verbose_name="static file",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "option contract",
                        "verbose_name_plural": "option contracts",
                        "ordering": ["id"],
                        "constraints": [models.UniqueConstraint(fields=("run", "number"), name="one_option_contract_per_run")],
                    },
                ),
                migrations.CreateModel(
                    name="OwnTradeRecord",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("business_date", models.DateField(verbose_name="business date")),
                        ("row_no", models.PositiveIntegerField(verbose_name="row")),
                        ("account", models.CharField(max_length=20, verbose_name="securities account")),
                        ("unit", models.CharField(max_length=6, verbose_name="trading unit")),
                        ("security", models.CharField(max_length=8, verbose_name="security")),
                        ("side", models.CharField(max_length=1, verbose_name="side")),
                        ("quantity", models.BigIntegerField(verbose_name="quantity")),
                        (
                            "amount",
                            models.DecimalField(decimal_places=2, default=Decimal("0"), max_digits=20, verbose_name="amount"),
                        ),
                        ("ref_no", models.CharField(max_length=22, verbose_name="trade number")),
                        ("order_no", models.CharField(blank=True, max_length=22, verbose_name="order number")),
                        ("is_confirmed", models.BooleanField(default=True, verbose_name="confirmed by the counterparty")),
                        (
                            "file",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="files.arrivedfile",
                                verbose_name="file",
                            ),
                        ),
                        (
                            "line",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="people.businessline",
                                verbose_name="business line",
                            ),
                        ),
                        (
                            "run",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="engine.run", verbose_name="run"
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "own trade",
                        "verbose_name_plural": "own trades",
                        "ordering": ["id"],
                        "constraints": [models.UniqueConstraint(fields=("run", "row_no"), name="one_own_trade_per_line")],
                    },
                ),
                migrations.CreateModel(
                    name="SecurityPosition",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("business_date", models.DateField(verbose_name="business date")),
                        ("row_no", models.PositiveIntegerField(verbose_name="row")),
                        ("account", models.CharField(max_length=20, verbose_name="securities account")),
                        ("unit", models.CharField(max_length=6, verbose_name="trading unit")),
                        ("security", models.CharField(max_length=8, verbose_name="security")),
                        ("nature", models.CharField(blank=True, max_length=4, verbose_name="nature")),
                        ("total", models.BigIntegerField(verbose_name="total")),
                        ("frozen", models.BigIntegerField(default=0, verbose_name="frozen")),
                        ("pledged", models.BigIntegerField(default=0, verbose_name="pledged")),
                        ("locked_sellable", models.BigIntegerField(default=0, verbose_name="sellable lock")),
                        ("locked_pending", models.BigIntegerField(default=0, verbose_name="pending-disposal lock")),
                        ("as_of", models.DateField(null=True, verbose_name="as of")),
                        (
                            "file",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="files.arrivedfile",
                                verbose_name="file",
                            ),
                        ),
                        (
                            "line",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="people.businessline",
                                verbose_name="business line",
                            ),
                        ),
                        (
                            "run",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="engine.run", verbose_name="run"
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "security position",
                        "verbose_name_plural": "security positions",
                        "ordering": ["id"],
                        "constraints": [
                            models.UniqueConstraint(fields=("run", "file", "row_no"), name="one_security_position_per_row")
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="BreakWaiver",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        (
                            "stage",
                            models.CharField(
                                choices=[
                                    ("positions", "Positions (op_hycc)"),
                                    ("combinations", "Combinations (op_zhccmx)"),
                                    ("prices", "Prices (clpr03)"),
                                    ("detail", "Margin detail (op_bzjmx)"),
                                    ("account", "Margin account (op_bzjzh)"),
                                ],
                                max_length=12,
                                verbose_name="stage",
                            ),
                        ),
                        ("breaks", models.JSONField(default=list, verbose_name="breaks")),
                        ("reason", models.TextField(verbose_name="reason")),
                        ("valid_from", models.DateField(verbose_name="from")),
                        ("valid_until", models.DateField(verbose_name="until")),
                        ("signed_at", models.DateTimeField(verbose_name="signed at")),
                        (
                            "confirmed_by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                                verbose_name="confirmed by",
                            ),
                        ),
                        (
                            "line",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="people.businessline",
                                verbose_name="business line",
                            ),
                        ),
                        (
                            "run",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="engine.run", verbose_name="run"
                            ),
                        ),
                        (
                            "signed_by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                                verbose_name="signed by",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "waiver of breaks",
                        "verbose_name_plural": "waivers of breaks",
                        "ordering": ["id"],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("signed_by", models.F("confirmed_by")), _negated=True),
                                name="waiver_four_eyes",
                            ),
                            models.CheckConstraint(condition=models.Q(("reason", ""), _negated=True), name="waiver_says_why"),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="CashPosition",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("business_date", models.DateField(verbose_name="business date")),
                        ("row_no", models.PositiveIntegerField(verbose_name="row")),
                        ("market", models.CharField(max_length=2, verbose_name="market")),
                        ("cash_account", models.CharField(max_length=25, verbose_name="cash account")),
                        ("account_class", models.CharField(max_length=3, verbose_name="class")),
                        (
                            "balance",
                            models.DecimalField(decimal_places=2, default=Decimal("0"), max_digits=20, verbose_name="balance"),
                        ),
                        (
                            "min_reserve",
                            models.DecimalField(
                                decimal_places=2, default=Decimal("0"), max_digits=20, verbose_name="minimum reserve"
                            ),
                        ),
                        (
                            "frozen",
                            models.DecimalField(decimal_places=2, default=Decimal("0"), max_digits=20, verbose_name="frozen"),
                        ),
                        (
                            "guaranteed_net",
                            models.DecimalField(
                                decimal_places=2, default=Decimal("0"), max_digits=20, verbose_name="guaranteed net"
                            ),
                        ),
                        (
                            "nonguaranteed_pay",
                            models.DecimalField(
                                decimal_places=2, default=Decimal("0"), max_digits=20, verbose_name="non-guaranteed payable"
                            ),
                        ),
                        (
                            "nonguaranteed_recv",
                            models.DecimalField(
                                decimal_places=2, default=Decimal("0"), max_digits=20, verbose_name="non-guaranteed receivable"
                            ),
                        ),
                        (
                            "agency_pay",
                            models.DecimalField(
                                decimal_places=2, default=Decimal("0"), max_digits=20, verbose_name="agency payable"
                            ),
                        ),
                        (
                            "agency_recv",
                            models.DecimalField(
                                decimal_places=2, default=Decimal("0"), max_digits=20, verbose_name="agency receivable"
                            ),
                        ),
                        (
                            "ipo_pay",
                            models.DecimalField(
                                decimal_places=2, default=Decimal("0"), max_digits=20, verbose_name="subscription payable"
                            ),
                        ),
                        (
                            "withdrawable",
                            models.DecimalField(
                                decimal_places=2, default=Decimal("0"), max_digits=20, verbose_name="withdrawable"
                            ),
                        ),
                        ("as_of", models.DateField(null=True, verbose_name="as of")),
                        (
                            "file",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="files.arrivedfile",
                                verbose_name="file",
                            ),
                        ),
                        (
                            "line",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="people.businessline",
                                verbose_name="business line",
                            ),
                        ),
                        (
                            "run",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="engine.run", verbose_name="run"
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "cash position",
                        "verbose_name_plural": "cash positions",
                        "ordering": ["id"],
                        "constraints": [
                            models.UniqueConstraint(fields=("run", "file", "row_no"), name="one_cash_position_per_row")
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="FeeRate",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        (
                            "market",
                            models.CharField(
                                choices=[("SH", "Shanghai"), ("SZ", "Shenzhen"), ("BJ", "Beijing")],
                                max_length=2,
                                verbose_name="market",
                            ),
                        ),
                        (
                            "security_class",
                            models.CharField(
                                choices=[("stock", "Stock"), ("fund", "Fund"), ("bond", "Bond")],
                                max_length=10,
                                verbose_name="class of securities",
                            ),
                        ),
                        (
                            "fee",
                            models.CharField(
                                choices=[
                                    ("stamp", "Stamp duty"),
                                    ("transfer", "Transfer fee"),
                                    ("handling", "Handling fee"),
                                    ("regulatory", "Regulatory fee"),
                                    ("settlement", "Settlement fee"),
                                    ("risk_fund", "Settlement risk fund"),
                                    ("commission", "Commission"),
                                    ("min_reserve", "Minimum reserve"),
                                    ("price_diff", "Price-difference deposit"),
                                ],
                                max_length=12,
                                verbose_name="fee",
                            ),
                        ),
                        (
                            "side",
                            models.CharField(
                                choices=[("buy", "Buyer"), ("sell", "Seller"), ("both", "Both sides")],
                                default="both",
                                max_length=4,
                                verbose_name="charged to",
                            ),
                        ),
                        ("valid_from", models.DateField(verbose_name="valid from")),
                        (
                            "base",
                            models.CharField(
                                choices=[("amount", "Amount of the trade"), ("face_value", "Face value")],
                                default="amount",
                                max_length=10,
                                verbose_name="computed from",
                            ),
                        ),
                        (
                            "per_mille",
                            models.DecimalField(
                                blank=True, decimal_places=6, max_digits=10, null=True, verbose_name="rate in per mille"
                            ),
                        ),
                        (
                            "minimum",
                            models.DecimalField(decimal_places=2, default=0, max_digits=12, verbose_name="minimum (CNY)"),
                        ),
                        (
                            "contains_market_fees",
                            models.BooleanField(default=False, verbose_name="contains handling and regulatory fee"),
                        ),
                        ("source", models.CharField(max_length=300, verbose_name="source")),
                        ("is_verified", models.BooleanField(default=False, verbose_name="verified")),
                        ("is_withdrawn", models.BooleanField(default=False, verbose_name="withdrawn")),
                        ("set_at", models.DateTimeField(verbose_name="set at")),
                        (
                            "change",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="changes.change",
                                verbose_name="change",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "fee rate",
                        "verbose_name_plural": "fee rates",
                        "ordering": ["market", "security_class", "fee", "side", "-valid_from", "-id"],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("market", "security_class", "fee", "side", "change"), name="a_change_sets_a_rate_once"
                            ),
                            models.UniqueConstraint(
                                condition=models.Q(("change", None)),
                                fields=("market", "security_class", "fee", "side", "valid_from"),
                                name="a_rate_is_shipped_once",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("per_mille", None),
                                    models.Q(("per_mille__gte", 0), ("per_mille__lte", 1000)),
                                    _connector="OR",
                                ),
                                name="rates_are_parts_of_a_whole",
                            ),
                            models.CheckConstraint(condition=models.Q(("minimum__gte", 0)), name="a_minimum_is_not_negative"),
                            models.CheckConstraint(condition=models.Q(("source", ""), _negated=True), name="a_rate_has_a_source"),
                        ],
                    },
                ),
            ],
        ),
    ]
