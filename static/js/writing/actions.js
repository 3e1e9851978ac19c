// What one can do with the items of a week: make, split, nest, move, join and remove them.
// Each is one action, which is done on the page at once, sent as one change, and can be taken back.

import { caretNow, placeCaret } from "./focus.js";
import { History } from "./history.js";
import {
  canHold,
  childrenOf,
  fieldOf,
  isCarried,
  isCode,
  isEvent,
  isGhost,
  isLine,
  kindOf,
  lastWithin,
  nameOf,
  newUid,
  nextOf,
  parentOf,
  previousOf,
  refOf,
  sectionOf,
  siblingsOf,
  textOf,
  wired,
} from "./tree.js";

export class Outline {
  #region;

  constructor(tree, queue, region) {
    this.tree = tree;
    this.queue = queue;
    this.history = new History(tree, queue);
    this.#region = region;
  }

  /** Numbers, labels, and the line at the end of each section, after sections were drawn anew. */
  refresh() {
    for (const section of this.tree.sections()) {
      const list = this.tree.listOf(section);
      if (section.dataset.kind !== "incidents" && section.dataset.kind !== "metrics") {
        const ghost = this.tree.ghostOf(section) ?? this.tree.addGhost(section);
        if (ghost !== list.lastElementChild && !ghost.contains(document.activeElement)) list.append(ghost);
      }
      this.tree.number(section);
      for (const field of list.querySelectorAll("textarea[name=text]")) {
        if (!field.hasAttribute("aria-describedby")) field.setAttribute("aria-describedby", "outline-hint");
      }
    }
  }

  /** The server has items that were made here: what is in them is named by their ids from now on. */
  settle(items) {
    for (const [ref, { id }] of Object.entries(items ?? {})) {
      const item = String(id) === ref ? null : this.tree.find(ref);
      if (item) this.tree.spell(item, id);
    }
  }

  /** Say what happened, once, politely. */
  say(key, values = {}) {
    const text = this.#region.dataset[key].replace(/\{(\w+)\}/g, (_, name) => values[name] ?? "");
    // the same words twice are only read twice where they differ
    this.#region.textContent = this.#region.textContent === text ? `${text}\u00a0` : text;
  }

  // Making items

  /** Enter: what stands after the caret becomes the next item, an empty one where nothing does. */
  enter(item, { start, end }) {
    if (isGhost(item)) return this.#leaveGhost(item);
    const text = textOf(item);
    if (!text && parentOf(item)) return this.unnest(item);
    if (start === 0 && end === 0 && text) return this.#add(item, this.tree.placeBefore(item), { focus: item });
    const head = text.slice(0, start).trimEnd();
    const tail = text.slice(end).trimStart();
    const [first] = childrenOf(item);
    const ghost = this.#ghostAfter(item);
    if (head === text && ghost && !first) return void fieldOf(ghost).focus();
    const place = first ? this.tree.placeFirstIn(item) : this.tree.placeAfter(item);
    const kind = first ? kindOf(first) : kindOf(item);
    const steps = head === text ? [] : [{ kind: "text", item: refOf(item), from: text, to: head }];
    return this.#add(item, place, { text: tail, kind, ordered: (first ?? item).dataset.ordered === "true", steps });
  }

  /** A new, empty item below the item and all that stands under it. */
  addBelow(item) {
    return this.#add(item, this.tree.placeAfter(item), { kind: kindOf(item) });
  }

  #add(item, place, { text = "", kind = kindOf(item), ordered = item.dataset.ordered === "true", steps = [], focus }) {
    const branch = { uid: newUid(), text, kind: kind === "code" ? "paragraph" : kind, ordered, items: [] };
    const caret = { item: focus ? refOf(focus) : branch.uid, start: 0 };
    if (!this.history.do("add", [...steps, { kind: "add", place, branch }], caret)) return;
    this.say("added", this.#where(this.tree.find(branch.uid)));
  }

  /** Put branches where the caret is: the first joins the item, the others follow it, the rest of its text last. */
  insert(item, { start, end }, branches) {
    const text = textOf(item);
    const [first, ...others] = branches.map(withUids);
    const tail = text.slice(end);
    const last = others.at(-1) ?? lastOf(first.items);
    const caret = last ? { item: last.uid, start: last.text.length } : { start: start + first.text.length };
    if (last) last.text += tail;
    first.text = text.slice(0, start) + first.text + (last ? "" : tail);
    const steps = isGhost(item)
      ? following(this.tree.placeIn(sectionOf(item), true), [first, ...others])
      : [
          { kind: "text", item: refOf(item), from: text, to: first.text },
          ...(canHold(item) ? following(this.tree.placeFirstIn(item), first.items) : []),
          ...following(this.tree.placeAfter(item), canHold(item) ? others : [...first.items, ...others]),
        ];
    caret.item ??= isGhost(item) ? first.uid : refOf(item);
    if (this.history.do("paste", steps, caret)) this.say("pasted", { count: countOf(branches) });
  }

  /** Somebody began to type in the line at the end of a section: from now on it is an item. */
  begin(ghost) {
    const section = sectionOf(ghost);
    const place = this.tree.placeNow(this.tree.placeIn(section, true));
    delete ghost.dataset.ghost;
    fieldOf(ghost).placeholder = "";
    const branch = { uid: refOf(ghost), text: "", kind: "item", ordered: ghost.dataset.ordered === "true", items: [] };
    this.queue.structure([{ kind: "add", ...wired(place), items: [branch] }]);
    this.tree.addGhost(section);
    this.tree.number(section);
  }

  #leaveGhost(ghost) {
    const sections = this.tree.sections();
    const next = sections[sections.indexOf(sectionOf(ghost)) + 1];
    const field = next?.querySelector(":scope > ol > [data-ghost] textarea, :scope > .adding textarea");
    if (!field) return;
    field.focus();
    this.say("section", { section: titleOf(next) });
  }

  // Moving items

  nest(item) {
    const above = previousOf(item);
    if (!above || !canHold(above)) return this.say("cannotNest");
    if (isGhost(item)) return this.#add(above, this.tree.placeLastIn(above), { kind: "item" });
    this.#move(item, this.tree.placeLastIn(above), "nested");
  }

  unnest(item) {
    const parent = parentOf(item);
    if (!parent) return this.say("cannotUnnest");
    this.#move(item, this.tree.placeAfter(parent), "unnested");
  }

  up(item) {
    const before = previousOf(item);
    if (before) return this.#move(item, this.tree.placeBefore(before), "up");
    const parent = parentOf(item);
    if (parent) {
      const above = previousOf(parent);
      return above && canHold(above)
        ? this.#move(item, this.tree.placeLastIn(above), "nested")
        : this.#move(item, this.tree.placeBefore(parent), "up");
    }
    if (isEvent(item) || isLine(item)) return this.say(isLine(item) ? "lineStays" : "eventStays");
    const sections = this.tree.sections();
    const section = sections[sections.indexOf(sectionOf(item)) - 1];
    if (!section) return this.say("alreadyFirst");
    this.#move(item, this.tree.placeIn(section, true), "otherSection");
  }

  down(item) {
    const after = nextOf(item);
    if (after) return this.#move(item, this.tree.placeAfter(after), "down");
    const parent = parentOf(item);
    if (parent) {
      const below = nextOf(parent);
      return below && canHold(below)
        ? this.#move(item, this.tree.placeFirstIn(below), "nested")
        : this.#move(item, this.tree.placeAfter(parent), "down");
    }
    if (isEvent(item) || isLine(item)) return this.say(isLine(item) ? "lineStays" : "eventStays");
    const sections = this.tree.sections();
    const section = sections[sections.indexOf(sectionOf(item)) + 1];
    if (!section) return this.say("alreadyLast");
    this.#move(item, this.tree.placeIn(section, false), "otherSection");
  }

  /** Put the item where it was dragged to. */
  moveTo(item, place) {
    const was = this.tree.placeOf(item);
    if (was.section === place.section && was.parent === place.parent && was.after === place.after) return;
    const before = parentOf(item);
    const section = sectionOf(item);
    const said = () => {
      if (sectionOf(item) !== section) return "otherSection";
      return parentOf(item) !== before && parentOf(item) ? "nested" : "moved";
    };
    this.#move(item, place, said);
  }

  #move(item, place, said) {
    if (isGhost(item) || this.#isStoredFirst(item, (again) => this.#move(again, place, said))) return;
    if (!this.history.do("move", [{ kind: "move", item: refOf(item), to: place }])) return;
    item.scrollIntoView({ block: "nearest" });
    this.say(typeof said === "function" ? said() : said, this.#where(item));
  }

  // Joining and removing

  /** Backspace at the start: the text goes on behind that of the item before, children stay below it. */
  joinBefore(item) {
    if (isGhost(item)) return false;
    const before = this.#readBefore(item);
    if (!textOf(item) && !childrenOf(item).length) {
      this.remove(item, { focus: before && fieldOf(before) ? before : undefined });
      return true;
    }
    if (!before || isEvent(before) || isCode(before) || isCode(item)) return false;
    const [from, added] = [textOf(before), textOf(item)];
    const children = childrenOf(item);
    const steps = added ? [{ kind: "text", item: refOf(before), from, to: from + added }] : [];
    let place =
      before === parentOf(item)
        ? this.tree.placeAfter(item)
        : canHold(before)
          ? this.tree.placeLastIn(before)
          : this.tree.placeAfter(before);
    for (const child of children) {
      steps.push({ kind: "move", item: refOf(child), to: place });
      place = { ...place, after: refOf(child) };
    }
    steps.push({ kind: "remove", item: refOf(item) });
    if (this.history.do("join", steps, { item: refOf(before), start: from.length })) {
      this.say("joined", { name: nameOf(before) });
    }
    return true;
  }

  /** Delete at the end: the next item's text goes on here. */
  joinNext(item) {
    const items = this.tree.items();
    const next = items[items.indexOf(item) + 1];
    if (!next || isEvent(next) || sectionOf(next) !== sectionOf(item)) return false;
    const { start } = caretNow(this.tree) ?? {};
    const joined = this.joinBefore(next);
    if (joined) placeCaret(this.tree, { item: refOf(item), start });
    return joined;
  }

  /** Remove the item with all below it; a carried one that nobody touched is dropped, to be brought back. */
  remove(item, { focus } = {}) {
    if (isGhost(item) || this.#isStoredFirst(item, (again) => this.remove(again))) return;
    const section = sectionOf(item);
    const next = focus ?? this.#readAfter(item) ?? this.#readBefore(item) ?? this.tree.ghostOf(sectionOf(item));
    const name = nameOf(item);
    const caret = next ? { item: refOf(next), line: isLine(next), start: focus ? "end" : 0 } : null;
    const kind = isUntouched(item) ? "drop" : "remove";
    if (!this.history.do(kind, [{ kind, item: refOf(item) }], caret)) return;
    if (!next) section.querySelector(".adding textarea")?.focus();
    if (kind === "drop") this.say("dropped", { name });
    else this.say(name ? "removed" : "removedEmpty", { name });
  }

  /** A carried item stands as it is; on to the next. */
  keep(item) {
    if (!isCarried(item)) return;
    const next = this.#readAfter(item, { within: true });
    const caret = next ? { item: refOf(next) } : null;
    if (this.history.do("keep", [{ kind: "keep", item: refOf(item) }], caret)) this.say("kept", { name: nameOf(item) });
  }

  drop(item) {
    if (isCarried(item)) this.remove(item);
  }

  // Taking back

  undo() {
    this.#said("undone", this.history.undo());
  }

  redo() {
    this.#said("redone", this.history.redo());
  }

  #said(what, result) {
    if (!result) return this.say(what === "undone" ? "nothingToUndo" : "nothingToRedo");
    const name = this.#region.dataset[`do${result.name[0].toUpperCase()}${result.name.slice(1)}`];
    this.say(result.done === "all" ? what : result.done === "some" ? "partly" : "overtaken", { name });
  }

  /**
   * An event is moved and removed by its lines, which are made of its fields: what was typed in these is stored
   * first. True where it has to wait for that.
   */
  #isStoredFirst(item, then) {
    const forms = [item, ...item.querySelectorAll("li.item.event")].filter(isEvent).map((event) => event.querySelector("form"));
    if (!forms.some((form) => this.queue.line(form.dataset.save)?.isPending)) return false;
    this.queue.flush().then((isStored) => {
      const again = isStored && this.tree.find(refOf(item));
      if (again) then(again);
    });
    return true;
  }

  // Where things are

  /** The item one reads before this one in its section, if its text can be gone to. */
  #readBefore(item) {
    const before = previousOf(item);
    return before ? lastWithin(before) : parentOf(item);
  }

  /** The item one reads after this one and what is below it (or after itself alone, `within` true). */
  #readAfter(item, { within = false } = {}) {
    const items = this.tree.itemsWith(item).filter((each) => fieldOf(each));
    const last = within ? item : (items.filter((each) => item.contains(each)).at(-1) ?? item);
    return items[items.indexOf(last) + 1] ?? null;
  }

  /** The line for the next item, where it comes right after this one. */
  #ghostAfter(item) {
    const ghost = this.tree.ghostOf(sectionOf(item));
    return ghost?.previousElementSibling === item && kindOf(item) === "item" ? ghost : null;
  }

  #where(item) {
    const siblings = siblingsOf(item);
    const parent = parentOf(item);
    return {
      place: siblings.indexOf(item) + 1,
      count: siblings.length,
      parent: parent ? nameOf(parent) : "",
      section: titleOf(sectionOf(item)),
    };
  }
}

/** Carried over, and neither edited nor kept, nor anything below it. */
const isUntouched = (item) => isCarried(item) && [...item.querySelectorAll("li.item")].every(isCarried);

export function titleOf(section) {
  return section.querySelector("h2, h3")?.textContent.trim() ?? "";
}

/** Steps that add the branches one after the other, the first of them at the place. */
function following(place, branches) {
  return branches.map((branch, index) => {
    const after = index ? branches[index - 1].uid : null;
    return { kind: "add", place: after ? { ...place, after, earlier: [] } : place, branch };
  });
}

const withUids = (branch) => ({ ...branch, uid: newUid(), kind: "item", items: (branch.items ?? []).map(withUids) });
const lastOf = (items) => (items?.length ? (lastOf(items.at(-1).items) ?? items.at(-1)) : null);
const countOf = (branches) => branches.reduce((sum, branch) => sum + 1 + countOf(branch.items ?? []), 0);
