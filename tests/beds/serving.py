"""A server on loopback that answers with a made-up world."""

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Reply:
    """What goes over the wire; `cut` bytes of the body are never sent."""

    status: int
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)
    cut: int = 0


class World(Protocol):
    """What answers; LookupError where it does not know what is asked."""

    def reply(self, method: str, target: str, headers: Mapping[str, str], body: bytes) -> Reply:
        """The answer to a request."""


class NoAnswerError(Exception):
    """The connection ends without an answer."""


@contextmanager
def served(world: World) -> Iterator[str]:
    """The address of a server that answers with the world."""

    class Handler(_Handler):
        pass

    Handler.world = world
    server = _Server(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False  # some of its threads hang, as they were told
    request_queue_size = 128  # or the system delays connections by a second


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    world: World

    def _serve(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        try:
            reply = self.world.reply(self.command, self.path, dict(self.headers), body)
        except (LookupError, NoAnswerError) as error:
            if not isinstance(error, NoAnswerError):
                self.log_error("%s", error)
            self.close_connection = True
            return
        with suppress(ConnectionError):
            self._send(reply)

    def _send(self, reply: Reply) -> None:
        self.send_response(reply.status)
        for name, value in reply.headers.items():
            if name.lower() != "content-length":
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(reply.body)))
        self.end_headers()
        self.wfile.write(reply.body[: len(reply.body) - reply.cut])
        self.close_connection = self.close_connection or bool(reply.cut)

    do_GET = do_POST = do_HEAD = do_PUT = do_DELETE = _serve  # noqa: N815 - the names that http.server calls

    def log_request(self, code: object = "-", size: object = "-") -> None:
        """Silent."""
