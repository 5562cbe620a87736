"""Writes coercions.json: what dlt makes of a value of each kind in a column of each type.

/tmp/dltenv/bin/python test/golden/make_coercions.py
"""

import datetime
import json
from decimal import Decimal
from pathlib import Path

from dlt.common.data_types.type_helpers import coerce_value, py_type_to_sc_type
from dlt.common.schema.detections import is_iso_timestamp

TYPES = "text bigint double bool timestamp date time decimal wei json binary".split()
TEXTS = """x|12| 12 |1_000|1__0|0x10|0X10| 0xff |0x|-0x5|0x-5|007|+7|-7|- 7|1.0|1.5|.5|5.|1e3|1E3|-1.5e-3
inf|-Infinity|NaN|1_0.5|yes|True|t|Y|1|0|no|FALSE|f|n| yes|maybe
2024-01-01T00:00:00Z|2024-01-01T00:00:00+02:00|2024-01-01 10:00|2024-01-01|20240101|2024-001|2024001
2024-W09|2024-W09-4|2024W09|2024|1999|199|19991|202401|2024-01|2024/01/15|2024:01:15|2024-1-5|2024/1/5
2024-01-01T23:30:00-05:00|1700000000|1700000000.5|-5|-5.5|1700000000000|253402300799|253402300800
-62135596800|-62135596801|1e10|123456|12345|1234567|12345678|20240101T10:00
22:00:00|22:00|22|2200|220000|22:00:00.5|22:00:00.123456789|22:00:00Z|22:00:00+02:00|T22:00:00|24:00:00
23:59:60|1:00|01:30:00-05:30|22:00:00,5|T2200
2021:01:01 05:02:32|2021-01-01 5:02|2021/01/01T05:02|2024-02-30|2024-13-01|2024-01-01T24:00|P1D
2024-01-01/2024-02-01|9999-12-31T23:59:59.9999999Z|0000-01-01|10000-01-01|0001-01-01
{"a":1}|[1, 2]|{"a": 1.0, "b": 1e3}|nope|[1,| 5 |5|1.50|-0.0|0.1|1.505
AAECAw==|AAECAw|0x0aff|0x0af|aGVsbG8=|no base64!|0xzz|YQ|YQ==|YR==|a GVsbG8=||12,5"""
INTEGERS = [0, 1, -1, 5, 258, 255, 256, -5, 1700000000, 1700000000000, -86400, 2**63 - 1, -(2**63)]
INTEGERS += [9007199254740993, 253402300799, 253402300800, -62135596800, -62135596801]
DOUBLES = [0.0, -0.0, 1.0, 1.5, -1.5, 0.1, 1e22, 1e-5, 5e-324, 123456789.123456789, 1700000000.25]
DOUBLES += [1700000000.1234567, 1700000000.9999999, -0.5, -0.0000015, 1e16, 123456789012345680.0]
DOUBLES += [0.0001, 0.00001234, 253402300799.9999999]
JSON = [{"a": 1, "b": [True, None, "é"]}, [1], {}]
EPOCH = datetime.datetime(1970, 1, 1, tzinfo=datetime.timezone.utc)


def stored(value: object) -> object:
    """The value as a column of sluice holds it, as JSON; decimals with their own digits."""
    if isinstance(value, bool) or isinstance(value, str):
        return value
    if isinstance(value, datetime.datetime):
        aware = value if value.tzinfo else value.replace(tzinfo=datetime.timezone.utc)
        since = aware - EPOCH
        return str((since.days * 86400 + since.seconds) * 1000000 + since.microseconds)
    if isinstance(value, (datetime.date, datetime.time)):
        return value.isoformat()
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, Decimal):
        return format(value, "f") if value.is_finite() else str(value)
    if isinstance(value, (dict, list)):
        return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return repr(value)


def coerced(value: object) -> dict:
    results = {}
    for data_type in TYPES:
        try:
            results[data_type] = stored(coerce_value(data_type, py_type_to_sc_type(type(value)), value))
        except (ValueError, SyntaxError):
            continue  # a variant column
        except OSError:
            results[data_type] = "error"
    return results


def main() -> None:
    cases = []
    for text in TEXTS.replace("\n", "|").split("|"):
        kind = "timestamp" if is_iso_timestamp(str, text) else "text"
        cases.append({"kind": kind, "value": text, "to": coerced(text)})
    cases += [{"kind": "bigint", "value": str(value), "to": coerced(value)} for value in INTEGERS]
    cases += [{"kind": "double", "value": repr(value), "to": coerced(value)} for value in DOUBLES]
    cases += [{"kind": "bool", "value": value, "to": coerced(value)} for value in (True, False)]
    for value in JSON:
        cases.append({"kind": "json", "value": stored(value), "to": coerced(value)})
    lines = ",\n".join(json.dumps(case, ensure_ascii=False) for case in cases)
    (Path(__file__).parent / "coercions.json").write_text(f"[\n{lines}\n]\n")


main()
