"""A mail server that is never there."""

from smtplib import SMTPServerDisconnected
from typing import Any

from django.core.mail.backends.base import BaseEmailBackend


class BrokenMail(BaseEmailBackend):
    def send_messages(self, _messages: Any) -> int:
        raise SMTPServerDisconnected("hello")
