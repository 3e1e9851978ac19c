// What is recognised in a text while it is typed, under it. Only shown: what counts is read when it is saved.

import { isComposedIn } from "./fields.js";
import { fieldOf } from "./page.js";
import { elementsOf } from "./place.js";

const PAUSE = 250;

export function startRecognition(page, queue) {
  let asked = null;
  let timer;
  page.main.addEventListener("input", ({ target }) => {
    const item = target.closest("[data-item]");
    if (!item || fieldOf(item) !== target) return;
    clearTimeout(timer);
    timer = setTimeout(() => ask(item, target), PAUSE);
  });

  async function ask(item, field) {
    const ref = item.dataset.item;
    if (isComposedIn(page, ref) || !queue.textLine(ref)?.isPending) return;
    asked?.abort();
    const mine = (asked = new AbortController());
    const text = field.value;
    const body = new URLSearchParams({ section: item.dataset.section, text });
    const headers = { "HX-Request": "true" };
    const options = { method: "POST", body, headers, redirect: "manual", signal: mine.signal };
    try {
      const answer = await fetch(`${page.url}/recognition`, options);
      const html = await answer.text();
      // saved meanwhile: what stands there now is of the stored text, and can be decided on
      const isOutrun = field.value !== text || !queue.textLine(ref)?.isPending;
      if (answer.ok && !isOutrun) showChips(item, html);
    } catch {
      // the next keystroke asks again
    }
  }
}

function showChips(item, html) {
  const old = item.querySelector(":scope > .field > .state > .chips");
  const [fresh] = elementsOf(html);
  if (!old || !fresh || old.contains(document.activeElement) || old.querySelector("details[open]")) return;
  const adding = old.querySelector(":scope > .chip.new");
  if (adding && !fresh.querySelector(".chip.new")) fresh.append(adding);
  old.replaceWith(fresh);
}
