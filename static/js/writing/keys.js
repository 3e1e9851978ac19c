// The keys of the outline. Esc leaves it, so that Tab goes on to whatever comes next; nothing acts while
// an input method is composing.

import { caretLine, offsetNear } from "./caret.js";
import { isComposing } from "./compose.js";
import { nameOfField } from "./parts.js";
import { openSheet } from "./sheet.js";
import { fieldOf, isCarried, isCode, isEvent } from "./tree.js";

export function startKeys(root, outline, queue) {
  const keys = new Keys(root, outline);
  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || isComposing(event)) return;
    if (pageKey(event, outline, queue) || keys.press(event)) event.preventDefault();
  });
  root.addEventListener("beforeinput", () => keys.stay());
  root.addEventListener("pointerdown", () => keys.stay());
}

/** Keys that work wherever one is on the page. True where the key was one. */
function pageKey(event, outline, queue) {
  const command = event.ctrlKey || event.metaKey;
  const key = event.key.toLowerCase();
  if (command && !event.altKey && (key === "z" || key === "y")) {
    if (isOtherField(event.target, outline)) return false;
    if (key === "y" || event.shiftKey) outline.redo();
    else outline.undo();
    return true;
  }
  if (event.key === "Escape") return foldUp(event.target);
  if (command && event.key === "/") return openSheet();
  if (event.key === "?" && !command && !event.altKey) return !isField(event.target) && openSheet();
  if (command && event.key === "Enter" && !event.shiftKey && !event.altKey) {
    goToPublication(outline, queue);
    return true;
  }
  return false;
}

/** Esc leaves what was unfolded beside the text; in the lines of metrics one stays. */
function foldUp(element) {
  const unfolded = element.closest("main details[open]:not(.as-text)");
  if (!unfolded) return false;
  unfolded.open = false;
  unfolded.querySelector("summary").focus();
  return true;
}

export const isField = (element) => element.matches?.("textarea, select, input:not([type=radio], [type=checkbox])");

/** A field of a form that is sent with a button takes back by itself what was typed in it, as long as something is. */
const isOtherField = (element, { tree }) => {
  const item = tree.itemAt(element) ?? tree.lineAt(element);
  if (!isField(element) || nameOfField(element) || (item && fieldOf(item) === element)) return false;
  return element.value !== (element.defaultValue ?? "");
};

/** The preview, once all that was written is stored; what cannot be stored the page says by itself. */
async function goToPublication(outline, queue) {
  document.activeElement?.blur();
  if (!(await queue.flush())) return;
  const link = document.getElementById("publish");
  const isAmended = document.getElementById("main").dataset.state === "amending";  // the link may be on its way
  if (link || isAmended) location.assign(link?.href ?? `${queue.report}/publication`);
  else outline.say("nothingToPublish");
}

class Keys {
  #root;
  #outline;
  /** Esc was pressed: Tab is the browser's until something is written again. */
  #leaving = false;

  constructor(root, outline) {
    this.#root = root;
    this.#outline = outline;
  }

  stay() {
    this.#leaving = false;
  }

  /** Do what the key means where it was pressed; true where it meant something. */
  press(event) {
    const item = this.#outline.tree.itemAt(event.target);
    if (!item) return false;
    if (event.target === item) return this.#onItem(event, item);
    if (isEvent(item)) return this.#onEvent(event, item);
    if (event.target === fieldOf(item)) return this.#inText(event, item, event.target);
    if (event.target.closest(".moves")) return this.#anywhere(event, item) || (event.key === "Escape" && this.#leave(item));
    return false;
  }

  #inText(event, item, field) {
    const outline = this.#outline;
    const plain = !event.ctrlKey && !event.metaKey && !event.altKey;
    const { selectionStart: start, selectionEnd: end } = field;
    const collapsed = start === end;
    if (this.#anywhere(event, item)) return true;
    if (event.key === "Escape" && plain) return this.#leave(item);
    if (!plain || isCode(item)) return false;
    switch (event.key) {
      case "Enter":
        if (event.shiftKey) return false;
        outline.enter(item, { start, end });
        return true;
      case "Tab":
        if (this.#leaving) return false;
        if (event.shiftKey) outline.unnest(item);
        else outline.nest(item);
        return true;
      case "Backspace":
        return collapsed && start === 0 && !event.shiftKey && outline.joinBefore(item);
      case "Delete":
        return collapsed && start === field.value.length && !event.shiftKey && outline.joinNext(item);
      case "ArrowUp":
      case "ArrowDown":
        return collapsed && !event.shiftKey && this.#goLine(field, event.key === "ArrowUp" ? -1 : 1);
      case "ArrowLeft":
        return collapsed && start === 0 && !event.shiftKey && this.#goSide(field, -1);
      case "ArrowRight":
        return collapsed && start === field.value.length && !event.shiftKey && this.#goSide(field, 1);
      default:
        return false;
    }
  }

  /** Keys that work on the text, on the item and on its buttons. */
  #anywhere(event, item) {
    const outline = this.#outline;
    const command = event.ctrlKey || event.metaKey;
    if (command && event.shiftKey && event.key === "Backspace") {
      outline.remove(item);
      return true;
    }
    if (!event.altKey || command || event.shiftKey) return false;
    switch (event.key) {
      case "ArrowUp":
        outline.up(item);
        return true;
      case "ArrowDown":
        outline.down(item);
        return true;
      case "Enter":
        return isCarried(item) && (outline.keep(item), true);
      case "Backspace":
      case "Delete":
        return isCarried(item) && (outline.drop(item), true);
      default:
        return false;
    }
  }

  /** The item itself has the focus, after Esc. */
  #onItem(event, item) {
    if (this.#anywhere(event, item)) return true;
    if (event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return false;
    switch (event.key) {
      case "Enter":
      case "F2":
        this.stay();
        (fieldOf(item) ?? item.querySelector("textarea, input:not([type=hidden])"))?.focus();
        return true;
      case "ArrowUp":
      case "ArrowDown": {
        const items = this.#outline.tree.items();
        const other = items[items.indexOf(item) + (event.key === "ArrowUp" ? -1 : 1)];
        if (other) focusItem(other);
        return true;
      }
      default:
        return false;
    }
  }

  /** In the fields of an event: it is moved and removed as items are, the rest is typing. */
  #onEvent(event, item) {
    return event.key === "Escape" ? this.#leave(item) : this.#anywhere(event, item);
  }

  #leave(item) {
    this.#leaving = true;
    focusItem(item);
    this.#outline.say("left");
    return true;
  }

  /** ↑ in the first line and ↓ in the last go on to the neighbour, at the same column. */
  #goLine(field, direction) {
    const line = caretLine(field);
    if (!(direction < 0 ? line.first : line.last)) return false;
    const other = this.#neighbour(field, direction);
    if (!other) return false;
    other.focus();
    if (other.matches("textarea")) {
      const offset = offsetNear(other, direction < 0 ? "last" : "first", line.x);
      other.setSelectionRange(offset, offset);
    }
    return true;
  }

  #goSide(field, direction) {
    const other = this.#neighbour(field, direction);
    if (!other) return false;
    other.focus();
    const offset = direction < 0 ? other.value.length : 0;
    if (other.matches("textarea")) other.setSelectionRange(offset, offset);
    return true;
  }

  /** The line before or after: an item's text, an event's first field, or the next item of a section. */
  #neighbour(field, direction) {
    const lines = [...this.#root.querySelectorAll(".section > ol.items li.item, .section > .adding textarea")]
      .map((place) =>
        place.matches("textarea") ? place : (fieldOf(place) ?? place.querySelector("input:not([type=hidden]), textarea")),
      )
      .filter((each) => each?.checkVisibility());
    return lines[lines.indexOf(field) + direction] ?? null;
  }
}

function focusItem(item) {
  item.tabIndex = -1;
  item.focus();
}
