// The outline of a week comes to life: keys, buttons, typing, pasting and dragging, all doing the same actions.

import { Outline } from "./actions.js";
import { startDragging } from "./drag.js";
import { redrawSection } from "./fields.js";
import { startKeys } from "./keys.js";
import { startPasting } from "./lists.js";
import { startNoting } from "./noting.js";
import { startSheet } from "./sheet.js";
import { Tree } from "./tree.js";
import { startTyping } from "./typing.js";

/** Bring the items of the page to life. `page` and `queue` are those of main.js. */
export function startOutline(page, queue) {
  const root = page.main;
  const region = document.getElementById("outline-said");
  const outline = new Outline(new Tree(page, region.dataset), queue, region);
  outline.refresh();
  watchSections(root, outline);
  queue.addEventListener("saved", ({ detail }) => outline.settle(detail.items));
  queue.addEventListener("failed", ({ detail }) => detail.changes && drawAnew(page, queue, outline));
  startTyping(root, outline);
  startKeys(root, outline, queue);
  startButtons(root, outline);
  startPasting(root, outline);
  startDragging(root, outline);
  startNoting(outline);
  startSheet();
  watchKeyboard(root);
  return outline;
}

/** Sections are drawn anew when others change them. */
function watchSections(root, outline) {
  const matters = (node) => node.nodeType === Node.ELEMENT_NODE && node.matches(".item, .items, .section");
  new MutationObserver((records) => {
    if (records.some((record) => [...record.addedNodes, ...record.removedNodes].some(matters))) outline.refresh();
  }).observe(root, { childList: true, subtree: true });
}

/** A step that was not taken: the page shows again what is stored. */
function drawAnew(page, queue, outline) {
  outline.say("notTaken");
  const sections = page.main.querySelectorAll(".section[id^='section-']");
  for (const section of sections) redrawSection(page, queue, section.id.slice("section-".length));
}

/** Where the keyboard of a phone lies over the page, the tools stand above it. */
function watchKeyboard(root) {
  const view = window.visualViewport;
  const measure = () => {
    const covered = Math.max(0, Math.round(innerHeight - view.height - view.offsetTop));
    root.style.setProperty("--keyboard", `${view.scale > 1.01 ? 0 : covered}px`);
  };
  view?.addEventListener("resize", measure);
  view?.addEventListener("scroll", measure);
}

/**
 * The buttons beside an item do what the keys do; without scripts they are forms. The tools of the item one is in
 * are one stop for Tab; the arrows go from one to the next.
 */
function startButtons(root, outline) {
  const actions = {
    up: (item) => outline.up(item),
    down: (item) => outline.down(item),
    in: (item) => outline.nest(item),
    out: (item) => outline.unnest(item),
    add: (item) => outline.addBelow(item),
    remove: (item) => outline.remove(item),
    keep: (item) => outline.keep(item),
    drop: (item) => outline.drop(item),
    undo: () => outline.undo(),
    redo: () => outline.redo(),
  };
  root.addEventListener(
    "click",
    (event) => {
      const button = event.target.closest("button[data-action]");
      const line = button && outline.tree.lineAt(button);
      const action = button && (line && button.dataset.action === "add" ? addLine : actions[button.dataset.action]);
      const item = line ?? (button && outline.tree.itemAt(button));
      if (!action || (!item && button.closest("li.item"))) return;
      event.preventDefault();
      event.stopPropagation();
      action(item);
    },
    { capture: true },
  );
  // a finger on a button leaves the caret, and the keyboard on the screen, where they are
  root.addEventListener("pointerdown", (event) => {
    if (event.target.closest("button[data-action]") && document.activeElement?.matches("textarea")) event.preventDefault();
  });
  root.addEventListener("mousedown", (event) => {
    if (event.target.closest("button[data-action]") && document.activeElement?.matches("textarea")) event.preventDefault();
  });
  root.addEventListener("focusin", ({ target }) => {
    const tools = target.closest("li.item")?.querySelector(":scope > .field > form > .moves");
    if (tools) makeOneStop(tools, tools.contains(target) ? target : null);
  });
  root.addEventListener("keydown", (event) => {
    const tools = event.target.closest(".moves[role=toolbar]");
    const direction = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (!tools || !direction || event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
    const buttons = toolsIn(tools);
    event.preventDefault();
    buttons.at((buttons.indexOf(event.target) + direction) % buttons.length).focus();
  });
  const show = () => {
    root.classList.toggle("can-undo", outline.history.canUndo);
    root.classList.toggle("can-redo", outline.history.canRedo);
  };
  outline.history.addEventListener("change", show);
  show();
}

/** Behind a line of the metrics one goes on in the field below them all: the server deals the figures out anew. */
const addLine = (line) => line.closest(".as-text").querySelector(".adding textarea").focus();

const toolsIn = (toolbar) => [...toolbar.querySelectorAll("button")].filter((button) => button.checkVisibility());

function makeOneStop(toolbar, current) {
  toolbar.setAttribute("role", "toolbar");
  const buttons = toolsIn(toolbar);
  for (const button of buttons) button.tabIndex = button === (current ?? buttons[0]) ? 0 : -1;
}
