"""Shell completions, in the shells themselves: bash completes words on a terminal and by its function, zsh and fish read
their scripts without an error where they are installed, and every option of --help is in each of the three."""
import os
import pty
import re
import select
import subprocess
import sys
import tempfile
import time
from pathlib import Path

program = Path(os.environ["ALMONER"])
environment = {**os.environ, "PATH": f"{program.parent}:{os.environ['PATH']}", "TERM": "dumb", "PS1": "$ "}
wrong, skipped = [], []


def out_of(*command, **more):
    return subprocess.run(command, capture_output=True, text=True, check=False, env=environment, **more)


scripts = {shell: out_of(program, "completion", shell).stdout for shell in ("bash", "zsh", "fish")}
commands = re.findall(r"^  ([a-z]+)  ", out_of(program, "--help").stdout, re.M)


def bash_completes(*words, folder="."):
    """What bash would offer for the last of WORDS."""
    quoted = " ".join(f"'{word}'" for word in words)
    call = (f"source <(almoner completion bash); COMP_WORDS=(almoner {quoted}); COMP_CWORD={len(words)}; _almoner; "
            'printf "%s\\n" "${COMPREPLY[@]}"')
    return out_of("bash", "--norc", "-c", call, cwd=folder).stdout.split()


def typed(keys, folder):
    """What a bash on a terminal echoes after KEYS."""
    pid, terminal = pty.fork()
    if pid == 0:
        os.chdir(folder)
        os.execvpe("bash", ["bash", "--norc", "--noprofile", "-i"], environment)
    text, end = "", time.time() + 20
    os.write(terminal, b"source <(almoner completion bash); echo ready-$((40 + 2))\n")
    while "ready-42" not in text and time.time() < end:
        text += os.read(terminal, 4096).decode("utf-8", "replace")
    os.write(terminal, keys.encode() + b"\x01printf '<%s>' begin \x05 end\n")  # to its beginning, and to its end
    text, end = "", time.time() + 20
    while "<end>" not in text and time.time() < end:
        if select.select([terminal], [], [], 0.5)[0]:
            text += os.read(terminal, 4096).decode("utf-8", "replace")
    os.close(terminal)
    os.waitpid(pid, 0)
    return re.findall(r"<([^<>%]*)>", text)[1:-1]


def expect(what, found, wanted):
    if found != wanted:
        wrong.append(f"{what}: {found}, expected {wanted}")


expect("commands", sorted(bash_completes("")), sorted([*commands, "--help", "--version"]))
expect("cra", bash_completes("cra"), ["crawl"])
expect("an option", bash_completes("crawl", "--sco"), ["--scope"])
expect("a choice", bash_completes("crawl", "--scope", "d"), ["domain"])
expect("a choice after =", bash_completes("crawl", "--scope", "=", "d"), ["domain"])
expect("all choices after =", bash_completes("crawl", "--scope", "="), ["host", "domain", "path"])
expect("an action", bash_completes("frontier", "re"), ["requeue"])
expect("actions that are no options", bash_completes("rules", ""), ["list", "check", "test", "explain"])
expect("a number is not guessed", bash_completes("crawl", "--depth", ""), [])
with tempfile.TemporaryDirectory() as folder:
    for name in ("page one.html", "sources.yaml"):
        (Path(folder) / name).touch()
    (Path(folder) / "store").mkdir()
    expect("files", bash_completes("extract", "sou", folder=folder), ["sources.yaml"])
    expect("a folder", bash_completes("crawl", "--store", "s", folder=folder), ["store"])
    expect("on a terminal", typed("almoner extract --form\tjs\tpa\t", folder),
           ["almoner", "extract", "--format", "json", "page one.html"])

for command in commands:
    options = re.findall(r"^ +(?:-., )?--([a-z][a-z-]*)", out_of(program, command, "--help").stdout, re.M)
    for option in options:
        if f"--{option}" not in bash_completes(command, f"--{option}"):
            wrong.append(f"bash: {command} does not complete --{option}")
        if f"__fish_almoner_is {command}'" not in scripts["fish"] or f" -l {option} " not in scripts["fish"]:
            wrong.append(f"fish: {command} lacks --{option}")
        if f"--{option}" not in scripts["zsh"].split(f"    {command})")[-1].split(";;")[0]:
            wrong.append(f"zsh: {command} lacks --{option}")

for shell in ("zsh", "fish"):
    with tempfile.NamedTemporaryFile("w", suffix=f".{shell}") as file:
        file.write(scripts[shell])
        file.flush()
        try:
            run = out_of(shell, "-n", file.name)
        except FileNotFoundError:
            skipped.append(shell)
            continue
        if run.returncode or run.stderr:
            wrong.append(f"{shell} -n: {run.stderr}")
        if shell == "fish":
            call = f"source {file.name}; complete -C 'almoner crawl --sco'; complete -C 'almoner crawl --scope d'"
            expect("fish", [line.split("\t")[0] for line in out_of("fish", "-N", "-c", call).stdout.splitlines()],
                   ["--scope", "domain"])
        else:
            call = f"autoload -Uz compinit; compinit -u -D; source {file.name}; print $_comps[almoner]"
            expect("zsh", out_of("zsh", "-f", "-c", call).stdout.strip(), "_almoner")

print("\n".join(wrong) or f"completion: {len(commands)} commands ok" + "".join(f"; no {s} here" for s in skipped))
sys.exit(bool(wrong))
