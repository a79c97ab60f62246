"""What is stored of each kind of item, read strictly: a field that nobody knows is refused."""

from datetime import date, time
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, model_validator

Name = Annotated[str, Field(min_length=1, max_length=200)]


class Content(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class VersionContent(Content):
    """A version of a process comes into force; without a number none is in force any more."""

    process: Annotated[str, Field(min_length=1, max_length=60)]
    number: Annotated[int, Field(ge=1)] | None


class WindowContent(Content):
    """The times of a step. `valid_from` only where a former window is brought back; else it is the change's date."""

    process: Annotated[str, Field(min_length=1, max_length=60)]
    step: Name
    calendar: Annotated[str, Field(max_length=20)] = "CN-EX"
    day_offset: Annotated[int, Field(ge=0, le=30)] = 0
    earliest_start: time | None = None
    latest_start: time | None = None
    latest_end: time | None = None
    valid_from: date | None = None
    removed: bool = False

    @model_validator(mode="after")
    def says_something(self) -> "WindowContent":
        if not self.removed and self.earliest_start is None and self.latest_start is None and self.latest_end is None:
            raise ValueError("at least one time is needed")
        return self


class DayContent(Content):
    """A day of a calendar that differs from the weekday rule."""

    calendar: Annotated[str, Field(min_length=1, max_length=20)]
    day: date
    is_open: bool = False
    name_zh: Annotated[str, Field(max_length=60)] = ""
    name_en: Annotated[str, Field(max_length=60)] = ""
    source: Annotated[str, Field(max_length=120)] = ""
    removed: bool = False


class RoleContent(Content):
    """A person takes a role in a team, or has it no more."""

    team: int
    person: Annotated[str, Field(min_length=1, max_length=150)]
    role: Annotated[str, Field(min_length=1, max_length=20)]
    held: bool = True


class PolicyContent(Content):
    """What a verb of intervention asks for on the line."""

    verb: Annotated[str, Field(min_length=1, max_length=12)]
    needs_reason: bool = True
    second_person: bool = True
    removed: bool = False


class PlacementContent(Content):
    """Where automatic steps are done: of the line, of a process, or of one step of it."""

    process: Annotated[str, Field(max_length=60)] = ""
    step: Annotated[str, Field(max_length=200)] = ""
    queue: Annotated[str, Field(max_length=60)] = ""
    pool: Annotated[str, Field(max_length=60)] = ""
    removed: bool = False
