"""The fee table for programs: the same selectors as the pages. Rates are set by changes with items of the kind `fee.rate`."""

from typing import Any

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from apps.changes.selectors.lifecycle import today
from apps.lines.fees import selectors
from apps.lines.fees.core.reserve import Repo, Reserve
from apps.lines.fees.core.trades import Trade
from apps.lines.fees.serializers import (
    BillOut,
    FeeTableOut,
    MinimumIn,
    MinimumOut,
    RateHistoryOut,
    RepoIn,
    RepoOut,
    ReserveIn,
    ReserveOut,
    TableIn,
    TradeIn,
)
from apps.lines.fees.states import Side


class Fees(APIView):
    @extend_schema(parameters=[TableIn], responses=FeeTableOut)
    def get(self, request: Request) -> Response:
        """The fee table in force on a business date (today's, when none is said)."""
        wanted = _given(TableIn, request)
        day = wanted.pop("date", None) or today()
        rows, following = selectors.table_on(day, **wanted)
        said = {"date": day, "results": rows, "next": f"?after={following}" if following else None}
        return Response(FeeTableOut(said).data)


class OneFeeRate(APIView):
    @extend_schema(parameters=[OpenApiParameter("before", int)], responses=RateHistoryOut)
    def get(self, request: Request, number: int) -> Response:
        """One rate with all that were ever set for the same market, class, fee and side."""
        row = selectors.rate_for(number)
        before = request.query_params.get("before", "")
        if before and not (before.isascii() and before.isdigit() and len(before) < 19):
            raise ValidationError({"before": ["not a number"]})
        history, following = selectors.history_of(row, int(before) if before else None)
        said = {"rate": row, "history": history, "next": f"?before={following}" if following else None}
        return Response(RateHistoryOut(said).data)


class BillOfTrade(APIView):
    @extend_schema(parameters=[TradeIn], responses=BillOut)
    def get(self, request: Request) -> Response:
        """What one trade costs by the table of its business date, with the working of each part. Nothing is kept."""
        given = _given(TradeIn, request)
        return Response(BillOut(selectors.bill_for(Trade(**{**given, "side": Side(given["side"])}))).data)


class ReserveNeed(APIView):
    @extend_schema(parameters=[ReserveIn], responses=ReserveOut)
    def get(self, request: Request) -> Response:
        """What may be withdrawn from a reserve account, and what has to be topped up."""
        return Response(ReserveOut(Reserve(**_given(ReserveIn, request))).data)


class MinimumOfReserve(APIView):
    @extend_schema(parameters=[MinimumIn], responses=MinimumOut)
    def get(self, request: Request) -> Response:
        """The minimum reserve by the ratio that is in force on the business date."""
        return Response(MinimumOut(selectors.minimum_for(**_given(MinimumIn, request))).data)


class RepoInterest(APIView):
    @extend_schema(parameters=[RepoIn], responses=RepoOut)
    def get(self, request: Request) -> Response:
        """Interest of a repo for its actual days, and what is paid at maturity."""
        return Response(RepoOut(Repo(**_given(RepoIn, request))).data)


def _given(reader: Any, request: Request) -> dict[str, Any]:
    data = reader(data=request.query_params)
    data.is_valid(raise_exception=True)
    return dict(data.validated_data)
