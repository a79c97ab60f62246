"""Options margin over HTTP: the same selectors as the pages. Accounts are paged by key: `?after=<id>`."""

from dataclasses import asdict
from decimal import Decimal
from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from apps.engine.selectors import run_for
from apps.lines.options_margin.forms import AccountFilter, CombinationFilter
from apps.lines.options_margin.selectors import accounts as found
from apps.lines.options_margin.selectors import combinations
from apps.lines.options_margin.selectors.figures import figures_of
from apps.lines.options_margin.serializers import (
    CombinationOut,
    MarginAccountDetailOut,
    MarginAccountOut,
    OptionContractOut,
    WhatIfIn,
    WhatIfOut,
)
from apps.lines.options_margin.states import Part
from apps.people.selectors import signed_in
from apps.people.serializers import page_of

_COUNTED = ("accounts", "contracts", "calls", "cliffs", "refused", "shortfalls", "proposed", "chosen")
_SUMMED = ("single_margin", "margin", "client_margin", "best_margin", "call", "saved", "saving")


class OptionsFigures(APIView):
    @extend_schema(responses=OpenApiTypes.OBJECT)
    def get(self, request: Request, run_id: int) -> Response:
        """The figures of a run, open breaks by class, waivers in force; null before anything was computed."""
        figures = figures_of(run_for(signed_in(request), run_id))
        if figures is None:
            return Response(None)
        said: dict[str, Any] = {name: getattr(figures, name) for name in _COUNTED}
        said |= {name: f"{getattr(figures, name):.2f}" for name in _SUMMED}
        said["breaks"] = [
            {"class": one.key.value, "count": one.count, "first_suspicion": str(one.suspicion)} for one in figures.breaks
        ]
        said["waivers"] = [
            {
                "stage": one.stage,
                "breaks": len(one.breaks),
                "reason": one.reason,
                "until": one.valid_until,
                "signed_by": one.signed_by.username,
                "confirmed_by": one.confirmed_by.username,
            }
            for one in figures.waivers
        ]
        return Response(said)


class OptionsAccounts(APIView):
    @extend_schema(
        parameters=[OpenApiParameter("after", int), OpenApiParameter("account", str), OpenApiParameter("called", bool)],
        operation_id="options_margin_runs_accounts_list",
        responses=page_of(MarginAccountOut),
    )
    def get(self, request: Request, run_id: int) -> Response:
        """Accounts of a run that you may see, in order."""
        wanted = AccountFilter(request.query_params)
        if not wanted.is_valid():
            raise ValidationError({name: [str(text) for text in texts] for name, texts in wanted.errors.items()})
        chosen = wanted.cleaned_data
        rows = found.accounts_of(signed_in(request), run_id, called=chosen["called"], account=chosen["account"])
        page, following = found.page_of(rows, chosen["after"])
        return Response({"results": MarginAccountOut(page, many=True).data, "next": f"?after={following}" if following else None})


class OptionsCombinations(APIView):
    @extend_schema(
        parameters=[
            OpenApiParameter("part", str, enum=list(Part.values)),
            *(OpenApiParameter(name, str) for name in ("account", "strategy", "contract", "underlying")),
            OpenApiParameter("after", int),
        ],
        operation_id="options_margin_runs_combinations_list",
        responses=page_of(CombinationOut),
    )
    def get(self, request: Request, run_id: int) -> Response:
        """Combinations of a run that you may see, by account: as declared, or those of the cheapest sets (`part=best`)."""
        asked = CombinationFilter(request.query_params)
        if not asked.is_valid():
            raise ValidationError({name: [str(text) for text in texts] for name, texts in asked.errors.items()})
        rows = combinations.combinations_of(signed_in(request), run_id, asked.wanted())
        page, following = combinations.page_of(rows, asked.cleaned_data["after"])
        return Response({"results": CombinationOut(page, many=True).data, "next": f"?after={following}" if following else None})


class OptionsAccount(APIView):
    @extend_schema(responses=MarginAccountDetailOut)
    def get(self, request: Request, account_id: int) -> Response:
        """One account with all that it was computed from."""
        return Response(MarginAccountDetailOut(found.account_for(signed_in(request), account_id)).data)


class OptionsWhatIf(APIView):
    @extend_schema(request=WhatIfIn, responses=WhatIfOut)
    def post(self, request: Request, account_id: int) -> Response:
        """What the account would pay without some of its combinations and lots. Nothing is changed."""
        account = found.account_for(signed_in(request), account_id)
        asked = WhatIfIn(data=request.data)
        asked.is_valid(raise_exception=True)
        close = [(one["contract"], one["side"], one["lots"]) for one in asked.validated_data["close"]]
        outcome = found.outcome_of(account, dissolve=asked.validated_data["dissolve"], close=close)
        return Response(WhatIfOut(asdict(outcome)).data)


class OptionsContract(APIView):
    @extend_schema(responses=OpenApiTypes.OBJECT)
    def get(self, request: Request, run_id: int, number: str) -> Response:
        """One contract, and every number that the margin of a short lot was made of."""
        one = found.contract_for(signed_in(request), run_id, number)
        explained = found.explained(one)
        return Response(
            {
                **OptionContractOut(one).data,
                "evening": _plain(asdict(explained.evening)) if explained.evening else None,
                "opening": _plain(asdict(explained.opening)),
            }
        )


def _plain(said: dict[str, Any]) -> dict[str, Any]:
    return {name: str(value) if isinstance(value, Decimal) else value for name, value in said.items()}
