// Lines for what is new: an event, a metric. They are free as soon as they are sent, so that one writes on at once; and
// what stands in them and is not added yet outlives a reload, as all that is typed does.

import { refill } from "./fields.js";
import { ADDING, FREE, place } from "./place.js";

export function startAdding(page, queue, vault, tell) {
  const { document, main } = page;
  const sent = new Map();
  let standing = [];
  const keep = (form) => vault.keep(form.id, () => recordOf(form, sent.get(form.id)?.entries));
  // the section, and the line in it, may have been drawn anew meanwhile
  const settle = (id, { ctx: { response }, entries, again }) => {
    const form = document.getElementById(id);
    const isAdded = response?.status < 400;
    sent.delete(id);
    if (!form) return;
    if (!isAdded) refill(form, joined(entries, entriesOf(form)));
    if (!response) tell(page.say("not_added"));
    keep(form);
    if (isAdded && again) form.requestSubmit();
  };
  main.addEventListener("input", ({ target }) => {
    if (target.form?.matches(ADDING)) keep(target.form);
  });
  // one after the other: what is typed meanwhile waits for the answer
  const hold = (event) => {
    const before = sent.get(event.target.id);
    if (!before) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    before.again = true;
  };
  main.addEventListener("submit", hold, { capture: true });
  document.addEventListener("htmx:before:request", ({ detail: { ctx } }) => {
    const form = ctx.sourceElement;
    if (!form.matches?.(ADDING)) return;
    sent.set(form.id, { ctx, entries: entriesOf(form), again: false });
    empty(form);
    if (form.contains(document.activeElement)) form.querySelector(FREE).focus();
  });
  document.addEventListener("htmx:finally:request", ({ detail: { ctx } }) => {
    for (const [id, line] of sent) if (line.ctx === ctx) settle(id, line);
  });
  document.addEventListener("htmx:before:swap", (event) => {
    const { ctx } = event.detail;
    standing = [...main.querySelectorAll(ADDING)].map(standingIn);
    const form = ctx.sourceElement;
    if (!form.matches?.(ADDING) || ctx.response.status >= 400) return;
    // around the line one writes on in, perhaps in the middle of composing a word
    event.preventDefault();
    const { id } = ctx.target;
    place(page, queue, ctx.text, { target: `#${id}` });
    document.getElementById(id).dispatchEvent(new CustomEvent("htmx:after:swap", { bubbles: true, detail: { ctx } }));
  });
  document.addEventListener("htmx:after:swap", () => {
    for (const { form, caret } of standing) {
      const fresh = document.getElementById(form.id);
      if (fresh && fresh !== form) carryOver(form, fresh, caret);
    }
    standing = [];
  });
  addEventListener("beforeunload", (event) => {
    const isTyped = [...main.querySelectorAll(ADDING)].some((form) => recordOf(form));
    if (isTyped && !vault.works) event.preventDefault();
  });
}

/** Put what an earlier page left into its line again. False where that is not there, or somebody writes in it. */
export function restoreAdding(page, { form: id, entries }) {
  const form = page.document.getElementById(id);
  if (!form?.matches(ADDING) || recordOf(form)) return false;
  refill(form, entries);
  for (const field of form.querySelectorAll(FREE)) field.dispatchEvent(new Event("input", { bubbles: true }));
  return true;
}

const entriesOf = (form) => [...form.querySelectorAll(FREE)].map(({ name, value }) => [name, value]);

/** What was sent and what was typed since stand together. */
const joined = (before, after) => after.map(([name, value], at) => [name, [before[at][1], value].filter(Boolean).join(" ")]);

function recordOf(form, before) {
  const entries = before ? joined(before, entriesOf(form)) : entriesOf(form);
  return entries.some(([, value]) => value.trim()) ? { kind: "adding", form: form.id, entries } : null;
}

function empty(form) {
  for (const field of form.querySelectorAll(FREE)) {
    field.value = "";
    field.dispatchEvent(new Event("input", { bubbles: true }));
  }
}

function standingIn(form) {
  const field = form.ownerDocument.activeElement;
  const isHere = form.contains(field) && field.matches(FREE);
  return { form, caret: isHere ? { name: field.name, start: field.selectionStart, end: field.selectionEnd } : null };
}

function carryOver(form, fresh, caret) {
  const typed = entriesOf(form).filter(([, value]) => value);
  refill(fresh, typed);
  const field = caret && fresh.elements.namedItem(caret.name);
  field?.focus({ preventScroll: true });
  field?.setSelectionRange(caret.start, caret.end);
  for (const [name] of typed) fresh.elements.namedItem(name).dispatchEvent(new Event("input", { bubbles: true }));
}
