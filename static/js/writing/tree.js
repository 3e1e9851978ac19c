// The outline as it stands in the page: a section holds a list, a list holds items, an item may hold a list.
// A place is absolute, as the server takes it: { section, parent, after }, `after: null` being the first place.
// An item is named by its id, or by the uid the browser gave it; both are found.

const ITEM = ".section > ol.items li.item[data-item]";
/** A section of metrics shows all its lines as text as well, those in which a metric stands only there. */
const LINE = ".section > .as-text > ol.items li.item[data-item]";

export const refOf = (item) => item.dataset.item;
export const kindOf = (item) => item.dataset.kind ?? "item";
export const isEvent = (item) => item.classList.contains("event");
export const isLine = (item) => item.id.startsWith("line-");
export const isGhost = (item) => "ghost" in item.dataset;
export const isCarried = (item) => "carried" in item.dataset;
export const fieldOf = (item) => item.querySelector(":scope > .field textarea[name=text]");
export const textOf = (item) => fieldOf(item)?.value ?? "";
/** The names of the lines an item stands in: an event's text may be in several beside each other. */
export const partsOf = (item) => (isEvent(item) ? [...partVersions(item).keys()] : [refOf(item)]);
export const partVersions = (item) => new Map((item.dataset.parts?.split(" ") ?? []).map((part) => part.split("-")));
export const isCode = (item) => kindOf(item) === "code";
/** How many levels a page has, as the server reads it. */
const LEVELS = 24;
/** Whether other items may stand below it. */
export const canHold = (item) => kindOf(item) === "item" && !isEvent(item) && !isGhost(item) && depthOf(item) < LEVELS - 1;

const listIn = (item) => item.querySelector(":scope > ol.items");
const itemsIn = (list) => (list ? [...list.children].filter((each) => each.matches("li.item:not([data-ghost])")) : []);
export const childrenOf = (item) => itemsIn(listIn(item));
export const parentOf = (item) => item.parentElement.closest("li.item");
export const sectionOf = (node) => node.closest(".section");
export const siblingsOf = (item) => itemsIn(item.parentElement);

export function previousOf(item) {
  const siblings = siblingsOf(item);
  return siblings[(isGhost(item) ? siblings.length : siblings.indexOf(item)) - 1] ?? null;
}

export function nextOf(item) {
  const siblings = siblingsOf(item);
  return siblings[siblings.indexOf(item) + 1] ?? null;
}

export function lastWithin(item) {
  const last = childrenOf(item).at(-1);
  return last ? lastWithin(last) : item;
}

export function depthOf(item) {
  const parent = parentOf(item);
  return parent ? 1 + depthOf(parent) : 0;
}

/** The words an item is called by where something is said about it. */
export function nameOf(item) {
  const text = (fieldOf(item) ?? item.querySelector("textarea"))?.value.trim() ?? "";
  return text.length > 24 ? `${text.slice(0, 24)}…` : text;
}

/** A name for a new item. `randomUUID` exists only where the context is secure. */
export function newUid() {
  if (crypto.randomUUID) return crypto.randomUUID();
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

/** A name as it is sent: ids are numbers, uids are not. */
export const wire = (ref) => (/^\d+$/.test(ref) ? Number(ref) : ref);
export const wired = ({ section, parent, after }) => ({
  section: Number(section),
  parent: parent === null ? null : wire(parent),
  after: after === null ? null : wire(after),
});

export class Tree {
  #page;
  #root;
  #template = document.getElementById("new-item");
  #words;
  #toNumber = new Set();

  /** `words` names things: `item` ("Item {number}"), `paragraph`, `newItem`, and `ghost`, its placeholder. */
  constructor(page, words) {
    this.#page = page;
    this.#root = page.main;
    this.#words = words;
  }

  // What stands where

  sections() {
    return [...this.#root.querySelectorAll(".section[id^='section-']")].filter((section) => this.listOf(section));
  }

  listOf(section) {
    return section.querySelector(":scope > ol.items");
  }

  itemsOf(section) {
    return itemsIn(this.listOf(section));
  }

  linesOf(section) {
    return section.querySelector(":scope > .as-text > ol.items");
  }

  /** Every item, in the order one reads them. */
  items() {
    return [...this.#root.querySelectorAll(ITEM)].filter((item) => !isGhost(item));
  }

  /** The item of the outline that `node` stands in. */
  itemAt(node) {
    const item = node?.closest?.("li.item");
    return item?.matches(ITEM) ? item : null;
  }

  /** The items that one reads before and after this one. */
  itemsWith(item) {
    return isLine(item) ? [...item.closest(".as-text").querySelectorAll("li.item")] : this.items();
  }

  /** The line of text that `node` stands in, or that bears a name; null where it is none. */
  lineAt(node) {
    const item = node?.closest?.("li.item");
    return item?.matches(LINE) ? item : null;
  }

  lineOf(ref) {
    return this.#named(LINE, ref);
  }

  /** The item of this name; null where it is gone. */
  find(ref) {
    return this.#named(ITEM, ref) ?? this.#named(LINE, ref);
  }

  /** By its id on the page, which is found at once; only an event may be named by the last of its lines as well. */
  #named(kind, ref) {
    const names = new Set([this.#page.nameOf(ref), this.#page.idOf(ref)]);
    for (const name of names) {
      const item = document.getElementById(kind === LINE ? `line-item-${name}` : `item-${name}`);
      if (item?.matches(kind)) return item;
    }
    if (kind === LINE) return null;
    for (const name of names) {
      const event = this.#root.querySelector(`li.event[data-last="${CSS.escape(name)}"]`);
      if (event?.matches(kind)) return event;
    }
    return null;
  }

  /** Give the item another text, wherever it is shown. */
  write(item, text) {
    fieldOf(item).value = text;
    for (const copy of this.#page.copies(refOf(item))) if (fieldOf(copy)) fieldOf(copy).value = text;
  }

  placeOf(shown) {
    const item = this.lineOf(refOf(shown)) ?? shown;
    const parent = parentOf(item);
    const siblings = siblingsOf(item);
    const earlier = siblings.slice(0, siblings.indexOf(item)).reverse();
    return {
      section: Number(sectionOf(item).id.slice("section-".length)),
      parent: parent ? refOf(parent) : null,
      after: earlier.length ? lastRef(earlier[0]) : null,
      // where `after` is gone by the time the place is wanted again, the next best
      earlier: earlier.map(lastRef),
    };
  }

  placeBefore(item) {
    const { section, parent, earlier } = this.placeOf(item);
    return { section, parent, after: earlier[0] ?? null, earlier };
  }

  placeAfter(item) {
    return { ...this.placeOf(item), after: lastRef(item), earlier: [lastRef(item)] };
  }

  placeFirstIn(holder) {
    return { section: this.placeOf(holder).section, parent: refOf(holder), after: null, earlier: [] };
  }

  placeLastIn(holder) {
    const last = childrenOf(holder).at(-1);
    return last ? this.placeAfter(last) : this.placeFirstIn(holder);
  }

  placeIn(section, last) {
    const end = last ? itemsIn(this.linesOf(section) ?? this.listOf(section)).at(-1) : null;
    if (end) return this.placeAfter(end);
    return { section: Number(section.id.slice("section-".length)), parent: null, after: null, earlier: [] };
  }

  /**
   * The place as it can be had now: without an `after` that is gone; null without its section or parent. `anywhere`
   * gives the end of the section then, or of the last one.
   */
  placeNow(place, { anywhere = false } = {}) {
    const section = this.#root.querySelector(`#section-${place.section}`);
    const all = section && (this.linesOf(section) ?? this.listOf(section));
    const find = (ref) => (all?.closest(".as-text") ? this.lineOf(ref) : this.find(ref));
    const parent = place.parent === null ? null : find(place.parent);
    if (!all || (place.parent !== null && !(parent && canHold(parent)))) {
      const other = all ? section : this.sections().at(-1);
      return anywhere && other ? this.placeNow(this.placeIn(other, true)) : null;
    }
    const list = parent ? listIn(parent) : all;
    const wanted = [place.after, ...(place.earlier ?? [])].filter((ref) => ref !== null);
    const after = wanted.map(find).find((item) => item && item.parentElement === list);
    return {
      section: Number(sectionOf(parent ?? list).id.slice("section-".length)),
      parent: parent ? refOf(parent) : null,
      after: after ? lastRef(after) : null,
    };
  }

  // Changing it

  /** Put the item at a place that `placeNow` gave, and where it is shown a second time there too. */
  put(item, place) {
    const other = isLine(item) ? this.#named(ITEM, refOf(item)) : this.lineOf(refOf(item));
    const [line, shown] = isLine(item) ? [item, other] : [other, item];
    if (line) this.#putLine(line, place);
    if (shown) this.#putShown(shown, place);
  }

  #putLine(line, place) {
    const lines = this.linesOf(this.#section(place.section));
    const before = line.isConnected ? line.parentElement : null;
    if (!lines) line.remove();
    else {
      const list = place.parent === null ? lines : this.#listFor(this.lineOf(place.parent));
      const after = place.after === null ? null : this.lineOf(place.after);
      list.insertBefore(line, after ? after.nextSibling : list.firstChild);
    }
    dropIfEmpty(before);
  }

  #putShown(item, place) {
    const before = item.isConnected ? item.parentElement : null;
    const was = before ? sectionOf(before) : null;
    const parent = place.parent === null ? null : this.#named(ITEM, place.parent);
    const list = place.parent === null ? this.listOf(this.#section(place.section)) : parent && this.#listFor(parent);
    if (!list) {  // beside metrics, until the section is drawn anew
      item.remove();
      return dropIfEmpty(before);
    }
    const after = place.after === null ? null : this.#shownBefore(place.after);
    list.insertBefore(item, after ? after.nextSibling : list.firstChild);
    for (const each of [item, ...item.querySelectorAll("li.item")]) each.dataset.section = place.section;
    dropIfEmpty(before);
    const now = sectionOf(list);
    this.number(now);
    if (was && was !== now) this.number(was);
  }

  /** The item after which one is shown that comes after `ref`: lines with a metric in them are not shown as items. */
  #shownBefore(ref) {
    let line = this.lineOf(ref);
    while (line && !this.#named(ITEM, refOf(line))) line = line.previousElementSibling;
    return this.#named(ITEM, line ? refOf(line) : ref);
  }

  take(item) {
    const section = sectionOf(item);
    for (const each of [this.#named(ITEM, refOf(item)), this.lineOf(refOf(item))]) {
      const list = each?.parentElement;
      each?.remove();
      dropIfEmpty(list);
    }
    this.number(section);
  }

  /** The item and all below it, each with the name it has now. */
  branchOf(item) {
    return {
      ref: refOf(item),
      text: isEvent(item) ? wordsOfEvent(item) : textOf(item),
      kind: isEvent(item) ? "item" : kindOf(item),
      parts: isEvent(item) ? partsOf(item) : undefined,
      ordered: item.dataset.ordered === "true",
      carried: isCarried(item),
      items: childrenOf(item).map((child) => this.branchOf(child)),
    };
  }

  /** The elements of a branch whose items all have a name: a `ref`, or a `uid` where they are new. */
  grow(branch, section) {
    const item = this.#template.content.firstElementChild.cloneNode(true);
    spell(item, "__ref__", branch.ref ?? branch.uid);
    item.dataset.section = section;
    item.dataset.version = 0;
    item.dataset.kind = branch.kind;
    item.dataset.ordered = Boolean(branch.ordered);
    if (branch.kind !== "item") item.classList.add(`is-${branch.kind}`);
    if (branch.carried) item.dataset.carried = "";
    item.classList.toggle("carried", Boolean(branch.carried));
    fieldOf(item).value = branch.text;
    const below = branch.items ?? [];
    if (below.length) this.#listFor(item).append(...below.map((child) => this.grow(child, section)));
    return item;
  }

  /** Name what is in an item of this page by the id it has by now; the item itself keeps its name. */
  spell(item, id) {
    const name = refOf(item);
    for (const part of item.children) if (!part.matches("ol.items")) spell(part, name, String(id));
    item.id = `item-${id}`;
  }

  /** The line at the end of a section in which the next item is begun; it is no item yet. */
  ghostOf(section) {
    return this.listOf(section)?.querySelector(":scope > [data-ghost]") ?? null;
  }

  addGhost(section) {
    const ghost = this.grow({ uid: newUid(), text: "", kind: "item", ordered: false }, section.id.slice(8));
    ghost.dataset.ghost = "";
    fieldOf(ghost).placeholder = this.#words.ghost;
    const last = this.itemsOf(section).at(-1);
    ghost.dataset.ordered = last?.dataset.ordered ?? "false";
    this.listOf(section).append(ghost);
    return ghost;
  }

  /** Labels say where an item stands: "Item 2.1". They are written once however many items are put in. */
  number(section) {
    if (!section) return;
    if (!this.#toNumber.size) queueMicrotask(() => this.#numberAll());
    this.#toNumber.add(section);
  }

  #numberAll() {
    for (const section of this.#toNumber) {
      const list = this.listOf(section);
      if (list) this.#number(list, "");
    }
    this.#toNumber.clear();
  }

  #number(list, above) {
    let count = 0;
    for (const item of list.children) {
      if (!item.matches("li.item")) continue;
      const isItem = kindOf(item) === "item";
      if (isItem) count += 1;
      const number = `${above}${count}`;
      // right before its field; `labels` would search the whole page
      const label = item.querySelector(":scope > .field > form > label");
      const name = isGhost(item)
        ? this.#words.newItem
        : isItem
          ? this.#words.item.replace("{number}", number)
          : this.#words.paragraph;
      if (label && label.textContent !== name) label.textContent = name;
      const below = listIn(item);
      if (below) this.#number(below, `${number}.`);
    }
  }

  #section(id) {
    return this.#root.querySelector(`#section-${id}`);
  }

  #listFor(item) {
    const there = listIn(item);
    if (there) return there;
    const list = document.createElement("ol");
    list.className = "items";
    item.append(list);
    return list;
  }
}

const wordsOfEvent = (item) =>
  [...item.querySelectorAll(":scope > form :is(input:not([type=hidden]), select, textarea)")].map(({ value }) => value).join("\n");

/** An event's text may stand in several items: what comes after it comes after the last of them. */
function lastRef(item) {
  return item.dataset.last ?? refOf(item);
}

function dropIfEmpty(list) {
  if (list && !list.children.length && list.parentElement.matches("li.item")) list.remove();
}

/** Replace an item's name in all that carries it. */
function spell(element, before, now) {
  for (const part of [element, ...element.querySelectorAll("*")]) {
    for (const attribute of part.attributes) {
      if (attribute.value.includes(before)) attribute.value = attribute.value.replaceAll(before, now);
    }
  }
}
