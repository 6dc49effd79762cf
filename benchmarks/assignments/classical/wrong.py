# Wrong answers to draw from, as students give them.

# %% question="scaled_model"
def scaled_model(strength):
    return make_pipeline(StandardScaler(), LogisticRegression(C=1 / strength, max_iter=1000))


# %% question="scaled_model"
def scaled_model(strength):
    return make_pipeline(StandardScaler(), LogisticRegression(C=strength, iterations=1000))


# %% question="cv_accuracy"
def cv_accuracy(model, features, target):
    return cross_val_score(model, features, target, cv=3).mean()


# %% question="cv_accuracy"
def cv_accuracy(model, features, target):
    return model.fit(features, target).score(features, target)


# %% question="predict"
def predict(features, target, new):
    return np.ones(len(new), dtype=int)


# %% question="predict"
def predict(features, target, new):
    return RandomForestClassifier(n_estimators=60, random_state=0).predict(new)  # not fitted


# %% question="threshold_for_recall"
def threshold_for_recall(scores, target, recall):
    return np.quantile(scores, 1 - recall)


# %% question="report"
def report(target, predicted):
    (tn, fp), (fn, tp) = confusion_matrix(predicted, target)
    return {"sensitivity": tp / (tp + fn), "specificity": tn / (tn + fp)}


# %% question="report"
def report(target, predicted):
    return sensitivity(target, predicted)
