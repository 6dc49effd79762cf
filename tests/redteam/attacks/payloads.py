"""Values that are forged as text and cost the grader memory or time, were it to believe them."""

from __future__ import annotations

from .protocol import as_literal, forged

_NPY = """
import base64
def npy(descr, shape, body=b''):
    header = repr({'descr': descr, 'fortran_order': False, 'shape': shape}).encode()
    header += b' ' * (63 - (len(header) + 10) % 64) + b'\\n'
    raw = b'\\x93NUMPY\\x01\\x00' + struct.pack('<H', len(header)) + header + body
    return json.dumps({'npy': base64.b64encode(raw).decode()})
"""
_ARROW = """
import base64
import pyarrow as pa
def arrow(schema, *columns, kind='frame', options=None):
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, schema, options=options) as stream:
        stream.write_batch(pa.record_batch(list(columns), schema=schema))
    return json.dumps({kind: base64.b64encode(sink.getvalue()).decode()})
"""
_SAME_HASH = 2**61 - 1

ATTACKS = [
    forged(
        "array-without-bytes",
        "chosen",
        f"{_NPY}forged = npy('|S0', (10**12,))",
        "more entries than data",
    ),
    forged(
        "array-larger-than-memory",
        "scale",
        f"{_NPY}forged = npy('<f8', (10**12,))",
        "cannot be read",
    ),
    forged(
        "array-of-rows-without-columns",
        "chosen",
        f"{_NPY}forged = npy('<f8', (10**12, 0))",
        "8 elements",
    ),
    forged(
        "array-pickled",
        "scale",
        f"{_NPY}import pickle\nclass Run:\n    def __reduce__(self): return exec, ('1/0',)\n"
        "forged = npy('|O', (1,), pickle.dumps([Run()]))",
        "cannot be read",
    ),
    forged(
        "array-header-is-code",
        "scale",
        f"{_NPY}class Call:\n    def __repr__(self): return '__import__(\"os\")._exit(1)'\n"
        "forged = npy(Call(), (1,))",
        "cannot be read",
    ),
    forged(
        "array-that-becomes-a-list",
        "chosen",
        f"{_NPY}forged = npy('|i1', (25_000_000, 1), bytes(25_000_000))",
        "8 elements",
    ),
    forged(
        "table-compressed",
        "table",
        f"{_ARROW}forged = arrow(pa.schema([('value', pa.float64())]),\n"
        "    pa.array(np.zeros(50_000_000)),\n"
        "    options=pa.ipc.IpcWriteOptions(compression='zstd'))",
        "cannot be read (TooMuch)",
    ),
    forged(
        "table-of-nulls",
        "table",
        f"{_ARROW}forged = arrow(pa.schema([('value', pa.null())]), pa.nulls(2 * 10**9))",
        "cannot be read (TooMuch)",
    ),
    forged(
        "table-of-empty-structs",
        "table",
        f"{_ARROW}kind = pa.struct([])\n"
        "column = pa.Array.from_buffers(kind, 2 * 10**9, [None])\n"
        "forged = arrow(pa.schema([('value', kind)]), column)",
        "cannot be read (TooMuch)",
    ),
    forged(
        "table-of-views",
        "table",
        f"{_ARROW}one = pa.array(['x' * 20_000_000], pa.string_view()).buffers()\n"
        "views = pa.py_buffer(one[1].to_pybytes()[:16] * 1000)\n"
        "column = pa.Array.from_buffers(pa.string_view(), 1000, [None, views, *one[2:]])\n"
        "forged = arrow(pa.schema([('value', pa.string_view())]), column)",
        "cannot be read",
    ),
    forged(
        "table-of-run-ends",
        "table",
        f"{_ARROW}column = pa.RunEndEncodedArray.from_arrays([2**31 - 1], [1.0])\n"
        "forged = arrow(pa.schema([('value', column.type)]), column)",
        "cannot be read",
    ),
    forged(
        "table-of-long-categories",
        "table",
        f"{_ARROW}column = pa.DictionaryArray.from_arrays([0] * 100_000, ['x' * 20_000_000])\n"
        "forged = arrow(pa.schema([('value', column.type)]), column)",
        "cannot be read (TooMuch)",
    ),
    forged(
        "table-whose-offsets-lie",
        "table",
        f"{_ARROW}text = arrow(pa.schema([('value', pa.string())]), pa.array(['x' * 1234567]))\n"
        "raw = base64.b64decode(json.loads(text)['frame'])\n"
        "raw = raw.replace(struct.pack('<ii', 0, 1234567), struct.pack('<ii', 0, 2**31 - 1))\n"
        "forged = json.dumps({'frame': base64.b64encode(raw).decode()})",
        "cannot be read",
    ),
    forged(
        "table-whose-notes-are-code",
        "table",
        f"{_ARROW}call = '__import__(\"os\")._exit(1)'\n"
        "notes = {'index_columns': [{'kind': 'range', 'start': 0, 'stop': 10**15, 'step': 1}],\n"
        "         'columns': [{'name': call, 'field_name': 'value', 'pandas_type': 'object',\n"
        "                      'numpy_type': call, 'metadata': {'timezone': '../../etc/x'}}],\n"
        "         'column_indexes': [{'name': call, 'pandas_type': call, 'numpy_type': call}]}\n"
        "schema = pa.schema([('value', pa.float64())], {'pandas': json.dumps(notes)})\n"
        "forged = arrow(schema, pa.array(np.zeros(60)))",
        "",
    ),
    forged(
        "table-that-is-a-pickle",
        "table",
        "import base64, pickle\nclass Run:\n    def __reduce__(self): return exec, ('1/0',)\n"
        "forged = json.dumps({'frame': base64.b64encode(pickle.dumps(Run())).decode()})",
        "cannot be read",
    ),
    forged(
        "table-with-one-long-text",
        "table",
        "from certlab.grading.plain import encode\n"
        "frame = pd.DataFrame({'value': x, 'positive': x > 0,\n"
        "                      'word': ['x' * 25_000_000] + ['w'] * 59})\n"
        "forged = encode(frame)",
        "column 'word'",
    ),
    forged(
        "list-with-one-long-text",
        "scale",
        "forged = json.dumps({'list': ['x' * 35_000_000] + ['w'] * 59})",
        "should be an array",
    ),
    forged(
        "labels-with-one-long-text",
        "predict",
        "forged = json.dumps({'list': ['x' * 35_000_000] + ['w'] * 59})",
        "cannot be scored",
    ),
    forged(
        "keys-with-one-hash",
        "counts",
        f"forged = json.dumps({{'dict': [[{{'int': str(k * {_SAME_HASH})}}, 1]\n"
        "    for k in range(100_000)]})",
        "too long to tell apart",
    ),
    forged(
        "set-with-one-hash",
        "chosen",
        f"forged = json.dumps({{'set': [{{'int': str(k * {_SAME_HASH})}}\n"
        "    for k in range(100_000)]})",
        "too long to tell apart",
    ),
    forged("nested", "counts", "forged = '{\"list\": [' * 500 + ']}' * 500", "cannot be read"),
    forged("parts", "chosen", "forged = '[' + '[],' * 1_900_000 + '0]'", "cannot be read"),
    forged("many-parts", "chosen", "forged = '[' + '0,' * 4_500_000 + '0]'", "too large"),
    forged("huge-integer", "total", as_literal({"int": "9" * 3999}), "cannot be compared"),
    forged("number-of-a-million-digits", "total", "forged = '9' * 10**6", "cannot be read"),
    forged(
        "keys-doubled", "counts", 'forged = \'{"dict": [], "dict": [["a", 1]]}\'', "expected keys"
    ),
    forged(
        "keys-unhashable", "counts", as_literal({"dict": [[{"list": []}, 1]]}), "cannot be read"
    ),
    forged("bare-nan", "total", "forged = 'NaN'", "NaN"),
    forged("half-a-surrogate", "text", "forged = '\"\\\\ud800\"'", "not right"),
    forged(
        "shape-that-does-not-fit",
        "chosen",
        as_literal({"objects": [1], "shape": [10**9] * 9}),
        "read",
    ),
    forged("negative-shape", "chosen", as_literal({"objects": [1], "shape": [-1, -1]}), ""),
]
