// What htmx still draws anew (lists after a move, recognised values): the focus stays, and so does what is typed.

import { putBack } from "./fields.js";
import { focused, refocus, unfold, unfolded } from "./place.js";

export function startSwaps(page, queue) {
  const { document } = page;
  let held = null;
  let open = [];
  document.addEventListener("htmx:before:request", () => {
    held = focused(document);
    open = unfolded(page.main);
  });
  document.addEventListener("htmx:after:swap", () => {
    unfold(document, open);
    putBack(page, queue);
    if (document.activeElement === document.body) refocus(document, held);
  });
  // Enter in the field of a new item adds it.
  document.addEventListener("keydown", (event) => {
    const { target } = event;
    if (event.key !== "Enter" || event.isComposing || event.shiftKey) return;
    if (!target.form?.matches(".editing .adding") || !target.matches("textarea")) return;
    event.preventDefault();
    target.form.requestSubmit();
  });
}
