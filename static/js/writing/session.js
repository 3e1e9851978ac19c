// Who is signed in in this browser, asked for when a save was refused, and when it may have changed.

import { cryptoKey, forget } from "./vault.js";

const AGAIN = 5000;
const CHANNEL = "weekline";

/** {user, key}, or null where nobody is signed in. Rejects where the server does not answer. */
async function whoIsHere() {
  const answer = await fetch("/account/browser-key", {
    headers: { Accept: "application/json" },
    redirect: "manual",
    cache: "no-store",
  });
  if (answer.type === "opaqueredirect" || answer.status === 401) return null;
  if (!answer.ok) throw new Error(`browser key: ${answer.status}`);
  return answer.json();
}

/** The person's key for the vault, however long it takes to get it. */
export async function vaultKey(page) {
  for (let wait = 500; ; wait = Math.min(wait * 2, 15000)) {
    const here = await whoIsHere().catch(() => null);
    if (here && String(here.user) === page.viewer) return cryptoKey(here.key);
    await new Promise((resolve) => setTimeout(resolve, wait));
  }
}

/** Stops the queue while nobody, or somebody else, is signed in; goes on when the person is back. */
export function startSession(page, queue, vault) {
  let looks = 0;
  const look = async () => {
    if (queue.paused !== "signed-out" && queue.paused !== "other-person") return;
    const number = ++looks;
    const here = await whoIsHere().catch(() => undefined);
    if (here === undefined || number !== looks) return;
    if (here === null) queue.pause("signed-out");
    else if (String(here.user) !== page.viewer) queue.pause("other-person");
    else {
      vault.reopen();
      queue.keepAll();
      queue.resume();
    }
  };
  queue.addEventListener("doubt", () => {
    queue.pause("signed-out");
    look();
  });
  setInterval(look, AGAIN);
  addEventListener("focus", look);
  page.document.addEventListener("visibilitychange", look);
  const channel = new BroadcastChannel(CHANNEL);
  channel.addEventListener("message", ({ data }) => {
    if (data.signedOut === page.viewer || data.signedOut === null) vault.shut();
    queue.pause("signed-out");
  });
}

/** Forget what the person leaves unsaved in this browser, and stop the pages they have open in it. */
export async function beforeSignOut() {
  const here = await whoIsHere().catch(() => null);
  const user = here && String(here.user);
  new BroadcastChannel(CHANNEL).postMessage({ signedOut: user });
  await forget(user);
}

const name = () => /(?:^|; )weekline_who=([^;]*)/.exec(document.cookie)?.[1] ?? "";

/**
 * Sends nothing in another person's name: where the signed-in name changed, it is asked first who that is. Another
 * person gives the outcome `other-person`.
 */
export function inOwnName(page, send) {
  let own = name();
  return async (save, options) => {
    if (name() !== own) {
      const here = await whoIsHere().catch(() => undefined);
      if (here === undefined) return { kind: "again", why: "network" };
      if (here === null) return { kind: "signed-out" };
      if (String(here.user) !== page.viewer) return { kind: "other-person" };
      own = name();
    }
    return send(save, options);
  };
}
