#!/bin/sh
# The units of contrib/ as they are installed, checked by systemd itself.
set -eu
command -v systemd-analyze >/dev/null || { echo "systemd-analyze is not installed"; exit 77; }
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
cp "$ALM_BUILD"/contrib/*.service "$ALM_SOURCE"/contrib/systemd/*.timer "$scratch"
# as if it were installed: verify wants the program to be there
sed -i "s|^\(Exec[A-Za-z]*=\)[^ ]*/almoner |\1$ALMONER |" "$scratch"/*.service
grep -q "ExecStart=$ALMONER watch" "$scratch/almoner-watch.service"
found=$(systemd-analyze verify --man=no "$scratch"/*.service "$scratch"/*.timer 2>&1) || { echo "$found"; exit 1; }
[ -z "$found" ] || { echo "$found"; exit 1; }
# and what is wrong is found
sed -i 's/^Type=exec/Type=exce/' "$scratch/almoner-watch.service"
systemd-analyze verify --man=no "$scratch/almoner-watch.service" 2>&1 | grep -q exce || { echo "a wrong unit passed"; exit 1; }
# the options of the units are options of the program
for line in $(sed -n 's/^ExecStart=//p' "$scratch"/*.service | grep -o ' --[a-z-]*' | sort -u); do
    "$ALMONER" watch --help | grep -q -- "$line" || { echo "almoner watch has no $line"; exit 1; }
done
echo "units: ok"
