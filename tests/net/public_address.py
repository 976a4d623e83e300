"""Run inside an own network namespace (net_test.py does): a public address there redirects to private ones.

usage: public_address.py ALMONER; exit status 77 where the address cannot be set up.
"""
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
import rude_server as rude  # noqa: E402

PUBLIC = "93.184.216.34"


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
            lifted = subprocess.run([program, "extract", "--allow-private", public.url("/away", PUBLIC)],
                                    capture_output=True, check=False)
            assert lifted.returncode == 0, lifted.stderr.decode()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
