"""Runs a script of SQL on a SQLite file.

Usage: sql.py FILE SCRIPT.
"""

import sqlite3
import sys

database = sqlite3.connect(sys.argv[1], isolation_level=None)
database.executescript(sys.argv[2])
