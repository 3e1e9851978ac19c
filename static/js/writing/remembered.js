// What can be undone and redone outlives a reload of the page in the same tab: the newest steps lie in the vault, as
// unsaved text does, and go with it at sign-out. Items are named there by their ids, since another page knows no others.

const FIELD = "history";
/** How much is kept, in letters: the rest of a long afternoon is not worth the time it takes to encrypt it. */
const MOST = 200_000;
const DAY = 86400 * 1000;
const NAMES = new Set(["item", "parent", "after", "earlier", "ref", "uid"]);

/** Keeps the steps of `history` from now on. Gives what takes in those that an earlier page of this tab has left. */
export function startRemembering(page, history, vault) {
  const tab = `weekline ${page.url}`;
  const before = sessionStorage.getItem(tab);
  sessionStorage.setItem(tab, page.client);
  history.addEventListener("change", () => vault.keep(FIELD, () => recordOf(history, page)));
  return (record) => {
    if (record.client === before) history.recall(record);
    if (record.client === before || Date.now() - record.at > DAY) vault.discard(record.key);
  };
}

function recordOf({ past, future }, page) {
  let room = MOST;
  const newest = (entries) => {
    const kept = [];
    for (const entry of entries.toReversed()) {
      const plain = byId(entry, page);
      room -= JSON.stringify(plain).length;
      if (room < 0) break;
      kept.unshift(plain);
    }
    return kept;
  };
  const record = { kind: FIELD, past: newest(past), future: newest(future) };
  return record.past.length || record.future.length ? record : null;
}

/** The value without what only this page can hold, its items named by the ids they have by now. */
function byId(value, page, key = "") {
  if (Array.isArray(value)) return value.map((each) => byId(each, page, key));
  if (value !== null && typeof value === "object") {
    const parts = Object.entries(value).filter(([name]) => name !== "element" && name !== "typing");
    return Object.fromEntries(parts.map(([name, part]) => [name, byId(part, page, name)]));
  }
  return value !== null && value !== undefined && NAMES.has(key) ? page.idOf(value) : value;
}
