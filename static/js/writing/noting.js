// What a form made or took away: an event, a metric, a line. The server draws it; here it is noted how to take it back.

import { isEvent, refOf, textOf } from "./tree.js";

export function startNoting(outline) {
  const { tree, history } = outline;
  const removed = new WeakMap();
  document.addEventListener("htmx:before:request", ({ detail: { ctx } }) => {
    const form = formOfRemoved(ctx.sourceElement);
    const line = form && tree.find(valueOf(form, "item"));
    if (line) removed.set(ctx, { ...lineNow(tree, line), name: valueOf(form, "name"), next: neighbourOf(form) });
  });
  document.addEventListener("htmx:after:swap", ({ detail: { ctx } }) => {
    if (ctx.response?.status !== 200) return;
    const made = ctx.response.headers.get("Weekline-Made")?.split(" ") ?? [];
    history.noted("add", made.map((ref) => tree.find(ref)).filter(Boolean).map(takeAway));
    const was = removed.get(ctx);
    if (!was) return;
    history.noted("remove", putBack(tree, was));
    outline.say("removed", was);
    fieldOfMetric(ctx.sourceElement, was.next)?.focus();
  });
}

const valueOf = (form, name) => form.elements.namedItem(name).value;

/** The form of a metric whose button takes it out of its line. */
const formOfRemoved = (button) =>
  button.localName === "button" && button.getAttribute("formaction")?.endsWith("/readings/removal") ? button.form : null;

const lineNow = (tree, line) => ({
  ref: refOf(line),
  text: textOf(line),
  place: tree.placeOf(line),
  branch: tree.branchOf(line),
});

/** The name of the metric after this one, else of the one before. */
function neighbourOf(form) {
  const row = form.closest("tr");
  const other = (row.nextElementSibling ?? row.previousElementSibling)?.querySelector("form.reading");
  return other ? valueOf(other, "name") : null;
}

/** The field of the metric, or the one for a new metric where there is none. */
function fieldOfMetric(section, name) {
  const form = [...section.querySelectorAll("form.reading")].find((each) => valueOf(each, "name") === name);
  return form?.querySelector(":scope > .value") ?? section.querySelector(".new-metric input:not([type=hidden])");
}

const takeAway = (item) => ({ kind: "remove", item: refOf(item), was: isEvent(item) ? undefined : textOf(item) });

/** The line as it was: what else stands in it stays. */
function putBack(tree, { ref, text, place, branch }) {
  const line = tree.find(ref);
  if (!line) return [{ kind: "restore", item: ref, place, branch }];
  return textOf(line) === text ? [] : [{ kind: "text", item: ref, from: textOf(line), to: text }];
}
