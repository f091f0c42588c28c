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
count() { # NUMBER SIZE: instructions
  valgrind --tool=callgrind --callgrind-out-file=/dev/null "$program" "$1" "$2" 2>&1 | sed -n 's/.*Collected : //p'
}
declare -A made
for times in 1 2 4 8; do made[$times]=$(count - $((size * times))); done
echo "| text | instructions per byte | 2n | 4n | 8n |"
echo "|---|---|---|---|---|"
"$program" | while read -r number name; do
  row="" first=0
  for times in 1 2 4 8; do
    took=$(($(count "$number" $((size * times))) - made[$times]))
    if [ "$times" = 1 ]; then
      first=$took
      row="| $name | $((took / size)) |"
    else
      row="$row $(awk "BEGIN {printf \"%.1f\", $took / $first}") |"
    fi
  done
  echo "$row"
done
