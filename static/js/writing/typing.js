// What a person types becomes steps that can be taken back: a word, a composition, a deletion at a time.

import { isComposing } from "./compose.js";
import { caretNow, touch } from "./history.js";
import { fieldOf, isCarried, isGhost } from "./tree.js";

export function startTyping(root, outline) {
  let before = null;

  /** The item whose text this is, if it is one. */
  const writtenIn = (field) => {
    const item = outline.tree.itemAt(field);
    return item && fieldOf(item) === field ? item : null;
  };
  const note = (field) => {
    before = { field, text: field.value, caret: caretNow(outline.tree) };
  };
  const written = (field, item, how) => {
    const [text, caret] = before?.field === field ? [before.text, before.caret] : [field.value, null];
    const wasCarried = isCarried(item);
    if (wasCarried) touch(item);
    outline.history.typed(item, text, field.value, how, { before: caret, wasCarried });
    note(field);
  };

  root.addEventListener("focusin", ({ target }) => {
    if (writtenIn(target)) note(target);
    outline.history.pause();
  });
  root.addEventListener("beforeinput", (event) => {
    if (!writtenIn(event.target)) return;
    if (event.inputType === "historyUndo" || event.inputType === "historyRedo") {
      event.preventDefault();
      if (event.inputType === "historyUndo") outline.undo();
      else outline.redo();
    } else if (!isComposing(event)) note(event.target);
  });
  root.addEventListener("compositionstart", ({ target }) => {
    if (writtenIn(target)) note(target);
  });
  // before the queue hears of it: the item has to be added before its text is saved
  root.addEventListener(
    "input",
    (event) => {
      const item = writtenIn(event.target);
      if (!item || outline.history.acting) return;
      if (isGhost(item)) {
        outline.begin(item);
        outline.history.began(item, { before: null });
        if (!isComposing(event)) note(event.target);
        return;
      }
      if (!isComposing(event)) written(event.target, item, howTyped(event.inputType));
    },
    { capture: true },
  );
  root.addEventListener("compositionend", ({ target }) => {
    const item = writtenIn(target);
    if (item && before?.text !== target.value) written(target, item, "compose");
  });
}

function howTyped(inputType = "insertText") {
  if (inputType.startsWith("delete")) return inputType.includes("Cut") ? "cut" : "delete";
  if (inputType === "insertText" || inputType === "insertLineBreak") return "insert";
  return inputType === "insertFromPaste" ? "paste" : "replace";
}
