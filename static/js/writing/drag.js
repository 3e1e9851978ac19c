// Dragging an item by its number moves it with all below it: how far to the right says how deep it goes.
// A line shows where it would be put. By mouse, pen and finger; the keys are Alt+↑/↓, Tab and Shift+Tab.

import { canHold, depthOf, isEvent, parentOf, sectionOf } from "./tree.js";

const BEGINS = 5;
const EDGE = 70;
const FASTEST = 18;

export function startDragging(root, outline) {
  let drag = null;

  root.addEventListener("pointerdown", (event) => {
    const grip = event.target.closest(".grip");
    const item = grip && outline.tree.itemAt(grip);
    if (!item || event.button !== 0 || drag) return;
    event.preventDefault();
    grip.setPointerCapture(event.pointerId);
    drag = new Drag(root, outline, item, event);
  });
  root.addEventListener("pointermove", (event) => {
    if (drag?.pointer === event.pointerId) drag.to(event);
  });
  const end = (drop) => (event) => {
    if (drag?.pointer !== event.pointerId) return;
    drag.end(drop);
    drag = null;
  };
  root.addEventListener("pointerup", end(true));
  root.addEventListener("pointercancel", end(false));
  root.addEventListener("lostpointercapture", end(true));
  document.addEventListener(
    "keydown",
    (event) => {
      if (!drag || event.key !== "Escape") return;
      event.preventDefault();
      event.stopPropagation();
      drag.end(false);
      drag = null;
    },
    { capture: true },
  );
}

class Drag {
  #root;
  #outline;
  #item;
  #start;
  #at;
  #line = null;
  #gap = null;
  #depth = 0;
  #scrolling = 0;

  constructor(root, outline, item, event) {
    this.#root = root;
    this.#outline = outline;
    this.#item = item;
    this.#start = this.#at = { x: event.clientX, y: event.clientY };
    this.pointer = event.pointerId;
  }

  to(event) {
    this.#at = { x: event.clientX, y: event.clientY };
    const far = Math.hypot(this.#at.x - this.#start.x, this.#at.y - this.#start.y);
    if (!this.#line && far < BEGINS) return;
    if (!this.#line) this.#lift();
    this.#show();
    this.#scroll();
  }

  end(drop) {
    cancelAnimationFrame(this.#scrolling);
    this.#line?.remove();
    this.#item.classList.remove("is-dragged");
    this.#root.classList.remove("is-dragging");
    if (drop && this.#gap && this.#item.isConnected) this.#outline.moveTo(this.#item, this.#place());
  }

  #lift() {
    this.#line = document.createElement("div");
    this.#line.className = "drop-line";
    this.#line.setAttribute("aria-hidden", "true");
    document.body.append(this.#line);
    this.#item.classList.add("is-dragged");
    this.#root.classList.add("is-dragging");
  }

  #show() {
    const step = stepOf(this.#root);
    const depth = depthOf(this.#item) + Math.round((this.#at.x - this.#start.x) / step);
    const own = isEvent(this.#item) && sectionOf(this.#item);  // an event stays in its section
    const sections = this.#outline.tree.sections().filter((section) => (own ? section === own : section.checkVisibility()));
    const gaps = sections.flatMap((section) => this.#gapsIn(section));
    const distance = (gap) => Math.abs(gap.top - this.#at.y);
    const gap = gaps.reduce((best, each) => (distance(each) < distance(best) ? each : best));
    this.#depth = Math.min(Math.max(depth, gap.least), gap.most);
    this.#gap = gap;
    const left = gap.left + this.#depth * step;
    this.#line.style.left = `${left}px`;
    this.#line.style.top = `${gap.top}px`;
    this.#line.style.width = `${gap.right - left}px`;
  }

  /** Between which items of the section the dragged one can be put, and at which depths. */
  #gapsIn(section) {
    const list = this.#outline.tree.listOf(section);
    const { left, top, width } = list.getBoundingClientRect();
    const rows = [...list.querySelectorAll("li.item:not([data-ghost])")]
      .filter((item) => !this.#item.contains(item))
      .map((item) => ({ item, depth: depthOf(item), box: item.querySelector(":scope > .field").getBoundingClientRect() }));
    const right = rows[0]?.box.right ?? left + width;
    const gaps = [{ section, previous: null, least: 0, most: 0, left, right, top: rows[0]?.box.top ?? top }];
    rows.forEach(({ item, depth, box }, index) => {
      const next = rows[index + 1];
      gaps.push({
        section,
        previous: item,
        least: next?.depth ?? 0,
        most: depth + (canHold(item) ? 1 : 0),
        left,
        right,
        top: next ? (box.bottom + next.box.top) / 2 : box.bottom + 2,
      });
    });
    return gaps;
  }

  /** The place that the line shows. */
  #place() {
    const { tree } = this.#outline;
    const { section, previous } = this.#gap;
    if (!previous) return tree.placeIn(section, false);
    if (this.#depth > depthOf(previous)) return tree.placeFirstIn(previous);
    let before = previous;
    while (depthOf(before) > this.#depth) before = parentOf(before);
    return tree.placeAfter(before);
  }

  /** Near the top or the bottom of the window the page goes on by itself. */
  #scroll() {
    cancelAnimationFrame(this.#scrolling);
    const { y } = this.#at;
    const above = EDGE - y;
    const below = y - (innerHeight - EDGE);
    const by = above > 0 ? -above : below > 0 ? below : 0;
    if (!by) return;
    this.#scrolling = requestAnimationFrame(() => {
      scrollBy(0, (Math.sign(by) * Math.min(Math.abs(by), EDGE) * FASTEST) / EDGE);
      this.#show();
      this.#scroll();
    });
  }
}

/** How far apart the levels of the outline stand, in pixels. */
function stepOf(root) {
  const rem = parseFloat(getComputedStyle(document.documentElement).fontSize);
  return parseFloat(getComputedStyle(root).getPropertyValue("--nest")) * rem || 30;
}
