"""Runs one case with dlt: `python tables.py CASE DATABASE FILE`; prints its measure as JSON."""

import json
import os
import resource
import sys
import tempfile
import time

os.environ["RUNTIME__DLTHUB_TELEMETRY"] = "false"
os.environ["RUNTIME__LOG_LEVEL"] = "ERROR"

import dlt
from dlt.common import json as fast_json

PIPELINE = "bench"
DATASET = "bench_data"
HINTS = {
    "merge-upsert": {
        "table_name": "orders",
        "primary_key": "id",
        "write_disposition": {"disposition": "merge", "strategy": "upsert"},
    },
    "merge-delete-insert": {
        "table_name": "orders",
        "primary_key": "id",
        "write_disposition": {"disposition": "merge", "strategy": "delete-insert"},
    },
    "versions": {
        "table_name": "orders",
        "write_disposition": {"disposition": "merge", "strategy": "scd2"},
    },
    "wide": {"table_name": "wide", "write_disposition": "append"},
}


def pages(file):
    """Rows of a file of JSON lines, a thousand at once, as a page of an API."""
    with open(file, "rb") as lines:
        page = []
        for line in lines:
            page.append(fast_json.loadb(line))
            if len(page) == 1000:
                yield page
                page = []
        if page:
            yield page


def resident_mib(field):
    with open("/proc/self/status") as status:
        for line in status:
            if line.startswith(field):
                return int(line.split()[1]) / 1024
    return float("nan")


def cpu_seconds():
    who = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    usages = [resource.getrusage(one) for one in who]
    return sum(usage.ru_utime + usage.ru_stime for usage in usages)


def load(case, pipeline, file):
    rows = dlt.resource(pages(file), name=HINTS[case]["table_name"], **HINTS[case])
    try:
        import pyarrow  # noqa: F401

        info = pipeline.run(rows, loader_file_format="parquet")
    except ImportError:
        info = pipeline.run(rows)
    info.raise_on_failed_jobs()
    return {}


def arrow(case, pipeline, file):
    pipeline.sync_destination()
    return {"rows": pipeline.dataset().table("orders").arrow().num_rows}


case, database, file = sys.argv[1:]
output, sys.stdout = sys.stdout, sys.stderr
with tempfile.TemporaryDirectory() as folder:
    before = resident_mib("VmRSS")
    cpu = cpu_seconds()
    start = time.perf_counter()
    pipeline = dlt.pipeline(
        PIPELINE,
        pipelines_dir=folder,
        destination=dlt.destinations.duckdb(database),
        dataset_name=DATASET,
    )
    measure = (arrow if case == "arrow" else load)(case, pipeline, file)
    measure["ms"] = (time.perf_counter() - start) * 1000
    measure["cpuMs"] = (cpu_seconds() - cpu) * 1000
    measure["riseMiB"] = max(0, resident_mib("VmHWM") - before)
print(json.dumps(measure), file=output)
