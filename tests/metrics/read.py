"""Reads an exposition from standard input with the parser of the Prometheus project's Python client, which is strict.

Prints JSON: for each sample its name, labels and value, and of each family its type.
"""

import json
import sys

from prometheus_client.openmetrics.parser import text_string_to_metric_families

types, samples = {}, []
for family in text_string_to_metric_families(sys.stdin.read()):
    types[family.name] = family.type
    assert family.documentation, f"{family.name} has no help"
    samples.extend([sample.name, sample.labels, sample.value] for sample in family.samples)
json.dump({"types": types, "samples": samples}, sys.stdout)
