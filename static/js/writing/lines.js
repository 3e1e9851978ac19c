// What the save queue sends, a line for each field: its newest content, and the save that is on its way.
//
// A save whose answer was lost is repeated as it was before anything newer is sent. The server knows it by its
// number, so that it is stored once, and what is typed meanwhile is not taken for somebody else's change.

const wire = (ref) => (/^\d+$/.test(ref) ? Number(ref) : ref);

/** The text of one item. */
export class TextLine {
  /** The save that was sent and not answered yet. */
  save = null;
  /** How often that failed so far. */
  attempts = 0;
  /** What the server said where it cannot take the text as it is. */
  refusal = null;
  clash = null;
  /**
   * Stored with the words of somebody else in it, and not put into the field while one is in it. Until then
   * `base` and `version` stay behind, so that the server goes on merging.
   */
  apart = null;
  /** What an earlier page had sent of it when it was closed, without an answer. */
  ours = null;
  id = null;

  constructor(ref, { version, base }) {
    this.ref = String(ref);
    this.key = `item-${ref}`;
    this.typed = this.base = base ?? "";
    this.version = version;
  }

  get isPending() {
    return this.typed !== this.base || this.save !== null;
  }

  get isHeld() {
    return this.clash !== null || this.refusal !== null;
  }

  /** The next save, or null where nothing is to be sent. */
  next() {
    if (this.typed === this.base) return null;
    return { text: this.typed, changes: [this.#change(this.typed, this.version, this.base)] };
  }

  #change(text, version, base) {
    return { kind: "text", item: wire(this.ref), text, version, base };
  }

  /** The save is stored. Gives the text that others and oneself have made of it where they were merged. */
  took(answer, save) {
    const { version } = answer.items?.[this.ref] ?? { version: this.version };
    this.base = save.text;
    if (save.merged === undefined) {
      this.version = version;
      this.apart = null;
      return null;
    }
    this.apart = { text: save.merged, version, by: save.by };
    return this.apart;
  }

  /** Put what is stored into the field; not while it is typed in. */
  join() {
    const { text, version } = this.apart;
    Object.assign(this, { typed: text, base: text, version, apart: null });
    return text;
  }

  /** Send both changes as one text: they touch different words. */
  merge(problem, save) {
    return {
      text: save.text,
      merged: problem.merged,
      by: problem.theirs_by,
      changes: [this.#change(problem.merged, problem.version, problem.theirs)],
    };
  }

  /** Settle a clash: from now on `text` is typed over what is stored. */
  settle(text) {
    const { theirs, version } = this.clash;
    Object.assign(this, { typed: text, base: theirs, version, clash: null, apart: null });
  }

  /** What the vault keeps. A merged text is not in `sent`: taking it for one's own would drop the others'. */
  get record() {
    const sent = this.save && this.save.merged === undefined ? this.save.text : null;
    const { ref, id, typed: text, base, version } = this;
    return { kind: "text", ref, id, text, base, version, sent };
  }
}

/** A form that is saved as a whole: a reading, an event, an outcome, a heading. */
export class FormLine {
  save = null;
  attempts = 0;
  refusal = null;
  clash = null;
  #version = 0;
  #stored = 0;

  constructor(key, source) {
    this.key = key;
    this.source = source;
  }

  touch() {
    this.#version += 1;
  }

  get isPending() {
    return this.#version !== this.#stored || this.save !== null;
  }

  get isHeld() {
    return this.clash !== null || this.refusal !== null;
  }

  next() {
    const detail = this.source.problem();
    if (detail) this.refusal = { kind: "refused", detail };
    return detail ? null : { ...this.source.request(), count: this.#version };
  }

  took(_answer, save) {
    this.#stored = save.count;
  }

  get record() {
    return { kind: "form", entries: this.source.entries() };
  }
}

/** Structure: steps, each of them stored whole or not at all, in the order in which they were done. */
export class StructureLine {
  key = "structure";
  save = null;
  attempts = 0;
  refusal = null;
  clash = null;
  isHeld = false;
  steps = [];

  get isPending() {
    return this.steps.length > 0;
  }

  /** Whether a step that is not stored yet makes the item, removes it, or gives it a text. */
  touches(name) {
    return this.steps.some((step) => step.names.has(name));
  }

  get record() {
    return { kind: "structure", steps: this.steps.map(({ sequence, changes }) => ({ sequence, changes })) };
  }
}

/** The items whose text or being the changes decide, and the texts of those that they make or restore, by name. */
export function namesIn(changes) {
  const names = new Set();
  const made = new Map();
  const grow = (item) => {
    names.add(item.uid);
    made.set(item.uid, item.text ?? "");
    for (const child of item.items ?? []) grow(child);
  };
  for (const change of changes) {
    if (change.kind === "add") change.items.forEach(grow);
    else if (change.kind === "restore") change.texts.forEach(([name, text]) => grow({ uid: name, text }));
    else if (change.kind === "text" || change.kind === "remove") names.add(String(change.item));
  }
  return { names, made };
}
