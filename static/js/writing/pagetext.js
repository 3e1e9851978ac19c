// The text of a whole page, written as Markdown or pasted, is kept in the browser as well until the server has taken it.

import { uuid } from "./page.js";
import { vaultKey } from "./session.js";
import { Vault } from "./vault.js";

const FIELD = "page";
const ADDRESSES = ["source", "paste"];

/** `told` is called where what an earlier page left was put into the form's field. */
export async function keepText(form, told) {
  const field = form.elements.text;
  const drawn = field.value;
  const isRefused = form.querySelector(".clash") !== null;
  const vault = vaultFor(new URL(form.action).pathname, form.closest("main").dataset.viewer);
  const unsaved = (sent) => (field.value === drawn && !isRefused ? null : { text: field.value, over: overOf(form), sent });
  const keep = (sent, now) => vault.keep(FIELD, () => unsaved(sent), { now });
  field.addEventListener("input", () => keep(false));
  form.addEventListener("submit", () => keep(true, true));
  if (isRefused) keep(false, true);
  for (const left of (await vault.left()).reverse()) {
    const isNew = left.text !== drawn && !isRefused;
    if (isNew && field.value !== drawn) continue;
    if (isNew) putBack(form, left, told);
    vault.discard(left.key);
  }
}

/** The server took a page over: what was sent is not unsaved any more. */
export function forgetSent({ url, viewer }) {
  for (const address of ADDRESSES) {
    const vault = vaultFor(`${url}/${address}`, viewer);
    vault.onleft = async () => {
      for (const left of await vault.left()) if (left.sent) vault.discard(left.key);
    };
    vault.onleft();
  }
}

const vaultFor = (report, user) => new Vault({ user, report, client: uuid(), key: vaultKey({ viewer: user }) });

/** The hidden fields: what the text was typed over. */
const overOf = (form) =>
  [...form.elements]
    .filter(({ type, name }) => type === "hidden" && name !== "settled")
    .map(({ name, value }) => [name, value]);

function putBack(form, { text, over }, told) {
  for (const [name, value] of over) {
    const field = form.elements.namedItem(name);
    if (field) field.value = value;
  }
  form.elements.text.value = text;
  form.elements.text.dispatchEvent(new Event("input", { bubbles: true }));
  told();
}
