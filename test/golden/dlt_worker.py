"""Runs cases for `hand-over.ts`: a line of JSON in, a line of JSON out."""

import json
import sys

import dlt
from run_case import DATASET, PIPELINE, run_case


def attach(case, folder):
    """What a pipeline finds that attaches by name: tables and state."""
    local = f"{folder}/{case['name']}.attached"
    database = dlt.destinations.duckdb(f"{folder}/{case['name']}.duckdb")
    pipeline = dlt.attach(
        PIPELINE, pipelines_dir=local, destination=database, dataset_name=DATASET
    )
    try:
        pipeline.sync_destination()
        tables = {
            name: [table["name"] for table in pipeline.schemas[name].data_tables()]
            for name in pipeline.schema_names
        }
        rows = {
            table: len(pipeline.dataset(schema=name)[table].fetchall())
            for name, own in tables.items()
            for table in own
        }
        return {"rows": rows, "state": pipeline.state.get("sources")}
    finally:
        pipeline.deactivate()


output = sys.stdout
# dlt prints what it does, which is not for the caller.
sys.stdout = sys.stderr
for line in sys.stdin:
    order = json.loads(line)
    try:
        if order["do"] == "attach":
            done = attach(order["case"], order["folder"])
        else:
            done = run_case(order["case"], order["folder"], [order["run"]])[0]
    except Exception as error:
        done = {"error": {"type": type(error).__name__, "message": str(error)[:500]}}
    print(json.dumps(done), file=output, flush=True)
