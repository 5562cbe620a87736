"""Prints what dlt finds in a dataset of files: rows of tables, by its own pipeline.dataset()."""

import json
import sys

import dlt
from dlt.destinations import filesystem

root, state, *tables = sys.argv[1:]
pipeline = dlt.pipeline(
    "shop", destination=filesystem(root), dataset_name="data", pipelines_dir=state
)
pipeline.sync_destination()
dataset = pipeline.dataset()
found = {}
for table in tables:
    relation = dataset[table]
    names = [name for name in relation.columns if not name.startswith("_dlt")]
    rows = relation.select(*names).fetchall()
    found[table] = sorted([dict(zip(names, map(str, row))) for row in rows], key=json.dumps)
loads = dataset("SELECT schema_name, status FROM _dlt_loads").fetchall()
print(json.dumps({"schema": pipeline.default_schema_name, "tables": found, "loads": loads}))
