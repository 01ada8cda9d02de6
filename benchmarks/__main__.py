"""`python -m benchmarks` measures speed, tables and agreement; `speed`, `reference` or `agreement` does one of them."""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

from benchmarks import reference, speed
from benchmarks.agreement import Report, compare_fields, markdown
from benchmarks.agreement_positions import compare_functions, compare_streams
from benchmarks.agreement_rs1090 import compare_with_rs1090
from benchmarks.generated import moving_aircraft, random_frames
from benchmarks.recordings import full_flight_as_jet1090_decoded_it, recordings

GENERATED_FRAMES = 300_000


def agreement_report() -> tuple[str, int]:
    """(Markdown, number of differences that nothing explains)."""
    sections: list[tuple[str, Report]] = []
    recorded: Report = {}
    for frames in recordings().values():
        compare_fields(recorded, frames)
        compare_functions(recorded, frames, seed=1)
        compare_streams(recorded, frames)
    sections.append(("Every recording with raw frames, against pyModeS", recorded))
    generated: Report = {}
    random = random_frames(seed=1, n=GENERATED_FRAMES)
    compare_fields(generated, random)
    for frames in (random.take(slice(0, GENERATED_FRAMES // 3)), moving_aircraft(2, aircraft=500, messages_each=200)):
        compare_functions(generated, frames, seed=3)
        compare_streams(generated, frames)
    sections.append(("Generated frames, against pyModeS", generated))
    second: Report = {}
    compare_with_rs1090(second, full_flight_as_jet1090_decoded_it())
    sections.append(("full_flight_short, against rs1090 as it decoded when recording", second))
    text = "\n".join(markdown(report, heading) for heading, report in sections)
    return "# Decoder agreement\n\n" + text, sum(a.unexplained for _, report in sections for a in report.values())


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("what", nargs="?", choices=("all", "speed", "reference", "agreement"), default="all")
    parser.add_argument("--copies", type=int, default=4, help="how often the recording is repeated (default 4)")
    parser.add_argument("--json", type=Path, help="write the speeds there")
    parser.add_argument("--markdown", type=Path, help="write the tables there as well")
    chosen = parser.parse_args()
    parts, unexplained = [], 0
    if chosen.what in ("all", "speed"):
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "long_flight.beast"
            results = speed.measure(path, speed.write_recording(path, copies=chosen.copies))
        parts.append("# Speed\n\n" + speed.markdown(results))
        print(parts[-1], flush=True)
        if chosen.json:
            chosen.json.write_text(speed.as_json(results))
    if chosen.what in ("all", "reference"):
        parts.append("# Reference tables\n\n" + reference.measured())
        print(parts[-1], flush=True)
    if chosen.what in ("all", "agreement"):
        report, unexplained = agreement_report()
        parts.append(report)
        print(report)
    if chosen.markdown:
        chosen.markdown.write_text("\n".join(parts))
    return 1 if unexplained else 0


if __name__ == "__main__":
    raise SystemExit(main())
