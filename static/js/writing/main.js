// The editing page comes to life: what is typed is saved by itself. Forms work without any of this.

import { Page } from "./page.js";
import { Queue } from "./queue.js";
import { Vault } from "./vault.js";
import { send } from "./sending.js";
import { startAdding } from "./adding.js";
import { startChecks } from "./checks.js";
import { startClashes } from "./clash.js";
import { startEntry } from "./entry.js";
import { isComposedIn, isTypedIn, startFields } from "./fields.js";
import { startFolded } from "./folded.js";
import { startLive } from "./live.js";
import { startOutline } from "./outline.js";
import { startRecognition } from "./recognition.js";
import { startRemembering } from "./remembered.js";
import { restore } from "./restore.js";
import { inOwnName, startSession, vaultKey } from "./session.js";
import { startStatus } from "./status.js";
import { startSwaps } from "./swaps.js";
import { startTaking } from "./taking.js";

document.documentElement.classList.add("has-script");

const page = new Page(document);
const vault = new Vault({ user: page.viewer, report: page.url, client: page.client, key: vaultKey(page) });
const queue = new Queue({
  report: page.url,
  client: page.client,
  vault,
  isTypedIn: (ref) => isTypedIn(page, ref),
  isComposing: (ref) => isComposedIn(page, ref),
  transport: inOwnName(page, send),
});

// before saving: a new item takes its id before what was recognised in it is shown
const { history } = startOutline(page, queue);
startSaving(page, queue, startRemembering(page, history, vault));
startEntry(page, queue);
startTaking(page);
startChecks(page, queue);
beginWithWhatIsOpen();

/** With a keyboard one begins with the first goal nobody spoke of, an empty metric, or the first item of all. */
function beginWithWhatIsOpen() {
  const isFresh = document.activeElement === document.body && !location.hash && !scrollY;
  if (!isFresh || !matchMedia("(pointer: fine)").matches) return;
  const goal = [...document.querySelectorAll(".goals fieldset")].find((one) => !one.querySelector(":checked"));
  const isEmpty = !document.querySelector("li.item:not([data-ghost])");
  const fields = [...document.querySelectorAll(isEmpty ? ".reading>.value, [data-ghost] textarea" : ".reading>.value")];
  const field = fields.find((one) => !one.value && one.checkVisibility());
  const first = goal?.querySelector("input[type=radio]") ?? field;
  if (first && first.getBoundingClientRect().bottom < innerHeight) first.focus({ preventScroll: true });
}

function startSaving(page, queue, recall) {
  const status = startStatus(page, queue, vault);
  startFields(page, queue);
  startFolded(page);
  startAdding(page, queue, vault, status.tell);
  startSwaps(page, queue);
  startClashes(page, queue, status.tell);
  startSession(page, queue, vault);
  startRecognition(page, queue);
  startLive(page, queue, status.tell);
  restore(page, queue, vault, status.tell, recall);
}
