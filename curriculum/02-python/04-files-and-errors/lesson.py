# ---
# title: Files and errors
# minutes: 70
# needs: [02-python/01-data-structures, 02-python/02-functions-and-iterators, 02-python/03-object-orientation]
# objectives: [aws-mls/1.1, aws-mls/1.3, aws-mls/2.1, aws-mla/1.1, aws-mla/1.3, tf-developer/1.1, tf-developer/2.16, tf-developer/2.17, google-pmle/2.1]
# ---

# %% [markdown]
# # Files and errors
#
# Training data arrive in files, and real files are dirty. After this lesson you can
#
# - find files, and read text in the right encoding,
# - read CSV and JSON without silent changes,
# - choose among CSV, JSON Lines, Parquet and record files,
# - catch the errors you expect, and raise errors that name file and line,
# - write files that are never half done, and log what happened, and
# - read a dirty file with every row used or accounted for.
#
# **Exam lens.** AWS asks where training data live and in which format (MLS-C01 1.1, retired;
# MLA-C02 1.1), how raw data become training data (1.3) and what to do with corrupt values (2.1;
# MLA-C02 1.3). Google PMLE 2.1 organises tables and text. TensorFlow Developer (retired) had you
# mend programs (1.1), load local files (2.16) and read CSV and JSON (2.17).

# %%
import csv
import json
import logging
import tempfile
from contextlib import chdir, contextmanager
from datetime import date
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pyarrow.parquet as pq
from sklearn.datasets import load_digits


def attempt(function, *args, **kwargs):
    try:
        return function(*args, **kwargs)
    except Exception as error:
        return f"{type(error).__name__}: {error}"


# %% [markdown]
# ## 1. Paths
#
# `Path` joins parts with `/` on every system. Our files go into a temporary folder.
#
# > **Predict first.** What is `Path("data") / "/labels.csv"`?

# %%
temporary = tempfile.TemporaryDirectory()  # its cleanup() deletes it, with all that is inside
folder = Path(temporary.name)
for number in (1, 2, 10):
    (folder / f"day-{number}.csv").write_text(f"{7.1 * number:.1f}\n", encoding="utf-8")
path = folder / "day-10.csv"
print("name:", path.name, "  stem:", path.stem, "  suffix:", path.suffix)
print("sorted:", [file.name for file in sorted(folder.glob("*.csv"))])
print("joined:", (Path("data") / "/labels.csv").as_posix())
print("day-1.csv from here:", Path("day-1.csv").exists())
with chdir(folder):
    print("from its folder:", Path("day-1.csv").exists())

# %% [markdown]
# The joined path lost `data`: an *absolute* part, one that begins at the root, replaces all before it.
# A *relative* path starts at the working directory, which differs between notebook, test and server.
# Begin at a known folder instead.
#
# `glob` promises no order, so sort. Text order puts `day-10` before `day-2`; a `key` that takes the
# number from `file.stem` mends that.
#
# ## 2. Bytes and encodings
#
# A file holds bytes. An *encoding* maps characters to bytes and back. Mode `"rb"` gives you the
# bytes; text mode decodes them. What `open` assumes without `encoding=` depends on the system: name it.

# %%
print("UTF-8:", "Zürich".encode(), "  cp1252:", "Zürich".encode("cp1252"))
wrong = b"Z\xc3\xbcrich".decode("cp1252")
print("UTF-8 read as cp1252:", wrong, "  undone:", wrong.encode("cp1252").decode("utf-8"))
print("cp1252 read as UTF-8:", attempt("Zürich".encode("cp1252").decode, "utf-8"))
print("cp1252 read as Latin-1:", ascii("5 €".encode("cp1252").decode("latin-1")))

# %% [markdown]
# `ZÃ¼rich` is *mojibake*: decoded wrongly, without an error. Encoding it back undoes that, if no
# character was lost.
#
# | encoding | `ü` is | on wrong bytes |
# |---|---|---|
# | UTF-8 | two bytes | nearly always raises an error |
# | Latin-1 | one byte | never: each of the 256 bytes is a character |
# | cp1252 (Windows) | one byte | seldom; has `€`, where Latin-1 has an invisible control character |
#
# So try UTF-8 first, and never take Latin-1's silence for proof. `errors` says what to do with bytes
# that do not fit; `"strict"`, the default, raises.
#
# > **Predict first.** A Latin-1 file has a row each for the stations Årby and Örby. It is read as UTF-8
# > with `errors="replace"`. How many stations are there then?

# %%
data = "Årby,7.1\nÖrby,3.9\n".encode("latin-1")
for errors in ("replace", "ignore", "surrogateescape"):
    text = data.decode("utf-8", errors)
    names = {line.split(",")[0] for line in text.splitlines()}
    print(f"{errors}: {len(names)} station(s); bytes back:", text.encode("utf-8", errors) == data)

# %% [markdown]
# One, `�rby`: two places were merged and nobody was told. `"ignore"` is as bad. `"surrogateescape"`
# turns each odd byte into a special character, and back.
#
# Excel's "CSV UTF-8" begins with an invisible mark, the *BOM* (byte order mark).

# %%
data = "station,celsius\n0042,7.1\n".encode("utf-8-sig")  # with a BOM
for encoding in ("utf-8", "utf-8-sig"):
    print(f"{encoding:>9}:", list(next(csv.DictReader(data.decode(encoding).splitlines()))))

# %% [markdown]
# Read as `utf-8`, the first column is called `"\ufeffstation"`, and `row["station"]` raises a
# `KeyError`. `utf-8-sig` removes the mark, and reads files without one too.
#
# ## 3. CSV is not lines and commas
#
# > **Predict first.** The file below is printed as it is. How many records does it hold after the
# > header? How many fields has its second line?

# %%
rows = [["station", "note"], ["0042", "fog, then sun"], ["0107", 'a "dry" day\nno wind']]
path = folder / "notes.csv"
with path.open("w", encoding="utf-8", newline="") as file:
    csv.writer(file).writerows(rows)
print(text := path.read_text(encoding="utf-8"))
print("by split:", text.splitlines()[1].split(","), "  lines:", len(text.splitlines()))
with path.open(encoding="utf-8", newline="") as file:
    print(*csv.DictReader(file), sep="\n")

# %% [markdown]
# Two records, two fields. A field with a comma, a quote or a line break stands in quotes; a quote in it
# is doubled. `split(",")` knows nothing of that. `newline=""` leaves line breaks to the `csv` module;
# without it, Windows adds an empty line after each row, and breaks inside fields change.
#
# ## 4. What `read_csv` does unasked
#
# > **Predict first.** A German file of stations has the ids 0042 and 0107, the country NA (Namibia),
# > days such as 02.03.2021, decimal commas and a missing number of staff. What survives?

# %%
path = folder / "stations.csv"
text = "station;country;opened;celsius;staff\n0042;NA;02.03.2021;21,5;12\n0107;DE;25.12.2019;-3,0;"
path.write_text(text, encoding="utf-8")
print(pd.read_csv(path, sep=";").to_string(index=False))
print("to_datetime:", pd.to_datetime("02.03.2021").date())

# %% [markdown]
# The zeros of the ids are gone, Namibia is missing, `21,5` is still text, and one gap turned the
# staff into floats. The day is text too; converted without a format, 2 March becomes 3 February.
# Say what you know about the file:

# %%
types = {"station": str, "staff": "Int64"}  # Int64: whole numbers with gaps
days = {"parse_dates": ["opened"], "date_format": "%d.%m.%Y"}
gaps = {"keep_default_na": False, "na_values": {"staff": [""]}}  # only this means "missing"
stations = pd.read_csv(path, sep=";", decimal=",", dtype=types, **days, **gaps)
print(stations.to_string(index=False))

# %% [markdown]
# If you know nothing, read with `dtype=str, keep_default_na=False`, convert column by column, and count
# what fails.
#
# ## 5. JSON and JSON Lines
#
# > **Predict first.** A dict with the key `7`, a tuple and a `nan` goes to JSON and back. What
# > returns?

# %%
text = json.dumps({7: (21.5, float("nan"))})
print("JSON:", text, "  back:", json.loads(text))
print("a date:", attempt(json.dumps, date(2026, 3, 2)))

# %% [markdown]
# The key became text, the tuple a list. `NaN` is not JSON: Python writes and reads it, other programs
# refuse the file; with `allow_nan=False` Python refuses too. Dates need an agreed spelling, such as
# ISO's `2026-03-02`.
#
# *JSON Lines* has one JSON object per line; it can be appended to, and read line by line.
#
# > **Predict first.** 100 records are written as one JSON array and as JSON Lines. Both files lack
# > their last 20 bytes. How many records can be read?

# %%
records = [{"station": f"{i:04}", "celsius": i / 2} for i in range(100)]
lines = "".join(json.dumps(record) + "\n" for record in records)
print("array:     ", attempt(json.loads, json.dumps(records)[:-20]))
readable = [isinstance(attempt(json.loads, line), dict) for line in lines[:-20].splitlines()]
print("JSON Lines:", sum(readable), "records")

# %% [markdown]
# None of the array, 99 of the lines.
#
# ## 6. Parquet: by column, with types
#
# *Parquet*, a binary format, stores each column together, compressed, with its type. We write 16,173
# digits (scikit-learn's, also moved by up to a pixel) with 64 pixels and a label.
#
# > **Predict first.** A program needs the label alone. Which share of each file must it read?

# %%
stations.to_parquet(folder / "stations.parquet")
print("types survive:", pd.read_parquet(folder / "stations.parquet").equals(stations))

digits, moves = load_digits(), [(i, j) for i in (-1, 0, 1) for j in (-1, 0, 1)]
pixels = np.concatenate([np.roll(digits.images, move, axis=(1, 2)) for move in moves])
table = pd.DataFrame(pixels.reshape(-1, 64).astype("uint8")).add_prefix("pixel")
table["label"] = np.tile(digits.target, len(moves))
table.to_csv(folder / "digits.csv", index=False)
table.to_json(folder / "digits.jsonl", orient="records", lines=True)
table.to_parquet(folder / "digits.parquet")
about = pq.read_metadata(folder / "digits.parquet")  # the footer: where each column lies
column = about.row_group(0).column(64).total_compressed_size + about.serialized_size

# %%
whole = {end: (folder / f"digits.{end}").stat().st_size for end in ("parquet", "csv", "jsonl")}
sizes = pd.DataFrame({"whole file": whole, "for the label": whole | {"parquet": column}}) / 1e6
print(f"{len(table):,} digits; MB:\n{sizes.round(2)}")
ax = sizes.plot.barh(figsize=(7, 3), xlabel="MB", xlim=(0, 15), title="Only Parquet skips columns")
ax.invert_yaxis()
for bars in ax.containers:
    ax.bar_label(bars, fmt=" %.2f")
plt.show()

# %% [markdown]
# All of the text files, since a row must be read to find its end. Of Parquet 0.03 MB:
# `pd.read_parquet(path, columns=["label"])` needs the footer and that column. JSON Lines repeats every
# name in every row.
#
# | format | layout | types | fits |
# |---|---|---|---|
# | CSV | rows, text | none | exchange, small tables |
# | JSON Lines | rows, text | JSON's, nested | logs, prompts, nested records |
# | Parquet | columns, binary | stored | analytics and Spark; a few columns of many |
# | TFRecord, RecordIO | rows, binary | from your code | streaming examples or images into training |
#
# Athena (SQL on files in S3) bills by the bytes that a query reads: turn CSV into Parquet. Most of
# SageMaker's built-in algorithms that read CSV want no header, and the label first.
#
# Of a *splittable* file many workers read a part each: Parquet by groups of rows, JSON Lines by lines,
# CSV if no field has line breaks. A text file packed with gzip is not splittable. Record files come in
# many pieces, *shards*.
#
# ## 7. Catch what you expect
#
# `except` handles errors of the class it names, `else` runs if there was none, `finally` always runs.
#
# > **Predict first.** Which blocks run for `"7.1"`, for `"warm"` and for `None`, and does `finally`
# > come before or after the `return`?


# %%
def blocks(text):
    try:
        value = float(text)
    except ValueError:
        return "except"
    else:
        return f"else, with {value}"
    finally:
        print(f"{text!r:>6}: finally", end=", then ")


for text in ("7.1", "warm", None):
    print(attempt(blocks, text))

# %% [markdown]
# `finally` runs in any case, before the `return` takes effect. The `TypeError` of `float(None)` is not
# caught here and goes on to the caller. (A `return` in a `finally` would discard it.)
#
# Catching too much hides mistakes: misspell `float` as `flaot` under `except Exception: return None`,
# and every value is missing. Catch the class you expect, around few lines.
#
# Ask first (*look before you leap*), or try and catch the error (*easier to ask forgiveness*)?
#
# > **Predict first.** For which texts below do `isdigit` and `float` agree on "a number"?

# %%
for text in ("12", "-3.5", "²", "1_000", "nan"):
    print(f"{text!r:>7}: isdigit {text.isdigit()!s:5}  float", attempt(float, text))

# %% [markdown]
# For `"12"` only. Trying tells you what `float` really does. But it takes `1_000` and `nan`, so a
# conversion is no validation. Neither is `assert`: `python -O` removes it. Use `if` and `raise`.
#
# ## 8. Raise well
#
# A good error says where, what and why. `raise … from error` keeps the original as `__cause__`, and the
# traceback shows both. A class of your own lets callers catch this error and no other. If you can only
# note an error and not mend it, pass it on with a bare `raise`.


# %%
class BadFile(ValueError): ...


def celsius(text):
    value = float(text)
    if not -90 <= value <= 60:  # so nan is refused too
        raise ValueError(f"{value} °C is out of range")
    return value


def check(path):
    for number, text in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        try:
            celsius(text)
        except ValueError as error:
            raise BadFile(f"{path.name}, line {number}: {error}") from error


try:
    check(folder / "day-10.csv")
except BadFile as error:
    print(repr(error), "\ncaused by", repr(error.__cause__))

# %% [markdown]
# ## 9. Context managers: clean up whatever happens
#
# `with` runs an object's clean-up at the end of the block, also after an error: a file is closed, a
# folder deleted. `contextmanager` makes one from a generator: the part before `yield` prepares, the
# part in `finally` cleans up. Ours writes a draft *in the same folder* (on another disk, renaming
# fails) and renames it at the end. That is *atomic*: others see the old file or the new, never a
# half.


# %%
@contextmanager
def atomic(path):
    draft = path.with_name(path.name + ".tmp")
    try:
        with draft.open("w", encoding="utf-8", newline="") as file:
            yield file
        draft.replace(path)  # os.replace does the same
    finally:
        draft.unlink(missing_ok=True)  # after an error; otherwise it is gone already


# %% [markdown]
# > **Predict first.** A good file is written anew, and the writer fails at its second value. What is
# > left with `open`, and what with `atomic`?

# %%
path = folder / "means.csv"
for writer in (lambda path: path.open("w", encoding="utf-8"), atomic):
    path.write_text("old and complete\n", encoding="utf-8")
    try:
        with writer(path) as file:
            file.writelines(f"{1 / divisor}\n" for divisor in (4, 0))
    except ZeroDivisionError:
        print(repr(path.read_text(encoding="utf-8")), "  drafts:", len(list(folder.glob("*.tmp"))))

# %% [markdown]
# `open(…, "w")` empties the file before a single row is ready. `atomic` left the old file and no draft,
# and let the error through.
#
# ## 10. Logging
#
# `print` has neither levels nor an off switch. Each module asks for a *logger* of its own, by
# `logging.getLogger(__name__)`; *handlers* send the messages to a file or the screen. Levels are
# DEBUG, INFO, WARNING (the default limit), ERROR and CRITICAL.
#
# > **Predict first.** The limit is INFO. How often is the huge text built for two DEBUG lines?


# %%
class Huge:
    def __str__(self):
        print("a huge text is built")
        return "huge"


logger = logging.getLogger("stations")
logger.setLevel(logging.INFO)
logger.propagate = False  # keep messages from the handlers of the whole program
handler = logging.FileHandler(folder / "load.log", encoding="utf-8")
handler.setFormatter(logging.Formatter("%(levelname)s %(name)s: %(message)s"))
logger.addHandler(handler)

logger.debug(f"table {Huge()}")
logger.debug("table %s", Huge())

# %% [markdown]
# Once: the f-string is made before the logger can decline; a `%s` argument only if needed.
# `logger.exception("…")` in an `except` block adds the traceback. Run the cell
# twice, and a second handler writes every message again.
#
# ## 11. A dirty file, and no row lost
#
# Our file has nine rows, one of them in Latin-1. The format allows no line breaks in fields.
#
# > **Predict first.** `read_csv` may replace odd bytes and skip bad lines. How many rows does it
# > keep, and are they right?

# %%
(path := folder / "dirty.csv").write_bytes(
    b"station,day,celsius\nZ\xc3\xbcrich,2026-03-02,7.1\n0042,2026-02-30,6.5\n0107,2026-03-02,n/a\n"
    b'0108,2026-03-02,7,4\n0109,2026-03-02,715\n"0110,2026-03-02,6.0\n0111,2026-03-02,6.1\n'
    b'0112,2026-03-02,"6.2"\n\xd6rby,2026-03-02,3.9\n'
)
print(*pd.read_csv(path, encoding_errors="replace", on_bad_lines="skip").to_numpy(), sep="\n")

# %% [markdown]
# Six, without a warning. One of them is three rows, glued by a stray quotation mark; one station lost
# its name; 30 February and 715 degrees passed.
#
# Now each line is decoded and parsed on its own, so that a mistake costs one row. Bad rows go into
# *quarantine* with line number, reason and original text (as Latin-1, which maps every byte to a
# character and back). A `UnicodeDecodeError` is a `ValueError`; a `csv.Error` is not, so both are
# named. At the end the counts must add up.


# %%
def parse(raw):
    station, day, value = next(csv.reader([raw.decode("utf-8")], strict=True))
    return station, date.fromisoformat(day), celsius(value)


good, rejects = [], []
header, *raws = path.read_bytes().splitlines()
for number, raw in enumerate(raws, start=2):
    try:
        good.append(parse(raw))
    except (ValueError, csv.Error) as error:
        rejects.append({"line": number, "reason": str(error), "raw": raw.decode("latin-1")})
if len(good) + len(rejects) != len(raws):
    raise RuntimeError("rows were lost")
logger.warning("%s: %d good, %d rejected", path.name, len(good), len(rejects))
with atomic(folder / "rejects.jsonl") as file:
    file.writelines(json.dumps(reject) + "\n" for reject in rejects)
print(*rejects, sep="\n")

# %%
logger.removeHandler(handler)
handler.close()
print((folder / "load.log").read_text(encoding="utf-8"))
temporary.cleanup()

# %% [markdown]
# Three good rows and six rejects make nine.
#
# ## 12. What breaks in practice
#
# | you see | likely cause | try |
# |---|---|---|
# | `FileNotFoundError` on the server only | relative path | start at a known folder |
# | `Ã¼` in text | UTF-8 read as cp1252 | encode back, name the encoding |
# | `KeyError` for the first column | BOM | `utf-8-sig` |
# | a country or a name is missing | "NA", "None", "null" read as gaps | `keep_default_na=False` |
# | joins find nothing | ids lost zeros | `dtype=str` |
# | fewer rows than lines | stray quote, skipped lines | quarantine, count |
# | half a file | crash while writing | draft, then replace |
#
# ## Summary
#
# - Name the encoding. That Latin-1 raises no error proves nothing; `replace` and `ignore` lose data.
# - CSV has no types: say which columns are text, how dates look and what means missing.
# - JSON Lines loses one line in a crash; Parquet keeps types and reads columns alone.
# - Catch narrowly, raise `from`, and clean up in `finally` or `with`.
# - Good rows plus rejects equal rows read.
#
# Next: the [exercise](../../exercises/02-python/04-files-and-errors.ipynb), then
# [NumPy](05-numpy.ipynb).
