"""A small shop on a port of its own: static pages that load the browser snippet from a collector."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_FRAME = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>{title}</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="icon" href="data:,">
{tag}
</head><body><h1>{title}</h1>
{body}
</body></html>
"""
_HOME = """
<p>Tea from the hills, by post.</p>
<button id="buy" data-sojourn-cta="buy-now" onclick="pause(80); this.textContent = 'In the cart'">Buy</button>
<button id="dead">Nothing</button>
<a id="away" href="https://elsewhere.example/path?who=ann" onclick="return false">A friend's shop</a>
<button id="green" onclick="history.pushState({}, '', 'green-tea'); document.title = 'Green tea'">Green tea</button>
<button id="fails" onclick="missing.thing = 1">Fails</button>
<button id="asks" onclick="fetch('/api/stock?token=secret')">Asks</button>
<a id="on" href="checkout">Checkout</a>
<div style="height: 3000px"></div>
<script>function pause(ms) { const end = performance.now() + ms; while (performance.now() < end); }</script>
"""
_CHECKOUT = """
<form name="checkout" action="thanks">
  <input name="email" type="email" required>
  <input name="phone">
  <button id="send">Order</button>
</form>
<a id="back" href="./">Back</a>
"""
_THANKS = """
<p>Thank you.</p>
<script>
sojourn.identify("ann", {plan: "tasting"});
sojourn.track("Order Completed", {order_id: "o-17", value: 39.5, currency: "EUR"});
</script>
"""
PAGES = {"": ("Tea", _HOME), "checkout": ("Checkout", _CHECKOUT), "thanks": ("Thanks", _THANKS)}


@contextmanager
def shop_site(tags: Mapping[str, str]) -> Iterator[str]:
    """The address of the running shop; below ``/NAME/`` every page has the tag of that name."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            _, name, page = [*self.path.partition("?")[0].split("/", 2), ""][:3]
            title, body = PAGES.get(page, ("", ""))
            found = bool(title) and name in tags
            text = _FRAME.format(title=title, tag=tags.get(name, ""), body=body) if found else "?"
            self.send_response(200 if found else 404)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Length", str(len(text.encode())))
            self.end_headers()
            self.wfile.write(text.encode())

        def log_message(self, *_arguments: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    running = threading.Thread(target=server.serve_forever, daemon=True)
    running.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        running.join()
