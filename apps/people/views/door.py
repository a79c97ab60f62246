"""The door and one's own settings. Everything that counts happens in the actions."""

from typing import Any

from django.contrib import messages
from django.contrib.auth import views as auth
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse, reverse_lazy
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods
from django.views.i18n import set_language as set_language_cookie

from apps.kernel.errors import DomainError
from apps.people import actions, selectors
from apps.people.conf import IDLE_COOKIE, THEMES, YEAR_SECONDS, conf
from apps.people.forms import SettingsForm, SignInForm, address_of
from apps.people.selectors import signed_in


class SignIn(auth.LoginView):
    """The sign-in page. A failed try answers 422, a delayed one 429, both on the form."""

    template_name = "people/sign_in.html"
    authentication_form = SignInForm
    redirect_authenticated_user = True

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """`idle_minutes`: how long somebody did nothing who is out for it."""
        was_idle = self.request.method == "GET" and self.request.COOKIES.get(IDLE_COOKIE) == "1"
        return super().get_context_data(**kwargs) | {"idle_minutes": conf.IDLE_MINUTES if was_idle else 0}

    def form_valid(self, form: Any) -> HttpResponse:
        answer = super().form_valid(form)
        actions.note_success(actor=form.get_user(), address=address_of(self.request))
        return answer

    def form_invalid(self, form: Any) -> HttpResponse:
        answer = super().form_invalid(form)
        answer.status_code = 429 if form.has_error("__all__", "too_many_tries") else 422
        return answer


class SignOut(auth.LogoutView):
    """Only by POST, so that no link can sign anybody out."""

    http_method_names = ["post", "options"]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.user.is_authenticated:
            actions.note_sign_out(actor=signed_in(request), address=address_of(request))
        answer = super().post(request, *args, **kwargs)
        answer.delete_cookie(IDLE_COOKIE, samesite="Lax")
        return answer


@method_decorator(never_cache, name="dispatch")
class PasswordChange(auth.PasswordChangeView):
    """A new password; every other session of the person ends."""

    template_name = "people/password.html"
    success_url = reverse_lazy("profile")

    def form_valid(self, form: Any) -> HttpResponse:
        answer = super().form_valid(form)
        actions.record_password_change(actor=signed_in(self.request), address=address_of(self.request))
        messages.success(self.request, _("The password is changed. Other sessions of yours have ended."))
        return answer

    def form_invalid(self, form: Any) -> HttpResponse:
        answer = super().form_invalid(form)
        answer.status_code = 422
        return answer


@login_required
@require_http_methods(["GET", "POST"])
def profile(request: HttpRequest) -> HttpResponse:
    """Who one is, what roles one has, and the two settings that are one's own."""
    person = signed_in(request)
    now = {"language": person.language or request.LANGUAGE_CODE, "theme": request.COOKIES.get("theme", "auto")}
    if now["theme"] not in dict(THEMES):
        now["theme"] = "auto"
    form = SettingsForm(request.POST or None, initial=now)
    if request.method == "POST" and form.is_valid():
        language = form.cleaned_data["language"]
        actions.choose_language(language=language, actor=person)
        with override(language):
            messages.success(request, _("Your settings are saved."))
        answer = redirect("profile")
        _keep(answer, request, "theme", form.cleaned_data["theme"])
        _keep(answer, request, conf.language_cookie(), language)
        return answer
    context = {"form": form, "memberships": selectors.memberships_of(person), "person": person}
    return render(request, "people/profile.html", context, status=422 if form.is_bound else 200)


def set_language(request: HttpRequest) -> HttpResponse:
    """The language switch of every page: a cookie for everybody, and kept with the account of who is signed in."""
    answer: HttpResponse = set_language_cookie(request)
    if request.method == "POST" and request.user.is_authenticated:
        try:
            actions.choose_language(language=request.POST.get("language", ""), actor=signed_in(request))
        except DomainError:
            return answer  # an unknown language changes nothing, exactly as for the cookie
    return answer


def admin_door(request: HttpRequest, extra_context: Any = None) -> HttpResponse:
    """The admin site has no door of its own: one place counts failures. Who is in but may not be there goes home."""
    if request.user.is_authenticated:
        messages.error(request, _("The admin site is for administrators."))
        return redirect("home")
    return redirect(f"{reverse('sign-in')}?next={reverse('admin:index')}")


def _keep(answer: HttpResponse, request: HttpRequest, name: str, value: str) -> None:
    answer.set_cookie(name, value, max_age=YEAR_SECONDS, samesite="Lax", secure=request.is_secure())
