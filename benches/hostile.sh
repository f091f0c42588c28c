#!/usr/bin/env bash
# How the instructions grow with the size of hostile texts, as a table: benches/hostile.sh [PROGRAM] [SIZE]
# The program is the bench `hostile`, optimised or not; sizes are SIZE bytes, twice, four and eight times as many.
set -euo pipefail
program=${1:-}
size=${2:-20000}
if [ -z "$program" ]; then
  cargo bench --no-run --bench hostile
  program=$(ls -t target/release/deps/hostile-* | grep -v '\.d$' | head -1)
fi
folder=$(mktemp -d)
trap 'rm -r "$folder"' EXIT
for times in 1 2 4 8; do
  # Two patterns: of two options for the same one the last would hold.
  valgrind --tool=callgrind --callgrind-out-file="$folder/$times" '--zero-before=hostile::*' \
    '--dump-after=hostile::read_*' "$program" $((size * times)) >/dev/null 2>"$folder/log"
done
echo "| text | instructions per byte | 2n | 4n | 8n |"
echo "|---|---|---|---|---|"
"$program" | while read -r name; do
  at=$((${at:-0} + 1))
  counts=$(for times in 1 2 4 8; do sed -n 's/^totals: //p' "$folder/$times.$at"; done | tr '\n' ' ')
  echo "$counts" | awk -v name="$name" -v size="$size" \
    '{printf "| `%s` | %d | %.1f | %.1f | %.1f |\n", name, $1 / size, $2 / $1, $3 / $1, $4 / $1}'
done
