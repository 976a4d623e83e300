# Every shipped pack passes its own examples and the linter.
set -e
cd "$ALM_SOURCE"
"$ALMONER" rules check --rules rules/zh
"$ALMONER" rules test --rules rules/zh
for pack in rules/examples/*/; do
  "$ALMONER" rules check --rules rules/zh --rules "$pack"
  "$ALMONER" rules test --rules rules/zh --rules "$pack"
done
