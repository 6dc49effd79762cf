# %%
import numpy as np
from sklearn.datasets import load_iris
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

X, y = load_iris(return_X_y=True)
model = make_pipeline(StandardScaler(), LogisticRegression(C=0.5))
model

# %%
model.fit(X, y)

# %%
print(model)
model.score(X, y) > 0.9

# %%
from sklearn import set_config

set_config(display="text")
model

# %% tags=["raises-exception"]
LogisticRegression().predict(X)

# %%
LogisticRegression(max_iter=2).fit(X, y)
