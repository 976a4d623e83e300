"""Run inside an own network namespace (net_test.py does): a public address there redirects to private ones.

usage: public_address.py ALMONER; exit status 77 where the address cannot be set up.
"""
import sqlite3
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
import rude_server as rude  # noqa: E402

PUBLIC = "93.184.216.34"


def crawl(program, public, private):
    """A chain of redirects, a link and robots.txt of another port lead to the private server: it is never asked."""
    public.table.update({"/robots.txt": rude.response("", "404 Not Found"),
                         "/chain": rude.redirect("/chain2"), "/chain2": rude.redirect("/away"),
                         "/link": rude.response(f'<a href="{private.url("/x")}">x</a>')})
    with tempfile.TemporaryDirectory() as folder:
        config = Path(folder) / "sources.yaml"
        seeds = ", ".join(public.url(path, PUBLIC) for path in ("/page", "/chain", "/link"))
        # the private addresses are in scope, so that nothing but the guard keeps the crawl from them
        config.write_text(f"sources:\n  - name: a\n    delay: 0\n    retries: 0\n    robots: false\n"
                          f"    seeds: [{seeds}, {private.url('/seed')}]\n")
        done = subprocess.run([program, "crawl", "--config", config, "--store", f"{folder}/store", "--no-extract"],
                              capture_output=True, check=False)
        assert done.returncode == 1, done.stderr.decode()
        with sqlite3.connect(f"{folder}/store/frontier.db") as db:
            got = {url: (state, reason) for url, state, reason in db.execute("SELECT url, state, reason FROM url")}
    want = {public.url(path, PUBLIC): (2, None) for path in ("/page", "/chain", "/chain2", "/away", "/link")}
    want |= {private.url(path): (4, "refused-address") for path in ("/seed", "/page", "/x")}
    assert got == want, got
    assert not private.log


def main(program):
    for command in (["ip", "link", "set", "lo", "up"], ["ip", "address", "add", f"{PUBLIC}/32", "dev", "lo"]):
        try:
            done = subprocess.run(command, capture_output=True, check=False)
        except FileNotFoundError:
            print("no ip command", file=sys.stderr)
            return 77
        if done.returncode != 0:
            print(done.stderr.decode(), file=sys.stderr)
            return 77
    with rude.Server({"/page": rude.response(rude.page())}) as private:
        table = {"/page": rude.response(rude.page()), "/away": rude.redirect(private.url("/page"))}
        with rude.Server(table, PUBLIC) as public:
            good = subprocess.run([program, "extract", public.url("/page", PUBLIC)], capture_output=True, check=False)
            assert good.returncode == 0, good.stderr.decode()
            away = subprocess.run([program, "extract", public.url("/away", PUBLIC)], capture_output=True, check=False)
            message = away.stderr.decode()
            assert away.returncode == 1 and not private.log, message
            assert "refused to connect to the loopback address 127.0.0.1 (after a redirect)" in message, message
            crawl(program, public, private)
            lifted = subprocess.run([program, "extract", "--allow-private", public.url("/away", PUBLIC)],
                                    capture_output=True, check=False)
            assert lifted.returncode == 0, lifted.stderr.decode()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
