"""`almoner robots URL` against a loopback server: what each answer to /robots.txt means (RFC 9309 2.3.1)."""
import json
import os
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

ALMONER = os.environ.get("ALMONER", "build/dev/cli/almoner")
RULES = b"User-agent: *\nDisallow: /private\n"
HUGE = RULES + b"#" * (3 << 20)
BIG = RULES + b"#" * (600 << 10) + b"\nDisallow: /late\n"

# host -> how it answers; (status, body, location)
HOSTS = {
    "ok": (200, RULES, None),
    "big": (200, BIG, None),
    "huge": (200, HUGE, None),
    "vast": (200, RULES + b"#" * (20 << 20), None),
    "busy": (429, RULES, None),
    "empty": (200, b"", None),
    "missing": (404, b"<h1>no</h1>", None),
    "forbidden": (403, RULES, None),
    "broken": (503, RULES, None),
    "near": (302, b"", "/hop1"),
    "far": (302, b"", "/hop1"),
    "loop": (301, b"", "/robots.txt"),
}


HOPS = {"near": 5, "far": 6}  # redirects until the file


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        host = self.headers["Host"].split(".")[0]
        status, body, location = HOSTS[host]
        if host in HOPS and self.path.startswith("/hop"):
            hop = int(self.path[4:])
            status, body, location = (302, b"", f"/hop{hop + 1}") if hop < HOPS[host] else (200, RULES, None)
        self.send_response(status)
        if location:
            self.send_header("Location", location)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        try:
            self.wfile.write(body)
        except ConnectionError:
            pass  # the program has read what counts

    def log_message(self, *_):
        pass


def ask(url, *paths):
    done = subprocess.run([ALMONER, "robots", "--allow-private", url, *paths], capture_output=True, text=True,
                          timeout=60, check=False)
    return [json.loads(line) for line in done.stdout.splitlines()]


def main():
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    port, wrong = server.server_port, []

    def expect(host, path, allowed, how):
        answer = ask(f"http://{host}.localhost:{port}/", path)
        got = (answer[0]["allowed"], answer[0]["robots"]) if answer else None
        if got != (allowed, how):
            wrong.append(f"{host} {path}: {got}, expected {(allowed, how)}")

    expect("ok", "/private/x", False, "read")
    expect("ok", "/public", True, "read")
    expect("big", "/private", False, "read")
    expect("big", "/late", True, "read")  # past the 500 KiB that count
    expect("huge", "/private", False, "read")
    expect("vast", "/private", False, "read")
    expect("busy", "/public", False, "unreachable")
    expect("empty", "/private", True, "read")
    expect("missing", "/private", True, "unavailable")
    expect("forbidden", "/private", True, "unavailable")
    expect("broken", "/public", False, "unreachable")
    expect("broken", "/robots.txt", True, "unreachable")
    expect("near", "/private", False, "read")
    expect("far", "/private", True, "unavailable")  # six redirects are one too many
    expect("loop", "/private", True, "unavailable")
    judged = ask(f"http://ok.localhost:{port}/private", "/a")
    if [answer["allowed"] for answer in judged] != [False, True]:
        wrong.append(f"the URL itself is judged first: {judged}")
    server.shutdown()
    refused = ask("http://127.0.0.1:1/", "/a")
    if not refused or refused[0]["allowed"] or refused[0]["robots"] != "unreachable":
        wrong.append(f"no server: {refused}")
    print("\n".join(wrong) or "robots over the network ok")
    return bool(wrong)


if __name__ == "__main__":
    sys.exit(main())
