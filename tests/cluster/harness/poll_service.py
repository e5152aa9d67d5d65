"""Usage: poll_service.py URL RATE SECONDS. Asks until standard input ends, at most that long; the last
line it writes says how often, and what failed when."""
import json
import sys
import threading
import time
import urllib.request

url, rate, seconds = sys.argv[1], float(sys.argv[2]), float(sys.argv[3])
stop = threading.Event()


def await_end():
    sys.stdin.read()
    stop.set()


def ask():
    try:
        with urllib.request.urlopen(url, timeout=5) as response:
            response.read()
            return None if response.status == 200 else f"status {response.status}"
    except OSError as error:
        return str(error)


threading.Thread(target=await_end, daemon=True).start()
print("polling", flush=True)
requests, failures = 0, []
end = time.monotonic() + seconds
while not stop.is_set() and time.monotonic() < end:
    started = time.monotonic()
    failure = ask()
    requests += 1
    if failure and len(failures) < 20:
        failures.append({"at": time.time(), "failure": failure})
    stop.wait(max(0, 1 / rate - (time.monotonic() - started)))
print(json.dumps({"requests": requests, "failures": failures}), flush=True)
