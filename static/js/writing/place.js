// Puts what the server drew into the page, around what somebody is writing: a field that is typed in, or that
// holds what is not saved yet, is never replaced.

import { fieldOf } from "./page.js";

/** Forms of a line for what is new, and the fields in them that one writes in. */
export const ADDING = "form.adding[id]";
export const FREE = "input:not([type=hidden]), textarea";

/** The elements that must stay as they are. */
export function written(page, queue) {
  const { activeElement } = page.document;
  const isField = activeElement?.matches("textarea, select, input:not([type=radio], [type=checkbox])");
  const kept = isField && page.main.contains(activeElement) ? [activeElement] : [];
  for (const line of queue.unsaved()) {
    if (line.ref !== undefined) kept.push(...page.copies(line.ref).map((item) => item.querySelector(":scope > .field")));
    else if (line.source) kept.push(line.source.element);
  }
  kept.push(...[...page.main.querySelectorAll(`${ADDING} :is(${FREE})`)].filter(({ value }) => value));
  return kept.filter(Boolean);
}

/** The elements of an HTML text. */
export function elementsOf(html) {
  const template = document.createElement("template");
  template.innerHTML = html;
  return [...template.content.children];
}

/**
 * Put an answer's elements where those of the same id are, the first one at `target` where that is given. `own` is
 * the name of the form that was saved: what it names to be saved next is in the answer.
 */
export function place(page, queue, html, { target = null, own = null } = {}) {
  for (const fresh of elementsOf(html)) {
    if (fresh.localName === "hx-partial") placePartial(page, queue, fresh);
    else {
      const old = page.document.querySelector(target ?? `#${CSS.escape(fresh.id)}`);
      if (old) draw(page, queue, old, fresh, own);
    }
  }
}

/** A part that htmx would put elsewhere. Of the bar only the version counts: what is saved the queue knows. */
function placePartial(page, queue, partial) {
  const { content } = partial.querySelector("template") ?? { content: partial };
  const [fresh] = content.children;
  const target = partial.getAttribute("hx-target");
  if (target === "#bar") {
    const version = fresh?.querySelector("[data-report-version]")?.value;
    if (version) page.version = version;
    return;
  }
  const old = page.document.querySelector(target);
  if (old && fresh) draw(page, queue, old, fresh);
}

/** `fresh` in the place of `old`, with the focus where it was, and unfolded where it was. */
export function draw(page, queue, old, fresh, own = null) {
  const kept = written(page, queue);
  const held = focused(page.document);
  const open = unfolded(old);
  if (own) adopt(page.document, fresh, own);
  morph(page, old, fresh, kept);
  window.htmx.process(old.isConnected ? old : fresh);
  unfold(page.document, open);
  refocus(page.document, held);
}

/** The names of what is unfolded in an element, to be unfolded again. */
export const unfolded = (element) => [...element.querySelectorAll("details.more[id][open]")].map(({ id }) => id);

export function unfold(document, names) {
  for (const name of names) document.getElementById(name)?.setAttribute("open", "");
}

/** The form that was saved goes on from what is stored now, also while somebody is still in it. */
function adopt(document, fresh, name) {
  const named = `form[data-save="${CSS.escape(name)}"]`;
  const form = fresh.matches(named) ? fresh : fresh.querySelector(named);
  const old = document.querySelector(named);
  if (!form || !old) return;
  for (const field of form.elements) {
    const same = old.elements.namedItem(field.name);
    if (same instanceof RadioNodeList || !same || field.name === "") continue;
    if (field.type === "hidden") same.value = field.value;
    else if ("defaultValue" in same) same.defaultValue = field.defaultValue;
  }
}

/** Whether the form is about the same stored values; if not, what it was opened with must stay what it names. */
function saysTheSame(old, fresh) {
  return [...old.elements].every((field) => {
    const same = fresh.elements.namedItem(field.name);
    return field.type === "hidden" || same?.defaultValue === undefined || same.defaultValue === field.defaultValue;
  });
}

function morph(page, old, fresh, kept) {
  if (old.matches("form[data-save]") && fresh.elements && !saysTheSame(old, fresh)) {
    if (kept.some((element) => old.contains(element))) return;
  }
  if (!kept.some((element) => old.contains(element))) {
    old.replaceWith(fresh);
    return;
  }
  if (kept.includes(old)) return;
  let untouched = null;
  if (old.matches("[data-item]")) {
    old.className = fresh.className;
    const [mine, theirs] = [fieldOf(old), fieldOf(fresh)];
    if (mine?.defaultValue === theirs?.defaultValue) old.dataset.version = fresh.dataset.version;
    else if (kept.includes(mine)) untouched = mine.closest(".field");
  }
  const children = keyed(page, old);
  const wanted = [...keyed(page, fresh)];
  const order = [];
  for (const [key, child] of wanted) {
    const known = children.get(key);
    children.delete(key);
    if (!known) order.push(child);
    else if (known === untouched) order.push(known);
    else if (kept.some((element) => known.contains(element))) {
      morph(page, known, child, kept);
      order.push(known);
    } else {
      known.replaceWith(child);
      order.push(child);
    }
  }
  for (const gone of children.values()) {
    if (!kept.some((element) => gone.contains(element))) gone.remove();
  }
  arrange(old, order);
}

/** Children as they are wanted before `end`, without moving the one that has the focus: it would lose it. */
export function arrange(parent, order, end = null) {
  const { activeElement } = parent.ownerDocument;
  let next = end;
  for (const child of [...order].reverse()) {
    const isThere = child.parentNode === parent && (child.nextElementSibling === next || child.contains(activeElement));
    if (!isThere) parent.insertBefore(child, next);
    next = child;
  }
}

function keyed(page, parent) {
  const seen = new Map();
  const children = new Map();
  for (const child of parent.children) {
    const kind = child.dataset.item ? `item ${page.idOf(child.dataset.item)}` : child.id || `${child.localName}.${child.classList[0] ?? ""}`;
    const count = seen.get(kind) ?? 0;
    seen.set(kind, count + 1);
    children.set(`${kind} ${count}`, child);
  }
  return children;
}

/** What has the focus, to be found again. */
export function focused(document) {
  const element = document.activeElement;
  if (!element || element === document.body) return null;
  const around = [];
  for (let outer = element.parentElement; outer && !outer.matches("main"); outer = outer.parentElement) {
    if (outer.id) around.push(outer.id);
  }
  return { element, around, id: element.id, form: element.form?.id, name: element.name, value: element.value };
}

/**
 * The same field or button of the same form, where the one with the focus was replaced; where there is none any more,
 * what is nearest: the field that is described there, or the first that one can go to.
 */
export function refocus(document, held) {
  if (!held || held.element.isConnected) return;
  const form = held.form && document.getElementById(held.form);
  const same = (element) => (held.id ? element.id === held.id : element.name === held.name && element.value === held.value);
  const found = (held.id && document.getElementById(held.id)) || [...(form?.elements ?? [])].find(same);
  (found ?? nearest(document, held.around))?.focus({ preventScroll: true });
}

function nearest(document, around) {
  for (const id of around) {
    const place = document.getElementById(id);
    const described = place && document.querySelector(`[aria-describedby~="${CSS.escape(id)}"]`);
    const first = () => [...place.querySelectorAll("summary, button, input:not([type=hidden]), select, textarea")];
    const found = place && (described ?? first().find((each) => each.checkVisibility() && each.tabIndex >= 0));
    if (found) return found;
  }
  return null;
}
