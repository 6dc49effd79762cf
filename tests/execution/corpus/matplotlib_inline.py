# %%
import matplotlib.pyplot as plt

# %%
plt.figure(figsize=(2, 1))
plt.plot([1, 2, 3])
print("printed after the plot")

# %%
for n in range(2):
    plt.figure(figsize=(1, 1))
    plt.plot([n, 2])
print("two figures follow")

# %%
print("before")
plt.figure(figsize=(1, 1))
plt.plot([3, 1])
plt.show()
print("between")
plt.figure(figsize=(1, 1))
plt.plot([1, 3])
plt.show()
print("after")

# %%
figure, axes = plt.subplots(figsize=(1, 1))
axes.bar([1, 2], [2, 1])
figure

# %%
figure

# %%
plt.close(figure)
figure, axes = plt.subplots(figsize=(1, 1))
axes.set_title("a title");

# %%
axes.text(0.5, 0.5, "late")
display(figure)

# %%
plt.figure(figsize=(1, 1))
plt.plot([1])
plt.close()
print("closed: nothing shown")

# %%
print(plt.get_backend(), plt.rcParams["figure.dpi"], plt.get_fignums())

# %% tags=["raises-exception"]
plt.figure(figsize=(1, 1))
plt.plot([1, 5])
raise ValueError("the figure is shown even so")

# %%
# %matplotlib inline
plt.figure(figsize=(1, 1))
plt.imshow([[1, 2], [3, 4]]);
