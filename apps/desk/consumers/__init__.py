"""Live feeds: over websockets for pages, and as server-sent events for programs."""

from apps.desk.consumers.events import event_stream
from apps.desk.consumers.feeds import CommentFeed, EverythingFeed, InboxFeed, LineFeed, RunFeed, TeamFeed
from apps.desk.consumers.presence import PresenceFeed, ProcessFeed

__all__ = [
    "CommentFeed",
    "EverythingFeed",
    "InboxFeed",
    "LineFeed",
    "PresenceFeed",
    "ProcessFeed",
    "RunFeed",
    "TeamFeed",
    "event_stream",
]
