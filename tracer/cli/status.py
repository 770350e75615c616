"""``tracer status``: what the index holds and what could not be read."""

from __future__ import annotations

import json
from dataclasses import asdict, replace
from typing import TYPE_CHECKING, Any

import typer

from tracer.cli.options import IndexOption, JsonOption, index_path

if TYPE_CHECKING:
    from tracer.index.queue import QueueState
    from tracer.index.store import Index


def command(index: IndexOption = None, as_json: JsonOption = False) -> None:
    """Say what the index holds, what was matched, and what could not be read and why.

    Example: tracer status --index case.db
    """
    from tracer.index.store import Index
    from tracer.settings import DEFAULT

    with Index.open(index_path(index)) as opened:
        record = _record(opened, DEFAULT.matching_digest())
    typer.echo(json.dumps(record, ensure_ascii=False) if as_json else _text(record))


def _record(index: Index, settings_digest: str) -> dict[str, Any]:
    state = index.state()
    parts = index.costs()
    return {
        "schema": "tracer/status/1",
        "index": str(index.path),
        "bytes": index.path.stat().st_size,
        "videos": state.videos,
        "hours": round(state.hours, 3),
        "as_of": state.as_of.isoformat().replace("+00:00", "Z") if state.as_of else None,
        "settings": state.settings,
        "parts": parts,
        "bytes_per_minute": _for_a_minute(parts, state.hours),
        "queue": _queue(index.queue.state()),
        "unmatched": len(index.unmatched(settings_digest)),
        "unread": len(index.unread()),
        "unchecked": [
            asdict(replace(one, subject=index.name_of(one.subject))) for one in index.unchecked()
        ],
    }


def _for_a_minute(parts: dict[str, int], hours: float) -> int | None:
    """Return the bytes that a minute of video takes in the mean: its prints, sound and film."""
    prints = sum(size for name, size in parts.items() if name not in ("other", "free"))
    return round(prints / hours / 60) if hours else None


def _queue(state: QueueState) -> dict[str, Any]:
    """Return how much is done and left; rate and time left where somebody is at work.

    No clock is asked: a rate is what the runs have finished from their beginning to their last
    sign of life.
    """
    working = [run for run in state.runs if run.alive]
    seconds = max(((run.beat - run.begun).total_seconds() for run in working), default=0.0)
    finished = sum(run.done + run.failed for run in working)
    rate = finished / seconds if seconds else None
    return {
        "done": state.done,
        "waiting": state.waiting,
        "in_flight": state.claimed,
        "failed": state.failed,
        "processes": len(working),
        "ended_processes": len(state.runs) - len(working),
        "files_per_second": round(rate, 3) if rate else None,
        "video_seconds_per_second": (
            round(sum(run.seconds for run in working) / seconds, 2) if rate else None
        ),
        "seconds_left": round((state.waiting + state.claimed) / rate) if rate else None,
    }


def _queue_lines(queue: dict[str, Any]) -> list[str]:
    if not any(queue[name] for name in ("done", "waiting", "in_flight", "failed")):
        return []
    told = (
        f"queue: {queue['done']} done, {queue['waiting']} waiting,"
        f" {queue['in_flight']} in flight, {queue['failed']} failed"
    )
    lines = [told]
    if queue["processes"]:
        line = f"  {queue['processes']} at work"
        if queue["files_per_second"]:
            line += (
                f", {queue['files_per_second']:.2f} files a second"
                f" ({queue['video_seconds_per_second']:.1f}x real time),"
                f" {_duration(queue['seconds_left'])} left"
            )
        lines.append(line)
    elif queue["waiting"] or queue["in_flight"]:
        lines.append("  nobody is at work; go on with: tracer index")
    if queue["failed"]:
        lines.append("  try what failed again with: tracer retry")
    return lines


def _duration(seconds: int) -> str:
    minutes, rest = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}"


def _text(record: dict[str, Any]) -> str:
    from tracer.report.wording import count, plain

    lines = [
        f"{record['index']}: {record['videos']} videos, {record['hours']:.1f} h,"
        f" {record['bytes'] / 1e6:.1f} MB, as of {record['as_of'] or 'never'}",
        f"settings {record['settings'] or '-'};"
        f" {record['unmatched']} videos not yet compared with all others",
    ]
    parts = {name: size for name, size in record["parts"].items() if size}
    sizes = [f"{name} {size / 1e6:.1f}" for name, size in parts.items()]
    minute = record["bytes_per_minute"]
    told = f"; a minute of video: {minute / 1e3:.0f} kB" if minute else ""
    lines.append(f"bytes, in MB: {', '.join(sizes)}{told}")
    lines += _queue_lines(record["queue"])
    if record["unread"]:
        videos = count(record["unread"], "video")
        lines.append(f"text not read: {videos}; read it with: tracer text")
    unchecked = record["unchecked"]
    lines.append(f"not checked: {len(unchecked)}")
    lines += [
        f"  {plain(one['subject'])} ({one['stage']}): {plain(one['reason'])}" for one in unchecked
    ]
    return "\n".join(lines)
