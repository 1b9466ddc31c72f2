"""Adds the reports of tools/api-fuzz up: one is an operation with a role. What the hub has logged as an error counts."""

import json
import pathlib
import sys

out = pathlib.Path(sys.argv[1])
passed = failed = 0
for text in sorted(out.glob("*.txt")):
    report = text.with_suffix(".json")
    if not report.exists():
        print(f"{text.stem}: nothing was done:\n{text.read_text()}")
        failed += 1
        continue
    report = json.loads(report.read_text())
    wrong = {operation for failure in report["failures"] for operation in failure["operations"]}
    bad = len(wrong) + sum(error["count"] for error in report["errors"])
    # Without a token that holds, everything would be refused, and all would be well.
    rejected = report["operations"]["tested"] == 0 or not report["complete"]
    failed += bad + rejected
    passed += max(0, report["operations"]["tested"] - bad)
    cases = report["test_cases"]["generated"]
    print(f"{text.stem}: {cases} requests, {bad} operations with something wrong")
for line in (out / "hub.log").read_text().splitlines():
    if " ERROR " in line or "panicked at" in line:
        print(line)
        failed += 1
print(f"{passed} passed, {failed} failed")
sys.exit(failed > 0)
