// What a person types becomes steps that can be taken back: a word, a composition, a deletion at a time.

import { isComposing } from "./compose.js";
import { caretNow } from "./focus.js";
import { touch } from "./history.js";
import { drawnWith, nameOfField, valuesIn } from "./parts.js";
import { fieldOf, isCarried, isGhost } from "./tree.js";

export function startTyping(root, outline) {
  const { tree, history } = outline;
  let before = null;
  /** By form, what its fields said before somebody typed or chose something in them. */
  const values = new WeakMap();

  /** The item or the line whose text this is, if it is one. */
  const writtenIn = (field) => {
    const item = tree.itemAt(field) ?? tree.lineAt(field);
    return item && fieldOf(item) === field ? item : null;
  };
  const note = (field) => {
    before = { field, text: field.value, caret: caretNow(tree) };
    if (nameOfField(field)) values.set(field.form, valuesIn(field.form));
  };
  const caretIn = (field) => (before?.field === field ? before.caret : null);
  const written = (field, item, how) => {
    const text = before?.field === field ? before.text : field.value;
    const wasCarried = isCarried(item);
    if (wasCarried) touch(item);
    history.typed(item, text, field.value, how, { before: caretIn(field), wasCarried });
    note(field);
  };
  const writtenInForm = (field, how) => {
    const named = nameOfField(field);
    if (!named) return;
    const now = valuesIn(field.form).get(field.name);
    const text = values.get(field.form)?.get(field.name) ?? drawnWith(field);
    history.typedIn(named, text, now, how, { before: caretIn(field) });
    note(field);
  };

  root.addEventListener("focusin", ({ target }) => {
    if (writtenIn(target) || nameOfField(target)) note(target);
    history.pause();
  });
  // a button may fill in a field of its form without one being in it
  root.addEventListener("click", ({ target }) => noteForm(target.closest("button")?.form), { capture: true });
  root.addEventListener("beforeinput", (event) => {
    if (!writtenIn(event.target) && !nameOfField(event.target)) return;
    if (event.inputType === "historyUndo" || event.inputType === "historyRedo") {
      event.preventDefault();
      if (event.inputType === "historyUndo") outline.undo();
      else outline.redo();
    } else if (!isComposing(event)) note(event.target);
  });
  root.addEventListener("compositionstart", ({ target }) => {
    if (writtenIn(target) || nameOfField(target)) note(target);
  });
  // before the queue hears of it: the item has to be added before its text is saved
  root.addEventListener(
    "input",
    (event) => {
      if (history.acting) return noteForm(event.target.form);
      if (isComposing(event)) return begins(event.target);
      const item = writtenIn(event.target);
      if (!item) writtenInForm(event.target, howTyped(event.inputType));
      else if (isGhost(item)) {
        begins(event.target);
        note(event.target);
      } else written(event.target, item, howTyped(event.inputType));
    },
    { capture: true },
  );
  root.addEventListener("compositionend", ({ target }) => {
    const item = writtenIn(target);
    if (item && before?.text !== target.value) written(target, item, "compose");
    else if (!item) writtenInForm(target, "compose");
  });

  /** The line at the end of a section becomes an item with the first thing that is typed or composed in it. */
  function begins(field) {
    const item = writtenIn(field);
    if (!item || !isGhost(item)) return;
    outline.begin(item);
    history.began(item, { before: null });
  }

  function noteForm(form) {
    if (form?.dataset?.save) values.set(form, valuesIn(form));
  }
}

function howTyped(inputType = "replace") {
  if (inputType.startsWith("delete")) return inputType.includes("Cut") ? "cut" : "delete";
  if (inputType === "insertText" || inputType === "insertLineBreak") return "insert";
  return inputType === "insertFromPaste" ? "paste" : "replace";
}
