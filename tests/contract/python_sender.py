"""Sends events with one of the Python libraries: ``python python_sender.py LIBRARY SCENARIO``."""

from __future__ import annotations

import logging
import os
import sys
import time

URL, KEY = os.environ["SOJOURN_URL"], os.environ["SOJOURN_KEY"]
LARGE = "ä" * 8000


def failed(error: Exception, _batch: object) -> None:
    """What an application learns of events that could not be sent."""
    print(f"error {getattr(error, 'status', None)} {error}", flush=True)


def segment(**options):
    from segment.analytics import Client

    client = Client(KEY, host=URL, on_error=failed, **options)
    return lambda event, size: client.track("ann", event, {"text": LARGE[:size]}), client.flush


def rudderstack(**options):
    from rudderstack.analytics.client import Client

    client = Client(KEY, host=URL, on_error=failed, **options)
    return lambda event, size: client.track("ann", event, {"text": LARGE[:size]}), client.flush


def posthog(**options):
    from posthog import Posthog

    client = Posthog(KEY, host=URL, on_error=failed, **options)

    def capture(event, size):
        client.capture(event, distinct_id="ann", properties={"text": LARGE[:size]})

    return capture, client.shutdown


def packed(make) -> None:
    """Forty events, packed with gzip, of which the text is not ASCII."""
    track, end = make(gzip=True)
    for number in range(40):
        track(f"e{number}", 20)
    end()


def large(make) -> None:
    """More at once than the libraries put into one request."""
    track, end = make()
    for number in range(200):
        track(f"e{number}", 4000)
    end()


def killed(make) -> None:
    """Events in small requests over three seconds, in which the server is killed."""
    small = (
        {"flush_at": 5, "flush_interval": 0.1}
        if make is posthog
        else {"upload_size": 5, "upload_interval": 0.1}
    )
    track, end = make(**small, max_retries=10)
    for number in range(300):
        track(f"e{number}", 20)
        if number == 100:
            print("kill", flush=True)
        time.sleep(0.01)
    end()


def refused(make) -> None:
    """One event."""
    track, end = make()
    track("e0", 20)
    end()


if __name__ == "__main__":
    logging.disable()
    library, scenario = sys.argv[1:]
    globals()[scenario](globals()[library])
    print("end", flush=True)
