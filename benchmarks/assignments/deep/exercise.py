# ---
# title: "Benchmark: a small network"
# minutes: 40
# ---

# %% [markdown]
# # A small network
#
# Four questions on scikit-learn's digits, for measuring how fast submissions are graded.

# %% tags=["parameters"]
seed = 7

# %%
import keras
import numpy as np
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split

digits = load_digits()
images_train, images_test, y_train, y_test = train_test_split(
    digits.images, digits.target, test_size=0.3, stratify=digits.target, random_state=seed % 1000
)
keras.utils.set_random_seed(seed % 1000)

# %% [markdown]
# ## Question 1 · prepare (1 point)
#
# `prepare(images)` returns the images as rows of 64 numbers between 0 and 1 (they come as 0 to 16).


# %% question="prepare" points=1
### BEGIN SOLUTION
def prepare(images):
    return (images.reshape(len(images), -1) / 16).astype("float32")


### END SOLUTION

# %% check="prepare"
assert prepare(images_test).shape == (len(images_test), 64), "One row of 64 numbers per image."

# %% probe="prepare"
prepare(images_test[:15])

# %% [markdown]
# ## Question 2 · build (2 points)
#
# `build(n_classes)` returns a compiled network for 64 inputs: a layer of 48 units with ReLU, a
# softmax over the classes; Adam with learning rate 0.01, sparse categorical cross-entropy.


# %% question="build" points=2
### BEGIN SOLUTION
def build(n_classes):
    model = keras.Sequential(
        [
            keras.Input((64,)),
            keras.layers.Dense(48, activation="relu"),
            keras.layers.Dense(n_classes, activation="softmax"),
        ]
    )
    optimizer = keras.optimizers.Adam(learning_rate=0.01)
    model.compile(optimizer=optimizer, loss="sparse_categorical_crossentropy")
    return model


### END SOLUTION

# %% check="build"
assert build(10).output_shape == (None, 10), "One probability per class."

# %% probe="build" exact=true
[
    [
        int(model.count_params()),
        [layer.activation.__name__ for layer in model.layers],
        round(float(model.optimizer.learning_rate), 6),
        str(model.loss),
    ]
    for model in (build(10), build(3 + seed % 5))
]

# %% [markdown]
# ## Question 3 · train (3 points)
#
# `train(images, target, new)` prepares the images, trains the network of question 2 and returns
# the classes of `new`, at least 85 % of them right.


# %% question="train" points=3
### BEGIN SOLUTION
def train(images, target, new):
    model = build(10)
    model.fit(prepare(images), target, epochs=6, batch_size=64, verbose=0)
    return model.predict(prepare(new), verbose=0).argmax(axis=1)


### END SOLUTION

# %% check="train"
assert len(train(images_train[:64], y_train[:64], images_test[:5])) == 5, "One class per image."

# %% probe="train" metric="accuracy" against="y_test" at_least=0.85
train(images_train, y_train, images_test)

# %% [markdown]
# ## Question 4 · confident (2 points)
#
# `confident(probabilities, threshold)` returns the most probable class of every row, and -1 where
# its probability is below the threshold.


# %% question="confident" points=2
### BEGIN SOLUTION
def confident(probabilities, threshold):
    best = probabilities.argmax(axis=1)
    return np.where(probabilities.max(axis=1) >= threshold, best, -1)


### END SOLUTION

# %% check="confident"
assert confident(np.array([[0.4, 0.6]]), 0.7)[0] == -1, "0.6 is below 0.7."

# %% probe="confident" exact=true
[
    confident(np.random.default_rng(seed).dirichlet(np.ones(4), size=30), threshold)
    for threshold in (0.0, 0.5, 0.8)
]
