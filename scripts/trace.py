"""Which rows of docs/requirements.md the passed tests prove: build/proofs.json in, build/trace.json out.

A row that is proven in parts counts when every part listed in docs/requirements-parts.yaml is proven. A mark with an ID or a
part that the catalogue does not list is an error: it would prove nothing. The notes are those of the last whole run.
"""

import json
import re
import sys
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parent.parent
ROW = re.compile(r"^\| ([A-Z]{3}-\d{3}) \|", re.MULTILINE)


def main() -> int:
    """Write the table and say how many rows are proven; 1 when a mark names something unknown."""
    ids, parts = catalogue()
    proofs = json.loads((ROOT / "build" / "proofs.json").read_text(encoding="utf-8"))
    tests: dict[tuple[str, str], list[str]] = {}
    for proof in proofs:
        tests.setdefault((proof["id"], proof["part"]), []).append(proof["test"])
    unknown = [key for key in tests if not is_known(*key, ids, parts)]
    rows = [row_of(identifier, parts.get(identifier, []), tests) for identifier in ids]
    (ROOT / "build" / "trace.json").write_text(
        json.dumps({"rows": rows}, ensure_ascii=False, indent=1), encoding="utf-8"
    )
    proven = [row["id"] for row in rows if row["proven"]]
    sys.stdout.write(f"{len(proven)} of {len(rows)} rows proven: {' '.join(map(str, proven))}\n")
    for row in rows:
        missing = [part["part"] for part in row["parts"] if not part["proven"]]  # type: ignore[attr-defined]
        if missing and row["tests"]:
            sys.stdout.write(f"  {row['id']} lacks: {', '.join(map(str, missing))}\n")
    for identifier, part in unknown:
        sys.stdout.write(f"  unknown mark: {identifier} {part!r}\n")
    return 1 if unknown else 0


def catalogue() -> tuple[list[str], dict[str, list[str]]]:
    """The IDs in their order, and the parts of the rows that have parts."""
    ids = ROW.findall((ROOT / "docs" / "requirements.md").read_text(encoding="utf-8"))
    parts = yaml.safe_load((ROOT / "docs" / "requirements-parts.yaml").read_text(encoding="utf-8"))
    return list(dict.fromkeys(ids)), parts


def is_known(identifier: str, part: str, ids: list[str], parts: dict[str, list[str]]) -> bool:
    """Whether a mark names a row and, exactly where the row has parts, one of them."""
    return identifier in ids and (part in parts[identifier] if identifier in parts else not part)


def row_of(identifier: str, parts: list[str], tests: dict[tuple[str, str], list[str]]) -> dict[str, object]:
    """A row of the table: its parts, whether it is proven, and by which tests."""
    found = sorted({test for (row, _part), names in tests.items() if row == identifier for test in names})
    table = [{"part": part, "proven": (identifier, part) in tests} for part in parts]
    proven = all(part["proven"] for part in table) if parts else (identifier, "") in tests
    return {"id": identifier, "parts": table, "proven": proven, "tests": found}


if __name__ == "__main__":
    sys.exit(main())
