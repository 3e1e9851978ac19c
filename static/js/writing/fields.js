// The fields of the page and the queue: what is typed goes there, and what became of it comes back.

import { composing, isComposing, watchComposing } from "./compose.js";
import { fieldOf } from "./page.js";
import { draw, elementsOf, place } from "./place.js";

const LINE = "textarea[name=text]";

export function startFields(page, queue) {
  const { main } = page;
  main.addEventListener("input", (event) => {
    if (!isComposing(event)) noteTyping(page, queue, event.target);
  });
  watchComposing(main, (field) => noteTyping(page, queue, field));
  main.addEventListener("focusout", (event) => {
    const item = itemOf(event.target);
    if (item) queue.leave(item.dataset.item);
  });
  startForms(page, queue);
  queue.addEventListener("saved", ({ detail }) => tookIn(page, queue, detail));
  queue.addEventListener("answered", ({ detail }) => {
    if (detail.put.address) location.assign(detail.put.address);
    else place(page, queue, detail.put.html, { target: detail.put.target, own: detail.key });
  });
  queue.addEventListener("merged", ({ detail }) => {
    if (detail.joined) setText(page, detail.ref, detail.text, detail.version);
  });
  for (const event of ["saved", "answered"]) queue.addEventListener(event, () => becomeAmendment(page));
  startLeaving(page, queue);
}

/** The first change of a published week makes it an amendment, which the bar then offers to publish. */
export async function becomeAmendment(page) {
  if (page.main.dataset.state !== "published") return;
  page.main.dataset.state = "amending";
  const answer = await fetch(page.document.location.pathname, { redirect: "manual" }).catch(() => null);
  if (!answer?.ok) return;
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
  const bar = page.document.getElementById("bar");
  const parts = [...(fresh.getElementById("bar")?.children ?? [])].filter((part) => !page.document.getElementById(part.id));
  bar.append(...parts);
}

/** Whether somebody types in the item's field. */
export const isTypedIn = (page, ref) => {
  const { activeElement } = page.document;
  return page.copies(ref).some((item) => fieldOf(item) === activeElement);
};

export const isComposedIn = (page, ref) => {
  const field = composing();
  return field !== null && page.copies(ref).some((item) => fieldOf(item) === field);
};

/** The item whose own text field this is; null for other fields, and for a line that is no item yet. */
function itemOf(field) {
  const item = field?.matches?.(LINE) ? field.closest("[data-item]") : null;
  return item && fieldOf(item) === field && item.dataset.ghost === undefined ? item : null;
}

function noteTyping(page, queue, field) {
  const item = itemOf(field);
  if (!item) return noteForm(queue, field);
  const { item: ref, version } = item.dataset;
  queue.text(ref, field.value, { version: Number(version), base: field.defaultValue });
  for (const copy of page.copies(ref)) {
    const other = fieldOf(copy);
    if (other && other !== field) other.value = field.value;
  }
}

/** The item now says `text`, which is stored as `version`. */
export function setText(page, ref, text, version) {
  for (const item of page.copies(ref)) {
    const field = fieldOf(item);
    if (!field) continue;
    item.dataset.version = version;
    field.defaultValue = text;
    if (field.value !== text) field.value = text;
  }
}

/** The server has it: versions and recognised values follow; sections that changed otherwise are drawn anew. */
function tookIn(page, queue, answer) {
  if (answer.version) page.version = answer.version;
  for (const [ref, { id, version, state }] of Object.entries(answer.items ?? {})) {
    page.learn(queue.nameOf(ref), id);
    const text = answer.texts[ref];
    for (const item of page.copies(ref)) {
      const field = fieldOf(item);
      if (field && text !== undefined) Object.assign(field, { defaultValue: text });
      if (text !== undefined) item.dataset.version = version;
      if (field && state) setState(item, state);
    }
  }
  for (const id of answer.redraw ?? []) redrawSection(page, queue, id);
}

/** The values recognised in the item's text, unless somebody is busy with them. */
export function setState(item, html) {
  const old = item.querySelector(":scope > .field > .state");
  const [fresh] = elementsOf(html);
  if (!old || !fresh || old.contains(old.ownerDocument.activeElement) || old.querySelector("details[open]")) return;
  if (old.id !== fresh.id) return;
  old.replaceWith(fresh);
}

const drawing = new Map();

/**
 * Fetch the section anew and put it around what is written in it; once structure is stored, and once at a time.
 * What was saved while it was on its way is not in it: then it is fetched again. False where the server does not
 * give it.
 */
export async function redrawSection(page, queue, id) {
  if (drawing.has(id)) return void drawing.set(id, true);
  drawing.set(id, false);
  const { version } = page;
  try {
    const answer = await fetch(`${page.url}/sections/${id}`, { headers: { "HX-Request": "true" }, redirect: "manual" });
    if (!answer.ok) return false;
    const [fresh] = elementsOf(await answer.text());
    const old = page.section(id);
    if (!fresh || !old) return true;
    if (queue.line("structure").isPending || page.version !== version) drawing.set(id, true);
    else draw(page, queue, old, fresh);
    return true;
  } catch {
    drawing.set(id, true);
    return true;
  } finally {
    const again = drawing.get(id);
    drawing.delete(id);
    if (again) setTimeout(() => redrawSection(page, queue, id), 1000);
  }
}

// Forms that are saved as a whole

function startForms(page, queue) {
  page.main.addEventListener("change", ({ target }) => noteForm(queue, target, "now"));
  page.main.addEventListener("submit", (event) => {
    const { target, submitter } = event;
    if (submitter?.hasAttribute("formaction")) return;
    const item = itemOf(target.elements.namedItem("text"));
    if (!item && !target.dataset.save) return;
    event.preventDefault();
    if (item) queue.leave(item.dataset.item);
    else queue.form(target.dataset.save, formSource(target), "now");
  });
}

/** Lines of prose are saved as one types, a single value when one leaves it. */
function noteForm(queue, field, when = field.localName === "textarea" ? "soon" : "later") {
  const { form } = field;
  if (form?.dataset.save) queue.form(form.dataset.save, formSource(form), when);
}

export function formSource(form) {
  return {
    element: form,
    entries: () => [...new FormData(form)].filter(([, value]) => typeof value === "string"),
    problem: () => [...form.elements].find((field) => !field.validity.valid)?.validationMessage ?? "",
    request: () => ({
      address: form.getAttribute("action"),
      body: new URLSearchParams(new FormData(form)).toString(),
    }),
  };
}

/** After others drew over fields: what is typed and not saved yet stands in them again. */
export function putBack(page, queue) {
  for (const line of queue.unsaved()) {
    if (line.ref !== undefined) {
      for (const item of page.copies(line.ref)) {
        const field = fieldOf(item);
        if (field && field.value !== line.typed) field.value = line.typed;
      }
    } else if (line.source && !line.source.element.isConnected) {
      const form = page.main.querySelector(`form[data-save="${CSS.escape(line.key)}"]`);
      if (form) refill(form, line.source.entries());
      if (form) line.source = formSource(form);
    }
  }
}

/** Put the values back into the fields that one sees; the version stays that of the page. */
export function refill(form, entries, { hidden = false } = {}) {
  for (const [name, value] of entries) {
    const found = form.elements.namedItem(name);
    for (const field of found instanceof RadioNodeList ? found : found ? [found] : []) {
      if (field.type === "radio" || field.type === "checkbox") field.checked = field.value === value;
      else if (field.type !== "hidden" || hidden) field.value = value;
    }
  }
}

// Leaving the page

function startLeaving(page, queue) {
  const { document } = page;
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden") queue.leavePage();
    else queue.wake();
  });
  addEventListener("pagehide", () => queue.leavePage());
  addEventListener("online", () => queue.wake());
  addEventListener("focus", () => queue.wake());
  addEventListener("beforeunload", (event) => {
    if (queue.pending) event.preventDefault();
  });
  const { location } = document;
  storedFirst(document, queue, "submit", ({ target, submitter }) => {
    const saved = target.dataset.save || itemOf(target.elements.namedItem("text"));
    if (saved && !submitter?.hasAttribute("formaction")) return null;
    if (target.hasAttribute("hx-post") || submitter?.hasAttribute("hx-post") || target.target === "_blank") return null;
    return () => target.requestSubmit(submitter);
  });
  storedFirst(document, queue, "click", (event) => {
    const link = event.target.closest("a[href]");
    const isElsewhere = event.ctrlKey || event.metaKey || event.shiftKey || event.altKey || event.button !== 0;
    if (!link || isElsewhere || link.target === "_blank" || link.hasAttribute("download")) return null;
    const sameReport = link.pathname === location.pathname && link.hash;
    return sameReport ? null : () => location.assign(link.href);
  });
}

/**
 * What leads to another page happens once everything typed is stored. Where something cannot be stored it happens
 * all the same, and the browser asks whether to leave.
 */
function storedFirst(document, queue, kind, leadsAway) {
  const passing = new WeakSet();
  const hold = async (event) => {
    if (!queue.pending || passing.has(event.target)) return;
    const go = leadsAway(event);
    if (!go) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    document.activeElement?.blur();
    await queue.flush();
    passing.add(event.target);
    go();
    passing.delete(event.target);
  };
  document.addEventListener(kind, hold, { capture: true });
}
