"""A loopback server of raw sockets that can misbehave in every way a test asks for.

Answers come from a table of paths; each is a function that gets the connection and the request.
"""
import gzip
import socket
import socketserver
import ssl
import struct
import threading
import time
import zlib

PAGE = ("<!DOCTYPE html><html><head><title>{title}</title></head><body><h1>{title}</h1>"
        "<p>某某商会会员单位甲集团有限公司向市慈善总会捐款10万元，用于疫情防控工作。</p></body></html>")


def bomb(size, block=1 << 20):
    """A valid gzip member that inflates to `size` zero bytes, about a thousandth of that long."""
    compressor = zlib.compressobj(9, zlib.DEFLATED, -15)
    zeros = bytes(block)
    compressor.compress(zeros)
    compressor.flush(zlib.Z_FULL_FLUSH)
    body = compressor.compress(zeros) + compressor.flush(zlib.Z_FULL_FLUSH)  # the same bytes every time from here on
    crc = 0
    for _ in range(size // block):
        crc = zlib.crc32(zeros, crc)
    end = zlib.compressobj(9, zlib.DEFLATED, -15).flush()
    head = bytes([0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 2, 255])
    return head + body * (size // block) + end + crc.to_bytes(4, "little") + (size % (1 << 32)).to_bytes(4, "little")


class Request:
    def __init__(self, line, headers):
        self.method, self.path = line.split(" ")[:2]
        self.time = time.time()
        self.headers = headers


def response(body, status="200 OK", kind="text/html; charset=utf-8", fields=(), **headers):
    """`fields` are whole lines: of a name that stands twice, or of a name that no keyword can be."""
    if isinstance(body, str):
        body = body.encode()
    lines = [f"HTTP/1.1 {status}", f"Content-Type: {kind}", f"Content-Length: {len(body)}"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    lines += fields
    return ("\r\n".join(lines) + "\r\n\r\n").encode() + body


def page(title="页面"):
    return PAGE.format(title=title)


class Handler(socketserver.BaseRequestHandler):
    def read_request(self):
        data = b""
        while b"\r\n\r\n" not in data:
            piece = self.request.recv(65536)
            if not piece:
                return None
            data += piece
            if data[:1] == b"\x16":  # a TLS handshake where HTTP is spoken
                self.request.sendall(response("speak HTTP", "400 Bad Request"))
                return None
        lines = data.decode("latin-1").split("\r\n")
        headers = {k.strip().lower(): v.strip() for k, v in (x.split(":", 1) for x in lines[1:] if ":" in x)}
        return Request(lines[0], headers)

    def handle(self):
        try:
            while (request := self.read_request()) is not None:
                self.server.log.append(request)
                path = request.path.split("?")[0]
                answer = self.server.table.get(path) or self.server.table.get(path.rsplit("/", 1)[0] + "/*")
                if answer is None:
                    self.request.sendall(response("no such page", "404 Not Found"))
                    continue
                made = answer(self.request, request, self.server) if callable(answer) else answer
                if made is None:
                    return
                self.request.sendall(made)
        except (OSError, ssl.SSLError):
            pass  # the client had enough


class Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True
    request_queue_size = 64

    def __init__(self, table, address="127.0.0.1", certificate=None, context=None):
        self.address_family = socket.AF_INET6 if ":" in address else socket.AF_INET
        self.table = table
        self.log = []
        self.over = threading.Event()
        super().__init__((address, 0), Handler)
        self.scheme = "http"
        if certificate:
            context = context or ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(certificate)
            self.socket = context.wrap_socket(self.socket, server_side=True)
            self.scheme = "https"
        self.thread = threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)

    def handle_error(self, request, client_address):
        pass  # a refused TLS handshake

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.over.set()
        self.shutdown()
        self.server_close()

    def url(self, path="/", host="127.0.0.1"):
        return f"{self.scheme}://{host}:{self.server_address[1]}{path}"


def stall_before_answer(_connection, _request, server):
    server.over.wait(30)


def stall_in_headers(connection, _request, server):
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n")
    server.over.wait(30)


def stall_in_body(connection, _request, server):
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 1000\r\n\r\n<p>begin")
    server.over.wait(30)


def stall_in_status_line(connection, _request, server):
    connection.sendall(b"HTTP/1.1 2")
    server.over.wait(30)


def stall_in_a_chunk(connection, _request, server):
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nTransfer-Encoding: chunked\r\n\r\n400\r\n<p>begin")
    server.over.wait(30)


def stall_after_continue(connection, _request, server):
    connection.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")
    server.over.wait(30)


def drip_headers(connection, _request, server):
    connection.sendall(b"HTTP/1.1 200 OK\r\n")
    while not server.over.wait(0.1):
        connection.sendall(b"X-M: 1\r\n")


def drip(connection, _request, server):
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 100000\r\n\r\n")
    while not server.over.wait(0.1):
        connection.sendall(b"x")


def endless_body(connection, _request, _server):
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n")
    while True:
        connection.sendall(b"<p>more</p>" * 10000)


def endless_headers(connection, _request, _server):
    connection.sendall(b"HTTP/1.1 200 OK\r\n")
    while True:
        connection.sendall(b"X-More: " + b"m" * 1000 + b"\r\n")


def endless_informational(connection, _request, _server):
    while True:
        connection.sendall(b"HTTP/1.1 103 Early Hints\r\nLink: </a.css>\r\n\r\n" * 100)


def continued(count):
    """`count` times 100 Continue, which nobody asked for, then a page."""
    def answer(connection, _request, _server):
        connection.sendall(b"HTTP/1.1 100 Continue\r\n\r\n" * count)
        return response(page("终于"))
    return answer


def endless_continue(connection, _request, _server):
    while True:
        connection.sendall(b"HTTP/1.1 100 Continue\r\n\r\n" * 100)


def continue_and_close(connection, _request, _server):
    connection.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")
    connection.shutdown(socket.SHUT_RDWR)


def other_protocol(connection, _request, _server):
    connection.sendall(b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n")
    connection.shutdown(socket.SHUT_RDWR)


def with_length(length, body=None, more=b""):
    """A page that says it has `length` bytes, and the connection's end."""
    def answer(connection, _request, _server):
        sent = page("长短").encode() if body is None else body
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: " + length + b"\r\n" + more
                           + b"\r\n" + sent)
        connection.shutdown(socket.SHUT_RDWR)
    return answer


def reset_in_body(connection, _request, _server):
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 1000\r\n\r\n<p>begin")
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()


def cut_in_headers(connection, _request, _server):
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Ty")
    connection.shutdown(socket.SHUT_RDWR)


def chunks(text, size=50):
    body = text.encode()
    pieces = [body[at:at + size] for at in range(0, len(body), size)] + [b""]
    return b"".join(f"{len(piece):x};x=y\r\n".encode() + piece + b"\r\n" for piece in pieces)


def chunked(body):
    def answer(connection, _request, _server):
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nTransfer-Encoding: chunked\r\n\r\n" + body)
        connection.shutdown(socket.SHUT_RDWR)
    return answer


def endless_chunks(connection, _request, _server):
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nTransfer-Encoding: chunked\r\n\r\n")
    while True:
        connection.sendall(b"8\r\n<p>more\n\r\n" * 10000)


def endless_trailers(connection, _request, _server):
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n")
    while True:
        connection.sendall(b"X-More: " + b"m" * 1000 + b"\r\n")


def cut_short(connection, _request, _server):
    connection.sendall(response(page())[:-40])
    connection.shutdown(socket.SHUT_RDWR)


def chunks_cut_short(connection, _request, _server):
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nTransfer-Encoding: chunked\r\n\r\n"
                       b"5\r\n<p>ab\r\n")
    connection.shutdown(socket.SHUT_RDWR)


def broken_chunks(connection, _request, _server):
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nTransfer-Encoding: chunked\r\n\r\n"
                       b"five\r\n<p>ab\r\n0\r\n\r\n")
    connection.shutdown(socket.SHUT_RDWR)


def no_http(connection, _request, _server):
    connection.sendall(b"220 mail.example ESMTP\r\n")
    connection.shutdown(socket.SHUT_RDWR)


def close_at_once(connection, _request, _server):
    connection.shutdown(socket.SHUT_RDWR)


def gzip_page(body, cut=0):
    packed = gzip.compress(body.encode())
    return response(packed[:len(packed) - cut], Content_Encoding="gzip")


def redirect(target, status="302 Found"):
    return response("", status, Location=target)


def countdown(_connection, request, _server):
    """/chain/3 redirects to /chain/2 and so on; /chain/0 is a page."""
    left = int(request.path.rsplit("/", 1)[1])
    return response(page(f"到了")) if left == 0 else redirect(f"/chain/{left - 1}")


def endless_redirect(_connection, request, _server):
    number = int(request.path.partition("?")[2] or 0)
    return redirect(f"/loop?{number + 1}")


def cookie_wall(_connection, request, _server):
    """The page is for those who bring the cookie that the redirect gave them."""
    if "seen=1" in request.headers.get("cookie", ""):
        return response(page("有饼干"))
    return response("", "302 Found", Location=request.path, Set_Cookie="seen=1; Path=/")
