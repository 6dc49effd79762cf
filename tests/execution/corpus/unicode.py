# %%
print("Grüße, 世界, 🎉👩‍🔬, עברית, \u200b zero width, \U0001f600")

# %%
"é" == "e\u0301", "ß".upper(), "𝛼β"

# %%
ünïcödé = "as a name"
𝛼 = 2
ünïcödé, α

# %%
import sys

print("ü" * 3, file=sys.stderr)
display({"text/plain": "日本", "text/html": "<p>日本 &amp; 🎈</p>"}, raw=True)

# %% tags=["raises-exception"]
raise ValueError("Ошибка 💥")

# %%
"\ud800 is half of a pair"

# %%
with open("ünï.txt", "w", encoding="utf-8") as stream:
    print("データ", file=stream)
# !cat ünï.txt

# %%
"\x00\x01\x1b[31m\x7f\x85\u2028"

# %%
b"bytes \xff", "\\ backslash", 'quotes "double"', r"\raw"
