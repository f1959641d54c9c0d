"""Put on the path of the test server: its clock stands where a file says, so that its answers are the same every time.

SAMPLE_CLOCK=<file with an ISO time> PYTHONPATH=<this folder> python ...
"""

import datetime as dt
import os
import time
from pathlib import Path

_FILE = Path(os.environ["SAMPLE_CLOCK"])


def _now() -> dt.datetime:
    return dt.datetime.fromisoformat(_FILE.read_text(encoding="utf-8").strip())


class _Standing(dt.datetime):
    """A datetime whose now is in the file."""

    @classmethod
    def now(cls, tz: dt.tzinfo | None = None) -> "_Standing":
        moment = _now().astimezone(tz) if tz else _now().replace(tzinfo=None)
        return cls.fromisoformat(moment.isoformat())

    @classmethod
    def utcnow(cls) -> "_Standing":
        return cls.now()


dt.datetime = _Standing  # type: ignore[misc] # for every module that is imported after this one
time.time = lambda: _now().timestamp()

# The landing zone of the made-up company takes the default networks away; and a real account has the keys of the
# services that it uses, where the server would make one for every service there is.
from moto.ec2.models import vpcs  # noqa: E402 - after the clock is set
from moto.kms import utils  # noqa: E402 - after the clock is set

vpcs.VPCBackend.create_default_vpc = lambda _: None  # type: ignore[method-assign] # no default networks
utils.RESERVED_ALIASE_TARGET_KEY_IDS.clear()
