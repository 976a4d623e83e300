"""Every command has a man page; it is well written, names exactly the options of --help, and its examples work."""
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

root, program = Path(os.environ["ALM_SOURCE"]), Path(os.environ["ALMONER"])
wrong = []


def out_of(*command):
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout


def options_of_help(command):
    """Only the list of options: lines that begin with a dash."""
    lines = [line.strip() for line in out_of(program, command, "--help").splitlines()]
    return {name for line in lines if line.startswith("-") for name in re.findall(r"--([a-z][a-z-]*)", re.split("  +", line)[0])}


def options_of_page(text):
    return {name for line in text.splitlines() if line.startswith(".It Fl") for name in re.findall(r"-([a-z][a-z-]+)\b", line)}


commands = re.findall(r"^  ([a-z]+)  ", out_of(program, "--help"), re.M)
pages = {path.stem: path for path in sorted((root / "man").glob("*.1"))}
expected = {"almoner", *(f"almoner-{command}" for command in commands)}
if set(pages) != expected:
    wrong.append(f"man/ has {sorted(pages)}, commands ask for {sorted(expected)}")
installed = set(re.findall(r"man/(\S+)\.1", (root / "cmake/AlmonerInstall.cmake").read_text()))
if installed != set(pages):
    wrong.append(f"cmake/AlmonerInstall.cmake installs {sorted(installed)}")
front = pages["almoner"].read_text(encoding="utf-8")
for command in commands:
    if f".It Cm {command}\n" not in front:
        wrong.append(f"almoner.1 does not name {command}")
    if "\nExample" not in out_of(program, command, "--help"):
        wrong.append(f"{command}: --help shows no example")
    page = pages.get(f"almoner-{command}")
    told, there = (options_of_page(page.read_text(encoding="utf-8")) if page else set()) | {"help"}, options_of_help(command)
    if told != there:
        wrong.append(f"{command}: --help has {sorted(there - told)} more, the page {sorted(told - there)}")
for path in pages.values():
    lint = out_of("mandoc", "-Tlint", "-Wwarning", path)
    if lint:
        wrong.append(lint)
    with tempfile.TemporaryDirectory() as scratch:
        (Path(scratch) / "fixtures").symlink_to(root / "fixtures")
        for example in re.findall(r"^\.Dl \$ (.*)$", path.read_text(encoding="utf-8"), re.M):
            run = subprocess.run(["bash", "-c", example], cwd=scratch, capture_output=True, text=True, check=False,
                                 env={**os.environ, "PATH": f"{program.parent}:{os.environ['PATH']}"})
            if run.returncode != 0 or not run.stdout and not list(Path(scratch).glob("*.*")):
                wrong.append(f"{path.name}: $ {example}: status {run.returncode}: {run.stderr}")
if len(commands) < 2:
    wrong.append("no commands found in --help")
print("\n".join(wrong) or f"man: {len(pages)} pages ok")
sys.exit(bool(wrong))
