#!/bin/sh
# cmake/packages.sh installs what is missing, says what it does, and says what to do where it cannot. apt-get and sudo are
# stand-ins that write down what they were asked; the machine is left alone.
set -eu
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
fail() { echo "packages: $*" >&2; cat "$scratch/out" >&2; exit 1; }
mkdir "$scratch/cmake" "$scratch/tools" "$scratch/apt" "$scratch/sudo" "$scratch/user"
cp "$ALM_SOURCE/cmake/packages.sh" "$scratch/cmake/"
cat >"$scratch/cmake/debian-packages.txt" <<'END'
# a comment
[build]
shell   cmd:sh
libc    header:stdio.h
[test]
unknown cmd:no-such-program
other   pc:no-such-module
END
for tool in sh awk tr sed dirname cat cc as ld env test id; do
    path=$(command -v $tool) && ln -s "$path" "$scratch/tools/$tool"
done
stand_in() { printf '#!/bin/sh\n%s\n' "$2" >"$1" && chmod +x "$1"; }
stand_in "$scratch/apt/apt-get" "echo \"apt-get \$*\" >>'$scratch/asked'
case \$1 in install) /bin/ln -sf /bin/true '$scratch/tools/no-such-program' ;; esac"
stand_in "$scratch/sudo/sudo" '[ "$1" = -n ] && exit "${SUDO_ASKS:-0}"; "$@"'
stand_in "$scratch/user/id" 'echo 1000'
run() { # PATH SECTION…
    path=$1
    shift
    status=0
    PATH=$path sh "$scratch/cmake/packages.sh" "$@" >"$scratch/out" 2>&1 </dev/null || status=$?
}
tools=$scratch/tools

run "$tools" build
[ $status = 0 ] && grep -q "all there" "$scratch/out" || fail "nothing was missing"

run "$tools" build test
[ $status = 1 ] && grep -q "no apt-get" "$scratch/out" && grep -q "apt-get install.*unknown other" "$scratch/out" ||
    fail "without apt-get it must say what to install"

run "$scratch/user:$scratch/apt:$tools" test
[ $status = 1 ] && grep -q "needs root, and there is no sudo" "$scratch/out" || fail "neither root nor sudo"

SUDO_ASKS=1
export SUDO_ASKS
run "$scratch/user:$scratch/sudo:$scratch/apt:$tools" test
[ $status = 1 ] && grep -q "ask for a password" "$scratch/out" || fail "sudo without a terminal"
SUDO_ASKS=0
[ ! -e "$scratch/asked" ] || fail "apt-get was run although it could not install"

# the stand-in installs only one of the two: that is said, too
run "$scratch/user:$scratch/sudo:$scratch/apt:$tools" test
[ $status = 1 ] && grep -q "still not found after installing: other" "$scratch/out" || fail "half installed"
grep -q "^apt-get update" "$scratch/asked" && grep -q "^apt-get install.* unknown other" "$scratch/asked" || fail "asked wrongly"

sed -i '/^other/d' "$scratch/cmake/debian-packages.txt"
rm "$scratch/tools/no-such-program"
run "$scratch/user:$scratch/sudo:$scratch/apt:$tools" build test
[ $status = 0 ] && grep -q "^packages: missing: unknown" "$scratch/out" || fail "installed by sudo"

# the real list: every line is a package and a probe
awk '/^\[/ || /^#/ || !NF {next} NF != 2 || $2 !~ /^(cmd|pc|header|file|py):./ {print; bad = 1} END {exit bad}' \
    "$ALM_SOURCE/cmake/debian-packages.txt" || fail "these lines of the list are wrong"
echo "packages: ok"
