"""almoner crawl over TLS, HTTP/2, proxies and IPv6. Nothing here leaves the machine.

environment: ALMONER (the program), ALM_SOURCE. Runs with: python3 tests/net/transport_test.py [-v] [NAME]
"""
import shutil
import socket
import socketserver
import ssl
import subprocess
import sys
import tempfile
import threading
import time
import unittest
import warnings
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
import rude_server as rude  # noqa: E402
from answers_test import NO_ROBOTS, AnswersTest, linked, source  # noqa: E402
from crawl_test import crawl, rows  # noqa: E402
from net_test import NGINX, NGINX_PATH, wait_for  # noqa: E402

SITE = {**NO_ROBOTS, "/": rude.response(rude.page() + linked(*(f"/{n}" for n in range(20)))),
        **{f"/{n}": rude.response(rude.page(str(n))) for n in range(20)}}


def openssl(folder, *args):
    subprocess.run(["openssl", *args], cwd=folder, check=True, capture_output=True)


def make_certificates(folder):
    """An authority (ca.pem); of it good.pem for a.test and *.test, expired.pem and other.pem; and self.pem of none."""
    key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    openssl(folder, "req", "-x509", *key, "-keyout", "ca.key", "-out", "ca.pem", "-days", "2", "-subj", "/CN=test ca")
    openssl(folder, "req", "-x509", *key, "-keyout", "self.key", "-out", "self.crt", "-days", "2", "-subj", "/CN=a.test",
            "-addext", "subjectAltName=DNS:a.test")
    (folder / "ca.txt").write_text("[ca]\ndefault_ca = own\n[own]\ndatabase = index\nnew_certs_dir = .\nserial = serial\n"
                                   "default_md = sha256\npolicy = any\ncopy_extensions = copy\nunique_subject = no\n"
                                   "[any]\ncommonName = supplied\n")
    (folder / "index").write_text("")
    (folder / "serial").write_text("1000")
    for name, host, start, end in (("good", "DNS:a.test,DNS:b.test", "20200101000000Z", "20990101000000Z"),
                                   ("expired", "DNS:a.test", "20200101000000Z", "20200201000000Z"),
                                   ("future", "DNS:a.test", "20980101000000Z", "20990101000000Z"),
                                   ("other", "DNS:elsewhere.test", "20200101000000Z", "20990101000000Z")):
        openssl(folder, "req", *key, "-keyout", f"{name}.key", "-out", f"{name}.csr", "-subj", f"/CN={name}",
                "-addext", f"subjectAltName={host}")
        openssl(folder, "ca", "-batch", "-config", "ca.txt", "-cert", "ca.pem", "-keyfile", "ca.key", "-in", f"{name}.csr",
                "-out", f"{name}.crt", "-startdate", start, "-enddate", end, "-notext")
    for name in ("good", "expired", "future", "other", "self"):
        (folder / f"{name}.pem").write_text((folder / f"{name}.key").read_text() + (folder / f"{name}.crt").read_text())


@unittest.skipUnless(shutil.which("openssl"), "no openssl to make certificates")
class TlsTest(AnswersTest):
    keys = None

    @classmethod
    def setUpClass(cls):
        if not TlsTest.keys:
            TlsTest.keys = Path(tempfile.mkdtemp(prefix="almoner-keys-"))
            unittest.addModuleCleanup(shutil.rmtree, TlsTest.keys)
            make_certificates(TlsTest.keys)

    def visit(self, server, *seeds, code=0, **settings):
        return super().visit(server, *seeds, code=code, **{"ca_file": self.keys / "ca.pem", **settings})

    def fails(self, why, name, **settings):
        """Nothing is asked of a server with this certificate, with robots.txt obeyed and not."""
        with rude.Server(SITE, certificate=self.keys / f"{name}.pem") as server:
            for robots in ("true", "false"):
                self.store = self.folder / f"{name}-{robots}-{len(settings)}"
                done = self.visit(server, "https://a.test/", code=1, robots=robots, **settings)
                if robots == "true":
                    self.assertIn("TLS certificate is not trusted", done.stderr)
                    self.assertIn(why, done.stderr)
                self.assertEqual(rows(self.store, "SELECT count(*) FROM visit"), [(0,)])
            self.assertEqual(server.log, [])


class Tls(TlsTest):
    def test_a_trusted_certificate(self):
        with rude.Server(SITE, certificate=self.keys / "good.pem") as server:
            self.visit(server, "https://a.test/")
        self.assertEqual(len(self.states()), 21)
        self.assertEqual(set(self.states().values()), {(2, None)})

    def test_certificates_that_fail(self):
        self.fails("expired", "expired")
        self.fails("not yet valid", "future")
        self.fails("self", "self")
        self.fails("subject", "other")

    def test_old_tls_is_no_leave_to_skip_verification(self):
        self.fails("expired", "expired", old_tls="true")
        self.fails("self", "self", old_tls="true")

    def test_the_system_does_not_know_the_authority(self):
        self.fails("local issuer", "good", ca_file="/etc/ssl/certs/ca-certificates.crt")

    def test_a_handshake_that_stalls_or_is_none(self):
        with socket.socket() as deaf:  # it listens, the system accepts, nobody answers
            deaf.bind(("127.0.0.1", 0))
            deaf.listen(8)
            settings = {"resolve": f"{{'*.test': '127.0.0.1:{deaf.getsockname()[1]}'}}", "timeout": "1s", "robots": "false"}
            self.config.write_text("sources:\n" + source(None, "https://a.test/", **settings))
            crawl(self.store, "--config", self.config, "--no-extract", code=1)
        self.assertEqual(self.states(), {"/": (4, "network")})
        self.store = self.folder / "plain"
        with rude.Server(SITE) as plain:
            self.visit(plain, "https://a.test/", code=1, robots="false")
        self.assertEqual(self.states(), {"/": (4, "network")})

    def test_old_tls_by_name(self):
        old = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        try:
            warnings.simplefilter("ignore", DeprecationWarning)
            old.minimum_version, old.maximum_version = ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1
            old.set_ciphers("ALL:@SECLEVEL=0")
        except (ValueError, ssl.SSLError) as missing:
            self.skipTest(f"this Python cannot serve TLS 1.0: {missing}")
        with rude.Server(SITE, certificate=self.keys / "good.pem", context=old) as server:
            done = self.visit(server, "https://a.test/", code=1)
            self.assertRegex(done.stderr, "robots.txt cannot be read.*(protocol|version|SSL routines)")
            self.assertEqual(server.log, [])
            self.store = self.folder / "named"
            self.visit(server, "https://a.test/", old_tls="true")
        self.assertEqual(set(self.states().values()), {(2, None)})


@unittest.skipUnless(NGINX_PATH, "no nginx to speak HTTP/2")
class Http2(TlsTest):
    def test_a_crawl_over_http2(self):
        """Pages, compressed ones, conditional requests and redirects, one request at a time."""
        root = self.folder / "web"
        root.mkdir()
        (root / "index.html").write_text(rude.page() + linked(*(f"/{n}.html" for n in range(30)), "/folder"))
        for n in range(30):
            (root / f"{n}.html").write_text(rude.page(str(n)) * 20)
        (root / "folder").mkdir()
        (root / "folder" / "index.html").write_text(rude.page("目录"))
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        conf = NGINX.format(folder=root, port=port, pem=self.keys / "good.pem").replace(
            "http {", "http { gzip on; gzip_min_length 100; log_format h '$server_protocol $status $request_uri';", 1
        ).replace("access.log;", "access.log h;")
        (root / "nginx.conf").write_text(conf)
        server = subprocess.Popen([NGINX_PATH, "-p", str(root), "-c", "nginx.conf"], stderr=subprocess.DEVNULL)
        try:
            wait_for(port)
            settings = {"resolve": f"{{'*.test': '127.0.0.1:{port}'}}", "timeout": "10s", "revisit": "{min: 1s, max: 1s}"}
            self.visit(None, "https://a.test/index.html", **settings)
            time.sleep(1.2)
            crawl(self.store, "--resume", "--no-extract", "--max-time", 2)
        finally:
            server.terminate()
            server.wait(10)
        log = [line.split() for line in (root / "access.log").read_text().splitlines()]
        self.assertEqual({protocol for protocol, _, _ in log}, {"HTTP/2.0"})
        self.assertEqual({status for _, status, _ in log}, {"200", "301", "304", "404"})  # 404: robots.txt
        self.assertEqual(rows(self.store, "SELECT count(*) FROM url WHERE state <> 2 AND state <> 0"), [(0,)])
        archives = list((self.store / "archive").glob("*.warc.gz"))
        subprocess.run(["gzip", "-t", *archives], check=True)


class ProxyHandler(socketserver.StreamRequestHandler):
    """GET with a whole URL, and CONNECT: all hosts of .test are the server behind."""

    def handle(self):
        line = self.rfile.readline().decode()
        fields = []
        while (field := self.rfile.readline()) not in (b"\r\n", b"\n", b""):
            fields.append(field)
        if not line:
            return
        method, target, _ = line.split()
        self.server.asked.append((method, target))
        with socket.create_connection(self.server.behind) as behind:
            if method == "CONNECT":
                self.wfile.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
                back = threading.Thread(target=self.pump, args=(behind, self.connection), daemon=True)
                back.start()
                self.pump(self.connection, behind)
                back.join(5)
                return
            path = "/" + target.split("/", 3)[3]
            behind.sendall(f"{method} {path} HTTP/1.1\r\nConnection: close\r\n".encode() + b"".join(
                f for f in fields if not f.lower().startswith((b"proxy-", b"connection"))) + b"\r\n")
            behind.shutdown(socket.SHUT_WR)
            self.pump(behind, self.connection)

    @staticmethod
    def pump(source_, target):
        try:
            while piece := source_.recv(65536):
                target.sendall(piece)
            target.shutdown(socket.SHUT_WR)
        except OSError:
            pass


class ProxyServer(socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, behind):
        super().__init__(("127.0.0.1", 0), ProxyHandler)
        self.behind, self.asked = behind, []
        self.url = f"http://127.0.0.1:{self.server_address[1]}"
        threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()

    def handle_error(self, request, client_address):
        pass  # a client that has gone

    def __exit__(self, *_):
        self.shutdown()
        self.server_close()


class Proxies(TlsTest):
    def through(self, server, *seeds, proxy, code=0, **settings):
        """Without address mapping, and without leave for private addresses: the proxy alone is asked for names."""
        return self.visit(server, *seeds, code=code, **{"resolve": "{}", "private_addresses": "false", "proxy": proxy.url,
                                                        **settings})

    def test_pages_come_through_it(self):
        with rude.Server(SITE) as server, ProxyServer(server.server_address) as proxy:
            self.through(server, "http://a.test/", proxy=proxy)
            self.assertEqual(len(proxy.asked), 22)
            self.assertEqual(set(proxy.asked), {("GET", f"http://a.test{path}") for path in SITE})
        self.assertEqual(set(self.states().values()), {(2, None)})

    def test_tls_goes_through_a_tunnel_and_is_verified(self):
        with rude.Server(SITE, certificate=self.keys / "good.pem") as server, ProxyServer(server.server_address) as proxy:
            self.through(server, "https://a.test/", proxy=proxy)
            self.assertEqual(set(proxy.asked), {("CONNECT", "a.test:443")})
        self.assertEqual(set(self.states().values()), {(2, None)})
        self.store = self.folder / "bad"
        with rude.Server(SITE, certificate=self.keys / "self.pem") as server, ProxyServer(server.server_address) as proxy:
            done = self.through(server, "https://a.test/", proxy=proxy, code=1)
            self.assertIn("TLS certificate is not trusted", done.stderr)
            self.assertEqual(server.log, [])

    def test_addresses_are_refused_all_the_same(self):
        table = {**NO_ROBOTS, "/": rude.response(linked("/away", "http://10.0.0.1/x")),
                 "/away": rude.redirect("http://localhost/x")}
        with rude.Server(table) as server, ProxyServer(server.server_address) as proxy:
            seeds = ("http://a.test/", "http://127.0.0.1/secret", "http://[::1]/", "http://localhost/", "http://10.0.0.1/")
            self.through(server, *seeds, proxy=proxy)
            self.assertEqual({target for _, target in proxy.asked},
                             {"http://a.test/robots.txt", "http://a.test/", "http://a.test/away"})
        self.assertEqual(rows(self.store, "SELECT count(*) FROM url WHERE reason = 'refused-address'"), [(6,)])

    def test_a_proxy_that_is_not_there(self):
        with ProxyServer(("127.0.0.1", 1)) as proxy:
            pass
        self.through(None, "http://a.test/", proxy=proxy, code=1, robots="false")
        self.assertEqual(self.states(), {"/": (4, "network")})

    def test_those_of_the_environment_are_not_used(self):
        nobody = {name: "http://127.0.0.1:1" for name in ("http_proxy", "HTTPS_PROXY", "ALL_PROXY")}
        with rude.Server(SITE) as server:
            self.config.write_text("sources:\n" + source(server, "http://a.test/"))
            crawl(self.store, "--config", self.config, "--no-extract", env=nobody)
            self.assertEqual(len(server.log), 22)


class Ipv6(AnswersTest):
    def test_an_ipv6_host(self):
        try:
            server = rude.Server(SITE, "::1")
        except OSError as missing:
            self.skipTest(f"no IPv6 here: {missing}")
        with server:
            seed = server.url("/", "[::1]")
            self.visit(server, seed, resolve="{}")
            self.assertEqual(len(server.log), 22)
            self.store = self.folder / "refused"
            self.visit(server, seed, resolve="{}", private_addresses="false", robots="false", code=1)
            self.assertEqual(len(server.log), 22)
        self.assertEqual(rows(self.store, "SELECT reason FROM url"), [("refused-address",)])
        index = next((self.folder / "store" / "archive").glob("*.cdxj")).read_text()
        self.assertIn(seed + "19", index)


if __name__ == "__main__":
    unittest.main()
