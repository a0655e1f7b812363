"""Prints what Python's own parser makes of every kept message, as a JSON list.

Usage: read.py messages.jsonl
"""

import email
import email.policy
import json
import sys
from pathlib import Path

mails = []
for line in Path(sys.argv[1]).read_text().splitlines():
    kept = json.loads(line)
    message = email.message_from_string(kept["data"], policy=email.policy.default)
    body = message.get_body(("plain",))
    defects = [repr(defect) for part in message.walk() for defect in part.defects]
    headers = [(name, value) for name, value in message.items()]
    mails.append(
        {
            "message_id": (message["Message-ID"] or "").strip("<>"),
            "to": [address.addr_spec for address in message["To"].addresses],
            "from": [address.addr_spec for address in message["From"].addresses],
            "subject": str(message["Subject"]),
            "date": message["Date"].datetime.isoformat(),
            "times": {name: len(message.get_all(name, [])) for name in ("To", "From", "Message-ID", "Date")},
            "references": str(message["References"] or ""),
            "auto_submitted": str(message["Auto-Submitted"] or ""),
            "list_unsubscribe": [message["List-Unsubscribe"], message["List-Unsubscribe-Post"]],
            "parts": [part.get_content_type() for part in message.walk() if not part.is_multipart()],
            "text": body.get_content(),
            "defects": defects + [repr(d) for _, v in headers for d in getattr(v, "defects", ())],
            "longest_line": max(len(line) for line in kept["data"].encode().splitlines()),
        }
    )
json.dump(mails, sys.stdout)
