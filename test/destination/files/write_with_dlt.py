"""Loads rows into `items` (append) and `others` (replace) of a dataset of files with dlt."""

import json
import sys

import dlt
from dlt.destinations import filesystem

root, state, file_format, rows = sys.argv[1:]
pipeline = dlt.pipeline(
    "shop", destination=filesystem(root), dataset_name="data", pipelines_dir=state
)
for table, disposition in [("items", "append"), ("others", "replace")]:
    pipeline.run(
        json.loads(rows),
        table_name=table,
        write_disposition=disposition,
        loader_file_format=file_format,
    )
