// The page of `certlab quiz`: gives the front end a model that talks to page.py.

import { render } from "./quiz.js";

const place = document.querySelector("#quiz");

async function ask(path, message) {
  const options = message && { method: "POST", body: JSON.stringify(message) };
  const answer = await fetch(path, options);
  if (!answer.ok) throw new Error(`${path}: ${answer.status}`);
  return answer.json();
}

async function start() {
  const values = { content: await ask("content"), state: await ask("state") };
  const listeners = [];
  let last = Promise.resolve(); // messages go one after the other, in the order of the clicks
  const model = {
    get: (name) => values[name],
    on: (event, call) => listeners.push(call),
    send: (message) => {
      last = last.then(async () => {
        try {
          values.state = await ask("message", message);
        } catch {
          const notice = "The quiz has ended in the terminal; run `certlab quiz` again to go on.";
          values.state = { ...values.state, notice };
        }
        listeners.forEach((call) => call());
      });
    },
  };
  render({ model, el: place });
}

start();
