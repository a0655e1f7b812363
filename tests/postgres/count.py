"""Counts the tests that ran on each database and names those that ran on one only.

Usage: count.py SQLITE_LOG POSTGRES_LOG. Fails if a test of the service ran on one database that is not meant for one
only: those are in modules `sqlite_only` and `postgres_only`, or know no database at all, such as the READMEs' snippets.
"""

import re
import sys

# Tests of packages without a database run once, with SQLite's; the README's first command is about SQLite.
ONCE = re.compile(r"(^|::)(sqlite_only|postgres_only|readme)::")
BINARY = re.compile(r"Running (?:unittests )?(\S+)")
TEST = re.compile(r"^test (\S+) \.\.\. ")


def tests(path: str) -> set[str]:
    """Every test of the service in the log of a run, with the binary it is in."""
    found, binary = set(), ""
    for line in open(path, encoding="utf-8"):
        if match := BINARY.search(line):
            binary = match[1]
        elif (match := TEST.match(line)) and (binary.startswith("api/") or binary == "src/main.rs" or "src/lib.rs" in binary):
            found.add(f"{binary} {match[1]}")
    return found


def main() -> int:
    sqlite, postgres = (tests(path) for path in sys.argv[1:3])
    print(f"\n{len(sqlite)} tests of the service ran on SQLite, {len(postgres)} on PostgreSQL; on one of them only:")
    stray = 0
    for name, only in (("SQLite", sqlite - postgres), ("PostgreSQL", postgres - sqlite)):
        for test in sorted(only):
            test_name = test.split(" ", 1)[1]
            meant = ONCE.search(test_name)
            stray += not meant
            print(f"  {name}: {test_name}" + ("" if meant else "   <- NOT MEANT TO"))
    return 1 if stray or not sqlite or not postgres else 0


sys.exit(main())
