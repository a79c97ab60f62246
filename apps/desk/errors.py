from django.utils.translation import gettext_lazy as _

from apps.kernel.errors import DomainError


class NotSignedIn(DomainError):
    """A feed is for people who are signed in and for programs with a token."""

    code, http_status = "not_signed_in", 401
    sentence = _("Sign in, or come with a token.")


class UnusableFeed(DomainError):
    """The place to go on from, or the run, is not written as one."""

    code, http_status = "unusable_feed", 400
    sentence = _("A run is a number, and a feed goes on after the number or position that it gave.")
