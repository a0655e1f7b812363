"""A mail server for tests: keeps every message it accepts, and refuses what script.json tells it to.

Usage: server.py FOLDER. Prints its port, serves until its standard input ends.
FOLDER/script.json: {"refuse": {"<recipient or *>": {"reply": "451 later", "times": 1}}, "delay_ms": 0}
"""

import asyncio
import json
import os
import sys
import time
from pathlib import Path

from aiosmtpd.smtp import SMTP


class Keeper:
    """Writes each message as a line of JSON before it is acknowledged."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.script: dict = {}
        self.seen = 0.0

    def told(self) -> dict:
        """The script as it is now; counters live on until it is replaced."""
        path = self.folder / "script.json"
        if path.exists() and path.stat().st_mtime_ns != self.seen:
            self.seen = path.stat().st_mtime_ns
            self.script = json.loads(path.read_text())
        return self.script

    async def handle_DATA(self, server, session, envelope) -> str:
        script = self.told()
        line = {
            "arrived_us": time.time_ns() // 1000,
            "mail_from": envelope.mail_from,
            "rcpt_tos": envelope.rcpt_tos,
            "data": envelope.content.decode("utf-8"),
        }
        for recipient in [*envelope.rcpt_tos, "*"]:
            wish = script.get("refuse", {}).get(recipient)
            if wish and wish["times"] > 0:
                wish["times"] -= 1
                self.keep("refused.jsonl", line)
                return wish["reply"]
        self.keep("messages.jsonl", line)
        await asyncio.sleep(script.get("delay_ms", 0) / 1000)
        return "250 2.0.0 kept"

    def keep(self, name: str, line: dict) -> None:
        data = (json.dumps(line) + "\n").encode()
        file = os.open(self.folder / name, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        os.write(file, data)
        os.close(file)


async def serve(folder: Path) -> None:
    loop = asyncio.get_running_loop()
    keeper = Keeper(folder)
    make = lambda: SMTP(keeper, hostname="mail.test", enable_SMTPUTF8=True, loop=loop)  # noqa: E731
    server = await loop.create_server(make, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await loop.run_in_executor(None, sys.stdin.read)


asyncio.run(serve(Path(sys.argv[1])))
