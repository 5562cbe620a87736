"""One run of dlt into Postgres: `python dlt_run.py ADDRESS DATASET CONFIG`."""

import json
import os
import sys
import tempfile

os.environ["RUNTIME__DLTHUB_TELEMETRY"] = "false"
os.environ["RUNTIME__LOG_LEVEL"] = "CRITICAL"

import dlt
from dlt.sources.rest_api import rest_api_source

if __name__ == "__main__":
    address, dataset, config = sys.argv[1:]
    # Each run knows what the dataset says, and no more.
    with tempfile.TemporaryDirectory() as folder:
        pipeline = dlt.pipeline(
            "shop",
            pipelines_dir=folder,
            destination=dlt.destinations.postgres(address),
            dataset_name=dataset,
        )
        info = pipeline.run(rest_api_source(json.loads(config), name="shop"))
        info.raise_on_failed_jobs()
