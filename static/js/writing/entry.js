// Figures and events: what the keys do from field to field, and what the server made of a value.

export function startEntry(page, queue) {
  startReadings(page, queue);
  startEvents(page);
}

// Metrics

const FIELD = ".reading > .value";

function startReadings(page, queue) {
  const { main } = page;
  main.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
    if (!event.target.matches(`${FIELD}, .counts .value`)) return;
    event.preventDefault();
    goOn(main, event.target, event.shiftKey ? -1 : 1);
  });
  main.addEventListener("focusin", ({ target }) => {
    if (target.matches(FIELD) && isUnreported(target.form)) target.select();
  });
  // One count alone says nothing yet: it is saved with the other one.
  for (const kind of ["input", "change"]) main.addEventListener(kind, waitForBoth, { capture: true });
  main.addEventListener("click", (event) => {
    const button = event.target.closest("button[name=accepted], button[name=unreported]");
    if (!button) return;
    event.preventDefault();
    setValue(button.form.elements.namedItem("literal"), button.dataset.words ?? button.value);
  });
  queue.addEventListener("answered", ({ detail }) => {
    const isTyped = queue.unsaved().some((line) => line.key === detail.key);
    if (detail.key.startsWith("reading-") && !isTyped) takeOver(page, detail.key);
  });
}

/** To the next metric's field, or the first field behind the last one. */
function goOn(main, field, step) {
  const fields = [...main.querySelectorAll(FIELD)];
  const own = field.matches(FIELD) ? field : field.form.querySelector(":scope > .value");
  const next = fields[fields.indexOf(own) + step];
  if (next) {
    next.focus();
    next.select();
  } else if (step > 0) own.closest("section").querySelector(".adding input:not([type=hidden])")?.focus();
}

function waitForBoth(event) {
  if (!event.target.matches?.(".counts .value")) return;
  const { numerator, denominator } = event.target.form.elements;
  if (!numerator.value.trim() !== !denominator.value.trim()) event.stopPropagation();
}

const isUnreported = (form) => form.querySelector(":scope > .state")?.dataset.unreported !== undefined;

function setValue(field, value) {
  field.value = value;
  field.dispatchEvent(new Event("input", { bubbles: true }));
  field.dispatchEvent(new Event("change", { bubbles: true }));
  field.focus();
  field.select();
}

/** What was made of the typed value (`99.98` is `99.98%`) stands in the fields that nobody is in. */
function takeOver(page, key) {
  const state = page.document.getElementById(`state-${key}`);
  if (!state) return;
  const { literal, numerator, denominator } = state.closest("form").elements;
  const stored = [
    [literal, state.dataset.literal],
    [numerator, state.dataset.numerator],
    [denominator, state.dataset.denominator],
  ];
  for (const [field, value] of stored) {
    if (field === page.document.activeElement) continue;
    field.defaultValue = value;
    field.value = value;
  }
}

// Events

const PAUSE = 250;
const PARTS = ".event-form :is(input.value, select, textarea, input.line)";

function startEvents(page) {
  const { main } = page;
  main.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.isComposing || event.shiftKey) return;
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (!event.target.matches(PARTS)) return;
    event.preventDefault();
    toNextPart(event.target);
  });
  main.addEventListener("input", ({ target }) => {
    if (target.matches("[data-recognition]")) previewSoon(page, target);
  });
}

/** The next part of the event; behind the last one the line for a new event. */
function toNextPart(field) {
  const parts = [...field.form.querySelectorAll(PARTS)];
  const next = parts[parts.indexOf(field) + 1] ?? field.closest("section").querySelector("[data-recognition]");
  next?.focus();
}

const previews = new WeakMap();

function previewSoon(page, field) {
  const before = previews.get(field);
  clearTimeout(before?.timer);
  before?.request?.abort();
  previews.set(field, { timer: setTimeout(() => preview(page, field), PAUSE) });
}

/** What the server makes of the line stands below it; where it cannot be asked the line is as good without. */
async function preview(page, field) {
  const shown = page.document.getElementById(field.getAttribute("aria-describedby"));
  const text = field.value;
  if (!field.isConnected) return;
  if (!text.trim()) return shown.replaceChildren();
  const request = new AbortController();
  previews.set(field, { request });
  const asked = { method: "POST", body: new URLSearchParams({ text }), headers: { "HX-Request": "true" } };
  const answer = await fetch(field.dataset.recognition, { ...asked, signal: request.signal }).catch(() => null);
  const html = answer?.ok ? await answer.text().catch(() => null) : null;  // given up when one types on
  if (html !== null && field.value === text) shown.innerHTML = html;
}
