// The open page: whose it is, what it shows, and the words it says. Items are named by their id, or by the
// name this page gave them before the server had one; an item keeps the name it first had here.

export class Page {
  #ids = new Map();
  #names = new Map();

  constructor(document) {
    this.document = document;
    this.main = document.querySelector("main[data-report]");
    this.url = this.main.dataset.report;
    this.viewer = this.main.dataset.viewer;
    this.client = uuid();
    this.words = {};
    for (const word of document.getElementById("words")?.content.children ?? []) {
      this.words[word.dataset.word] = word.textContent;
    }
  }

  get version() {
    return Number(this.main.dataset.version);
  }

  /** The working copy as the person has seen it; publishing names it. */
  set version(version) {
    this.main.dataset.version = version;
    for (const field of this.document.querySelectorAll("[data-report-version]")) field.value = version;
  }

  /** `page.say("saved", {time: "14:02"})` */
  say(word, values = {}) {
    const text = this.words[word] ?? word;
    return text.replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
  }

  /** `{id, name}` of a person as this page calls them: the viewer, who has another page open, by no name. */
  nameFor(person) {
    if (person?.id != null && String(person.id) === this.viewer) return this.say("other_window");
    return person?.name || this.say("somebody");
  }

  /** The server's id of an item that this page named. */
  learn(name, id) {
    if (String(name) === String(id)) return;
    this.#ids.set(String(name), String(id));
    this.#names.set(String(id), String(name));
  }

  idOf(ref) {
    return this.#ids.get(String(ref)) ?? String(ref);
  }

  nameOf(id) {
    return this.#names.get(String(id)) ?? String(id);
  }

  /** The item's element where it stands in the outline; a metrics section shows its lines a second time. */
  item(ref) {
    return this.copies(ref)[0] ?? null;
  }

  copies(ref) {
    const names = new Set([this.nameOf(ref), this.idOf(ref)]);
    return [...names].flatMap((name) => [
      ...this.main.querySelectorAll(`[data-item="${CSS.escape(name)}"]`),
    ]);
  }

  section(id) {
    return this.document.getElementById(`section-${id}`);
  }
}

/** The item's own text field, not one of an item below it. */
export const fieldOf = (item) => item?.querySelector(":scope > .field textarea[name=text]") ?? null;

/** A random name; `crypto.randomUUID` is missing on plain-HTTP addresses. */
export function uuid() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
}
