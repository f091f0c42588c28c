#!/usr/bin/env bash
# Instructions per byte of reading YAML, with ours and with granit-parser, as a table: benches/yaml.sh FILE…
# PROGRAM names the bench `yaml` where it is built already.
set -euo pipefail
program=${PROGRAM:-}
if [ -z "$program" ]; then
  cargo bench --no-run --bench yaml
  program=$(ls -t target/release/deps/yaml-* | grep -v '\.d$' | head -1)
fi
folder=$(mktemp -d)
trap 'rm -r "$folder"' EXIT
echo "| file | events | tree | granit-parser, events | granit-parser, tree |"
echo "|---|---|---|---|---|"
for file in "$@"; do
  # Two patterns: of two options for the same one the last would hold.
  valgrind --tool=callgrind --callgrind-out-file="$folder/counts" '--zero-before=yaml::*' \
    '--dump-after=yaml::read_*' "$program" --once "$file" >/dev/null 2>"$folder/log"
  row="| $file |"
  for reader in 1 2 3 4; do
    count=$(sed -n 's/^totals: //p' "$folder/counts.$reader")
    row="$row $(awk -v count="$count" -v bytes="$(wc -c <"$file")" 'BEGIN {printf "%.1f", count / bytes}') |"
  done
  echo "$row"
done
