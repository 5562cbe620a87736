"""Loads a site of the benchmarks with dlt's REST source: `python dlt_rest.py SIZE SITE [best
[postgres | files | s3]]`."""

import os
import sys
import tempfile

os.environ["RUNTIME__DLTHUB_TELEMETRY"] = "false"
os.environ["RUNTIME__LOG_LEVEL"] = "ERROR"
size, site, *settings = sys.argv[1:]
best = settings[:1] == ["best"]
into = (settings[1:] or ["duckdb"])[0]
if best:
    # The fastest of those tried on two cores: two processes normalize, rows are cut into files that
    # both share, and files between the steps are not compressed (and are Parquet, or CSV for
    # Postgres, see below).
    os.environ["NORMALIZE__WORKERS"] = "2"
    os.environ["SOURCES__DATA_WRITER__FILE_MAX_ITEMS"] = "25000"
    os.environ["DATA_WRITER__DISABLE_COMPRESSION"] = "true"

import dlt
from dlt.sources.rest_api import rest_api_source

PAGE_ROWS = {"issues": 1000}


def pages():
    count = -(-int(size) // PAGE_ROWS.get(site, 1))
    paginator = {"type": "page_number", "base_page": 0, "maximum_page": count, "total_path": None}
    return [{"name": site, "endpoint": {"path": "pages", "data_selector": "data", "paginator": paginator}}]


def slow():
    paginator = {"type": "page_number", "base_page": 1, "maximum_page": int(size) + 1, "total_path": None}
    return [{"name": "rows", "endpoint": {"path": "pages", "data_selector": "data", "paginator": paginator}}]


def small():
    endpoint = {"data_selector": "data", "paginator": "single_page"}
    names = ("users", "orders", "products")
    # Each has its own: dlt completes the dict that it is given.
    return [{"name": name, "endpoint": {"path": name, **endpoint}} for name in names]


def destination():
    database, engine = os.environ["BENCH_DATABASE"], os.environ.get("BENCH_ENGINE")
    if into == "postgres":
        return dlt.destinations.postgres(engine)
    if into == "files":
        return dlt.destinations.filesystem(f"file://{database}.files")
    if into == "s3":
        keys = {"aws_access_key_id": "k", "aws_secret_access_key": "s", "endpoint_url": engine}
        return dlt.destinations.filesystem("s3://lake/bench", credentials=keys)
    return dlt.destinations.duckdb(database)


if __name__ == "__main__":
    resources = {"small": small, "slow": slow}.get(site, pages)()
    config = {"client": {"base_url": os.environ["BENCH_URL"]}, "resources": resources}
    with tempfile.TemporaryDirectory() as folder:
        pipeline = dlt.pipeline(
            "bench",
            pipelines_dir=folder,
            destination=destination(),
            dataset_name="bench_data",
        )
        best_format = "csv" if into == "postgres" else "parquet"
        file_format = best_format if best else None
        info = pipeline.run(rest_api_source(config), loader_file_format=file_format)
        info.raise_on_failed_jobs()
