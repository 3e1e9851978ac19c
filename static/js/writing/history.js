// What was done, so that it can be taken back and done again: structure and text in one line of steps.
//
// A step is what to do to the page: { kind: "text", item, from, to } · { kind: "field", form, name, from, to } of a
// form that is saved as a whole · { kind: "add", place, branch } ·
// { kind: "move", item, to } · { kind: "remove", item } · { kind: "restore", item, place, branch } · of what is
// carried over { kind: "keep" | "reopen" | "drop" | "bring_back", item }. Doing one gives the change for the
// server and the step that takes it back, so undoing and redoing are the same as doing.

import { caretNow, keepingCaret, placeCaret } from "./focus.js";
import { changed, fieldAt, setField } from "./parts.js";
import { asStored, merged } from "./texts.js";
import { isCarried, isCode, isEvent, partVersions, partsOf, refOf, textOf, wire, wired } from "./tree.js";

const MOST = 500;
const PAUSE = 1000;
const BOUNDARY = /[\s.,;:!?，。；：！？、（）()「」“”]$/u;

/** Tells `change` whenever there is something else to undo or redo. */
export class History extends EventTarget {
  #tree;
  #queue;
  #past = [];
  #future = [];
  /** True while the page is changed from here, so that this is not taken for typing. */
  acting = false;

  constructor(tree, queue) {
    super();
    this.#tree = tree;
    this.#queue = queue;
  }

  get canUndo() {
    return this.#past.length > 0;
  }

  get canRedo() {
    return this.#future.length > 0;
  }

  /** The actions that can be undone, and those that can be redone, the newest last. */
  get past() {
    return this.#past;
  }

  get future() {
    return this.#future;
  }

  /** Take in what an earlier page could undo and redo; what was done here came after it. */
  recall({ past, future }) {
    if (!this.#past.length) this.#future = [...future];
    this.#past.unshift(...past);
    this.#changed();
  }

  /** Do these steps as one action called `name`, then put the caret where `focus` says. */
  do(name, steps, focus) {
    const before = caretNow(this.#tree);
    const done = this.#perform(steps);
    if (!done) return false;
    const after = focus ? placeCaret(this.#tree, focus) : caretNow(this.#tree);
    this.#remember({ name, steps: done.back, before, after });
    this.#send(done);
    return true;
  }

  /** Note that the person typed in `item`: `how` is insert, delete, compose or paste. */
  typed(item, from, to, how, { before, wasCarried = false, now = performance.now() } = {}) {
    if (from === to) return;
    const steps = [{ kind: "text", item: refOf(item), from: to, to: from }];
    if (wasCarried) steps.push({ kind: "reopen", item: refOf(item), was: from });
    this.#typed(refOf(item), steps, from, to, how, { before, now });
  }

  /** Note that the person typed or chose something in a form's field. */
  typedIn({ form, name }, from, to, how, { before, now = performance.now() } = {}) {
    if (from === to) return;
    this.#typed(`${form} ${name}`, [{ kind: "field", form, name, from: to, to: from }], from, to, how, { before, now });
  }

  #typed(where, steps, from, to, how, { before, now }) {
    const after = caretNow(this.#tree);
    const last = this.#past.at(-1);
    const typing = { item: where, how, at: now, boundary: BOUNDARY.test(to.slice(0, after?.start)) };
    if (last && goesOn(last, typing, this.#tree)) {
      for (const step of last.steps) {
        if (step.kind === "text" || step.kind === "field") step.from = to;
        if (step.kind === "remove") step.was = to;
      }
      Object.assign(last, { typing, after });
      this.#future = [];
      this.#changed();
      return;
    }
    this.#remember({ name: "typing", steps, before, after, typing });
  }

  /** Note an item that came to be because somebody began to type in it. */
  began(item, { before, now = performance.now() } = {}) {
    const typing = { item: refOf(item), how: "begin", at: now, boundary: false };
    this.#remember({
      name: "add",
      steps: [{ kind: "remove", item: refOf(item), was: textOf(item) }],
      before,
      after: caretNow(this.#tree),
      typing,
    });
  }

  /** Note what the server did at the person's wish, by the steps that take it back. */
  noted(name, steps) {
    if (steps.length) this.#remember({ name, steps, before: null, after: null });
  }

  /** Typing from here on is a step of its own. */
  pause() {
    const last = this.#past.at(-1);
    if (last?.typing) last.typing = null;
  }

  /** Take the last action back. Gives its name, and whether all, some or none of it could be. */
  undo() {
    return this.#turn(this.#past, this.#future, "before");
  }

  redo() {
    return this.#turn(this.#future, this.#past, "after");
  }

  #turn(from, to, side) {
    const entry = from.pop();
    if (!entry) return null;
    const done = this.#perform(entry.steps);
    if (done) {
      to.push({ ...entry, steps: done.back, typing: null });
      if (entry[side]) placeCaret(this.#tree, entry[side]);
      this.#send(done);
    }
    this.#changed();
    return { name: entry.name, done: !done ? "none" : done.skipped ? "some" : "all" };
  }

  #changed() {
    this.dispatchEvent(new Event("change"));
  }

  #remember(entry) {
    this.#past.push(entry);
    if (this.#past.length > MOST) this.#past.shift();
    this.#future = [];
    this.#changed();
  }

  /** Do what can be done of the steps; null where nothing could be, because others took it away. */
  #perform(steps) {
    const back = [];
    const changes = [];
    let skipped = 0;
    this.acting = true;
    try {
      for (const step of steps) {
        const did = this.#step(step);
        if (!did) skipped += 1;
        else {
          changes.push(...did.changes);
          back.unshift(...did.back);
        }
      }
    } finally {
      this.acting = false;
    }
    return back.length ? { back, changes, skipped } : null;
  }

  #step(step) {
    if (step.kind === "field") return this.#field(step);
    if (step.kind === "add") return this.#add(step);
    if (step.kind === "restore" || step.kind === "bring_back") return this.#bringBack(step);
    const item = this.#tree.find(step.item);
    if (!item || !this.#saysStill(step, item)) return null;
    switch (step.kind) {
      case "text":
        return isEvent(item) ? null : this.#text(step, item);
      case "move":
        return this.#move(step, item);
      case "remove":
      case "drop":
        return this.#take(step, item);
      case "keep":
        if (!isCarried(item)) return null;
        touch(item);
        return one({ kind: "keep", item: nameOn(item) }, { kind: "reopen", item: step.item, was: textOf(item) });
      case "reopen":
        open(item);
        return one({ kind: "reopen", item: nameOn(item), version: versionOf(item) }, { kind: "keep", item: step.item });
      default:
        throw new TypeError(step.kind);
    }
  }

  /** Whether nobody has written in it since; white space at the ends of lines does not count. */
  #saysStill({ kind, was }, item) {
    if (was === undefined) return true;
    const says = kind === "reopen" ? textOf(item) : wordsOf(this.#tree.branchOf(item));
    return asStored(says) === asStored(was);
  }

  #add({ place, branch }) {
    const tree = this.#tree;
    const to = tree.placeNow(place);
    if (!to) return null;
    tree.put(tree.grow(branch, to.section), to);
    return one(
      { kind: "add", ...wired(to), items: [sent(branch)] },
      { kind: "remove", item: branch.uid, was: wordsOf(branch) },
    );
  }

  /** The page saves the form by itself: there is no change to send. */
  #field(step) {
    const field = fieldAt(step);
    const value = field && changed(field, step);
    if (value === null) return null;
    const back = [{ ...step, from: value, to: field.value }];
    setField(field, value);
    return { changes: [], back };
  }

  #text(step, item) {
    const tree = this.#tree;
    const now = textOf(item);
    const isSame = !isCode(item) && asStored(now) === asStored(step.from);
    const text = isSame ? step.to : merged(step.from, step.to, now);
    if (text === null) return null;
    const back = [{ kind: "text", item: step.item, from: text, to: now }];
    if (isCarried(item)) back.push({ kind: "reopen", item: step.item, was: now });
    tree.write(item, text);
    touch(item);
    return one({ kind: "text", item: nameOn(item), text, version: versionOf(item), base: now }, ...back);
  }

  #move(step, item) {
    const tree = this.#tree;
    const to = tree.placeNow(step.to);
    if (!to || (to.parent !== null && item.contains(tree.find(to.parent)))) return null;
    const back = [{ kind: "move", item: step.item, to: tree.placeOf(item) }];
    if (isCarried(item)) back.push({ kind: "reopen", item: step.item, was: textOf(item) });
    keepingCaret(() => tree.put(item, to));
    touch(item);
    return { changes: following(partsOf(item), to).map(([ref, place]) => ({ kind: "move", item: wire(ref), ...place })), back };
  }

  /** Remove an item, or drop a carried one. What was typed in it and is not sent yet goes with it. */
  #take({ kind, item: ref }, item) {
    const tree = this.#tree;
    const back = { item: ref, place: tree.placeOf(item), branch: tree.branchOf(item), element: item };
    const changes =
      kind === "drop"
        ? [{ kind, item: nameOn(item) }]
        : [...this.#unsent(item), ...partsOf(item).map((ref) => ({ kind, item: wire(ref), version: versionOf(item, ref) }))];
    tree.take(item);
    return { changes, back: [{ kind: kind === "drop" ? "bring_back" : "restore", ...back }] };
  }

  #unsent(item) {
    return [item, ...item.querySelectorAll("li.item")].flatMap((each) => {
      const line = this.#queue.textLine(refOf(each));
      if (!line || line.typed === line.base) return [];
      return [{ kind: "text", item: nameOn(each), text: line.typed, version: line.version, base: line.base }];
    });
  }

  /** What was taken away stands there again, as it was; the server knows more of it than its words. */
  #bringBack({ kind, item: ref, place, branch, element }) {
    const tree = this.#tree;
    const to = tree.placeNow(place, { anywhere: true });
    if (!to || tree.find(ref)) return null;
    tree.put(element ?? tree.grow(branch, to.section), to);
    const back = { kind: kind === "restore" ? "remove" : "drop", item: ref, was: wordsOf(branch) };
    if (kind === "bring_back") return one({ kind, item: wire(ref) }, back);
    const [first, ...others] = following(branch.parts ?? [ref], to).map(([part, at]) => ({ kind, item: wire(part), ...at }));
    const texts = textsOf(branch);
    const below = texts.slice(1).map(([name]) => wire(name));
    const changes = [{ ...first, below, texts }, ...others.map((change) => ({ ...change, texts: [[String(change.item), ""]] }))];
    return { changes, back: [back] };
  }

  #send({ changes }) {
    const [only] = changes;
    if (!only) return;
    if (changes.length === 1 && only.kind === "text") this.#queue.text(only.item, only.text, only);
    else this.#queue.structure(changes);
  }
}

const one = (change, ...back) => ({ changes: [change], back });
const nameOn = (item) => wire(refOf(item));
/** Of an event each line has a version of its own. */
const versionOf = (item, ref = refOf(item)) => Number(partVersions(item).get(ref) ?? item.dataset.version);

/** The lines that go together, each with its place: the first at the place, the others after it. */
const following = (refs, place) =>
  refs.map((ref, index) => [ref, wired(index ? { ...place, after: refs[index - 1] } : place)]);

/** The items of a branch by name, the uppermost first, with what they say. */
const textsOf = ({ ref, uid, text, items = [] }) => [[ref ?? uid, text], ...items.flatMap(textsOf)];
const wordsOf = (branch) => textsOf(branch).map(([, text]) => text).join("\n");

/** An item carried over from last week counts as touched once anything was done with it. */
export function touch(item) {
  delete item.dataset.carried;
  item.classList.remove("carried");
}

/** It is open again: neither edited nor kept. */
function open(item) {
  item.dataset.carried = "";
  item.classList.add("carried");
}

const sent = ({ uid, text, kind, ordered, items }) => ({
  uid,
  text,
  kind: kind === "item" ? "item" : "paragraph",
  ordered: Boolean(ordered),
  items: items.map(sent),
});

/** Whether what is typed now belongs to the step before: same item, same direction, no pause, same word. */
function goesOn({ typing: last }, typing, tree) {
  if (!last || (last.item !== typing.item && (tree.find(last.item) ?? 1) !== tree.find(typing.item))) return false;
  if (last.how === "begin") return true;
  if (last.how !== typing.how || !["insert", "delete"].includes(typing.how)) return false;
  if (typing.at - last.at > PAUSE) return false;
  return !(last.how === "insert" && last.boundary && !typing.boundary);
}
