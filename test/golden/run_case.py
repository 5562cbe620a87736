"""Runs one case with dlt: `run_case(case, folder)` leaves `<folder>/<name>.duckdb`."""

import json
import os
import shutil
from contextlib import contextmanager
from copy import deepcopy
from pathlib import Path

os.environ["RUNTIME__DLTHUB_TELEMETRY"] = "false"
os.environ["RUNTIME__LOG_LEVEL"] = "CRITICAL"

import dlt
import duckdb
from dlt.common.schema.exceptions import DataValidationError
from dlt.pipeline.helpers import pipeline_drop
from dlt.sources.rest_api import rest_api_source
from serve_pages import Pages, text_of

PIPELINE = "golden"
DATASET = "data"
SOURCE = "api"
CONTRACT_FIELDS = ("table_name", "column_name", "schema_entity", "contract_mode")


def run_case(case, folder, runs=None, pages=None):
    """The requests and errors of each run; `runs` takes the place of those of the case."""
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    database = folder / f"{case['name']}.duckdb"
    local = folder / f"{case['name']}.local"
    server = pages or Pages()
    try:
        return [
            _run(case, run, database, local, server)
            for run in (case["runs"] if runs is None else runs)
        ]
    finally:
        if pages is None:
            server.close()
        shutil.rmtree(local, ignore_errors=True)


def config_of(case, run, url):
    """dlt's config of a run: each resource of the case with the changes that the run makes."""
    changes = run.get("resources", {})
    resources = [
        resource if isinstance(resource, str) else {**resource, **changes.get(resource["name"], {})}
        for resource in deepcopy(case.get("resources", [{"name": "items"}]))
    ]
    defaults = case.get("defaults", {})
    if "client" in case:
        client = json.loads(json.dumps(case["client"]).replace("{url}", url))
        client["base_url"] = url + client.get("base_url", "")
        return {"client": client, "resource_defaults": deepcopy(defaults), "resources": resources}
    for resource in resources:
        endpoint = resource.setdefault("endpoint", {})
        endpoint.setdefault("paginator", "header_link")
        endpoint.setdefault("data_selector", "$")
    return {"client": {"base_url": url}, "resource_defaults": defaults, "resources": resources}


def _run(case, run, database, local, server):
    if run.get("fresh"):
        shutil.rmtree(local, ignore_errors=True)
    _change(run, database)
    pages = run.get("pages", {})
    server.responses = deepcopy(run.get("responses", {}))
    server.watched = case.get("watched", [])
    # A list of pages is that of the only resource.
    server.pages = {
        path: [text_of(page) for page in texts]
        for path, texts in ({"items": pages} if isinstance(pages, list) else pages).items()
    }
    server.requests = []
    given = {**case.get("source", {}), **run.get("source", {})}
    name = given.pop("name", SOURCE)
    with _environment({**case.get("settings", {}), **run.get("settings", {})}):
        pipeline = dlt.pipeline(
            run.get("pipeline", PIPELINE),
            pipelines_dir=str(local),
            destination=dlt.destinations.duckdb(str(database)),
            dataset_name=DATASET,
        )
        error = None
        try:
            if "drop" in run:
                pipeline.sync_destination()
                pipeline_drop(pipeline, run["drop"], drop_all=not run["drop"])()
                return {"requests": [], "error": None}
            source = rest_api_source(config_of(case, run, server.url), name=name, **given)
            if "select" in run:
                source = source.with_resources(*run["select"])
            pipeline.run(source, **run.get("options", {}))
        except Exception as raised:
            error = _error(raised)
            pipeline.abort_packages()
        finally:
            pipeline.deactivate()
    return {"requests": server.requests, "error": error}


def _change(run, database):
    """What a person does to the database before the run."""
    if "before" in run:
        with duckdb.connect(str(database)) as connection:
            for statement in run["before"]:
                connection.execute(statement)


def _error(raised):
    """The class of dlt's deepest error, and the fields by which a contract names what it refuses."""
    chain = [raised]
    while chain[-1].__cause__ or chain[-1].__context__:
        chain.append(chain[-1].__cause__ or chain[-1].__context__)
    own = [error for error in chain[1:] if type(error).__module__.startswith("dlt")]
    contracts = [error for error in own if isinstance(error, DataValidationError)]
    found = (contracts or own or chain)[-1]
    return {
        "step": getattr(raised, "step", None),
        "type": type(found).__name__,
        **{field: getattr(found, field) for field in CONTRACT_FIELDS if hasattr(found, field)},
    }


@contextmanager
def _environment(settings):
    before = dict(os.environ)
    os.environ.update(settings)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)
