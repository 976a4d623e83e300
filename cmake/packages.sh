#!/bin/sh
# Install what is missing of the sections of cmake/debian-packages.txt that are named as arguments.
# Exit status: 0 all there; 1 something is missing and cannot be installed here (it says what, and how to get it).
set -u
list=$(dirname "$0")/debian-packages.txt
python=/usr/bin/python3
[ -x "$python" ] || python=python3

has() { # PROBE
    case $1 in
    cmd:*) command -v "${1#cmd:}" >/dev/null 2>&1 ;;
    pc:*) pkg-config --exists "${1#pc:}" 2>/dev/null ;;
    header:*) echo "#include <${1#header:}>" | cc -E -x c - >/dev/null 2>&1 ;;
    file:*) [ -e "${1#file:}" ] ;;
    py:*) "$python" -c "import ${1#py:}" >/dev/null 2>&1 ;;
    *) echo "packages.sh: unknown probe $1" >&2; exit 2 ;;
    esac
}

missing() { # SECTION…: the packages whose probe fails
    for section in "$@"; do
        awk -v want="[$section]" '/^\[/ {on = $1 == want; next} on && NF && $1 !~ /^#/ {print $1, $2}' "$list"
    done | while read -r package probe; do
        has "$probe" || echo "$package"
    done
}

wanted=$(missing "$@" | tr '\n' ' ')
if [ -z "$wanted" ]; then
    echo "packages: all there"
    exit 0
fi
echo "packages: missing: $wanted"

give_up() { # WHY
    echo "packages: $1" >&2
    echo "On Debian 12, as root:  apt-get update && apt-get install --no-install-recommends $wanted" >&2
    echo "On another system install what it calls these; cmake/debian-packages.txt says what each is looked for by." >&2
    exit 1
}

command -v apt-get >/dev/null 2>&1 || give_up "there is no apt-get on this system"
if [ "$(id -u)" = 0 ]; then
    as_root=
elif ! command -v sudo >/dev/null 2>&1; then
    give_up "installing needs root, and there is no sudo"
elif [ -t 0 ] || sudo -n true 2>/dev/null; then
    as_root=sudo
else
    give_up "installing needs root, and sudo would ask for a password"
fi

echo "packages: $as_root apt-get update"
$as_root apt-get update -qq || echo "packages: apt-get update failed; going on with the lists that are here" >&2
echo "packages: $as_root apt-get install --no-install-recommends $wanted"
# shellcheck disable=SC2086  # $wanted is a list
$as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
    -o DPkg::Lock::Timeout=300 -o Dpkg::Use-Pty=0 $wanted >/dev/null || give_up "apt-get could not install them"
left=$(missing "$@" | tr '\n' ' ')
[ -z "$left" ] || give_up "still not found after installing: $left"
