"""The roster and hand-overs for programs: the same selectors and actions as the pages."""

from datetime import date
from typing import Any

from django.utils.dateparse import parse_date
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from apps.changes.selectors.lifecycle import today
from apps.kernel import clock
from apps.kernel.errors import NotFound
from apps.people.models import BusinessLine, User
from apps.people.selectors import lines_visible_to, signed_in
from apps.shifts import actions, selectors
from apps.shifts.actions.handing import seen_of
from apps.shifts.core.hours import FIRST_DAY, LAST_DAY, monday_of
from apps.shifts.models import Handover, Shift
from apps.shifts.serializers import (
    CopiedOut,
    CopyIn,
    CoverageIn,
    CoverageOut,
    DutyIn,
    DutyOut,
    GiveIn,
    HandoverPageOut,
    HandoverReportOut,
    RosterOut,
    ShiftOut,
    TakeIn,
    WholeHandoverOut,
)


class Shifts(APIView):
    @extend_schema(operation_id="shifts_list", responses=ShiftOut(many=True))
    def get(self, request: Request) -> Response:
        """The shifts that lines may be served by."""
        signed_in(request)
        found = Shift.objects.filter(active=True).select_related("site", "calendar")
        return Response(ShiftOut(found[:200], many=True).data)


class Roster(APIView):
    @extend_schema(
        operation_id="roster_retrieve",
        parameters=[OpenApiParameter("week", date), OpenApiParameter("line", str), OpenApiParameter("after", str)],
        responses=RosterOut,
    )
    def get(self, request: Request) -> Response:
        """Who is on which shift in the week of a day (this week unless told), on the lines that you may see, and what is
        missing."""
        asked = request.query_params.get("week", "")
        day = _read_day("week", asked) if asked else clock.market_date()
        chosen = {name: _asked(request, name) for name in ("line", "after")}
        week = selectors.week_for(signed_in(request), monday_of(day), **chosen)
        cells = [cell for row in week.rows for cell in row.cells]
        following = f"?week={week.monday.isoformat()}&after={week.following}" if week.following else None
        return Response(RosterOut({"monday": week.monday, "results": cells, "next": following}).data)


class Coverages(APIView):
    @extend_schema(operation_id="roster_coverage", request=CoverageIn, responses=CoverageOut)
    def post(self, request: Request) -> Response:
        """Says that a shift serves a line that you administer, and with how many people on site."""
        person, facts = signed_in(request), _read(CoverageIn, request)
        where = {"line_id": _line(person, facts["line"]).pk, "shift_id": _shift(facts["shift"]).pk}
        if facts["on_site"] is None:
            actions.drop_coverage(**where, actor=person)
        else:
            actions.set_coverage(**where, on_site=facts["on_site"], actor=person)
        return Response(CoverageOut(facts).data)


class Duties(APIView):
    @extend_schema(operation_id="roster_plan", request=DutyIn, responses={201: DutyOut})
    def post(self, request: Request) -> Response:
        """Plans somebody for a shift of a line that you administer."""
        person, facts = signed_in(request), _read(DutyIn, request)
        who = User.objects.filter(username=facts["person"]).first()
        made = actions.plan_duty(
            line_id=_line(person, facts["line"]).pk,
            shift_id=_shift(facts["shift"]).pk,
            person_id=who.pk if who else 0,
            day=facts["business_date"],
            actor=person,
            **{name: facts[name] for name in ("role", "on_site", "process", "step")},
        )
        return Response(DutyOut(made).data, status=201)


class OneDuty(APIView):
    @extend_schema(operation_id="roster_remove", responses={204: None})
    def delete(self, request: Request, number: int) -> Response:
        """Takes somebody off a shift that is not over."""
        actions.remove_duty(duty_id=number, actor=signed_in(request))
        return Response(status=204)


class CopyWeek(APIView):
    @extend_schema(operation_id="roster_copy", request=CopyIn, responses=CopiedOut)
    def post(self, request: Request) -> Response:
        """Plans a week of a line as the one before it."""
        person, facts = signed_in(request), _read(CopyIn, request)
        line = _line(person, facts["line"])
        copied = actions.copy_week(line_id=line.pk, monday=monday_of(facts["week"]), actor=person)
        return Response(CopiedOut(copied).data)


class Handovers(APIView):
    @extend_schema(
        operation_id="handovers_list",
        parameters=[
            OpenApiParameter("line", str),
            OpenApiParameter("show", str, enum=["open"]),
            OpenApiParameter("before", int),
        ],
        responses=HandoverPageOut,
    )
    def get(self, request: Request) -> Response:
        """Hand-overs of the lines that you may see, newest first."""
        chosen = {name: _asked(request, name) for name in ("line", "show")}
        before = request.query_params.get("before", "")
        number = int(before) if before.isascii() and before.isdigit() and len(before) < 16 else None
        page = selectors.page_of(signed_in(request), **chosen, before=number)
        following = f"?before={page.following}" if page.following else None
        return Response(HandoverPageOut({"results": page.rows, "next": following}).data)

    @extend_schema(operation_id="handovers_give", request=GiveIn, responses={201: WholeHandoverOut})
    def post(self, request: Request) -> Response:
        """Freezes what is true of a line now and signs it for a shift."""
        person, facts = signed_in(request), _read(GiveIn, request)
        line, shift = _line(person, facts["line"]), _shift(facts["shift"])
        given = actions.give_handover(
            line_id=line.pk,
            shift_id=shift.pk,
            day=facts["business_date"],
            seen=facts["seen"],
            notes=facts["notes"],
            actor=person,
        )
        return Response(_whole(selectors.handover_for(person, given.pk)), status=201)


class HandoverReport(APIView):
    @extend_schema(
        operation_id="handovers_report",
        responses=HandoverReportOut,
    )
    def get(self, request: Request, line: str, shift: str, day: str) -> Response:
        """What would be handed over now for the shift of that date. Read it, then sign it with its `seen`."""
        person, on = signed_in(request), _read_day("day", day)
        coverage = selectors.coverage_for(person, line, shift)
        following = selectors.next_shift(coverage.line, coverage.shift, on)
        contents = selectors.report_of(coverage.line, today(), following, person)
        return Response(HandoverReportOut({"seen": seen_of(contents), "sections": selectors.parts_of(contents)}).data)


class OneHandover(APIView):
    @extend_schema(operation_id="handovers_retrieve", responses=WholeHandoverOut)
    def get(self, request: Request, number: int) -> Response:
        """One hand-over as it was frozen, with its signatures."""
        return Response(_whole(selectors.handover_for(signed_in(request), number)))


class TakeHandover(APIView):
    @extend_schema(operation_id="handovers_take", request=TakeIn, responses=WholeHandoverOut)
    def post(self, request: Request, number: int) -> Response:
        """The second signature, with the keys of everything red."""
        person = signed_in(request)
        facts = _read(TakeIn, request)
        actions.take_handover(handover_id=number, actor=person, **facts)
        return Response(_whole(selectors.handover_for(person, number)))


def _read(serializer: Any, request: Request) -> dict[str, Any]:
    data = serializer(data=request.data)
    data.is_valid(raise_exception=True)
    return dict(data.validated_data)


def _whole(handover: Handover) -> Any:
    handover.parts = selectors.parts_of(handover.contents)  # type: ignore[attr-defined]
    return WholeHandoverOut(handover).data


def _line(person: User, code: str) -> BusinessLine:
    line = lines_visible_to(person).filter(code=code).first()
    if line is None:
        raise NotFound(what=BusinessLine._meta.verbose_name)
    return line


def _shift(code: str) -> Shift:
    shift = Shift.objects.filter(code=code).first()
    if shift is None:
        raise NotFound(what=Shift._meta.verbose_name)
    return shift


def _asked(request: Request, name: str) -> str:
    """A parameter of the address; a database takes no text with NUL."""
    return request.query_params.get(name, "")[:40].replace("\0", "")


def _read_day(name: str, text: str) -> date:
    try:
        day = parse_date(text)
    except ValueError:
        day = None
    if day is None or not FIRST_DAY <= day <= LAST_DAY:
        raise ValidationError({name: ["2026-11-20"]})
    return day
