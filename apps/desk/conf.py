"""Settings of the desk; each may be overridden in the project's settings with the prefix CLEARWAY_."""

from typing import Any

from django.conf import settings


class DeskConf:
    FEED_POLL_SECONDS: float = 0.02  # SQLite only: how often the change counter is looked at (8 microseconds a look)
    FEED_SAFETY_SECONDS: float = 1.0  # PostgreSQL only: a lost notification costs at most this
    FEED_HEARTBEAT_SECONDS: float = 15.0
    FEED_SESSION_CHECK_SECONDS: float = 3.0  # signed out or deactivated: closed within this
    FEED_RIGHTS_CHECK_SECONDS: float = 30.0  # rights changed past the journal: closed within this
    FEED_QUEUE_FRAMES: int = 512  # a client that is further behind is cut off and resumes by number
    FEED_INBOX_SECONDS: float = 0.5  # an inbox is counted again at most this often
    FEED_BACKLOG_ENTRIES: int = 2000  # more than this to catch up with: the page is told to read itself again
    FEED_CLIENT_BYTES: int = 1024
    FEED_CLIENT_MESSAGES: int = 20  # clients have nothing to say; this many in a connection's life is a misuse

    PRESENCE_SILENCE_SECONDS: float = 6.0  # a page says every two seconds that it is there
    PRESENCE_RENEW_SECONDS: float = 4.0  # and the server says so to the others this often
    PRESENCE_BEATS_A_SECOND: float = 3.0  # more in the long run is a misuse

    def __getattribute__(self, name: str) -> Any:
        default = super().__getattribute__(name)
        return getattr(settings, f"CLEARWAY_{name}", default) if name.isupper() else default


conf = DeskConf()
