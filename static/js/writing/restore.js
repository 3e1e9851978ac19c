// What an earlier page left unsaved (it was reloaded, crashed, lost its network or its session) comes back: into
// its field where that is still there, else beside the report, to be copied. None of it goes without being seen.

import { redrawAll } from "./live.js";
import { fieldOf } from "./page.js";
import { formSource, refill } from "./fields.js";
import { send } from "./sending.js";

const AGAIN = 2000;

export async function restore(page, queue, vault, told) {
  vault.onleft = () => restore(page, queue, vault, told);
  const left = await vault.left();
  const steps = left.filter((record) => record.kind === "structure");
  if (steps.length && (await doAgain(page, vault, left, steps))) await redrawAll(page, queue);
  let count = 0;
  for (const record of left) {
    if (record.kind === "text") count += restoreText(page, queue, vault, record);
    if (record.kind === "form") count += restoreForm(page, queue, vault, record);
    if (record.kind === "lost") showLost(page, vault, record);
  }
  if (count) told(page.say("restored", { count }));
}

/**
 * Send the steps again as the earlier page would have: the server knows those that it has. True where something
 * was stored, which this page does not show.
 */
async function doAgain(page, vault, left, records) {
  let stored = false;
  for (const record of records) {
    for (const { sequence, changes } of record.steps) {
      const outcome = await again(page, record.client, sequence, changes);
      if (outcome.kind === "saved") {
        stored = true;
        for (const [ref, { id }] of Object.entries(outcome.answer.items ?? {})) {
          const text = left.find(({ kind, ref: name, client }) => kind === "text" && name === ref && client === record.client);
          if (text) await vault.amend(Object.assign(text, { id }));
        }
      } else await keepLost(vault, record, changes);
    }
    await vault.discard(record.key);
  }
  return stored;
}

async function again(page, client, sequence, changes) {
  const body = JSON.stringify({ client, field: "structure", sequence, changes });
  const headers = { "Content-Type": "application/json", Accept: "application/json" };
  for (;;) {
    const outcome = await send({ sequence, body, headers, address: `${page.url}/changes` });
    if (outcome.kind !== "again" && outcome.kind !== "signed-out") return outcome;
    await new Promise((resolve) => setTimeout(resolve, AGAIN));
  }
}

/** The words of a step that cannot be done any more. */
async function keepLost(vault, record, changes) {
  const texts = [];
  const read = (item) => {
    texts.push(item.text);
    (item.items ?? []).forEach(read);
  };
  for (const change of changes) {
    if (change.kind === "add") change.items.forEach(read);
    if (change.kind === "text") texts.push(change.text);
  }
  const text = texts.filter(Boolean).join("\n");
  const { client } = record;
  const field = `lost-${changes.length}-${text.length}`;
  if (text) await vault.amend({ key: `${record.key} ${field}`, field, client, kind: "lost", text });
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
