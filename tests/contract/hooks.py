"""What schemathesis cannot know of the service: ids that exist, and where a schema ends.

The file named by GREENROOM_SEED says which campaigns, members and keys there are.
"""

import itertools
import json
import os
import re
import zlib

import schemathesis
from hypothesis import strategies as st

with open(os.environ["GREENROOM_SEED"], encoding="utf-8") as file:
    SEED = json.load(file)

# Codes of faults that a reader of the schema could have foreseen. Not among them: `number.too_precise`, since
# `multipleOf: 0.01` is judged in binary floating point.
FORESEEABLE = {
    "field.unknown", "field.wrong_type", "field.repeated", "text.forbidden_character", "text.empty",
    "text.too_long", "text.bad_format", "list.too_many", "number.out_of_range", "number.not_multiple", "choice.unknown",
    "query.unknown", "query.repeated", "body.unreadable", "body.content_type", "idempotency.key_malformed",
    "version.if_match_malformed", "version.if_match_needed",
}
# Instants around the seeded campaign's; their own pattern (whole seconds) is not what most formats give.
INSTANTS = ["2027-03-20T20:00:00+08:00", "2027-03-20T12:00:00Z", "2027-02-28T23:59:59-05:30"]
INSTANT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T")
schemathesis.openapi.format("date-time", st.sampled_from(INSTANTS))

counter = itertools.count()


def operation_of(context):
    return context.operation.definition.raw.get("operationId")


@schemathesis.hook
def map_path_parameters(context, path_parameters):
    """Seven of eight ids are ids of something; the same each time."""
    for name in SEED:
        value = (path_parameters or {}).get(name)
        chance = zlib.crc32(str(value).encode())
        if isinstance(value, str) and len(value) == 36 and chance % 8:
            path_parameters[name] = SEED[name][chance % len(SEED[name])]
    return path_parameters


@schemathesis.hook
def map_headers(context, headers):
    """A key is for one wish; that the same key with another body is refused has tests of its own."""
    key = (headers or {}).get("Idempotency-Key")
    if isinstance(key, str) and 0 < len(key) <= 200 and all("!" <= c <= "~" for c in key):
        headers["Idempotency-Key"] = f"{key}-{next(counter)}"
    return headers


@schemathesis.hook
def map_body(context, body):
    """The clock stays near the campaign; a jump over millennia would leave nothing to test."""
    now = body.get("now") if isinstance(body, dict) else None
    if operation_of(context) == "move_clock" and isinstance(now, str) and INSTANT.match(now):
        body["now"] = "2027-03-19T18:00:00+08:00"
    return body


def has_margins(value):
    """Whether a text has white space around it: limits count what is left, which no schema can say."""
    if isinstance(value, str):
        return value != value.strip()
    if isinstance(value, dict):
        return any(has_margins(inner) for pair in value.items() for inner in pair)
    return isinstance(value, list) and any(has_margins(inner) for inner in value)


@schemathesis.hook
def filter_body(context, body):
    return not has_margins(body)


@schemathesis.hook
def filter_query(context, query):
    return not has_margins(query)


def is_odd_date(error):
    """A day that no month has, such as 2027-02-30, fits the pattern of a date."""
    return error["code"] == "text.bad_format" and re.search(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", error["detail"]) is not None


def is_no_schedule(error):
    """No pattern says which texts are a cron expression."""
    return error["code"] == "text.bad_format" and error["pointer"] == "/cron"


@schemathesis.check
def no_refusal_could_be_foreseen(ctx, response, case):
    fits = case.meta is not None and case.meta.generation.mode.is_positive
    # The values in a JSON Patch may be anything; what they make of a content is judged by the content's schema.
    if not fits or response.status_code not in (400, 415, 422) or case.media_type == "application/json-patch+json":
        return
    problem = response.json()
    beyond = [error for error in problem["errors"] if is_odd_date(error) or is_no_schedule(error)]
    codes = {problem["code"], *(error["code"] for error in problem["errors"] if error not in beyond)}
    if codes & FORESEEABLE:
        raise AssertionError(f"refused with {sorted(codes & FORESEEABLE)}: {problem['errors'][:3]}")
