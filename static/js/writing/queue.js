// The save queue: brings what is typed to the server, and knows at any time what is not there yet.
//
// One save a field is on its way at a time, structure strictly in its order. "Saved" is what the server said it
// has, nothing else. The queue knows no page: it is told what was typed, and tells what became of it by events:
// `saved` {items, line, …}, `answered` {key, put}, `merged` {ref, text, joined}, `clash`, `failed`, `change`.

import { FormLine, StructureLine, TextLine } from "./lines.js";
import { send } from "./sending.js";
import { Steps } from "./steps.js";

const IDLE = 600;
/** Who types on and on is saved this often all the same. */
const LONGEST = 3000;
/** How soon to look again whether the input method is done. */
const COMPOSING = 200;
const BACKOFF = [1000, 2000, 4000, 8000, 15000];
const JSON_HEADERS = { "Content-Type": "application/json", Accept: "application/json" };

export class Queue extends EventTarget {
  #lines = new Map();
  #structure = new StructureLine();
  #steps;
  #names = new Map();
  #versions = new Map();
  #sequence = 0;
  #leaving = false;

  /**
   * `isTypedIn(ref)` says whether a person is in the item's field, `isComposing(ref)` whether something is half
   * composed there. `vault` keeps what is not saved yet.
   */
  constructor({ report, client, vault, isTypedIn = () => false, isComposing = () => false, transport = send }) {
    super();
    Object.assign(this, { report, client, vault, isTypedIn, isComposing, transport });
    this.#lines.set(this.#structure.key, this.#structure);
    this.#steps = new Steps(this.#structure, {
      lineOf: (name) => this.textLine(name),
      nameOf: (ref) => this.nameOf(ref),
      versionOf: (ref) => this.#versions.get(this.nameOf(ref)) ?? 0,
      hold: (line) => this.#lines.set(line.key, line),
      drop: (name) => this.drop(`item-${name}`),
      keep: (line, options) => this.#keep(line, options),
      plan: (line) => this.#plan(line, 0),
      settled: (line) => this.#settled(line),
      learn: (answer, texts) => this.#learn(answer, texts),
      tell: (kind, detail) => this.#tell(kind, detail),
    });
    /** Why nothing can be sent: "signed-out", "other-person", "gone". */
    this.paused = null;
    /** While what an earlier page left is stored: "saving", or why that has to wait. */
    this.catchingUp = null;
    this.lastSaved = null;
  }

  /** How many fields, and steps of structure, the server does not have yet. */
  get pending() {
    const fields = [...this.#lines.values()].filter((line) => line !== this.#structure && line.isPending);
    return fields.length + this.#structure.steps.length + (this.catchingUp ? 1 : 0);
  }

  /** What the writer is to know: {kind, line, …}, the worst first. */
  get state() {
    const lines = [...this.#lines.values()].filter((line) => line.isPending || line.isHeld);
    const first = (test) => lines.find(test);
    if (this.paused && this.pending) return { kind: this.paused };
    const refused = first((line) => line.refusal);
    if (refused) return { kind: "refused", line: refused, detail: refused.refusal.detail };
    const clash = first((line) => line.clash);
    if (clash) return { kind: "clash", line: clash };
    const failing = first((line) => line.attempts > 0);
    if (failing) return { kind: failing.why === "network" ? "offline" : "retrying", detail: failing.detail };
    if (this.catchingUp) return { kind: this.catchingUp };
    if (first((line) => line.save)) return { kind: "saving" };
    return lines.length ? { kind: "unsaved" } : { kind: "saved", at: this.lastSaved };
  }

  /** Lines that the server does not have yet, by the name of their field. */
  line(key) {
    return this.#lines.get(key) ?? null;
  }

  textLine(ref) {
    return this.#lines.get(`item-${this.nameOf(ref)}`) ?? null;
  }

  unsaved() {
    return [...this.#lines.values()].filter((line) => line.isPending || line.isHeld);
  }

  /** The name an item first had in this page: its id, or the one the page gave it. */
  nameOf(ref) {
    return this.#names.get(String(ref)) ?? String(ref);
  }

  /**
   * The item's text is `text` now, typed over `base`, which is stored as `version`. `ours` is a text that an earlier
   * page sent without being told what came of it.
   */
  text(ref, text, { version, base, ours = null } = {}) {
    const name = this.nameOf(ref);
    const key = `item-${name}`;
    const line = this.#lines.get(key) ?? new TextLine(name, { version, base });
    this.#lines.set(key, line);
    if (ours !== null) line.ours = ours;
    if (line.typed === text && !line.refusal) return;
    line.typed = text;
    line.refusal = null;
    this.#noted(line);
  }

  /**
   * Something in a form changed. `source` gives what to send and what to keep. It is saved `"now"`, `"soon"` or
   * `"later"`: once the person is done with it, since half a number is none.
   */
  form(key, source, when = "soon") {
    const line = this.#lines.get(key) ?? new FormLine(key, source);
    this.#lines.set(key, line);
    Object.assign(line, { source, refusal: null, clash: null });
    line.touch();
    this.#noted(line, { now: 0, soon: IDLE, later: Infinity }[when]);
  }

  /** Store changes of structure as one step. Gives the server's answer, once there is one. */
  structure(changes) {
    const stored = this.#steps.add(changes, ++this.#sequence);
    this.#noted(this.#structure, 0);
    return stored;
  }

  /** The person left the field: save it now. */
  leave(ref) {
    const line = this.textLine(ref);
    if (!line) return;
    if (line.apart && line.typed === line.base && !line.save && !this.isTypedIn(line.ref)) this.#join(line);
    this.#pump(line);
  }

  /** Try everything now. True once all of it is stored, false as soon as something cannot be stored now. */
  async flush() {
    this.wake();
    while (this.pending) {
      this.#pumpAll();
      const lines = [...this.#lines.values()];
      if (this.paused || lines.some((line) => line.isHeld || line.attempts)) return false;
      if (!this.catchingUp && !lines.some((line) => line.save)) return false;
      await new Promise((changed) => this.addEventListener("change", changed, { once: true }));
    }
    return true;
  }

  /** The page may be closed at any moment: send what there is in a way that outlives it. */
  leavePage() {
    this.#leaving = true;
    this.wake();
    this.#pumpAll();
    this.#leaving = false;
  }

  /** The network or the session is back, or may be: do not wait for the next try. */
  wake() {
    if (this.paused) return;
    for (const line of this.#lines.values()) if (line.save && !line.save.isFlying) this.#transmit(line);
  }

  catchUp(kind) {
    if (this.catchingUp === kind) return;
    this.catchingUp = kind;
    this.#changed();
  }

  pause(why) {
    if (this.paused === why) return;
    this.paused = why;
    this.#changed();
  }

  resume() {
    this.paused = null;
    this.wake();
    this.#pumpAll();
    this.#changed();
  }

  /** A clash is settled: `text` is what the item shall say. */
  settle(ref, text) {
    const line = this.textLine(ref);
    if (!line?.clash) return;
    line.settle(text);
    this.#noted(line, 0);
  }

  /** Put everything that is not stored into the vault, which may have been emptied. */
  keepAll() {
    for (const line of this.unsaved()) this.#keep(line, { now: true });
  }

  /** Forget what is not saved of a field: its item is gone, or the person let it go. */
  drop(key) {
    const line = this.#lines.get(key);
    if (!line || line === this.#structure) return;
    clearTimeout(line.timer);
    this.#lines.delete(key);
    this.vault.forget(key);
    this.#changed();
  }

  // Planning and sending

  #noted(line, wait = IDLE) {
    if (line.isPending) {
      line.since ??= performance.now();
      this.#keep(line);
    } else this.#settled(line);
    this.#plan(line, wait);
    this.#changed();
  }

  /** What is not stored yet is kept in the browser; a text has its item's id with it as soon as it has one. */
  #keep(line, options) {
    this.vault.keep(line.key, () => (line.isPending || line.isHeld ? line.record : null), options);
  }

  #plan(line, wait = IDLE) {
    if (line.save) return;
    clearTimeout(line.timer);
    if (wait === Infinity) return;
    const longest = LONGEST - (performance.now() - (line.since ?? performance.now()));
    line.timer = setTimeout(() => this.#pump(line), Math.max(0, Math.min(wait, longest)));
  }

  #pumpAll() {
    for (const line of this.#lines.values()) this.#pump(line);
  }

  #pump(line) {
    clearTimeout(line.timer);
    if (line.save || line.isHeld || this.paused || !line.isPending) return;
    if (line === this.#structure) {
      const next = this.#steps.next();
      if (next) this.#start(line, this.#asChanges("structure", next.step.sequence, next));
      return;
    }
    const isText = line instanceof TextLine;
    if (isText && this.#structure.touches(line.ref)) return;
    if (isText && !this.#leaving && this.isComposing(line.ref)) {
      line.timer = setTimeout(() => this.#pump(line), COMPOSING);
      return;
    }
    const next = line.next();
    if (!next) return this.#changed();
    line.since = null;
    this.#start(line, isText ? this.#asChanges(line.key, ++this.#sequence, next) : this.#asForm(line.key, next));
  }

  #asChanges(field, sequence, { changes, ...rest }) {
    const body = JSON.stringify({ client: this.client, field, sequence, changes });
    return { ...rest, changes, sequence, address: `${this.report}/changes`, headers: JSON_HEADERS, body };
  }

  #asForm(field, { address, body, ...rest }) {
    const sequence = ++this.#sequence;
    const headers = {
      "Content-Type": "application/x-www-form-urlencoded",
      "HX-Request": "true",
      "Weekline-Save": `${this.client}/${field}/${sequence}`,
    };
    return { ...rest, isForm: true, sequence, address, headers, body };
  }

  #start(line, save) {
    line.save = save;
    this.#keep(line);
    this.#transmit(line);
  }

  async #transmit(line) {
    const { save } = line;
    clearTimeout(line.timer);
    save.isFlying = true;
    this.#changed();
    const outcome = await this.transport(save, { leaving: this.#leaving });
    save.isFlying = false;
    if (line.save !== save) return;
    this.#came(line, save, outcome);
    this.#changed();
  }

  #came(line, save, outcome) {
    if (outcome.kind === "again") return this.#again(line, outcome);
    if (outcome.kind === "signed-out" || outcome.kind === "other-person") return this.pause(outcome.kind);
    line.save = null;
    line.attempts = 0;
    if (line === this.#structure) this.#steps.came(save, outcome);
    else if (outcome.kind === "saved") this.#tookIn(line, save, outcome.answer);
    else if (outcome.kind === "superseded") line.took({}, save);
    else if (outcome.kind === "clash") this.#clashed(line, save, outcome.problem);
    else this.#refuse(line, save, outcome);
    if (!line.isPending && !line.isHeld) this.#settled(line);
    else if (!line.save) this.#plan(line, line === this.#structure ? 0 : IDLE);
    this.#pump(this.#structure);
  }

  #again(line, { why, after, detail }) {
    Object.assign(line, { attempts: line.attempts + 1, why, detail });
    const wait = after || BACKOFF[Math.min(line.attempts, BACKOFF.length) - 1];
    line.timer = setTimeout(() => !this.paused && this.#transmit(line), wait * (1 + Math.random() / 4));
    if (line.attempts === 1) this.#tell("failed", { line, why });
  }

  #tookIn(line, save, answer) {
    if (line instanceof FormLine) {
      line.took(answer, save);
      this.lastSaved = answer.saved;
      this.#tell("answered", { key: line.key, put: answer });
    } else {
      const texts = { [line.ref]: save.text };
      this.#learn(answer, texts);
      const apart = line.took(answer, save);
      if (apart && line.typed === line.base && !this.isTypedIn(line.ref)) this.#join(line);
      else if (apart) this.#tell("merged", { ref: line.ref, by: apart.by, joined: false });
      this.#tell("saved", { ...answer, line, texts: line.apart ? {} : texts });
    }
  }

  #join(line) {
    const { by } = line.apart;
    const text = line.join();
    this.#tell("merged", { ref: line.ref, text, version: line.version, by, joined: true });
    this.#settled(line);
  }

  #clashed(line, save, problem) {
    if (line.ours != null && problem.theirs === line.ours) {  // stored before the page was closed, and not told
      line.clash = problem;
      line.settle(line.typed);
      return;
    }
    if (line instanceof TextLine && problem.merged != null) {
      return this.#start(line, this.#asChanges(line.key, ++this.#sequence, line.merge(problem, save)));
    }
    line.clash = problem;
    this.#tell("clash", { line, problem });
  }

  #refuse(line, save, outcome) {
    line.refusal = outcome;
    if (outcome.status === 404 && !save.isForm) this.pause("gone");
    this.#tell("failed", { line, ...outcome });
  }

  /** Versions count only for texts that this page sent: of others it may not have seen the newest. */
  #learn(answer, texts) {
    for (const [ref, { id, version }] of Object.entries(answer.items ?? {})) {
      const name = this.nameOf(ref);
      if (String(id) !== name) this.#names.set(String(id), name);
      if (ref in texts) this.#versions.set(name, version);
      const line = this.textLine(name);
      if (line) line.id = id;
    }
    this.lastSaved = answer.saved ?? this.lastSaved;
  }

  #settled(line) {
    clearTimeout(line.timer);
    line.since = null;
    if (line === this.#structure) return this.vault.forget(line.key);
    const isApart = line.apart != null;
    if (!isApart && !this.#structure.touches(line.ref)) this.#lines.delete(line.key);
    this.vault.forget(line.key);
  }

  #changed() {
    this.dispatchEvent(new Event("change"));
  }

  #tell(kind, detail) {
    this.dispatchEvent(new CustomEvent(kind, { detail }));
  }
}
