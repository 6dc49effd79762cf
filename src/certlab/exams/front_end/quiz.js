// The front end of quizzes, of the skill assessment and of mock exams, in notebooks (anywidget) and
// in the page of `certlab quiz`.
//
// `model` has get("content"), get("state"), on("change:state", call) and send(message). Python holds
// the sitting and renders all HTML from the course's own files; what each message does and what the
// state holds is in session.py.

const LETTERS = "ABCDEFGHIJ";

export function render({ model, el }) {
  const view = new QuizView(model, el);
  const redraw = () => view.draw();
  model.on("change:state", redraw);
  view.draw();
  return () => model.off?.("change:state", redraw);
}

export default { render };

class QuizView {
  constructor(model, el) {
    this.model = model;
    this.content = model.get("content");
    this.drafts = new Map(); // item id -> options chosen but not yet checked
    this.root = make("section", {
      class: "certlab-quiz",
      "aria-label": this.content.title,
      tabindex: "-1",
    });
    this.root.addEventListener("keydown", (event) => this.onKey(event));
    this.status = make("div", { class: "certlab-status", role: "status", "aria-live": "polite" });
    this.above = make("div");
    this.below = make("div");
    // The status stays in the page while the rest is drawn anew: only then is it read out.
    this.root.append(this.above, this.status, this.below);
    el.replaceChildren(this.root);
  }

  // ---------------------------------------------------------------- what is so

  get state() {
    return this.model.get("state");
  }

  get practice() {
    return this.content.kind === "practice";
  }

  get number() {
    if (this.shown === undefined) {
      const kept = this.content.items.findIndex((item) => item.id === this.state.position);
      this.shown = Math.max(kept, 0);
    }
    return this.shown;
  }

  get item() {
    return this.content.items[this.number];
  }

  chosen(item) {
    return this.drafts.get(item.id) ?? this.state.chosen[item.id] ?? [];
  }

  isOpen(item) {
    return !(item.id in this.state.marks);
  }

  isComplete(item) {
    return this.chosen(item).length === item.choose;
  }

  // ---------------------------------------------------------------- what the learner does

  choose(option) {
    const item = this.item;
    if (!this.isOpen(item) || option >= item.options.length) return;
    let chosen = this.chosen(item);
    if (item.choose === 1) chosen = [option];
    else if (chosen.includes(option)) chosen = chosen.filter((other) => other !== option);
    else if (chosen.length < item.choose) chosen = [...chosen, option];
    else return this.say(`Take one back first: this question takes ${item.choose} options.`);
    this.drafts.set(item.id, chosen);
    if (!this.practice) this.send("choose", item, chosen);
    this.draw();
  }

  unsure() {
    const item = this.item;
    if (!this.isOpen(item)) return;
    this.drafts.set(item.id, []);
    this.send(this.practice ? "check" : "choose", item, []);
    if (this.practice) this.draw();
    else this.next();
  }

  check() {
    const item = this.item;
    if (!this.isComplete(item)) {
      return this.say(item.choose === 1 ? "Choose an option first." : `Choose ${item.choose} options first.`);
    }
    this.send("check", item, this.chosen(item));
  }

  primary() {
    if (this.practice && this.isOpen(this.item)) this.check();
    else this.next();
  }

  next() {
    if (this.number + 1 < this.content.items.length) this.visit(this.number + 1);
    else this.say("This was the last question.");
  }

  visit(number) {
    if (number < 0 || number >= this.content.items.length) return;
    this.shown = number;
    this.asked = undefined;
    this.say("");
    this.send("visit", this.item);
    this.draw("stem");
  }

  finish() {
    const open = this.content.items.length - Object.keys(this.state.chosen).length;
    const warning = `${open} questions have no answer and count as not known. Press again to finish.`;
    if (open > 0 && !this.confirmed("finish", warning)) return;
    this.focusNext = "report";
    this.send("finish");
  }

  restart() {
    if (!this.confirmed("restart", "All answers will be forgotten. Press again to start anew.")) return;
    this.drafts.clear();
    this.shown = 0;
    this.send("restart");
    this.say("All answers are forgotten.");
  }

  // Asks by a second press: notebooks on the web do not let their outputs open dialogs.
  confirmed(what, warning) {
    const sure = this.asked === what;
    this.asked = sure ? undefined : what;
    if (!sure) this.say(warning);
    return sure;
  }

  send(what, item, options) {
    this.model.send({ do: what, item: item?.id, options });
  }

  say(text) {
    this.status.textContent = text;
  }

  onKey(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const key = event.key.toLowerCase();
    const onControl = event.target.closest("button, a, summary");
    const option = "123456789".indexOf(key);
    if (option >= 0) this.choose(option);
    else if (key === "n") this.next();
    else if (key === "p") this.visit(this.number - 1);
    else if (key === "u") this.unsure();
    else if (key === "enter" && !onControl) this.primary();
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  // ---------------------------------------------------------------- what is shown

  // Draws everything anew and puts the focus back on the element with the same `data-focus`.
  draw(focus) {
    const active = this.root.contains(document.activeElement) ? document.activeElement : null;
    focus ??= this.focusNext ?? active?.dataset.focus;
    this.focusNext = undefined;
    // When the element with the focus leaves the page, the focus leaves the quiz, and JupyterLab
    // takes the next key for itself. So the quiz holds it meanwhile.
    if (active) this.root.focus({ preventScroll: true });
    for (const item of this.content.items) {
      if (!this.isOpen(item)) this.drafts.delete(item.id);
    }
    const title = make("h3", {}, this.content.title);
    const report = this.state.report ? [this.report()] : [];
    this.above.replaceChildren(title, ...report, ...this.place(), this.question());
    this.below.replaceChildren(this.buttons(), this.map(), this.foot());
    this.keepKeys();
    if (focus) this.focus(focus, "Next", "stem");
    if (this.announced !== this.verdict()) {
      this.announced = this.verdict();
      if (this.announced) this.say(this.announced.split("|")[1]);
    }
  }

  // JupyterLab must not take the keys for itself: "d d" would delete the cell. It looks for this
  // attribute from the element with the focus upwards, but tries its shortcuts there first.
  keepKeys() {
    const all = this.root.querySelectorAll("[tabindex], a, button, input, summary");
    for (const element of [this.root, ...all]) element.setAttribute("data-lm-suppress-shortcuts", "true");
  }

  // The first of these that can take the focus: what had it may be gone or disabled by now.
  focus(...names) {
    const found = names.map((name) => this.root.querySelector(`[data-focus="${name}"]:not(:disabled)`));
    found.find(Boolean)?.focus();
  }

  // "id|words" of the shown question's mark, so that it is announced once.
  verdict() {
    const mark = this.state.marks[this.item.id];
    if (!mark) return "";
    const letters = mark.correct.map((option) => LETTERS[option]).join(" and ");
    return `${this.item.id}|${mark.right ? "Right." : `Not right: ${letters}.`} The notes say why.`;
  }

  place() {
    const total = this.content.items.length;
    const answered = Object.keys(this.state.chosen).length;
    const where = [`Question ${this.number + 1} of ${total}`, this.item.domain].filter(Boolean);
    return [
      make("p", { class: "certlab-where" }, where.join(" · ")),
      make("progress", { max: total, value: answered, "aria-label": `${answered} of ${total} answered` }),
    ];
  }

  question() {
    const item = this.item;
    const box = make("div", { class: "certlab-question" });
    const stem = make("div", { class: "certlab-stem", id: unique("stem"), tabindex: "-1", "data-focus": "stem" });
    stem.innerHTML = item.stem;
    if (item.choose > 1) stem.append(make("p", { class: "certlab-choose" }, `Choose ${item.choose}.`));
    const group = make("div", {
      role: item.choose > 1 ? "group" : "radiogroup",
      "aria-labelledby": stem.id,
      class: "certlab-options",
    });
    const name = unique("option");
    item.options.forEach((html, option) => group.append(this.option(item, option, html, name)));
    box.append(stem, group);
    return box;
  }

  option(item, option, html, name) {
    const mark = this.state.marks[item.id];
    const isChosen = this.chosen(item).includes(option);
    const row = make("div", { class: "certlab-option" });
    const label = make("label");
    const input = make("input", {
      type: item.choose > 1 ? "checkbox" : "radio",
      name,
      "data-focus": `option-${option}`,
    });
    input.checked = isChosen;
    input.disabled = Boolean(mark);
    input.addEventListener("change", () => this.choose(option));
    const text = make("span", { class: "certlab-text" });
    text.innerHTML = html;
    label.append(input, make("span", { class: "certlab-letter" }, LETTERS[option]), text);
    row.append(label);
    if (mark) {
      const isRight = mark.correct.includes(option);
      row.classList.add(isRight ? "right" : isChosen ? "wrong" : "other");
      const note = make("p", { class: "certlab-note", id: unique("note") });
      const words = [isRight ? "✓ right" : "✗ wrong", isChosen ? "your choice" : ""];
      note.append(make("strong", {}, words.filter(Boolean).join(", ")), make("span"));
      note.lastChild.innerHTML = ` ${mark.notes[option]}`;
      input.setAttribute("aria-describedby", note.id);
      row.append(note);
    }
    return row;
  }

  buttons() {
    const item = this.item;
    const box = make("div", { class: "certlab-buttons" });
    const first = this.number === 0;
    const last = this.number + 1 === this.content.items.length;
    const add = (words, call, key, attributes = {}) => {
      const button = make("button", { type: "button", "data-focus": words, ...attributes }, words);
      if (key) button.setAttribute("aria-keyshortcuts", key);
      button.addEventListener("click", call);
      box.append(button);
      return button;
    };
    add("Previous", () => this.visit(this.number - 1), "p").disabled = first;
    if (this.isOpen(item)) add("Not sure", () => this.unsure(), "u");
    if (this.practice && this.isOpen(item)) {
      add("Check", () => this.check(), "Enter", { class: "primary" });
    } else {
      add("Next", () => this.next(), "n", { class: "primary" }).disabled = last;
    }
    if (!this.practice && !this.state.finished) {
      const done = Object.keys(this.state.chosen).length;
      const finish = add("Finish and see the result", () => this.finish());
      finish.disabled = done === 0;
      if (done === this.content.items.length) finish.classList.add("primary");
    }
    return box;
  }

  // Numbers to jump to any question; the words after them are for screen readers and tooltips.
  map() {
    const list = make("ol", { class: "certlab-map", "aria-label": "Questions" });
    this.content.items.forEach((item, number) => {
      const mark = this.state.marks[item.id];
      const chosen = this.state.chosen[item.id];
      let word = "not answered";
      let sign = "";
      if (chosen?.length === 0) [word, sign] = ["not sure", "?"];
      else if (chosen && mark) [word, sign] = mark.right ? ["right", "✓"] : ["wrong", "✗"];
      else if (chosen) [word, sign] = ["answered", "•"];
      const button = make("button", {
        type: "button",
        class: word.replace(" ", "-"),
        title: `Question ${number + 1}: ${word}`,
        "aria-label": `Question ${number + 1}, ${word}`,
        "data-focus": `number-${number}`,
      }, `${number + 1}${sign}`);
      if (number === this.number) button.setAttribute("aria-current", "step");
      button.addEventListener("click", () => this.visit(number));
      const entry = make("li");
      entry.append(button);
      list.append(entry);
    });
    return list;
  }

  report() {
    const box = make("div", { class: "certlab-report", tabindex: "-1", "data-focus": "report" });
    box.innerHTML = this.state.report;
    for (const link of box.querySelectorAll("a[data-module]")) {
      const address = moduleAddress(link.dataset.module);
      if (address) Object.assign(link, { href: address, target: "_blank" });
      else link.replaceWith(make("span", {}, link.textContent));
    }
    return box;
  }

  foot() {
    const foot = make("footer");
    const keys = "Keys: 1 to 9 choose · Enter goes on · N next · P previous · U not sure";
    const restart = make("button", { type: "button", class: "plain", "data-focus": "restart" }, "Start again");
    restart.addEventListener("click", () => this.restart());
    const notice = this.state.notice;
    const kept = notice || `Answers are kept in ${this.state.kept}`;
    foot.append(make("p", { class: notice ? "certlab-notice" : "" }, kept), make("p", {}, keys), restart);
    return foot;
  }
}

// Where JupyterLab or Notebook opens a module's lesson; null in other pages. The course's folder is
// known from the address of the notebook that shows the quiz.
function moduleAddress(name) {
  const place = window.location.pathname;
  const match = place.match(/^(.*\/(?:tree|notebooks)\/(?:.*\/)?)?notebooks\/\d\d-[^/]+\/[^/]+\.ipynb$/);
  return match?.[1] ? `${match[1]}notebooks/${name}.ipynb` : null;
}

function make(tag, attributes = {}, text = undefined) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  if (text !== undefined) element.textContent = text;
  return element;
}

let serial = 0;

function unique(name) {
  serial += 1;
  return `certlab-${name}-${serial}`;
}
