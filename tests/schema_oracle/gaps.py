"""Pairs that do not pass, and why. One that begins to pass fails the test, and comes off this list."""
GAPS = {
}
