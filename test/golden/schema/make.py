"""Writes the schema document of a small dlt pipeline, and how dlt prints it.

With dlt 1.31.0 and duckdb 1.5.6: python make.py, in this folder.
"""

import json
import pathlib
import tempfile

import dlt


@dlt.resource(
    primary_key="id",
    write_disposition="merge",
    columns={"total": {"data_type": "decimal", "precision": 10, "scale": 2}},
)
def orders():
    yield [{"id": 1, "total": 1.5, "items": [{"sku": "a", "parts": [1]}]}]


@dlt.source(name="shop")
def shop():
    return [orders]


with tempfile.TemporaryDirectory() as folder:
    pipeline = dlt.pipeline(
        "shop",
        destination=dlt.destinations.duckdb(f"{folder}/shop.duckdb"),
        dataset_name="shop_data",
        pipelines_dir=folder,
    )
    pipeline.run(shop())
    schema = pipeline.default_schema
    here = pathlib.Path(__file__).parent
    document = json.dumps(schema.to_dict(), indent=2)
    (here / "shop.schema.json").write_text(document + "\n")
    (here / "shop.schema.yaml").write_text(schema.to_pretty_yaml())
    (here / "shop.mermaid").write_text(schema.to_mermaid())
