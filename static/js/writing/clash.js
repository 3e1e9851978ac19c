// Two people changed one text: both stand beside the field until the person has chosen. Nothing is overwritten
// before that, and what is typed meanwhile stays in the field.

import { fieldOf } from "./page.js";
import { elementsOf } from "./place.js";
import { setText } from "./fields.js";

export function startClashes(page, queue, told) {
  queue.addEventListener("clash", ({ detail }) => show(page, detail));
  queue.addEventListener("merged", ({ detail }) => {
    told(page.say(detail.joined ? "merged" : "merged_apart", { who: page.nameFor(detail.by) }));
    if (detail.joined) clear(page, detail.ref);
  });
  page.main.addEventListener("click", (event) => {
    const button = event.target.closest("[data-settle], [data-use-theirs]");
    if (button?.dataset.settle) settle(page, queue, button);
    else if (button) useTheirs(page, button);
  });
}

function show(page, { line, problem }) {
  if (line.ref === undefined) {
    const old = page.document.querySelector(problem.target);
    if (old) old.replaceWith(...elementsOf(problem.html));
    return;
  }
  const item = page.item(line.ref);
  const field = fieldOf(item);
  if (!field) return;
  clear(page, line.ref);
  const [clash] = elementsOf(problem.html);
  const both = clash.querySelector("dl");
  both.id = `clash-${line.ref}`;
  item.querySelector(":scope > .field > .state").before(clash);
  field.setAttribute("aria-describedby", [...describing(field), both.id].join(" "));
}

/** Take the person's choice. What they typed since counts as theirs. */
function settle(page, queue, button) {
  const item = button.closest("[data-item]");
  const ref = item.dataset.item;
  const line = queue.textLine(ref);
  const field = fieldOf(item);
  if (!line?.clash) return clear(page, ref);
  const { theirs, version, merged } = line.clash;
  const both = [line.typed, theirs].filter((text, index, all) => text && all.indexOf(text) === index).join("\n");
  const text = { theirs, merged: merged ?? both, mine: line.typed, both }[button.dataset.settle];
  clear(page, ref);
  setText(page, ref, theirs, version);
  field.value = text;
  queue.settle(ref, text);
  field.focus();
}

function clear(page, ref) {
  for (const item of page.copies(ref)) {
    const clash = item.querySelector(":scope > .field > .clash");
    const field = fieldOf(item);
    if (!clash || !field) continue;
    const others = describing(field).filter((id) => id !== clash.querySelector("dl").id);
    if (others.length) field.setAttribute("aria-describedby", others.join(" "));
    else field.removeAttribute("aria-describedby");
    clash.remove();
  }
}

const describing = (field) => (field.getAttribute("aria-describedby") ?? "").split(" ").filter(Boolean);

/** The stored text of a form's clash, put into its field and so saved. */
function useTheirs(page, button) {
  const form = page.document.getElementById(button.dataset.useTheirs);
  const field = form?.querySelector("textarea, input:not([type=hidden]):not([type=radio])");
  if (!field) return;
  field.value = button.closest(".clash").querySelector("[data-theirs]").textContent;
  field.dispatchEvent(new Event("change", { bubbles: true }));
}
