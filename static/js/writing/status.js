// What is saved and what is not: in the bar, beside each field that has trouble, and for those who listen.

const LOOKS = {
  saved: ["saved", "is-ok"],
  unsaved: ["unsaved", ""],
  saving: ["saving", ""],
  offline: ["offline", ""],
  retrying: ["worse", "is-worse"],
  refused: ["worse", "is-worse"],
  clash: ["worse", "is-worse"],
  "signed-out": ["worse", "is-worse"],
  "other-person": ["worse", "is-worse"],
  gone: ["worse", "is-worse"],
};
const FAILURES = new Set(["retrying", "refused", "clash", "signed-out", "other-person", "gone", "offline"]);
/** What lasts shorter is not read out. */
const SETTLED = 1200;

export function startStatus(page, queue, vault) {
  const marks = new Marks(page, queue);
  const voice = new Voice(page.document);
  const before = page.document.getElementById("save-state").querySelector("b").nextSibling.textContent.trim();
  let shown = "";
  let asked = false;
  const draw = () => {
    asked = false;
    const { kind, detail = "", at, line } = queue.state;
    const words = wordsFor(page, kind, { detail, at: at ?? before, kept: vault.works });
    const element = page.document.getElementById("save-state");
    const signature = `${kind} ${words.join(" ")} ${line?.key ?? ""}`;
    if (element && (signature !== shown || element.dataset.kind !== kind)) put(page, element, kind, words, line);
    if (signature !== shown) voice.say(words.join(""), { atOnce: FAILURES.has(kind), quiet: kind === "unsaved" });
    shown = signature;
    marks.draw();
  };
  const soon = () => {
    if (asked) return;
    asked = true;
    queueMicrotask(draw);
  };
  queue.addEventListener("change", soon);
  page.document.addEventListener("htmx:after:swap", soon);
  vault.onworks = soon;
  draw();
  return { tell: (text) => tell(page, voice, text) };
}

const TOLD_FOR = 12000;
let telling;

/** A word on what was done by itself; it goes again. */
function tell(page, voice, text) {
  const place = page.document.getElementById("told");
  if (place) place.textContent = text;
  voice.say(text, { atOnce: false });
  clearTimeout(telling);
  telling = setTimeout(() => page.document.getElementById("told")?.replaceChildren(), TOLD_FOR);
}

/** [what stands out, the rest]. */
function wordsFor(page, kind, { detail, at, kept }) {
  const stay = kept ? "" : page.say("stay");
  const rest = {
    saved: ` ${at}`,
    offline: page.say(kept ? "offline_kept" : "unkept"),
    retrying: detail ? page.say("because", { detail }) + stay : page.say(kept ? "retrying" : "unkept"),
    refused: page.say("because", { detail }),
    clash: page.say("clash_choose"),
    "signed-out": page.say("signed_out") + stay,
    "other-person": page.say("other_person"),
    gone: page.say("week_gone"),
  };
  const first = { saved: "saved", unsaved: "unsaved", saving: "saving", offline: "offline", clash: "clash" };
  return [page.say(first[kind] ?? "not_saved"), rest[kind] ?? ""];
}

function put(page, element, kind, [first, rest], line) {
  const [sign, look] = LOOKS[kind];
  element.dataset.kind = kind;
  element.classList.remove("is-ok", "is-worse");
  if (look) element.classList.add(look);
  const use = element.querySelector("use");
  use.setAttribute("href", use.getAttribute("href").replace(/#.*/, `#${sign}`));
  const strong = page.document.createElement(kind === "unsaved" || kind === "saving" ? "span" : "b");
  strong.textContent = first;
  const parts = [strong, rest];
  if (kind === "signed-out" || kind === "other-person") parts.push(" ", signInLink(page));
  if (kind === "refused" || kind === "clash") parts.push(" ", goThere(page, line));
  element.querySelector(":scope > span").replaceChildren(...parts);
}

function signInLink(page) {
  const link = page.document.createElement("a");
  link.className = "link";
  link.href = `/sign-in?next=${encodeURIComponent(page.document.location.pathname)}`;
  link.target = "_blank";
  link.textContent = page.say("sign_in_again");
  return link;
}

function goThere(page, line) {
  const button = page.document.createElement("button");
  button.type = "button";
  button.className = "link";
  button.textContent = page.say("go_there");
  button.addEventListener("click", () => {
    const place = placeOf(page, line);
    place?.scrollIntoView({ block: "center" });
    (place?.querySelector(".clash button") ?? place?.querySelector("textarea, input:not([type=hidden])"))?.focus();
  });
  return button;
}

/** The element of the field that a line saves. */
export const placeOf = (page, line) =>
  line.ref !== undefined
    ? page.item(line.ref)?.querySelector(":scope > .field")
    : page.main.querySelector(`form[data-save="${CSS.escape(line.key)}"]`);

/** Marks at the fields that are not saved though they should be. */
class Marks {
  #page;
  #queue;
  #shown = new Map();

  constructor(page, queue) {
    this.#page = page;
    this.#queue = queue;
  }

  draw() {
    const { paused } = this.#queue;
    const wanted = new Map();
    for (const line of this.#queue.unsaved()) {
      if (line.refusal || line.attempts || (paused && line.key !== "structure")) wanted.set(line.key, line);
    }
    for (const [key, mark] of this.#shown) {
      if (wanted.has(key) && mark.isConnected) continue;
      unmark(mark);
      this.#shown.delete(key);
    }
    for (const [key, line] of wanted) {
      const mark = this.#shown.get(key) ?? this.#mark(placeOf(this.#page, line), key);
      if (!mark) continue;
      this.#shown.set(key, mark);
      const detail = line.refusal?.detail;
      const text = detail || this.#page.say("not_saved");
      if (mark.lastChild.textContent !== text) mark.lastChild.textContent = text;
    }
  }

  #mark(place, key) {
    if (!place) return null;
    const { document } = this.#page;
    const mark = document.createElement("p");
    mark.className = "not-saved";
    mark.id = `not-saved-${key}`;
    const sign = document.getElementById("save-state").querySelector("svg").cloneNode(true);
    const use = sign.querySelector("use");
    use.setAttribute("href", use.getAttribute("href").replace(/#.*/, "#unsaved"));
    mark.append(sign, document.createElement("span"));
    place.classList.add("has-unsaved");
    const field = place.querySelector("textarea, input:not([type=hidden])");
    field?.setAttribute("aria-errormessage", mark.id);
    field?.setAttribute("aria-invalid", "true");
    const beside = field?.closest("td, .field > form, .field") ?? place;
    beside.append(mark);
    return mark;
  }
}

function unmark(mark) {
  const place = mark.closest(".has-unsaved");
  place?.classList.remove("has-unsaved");
  for (const field of place?.querySelectorAll("[aria-errormessage]") ?? []) {
    field.removeAttribute("aria-errormessage");
    field.removeAttribute("aria-invalid");
  }
  mark.remove();
}

/** Reads out what lasts: failures at once, the rest once it has settled, nothing twice. */
class Voice {
  #polite;
  #alarm;
  #timer;
  #last = "";

  constructor(document) {
    this.#polite = document.getElementById("said-politely");
    this.#alarm = document.getElementById("said-at-once");
  }

  say(text, { atOnce, quiet = false }) {
    clearTimeout(this.#timer);
    if (quiet || text === this.#last) return;
    const speak = () => {
      this.#last = text;
      this.#polite.textContent = atOnce ? "" : text;
      this.#alarm.textContent = atOnce ? text : "";
    };
    if (atOnce) speak();
    else this.#timer = setTimeout(speak, SETTLED);
  }
}
