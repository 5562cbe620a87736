"""Serves JSON texts as pages of an API on loopback, and lists the requests for them."""

import json
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from urllib.parse import parse_qsl, unquote, urlencode, urlsplit


class Pages:
    """`pages` maps a path without its slash, or one with a query, to the texts of its pages.

    The parameters of a query stand in order. A path with its query counts before the path alone,
    whose pages are linked by `Link: <…>; rel="next"`. What is unknown is a 404.
    """

    def __init__(self):
        self.pages = {}
        self.requests = []
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        Thread(target=self.server.serve_forever, daemon=True).start()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server.server_port}/"

    def close(self):
        self.server.shutdown()

    def _handler(self):
        owner = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                url = urlsplit(self.path)
                path = url.path[1:]
                owner.requests.append(self.path)
                query = sorted(parse_qsl(url.query))
                exact = owner.pages.get(f"{path}?{unquote(urlencode(query))}")
                pages = exact or owner.pages.get(path)
                number = 0 if exact else int(dict(query).get("page", "0"))
                found = pages is not None and number < len(pages)
                body = (pages[number] if found else "{}").encode()
                self.send_response(200 if found else 404)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                if found and number + 1 < len(pages):
                    self.send_header("Link", f'<{owner.url}{path}?page={number + 1}>; rel="next"')
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                pass

        return Handler


def text_of(page):
    """A page is a JSON text as it is sent, or a value without fractions that is printed."""
    if isinstance(page, str):
        return page
    return json.dumps(page, ensure_ascii=False, separators=(",", ":"))
