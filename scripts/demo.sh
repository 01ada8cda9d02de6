#!/usr/bin/env bash
# The main job on a real recording and on the Pyongyang story, ending with the table, the alert and a map to open.
set -euo pipefail
cd "$(dirname "$0")/.."

out=build/demo
detector=.venv/bin/detector
mkdir -p "$out"
export DETECTOR_STATE_DIR=$PWD/$out/state

say() { printf '\n== %s\n\n' "$*"; }

say "A real recording: Toulouse to Amsterdam, 24 October 2023, heard by a receiver on board"
"$detector" replay tests/data/recordings/long_flight.csv.gz --fresh --stops "$out/long_flight.stops.jsonl"

say "The Pyongyang story, SIMULATED from what was published: two days of frames from a chain of receivers"
"$detector" simulate tests/scenarios/pyongyang.yaml -o "$out/pyongyang.simulated.csv.gz" --truth "$out/pyongyang.truth.json"

say "... and what the program finds in those frames alone"
"$detector" replay "$out/pyongyang.simulated.csv.gz" --fresh \
    --stops "$out/pyongyang.stops.jsonl" --alerts "$out/pyongyang.alerts.jsonl" --map "$out/pyongyang.html"

say "The evidence of the Pyongyang alert in one file, and the alert worked out again from it, by pyModeS alone"
prove() {
    local first='import json, sys; print(json.loads(open(sys.argv[1]).readline())["id"])'
    local alert
    alert=$(.venv/bin/python -c "$first" "$out/pyongyang.alerts.jsonl") &&
        "$detector" alerts export "$alert" --bundle "$out/pyongyang.bundle.zip" &&
        "$detector" verify "$out/pyongyang.bundle.zip" | tail -n 1 &&
        "$detector" alerts export "$alert" --map "$out/pyongyang.png" --geojson "$out/pyongyang.geojson"
}
# What has been found stays found, whatever becomes of this step.
prove || echo "The alert could not be worked out again: see above." >&2

cat <<EOF

Written to $out/:
  pyongyang.alerts.jsonl   the alert, every revision, as other programs read it
  pyongyang.stops.jsonl    the stops behind it
  pyongyang.truth.json     what was really flown, to compare
  pyongyang.bundle.zip     the raw frames behind the alert, for \`detector verify\`
  pyongyang.png            the case on one sheet, to print; pyongyang.geojson its lines

The map: open $PWD/$out/pyongyang.html in a browser.
EOF
