# %%
import asyncio

await asyncio.sleep(0.01)
print("awaited")


# %%
async def squares(count):
    for n in range(count):
        await asyncio.sleep(0)
        yield n * n


async for square in squares(3):
    print(square)

# %%
[square async for square in squares(4)]

# %%
async def work(name, seconds):
    await asyncio.sleep(seconds)
    return name


await asyncio.gather(work("a", 0.02), work("b", 0.01))

# %%
task = asyncio.create_task(work("started in one cell", 0.05))

# %%
await task

# %%
class Manager:
    async def __aenter__(self):
        print("in")
        return self

    async def __aexit__(self, *exception):
        print("out")


async with Manager() as manager:
    print(type(manager).__name__)

# %% tags=["raises-exception"]
await asyncio.wait_for(asyncio.sleep(5), timeout=0.01)

# %% tags=["raises-exception"]
asyncio.run(coroutine := work("x", 0))

# %%
coroutine.close()

# %%
print(asyncio.get_running_loop().is_running(), asyncio.get_event_loop().is_running())


# %% tags=["raises-exception"]
async def fail():
    await asyncio.sleep(0)
    raise LookupError("in a coroutine")


await fail()

# %%
event = asyncio.Event()


async def waiter():
    await event.wait()
    print("the task went on")


waiting = asyncio.create_task(waiter())
await asyncio.sleep(0.01)
event.set()
await waiting

# %%
# %autoawait

# %%
await asyncio.to_thread(lambda: "from a thread")

# %%
import contextvars

variable = contextvars.ContextVar("variable", default="default")
variable.set("set")

# %%
variable.get()

# %%
process = await asyncio.create_subprocess_exec("echo", "child", stdout=asyncio.subprocess.PIPE)
(await process.communicate())[0]

# %%
return_value = await work("kept", 0)
return_value
