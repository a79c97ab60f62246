"""Products for programs: the same selectors as the pages. Classes, tables, rules and products are set by items of changes."""

from typing import Any
from urllib.parse import quote

from drf_spectacular.utils import OpenApiParameter, extend_schema
from pydantic import ValidationError as BadContent
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from apps.changes.selectors.lifecycle import change_for, today
from apps.kernel.errors import NotFound
from apps.lines.products import selectors
from apps.lines.products.actions import line_to_propose_on, output_problems, propose_classification
from apps.lines.products.core.checks import cell_problem
from apps.lines.products.core.contents import AccountsContent, OutputContent, RuleContent
from apps.lines.products.forms import AccountsFilter, ProductsFilter
from apps.lines.products.selectors.accounts import results_of
from apps.lines.products.selectors.findings import sentence_of
from apps.lines.products.serializers import (
    AccountResultOut,
    AccountsIn,
    ClassificationIn,
    DraftOutputIn,
    DraftRuleIn,
    LinePreviewIn,
    OutputPlanOut,
    OutputsIn,
    PatternIn,
    PreviewPageOut,
    ProductAccountsOut,
    ProductClassOut,
    ProductsOut,
    ProductWhyOut,
    ProposedChangeOut,
    TableOfRulesOut,
)
from apps.lines.products.views.looking import day_of
from apps.people.models import BusinessLine
from apps.people.selectors import signed_in

DATE = OpenApiParameter("date", str, description="Business date; today's when none is said.")
FILTERS = [OpenApiParameter(name, str) for name in ProductsFilter.base_fields]


class Products(APIView):
    @extend_schema(parameters=FILTERS, responses=ProductsOut)
    def get(self, request: Request) -> Response:
        """Products that you may see, with their classes on a business date; texts are patterns with * and ?."""
        form = ProductsFilter(request.query_params)
        if not form.is_valid():
            raise ValidationError({name: [str(one) for one in told] for name, told in form.errors.items()})
        wanted = form.wanted
        day = wanted.pop("date", None) or today()
        rows, following = selectors.products_page(signed_in(request), day, wanted, after=wanted.pop("after", ""))
        said = {"date": day, "results": rows, "next": f"?after={following}" if following else None}
        return Response(ProductsOut(said).data)


class OneProduct(APIView):
    @extend_schema(parameters=[DATE], responses=ProductWhyOut)
    def get(self, request: Request, code: str) -> Response:
        """A product with the why: every table that was asked, and the rules that match."""
        return Response(ProductWhyOut(selectors.detail_of(signed_in(request), code, day_of(request.query_params))).data)


class ProductClasses(APIView):
    @extend_schema(parameters=[DATE], responses=ProductClassOut(many=True))
    def get(self, request: Request) -> Response:
        """The tree in force on a business date."""
        return Response(ProductClassOut(list(selectors.classes_on(day_of(request.query_params)).values()), many=True).data)


class ProductRules(APIView):
    @extend_schema(parameters=[DATE], responses=TableOfRulesOut(many=True))
    def get(self, request: Request) -> Response:
        """The decision tables in force on a business date."""
        tables = selectors.tables_on(day_of(request.query_params))
        said = [{"table": held.row, "rules": [rule.row for rule in rules]} for held, rules in tables]
        return Response(TableOfRulesOut(said, many=True).data)


class ProductRulePreview(APIView):
    @extend_schema(request=DraftRuleIn, responses=PreviewPageOut)
    def post(self, request: Request) -> Response:
        """What a rule that is not saved would match and move. Nothing is kept."""
        given = _given(DraftRuleIn, request.data)
        draft = _content(RuleContent, "rule", given["rule"])
        problems = [problem for name, cell in draft.cells.items() if (problem := cell_problem(name, cell)) is not None]
        if problems:
            raise ValidationError({"rule": [sentence_of(problem) for problem in problems]})
        return _page(selectors.preview_of_rule(signed_in(request), draft, given.get("date") or today()), given)


class ProductPattern(APIView):
    @extend_schema(parameters=[PatternIn], responses=PreviewPageOut)
    def get(self, request: Request) -> Response:
        """What one cell of a column matches."""
        given = _given(PatternIn, request.query_params)
        problem = cell_problem(given["column"], given["cell"])
        if problem is not None:
            raise ValidationError({"cell": [sentence_of(problem)]})
        preview = selectors.preview_of_pattern(signed_in(request), given["column"], given["cell"], given.get("date") or today())
        return _page(preview, given)


class ProductClassification(APIView):
    @extend_schema(parameters=[LinePreviewIn], responses=PreviewPageOut)
    def get(self, request: Request) -> Response:
        """What a classification of all products of a line would move on a business date."""
        given = _given(LinePreviewIn, request.query_params)
        line = line_to_propose_on(signed_in(request), given["line"])
        if line is None:
            raise NotFound(what=BusinessLine._meta.verbose_name)
        return _page(selectors.preview_of_line(line.pk, given.get("date") or today()), given)

    @extend_schema(request=ClassificationIn, responses={201: ProposedChangeOut})
    def post(self, request: Request) -> Response:
        """Proposes it: a change, submitted at once, that somebody else agrees to."""
        given = _given(ClassificationIn, request.data)
        change = propose_classification(
            line_code=given["line"],
            reason=given["reason"],
            effective_date=given.get("effective_date"),
            seen=given.get("digest"),
            actor=signed_in(request),
        )
        return Response(ProposedChangeOut(change).data, status=201)


class ProductChange(APIView):
    @extend_schema(responses=PreviewPageOut)
    def get(self, request: Request, change_id: int) -> Response:
        """What a change would make of the products that you may see."""
        person = signed_in(request)
        preview = selectors.preview_of_change(person, change_for(person, change_id))
        return _page(preview, {"show": request.query_params.get("show", "moves"), "after": request.query_params.get("after", "")})


class ProductOutputs(APIView):
    @extend_schema(parameters=[OutputsIn], responses=OutputPlanOut)
    def get(self, request: Request) -> Response:
        """Where files of the products that you may see go on a business date, each with the class that the product has then."""
        given = _given(OutputsIn, request.query_params)
        plan = selectors.plan_on(signed_in(request), given.get("date") or today(), product=given["product"])
        return _plan(plan, given)


class ProductOutputPreview(APIView):
    @extend_schema(request=DraftOutputIn, responses=OutputPlanOut)
    def post(self, request: Request) -> Response:
        """Which files an output that is not saved would make. Nothing is kept."""
        given = _given(DraftOutputIn, request.data)
        draft = _content(OutputContent, "output", given["output"])
        problems = output_problems(draft)
        if problems:
            raise ValidationError({"output": [sentence_of(problem) for problem in problems]})
        return _plan(selectors.plan_on(signed_in(request), given.get("date") or today(), [draft]), given)


class ProductAccounts(APIView):
    @extend_schema(parameters=[OpenApiParameter(name, str) for name in AccountsFilter.base_fields], responses=ProductAccountsOut)
    def get(self, request: Request) -> Response:
        """Securities accounts of the products that you may see, on a business date; texts are patterns with * and ?."""
        form = AccountsFilter(request.query_params)
        if not form.is_valid():
            raise ValidationError({name: [str(one) for one in told] for name, told in form.errors.items()})
        wanted = form.wanted
        day = wanted.pop("date", None) or today()
        rows, following = selectors.accounts_page(signed_in(request), day, wanted, after=wanted.pop("after", ""))
        said = {"date": day, "results": rows, "next": f"?after={following}" if following else None}
        return Response(ProductAccountsOut(said).data)


class ProductAccountsCheck(APIView):
    @extend_schema(request=AccountsIn, responses=AccountResultOut(many=True))
    def post(self, request: Request) -> Response:
        """What would become of each account on a line; nothing is kept. Items of the kind product.accounts set them."""
        given = _given(AccountsIn, request.data)
        line = line_to_propose_on(signed_in(request), given["line"])
        if line is None:
            raise NotFound(what=BusinessLine._meta.verbose_name)
        content = _content(AccountsContent, "accounts", {"accounts": given["accounts"]})
        rows = list(enumerate(content.accounts, start=1))
        return Response(AccountResultOut(results_of(rows, line.pk, given.get("date") or today()), many=True).data)


def _content(model: Any, name: str, given: Any) -> Any:
    """What a change would store. Raises ValidationError with the place of what cannot be."""
    try:
        return model.model_validate(given)
    except BadContent as refusal:
        first = refusal.errors()[0]
        raise ValidationError({name: [f"{'.'.join(str(part) for part in first['loc'])} {first['msg']}".strip()]}) from refusal


def _plan(plan: selectors.OutputPlan, given: dict[str, Any]) -> Response:
    rows, following = plan.page(given["which"], given["after"])
    said = {
        "plan": plan,
        "outputs": [held.row for held in selectors.outputs_held(plan.day)],
        "destinations": len(plan.plan.destinations),
        "idle_products": len(plan.plan.idle_products),
        "results": rows,
        "next": f"?after={quote(following)}" if following else None,
    }
    return Response(OutputPlanOut(said).data)


def _page(preview: selectors.Preview, given: dict[str, Any]) -> Response:
    rows, following = preview.page(given["show"], given["after"])
    said = {
        "preview": preview,
        "problems": [sentence_of(finding) for finding in preview.findings],
        "results": rows,
        "next": f"?after={following}" if following else None,
    }
    return Response(PreviewPageOut(said).data)


def _given(reader: Any, data: Any) -> dict[str, Any]:
    read = reader(data=data)
    read.is_valid(raise_exception=True)
    return dict(read.validated_data)
