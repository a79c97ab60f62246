"""The web side: HTTP by Django, websockets by Channels."""

import os

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "clearway.settings.embedded")

pages = get_asgi_application()

from channels.routing import ProtocolTypeRouter  # noqa: E402 - models may only be imported once Django is set up

from clearway.routing import websockets  # noqa: E402

application = ProtocolTypeRouter({"http": pages, "websocket": websockets})
