"""almoner extract URL against servers that misbehave. Nothing here leaves the machine.

environment: ALMONER (the program), ALMONER_RULES as usual. Runs with: python3 tests/net/net_test.py [-v] [NAME]
"""
import gzip
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
import rude_server as rude  # noqa: E402

ALMONER = os.environ.get("ALMONER", "build/dev/cli/almoner")
NGINX_PATH = shutil.which("nginx", path="/usr/sbin:/usr/bin:/usr/local/sbin")
LIMIT_S = 20  # for one call, sanitizers and a busy machine included


def almoner(*args, env=None, allow_private=True):
    command = [ALMONER, "extract"] + (["--allow-private"] if allow_private else []) + list(args)
    return subprocess.run(command, capture_output=True, timeout=LIMIT_S, check=False, stdin=subprocess.DEVNULL,
                          env={**os.environ, **(env or {})})


def title_and_text(document):
    return f'{document["title"]} {document["text"]}'


class Net(unittest.TestCase):
    TABLE = {
        "/page": rude.response(rude.page("好页面")),
        "/gzip": rude.gzip_page(rude.page("压缩页面")),
        "/gzip-cut": rude.gzip_page(rude.page("断") * 50, cut=30),
        "/gzip-no-trailer": rude.gzip_page(rude.page("断"), cut=8),
        "/gzip-broken": rude.response(b"\x1f\x8b\x08\x00" + b"\x55" * 200, Content_Encoding="gzip"),
        "/gzip-file": rude.response(gzip.compress(rude.page("文件").encode()), kind="application/gzip"),
        "/bomb": rude.response(rude.bomb(1 << 30), Content_Encoding="gzip"),
        "/bomb-file": rude.response(rude.bomb(1 << 30), kind="application/gzip"),
        "/404": rude.response("gone", "404 Not Found"),
        "/500": rude.response("sorry", "500 Internal Server Error"),
        "/204": rude.response("", "204 No Content"),
        "/empty": rude.response(""),
        "/pdf": rude.response(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n", kind="application/pdf"),
        "/pdf-as-html": rude.response(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n"),
        "/image": rude.response(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", kind="image/png"),
        "/json": rude.response('{"code": 0, "data": []}', kind="application/json"),
        "/json-as-html": rude.response('[{"code": 0}]'),
        "/css": rude.response("body { color: red }", kind="text/css"),
        "/html-as-json": rude.response(rude.page("类型不对"), kind="application/json"),
        "/gbk": rude.response(rude.page("深圳市商会").encode("gbk"), kind="text/html; charset=GBK"),
        "/loop": rude.endless_redirect,
        "/chain/*": rude.countdown,
        "/cookie-wall": rude.cookie_wall,
        "/to-file": rude.redirect("file:///etc/passwd"),
        "/to-ftp": rude.redirect("ftp://127.0.0.1/x"),
        "/to-zero": rude.redirect("http://0.0.0.0:1/"),
        "/to-multicast": rude.redirect("http://224.0.0.1:1/"),
        "/stall": rude.stall_before_answer,
        "/stall-headers": rude.stall_in_headers,
        "/stall-body": rude.stall_in_body,
        "/stall-status": rude.stall_in_status_line,
        "/stall-chunk": rude.stall_in_a_chunk,
        "/stall-continue": rude.stall_after_continue,
        "/to-stall": rude.redirect("/stall"),
        "/drip": rude.drip,
        "/drip-headers": rude.drip_headers,
        "/continue": rude.continued(1),
        "/continue-thrice": rude.continued(3),
        "/endless-continue": rude.endless_continue,
        "/continue-close": rude.continue_and_close,
        "/101": rude.other_protocol,
        "/too-short": rude.with_length(b"40"),
        "/two-lengths": rude.with_length(b"40", more=b"Content-Length: 41\r\n"),
        "/length-minus": rude.with_length(b"-1"),
        "/length-huge": rude.with_length(b"99999999999999999999999"),
        "/length-2g": rude.with_length(b"2147483648"),
        "/length-and-chunks": rude.with_length(b"5", rude.chunks(rude.page("块")), b"Transfer-Encoding: chunked\r\n"),
        "/reset": rude.reset_in_body,
        "/cut-headers": rude.cut_in_headers,
        "/chunks": rude.chunked(rude.chunks(rude.page("整块"))),
        "/chunk-minus": rude.chunked(b"-5\r\n<p>ab\r\n0\r\n\r\n"),
        "/chunk-huge": rude.chunked(b"ffffffffffffffffff\r\n<p>ab"),
        "/chunk-2g": rude.chunked(b"7fffffff\r\n<p>ab"),
        "/chunk-run-on": rude.chunked(b"5\r\n<p>abcdef\r\n0\r\n\r\n"),
        "/endless-chunks": rude.endless_chunks,
        "/endless-trailers": rude.endless_trailers,
        "/says-utf8": rude.response(rude.page("深圳市商会").encode("gbk")),
        "/says-gbk": rude.response(rude.page("深圳市商会"), kind="text/html; charset=gbk"),
        "/says-nonsense": rude.response(rude.page("深圳市商会"), kind="text/html; charset=klingon"),
        "/endless": rude.endless_body,
        "/endless-headers": rude.endless_headers,
        "/endless-informational": rude.endless_informational,
        "/cut": rude.cut_short,
        "/chunks-cut": rude.chunks_cut_short,
        "/chunks-broken": rude.broken_chunks,
        "/no-http": rude.no_http,
        "/close": rude.close_at_once,
    }

    @classmethod
    def setUpClass(cls):
        cls.server = rude.Server(cls.TABLE).__enter__()

    @classmethod
    def tearDownClass(cls):
        cls.server.__exit__()

    def fails(self, path, *words, args=(), within=LIMIT_S, **more):
        url = path if "://" in path else self.server.url(path)
        start = time.monotonic()
        done = almoner(*args, url, **more)
        took = time.monotonic() - start
        message = done.stderr.decode()
        self.assertEqual(done.returncode, 1, message)
        self.assertEqual(done.stdout, b"")
        self.assertTrue(message.startswith(f"almoner: {url}: "), message)
        self.assertEqual(message.count("\n"), 1, message)
        for word in words:
            self.assertIn(word, message)
        self.assertLess(took, within)

    def document(self, path, *args, **more):
        done = almoner("--text", *args, path if "://" in path else self.server.url(path), **more)
        self.assertEqual(done.returncode, 0, done.stderr.decode())
        self.assertEqual(done.stderr, b"")
        return json.loads(done.stdout)

    # what works

    def test_page(self):
        document = self.document("/page")
        self.assertEqual(document["url"], self.server.url("/page"))
        self.assertEqual(document["charset"], "utf-8")
        self.assertRegex(document["fetched_at"], r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$")
        self.assertIn("甲集团有限公司", document["text"])

    def test_user_agent_and_encodings(self):
        self.document("/page")
        headers = self.server.log[-1].headers
        version = subprocess.run([ALMONER, "--version"], capture_output=True, check=True, text=True).stdout.split()[1]
        self.assertRegex(headers["user-agent"], rf"^almoner/{version}$")
        for encoding in ("gzip", "br", "zstd"):
            self.assertIn(encoding, headers["accept-encoding"])

    def test_compressed_page(self):
        self.assertIn("压缩页面", title_and_text(self.document("/gzip")))

    def test_compressed_file_of_a_page(self):
        self.assertIn("文件", title_and_text(self.document("/gzip-file")))

    def test_charset_of_the_header(self):
        document = self.document("/gbk")
        self.assertEqual(document["charset"], "gb18030")
        self.assertIn("深圳市商会", title_and_text(document))

    def test_html_under_a_wrong_type(self):
        self.assertIn("类型不对", title_and_text(self.document("/html-as-json")))

    def test_ten_redirects(self):
        document = self.document("/chain/10")
        self.assertEqual(document["url"], self.server.url("/chain/0"))

    def test_cookie_wall(self):
        self.assertEqual(self.document("/cookie-wall")["title"], "有饼干")

    def test_url_as_people_write_it(self):
        document = self.document(self.server.url("/page?名=某 某#章"))
        self.assertEqual(document["url"], self.server.url("/page?%E5%90%8D=%E6%9F%90%20%E6%9F%90"))
        self.assertEqual(self.server.log[-1].path, "/page?%E5%90%8D=%E6%9F%90%20%E6%9F%90")

    def test_password_is_used_and_not_shown(self):
        document = self.document(self.server.url("/page", host="me:secret@127.0.0.1"))
        self.assertEqual(document["url"], self.server.url("/page"))
        self.assertEqual(self.server.log[-1].headers["authorization"], "Basic bWU6c2VjcmV0")

    def test_proxies_of_the_environment_are_not_used(self):
        proxies = {name: "http://127.0.0.1:1" for name in ("http_proxy", "https_proxy", "all_proxy", "ALL_PROXY")}
        self.document("/page", env=proxies)

    def test_order_of_many_inputs(self):
        good = [self.server.url(f"/page?{i}") for i in range(12)]
        inputs = good[:5] + [self.server.url("/404")] + good[5:]
        done = almoner("-j", "4", *inputs)
        self.assertEqual(done.returncode, 1)
        self.assertEqual([json.loads(line)["url"] for line in done.stdout.splitlines()], good)
        self.assertEqual(done.stderr.decode().count("\n"), 1)

    # what the server does wrong

    def test_http_404(self):
        self.fails("/404", "404 Not Found")

    def test_http_500(self):
        self.fails("/500", "500 Internal Server Error")

    def test_http_204(self):
        self.fails("/204", "204")

    def test_empty_body(self):
        self.fails("/empty", "is empty")

    def test_endless_redirect(self):
        self.fails("/loop", "more than 10 redirects")

    def test_eleven_redirects(self):
        self.fails("/chain/11", "more than 10 redirects")

    def test_refused_connection(self):
        with socket.socket() as taken:  # bound, not listening: nobody else can take the port
            taken.bind(("127.0.0.1", 0))
            self.fails(f"http://127.0.0.1:{taken.getsockname()[1]}/", "Connection refused")

    def test_stalled_server(self):
        self.fails("/stall", "out of time", args=["--timeout", "1"], within=6)

    def test_stalled_in_headers(self):
        self.fails("/stall-headers", "out of time", args=["--timeout", "1"], within=6)

    def test_stalled_in_body(self):
        self.fails("/stall-body", "out of time", args=["--timeout", "1"], within=6)

    def test_dripping_server(self):
        self.fails("/drip", "out of time", args=["--timeout", "1"], within=6)

    def test_stalled_anywhere_else(self):
        for path in ("/stall-status", "/stall-chunk", "/stall-continue", "/to-stall", "/drip-headers"):
            with self.subTest(path=path):
                self.fails(path, "out of time", args=["--timeout", "1"], within=6)

    def test_continue_that_nobody_asked_for(self):
        for path in ("/continue", "/continue-thrice"):
            self.assertIn("终于", title_and_text(self.document(path)))
        self.fails("/endless-continue", "headers are larger than")
        self.fails("/continue-close")
        self.fails("/101")

    def test_lies_about_the_length(self):
        self.fails("/length-minus")
        self.fails("/length-huge", "larger than 16 MiB")
        self.fails("/length-2g", "larger than 16 MiB")
        self.assertIn("块", title_and_text(self.document("/length-and-chunks")))  # RFC 9112 6.3: the chunks count
        for path in ("/too-short", "/two-lengths"):  # the rest is not of this answer; of two lengths libcurl takes one
            done = almoner("--text", self.server.url(path))
            self.assertNotIn("甲集团", done.stdout.decode())

    def test_cut_in_other_places(self):
        self.fails("/reset")
        self.fails("/cut-headers", "cut short in its headers")

    def test_chunks(self):
        self.assertIn("整块", title_and_text(self.document("/chunks")))
        for path in ("/chunk-minus", "/chunk-huge", "/chunk-2g", "/chunk-run-on"):
            with self.subTest(path=path):
                self.fails(path)
        self.fails("/endless-chunks", "larger than 16 MiB")
        self.fails("/endless-trailers", "headers are larger than")

    def test_lies_about_the_charset(self):
        for path in ("/says-utf8", "/says-gbk", "/says-nonsense"):
            with self.subTest(path=path):
                self.assertIn("深圳市商会", title_and_text(self.document(path)))

    def test_endless_body(self):
        self.fails("/endless", "larger than 16 MiB")

    def test_endless_headers(self):
        self.fails("/endless-headers", "headers are larger than")

    def test_endless_informational_responses(self):
        self.fails("/endless-informational", "headers are larger than")

    def test_compression_bomb(self):
        self.fails("/bomb", "larger than 16 MiB after decompression")

    def test_compression_bomb_in_a_file(self):
        self.fails("/bomb-file", "larger than 16 MiB after decompression")

    def test_truncated_gzip(self):
        self.fails("/gzip-cut", "cut short")

    def test_gzip_without_trailer(self):
        self.fails("/gzip-no-trailer", "cut short")

    def test_broken_gzip(self):
        self.fails("/gzip-broken", "compressed data is broken")

    def test_cut_short(self):
        self.fails("/cut", "cut short")

    def test_chunks_cut_short(self):
        self.fails("/chunks-cut", "cut short")

    def test_broken_chunks(self):
        self.fails("/chunks-broken")

    def test_not_http(self):
        self.fails("/no-http")

    def test_connection_closed_at_once(self):
        self.fails("/close")

    # what is no page

    def test_pdf(self):
        self.fails("/pdf", "is a PDF document, expected HTML or text")

    def test_pdf_that_says_html(self):
        self.fails("/pdf-as-html", "is a PDF document, expected HTML or text")

    def test_image(self):
        self.fails("/image", "is a PNG image, expected HTML or text")

    def test_json(self):
        self.fails("/json", "is JSON, expected HTML or text")

    def test_json_that_says_html(self):
        self.fails("/json-as-html", "is JSON, expected HTML or text")

    def test_style_sheet(self):
        self.fails("/css", "is a style sheet")

    # where we do not go

    def test_loopback_is_refused(self):
        self.fails("/page", "refused to connect to the loopback address 127.0.0.1", allow_private=False)

    def test_name_of_a_loopback_address_is_refused(self):
        url = self.server.url("/page", host="localhost")
        self.fails(url, "refused to connect to the loopback address", allow_private=False)

    def test_other_spellings_of_loopback_are_refused(self):
        for host in ("127.1", "2130706433", "0x7f000001", "0177.0.0.1", "[::1]", "[::ffff:127.0.0.1]"):
            with self.subTest(host=host):
                self.fails(self.server.url("/page", host=host), "refused to connect", allow_private=False)

    def test_private_addresses_are_refused(self):
        for host in ("10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "[fc00::1]",
                     "[fe80::1]", "0.0.0.0", "224.0.0.1", "[64:ff9b::a00:1]", "[2002:a00:1::]"):
            with self.subTest(host=host):
                self.fails(f"http://{host}/", "refused to connect", allow_private=False)

    def test_redirect_to_an_address_never_allowed(self):
        self.fails("/to-zero", "refused to connect to the unspecified address 0.0.0.0 (after a redirect)")
        self.fails("/to-multicast", "refused to connect to the multicast address 224.0.0.1 (after a redirect)")

    def test_redirect_to_another_scheme(self):
        self.fails("/to-file", "only http and https are fetched (after a redirect)")
        self.fails("/to-ftp", "only http and https are fetched (after a redirect)")

    def test_bad_urls(self):
        for url in ("http://", "http:///", "http://a b/", "http://[::1/", "http://127.0.0.1:99999/", "https://%zz/"):
            with self.subTest(url=url):
                self.fails(url)

    def test_other_schemes(self):
        self.fails("ftp://127.0.0.1/x", "only http and https URLs are fetched")
        self.fails("file:///etc/passwd", "only http and https URLs are fetched")

    def test_redirect_from_a_public_to_a_private_address(self):
        """In a network of its own, where this machine has a public address."""
        script = Path(__file__).parent / "public_address.py"
        inside = ["unshare", "--map-root-user", "--net", sys.executable, str(script), ALMONER]
        done = subprocess.run(inside, capture_output=True, timeout=LIMIT_S, check=False)
        if done.returncode == 77 or b"unshare" in done.stderr:
            self.skipTest("no network namespaces here: " + done.stderr.decode().strip())
        self.assertEqual(done.returncode, 0, done.stdout.decode() + done.stderr.decode())


def make_certificate(folder, name, host):
    path = Path(folder) / f"{name}.pem"
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
                    "-days", "2", "-subj", f"/CN={host}", "-addext", f"subjectAltName={host}",
                    "-keyout", str(path), "-out", f"{path}.crt"], check=True, capture_output=True)
    path.write_text(path.read_text() + Path(f"{path}.crt").read_text())
    return str(path), f"{path}.crt"


@unittest.skipUnless(shutil.which("openssl"), "no openssl to make a certificate")
class Tls(Net):
    """The TLS server has its own table; of the inherited helpers only fails and document are used."""
    TABLE = {"/page": rude.response(rude.page("加密页面"))}

    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.pem, cls.trusted = make_certificate(cls.folder.name, "good", "IP:127.0.0.1")
        cls.server = rude.Server(cls.TABLE, certificate=cls.pem).__enter__()

    @classmethod
    def tearDownClass(cls):
        cls.server.__exit__()
        cls.folder.cleanup()

    def test_page(self):
        self.assertIn("甲集团", self.document("/page", "--ca-file", self.trusted)["text"])

    def test_untrusted_certificate(self):
        self.fails("/page", "the server's TLS certificate is not trusted")

    def test_certificate_of_another_host(self):
        self.fails(self.server.url("/page", host="localhost"), "the server's TLS certificate is not trusted",
                   args=["--ca-file", self.trusted])

    def test_no_tls_at_all(self):
        with rude.Server({}) as plain:
            self.fails(plain.url("/page").replace("http:", "https:"))

    @unittest.skipUnless(NGINX_PATH, "no nginx to speak HTTP/2")
    def test_http2(self):
        with tempfile.TemporaryDirectory() as folder, socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
            probe.close()
            root = Path(folder)
            (root / "page.html").write_text(rude.page("二代"))
            (root / "nginx.conf").write_text(NGINX.format(folder=folder, port=port, pem=self.pem))
            server = subprocess.Popen([NGINX_PATH, "-p", folder, "-c", "nginx.conf"], stderr=subprocess.DEVNULL)
            try:
                wait_for(port)
                self.document(f"https://127.0.0.1:{port}/page.html", "--ca-file", self.trusted)
            finally:
                server.terminate()
                server.wait(10)
            self.assertIn("HTTP/2.0", (root / "access.log").read_text())


for inherited in [name for name in dir(Net) if name.startswith("test_") and name not in vars(Tls)]:
    setattr(Tls, inherited, None)

NGINX = """
daemon off; master_process off; pid {folder}/nginx.pid; error_log {folder}/error.log;
events {{}}
http {{
  access_log {folder}/access.log; root {folder}; default_type text/html;
  client_body_temp_path {folder}/b; proxy_temp_path {folder}/p; fastcgi_temp_path {folder}/f;
  uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s;
  server {{ listen 127.0.0.1:{port} ssl http2; ssl_certificate {pem}; ssl_certificate_key {pem}; }}
}}
"""


def wait_for(port):
    for _ in range(200):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.02)
    raise TimeoutError("nginx does not listen")


if __name__ == "__main__":
    unittest.main()
