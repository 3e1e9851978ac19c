// A list that is pasted into an item becomes items, with its nesting; one line stays text.
// What looks like a whole page is offered as one before it comes here (taking.js).

import { fromClipboard, itemsFrom } from "./markdown.js";
import { fieldOf, isCode } from "./tree.js";

export function startPasting(root, outline) {
  root.addEventListener("paste", (event) => {
    const field = event.target;
    const item = outline.tree.itemAt(field);
    if (!item || fieldOf(item) !== field || isCode(item) || !event.clipboardData) return;
    const { markdown } = fromClipboard(event.clipboardData);
    const items = itemsFrom(isTable(event.clipboardData) ? linesOf(event.clipboardData) : markdown);
    const [first] = items;
    if (!first) return;
    if (items.length > 1 || first.items.length) {
      event.preventDefault();
      outline.insert(item, { start: field.selectionStart, end: field.selectionEnd }, items);
    } else if (first.ordered || /^\s*[-*+•]\s/.test(markdown)) {
      // one item of a list: without its mark, and as if it were typed, so that it is undone like typing
      event.preventDefault();
      document.execCommand("insertText", false, first.text);
    }
  });
}

/** Cells of a sheet: a line each, whatever their HTML. */
const isTable = (clipboard) => {
  const html = clipboard.getData("text/html");
  return /<table\b/i.test(html) && !/<(li|h[1-6])\b/i.test(html);
};
const linesOf = (clipboard) =>
  clipboard
    .getData("text/plain")
    .split(/\r?\n/)
    .map((line) => line.split("\t").map((cell) => cell.trim()).filter(Boolean).join(" "))
    .join("\n");
