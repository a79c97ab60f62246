"""One's own webhooks: made here, their secrets shown once, watched, set back, paused and ended."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from apps.hooks import actions, selectors
from apps.hooks.conf import conf
from apps.hooks.forms import IncomingForm, OutgoingForm
from apps.hooks.models import Hook, OutgoingHook
from apps.hooks.states import Feed, HookVerb
from apps.journal.selectors import feed_position
from apps.kernel.errors import DomainError, NotFound
from apps.kernel.pages import cut
from apps.people.models import User
from apps.people.selectors import lines_for_tokens, signed_in


@require_safe
@login_required
@never_cache
def hooks(request: HttpRequest) -> HttpResponse:
    """What one has, in both directions, and forms for new ones."""
    if request.GET.get("part") == "outgoing":
        return render(request, "hooks/_outgoing_list.html", _outgoing_list(signed_in(request)))
    return _page(request)


@login_required
@never_cache
@require_POST
def new_outgoing(request: HttpRequest) -> HttpResponse:
    """Makes one; its secret is on this answer alone."""
    person = signed_in(request)
    form = _out_form(person, request.POST)
    if not form.is_valid():
        return _page(request, out=form, status=422)
    try:
        hook, secret = actions.make_outgoing(**form.words(), actor=person)
    except DomainError as refusal:
        form.add_error(None, str(refusal))
        return _page(request, out=form, status=refusal.http_status)
    return _page(request, made=hook, secret=secret)


@login_required
@never_cache
@require_POST
def new_incoming(request: HttpRequest) -> HttpResponse:
    """Registers a sender; its secret is on this answer alone."""
    person = signed_in(request)
    form = IncomingForm(selectors.tokens_to_act_with(person), request.POST)
    if not form.is_valid():
        return _page(request, into=form, status=422)
    try:
        hook, secret = actions.make_incoming(**form.cleaned_data, actor=person)
    except DomainError as refusal:
        form.add_error(None, str(refusal))
        return _page(request, into=form, status=refusal.http_status)
    return _page(request, made=hook, secret=secret)


@require_safe
@login_required
@never_cache
def outgoing(request: HttpRequest, hook_id: int) -> HttpResponse:
    """How far one is, and what was given up."""
    return _outgoing_page(request, hook_id)


@login_required
@require_POST
def replay(request: HttpRequest, hook_id: int) -> HttpResponse:
    """Sends again what comes behind a place."""
    try:
        actions.replay(hook_id=hook_id, after=request.POST.get("after", "")[:40], actor=signed_in(request))
    except NotFound:
        raise
    except DomainError as refusal:
        return _outgoing_page(request, hook_id, refusal=refusal)
    messages.success(request, _("It is sent again from there on."))
    return redirect("outgoing-hook", hook_id)


@login_required
@require_POST
def resend(request: HttpRequest, letter_id: int) -> HttpResponse:
    """Sends a dead letter once more."""
    letter = actions.resend(letter_id=letter_id, actor=signed_in(request))
    return redirect("outgoing-hook", letter.hook_id)


@login_required
@never_cache
@require_POST
def move_outgoing(request: HttpRequest, hook_id: int, verb: str) -> HttpResponse:
    """Pauses, resumes, ends, or gives a new secret, which is on this answer alone."""
    hook, secret = actions.move_outgoing(hook_id=hook_id, verb=_verb(verb), actor=signed_in(request))
    return _moved(request, hook, secret)


@login_required
@never_cache
@require_POST
def move_incoming(request: HttpRequest, hook_id: int, verb: str) -> HttpResponse:
    """The same of a sender."""
    hook, secret = actions.move_incoming(hook_id=hook_id, verb=_verb(verb), actor=signed_in(request))
    return _moved(request, hook, secret)


def _verb(text: str) -> str:
    if text not in HookVerb.values:
        raise NotFound(what=_("verb"))
    return text


def _moved(request: HttpRequest, hook: Hook, secret: str) -> HttpResponse:
    if secret:
        return _page(request, made=hook, secret=secret)
    if isinstance(hook, OutgoingHook) and hook.ended_at is None:
        return redirect("outgoing-hook", hook.pk)
    return redirect("hooks")


def _page(
    request: HttpRequest,
    *,
    out: OutgoingForm | None = None,
    into: IncomingForm | None = None,
    made: Hook | None = None,
    secret: str = "",
    status: int = 200,
) -> HttpResponse:
    """Both lists are short: a person has no more than `conf.MOST_PER_PERSON` of each."""
    person, position = signed_in(request), feed_position()
    context: dict[str, Any] = {
        "feed_after": position,
        **_outgoing_list(person),
        "incoming": selectors.incoming_of(person)[: conf.MOST_PER_PERSON],
        "out": out or _out_form(person),
        "into": into or IncomingForm(selectors.tokens_to_act_with(person)),
        "made": made,
        "secret": secret,
        "place": request.build_absolute_uri("/").rstrip("/"),
    }
    return render(request, "hooks/hooks.html", context, status=status)


def _outgoing_list(person: User) -> dict[str, Any]:
    return {"outgoing": selectors.outgoing_shown(person)[: conf.MOST_PER_PERSON]}


def _outgoing_page(request: HttpRequest, hook_id: int, refusal: DomainError | None = None) -> HttpResponse:
    position = feed_position()
    hook = selectors.outgoing_of(signed_in(request)).filter(pk=hook_id).first()
    if hook is None:
        raise NotFound(what=OutgoingHook._meta.verbose_name)
    before = request.GET.get("before", "")
    is_key = before.isascii() and before.isdigit() and len(before) < 19
    behind = int(before) if is_key else 0
    letters = cut(selectors.letters_of(hook, behind), selectors.PAGE)
    context = {
        "feed_after": position,
        "hook": hook,
        "letters": letters.rows,
        "before": behind,
        "following": letters.last.pk if letters.last else 0,
        "may_replay": hook.feed != Feed.INBOX,
        "refusal": refusal,
    }
    page = "hooks/_outgoing_state.html" if request.GET.get("part") == "state" else "hooks/outgoing.html"
    return render(request, page, context, status=refusal.http_status if refusal else 200)


def _out_form(person: User, data: Any = None) -> OutgoingForm:
    return OutgoingForm(lines_for_tokens(person), selectors.teams_to_follow(person), data)
