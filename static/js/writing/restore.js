// What an earlier page left unsaved (it was reloaded, crashed, lost its network or its session) comes back: into
// its field where that is still there, else beside the report, to be copied. None of it goes without being seen.

import { restoreAdding } from "./adding.js";
import { redrawAll } from "./live.js";
import { fieldOf } from "./page.js";
import { formSource, refill } from "./fields.js";
import { namesIn } from "./lines.js";

const AGAIN = 2000;

/** `recall` takes in what an earlier page could undo. Pages that are closed later are seen to one after the other. */
export function restore(page, queue, vault, told, recall) {
  let seenTo = Promise.resolve();
  const see = () => seeToLeft(page, queue, vault, told, recall);
  vault.onleft = () => (seenTo = seenTo.then(see, see));
  vault.onleft();
}

async function seeToLeft(page, queue, vault, told, recall) {
  const left = await vault.left();
  const steps = left.filter((record) => record.kind === "structure");
  if (steps.length) {
    queue.catchUp("saving");
    await new Replay(page, queue, vault, left).run(steps);
    await redrawAll(page, queue);
  }
  let count = 0;
  for (const record of left) {
    if (record.kind === "text") count += restoreText(page, queue, vault, record);
    if (record.kind === "form") count += restoreForm(page, queue, vault, record);
    if (record.kind === "adding") count += restoreLine(page, vault, record);
    if (record.kind === "lost") showLost(page, vault, record);
    if (record.kind === "history") recall(record);
  }
  queue.catchUp(null);
  if (count) told(page.say("restored", { count }));
}

/** Sends steps again as the page would have that left them: the server knows those that it has. */
class Replay {
  #page;
  #queue;
  #vault;
  #left;
  #versions = new Map();
  #asked = 0;

  constructor(page, queue, vault, left) {
    this.#page = page;
    this.#queue = queue;
    this.#vault = vault;
    this.#left = left;
  }

  async run(records) {
    for (const record of records) {
      for (const step of record.steps) await this.#step(record, step);
      await this.#vault.discard(record.key);
    }
    const unnamed = this.#left.filter(({ kind, ref, id }) => kind === "text" && !id && !/^\d+$/.test(ref));
    for (const text of unnamed) await this.#ask(text);
  }

  /** Store what can be stored of the step; what others have overtaken is kept, to be seen. */
  async #step(record, { sequence, changes }) {
    let rest = changes.map((change) => this.#upToDate(change));
    while (rest.length) {
      const outcome = await this.#send({ client: record.client, field: "structure", sequence, changes: rest });
      if (outcome.kind === "saved") return this.#learn(outcome.answer, rest);
      if (outcome.kind === "superseded") return;  // stored, and so was the step after it
      const name = (outcome.problem ?? outcome).item;
      const concerned = rest.filter(({ item }) => item != null && String(item) === String(name));
      const apart = concerned.length ? concerned : rest;
      for (const change of apart) await this.#keepApart(record, sequence, change, outcome);
      rest = rest.filter((change) => !apart.includes(change));
    }
  }

  async #send({ client, field, sequence, changes }) {
    const body = JSON.stringify({ client, field, sequence, changes });
    const headers = { "Content-Type": "application/json", Accept: "application/json" };
    for (;;) {
      const outcome = await this.#queue.transport({ sequence, body, headers, address: `${this.#page.url}/changes` });
      if (outcome.kind === "signed-out" || outcome.kind === "other-person") this.#queue.pause(outcome.kind);
      else if (outcome.kind !== "again") return outcome;
      this.#queue.catchUp(outcome.why === "network" ? "offline" : "retrying");
      await new Promise((resolve) => setTimeout(resolve, AGAIN));
    }
  }

  /** The page that left the step did not know yet what versions its own items would have. */
  #upToDate(change) {
    const version = this.#versions.get(String(change.item));
    return version === undefined || change.version === undefined ? change : { ...change, version };
  }

  async #learn(answer, changes) {
    const own = new Set([...namesIn(changes).made.keys(), ...changes.filter(({ kind }) => kind === "text").map(({ item }) => String(item))]);
    for (const [ref, { id, version }] of Object.entries(answer.items ?? {})) {
      if (own.has(ref)) this.#versions.set(ref, version);
      await this.#name(ref, id);
    }
  }

  async #name(ref, id) {
    this.#page.learn(ref, id);
    for (const text of this.#left.filter((each) => each.kind === "text" && each.ref === ref && !each.id)) {
      await this.#vault.amend(Object.assign(text, { id }));
    }
  }

  /** The id of an item whose step was stored without this page being told: to keep it changes nothing. */
  async #ask({ ref }) {
    const { client } = this.#page;
    const changes = [{ kind: "keep", item: ref }];
    const outcome = await this.#send({ client, field: "named", sequence: ++this.#asked, changes });
    for (const [name, { id }] of Object.entries(outcome.answer?.items ?? {})) await this.#name(name, id);
  }

  /** A text over another one shows both; words whose place is gone are shown beside the report. */
  async #keepApart({ key, client }, sequence, change, { kind, problem }) {
    const words = wordsOf(change);
    const ref = String(change.item);
    const isTyped = this.#left.some((each) => each.kind === "text" && each.ref === ref && each.client === client);
    if (!words || (isTyped && change.kind === "text")) return;
    const field = `apart-${sequence}-${this.#left.length}`;
    const row = { key: `${key} ${field}`, field, client };
    const kept =
      change.kind === "text" && kind === "clash"
        ? { ...row, kind: "text", ref, id: problem.item, text: words, base: change.base, version: change.version }
        : { ...row, kind: "lost", text: words };
    this.#left.push(kept);
    await this.#vault.amend(kept);
  }
}

function wordsOf(change) {
  if (change.kind === "text") return change.text;
  if (change.kind === "restore") return change.texts.map(([, text]) => text).filter(Boolean).join("\n");
  const read = ({ text, items = [] }) => [text, ...items.flatMap(read)];
  return change.kind === "add" ? change.items.flatMap(read).filter(Boolean).join("\n") : "";
}

function restoreText(page, queue, vault, record) {
  const ref = record.id ?? record.ref;
  const item = page.item(ref);
  const field = fieldOf(item);
  if (!field || queue.textLine(ref)) return lose(page, vault, record, record.text);
  const stored = field.defaultValue;
  if (stored !== record.text) {
    const goesOn = stored === record.base || stored === record.sent;
    const over = goesOn ? { version: Number(item.dataset.version), base: stored } : record;
    for (const copy of page.copies(ref)) fieldOf(copy).value = record.text;
    queue.text(ref, record.text, { version: over.version, base: over.base, ours: record.sent });
    queue.keepAll();
  }
  vault.discard(record.key);
  return stored === record.text ? 0 : 1;
}

function restoreLine(page, vault, record) {
  if (!restoreAdding(page, record)) {
    return lose(page, vault, record, record.entries.map(([, value]) => value).filter(Boolean).join(" "));
  }
  vault.discard(record.key);
  return 1;
}

function restoreForm(page, queue, vault, record) {
  const form = page.main.querySelector(`form[data-save="${CSS.escape(record.field)}"]`);
  const shown = record.entries.filter(([name]) => !["version", "base"].includes(name));
  if (!form || queue.line(record.field)) {
    return lose(page, vault, record, shown.map(([, value]) => value).filter(Boolean).join("\n"));
  }
  const now = new Map(new FormData(form));
  const differs = shown.some(([name, value]) => (now.get(name) ?? "") !== value);
  if (differs) {
    refill(form, record.entries, { hidden: true });
    queue.form(record.field, formSource(form), "now");
    queue.keepAll();
  }
  vault.discard(record.key);
  return differs ? 1 : 0;
}

function lose(page, vault, record, text) {
  showLost(page, vault, { ...record, text });
  return 0;
}

/** A text that has no place any more, until the person has copied it or let it go. */
function showLost(page, vault, { key, text }) {
  if (!text) return void vault.discard(key);
  const { document } = page;
  const list = document.getElementById("lost");
  const row = document.getElementById("lost-row").content.firstElementChild.cloneNode(true);
  row.querySelector("textarea").value = text;
  row.querySelector("[data-copy-lost]").addEventListener("click", () => copy(row.querySelector("textarea")));
  row.querySelector("[data-drop-lost]").addEventListener("click", () => {
    vault.discard(key);
    row.remove();
    list.hidden = !list.querySelector("li");
  });
  list.querySelector("ul").append(row);
  list.hidden = false;
}

/** `navigator.clipboard` is missing on plain-HTTP addresses. */
function copy(field) {
  field.select();
  if (navigator.clipboard) navigator.clipboard.writeText(field.value).catch(() => {});
  else field.ownerDocument.execCommand("copy");
}
