"""How this line sends: into its outgoing folder of the day, once per key."""

from apps.engine.handlers import StepContext
from apps.files.actions import send_file
from apps.lines.rtgs import conf


def send_once(context: StepContext, key: str, name: str, data: bytes) -> str:
    """The name under which the bytes were put; the same key again writes nothing new."""
    sent = send_file(
        key=key,
        line_code=context.line,
        business_date=context.business_date,
        directory=conf.OUTGOING,
        name=name,
        data=data,
        step_id=context.step_id,
    )
    return sent.name
