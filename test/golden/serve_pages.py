"""Serves JSON texts as pages of an API on loopback, and lists the requests for them."""

import json
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from urllib.parse import parse_qsl, unquote, urlencode, urlsplit


class Pages:
    """`pages` maps a path without its slash, or one with a query, to the texts of its pages.

    The parameters of a query stand in order. A path with its query counts before the path alone,
    whose pages are linked by `Link: <…>; rel="next"`. What is unknown is a 404.

    `responses` counts before both: to a path, one with a query, or one
    behind `POST ` with its body (keys in order) behind it, lists of responses with `status`,
    `headers` and `body`, one a request; the last one repeats. `{url}` in them is the server's address. `watched` names headers of requests that are
    listed.
    """

    def __init__(self):
        self.pages = {}
        self.responses = {}
        self.watched = []
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
            def do_POST(self):
                self.do_GET()

            def do_GET(self):
                url = urlsplit(self.path)
                path = url.path[1:]
                query = sorted(parse_qsl(url.query, keep_blank_values=True))
                sent = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
                if self._respond(path, query, sent):
                    return
                owner.requests.append(self.path)
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

            def _respond(self, path, query, sent):
                if not owner.responses:
                    return False
                name = f"POST {path}" if self.command == "POST" else path
                place = f"{name}?{unquote(urlencode(query))}" if query else name
                if sent:
                    place = f"{place} {_compact(sent)}"
                seen = [
                    f"{header}: {self.headers[header]}"
                    for header in owner.watched
                    if header in self.headers
                ]
                owner.requests.append(" ".join([f"/{place}", *seen]))
                unknown = [{"status": 404, "body": {}}]
                listed = owner.responses.get(place) or owner.responses.get(name) or unknown
                response = listed.pop(0) if len(listed) > 1 else listed[0]
                body = text_of(response.get("body", "")).replace("{url}", owner.url).encode()
                self.send_response(response.get("status", 200))
                headers = {"Content-Type": "application/json", **response.get("headers", {})}
                for name, value in headers.items():
                    self.send_header(name, value.replace("{url}", owner.url))
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)
                return True

            def log_message(self, *_):
                pass

        return Handler


def _compact(sent):
    """A JSON body in one spelling; another one as it is."""
    try:
        return json.dumps(json.loads(sent), sort_keys=True, separators=(",", ":"))
    except ValueError:
        return sent


def text_of(page):
    """A page is a JSON text as it is sent, or a value without fractions that is printed."""
    if isinstance(page, str):
        return page
    return json.dumps(page, ensure_ascii=False, separators=(",", ":"))
