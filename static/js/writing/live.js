// What others do to the same week while it is open here: their saved changes, and who is on which item. A field
// that somebody is in, or that is not saved yet, only gets a mark; its next save is merged or settled.

import { becomeAmendment, isTypedIn, redrawSection } from "./fields.js";
import { fieldOf } from "./page.js";
import { arrange, draw, elementsOf, written } from "./place.js";

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
      on.people([]);
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

async function drawChanges(page, queue, { version, by, client, items, removed, sections, goals, arranged }, marks) {
  if (client === page.client) return;
  becomeAmendment(page);
  const drawn = new Set(sections);
  const waiting = [];
  for (const item of items) {
    const element = page.item(item.id);
    if (!element || Number(element.dataset.version) >= item.version || !fieldOf(element)) continue;
    if (isTypedIn(page, item.id) || queue.textLine(item.id)) mark(page, marks, item.id, by);
    else if (!drawn.has(Number(element.dataset.section))) waiting.push(redrawItem(page, queue, item.id));
  }
  for (const id of removed) {
    const section = page.item(id)?.dataset.section;
    if (section) drawn.add(Number(section));
  }
  if (arranged || goals?.length || [...drawn].some((id) => !page.section(id))) return redrawAll(page, queue);
  for (const id of drawn) waiting.push(redrawSection(page, queue, id));
  const isDrawn = await Promise.all(waiting);
  if (isDrawn.includes(false)) later(() => redrawAll(page, queue), queue);
  else if (version > page.version) page.version = version;
}

/** The item's own text and values; what is below it stays. False where the server did not give them. */
async function redrawItem(page, queue, id) {
  const { version } = page;
  const answer = await fetch(`${page.url}/items/${id}`, { headers: { "HX-Request": "true" }, redirect: "manual" }).catch(() => null);
  if (!answer?.ok) return answer?.status === 404;
  const [fresh] = elementsOf(await answer.text());
  const item = page.item(id);
  if (!fresh || !item || isTypedIn(page, id) || queue.textLine(id)) return;
  if (page.version !== version) return redrawItem(page, queue, id);
  const [old, field] = [item, fresh].map((element) => element.querySelector(":scope > .field"));
  if (!old || !field) return;
  draw(page, queue, old, field);
  item.dataset.version = fresh.dataset.version;
}

const PARTS = ":scope > section[id^=section-], :scope > section:has(> .goals)";
const nameOf = (part) => part.id || part.getAttribute("aria-labelledby");

/**
 * All of the page anew, around what is written: sections came, went or changed places, too much happened, or the
 * stream was away too long.
 */
export async function redrawAll(page, queue) {
  const again = () => redrawAll(page, queue);
  const { version } = page;
  const answer = await fetch(page.document.location.pathname, { redirect: "manual" }).catch(() => null);
  const fresh = answer?.ok ? new DOMParser().parseFromString(await answer.text(), "text/html") : null;
  const main = fresh?.querySelector("main[data-report]");
  if (!main || queue.line("structure").isPending) return later(again, queue);
  if (page.version !== version) return again();
  const parts = () => new Map([...page.main.querySelectorAll(PARTS)].map((part) => [nameOf(part), part]));
  const before = parts();
  const wanted = [...main.querySelectorAll(PARTS)];
  for (const part of wanted) {
    const old = before.get(nameOf(part));
    before.delete(nameOf(part));
    if (old) draw(page, queue, old, part);
  }
  for (const gone of before.values()) letGo(page, queue, gone, again);
  const now = parts();
  arrange(page.main, wanted.map((part) => now.get(nameOf(part)) ?? part), page.document.getElementById("new-section").closest("section"));
  page.version = Number(main.dataset.version);
}

/** A section that has gone stays as long as somebody writes in it. */
function letGo(page, queue, section, again) {
  if (!written(page, queue).some((element) => section.contains(element))) return section.remove();
  section.addEventListener("focusout", () => setTimeout(again, MOVED), { once: true });
}

/** Try once more, unless the week itself has gone. */
function later(again, queue) {
  setTimeout(() => queue.paused !== "gone" && again(), AGAIN);
}

function goneAway(page, queue, { why, by }, tell) {
  const who = page.nameFor(by);
  if (why === "published") tell(page.say("published_meanwhile", { who }));
  else if (why === "discarded") queue.pause("gone");
  else queue.dispatchEvent(new Event("doubt"));
}

// Marks

/** "… changed this too", at an item that is written here. */
function mark(page, marks, id, by) {
  const field = page.item(id)?.querySelector(":scope > .field");
  if (!field) return;
  marks.get(String(id))?.remove();
  const line = page.document.createElement("p");
  line.className = "also";
  line.textContent = page.say("also_changed", { who: page.nameFor(by) });
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
  for (const { user, name, item } of others) {
    const field = item && page.item(item)?.querySelector(":scope > .field");
    if (!field) continue;
    const writer = document.createElement("span");
    writer.className = "writer";
    writer.textContent = page.nameFor({ id: user, name });
    field.append(writer);
  }
  const isOwn = ({ user }) => String(user) === page.viewer;
  const names = [...new Set(others.filter((one) => !isOwn(one)).map(({ name }) => name))].join(page.say("and"));
  const place = document.getElementById("people");
  const said = [names && page.say("also_writing", { who: names }), others.some(isOwn) && page.say("open_twice")];
  const text = said.filter(Boolean).join(" · ");
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
