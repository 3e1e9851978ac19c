// Where the caret is in the week, by names that outlive what is drawn anew, and how to put it there again.

import { fieldAt, nameOfField } from "./parts.js";
import { fieldOf, isLine, refOf } from "./tree.js";

/** { item, start, end } in the outline, { form, name, start, end } in a form's field; null outside. */
export function caretNow(tree) {
  const field = document.activeElement;
  const item = tree.itemAt(field) ?? tree.lineAt(field);
  const range = { start: field?.selectionStart, end: field?.selectionEnd };
  if (item && fieldOf(item) === field) return { item: refOf(item), line: isLine(item), ...range };
  const named = nameOfField(field);
  return named && { ...named, ...range };
}

/** Put the caret there; `start` may be "end". Gives where it is now. */
export function placeCaret(tree, place) {
  const { start = "end", end = start } = place;
  const field = place.form ? shown(fieldAt(place)) : fieldIn(tree, place);
  if (!field) return null;
  unfoldAround(field);
  field.focus({ preventScroll: true });
  const at = (offset) => (offset === "end" ? field.value.length : Math.min(offset, field.value.length));
  if (field.setSelectionRange && field.selectionStart !== null) field.setSelectionRange(at(start), at(end));
  field.scrollIntoView({ block: "nearest" });
  return caretNow(tree);
}

function fieldIn(tree, { item: ref, line }) {
  const item = (line && tree.lineOf(ref)) || tree.find(ref);
  return item && fieldOf(item);
}

/** Of several radio buttons the one that is chosen. */
const shown = (found) => (found instanceof RadioNodeList ? ([...found].find(({ checked }) => checked) ?? found[0]) : found);

function unfoldAround(field) {
  for (let folded = field.closest("details:not([open])"); folded; folded = folded.parentElement.closest("details:not([open])")) {
    folded.open = true;
  }
}

/** An element that is put elsewhere loses the focus: give it back, with the caret. */
export function keepingCaret(change) {
  const held = document.activeElement;
  const range = held?.matches?.("textarea") ? [held.selectionStart, held.selectionEnd] : null;
  change();
  if (!held || held === document.body || document.activeElement === held || !held.isConnected) return;
  held.focus({ preventScroll: true });
  if (range) held.setSelectionRange(...range);
}
