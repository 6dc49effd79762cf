# ---
# title: Saving, shrinking and serving
# minutes: 80
# needs: [02-python/09-tensorflow-and-keras, 03-classical-ml/22-from-notebook-to-production, 04-deep-learning/05-convolutions]
# objectives: [tf-developer/1.6, tf-developer/1.7, tf-developer/2.3, google-pmle/4.1, google-pmle/4.2, google-pmle/5.1, databricks-ml/4.2, databricks-ml/4.5, aws-mla/3.1, aws-mls/4.1, aws-mls/4.4]
# packages: [ai-edge-litert, onnx, onnxruntime, tf2onnx]
# ---

# %% [markdown]
# # Saving, shrinking and serving
#
# A trained network is a set of numbers and a recipe. Where it will run decides how you store the two. After
# this lesson you can
#
# - choose between `.keras`, SavedModel, LiteRT and ONNX, and say what each needs to run,
# - export several entry points with the preprocessing inside,
# - quantise by hand, shrink a network to a third, and measure what that costs,
# - write a server that speaks TensorFlow Serving's language,
# - say what batching does to throughput and latency.
#
# **Exam lens.** The TensorFlow Developer exam (retired in 2024) wanted a saved model, its size checked, loaded and
# used (1.6, 2.3), and an eye on versions (1.7). Google PMLE asks for serving with preprocessing and versions (4.1), fast
# down to edge devices (4.2), without skew (5.1). Databricks wraps preprocessing (4.2) and wants well-formed requests
# (4.5). AWS asks for the kind of endpoint and its speed (MLA-C02, 3.1; MLS-C01, retired in March 2026, 4.1 and 4.4).

# %%
import json
import queue
import tempfile
import warnings
import zipfile
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing, suppress
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import product
from threading import Thread
from time import perf_counter

import keras
import matplotlib.pyplot as plt
import numpy as np
import onnxruntime
import tensorflow as tf
from ai_edge_litert.interpreter import Interpreter
from keras import layers
from sklearn.datasets import load_digits

tf.get_logger().setLevel("ERROR")  # say nothing where a model was written
folder = tempfile.mkdtemp()
X, y = load_digits().images.astype("uint8"), load_digits().target  # pixels from 0 to 16
X_train, X_test, y_train, y_test = X[:1200], X[1200:], y[:1200], y[1200:]

# %% [markdown]
# A small CNN, trained on pixels scaled to 0–1. What we hand over has `ToUnit` in front and takes raw pixels. The first
# 1,200 images train it; the rest, mostly by other writers, test it.


# %%
@keras.saving.register_keras_serializable("digits")
class ToUnit(layers.Layer):
    def call(self, images):
        return tf.cast(images, "float32")[..., None] / 16


keras.utils.set_random_seed(0)
stack = [layers.Conv2D(units, 3, activation="relu") for units in (16, 32)]
stack += [layers.Flatten(), layers.Dense(64, "relu"), layers.Dense(10, "softmax")]
network = keras.Sequential([keras.Input((8, 8, 1)), *stack])
network.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
network.fit(ToUnit()(X_train), y_train, batch_size=40, epochs=15, verbose=0)
model = keras.Sequential([keras.Input((8, 8), dtype="uint8", name="images"), ToUnit(), network])

# %% [markdown]
# ## 1. What is in a `.keras` file
#
# A zip archive, so we can look.

# %%
model.save(f"{folder}/digits.keras")
archive = zipfile.ZipFile(f"{folder}/digits.keras")
config = json.loads(archive.read("config.json"))["config"]
print(archive.namelist(), [layer["class_name"] for layer in config["layers"]])

# %% [markdown]
# Weights as numbers, and a recipe that *names* classes: whoever loads the file needs the code of `ToUnit`, registered.
# One layer is different: `Lambda` stores a Python function, as code.
#
# > **Predict first.** Two files: ours, opened where nobody has defined `ToUnit`, and a stranger's with a `Lambda`. Which
# > one loads? Does the stranger's code run?

# %%
keras.Sequential([keras.Input((2,)), layers.Lambda(lambda x: 2 * x)]).save(f"{folder}/gift.keras")
keras.saving.get_custom_objects().clear()  # forget ToUnit, as a new process would
for name in ("digits", "gift"):
    try:
        keras.saving.load_model(f"{folder}/{name}.keras")
    except (TypeError, ValueError) as error:
        print(f"{name}:", str(error).split("encountered: ")[-1].split(". ")[0])

# %% [markdown]
# Neither. `safe_mode=True` is the default and refuses the stranger's code. Do not rely on it alone: older
# Keras had holes in it, and strangers' `.h5` and SavedModel files deserve the same distrust. Update, and open them in a
# container. In your own models, write a registered layer instead.
#
# | you store | it holds | needs to run |
# |---|---|---|
# | `.keras` | recipe, weights, optimizer | Keras and your classes |
# | `.weights.h5` | weights | code that builds the model |
# | checkpoint (`ModelCheckpoint`, `BackupAndRestore`) | a moment of training | the training script |
# | SavedModel (`export`) | graph, weights, signatures | TensorFlow, no Python class |
# | LiteRT (`.tflite`, once TensorFlow Lite) | graph for small devices | a runtime of a few MB |
# | ONNX | graph in a shared format | any ONNX runtime |
#
# ## 2. A SavedModel and its signatures
#
# A *signature* is a named entry point: a function with fixed input names, types and shapes. `model.export(path)`
# makes one, called `serving_default`. `ExportArchive` makes several. Servers expect each version in a
# folder with a number.

# %%
archive = keras.export.ExportArchive()
archive.track(model)
spec = [tf.TensorSpec((None, 8, 8), tf.uint8, name="images")]
archive.add_endpoint("serving_default", lambda images: model(images), spec)
archive.add_endpoint("classify", lambda images: {"digit": tf.argmax(model(images), axis=1)}, spec)
archive.write_out(f"{folder}/digits/1", verbose=False)

# %%
versions = {"1": tf.saved_model.load(f"{folder}/digits/1").signatures}
print(*versions["1"], versions["1"]["classify"](images=tf.constant(X_test[:2])), y_test[:2])

# %% [markdown]
# It loads although `ToUnit` is still unknown: it holds the traced graph, as
# [custom training](14-custom-training.ipynb) compiled one. The price: you cannot change layers or call `fit`. So keep
# `.keras` *and* code, and export for the server.
#
# ## 3. What belongs inside
#
# Our export takes what the scanner delivers. Suppose we had exported `network`, and each client had to scale.
#
# > **Predict first.** One client forgets to scale (pixels 0–16 instead of 0–1). Another divides by 255, as one
# > does with photos. Who loses how much accuracy? What else changes?

# %% tags=["nbval-ignore-output"]
for name, factor in {"scales": 1 / 16, "forgets": 1, "by 255": 1 / 255}.items():
    loss, right = network.evaluate(x := X_test[..., None] * np.float32(factor), y_test, verbose=0)
    sure = network(x).numpy().max(axis=1).mean()
    print(f"{name:>7}: accuracy {right:.2f}, mean confidence {sure:.2f}, log loss {loss:.2f}")

# %% [markdown]
# Dividing by 255 shrinks the pixels until the biases decide. Most answers are wrong, and somebody notices. Forgetting
# is worse: 16 times larger inputs make the logits larger, but hardly reorder them. Accuracy hardly moves, while the
# network is certain of nearly everything, its errors too, and the log loss is more than ten times as high. A rule like
# "below 0.9, ask a person" hardly ever fires again.
#
# This is *serving skew*. Scaling inside and `uint8` at the door prevent both.
#
# ## 4. Eight bits by hand
#
# A float32 takes 4 bytes. *Quantisation* replaces it by a small integer $q$:
#
# $$ q = \mathrm{clip}\big(\mathrm{round}(x / s) + z\big), \qquad \hat x = s\,(q - z) . $$
#
# $s$ is the *scale*, the step between neighbours. $z$ is the *zero point*, the integer that means 0. Both follow
# from the range that is to be covered.
#
# > **Predict first.** Eight bits cover −1 to 4. Which of −1, 0, 0.7, 4, 6 come back exactly? What becomes of 6?

# %%
values, scale = np.array([-1, 0, 0.7, 4, 6]), (4 - -1) / 255
zero = round(-128 - -1 / scale)  # the lower end becomes -128
q = np.clip(np.round(values / scale) + zero, -128, 127).astype("int8")
print(f"scale {scale:.4f}, zero point {zero}", q, scale * (q.astype(int) - zero), sep="\n")

# %% [markdown]
# Here −1, 0 and 4 do. Zero always does, since $z$ is an integer. Inside the range the error is at most half a step: 0.7 is
# off by 0.006. But 6 is *clipped* to 4. A wide range means coarse steps, a narrow one clips.
#
# ## 5. How few bits are enough?
#
# Weights are quantised symmetrically, $z = 0$, and the largest absolute value sets the range: of the whole layer
# (*per tensor*), or of each output channel (*per channel*). We round our network's weights to ever fewer bits.
#
# Then once more, after a change that does not change the function: one unit's weights in the dense layer get 100
# times as large, and what reads that unit gets 100 times as small. ReLU lets the factor through.
#
# > **Predict first.** At how many bits does accuracy break down, per tensor? And after the change?


# %%
def rounded(weights, bits, per_channel):
    axes = tuple(range(weights.ndim - 1)) if per_channel else None
    scale = np.abs(weights).max(axis=axes) / (2 ** (bits - 1) - 1)
    return np.round(weights / scale) * scale if weights.ndim > 1 else weights  # biases stay


learned, factor = network.get_weights(), np.where(np.arange(64) == 0, 100, 1)
dense = [learned[4] * factor, learned[5] * factor, learned[6] / factor[:, None]]
starts = {"as trained": learned, "one unit × 100": [*learned[:4], *dense, learned[7]]}

# %% tags=["nbval-ignore-output"]
axis = plt.axes(xlabel="bits of a weight", ylabel="test accuracy", ylim=(0, 1.2))
for (name, start), per in product(starts.items(), ("channel", "tensor")):
    scores, bits = [], range(2, 9)
    for n in bits:
        network.set_weights([rounded(weights, n, per == "channel") for weights in start])
        scores.append(np.mean(model(X_test).numpy().argmax(axis=1) == y_test))
    axis.plot(bits, scores, "o-" if per == "channel" else "s--", label=f"{name}, per {per}")
axis.legend(loc="upper center", ncols=2)
network.set_weights(learned)

# %% [markdown]
# As trained, 8 to 4 bits cost next to nothing. At 2, a weight is −s, 0 or s, and accuracy falls, most per tensor.
# After the change it falls at 7 or 6 bits already, since all units share the coarse steps of the large one. Per
# channel hardly notices (its two lines nearly cover each other). Such spreads arise where batch normalisation is
# merged into the weights. So converters quantise weights per channel, but activations, which are summed *across*
# channels, per tensor.
#
# ## 6. LiteRT
#
# LiteRT, the new name of TensorFlow Lite, runs on phones and small boards. Its converter reads a SavedModel. Three
# ways to shrink:
#
# - **float16:** weights in half precision.
# - **dynamic range:** weights int8; activations are quantised while running.
# - **full integer:** activations int8 too, with ranges fixed in advance. For those the converter needs a
#   *representative data set*: some typical inputs.


# %%
def report(name, data=None, types=(), shrink=True):
    converter = tf.lite.TFLiteConverter.from_saved_model(f"{folder}/digits/1", ["serving_default"])
    converter.optimizations = [tf.lite.Optimize.DEFAULT] if shrink else []
    converter.target_spec.supported_types = types
    converter.representative_dataset = None if data is None else lambda: ([x[None]] for x in data)
    blob = converter.convert()
    (p,) = Interpreter(model_content=blob).get_signature_runner()(images=X_test).values()
    right, changed = np.mean(p.argmax(1) == y_test), np.sum(p.argmax(1) != truth.argmax(1))
    print(f"{name:>19}: {len(blob) / 1000:3.0f} kB, accuracy {right:.2f}, {changed} changed")


# %% [markdown]
# > **Predict first.** The network holds about 38,000 weights. How large is the file, each way? How many of 597
# > answers change?

# %% tags=["nbval-ignore-output"]
truth, typical = model(X_test).numpy(), X_train[:100]
report("float32", shrink=False)
report("float16", types=[tf.float16])
report("dynamic range")
report("full integer", typical)

# %% [markdown]
# A half, and less than a third (not a quarter: graph and biases stay). At most a few answers change. Full integer is
# no smaller than dynamic range; it is for chips that compute with integers only (`supported_ops` set to
# `TFLITE_BUILTINS_INT8` refuses float steps). Measure speed on the chip.
#
# ## 7. Typical inputs
#
# > **Predict first.** Two representative sets: a single picture; 100 pictures at a quarter of the brightness. Which one
# > harms more?

# %% tags=["nbval-ignore-output"]
report("one picture", typical[:1])
report("a quarter as bright", typical // 4)

# %% [markdown]
# The dim one. Calibration looks for *ranges*: one bright picture nearly covers them, while real pictures exceed those
# of 100 dim ones and get clipped. So take a few hundred real inputs, extremes included, and test the *converted*
# model.
#
# If 8 bits cost too much: *quantisation-aware training* rounds during training, so that weights adapt. Two other ways to
# shrink: *pruning* sets small weights to zero, which saves only where zeros are skipped; *distillation* trains a small
# network on a large one's probabilities.
#
# ## 8. ONNX
#
# *ONNX* is a format that many frameworks, Keras too, write and many runtimes read.

# %%
with warnings.catch_warnings(action="ignore"):  # the exporter asks NumPy for a name it lost
    model.export(f"{folder}/digits.onnx", format="onnx", verbose=False)
(p,) = onnxruntime.InferenceSession(f"{folder}/digits.onnx").run(None, {"images": X_test})
print("within 1e-5 of Keras:", np.abs(p - truth).max() < 1e-5)

# %% [markdown]
# Not bit for bit, as sums run in another order. Compare golden rows after every conversion, with a tolerance.
#
# ## 9. A server
#
# TensorFlow Serving loads numbered SavedModel folders and answers over HTTP (and gRPC, a faster binary protocol):
#
# ```
# docker run -p 8501:8501 -v "$PWD/digits:/models/digits" -e MODEL_NAME=digits tensorflow/serving
# ```
#
# | request | means |
# |---|---|
# | `GET /v1/models/digits` | which versions are loaded? |
# | `POST /v1/models/digits:predict` | predict with the highest version |
# | `POST /v1/models/digits/versions/1:predict` | with that one |
#
# The body is in *row* form, `{"instances": [...]}`, answered by `{"predictions": [...]}`; or in *column* form,
# `{"inputs": {...}}`, answered by `{"outputs": ...}`. A single output loses its name. Errors are `{"error": "..."}` with
# status 400 or 404. We write it, for one input and one output: first from request to reply,


# %%
def respond(path, body):
    number = path.partition("/versions/")[2].partition(":")[0] or max(versions, key=int)
    if not path.startswith("/v1/models/digits") or number not in versions:
        return 404, {"error": f"no servable at {path}"}
    if not path.endswith(":predict"):
        states = [{"version": n, "state": "AVAILABLE"} for n in versions]
        return 200, {"model_version_status": states}
    try:
        request = json.loads(body)
        function = versions[number][request.get("signature_name", "serving_default")]
        given = request["instances"] if "instances" in request else request["inputs"]["images"]
        (values,) = function(images=tf.constant(given, tf.uint8)).values()
    except Exception as error:
        return 400, {"error": str(error)[:60]}
    return 200, {"predictions" if "instances" in request else "outputs": values.numpy().tolist()}


# %% [markdown]
# then an HTTP server, one thread per connection, and a client.


# %%
class Handler(BaseHTTPRequestHandler):
    protocol_version, wbufsize = "HTTP/1.1", -1  # keep the connection; reply in one piece

    def do_POST(self):
        status, reply = respond(self.path, self.rfile.read(int(self.headers["Content-Length"])))
        text = json.dumps(reply).encode()
        self.send_response(status)
        self.send_header("Content-Length", len(text))
        self.end_headers()
        self.wfile.write(text)

    do_GET = do_POST

    def log_message(self, *arguments): ...  # quiet


server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)  # port 0: any free one
server.socket.listen(64)
Thread(target=server.serve_forever, daemon=True).start()


def ask(path, *bodies):
    with closing(HTTPConnection(*server.server_address)) as link:
        for body in bodies:
            start = perf_counter()
            link.request("POST" if body else "GET", f"/v1/models/digits{path}", json.dumps(body))
            reply = link.getresponse()
            yield reply.status, reply.read().decode(), 1000 * (perf_counter() - start)


# %% [markdown]
# > **Predict first.** Five requests: status; by row; by column, two pictures; a picture that an eager client scaled to
# > 0–1; version 7. Which statuses come back?

# %%
row, name = {"instances": X_test[:1].tolist()}, {"signature_name": "classify"}
columns, scaled = {"inputs": {"images": X_test[:2].tolist()}}, (X_test[:1] / 16).tolist()
bodies = row | name, columns | name, {"instances": scaled}
for status, text, _ in [*ask("", {}), *ask(":predict", *bodies), *ask("/versions/7:predict", row)]:
    print(status, text)

# %% [markdown]
# The scaled picture is refused: a fraction is no `uint8`. By default, TensorFlow Serving loads a new folder and drops the
# old version; removing the folder *rolls back*. A version policy keeps both, with labels such as `stable` and `canary`
# for [releases](../03-classical-ml/22-from-notebook-to-production.ipynb).
#
# ## 10. Waiting for company
#
# Some models cost hardly more for sixteen rows than for one: a GPU is idle at one row, and a recurrent network takes its
# steps one after the other anyway. *Micro-batching* takes a request and collects others, until `max_batch_size`
# are there or `batch_timeout_micros` have passed (TensorFlow Serving's names). As version 2 we serve a recurrent network
# of 256 steps, untrained, since only its time matters.

# %%
net = keras.Sequential([ToUnit(), layers.Reshape((64, 1)), layers.UpSampling1D(4), layers.GRU(32)])
slow = tf.function(lambda images: {"state": net(images)}, spec).get_concrete_function()


def batched(waiting, max_batch_size, batch_timeout_micros):
    def work():
        while first := waiting.get():
            batch, end = [first], perf_counter() + batch_timeout_micros / 1e6
            with suppress(queue.Empty):
                while len(batch) < max_batch_size:
                    batch.append(waiting.get(timeout=max(0, end - perf_counter())))
            rows = slow(tf.concat([images for images, _ in batch], axis=0))["state"]
            for (_, future), row in zip(batch, rows, strict=True):
                future.set_result({"state": row[None]})

    def call(images):
        waiting.put((images, future := Future()))
        return future.result()

    Thread(target=work, daemon=True).start()
    return call


# %% [markdown]
# Each client waits for its answer before it asks again, so the rate is clients / mean latency (*Little's law*). *p95*,
# a percentile, is the latency that 95 % of requests do not exceed.
#
# > **Predict first.** Batches of 1 (no batching), or of up to 16 that wait for 0 or 20 ms. Which setting is fastest for
# > one client? Which serves most at 16?

# %% tags=["nbval-ignore-output"]
_, axes = plt.subplots(1, 2, figsize=(9, 4), subplot_kw={"ylabel": "time (ms)", "ylim": (0.5, 4e3)})
for (size, wait), n in product([(1, 0), (16, 0), (16, 20)], (1, 16)):
    versions["2"] = {"serving_default": batched(waiting := queue.Queue(), size, 1000 * wait)}
    list(ask(":predict", row, row))  # warm up
    runs = ThreadPoolExecutor(n).map(lambda _: [*ask(":predict", *[row] * 8)], range(n))
    latency = np.array([ms for replies in runs for _, _, ms in replies])
    waiting.put(None)  # the worker may go
    label = f"up to {size}, wait {wait} ms: {1000 * n / latency.mean():.0f} a second"
    percentiles = np.percentile(latency, (50, 95, 99))
    axes[n // 16].semilogy(["p50", "p95", "p99"], percentiles, "o-", label=label)
    axes[n // 16].legend(title=f"latency, clients: {n}", loc="lower left")
server.shutdown()
server.server_close()
tf.io.gfile.rmtree(folder)

# %% [markdown]
# With one client, waiting is pure loss: 20 ms more for each request. With 16, batching serves several times as many,
# *and* every percentile falls, as nobody stands in line for 15 others. Waiting for 0 ms still makes batches: whoever
# arrives while one is computed shares the next. Whether 20 ms beat 0 changes from run to run: begin with 0.
#
# A p99 of 128 requests rests on two of them, and our clients use the same cores. Measure thousands, from another machine,
# at the rate you expect.
#
# ## 11. What breaks in practice
#
# | you see | likely cause | try |
# |---|---|---|
# | "Could not locate class" | custom class not registered | import its module first |
# | right class, wild confidence | scaling done twice or never | preprocessing inside, narrow dtype |
# | p99 of seconds after a release | first requests compile | warm up before traffic |
#
# ## Summary
#
# - `.keras` needs your classes, a SavedModel only TensorFlow; strangers' files run in a container.
# - Export with raw inputs, one signature per use.
# - $q = \mathrm{round}(x / s) + z$: half a step of error inside the range, clipping outside.
# - int8 costs next to nothing here; representative data must reach the extremes.
# - Batching buys throughput under load; a timeout costs latency when idle.
#
# Next: the [exercise](../../exercises/04-deep-learning/17-saving-and-serving.ipynb),
# then [autoencoders](18-autoencoders.ipynb).
