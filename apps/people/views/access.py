"""Who can do what: by person, by line and by process; given and taken there by who administers the line."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, QueryDict, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from apps.journal.selectors import feed_position
from apps.kernel.errors import DomainError, NotFound
from apps.kernel.pages import cut
from apps.kernel.tables import BYTE_ORDER_MARK, csv_row
from apps.people import actions, selectors
from apps.people.forms import RightsForm, RoleForm
from apps.people.models import RoleGroup, Team, User
from apps.people.selectors import Scope, Wanted, signed_in
from apps.people.states import Right


@require_safe
@login_required
def access(request: HttpRequest) -> HttpResponse:
    """A list of people with what they hold, narrowed by name, line or process; with `?person=` one of them, and the forms."""
    if request.GET.get("person"):
        return _person_page(request)
    return _list_page(request)


def _list_page(request: HttpRequest, form: RightsForm | None = None, status: int = 200) -> HttpResponse:
    viewer = signed_in(request)
    scope = selectors.scope_of(viewer)
    places = selectors.places_in(scope)
    wanted = _wanted(request.GET, places)
    page = cut(selectors.people_with_access(scope, wanted, _text(request.GET, "after")), selectors.PAGE)
    people = page.rows
    holdings = selectors.holdings_of(people, scope, wanted)
    context = {
        "people": [(person, holdings.get(person.pk, [])) for person in people] if scope.lines else [],
        "more": page.more,
        "last": people[-1].username if people else "",
        "lines": places[0],
        "processes": [one for one in places[1] if wanted.line is None or one.line_id == wanted.line.pk],
        "wanted": wanted,
        **_shared(scope, viewer),
    }
    if wanted.process is not None:
        context["role_grants"] = selectors.grants_to_roles(wanted.process)
        if wanted.process.line_id in scope.administered:
            roles = RoleGroup.objects.select_related("line").order_by("line__position", "line__code", "role")
            context["rights_form"] = form or RightsForm([wanted.process], roles, initial={"process": wanted.process.key})
    template = "people/_access_people.html" if _is_fragment(request) else "people/access.html"
    return render(request, template, context, status=status)


def _person_page(
    request: HttpRequest, bound: forms.Form | None = None, username: str = "", refusal: DomainError | None = None
) -> HttpResponse:
    """What one person holds; by whom, until when; for who administers one of the lines, the forms to give more."""
    viewer = signed_in(request)
    scope = selectors.scope_of(viewer)
    person = _person(username or _text(request.GET, "person"))
    if person == viewer:
        seen = selectors.whole_scope()
    elif scope.administered or selectors.people_with_access(scope, Wanted()).filter(pk=person.pk).exists():
        seen = scope
    else:
        raise NotFound(what=User._meta.verbose_name)
    places = selectors.places_in(scope)
    wanted = _wanted(request.GET, places)
    holdings = selectors.holdings_of([person], seen, Wanted()).get(person.pk, [])
    context = {"person": person, "holdings": holdings, "wanted": wanted, "refusal": refusal, **_shared(scope, viewer)}
    if scope.administered and person != viewer and person.is_active:
        context |= _forms(scope, places[1], wanted, bound)
    template = "people/_access_holdings.html" if _is_fragment(request) else "people/access_person.html"
    return render(request, template, context, status=refusal.http_status if refusal else 422 if bound is not None else 200)


def _forms(scope: Scope, processes: list[Any], wanted: Wanted, bound: forms.Form | None) -> dict[str, Any]:
    teams = list(_teams(scope))
    chosen = next((team.pk for team in teams if wanted.line is not None and team.line_id == wanted.line.pk), None)
    mine = [one for one in processes if one.line_id in scope.administered]
    first = {"process": wanted.process.key} if wanted.process is not None else {}
    return {
        "role_form": bound if isinstance(bound, RoleForm) else RoleForm(teams, initial={"team": chosen}, auto_id="role-%s"),
        "rights_form": bound if isinstance(bound, RightsForm) else RightsForm(mine, None, initial=first, auto_id="rights-%s"),
    }


@require_POST
@login_required
def give_role(request: HttpRequest) -> HttpResponse:
    """A role in a team, for good or for a while."""
    viewer = signed_in(request)
    team = _team_of(request.POST, viewer)
    person = _person(_text(request.POST, "person"))
    form = RoleForm(_teams(selectors.scope_of(viewer)), request.POST, auto_id="role-%s")
    actions.require(viewer, Right.ADMINISTER, team.line)
    if not form.is_valid():
        return _person_page(request, form, person.username)
    try:
        actions.add_member(team_id=team.pk, user_id=person.pk, role=form.cleaned_data["role"], actor=viewer, **form.period())
    except DomainError as refusal:
        form.add_error(None, str(refusal))
        return _person_page(request, form, person.username, refusal)
    messages.success(request, _("{person} has the role.").format(person=person))
    return redirect(_address(person, team.line.code))


@require_POST
@login_required
def take_role(request: HttpRequest, membership_id: int) -> HttpResponse:
    """Takes a role at once."""
    viewer = signed_in(request)
    person = _person(_text(request.POST, "person"))
    try:
        actions.remove_member(membership_id=membership_id, actor=viewer, reason=_text(request.POST, "reason"))
    except DomainError as refusal:
        if refusal.http_status in (403, 404):
            raise
        return _person_page(request, None, person.username, refusal)
    messages.success(request, _("It is taken from {person}.").format(person=person))
    return redirect(_address(person))


@require_POST
@login_required
def give_rights(request: HttpRequest) -> HttpResponse:
    """Rights on one process: to a person, or, without one, to everybody in a role."""
    viewer, username = signed_in(request), _text(request.POST, "person")
    process = selectors.process_to_administer(viewer, _text(request.POST, "process"))
    roles = RoleGroup.objects.select_related("line").order_by("line__position", "line__code", "role")
    form = RightsForm([process], None if username else roles, request.POST, auto_id="rights-%s" if username else "id_%s")
    refusal: DomainError | None = None
    if form.is_valid():
        rights = [Right(right) for right in form.cleaned_data["rights"]]
        to: dict[str, Any] = {"user_id": _person(username).pk} if username else {"role": roles.get(pk=form.cleaned_data["role"])}
        try:
            actions.grant_on_process(process_key=process.key, rights=rights, actor=viewer, **to, **form.period())
        except DomainError as refused:
            refusal = refused
            form.add_error(None, str(refused))
        else:
            messages.success(request, _("The rights on {process} are given.").format(process=process.name))
            return redirect(_address(_person(username)) if username else f"{reverse('access')}?process={process.key}")
    if username:
        return _person_page(request, form, username, refusal)
    request.GET = QueryDict(f"process={process.key}")
    return _list_page(request, form, refusal.http_status if refusal else 422)


@require_POST
@login_required
def take_rights(request: HttpRequest) -> HttpResponse:
    """Takes what a person, or everybody in a role, was given on one process."""
    viewer, username = signed_in(request), _text(request.POST, "person")
    process = selectors.process_to_administer(viewer, _text(request.POST, "process"))
    words: dict[str, Any] = {"process_key": process.key, "actor": viewer, "reason": _text(request.POST, "reason")}
    if username:
        actions.revoke_on_process(user_id=_person(username).pk, **words)
        messages.success(request, _("It is taken from {person}.").format(person=_person(username)))
        return redirect(_address(_person(username)))
    line, _dot, role = _text(request.POST, "role").rpartition(".")
    found = RoleGroup.objects.filter(line__code=line, role=role).select_related("group", "line").first()
    if found is None:
        raise NotFound(what=_("role"))
    actions.revoke_on_process(role=found, **words)
    messages.success(request, _("It is taken from the role."))
    return redirect(f"{reverse('access')}?process={process.key}")


@require_safe
@login_required
def access_csv(request: HttpRequest) -> StreamingHttpResponse:
    """The list as a table for other programs: one row per person and holding, everything that the page would show."""
    scope = selectors.scope_of(signed_in(request))
    wanted = _wanted(request.GET, selectors.places_in(scope))
    answer = StreamingHttpResponse(_rows(scope, wanted), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = 'attachment; filename="access.csv"'
    return answer


COLUMNS = ["username", "name", "line", "process", "role", "role_line", "rights", "from", "until", "granted_by", "reason"]


def _rows(scope: Scope, wanted: Wanted) -> Iterator[str]:
    yield BYTE_ORDER_MARK + csv_row(COLUMNS)
    if not scope.lines:
        return
    for person, holdings in selectors.told_by_person(scope, wanted):
        if person.is_superuser:
            yield csv_row([person.username, str(person), "*", "", "superuser", "", "*", "", "", "", ""])
        for one in holdings:
            given = [one.role, one.role_line.code if one.role_line else "", " ".join(one.rights)]
            period = [_instant(one.valid_from), _instant(one.valid_until), str(one.granted_by or ""), one.reason]
            place = [one.line.code, one.process.key if one.process is not None else ""]
            yield csv_row([person.username, str(person), *place, *given, *period])


def _instant(moment: datetime | None) -> str:
    return localtime(moment).isoformat(timespec="minutes") if moment is not None else ""


def _shared(scope: Scope, viewer: User) -> dict[str, Any]:
    position = feed_position()
    return {"feed_after": position, "administered": scope.administered, "viewer": viewer, "scope": scope}


def _wanted(query: QueryDict, places: tuple[list[Any], list[Any]]) -> Wanted:
    """What the address narrows a list to; a place that is not there or not theirs narrows nothing."""
    line = next((one for one in places[0] if one.code == query.get("line")), None)
    process = next((one for one in places[1] if one.key == query.get("process")), None)
    if line is not None and process is not None and process.line_id != line.pk:
        process = None
    return Wanted(_text(query, "q"), line, process)


def _teams(scope: Scope) -> Any:
    teams = Team.objects.filter(line__in=scope.administered).select_related("line")
    return teams.order_by("line__position", "line__code", "pk")


def _team_of(query: QueryDict, viewer: User) -> Team:
    """The team, as long as the person may see its line."""
    number = _text(query, "team")
    found = Team.objects.filter(pk=int(number) if number.isascii() and number.isdigit() and len(number) < 19 else 0)
    team = found.filter(line__in=selectors.lines_visible_to(viewer)).select_related("line").first()
    if team is None:
        raise NotFound(what=Team._meta.verbose_name)
    return team


def _person(username: str) -> User:
    found = User.objects.filter(username=username).first()
    if found is None:
        raise NotFound(what=User._meta.verbose_name)
    return found


def _address(person: User, line: str = "") -> str:
    query = QueryDict(mutable=True)
    query["person"] = person.username
    if line:
        query["line"] = line
    return f"{reverse('access')}?{query.urlencode()}"


def _text(query: QueryDict, name: str) -> str:
    """A NUL can stand in no column."""
    return query.get(name, "").replace("\0", "").strip()[:150]


def _is_fragment(request: HttpRequest) -> bool:
    htmx: Any = getattr(request, "htmx", None)
    return bool(htmx) and not htmx.boosted and request.method != "POST"
