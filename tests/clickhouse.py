"""ClickHouse in a process of its own.

``chdb`` starts a dozen threads and takes over the handlers of fatal signals when it is imported; in
the process of the tests a crash anywhere would end the run without a word.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

CHILD = """
import os, sys, chdb
sys.stdout.write(str(chdb.query(sys.stdin.read(), "TSV")))
sys.stdout.flush()
os._exit(0)  # its threads do not always survive the interpreter's end
"""
DEFAULTS = "SETTINGS schema_inference_make_columns_nullable = 0"


def clickhouse(sql: str, table: pa.Table) -> list[list[str]]:
    """Return the rows of a statement as texts; ``{table}`` in it stands for the table given."""
    pytest.importorskip("chdb", reason="chdb is not installed")
    assert table.num_rows
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "table.parquet"
        pq.write_table(table, path)
        statement = sql.replace("{table}", f"file('{path}', 'Parquet')")
        done = subprocess.run(
            [sys.executable, "-c", CHILD],
            input=f"{statement} {DEFAULTS}", capture_output=True, text=True, check=False,
        )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return [line.split("\t") for line in done.stdout.splitlines()]
