"""What the tests have workers do; a module of its own because a worker imports it."""

from __future__ import annotations

import ctypes
import os
import subprocess
import sys
import threading
from pathlib import Path


def double(number):
    return 2 * number


def fail_on_three(number):
    if number == 3:
        raise ValueError("three is not for me")
    return number


def crash_on_three(number):
    if number == 3:
        ctypes.string_at(0)
    return number


def hang_in_a_program(note):
    program = subprocess.Popen([sys.executable, "-c", "import threading; threading.Event().wait()"])
    Path(note).write_text(str(program.pid))
    program.wait()


def allocate(size):
    return len(bytearray(size))


def chatter(word):
    print("I am a library and I print", flush=True)
    os.write(1, b"in C as well\n")
    return word


def own_pid(_):
    return os.getpid()


def variable(name):
    """Return a variable of the worker's environment."""
    return os.environ.get(name)


def note_pid_and_hang(note):
    Path(note).write_text(f"{os.getpid()}\n")
    threading.Event().wait()


class StubbornError(Exception):
    """An exception that pickles and does not come back."""

    def __init__(self, one, other):
        super().__init__(f"{one} and {other}")


def raise_stubborn(number):
    raise StubbornError(number, number)


def return_a_function(number):
    return lambda: number
