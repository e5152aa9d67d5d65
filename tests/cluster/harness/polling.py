"""Waiting for what should come about, and telling what is instead when it does not."""
import time


class GaveUp(AssertionError):
    pass


def until(condition, what, timeout=60, every=0.1, diagnosis=None):
    """The first true value of condition(). `diagnosis()` is added to the failure."""
    end = time.monotonic() + timeout
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > end:
            told = f"\n{diagnosis()}" if diagnosis else ""
            raise GaveUp(f"not within {timeout} s: {what}{told}")
        time.sleep(every)


def stays(condition, what, seconds, every=0.1, diagnosis=None):
    """Holds throughout."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if not condition():
            told = f"\n{diagnosis()}" if diagnosis else ""
            raise AssertionError(f"not so throughout {seconds} s: {what}{told}")
        time.sleep(every)
