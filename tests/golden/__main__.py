"""Writes the hashes of all golden results anew, and prints what moved: ``python -m tests.golden``."""

from tests.golden.recorded import CASES, FILE, as_text, make, moved, read

if __name__ == "__main__":
    before = read() if FILE.is_file() else {}
    now = {case: make(case) for case in CASES}
    for case in sorted(before.keys() | now.keys()):
        if parts := moved(before.get(case, {}), now.get(case, {})):
            print(f"{case}: {', '.join(parts)}")
    FILE.write_text(as_text(now), encoding="utf-8")
