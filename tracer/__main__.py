"""``python -m tracer``."""

from tracer.cli.main import run

if __name__ == "__main__":
    run()
