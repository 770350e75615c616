"""Times as Chinese pages write them -> Instant: Beijing time unless they say otherwise."""

from __future__ import annotations

import re

from tracer.collect import claims
from tracer.model import Instant

_WRITTEN = re.compile(
    r"(?P<year>20\d\d|19\d\d)\s*[年/.-]\s*(?P<month>\d{1,2})\s*[月/.-]\s*(?P<day>\d{1,2})\s*日?"
    r"(?:[T\s]*(?P<half>[上下]午)?\s*(?P<hour>\d{1,2})\s*[:：时]\s*(?P<minute>\d{1,2})\s*分?"
    r"(?:\s*[:：]?\s*(?P<second>\d{1,2})(?:\.\d+)?\s*秒?)?)?"
    r"\s*(?P<zone>Z|[+-]\d\d:?\d\d)?"
)
_BEIJING = "+08:00"


def beijing(text: str, source: str) -> Instant:
    """Return the first time that a text holds, read as Beijing time where it names no zone.

    A bare day is that day in Beijing. Raises ``ValueError`` where there is none.

    >>> beijing("2021年01月23日 19:15 来源: 新疆日报", "page").earliest.isoformat()
    '2021-01-23T11:15:00+00:00'
    """
    found = _WRITTEN.search(text)
    if found is None:
        raise ValueError(f"{text[:60]!r} holds no day or time")
    told = found.groupdict()
    day = f"{told['year']}-{int(told['month']):02}-{int(told['day']):02}"
    zone = told["zone"] or _BEIJING
    raw = found[0].strip()
    if told["hour"] is None:
        first = claims.stated(f"{day}T00:00:00{_BEIJING}", source)
        last = claims.stated(f"{day}T23:59:59{_BEIJING}", source)
        return Instant(first.earliest, last.latest, source, raw, told["zone"] or "")
    hour = int(told["hour"])
    if told["half"] == "下午" and hour < 12:
        hour += 12
    second = f":{int(told['second']):02}" if told["second"] else ""
    read = claims.stated(f"{day}T{hour:02}:{int(told['minute']):02}{second}{zone}", source)
    return Instant(read.earliest, read.latest, source, raw, told["zone"] or "")
