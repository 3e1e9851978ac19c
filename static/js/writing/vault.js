// What is typed and not saved yet, kept in the browser until the server has it: it survives a reload, a crash, a
// lost network, an ended session. It is encrypted with a key that the server gives the person who signed in.
//
// On plain-HTTP addresses browsers have no cryptography; it is then kept as it is, and goes when anybody signs out.

const DATABASE = "weekline-writing";
const STORE = "unsaved";
/** At most this long after it was typed, in milliseconds. */
const SOON = 200;
const MONTH = 30 * 86400 * 1000;

export class Vault {
  #database;
  #key;
  #own;
  #timers = new Map();
  #work = Promise.resolve();
  #isShut = false;
  #waiting = new Set();
  /** Called when another page of the same report was closed that may have left something. */
  onleft = () => {};
  /** False where the browser cannot keep anything (a private window, a full disk). */
  works = true;
  /** Called when that changes. */
  onworks = () => {};

  /** `user` and `report` are whose and which; `client` is the open page. `key` is a promise of the key. */
  constructor({ user, report, client, key }) {
    this.#own = { user, report, client };
    this.#key = key;
    this.#database = open().catch(() => this.#found(false));
    holdName(client);
  }

  /** Keep what `record()` gives, within a moment; null is nothing to keep any more. */
  keep(field, record, { now = false } = {}) {
    if (this.#isShut || (this.#timers.has(field) && !now)) return;
    clearTimeout(this.#timers.get(field));
    const write = () => {
      this.#timers.delete(field);
      const found = record();
      this.#then(() => (found ? this.#put(field, found) : this.#remove(field)));
    };
    if (now) write();
    else this.#timers.set(field, setTimeout(write, SOON));
  }

  forget(field) {
    clearTimeout(this.#timers.get(field));
    this.#timers.delete(field);
    this.#then(() => this.#remove(field));
  }

  /** What pages that are not open any more have left unsaved in this report, the oldest first. */
  async left() {
    const database = await this.#database;
    const stored = async () => asked(database.transaction(STORE).objectStore(STORE).getAll());
    const all = database ? await stored().catch(() => []) : [];
    const { user, report, client } = this.#own;
    const open = await openPages();
    const found = [];
    const waited = new Set();
    for (const row of all) {
      if (Date.now() - row.at > MONTH) this.discard(row.key);
      else if (row.user === user && row.report === report && row.client !== client && !open.has(row.client)) {
        const record = await this.#opened(row);
        if (record) found.push({ ...record, key: row.key, field: row.field, client: row.client, at: row.at });
      } else if (row.user === user && row.report === report && row.client !== client) waited.add(row.client);
    }
    for (const other of waited) this.#whenClosed(other);
    return found.sort((one, other) => one.at - other.at);
  }

  /** The lock of another page is free once that is closed, however it ended. */
  #whenClosed(client) {
    if (this.#waiting.has(client)) return;
    this.#waiting.add(client);
    navigator.locks.request(`weekline ${client}`, () => {
      this.#waiting.delete(client);
      this.onleft();
    });
  }

  /** Remove one of the records that `left` gave. */
  discard(key) {
    this.#then(async (database) => changed(database, (store) => store.delete(key)));
    return this.#work;
  }

  /** Everything that was to be kept is. */
  get written() {
    return this.#work;
  }

  /** Put another record in the place of one that `left` gave. */
  amend({ key, field, client, ...record }) {
    this.#then(async (database) => {
      const row = { key, field, ...this.#own, client, at: Date.now(), ...(await this.#closed(record)) };
      return changed(database, (store) => store.put(row));
    });
    return this.#work;
  }

  /** The person signed out: keep nothing more until they are back. */
  shut() {
    this.#isShut = true;
    for (const timer of this.#timers.values()) clearTimeout(timer);
    this.#timers.clear();
  }

  reopen() {
    this.#isShut = false;
  }

  #found(works) {
    if (this.works === works) return;
    this.works = works;
    this.onworks();
  }

  #then(act) {
    this.#work = this.#work
      .then(async () => {
        const database = await this.#database;
        if (database) await act(database);
      })
      .catch(() => this.#found(false));
  }

  async #put(field, record) {
    const database = await this.#database;
    const row = { key: this.#name(field), field, at: Date.now(), ...this.#own, ...(await this.#closed(record)) };
    await changed(database, (store) => store.put(row));
    this.#found(true);
  }

  async #remove(field) {
    const database = await this.#database;
    await changed(database, (store) => store.delete(this.#name(field)));
  }

  #name(field) {
    const { user, report, client } = this.#own;
    return [user, report, client, field].join(" ");
  }

  async #closed(record) {
    const key = await this.#key;
    const text = JSON.stringify(record);
    if (!key) return { plain: text };
    const iv = crypto.getRandomValues(new Uint8Array(12));
    const data = await crypto.subtle.encrypt({ name: "AES-GCM", iv }, key, new TextEncoder().encode(text));
    return { iv, data };
  }

  async #opened({ plain, iv, data }) {
    if (plain !== undefined) return JSON.parse(plain);
    const key = await this.#key;
    if (!key) return null;
    try {
      const text = await crypto.subtle.decrypt({ name: "AES-GCM", iv }, key, data);
      return JSON.parse(new TextDecoder().decode(text));
    } catch {
      return null;
    }
  }
}

/** The person signs out of this browser: forget what is theirs, and what could be read without a key. */
export async function forget(user) {
  const database = await open();
  await changed(database, (store) => {
    const rows = store.openCursor();
    rows.onsuccess = () => {
      const row = rows.result;
      if (!row) return;
      if (row.value.user === user || row.value.plain !== undefined) row.delete();
      row.continue();
    };
  });
  database.close();
}

/** The key for `Vault`: null where the context is not secure. */
export async function cryptoKey(base64) {
  if (!crypto.subtle) return null;
  const raw = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
  return crypto.subtle.importKey("raw", raw, "AES-GCM", false, ["encrypt", "decrypt"]);
}

/** Rejects where the browser has no such thing, or forbids it: already naming it may throw then. */
async function open() {
  const request = indexedDB.open(DATABASE, 1);
  request.onupgradeneeded = () => request.result.createObjectStore(STORE, { keyPath: "key" });
  return asked(request);
}

const asked = (request) =>
  new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
    request.onblocked = () => reject(new Error("blocked"));
  });

const changed = (database, act) =>
  new Promise((resolve, reject) => {
    const transaction = database.transaction(STORE, "readwrite");
    act(transaction.objectStore(STORE));
    transaction.oncomplete = resolve;
    transaction.onerror = transaction.onabort = () => reject(transaction.error);
  });

/** Other pages see by a lock, held as long as this one is open, that its texts are its own. */
function holdName(client) {
  navigator.locks?.request(`weekline ${client}`, () => new Promise(() => {}));
}

async function openPages() {
  const { held = [] } = (await navigator.locks?.query()) ?? {};
  return new Set(held.map(({ name }) => name.split(" ")[1]));
}
