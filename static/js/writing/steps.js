// Steps of structure on their way to the server: each is stored whole and in its order, once the texts that it builds
// on are. What others changed meanwhile is taken out of a step and told of by itself; the rest of it stands.

import { TextLine, namesIn } from "./lines.js";

export class Steps {
  #line;
  #queue;

  /** `line` holds the steps; `queue` is what the save queue lets be done with its texts and tells of. */
  constructor(line, queue) {
    this.#line = line;
    this.#queue = queue;
  }

  /** Add a step. Gives the server's answer, once there is one. */
  add(changes, sequence) {
    const { lineOf, nameOf, hold, keep } = this.#queue;
    const { names, made } = namesIn(changes);
    const { promise, resolve, reject } = withResolvers();
    promise.catch(() => {});
    for (const [name, text] of made) {
      if (!lineOf(name)) hold(new TextLine(name, { version: 0, base: text }));
    }
    for (const { kind, item, text } of changes) {
      const line = kind === "text" ? lineOf(item) : null;
      if (!line) continue;
      line.typed = text;
      keep(line);
    }
    this.#line.steps.push({ changes, names: new Set([...names].map(nameOf)), made, resolve, reject, sequence });
    return promise;
  }

  /** The next step to be sent, and its changes; null as long as a text of it is on its way. */
  next() {
    const [step] = this.#line.steps;
    if (!step || [...step.names].some((name) => this.#queue.lineOf(name)?.save)) return null;
    return { step, changes: step.changes.map((change) => this.#upToDate(change)) };
  }

  /** The change with the newest version that this page was told, its own saves being no clash. */
  #upToDate(change) {
    if (!["text", "remove", "reopen"].includes(change.kind)) return change;
    const line = this.#queue.lineOf(change.item);
    const version = Math.max(change.version, this.#queue.versionOf(change.item));
    if (change.kind === "text" && line) return { ...change, version: line.version || version, base: line.base };
    return { ...change, version };
  }

  /** What came of a step that was sent. */
  came({ step, changes }, outcome) {
    const { lineOf, keep, plan, tell } = this.#queue;
    if (outcome.kind === "clash" || (outcome.kind === "gone" && outcome.item != null)) {
      return this.#without(step, outcome.problem ?? outcome, outcome.kind);
    }
    this.#line.steps.shift();
    if (outcome.kind === "saved") {
      const texts = this.#stored(step, changes, outcome.answer);
      step.resolve(outcome.answer);
      tell("saved", { ...outcome.answer, texts });
    } else {
      step.reject(outcome);
      tell("failed", { changes: step.changes, ...outcome });
    }
    keep(this.#line);
    for (const name of step.names) if (lineOf(name)) plan(lineOf(name));
  }

  /** The texts that are stored with the step, by name; what was typed since goes on from them. */
  #stored(step, changes, answer) {
    const { lineOf, nameOf, learn, drop, keep } = this.#queue;
    const texts = Object.fromEntries(step.made);
    for (const { kind, item, text } of changes) if (kind === "text") texts[item] = text;
    learn(answer, texts);
    for (const [item, text] of Object.entries(texts)) this.#goOn(item, text, answer);
    for (const name of (answer.removed ?? []).map(nameOf)) {
      if (!this.#line.touches(name)) drop(name);  // else it was brought back since
    }
    for (const name of step.names) {
      const line = lineOf(name);
      if (line?.isPending) keep(line, { now: true });
    }
    return texts;
  }

  #goOn(item, text, answer) {
    const line = this.#queue.lineOf(item);
    const version = answer.items?.[item]?.version;
    if (!line || version === undefined) return;
    Object.assign(line, { base: text, version, apart: null });
    if (!line.isPending) this.#queue.settled(line);
  }

  /** Others changed or removed an item of the step: the rest of it stands, and that one is told of by itself. */
  #without(step, problem, kind) {
    const { lineOf, nameOf, hold, plan, tell } = this.#queue;
    const name = nameOf(problem.item);
    const concerns = (change) => change.item != null && nameOf(change.item) === name;
    const change = step.changes.find(concerns);
    // what stays after all, though it was to go, is saved by itself
    const goes = step.changes.some((other) => other.kind === "remove" && concerns(other));
    const isClash = kind === "clash" && change?.kind === "text" && problem.merged == null && !goes;
    if (change?.kind === "text" && kind === "clash") {
      const line = lineOf(name) ?? new TextLine(name, change);
      hold(line);
      line.typed = change.text;
      line.clash = isClash ? problem : null;
    }
    const changes = change ? [change] : step.changes;
    tell(isClash ? "clash" : "failed", { line: lineOf(name), problem, changes, kind });
    step.changes = change ? step.changes.filter((other) => !concerns(other)) : [];
    Object.assign(step, namesIn(step.changes));
    if (!step.changes.length) {
      this.#line.steps.shift();
      step.reject(problem);
    }
    if (lineOf(name)) plan(lineOf(name));
  }
}

/** `Promise.withResolvers`, which browsers of early 2024 lack. */
function withResolvers() {
  let resolve, reject;
  const promise = new Promise((...both) => ([resolve, reject] = both));
  return { promise, resolve, reject };
}
