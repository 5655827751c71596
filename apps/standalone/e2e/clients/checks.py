"""Runs named checks one after the other and prints a line of JSON for each: its name, and what went wrong if it failed."""

import json
import sys
import traceback

_checks = []


def check(function):
    """Registers a check; its name is that of the function, in words."""
    _checks.append(function)
    return function


def run():
    for function in _checks:
        outcome = {"name": function.__name__.replace("_", " ")}
        try:
            function()
        except Exception:
            outcome["failed"] = traceback.format_exc(limit=-3)
        print(json.dumps(outcome), flush=True)
    sys.stdout.flush()


def expect_equal(actual, expected):
    if actual != expected:
        raise AssertionError(f"{actual!r} is not {expected!r}")


def expect(holds, what):
    if not holds:
        raise AssertionError(what)
