"""Makes the golden files with dlt: `python test/golden/make.py [part of a name]`.

Needs `pip install "dlt[duckdb]==1.31.0" duckdb==1.5.6` and a built package (`npm run build`), whose
`dist/test/golden/write-expected.js` dumps the databases.
"""

import json
import subprocess
import sys
import tempfile
from pathlib import Path

from run_case import run_case

HERE = Path(__file__).parent


def cases():
    for file in sorted((HERE / "cases").glob("*.json")):
        yield from json.loads(file.read_text())


def main(part=""):
    with tempfile.TemporaryDirectory() as folder:
        for case in cases():
            if part in case["name"]:
                runs = run_case(case, folder)
                (Path(folder) / f"{case['name']}.runs.json").write_text(json.dumps(runs))
                errors = [run["error"]["type"] for run in runs if run["error"]]
                print(case["name"], *errors, flush=True)
        script = HERE.parent.parent / "dist/test/golden/write-expected.js"
        subprocess.run(["node", str(script), folder], check=True)


main(*sys.argv[1:])
