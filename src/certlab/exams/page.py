"""The quiz in a browser without Jupyter: a page that only this machine can open.

The address holds a secret, and requests must name this machine as their host, so that no web page
that happens to be open can read or answer the quiz.
"""

from __future__ import annotations

import html
import json
import secrets
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.resources import files
from threading import Lock
from typing import Any

from .session import MessageError, Session

_LARGEST = 10_000  # bytes of a message
_PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="quiz.css">
<style>
:root {{ color-scheme: light dark; }}
body {{ margin: 0; padding: 1rem; display: flex; justify-content: center; }}
main {{ width: 100%; max-width: 54rem; }}
</style>
</head>
<body class="certlab-page">
<main id="quiz"></main>
<noscript>This page needs JavaScript; <code>--plain</code> asks in the terminal.</noscript>
<script type="module" src="page.js"></script>
</body>
</html>
"""


class QuizServer(ThreadingHTTPServer):
    """Serves one sitting at `address` until it is shut down."""

    daemon_threads = True

    def __init__(self, session: Session, port: int = 0) -> None:
        super().__init__(("127.0.0.1", port), _Handler)
        self.session = session
        self.lock = Lock()
        self.secret = secrets.token_urlsafe(16)

    @property
    def hosts(self) -> tuple[str, str]:
        """What a request may name as its host."""
        return f"127.0.0.1:{self.server_port}", f"localhost:{self.server_port}"

    @property
    def address(self) -> str:
        """Where a browser finds the quiz."""
        return f"http://{self.hosts[0]}/{self.secret}/"


class _Handler(BaseHTTPRequestHandler):
    server: QuizServer

    def do_GET(self) -> None:
        name = self._name()
        if name == "":
            title = html.escape(self.server.session.quiz.title)
            self._send(_PAGE.format(title=title), "text/html")
        elif name in ("quiz.js", "page.js", "quiz.css"):
            text = files("certlab.exams").joinpath("front_end", name).read_text(encoding="utf-8")
            self._send(text, "text/css" if name.endswith("css") else "text/javascript")
        elif name == "content":
            self._send_json(self.server.session.content())
        elif name == "state":
            with self.server.lock:
                self._send_json(self.server.session.state())
        elif name is not None:
            self.send_error(HTTPStatus.NOT_FOUND)

    def do_POST(self) -> None:
        name = self._name()
        if name is None:
            return
        length = self.headers.get("Content-Length", "")
        if name != "message" or not length.isdecimal() or int(length) > _LARGEST:
            self.send_error(HTTPStatus.BAD_REQUEST)
            return
        session = self.server.session
        with self.server.lock:
            try:
                state = session.handle(json.loads(self.rfile.read(int(length))))
            except (MessageError, ValueError, RecursionError) as error:
                state = session.state() | {"notice": f"That did not work: {error}."}
        self._send_json(state)

    def _name(self) -> str | None:
        """What the request asks for; None when it was refused."""
        _, _, rest = self.path.partition(f"/{self.server.secret}/")
        known = self.path.startswith(f"/{self.server.secret}/")
        if not known or self.headers.get("Host") not in self.server.hosts:
            self.send_error(HTTPStatus.NOT_FOUND)
            return None
        return rest

    def _send_json(self, data: dict[str, Any]) -> None:
        self._send(json.dumps(data), "application/json")

    def _send(self, text: str, kind: str) -> None:
        body = text.encode()
        self.send_response(HTTPStatus.OK)
        self.send_header("Content-Type", f"{kind}; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Cache-Control", "no-store")
        self.send_header("Referrer-Policy", "no-referrer")
        self.send_header(
            "Content-Security-Policy",
            "default-src 'self'; img-src data:; style-src 'self' 'unsafe-inline'; "
            "frame-ancestors 'none'",
        )
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *arguments: Any) -> None:
        """Say nothing: the terminal is the learner's."""
