# ---
# title: "Exercise: files and errors"
# minutes: 75
# ---

# %% [markdown]
# # Exercise: files and errors
#
# Six tools for files that are not as they should be, and for programs that stop in the middle. No
# question needs the answer of another. Every function must work on any input that its question
# describes, not only on the data below. Change `seed` to practise again on other data. The standard
# library is enough.

# %% tags=["parameters"]
seed = 3  # which data you get

# %%
import contextlib
import csv
import json
import math
import os
import random
import re
import tempfile
from datetime import date, datetime
from pathlib import Path

rng = random.Random(seed)

# question 1: texts with letters of several languages, and some marks that only Windows has
words = ["Zürich", "Ærø", "Malmö", "naïve", "Señor", "café", "Århus", "Straße"]
marks = ["5 €", "“so”", "Œuvre", "3 – 4", "Łódź", "µm", "½", "plain"]
texts = [" ".join([*rng.sample(words, 3), mark]) for mark in rng.sample(marks, 8)]

# question 2: the log of some machines, as bytes
devices = rng.sample(["pump", "oven", "fan", "belt", "press", "mixer"], 4)


def draw_entry():
    day, hour = rng.randint(1, 28), rng.randint(0, 23)
    fields = [
        f"2026-02-{day:02} {hour:02}:15",
        rng.choice(devices),
        str(round(rng.uniform(-50, 150), 1)),
        rng.choice(["ok", "too hot | stopped", "wärmer", "", "door open"]),
    ]
    kind = rng.choice(["good", "good", "good", "time", "value", "fields", "encoding", "two"])
    if kind in ("time", "two"):
        fields[0] = rng.choice(["2026-02-30 10:15", "yesterday", "", f"2026-02-{day:02} 25:15"])
    if kind in ("value", "two"):
        fields[2] = rng.choice(["n/a", "", "nan", "inf", "-50.1", "150.5", "71,5"])
    if kind == "fields":
        fields = fields[: rng.randint(1, 3)]
    lines = ["|".join(fields)]
    for _ in range(rng.choice([0, 0, 0, 1, 2])):
        lines.append(rng.choice(["  ", "\t", "    "]) + rng.choice(["at line 7", "Ofen | 3", "€"]))
    raw = "".join(line + "\n" for line in lines).encode()
    return raw.replace(b"\n", b" \xe4\n") if kind == "encoding" else raw


log = b"".join(draw_entry() for _ in range(40))


# question 3: an object with settings
class Settings:
    """Settings as attributes. `batch_size` must be positive."""

    verbose = False  # an attribute of the class: instances have it without owning it

    def __init__(self, **values):
        for name, value in values.items():
            setattr(self, name, value)

    def __setattr__(self, name, value):
        if name == "batch_size" and not value > 0:
            raise ValueError("batch_size must be positive")
        super().__setattr__(name, value)


rate, batch_size = rng.uniform(0.001, 0.1), rng.choice([16, 32, 64])

# question 4: values for JSON
day, moment = date(2026, rng.randint(1, 12), rng.randint(1, 28)), datetime(2026, 3, 2, 8, seed % 60)
loss = rng.choice([math.nan, math.inf, -math.inf])
number = rng.randint(10, 99)


# question 5: shards of JSON Lines
def draw_shard(n_lines):
    lines = []
    for _ in range(n_lines):
        record = {"id": rng.choice([1, 2, 3, 4, 5, "1", "2", "a"]), "text": rng.choice(words)}
        record |= rng.choice([{}, {}, {"score": rng.randint(0, 99)}, {"deleted": True}])
        record |= rng.choice([{}, {}, {"text": "a\u2028b"}])
        line = json.dumps(record, ensure_ascii=False)
        broken = [line[:-3], "[1, 2]", '{"text": "no id"}', "7", '"id"', "null", line + "}"]
        lines.append(rng.choice([line] * 6 + ["", "  ", rng.choice(broken)]))
    return "\n".join(lines) + rng.choice(["", "\n"])


shard_names = [
    f"part-{i}.jsonl" for i in rng.sample(range(1, 10), 3) + rng.sample(range(10, 30), 3)
]
shards = {name: draw_shard(6) for name in rng.sample(shard_names, 6)}

# question 6: a table to save
cells = ["plain", 'a "quote"', "two\nlines", "a, b", "Zürich", ""]
table = [[str(i), rng.choice(cells), str(rng.randint(0, 99))] for i in range(rng.randint(5, 9))]


class SaveError(Exception):
    """A file could not be written."""


class Stopped(BaseException):
    """Like KeyboardInterrupt: it is no `Exception`, and wants to end the program."""


def error_of(function, *args):
    """The error that a call raises, or None."""
    try:
        function(*args)
    except (Exception, Stopped) as error:
        return error
    return None


# %% [markdown]
# ## Question 1 · in which encoding? (2 points)
#
# Write `decode(data, encodings)`. `data` is bytes, `encodings` a list of names of encodings to try in
# this order. It returns the tuple `(text, encoding)` for the first encoding that fits, with its
# name as in the list.
#
# - An encoding fits if it decodes all bytes without an error *and* the text contains no character
#   from U+0080 to U+009F (both included). These are control characters that nobody types. They show
#   that a Windows file was read as Latin-1, which never raises an error.
# - If the text begins with a BOM, `"\ufeff"`, that one character is removed.
# - If no encoding fits, raise a `ValueError` whose message contains the name of every encoding tried.


# %% question="decode" points=2
### BEGIN SOLUTION
def decode(data, encodings):
    for encoding in encodings:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if not re.search("[\x80-\x9f]", text):
            return text.removeprefix("\ufeff"), encoding
    raise ValueError("no encoding fits; tried " + ", ".join(encodings))


### END SOLUTION

# %% check="decode"
_got = decode("Ørsted".encode(), ["utf-8", "latin-1"])
assert len(_got) == 2, f"expected a text and the name of an encoding, got {_got!r}"
assert _got == ("Ørsted", "utf-8"), f"UTF-8 is first in the list and fits; you say {_got}."
assert decode("Ørsted".encode("latin-1"), ["utf-8", "latin-1"])[1] == "latin-1", (
    "In Latin-1, Ørsted is not valid UTF-8. Try the next encoding after a UnicodeDecodeError."
)
assert decode("5 €".encode("cp1252"), ["latin-1", "cp1252"]) == ("5 €", "cp1252"), (
    "Read as Latin-1, the euro sign of Windows is the control character U+0080. That does not fit."
)
for _edge in ("\x7f", "\xa0"):
    assert decode(_edge.encode("latin-1"), ["latin-1"])[0] == _edge, (
        f"{_edge!r} lies just outside U+0080 to U+009F and is allowed."
    )
for _edge in ("\x80", "\x9f"):
    assert isinstance(error_of(decode, _edge.encode(), ["utf-8"]), ValueError), (
        f"A text with {_edge!r} does not fit, whatever the encoding."
    )
assert decode("id\n".encode("utf-8-sig"), ["utf-8"])[0] == "id\n", "The BOM should be gone."
for _text, _left in (("\ufeff\ufeffid", "\ufeffid"), ("id\ufeff", "id\ufeff")):
    _got = decode(_text.encode(), ["utf-8"])[0]
    assert _got == _left, (
        f"Of {_text!r} you leave {_got!r}. One BOM at the beginning is removed, and no other."
    )
_error = error_of(decode, "Ørsted".encode("latin-1"), ["ascii", "utf-8"])
assert isinstance(_error, ValueError), f"Neither ASCII nor UTF-8 fits, but you raise {_error!r}."
assert "ascii" in str(_error), f"The message should name all encodings tried. Yours: {_error}"
assert "utf-8" in str(_error), f"The message should name all encodings tried. Yours: {_error}"


# %% probe="decode" exact=true
def decoded(data, encodings):
    try:
        return decode(data, encodings)
    except ValueError as error:
        return [name in str(error) for name in encodings]


values = []
for text in [*texts, "", "\ufeffid", "a\x7f\xa0b", "\x80", "x\x9f", "id\ufeff"]:
    for encoding in ("utf-8", "utf-8-sig", "latin-1", "cp1252", "utf-16"):
        data = text.encode(encoding, "ignore")
        values.append(decoded(data, ["utf-8", "latin-1", "cp1252"]))
        values.append(decoded(data, ["ascii", "cp1252", "utf-8"]))
        values.append(decoded(data, ["utf-16", "utf-8", "ascii"]))
        values.append(decoded(data, ["ascii", "utf-8"]))
values

# %% [markdown]
# ## Question 2 · a log without a lost line (3 points)
#
# Write `read_log(data)`. `data` is the content of a log file, as bytes. Lines end with `\n` alone:
# U+2028, for one, ends no line. The last may lack its `\n`; `\r` does not occur. An *entry* is one
# line, together with all lines directly below it that begin with a space or a tab (*continuation
# lines*). If the file begins with such lines, the first of them counts as the first line of an entry.
# The first line of a good entry reads
#
# ```text
# 2026-02-14 08:15|pump|71.5|message
# ```
#
# that is: time (`%Y-%m-%d %H:%M`), device, temperature, message. The message may contain `|`, or be empty.
# Check each entry in this order; the first thing that is wrong is the *reason*:
#
# | reason | what is wrong |
# |---|---|
# | `"encoding"` | the entry, with its continuation lines, is not valid UTF-8 |
# | `"fields"` | the first line has fewer than four fields |
# | `"time"` | the time is not of that form, or does not exist |
# | `"value"` | the temperature is no number from −50 to 150 (both included) |
#
# Return a tuple of two lists:
#
# - the good entries, as tuples `(line, time, device, temperature, message)`: the number of the first line
#   (counted from 1), a `datetime`, text, a float, and text. Device and message keep their spaces.
#   Continuation lines, without the white space around them, are added to the message, each after a
#   `"\n"`.
# - the rejects, as tuples `(line, reason, raw)`, where `raw` is all the bytes of the entry, line ends
#   included.
#
# Both are in the order of the file. Every line belongs to exactly one entry.


# %% question="read_log" points=3
### BEGIN SOLUTION
def parse_entry(raw):
    reason = "encoding"
    try:
        first, *more = raw.decode("utf-8").removesuffix("\n").split("\n")
        reason = "fields"
        time, device, temperature, message = first.split("|", maxsplit=3)
        reason = "time"
        time = datetime.strptime(time, "%Y-%m-%d %H:%M")
        reason = "value"
        temperature = float(temperature)
        if not -50 <= temperature <= 150:
            raise ValueError("out of range")
    except ValueError as error:
        raise ValueError(reason) from error
    return time, device, temperature, "\n".join([message, *[line.strip() for line in more]])


def read_log(data):
    entries, good, rejects = [], [], []
    for number, line in enumerate(data.splitlines(keepends=True), start=1):
        if entries and line.startswith((b" ", b"\t")):
            entries[-1][1] += line
        else:
            entries.append([number, line])
    for number, raw in entries:
        try:
            good.append((number, *parse_entry(raw)))
        except ValueError as error:
            rejects.append((number, str(error), raw))
    return good, rejects


### END SOLUTION

# %% check="read_log"
_log = b"2026-02-14 08:15|fan|-50|a|b \n\tmore \n \n2026-02-14 08:16|fan|150|\n\n"
_good, _rejects = read_log(_log)
assert len(_good) == 2, f"Both temperatures lie within the limits; you accept {_good}."
assert _good[0][:4] == (1, datetime(2026, 2, 14, 8, 15), "fan", -50.0), f"First entry: {_good[0]}"
assert _good[0][4] == "a|b \nmore\n", (
    "The message is 'a|b ' as it stands, then the text of two continuation lines, 'more' and '', each "
    f"after a line break. Yours is {_good[0][4]!r}."
)
assert _good[1][0] == 4, f"The second entry begins in line 4; you say {_good[1][0]}."
assert _good[1][4] == "", f"The second message is empty; yours is {_good[1][4]!r}."
assert _rejects == [(5, "fields", b"\n")], (
    f"An empty line does not begin with a space: it is an entry without fields. You have {_rejects}."
)
for _line, _reason in [
    (b"2026-02-30 08:15|fan|1|", "time"),
    (b"2026-02-14 08:15|fan|1", "fields"),
    (b"2026-02-14 08:15|fan|nan|x\n", "value"),
    (b"2026-02-14 08:15|fan|150.1|x\n", "value"),
    (b"now|fan|hot|x\n", "time"),
    (b"2026-02-14|fan|1|x\n", "time"),
    (b"now|fan\n \xff\n", "encoding"),
    (b" a\n b\n", "fields"),
]:
    _got = read_log(_line)
    assert not _got[0], f"{_line} should be rejected; you accept {_got[0]}."
    assert _got[1] == [(1, _reason, _line)], (
        f"{_line} is one entry, its first mistake is {_reason!r}, and its bytes should be kept. Your "
        f"rejects are {_got[1]}."
    )
_good, _ = read_log("2026-02-14 08:15|fan|1|a\u2028b\n".encode())
assert [_entry[4] for _entry in _good] == ["a\u2028b"], (
    f"A message with U+2028 is one line, since only \\n ends a line. You have {_good}."
)
assert [list(_part) for _part in read_log(b"")] == [[], []], "An empty file holds no entries."
_good, _rejects = read_log(log)
_numbers = [_entry[0] for _entry in _good + _rejects]
assert len(set(_numbers)) == len(_numbers), "Some entry is counted twice."
_starts = sum(not _line.startswith((b" ", b"\t")) for _line in log.splitlines())
assert len(_numbers) == _starts, (
    f"The log holds {_starts} entries; yours add up to {len(_numbers)}."
)

# %% probe="read_log" exact=true
logs = [
    log,
    log.removesuffix(b"\n"),
    b"\t lost\n" + log[: len(log) // 2],
    b"\n\n" + log[len(log) // 3 :] + b" \n",
    b"2026-02-14 08:15|fan|-50.0|\n2026-02-14 08:15|fan|150.0|x\n2026-02-14 08:15|fan|-51|\n",
    b"2026-02-14 08:15|fan|151|\n2026-02-14 08:15|fan|-inf|\n2026-02-14 08:15|fan|1|a|b||c\n\n",
    b"\xff\n2026-02-14|fan|1|a\n2026-02-14 08:15|fan|1\n2026-02-14 08:15|fan||",
    "2026-02-14 08:15| fan |1|  a\u2028b\x0b \n \tc\u2028d  \n".encode(),
    b"2026-02-14 08:15|fan|1|a\n \xff\n2026-02-14 08:15|fan|1|a\n b\n\t\xc3\nnow|fan\n \xe4",
    b"  \n",
    b"",
]
[
    [[tuple(entry) for entry in good], [tuple(entry) for entry in rejects]]
    for good, rejects in map(read_log, logs)
]

# %% [markdown]
# ## Question 3 · for a while (2 points)
#
# Write a context manager `temporarily(thing, **values)` that sets attributes of an object for the
# length of a `with` block:
#
# ```python
# with temporarily(settings, verbose=True, learning_rate=0.5) as changed:
#     ...  # `changed` is `settings` itself
# ```
#
# - At the end of the block, also after an error, every attribute named in `values` is as it was
#   before. One that the object did not own before (it is not in `vars(thing)`) is no longer in
#   `vars(thing)` afterwards, even if its class has one of that name.
# - The block may change or delete attributes. Those not named in `values` stay as the block leaves them.
# - If setting one of the values raises an error, the ones set before it are restored too.
# - Errors are not swallowed.
#
# `thing` is an object with a `vars(thing)` and ordinary attributes, such as the given `Settings`. Its
# values before were valid. Blocks may be nested, also for the same attribute.


# %% question="temporarily" points=2
### BEGIN SOLUTION
@contextlib.contextmanager
def temporarily(thing, **values):
    before = {name: vars(thing)[name] for name in values if name in vars(thing)}
    try:
        for name, value in values.items():
            setattr(thing, name, value)
        yield thing
    finally:
        for name in values:
            vars(thing).pop(name, None)
        vars(thing).update(before)


### END SOLUTION

# %% check="temporarily"
_settings = Settings(learning_rate=0.1, layers=[8])
with temporarily(_settings, learning_rate=0.5, verbose=True) as _changed:
    assert _changed is _settings, "The block should get the object itself."
    assert (_settings.learning_rate, _settings.verbose) == (0.5, True), "Values were not set."
    _settings.layers = [8, 4]
assert _settings.learning_rate == 0.1, "The learning rate is not as it was before."
assert "verbose" not in vars(_settings), (
    "`verbose` came from the class. Afterwards the instance should not own an attribute of that name."
)
assert _settings.layers == [8, 4], "The block changed `layers`, which was not named: that stays."


def _leave(thing, error):
    with temporarily(thing, learning_rate=0.5, seed=1):
        del thing.learning_rate, thing.seed
        raise error


for _error in (KeyError("in the block"), Stopped("in the block")):
    _caught = error_of(_leave, _settings, _error)
    assert _caught is not None, f"The {_error!r} of the block was swallowed."
    assert _caught is _error, f"Instead of the {_error!r} of the block came {_caught!r}."
    assert vars(_settings).get("learning_rate") == 0.1, (
        f"After {_error!r} in the block the learning rate was not restored."
    )
_layers = _settings.layers
with temporarily(_settings, layers=[1]):
    pass
assert _settings.layers is _layers, (
    "Put back the very list that was there before, not a copy of it."
)
try:
    with temporarily(_settings, learning_rate=0.5, seed=1, batch_size=-1, verbose=True):
        raise AssertionError("The block should not run: a batch size of -1 is refused.")
except ValueError:
    pass
assert vars(_settings) == {"learning_rate": 0.1, "layers": [8, 4]}, (
    f"A refused batch size should leave everything as it was; you leave {vars(_settings)}."
)


# %% probe="temporarily" exact=true
def play(error, **values):
    settings = Settings(learning_rate=rate, batch_size=batch_size, layers=[1, 2])
    layers, seen = settings.layers, []
    settings.note = None
    try:
        with temporarily(settings, **values) as changed:
            seen.append(changed is settings)
            seen.append(sorted(vars(settings)))
            seen.append([getattr(settings, name) for name in values])
            with temporarily(settings, learning_rate=-rate, extra=number, verbose=None):
                seen.append([settings.learning_rate, settings.extra, settings.verbose])
                settings.layers, settings.extra = "changed", "changed"
            seen.append(sorted(vars(settings)))
            seen.append([settings.learning_rate, settings.verbose])
            with temporarily(settings, brief=number, verbose=None):
                del settings.brief, settings.verbose
            seen.append(sorted(vars(settings)))
            del settings.note
            settings.other = number
            if error:
                raise error("from the block")
    except (Exception, Stopped) as caught:
        seen.append(f"{type(caught).__name__} {caught}")
    seen.append([(name, vars(settings)[name]) for name in sorted(vars(settings))])
    return [*seen, settings.verbose, settings.layers is layers]


[
    play(None),
    play(None, learning_rate=2 * rate, verbose=True),
    play(KeyError, layers=None, verbose=number, learning_rate=0.0),
    play(Stopped, note="n", other="o", batch_size=2 * batch_size),
    play(None, batch_size=batch_size, layers=[3], note=2.5),
    play(None, learning_rate=1.0, layers=[0], extra=1, batch_size=0, note=5),
    play(None, learning_rate=1.0, batch_size=-1, fresh=1, verbose=True),
    play(RuntimeError, extra="e", other=None),
]

# %% [markdown]
# ## Question 4 · JSON without loss (3 points)
#
# Write `to_json(value)`, which returns text, and `from_json(text)`, which returns a value equal to the
# one before, with the same types throughout. A value is
#
# - `None`, a bool, an int, a float (also `nan` and the two infinities), text,
# - a `date`, or a `datetime` without time zone,
# - a list, a tuple or a dict of values, nested in any way. The keys of a dict are of any of these types
#   that can be a key (tuples too); the order of a dict is kept.
#
# The text must be *strict* JSON, without `NaN` and `Infinity`. Where JSON can say the same, it does,
# for the sake of other programs: `None`, bools, ints, finite floats and text stand there as
# `json.dumps` writes them, and a list becomes an array of what its parts become. And no value may be
# mistaken for another, not even a dict or list that looks just like something your functions use
# inside. (What could *every* JSON object in your text be, so that this cannot happen?)


# %% question="lossless_json" points=3
### BEGIN SOLUTION
def mark(value):
    if isinstance(value, dict):
        return {"dict": [[mark(key), mark(item)] for key, item in value.items()]}
    if isinstance(value, (list, tuple)):
        parts = [mark(part) for part in value]
        return parts if isinstance(value, list) else {"tuple": parts}
    if isinstance(value, date):  # a datetime is a date too
        return {type(value).__name__: value.isoformat()}
    if isinstance(value, float) and not math.isfinite(value):
        return {"float": str(value)}
    return value


def unmark(value):
    if isinstance(value, list):
        return [unmark(part) for part in value]
    if not isinstance(value, dict):
        return value
    [(kind, content)] = value.items()
    if kind == "dict":
        return {unmark(key): unmark(item) for key, item in content}
    if kind == "tuple":
        return tuple(unmark(part) for part in content)
    restore = {"float": float, "date": date.fromisoformat, "datetime": datetime.fromisoformat}
    return restore[kind](content)


def to_json(value):
    return json.dumps(mark(value))


def from_json(text):
    return unmark(json.loads(text))


### END SOLUTION


# %% check="lossless_json"
def _refuse(name):
    raise AssertionError(f"Strict JSON has no {name}.")


_plain = [None, True, 7, 0.5, "a", [], [["7"], 1.0]]
_inside = json.loads(to_json([*_plain, ()]))
assert isinstance(_inside, list), f"A list should become a JSON array, not {_inside!r}."
assert repr(_inside[:-1]) == repr(_plain), (
    f"Other programs should find {_plain!r} as it is; they find {_inside[:-1]!r}."
)
for _value in [
    None,
    [1, 1.0, True, "1", "", "nan", "2026-03-02"],
    (1, (2, []), [()]),
    {1: "a", "1": "b", None: "c", (1, "x"): "d"},
    {"b": {True: 0}, "a": {}},
    [math.inf, -math.inf, math.nan, {math.inf: 1}],
    [date(2026, 3, 2), datetime(2026, 3, 2), datetime(2026, 3, 2, 8, 15, 0, 7)],
    {date(2026, 3, 2): {datetime(2026, 3, 2, 1): 5}},
]:
    _text = to_json(_value)
    assert isinstance(_text, str), f"to_json should return text, not {type(_text).__name__}."
    _inside = json.loads(_text, parse_constant=_refuse)
    _back = from_json(_text)
    assert repr(_back) == repr(_value), f"{_value!r} came back as {_back!r}."
    for _tricky in (_inside, {"value": _inside}, [_text]):
        _back = from_json(to_json(_tricky))
        assert repr(_back) == repr(_tricky), (
            f"A user may store {_tricky!r}, which looks like your own coding. It came back as {_back!r}."
        )


# %% probe="lossless_json" exact=true
def refuse(name):
    raise ValueError(name)


def there_and_back(value, times=3):
    found = []
    for _ in range(times):
        text = to_json(value)
        inside = json.loads(text, parse_constant=refuse)
        found.append(repr(from_json(text)) == repr(value) and type(text) is str)
        value = inside  # a value that looks like the coding itself
    return found


values = [
    [None, True, False, number, -number, number / 7, "", "é", "null", str(day), str(loss)],
    {number: "int", str(number): "text", True: "bool", None: "none", number + 0.5: "float"},
    {(number, (day, "x")): ((), [], {}), (): [(number,), [number]], day: moment},
    [day, moment, datetime(2026, 1, 1), datetime(2026, 1, 1, 0, 0, 0, number), [loss, -loss]],
    {"z": {loss: [loss, {"y": (loss,)}]}, "a": 1, "m": {"b": 2, "a": 3}},
    [
        [[(day,)], {}],
        ({"tuple": [1]}, {"dict": []}, {"date": "x"}, {"float": "nan"}, {"type": "t"}),
    ],
    [1.0, 1, 10**30, 1e300, -0.0, "1.0"],
    loss,
    (),
    {},
]
plain = [None, True, number, number / 7, str(day), [], [[str(number)], float(number)]]
[
    repr(json.loads(to_json(plain + [day, ()]))[: len(plain)]),
    repr(json.loads(to_json(plain))),
    [repr(from_json(to_json(value))) for value in values],
    [there_and_back(value) for value in values],
]

# %% [markdown]
# ## Question 5 · shards into one list (2 points)
#
# Several workers have written JSON Lines. Write `merge_shards(folder)`; `folder` is a `Path`.
#
# - Read the files whose name is `part-`, then digits alone, then `.jsonl`, in the order of these
#   numbers; there are no leading zeros. Ignore all other files. There are no folders inside.
# - Files are UTF-8. A line ends with `"\n"` and with nothing else: text inside a record may contain
#   any other character, such as U+2028, at which `str.splitlines` splits as well. (`"\r"` does not
#   occur.) Skip lines with nothing but white space.
# - A record is a JSON object with an `"id"`. Ids are whole numbers or text; `1` and `"1"` differ;
#   `"deleted"`, if it is there, is `true` or `false`. A later record with the same id (in a later
#   line or file) replaces the earlier one completely. If it has `"deleted": true`, the earlier one is
#   removed and the later one not kept. The id may come again after that.
#
# Return a tuple of two lists: the records left over, as dicts, ordered by where in the input they stood,
# and `(file name, line number)` of every line that is no such record (no JSON, no object, no id), in the
# order of reading. Lines count from 1, skipped ones too.


# %% question="merge_shards" points=2
### BEGIN SOLUTION
def merge_shards(folder):
    names = [re.fullmatch(r"part-([0-9]+)\.jsonl", path.name) for path in folder.iterdir()]
    records, broken = {}, []
    for name in sorted(filter(None, names), key=lambda name: int(name[1])):
        lines = (folder / name[0]).read_text(encoding="utf-8").split("\n")
        for number, line in enumerate(lines, start=1):
            if not line.strip():
                continue
            try:
                record = json.loads(line)
                records.pop(record["id"], None)
            except (ValueError, TypeError, KeyError):
                broken.append((name[0], number))
            else:
                if not record.get("deleted"):
                    records[record["id"]] = record
    return list(records.values()), broken


### END SOLUTION


# %% check="merge_shards"
def _merged(files):
    with tempfile.TemporaryDirectory() as folder:
        for name, text in files.items():
            (Path(folder) / name).write_text(text, encoding="utf-8")
        return merge_shards(Path(folder))


_files = {
    "part-10.jsonl": '{"id": 1, "x": "late"}\n',
    "part-9.jsonl": '{"id": 1, "x": "early", "y": 0}\n\n{"id": 2}\n{"id": "1"}',
    "part-11.jsonl.tmp": '{"id": 99}',
    "part-x.jsonl": '{"id": 98}',
    "my-part-1.jsonl": '{"id": 97}',
}
_got = _merged(_files)
assert len(_got) == 2, f"expected records and broken lines, got {_got!r}"
_ids = [_record["id"] for _record in _got[0]]
assert not {97, 98, 99} & set(_ids), "Only part-<digits>.jsonl is a shard, with nothing around it."
assert {"id": 1, "x": "late"} in _got[0], (
    f"part-10 is later than part-9, and its record replaces the earlier one as a whole: {_got[0]}"
)
assert _ids == [2, "1", 1], (
    "The record that is left for id 1 stands in part-10, so after the others. Your order of ids is "
    f"{_ids}."
)
assert _got[1] == [], f"No line is broken (empty lines are skipped); you report {_got[1]}."
_broken = '\n{"id": 1}\n{"id": 2\n[]\n{"x": 1}\n3\nnull\n"id"'
_got = _merged({"part-3.jsonl": _broken})
assert [tuple(_where) for _where in _got[1]] == [("part-3.jsonl", _n) for _n in range(3, 9)], (
    f"Of the eight lines 1 is empty, 2 is a record, 3 to 8 are broken; you report {_got[1]}."
)
_got = _merged(
    {"part-1.jsonl": '{"id": 5}\n{"id": 5, "deleted": true}\n{"id": 6, "deleted": false}'}
)
assert [_record["id"] for _record in _got[0]] == [6], "Id 5 is deleted, id 6 is not."
_got = _merged({"part-1.jsonl": '{"id": 5, "deleted": true}', "part-2.jsonl": '{"id": 5}'})
assert _got[0] == [{"id": 5}], f"Id 5 came again after it was deleted; you keep {_got[0]}."
_got = _merged({"part-1.jsonl": '{"id": 5, "text": "a\u2028b"}'})
assert not _got[1], "A record with U+2028 in its text is one line. How do you split lines?"

# %% probe="merge_shards"
extra = {
    "part-0.jsonl": '{"id": "first", "a": 1}\n{"id": "zero"}\n',
    "part-100.jsonl": '{"id": "zero", "b": [1]}\n{"id": 3, "deleted": false}\n{"id": "first"',
    "part-101.jsonl": "",
    "part-7.jsonl.gz": '{"id": "wrong"}',
    "part-.jsonl": '{"id": "wrong"}',
    "spart-2.jsonl": '{"id": "wrong"}',
    "part-4_jsonl": '{"id": "wrong"}',
}
undone = {
    "part-2.jsonl": '{"id": 1}\n{"id": 2}\n{"id": 1, "deleted": true}\n\n{"id": 1, "again": 1}',
    "part-10.jsonl": '{"id": 9, "deleted": true}\n \n{"deleted": true}\n{"id": 2, "deleted": true}\n{}',
}
values = []
for files in (shards, {**extra, **shards}, undone, extra, {}):
    with tempfile.TemporaryDirectory() as folder:
        for name, text in files.items():
            (Path(folder) / name).write_text(text, encoding="utf-8")
        records, broken = merge_shards(Path(folder))
        values.append([list(records), [tuple(where) for where in broken]])
values

# %% [markdown]
# ## Question 6 · all or nothing (3 points)
#
# Write `save(path, rows)`. `path` is a `Path` in an existing folder; `rows` an iterable of rows (lists of
# text), perhaps a generator that fails in the middle. The rows go into a CSV file, in UTF-8, so that
# `csv.reader` reads the same rows again.
#
# - `save` returns the number of rows written. There may be more rows than fit into memory, so it keeps
#   none that are written.
# - Until the last row has come, whoever reads `path` sees the old file unchanged, or none if there was
#   none. Then the new file takes its place at once: nothing is written into the old file itself. If that
#   has a second name (a hard link), the old rows are still found there.
# - If an `Exception` comes from `rows` (or from a row that cannot be written), raise a `SaveError` with
#   the message `"<file name>: failed after <n> rows"`, where `n` rows had been written before, and
#   with the original error as its `__cause__`. `path` is then as it was before.
# - Errors that are no `Exception`, such as `KeyboardInterrupt` or the given `Stopped`, come through
#   as they are; `path` is then as it was before, too.
# - In any case no other new file is left in the folder, and other files keep their content, whatever
#   their names are.


# %% question="save" points=3
### BEGIN SOLUTION
def save(path, rows):
    n_rows = 0
    handle, draft = tempfile.mkstemp(dir=path.parent)
    try:
        with open(handle, "w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file)
            for row in rows:
                writer.writerow(row)
                n_rows += 1
        os.replace(draft, path)
    except Exception as error:
        raise SaveError(f"{path.name}: failed after {n_rows} rows") from error
    finally:
        Path(draft).unlink(missing_ok=True)
    return n_rows


### END SOLUTION


# %% check="save"
def _look(folder):
    return {path.name: path.read_bytes() for path in sorted(Path(folder).iterdir())}


class _Row(list):
    """A row that counts how many rows there are at one time."""

    alive = most = 0

    def __init__(self, cells):
        super().__init__(cells)
        _Row.alive += 1
        _Row.most = max(_Row.most, _Row.alive)

    def __del__(self):
        _Row.alive -= 1


def _failing(rows, error, path, seen):
    yield from rows
    seen.append(path.read_text(encoding="utf-8") if path.exists() else None)
    raise error


with tempfile.TemporaryDirectory() as _folder:
    _path = Path(_folder) / "data.csv"
    for _name in (
        "data.csv.tmp",
        "data.tmp",
        ".data.csv.tmp",
        "tmp",
        "data.csv.part",
        "data.csv.bak",
    ):
        (Path(_folder) / _name).write_text("somebody else's", encoding="utf-8")
    _others = _look(_folder)
    _rows = [["a", 'b "c"'], ["two\nlines", "ä, ö"], ["", "x\r\ny"]]
    _answer = save(_path, iter(_rows))
    assert _answer == 3, f"Three rows were written; you return {_answer!r}."
    with _path.open(encoding="utf-8", newline="") as _file:
        _read = list(csv.reader(_file))
    assert _read == _rows, f"Written {_rows}, read {_read}. Did you open the file with newline=''?"
    _before = _look(_folder)
    assert _before.keys() - _others.keys() == {"data.csv"}, f"New files: {sorted(_before)}"
    assert _before | _others == _before, "A file of somebody else was changed or removed."
    for _error in (ZeroDivisionError("boom"), Stopped("stop")):
        _seen, _old = [], _path.read_text(encoding="utf-8")
        _caught = error_of(save, _path, _failing([["new"], ["newer"]], _error, _path, _seen))
        assert _caught is not None, f"{_error!r} was swallowed."
        if isinstance(_error, Stopped):
            assert _caught is _error, f"`Stopped` should come through as it is, not as {_caught!r}."
        else:
            assert isinstance(_caught, SaveError), f"You raise {_caught!r}, not a SaveError."
            assert str(_caught) == "data.csv: failed after 2 rows", f"Your message: {_caught}"
            assert _caught.__cause__ is _error, "The original error should be the `__cause__`."
        assert _seen == [_old], "While rows were coming, the old file was not there unchanged."
        assert _look(_folder) == _before, (
            "After a failure the folder should look as before; now it has "
            f"{sorted(_look(_folder))}. Is the old file whole? Is a draft left?"
        )
    os.link(_path, Path(_folder) / "second-name.csv")
    save(_path, (_Row([str(_i)]) for _i in range(500)))
    assert _look(_folder)["second-name.csv"] == _before["data.csv"], (
        "The new rows were written into the old file itself: its second name shows them too. A crash "
        "there would leave half a file. Write another file, and let it take the place of the old one."
    )
    assert _Row.most < 250, f"Of 500 rows, {_Row.most} were in memory at the same time."


# %% probe="save" exact=true
class Row(list):
    alive = most = 0

    def __init__(self, cells):
        super().__init__(cells)
        Row.alive += 1
        Row.most = max(Row.most, Row.alive)

    def __del__(self):
        Row.alive -= 1


def read_rows(path):
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))


def outcome(folder, path, rows, error=None):
    seen = []

    def source():
        for row in rows:
            seen.append(repr(read_rows(path)) if path.exists() else None)
            yield row
        if error:
            raise error

    result = {}
    try:
        result["returned"] = save(path, source())
    except (Exception, Stopped) as caught:
        cause = caught.__cause__
        result["raised"] = [type(caught).__name__, str(caught), type(cause).__name__, str(cause)]
        result["same"] = [caught is error, error is not None and cause is error]
    if path.exists():
        result["rows"] = read_rows(path)
    others = {other.name: other.read_bytes() for other in folder.iterdir() if other != path}
    return [result, seen[-1:], len(set(seen)), sorted(others.items())]


values = []
with tempfile.TemporaryDirectory() as name:
    folder = Path(name)
    path = folder / f"table-{seed}.csv"
    for other in (".tmp", ".part", ".bak", ".new", ".temp", ".draft"):
        (folder / (path.name + other)).write_text("keep")
        path.with_suffix(other).write_text("keep")
    values.append(outcome(folder, path, table[:2], KeyError("early")))
    values.append(outcome(folder, path, table))
    values.append(outcome(folder, path, table[::-1] * 200, OSError("late")))
    values.append(outcome(folder, path, table[1:], Stopped("stop")))
    values.append(outcome(folder, path, [["ok"], None, ["never"]]))
    values.append(outcome(folder, path, [], ValueError("at once")))
    values.append(outcome(folder, path, [["a\r\nb", 'c"d', "Šø"]]))
    values.append(outcome(folder, path, []))
    save(path, table)
    os.link(path, folder / "second-name.csv")
    values.append([save(path, (Row([str(i), str(seed)]) for i in range(1000))), Row.most < 500])
    values.append([read_rows(path), read_rows(folder / "second-name.csv")])
values
