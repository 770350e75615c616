"""Takes the README's picture: a real report on four of the bundled clips, in a real browser.

    python docs/make_picture.py [--height PIXELS] [--output docs/report.png]

1. Index the clips in a temporary folder: the story that fixtures/README.md tells.
2. Export their chain as HTML.
3. Let headless Chromium photograph the top of the page; reduce it to 256 colours.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from PIL import Image

HERE = Path(__file__).resolve().parent
CLIPS = Path("fixtures", "clips")  # as a user names them: the picture shows no path of a machine
STORY = ("sintel.mp4", "sintel-douyin.mp4", "sintel-youtube-english.mp4", "sintel-twitter.mp4")
WIDTH = 1280  # CSS pixels
LIMIT_BYTES = 300_000
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "chrome")


def tracer(*arguments: str | Path) -> None:
    """Run a command of ours."""
    command = [sys.executable, "-m", "tracer", *map(str, arguments)]
    done = subprocess.run(command, cwd=HERE.parent, check=False)
    if done.returncode > 1:  # 1: done, but something could not be checked
        raise SystemExit(f"tracer {arguments[0]} ended with status {done.returncode}")


def report(folder: Path) -> Path:
    """Index the clips and write the report that is photographed."""
    index, page = folder / "tracer.db", folder / "report.html"
    tracer("index", "--index", index, *(CLIPS / name for name in STORY))
    tracer("export", "--index", index, "--format", "html", "--output", page, CLIPS / STORY[-1])
    return page


def photograph(page: Path, picture: Path, height: int) -> None:
    """Show the page in a headless browser and write what stands at its top."""
    browser = next((found for name in BROWSERS if (found := shutil.which(name))), None)
    if browser is None:
        raise SystemExit("no Chromium was found; install one (Debian: apt install chromium)")
    sandbox = ["--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
    subprocess.run(
        [
            browser,
            *sandbox,
            "--headless=new",
            "--disable-gpu",
            "--hide-scrollbars",
            f"--user-data-dir={picture.parent / 'profile'}",
            f"--window-size={WIDTH},{height}",
            f"--screenshot={picture}",
            page.as_uri(),
        ],
        check=True,
        capture_output=True,
        timeout=120,
    )


def reduced(picture: Path, output: Path) -> int:
    """Write the picture with 256 colours and return its size in bytes."""
    with Image.open(picture) as opened:
        colours = opened.convert("RGB").quantize(256, dither=Image.Dither.FLOYDSTEINBERG)
    colours.save(output, optimize=True)
    return output.stat().st_size


def main(arguments: Sequence[str] | None = None) -> None:
    """Make the picture and say how large it is."""
    parser = argparse.ArgumentParser(description="Take the README's picture of a report.")
    parser.add_argument("--height", type=int, default=1660, help="CSS pixels of the page to show")
    parser.add_argument("--output", type=Path, default=HERE / "report.png")
    asked = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as temporary:
        raw = Path(temporary) / "raw.png"
        photograph(report(Path(temporary)), raw, asked.height)
        size = reduced(raw, asked.output)
    print(f"{asked.output}: {size:,} bytes")
    if size > LIMIT_BYTES:
        raise SystemExit(f"over {LIMIT_BYTES:,} bytes: show less of the page with --height")


if __name__ == "__main__":
    main()
