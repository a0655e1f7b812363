"""A mail server for tests: keeps every message it accepts, and refuses what script.json tells it to.

Usage: server.py FOLDER. Prints its port, serves until its standard input ends. FOLDER/script.json may tell it:

    {"refuse": {"<recipient or *>": {"reply": "451 later", "times": 1}},     # after the data
     "turn_away": {"<recipient or *>": {"reply": "451 later", "times": 1}},  # at RCPT, into turned_away.jsonl
     "drop": {"<recipient or *>": {"times": 1}},   # keeps the message and hangs up without a word
     "stall": {"<recipient or *>": {"times": 1}},  # says nothing more at RCPT; its end is in stalled.jsonl
     "password": "the only right one",             # demands it; every try is in sign_ins.jsonl
     "delay_ms": 0}
"""

import asyncio
import json
import os
import sys
import time
from pathlib import Path

from aiosmtpd.smtp import SMTP, AuthResult


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

    def wish(self, name: str, recipients: list) -> dict | None:
        """What the script still wants for one of these, or for anybody; it counts as done."""
        wishes = self.told().get(name, {})
        for recipient in [*recipients, "*"]:
            wish = wishes.get(recipient)
            if wish and wish["times"] > 0:
                wish["times"] -= 1
                return wish
        return None

    def knows(self, server, session, envelope, mechanism, given) -> AuthResult:
        """Whether the password is the right one; aiosmtpd answers 235 or 535."""
        right = given.password.decode() == self.told()["password"]
        self.keep("sign_ins.jsonl", {"right": right})
        return AuthResult(success=right, handled=False)

    async def handle_RCPT(self, server, session, envelope, address, options) -> str:
        wish = self.wish("turn_away", [address])
        if wish:
            self.keep("turned_away.jsonl", {"to": address})
            return wish["reply"]
        if self.wish("stall", [address]):
            await self.stall(address)
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 fine"

    async def stall(self, address: str) -> None:
        """Says nothing until the client hangs up, which cancels this."""
        since = time.monotonic()
        self.keep("stalling.jsonl", {"to": address})
        try:
            await asyncio.sleep(3_600)
        finally:
            self.keep("stalled.jsonl", {"to": address, "ms": int((time.monotonic() - since) * 1000)})

    async def handle_DATA(self, server, session, envelope) -> str:
        script = self.told()
        line = {
            "arrived_us": time.time_ns() // 1000,
            "mail_from": envelope.mail_from,
            "rcpt_tos": envelope.rcpt_tos,
            "data": envelope.content.decode("utf-8"),
        }
        wish = self.wish("refuse", envelope.rcpt_tos)
        if wish:
            self.keep("refused.jsonl", line)
            return wish["reply"]
        self.keep("messages.jsonl", line)
        if self.wish("drop", envelope.rcpt_tos):
            server.transport.close()
            await asyncio.sleep(3_600)
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

    def make() -> SMTP:
        usual = {"hostname": "mail.test", "enable_SMTPUTF8": True, "loop": loop}
        if "password" in keeper.told():
            # No TLS: to this machine itself a password may go without.
            usual |= {"authenticator": keeper.knows, "auth_required": True, "auth_require_tls": False}
        return SMTP(keeper, **usual)

    server = await loop.create_server(make, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await loop.run_in_executor(None, sys.stdin.read)


asyncio.run(serve(Path(sys.argv[1])))
