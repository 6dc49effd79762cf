# Wrong answers to draw from, as students give them.

# %% question="prepare"
def prepare(images):
    return images.reshape(len(images), -1)


# %% question="prepare"
def prepare(images):
    return images.reshape(-1, len(images)).scaled(16)


# %% question="build"
def build(n_classes):
    model = keras.Sequential(
        [
            keras.Input((64,)),
            keras.layers.Dense(24, activation="tanh"),
            keras.layers.Dense(n_classes, activation="softmax"),
        ]
    )
    model.compile(optimizer="adam", loss="sparse_categorical_crossentropy")
    return model


# %% question="train"
def train(images, target, new):
    model = build(10)
    return model.predict(prepare(new), verbose=0).argmax(axis=1)


# %% question="train"
def train(images, target, new):
    model = build(10)
    model.fit(prepare(images), target[:10], epochs=6, batch_size=64, verbose=0)
    return model.predict(prepare(new), verbose=0).argmax(axis=1)


# %% question="confident"
def confident(probabilities, threshold):
    return np.where(probabilities.max(axis=1) >= threshold, probabilities.argmax(axis=1), 0)


# %% question="confident"
def confident(probabilities, threshold):
    return [row.index(max(row)) for row in probabilities]
