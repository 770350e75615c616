"""``tracer status``: what the index holds and what could not be read."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import typer

from tracer.cli.options import IndexOption, JsonOption, index_path

if TYPE_CHECKING:
    from tracer.index.store import Index


def command(index: IndexOption = None, as_json: JsonOption = False) -> None:
    """Say what the index holds, what was matched, and what could not be read and why.

    Example: tracer status --index case.db
    """
    from tracer.index.store import Index
    from tracer.settings import DEFAULT

    with Index.open(index_path(index)) as opened:
        record = _record(opened, DEFAULT.digest())
    typer.echo(json.dumps(record, ensure_ascii=False) if as_json else _text(record))


def _record(index: Index, settings_digest: str) -> dict[str, Any]:
    state = index.state()
    return {
        "schema": "tracer/status/1",
        "index": str(index.path),
        "bytes": index.path.stat().st_size,
        "videos": state.videos,
        "hours": round(state.hours, 3),
        "as_of": state.as_of.isoformat().replace("+00:00", "Z") if state.as_of else None,
        "settings": state.settings,
        "unmatched": len(index.unmatched(settings_digest)),
        "unchecked": [asdict(one) for one in index.unchecked()],
    }


def _text(record: dict[str, Any]) -> str:
    lines = [
        f"{record['index']}: {record['videos']} videos, {record['hours']:.1f} h,"
        f" {record['bytes'] / 1e6:.1f} MB, as of {record['as_of'] or 'never'}",
        f"settings {record['settings'] or '-'};"
        f" {record['unmatched']} videos not yet compared with all others",
    ]
    unchecked = record["unchecked"]
    lines.append(f"not checked: {len(unchecked)}")
    lines += [f"  {one['subject']} ({one['stage']}): {one['reason']}" for one in unchecked]
    return "\n".join(lines)
