"""A raw loop of durable commits: the yardstick of the benchmark.

Usage: raw.py FOLDER SECONDS. Prints commits a second, one insert of about a kilobyte each, with the file settings
of the service: WAL, synchronous=FULL.
"""

import sqlite3
import sys
import time
from pathlib import Path

file = Path(sys.argv[1]) / "raw.db"
database = sqlite3.connect(file, isolation_level=None)
database.execute("PRAGMA journal_mode=WAL")
database.execute("PRAGMA synchronous=FULL")
database.execute("CREATE TABLE fact (id INTEGER PRIMARY KEY, body TEXT NOT NULL)")
body, commits, start = "x" * 1000, 0, time.perf_counter()
while (elapsed := time.perf_counter() - start) < float(sys.argv[2]):
    database.execute("BEGIN IMMEDIATE")
    database.execute("INSERT INTO fact (body) VALUES (?)", (body,))
    database.execute("COMMIT")
    commits += 1
print(commits / elapsed)
