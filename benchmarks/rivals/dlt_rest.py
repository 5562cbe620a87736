"""Loads a site of the benchmarks with dlt's REST source: `python dlt_rest.py SIZE SITE [best]`."""

import os
import sys
import tempfile

os.environ["RUNTIME__DLTHUB_TELEMETRY"] = "false"
os.environ["RUNTIME__LOG_LEVEL"] = "ERROR"
size, site, *settings = sys.argv[1:]
if settings == ["best"]:
    # The fastest of those tried on two cores: both normalize, files that both share, Parquet.
    os.environ["NORMALIZE__WORKERS"] = "2"
    os.environ["EXTRACT__DATA_WRITER__FILE_MAX_ITEMS"] = "25000"
    os.environ["EXTRACT__DATA_WRITER__BUFFER_MAX_ITEMS"] = "25000"
    os.environ["NORMALIZE__DATA_WRITER__BUFFER_MAX_ITEMS"] = "25000"
    os.environ["DATA_WRITER__DISABLE_COMPRESSION"] = "true"
    os.environ["LOADER_FILE_FORMAT"] = "parquet"

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
    return [{"name": name, "endpoint": endpoint} for name in ("users", "orders", "products")]


if __name__ == "__main__":
    resources = {"small": small, "slow": slow}.get(site, pages)()
    config = {"client": {"base_url": os.environ["BENCH_URL"]}, "resources": resources}
    with tempfile.TemporaryDirectory() as folder:
        pipeline = dlt.pipeline(
            "bench",
            pipelines_dir=folder,
            destination=dlt.destinations.duckdb(os.environ["BENCH_DATABASE"]),
            dataset_name="bench_data",
        )
        info = pipeline.run(rest_api_source(config))
        info.raise_on_failed_jobs()
