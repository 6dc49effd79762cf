# %%
import concurrent.futures
import threading


def work(n):
    print("in a thread", n)
    return n * n


thread = threading.Thread(target=work, args=(1,))
thread.start()
thread.join()

# %%
with concurrent.futures.ThreadPoolExecutor(1) as pool:
    print(list(pool.map(work, range(3))))

# %%
def fail():
    raise ValueError("in a thread")


thread = threading.Thread(target=fail, name="failing")
thread.start()
thread.join()

# %%
def show():
    display("displayed in a thread")


thread = threading.Thread(target=show)
thread.start()
thread.join()

# %%
go, done = threading.Event(), threading.Event()


def later():
    go.wait()
    print("started in one cell, printed in the next")
    done.set()


threading.Thread(target=later).start()
print("started")

# %%
go.set()
done.wait()
print("the thread has printed")

# %%
print(threading.current_thread() is threading.main_thread(), threading.current_thread().name)

# %% tags=["raises-exception"]
with concurrent.futures.ThreadPoolExecutor(2) as pool:
    pool.submit(fail).result()
