// What others do to the same week while it is open here: their saved changes, and who is on which item. A field
// that somebody is in, or that is not saved yet, only gets a mark; its next save is merged or settled.

import { isTypedIn, redrawSection } from "./fields.js";
import { fieldOf } from "./page.js";
import { draw, elementsOf } from "./place.js";

const AGAIN = 5000;
const MOVED = 300;

export function startLive(page, queue, tell) {
  const marks = new Map();
  watchStream(page, queue, {
    changed: (told) => drawChanges(page, queue, told, marks),
    people: (people) => showPeople(page, people),
    reload: () => redrawAll(page, queue),
    gone: (told) => goneAway(page, queue, told, tell),
  });
  sayWhereOneIs(page);
  queue.addEventListener("merged", ({ detail }) => detail.joined && unmark(page, marks, detail.ref));
  queue.addEventListener("clash", ({ detail }) => detail.line?.ref && unmark(page, marks, detail.line.ref));
  page.main.addEventListener("focusout", ({ target }) => {
    const ref = target.closest("[data-item]")?.dataset.item;
    if (ref && marks.has(page.idOf(ref))) setTimeout(() => catchUp(page, queue, ref, marks), MOVED);
  });
}

/** The stream, opened again whenever it ends; from the version that the page shows. */
function watchStream(page, queue, on) {
  let stream = null;
  const open = () => {
    stream?.close();
    stream = new EventSource(`${page.url}/changes?client=${page.client}&since=${page.version}`);
    for (const [name, act] of Object.entries(on)) {
      stream.addEventListener(name, ({ data }) => act(JSON.parse(data)));
    }
    stream.addEventListener("error", () => {
      if (stream.readyState === EventSource.CLOSED) setTimeout(openIfWanted, AGAIN);
    });
  };
  const openIfWanted = () => {
    if (queue.paused === "gone") return;
    if (queue.paused) setTimeout(openIfWanted, AGAIN);
    else open();
  };
  open();
  addEventListener("pagehide", () => stream.close());
  addEventListener("pageshow", ({ persisted }) => persisted && open());
}

async function drawChanges(page, queue, { version, by, client, items, removed, sections, goals }, marks) {
  if (client === page.client) return;
  const drawn = new Set(sections);
  const waiting = [];
  for (const item of items) {
    const element = page.item(item.id);
    if (!element || Number(element.dataset.version) >= item.version || !fieldOf(element)) continue;
    if (isTypedIn(page, item.id) || queue.textLine(item.id)) mark(page, marks, item.id, by?.name);
    else if (!drawn.has(Number(element.dataset.section))) waiting.push(redrawItem(page, queue, item.id));
  }
  for (const id of removed) {
    const section = page.item(id)?.dataset.section;
    if (section) drawn.add(Number(section));
  }
  for (const id of drawn) waiting.push(redrawSection(page, queue, id));
  if (goals?.length || [...drawn].some((id) => !page.section(id))) waiting.push(redrawAll(page, queue));
  await Promise.all(waiting);
  if (version > page.version) page.version = version;
}

/** The item's own text and values; what is below it stays. */
async function redrawItem(page, queue, id) {
  const answer = await fetch(`${page.url}/items/${id}`, { headers: { "HX-Request": "true" }, redirect: "manual" }).catch(() => null);
  const [fresh] = answer?.ok ? elementsOf(await answer.text()) : [];
  const item = page.item(id);
  if (!fresh || !item || isTypedIn(page, id) || queue.textLine(id)) return;
  const [old, field] = [item, fresh].map((element) => element.querySelector(":scope > .field"));
  if (!old || !field) return;
  draw(page, queue, old, field);
  item.dataset.version = fresh.dataset.version;
}

/** All of the page anew, around what is written: too much happened, or the stream was away too long. */
export async function redrawAll(page, queue) {
  const answer = await fetch(page.document.location.pathname, { redirect: "manual" }).catch(() => null);
  if (!answer?.ok) return;
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
  const main = fresh.querySelector("main[data-report]");
  if (!main || queue.line("structure").isPending) return void setTimeout(() => redrawAll(page, queue), AGAIN);
  let before = null;
  for (const part of main.querySelectorAll(":scope > section[id^=section-], :scope > section:has(> .goals)")) {
    const id = part.id || part.getAttribute("aria-labelledby");
    const old = page.main.querySelector(`:scope > section:is([id="${id}"], [aria-labelledby="${id}"])`);
    if (old) draw(page, queue, old, part);
    else if (before) before.after(part);
    before = page.main.querySelector(`:scope > section:is([id="${id}"], [aria-labelledby="${id}"])`) ?? before;
  }
  page.version = Number(main.dataset.version);
}

function goneAway(page, queue, { why, by }, tell) {
  const who = by?.name || page.say("somebody");
  if (why === "published") tell(page.say("published_meanwhile", { who }));
  else if (why === "discarded") queue.pause("gone");
  else queue.dispatchEvent(new Event("doubt"));
}

// Marks

/** "… changed this too", at an item that is written here. */
function mark(page, marks, id, name) {
  const field = page.item(id)?.querySelector(":scope > .field");
  if (!field) return;
  marks.get(String(id))?.remove();
  const line = page.document.createElement("p");
  line.className = "also";
  line.textContent = page.say("also_changed", { who: name || page.say("somebody") });
  field.append(line);
  marks.set(String(id), line);
}

function unmark(page, marks, ref) {
  const id = page.idOf(ref);
  marks.get(id)?.remove();
  marks.delete(id);
}

/** The person left a marked field without having changed it: now it may show what is stored. */
function catchUp(page, queue, ref, marks) {
  if (isTypedIn(page, ref) || queue.textLine(ref)) return;
  unmark(page, marks, ref);
  redrawItem(page, queue, page.idOf(ref));
}

// People

function showPeople(page, people) {
  const { document } = page;
  const others = people.filter(({ client }) => client !== page.client);
  for (const old of document.querySelectorAll(".writer")) old.remove();
  for (const { name, item } of others) {
    const field = item && page.item(item)?.querySelector(":scope > .field");
    if (!field) continue;
    const writer = document.createElement("span");
    writer.className = "writer";
    writer.textContent = name;
    field.append(writer);
  }
  const names = [...new Set(others.map(({ name }) => name))].join(page.say("and"));
  const place = document.getElementById("people");
  const text = names ? page.say("also_writing", { who: names }) : "";
  if (place && place.textContent !== text) place.textContent = text;
}

/** Tell the others which item one is on. */
function sayWhereOneIs(page) {
  let said = "";
  let timer;
  const say = () => {
    const item = page.document.activeElement?.closest?.("[data-item]");
    const id = item && page.main.contains(item) ? page.idOf(item.dataset.item) : "";
    if (id === said || (id && !/^\d+$/.test(id))) return;
    said = id;
    const body = new URLSearchParams({ client: page.client, item: id });
    fetch(`${page.url}/presence`, { method: "POST", body, redirect: "manual" }).catch(() => (said = ""));
  };
  const soon = () => {
    clearTimeout(timer);
    timer = setTimeout(say, MOVED);
  };
  page.main.addEventListener("focusin", soon);
  page.main.addEventListener("focusout", soon);
}
