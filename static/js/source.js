// A page as Markdown: what is recognised follows while one types, Ctrl or Cmd + S saves, what is pasted from
// elsewhere becomes Markdown. Forms work without it.
import { fromClipboard } from "./writing/markdown.js";
import { keepText } from "./writing/pagetext.js";

const PAUSE = 350;
const main = document.getElementById("main");
const form = document.getElementById("page");
const field = document.getElementById("text");
let saved = field?.value ?? "";
let asked = 0;
let timer;

field?.addEventListener("input", () => {
  tellState();
  clearTimeout(timer);
  timer = setTimeout(recognise, PAUSE);
});

if (field && main.dataset.report) keepText(form, () => tellState("restored"));

field?.addEventListener("paste", (event) => {
  const html = event.clipboardData?.types.includes("text/html");
  const { markdown } = html ? fromClipboard(event.clipboardData) : {};
  if (!markdown) return;
  event.preventDefault();
  // The one way that the browser's own undo takes back again.
  if (!document.execCommand("insertText", false, markdown)) {
    field.setRangeText(markdown, field.selectionStart, field.selectionEnd, "end");
    field.dispatchEvent(new Event("input", { bubbles: true }));
  }
});

document.addEventListener("keydown", (event) => {
  if (event.isComposing || event.defaultPrevented) return;
  const command = event.ctrlKey || event.metaKey;
  if (command && (event.key === "Enter" || (event.key.toLowerCase() === "s" && !("taking" in form.dataset)))) {
    event.preventDefault();
    form.requestSubmit(form.querySelector("button[type=submit]"));
  } else if (event.key === "Escape" && !document.querySelector("details.menu[open]")) {
    if (!field || field.value === saved) location.assign(form.querySelector("a.back").href);
    else if (document.activeElement === field) field.blur();
  }
});

form.addEventListener("submit", () => {
  saved = field?.value ?? "";
});

addEventListener("beforeunload", (event) => {
  if (field && "reading" in main.dataset && field.value !== saved) event.preventDefault();
});

// A value and its place in the text point at each other.
document.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-value]");
  if (!link || !field) return;
  event.preventDefault();
  showLine(Number(link.dataset.line));
});
for (const kind of ["pointerover", "focusin"]) {
  document.addEventListener(kind, (event) => pointAt(numberOf(event.target)));
}
document.addEventListener("pointerout", () => pointAt(null));

function numberOf(element) {
  return element.closest?.("a[data-value]")?.dataset.value ?? element.closest?.("mark")?.id.slice(1) ?? null;
}

function pointAt(number) {
  for (const there of document.querySelectorAll(".is-there")) there.classList.remove("is-there");
  if (number === null || field) return;
  document.getElementById(`v${number}`)?.classList.add("is-there");
  for (const link of document.querySelectorAll(`a[data-value="${number}"]`)) link.classList.add("is-there");
}

function showLine(line) {
  const lines = field.value.split("\n");
  const start = lines.slice(0, line - 1).reduce((sum, one) => sum + one.length + 1, 0);
  field.focus();
  field.setSelectionRange(start, start + (lines[line - 1] ?? "").length);
}

function tellState(word = "unsaved") {
  const state = document.getElementById("page-state");
  if (state) state.textContent = field.value === saved ? "" : state.dataset[word];
}

async function recognise() {
  if (!main.dataset.reading) return;
  const number = ++asked;
  const answer = await fetch(main.dataset.reading, {
    method: "POST",
    headers: { "HX-Request": "true" },
    body: new URLSearchParams({ text: field.value }),
  }).catch(() => null);
  if (!answer?.ok || number !== asked) return;
  const html = await answer.text();
  if (number === asked) main.querySelector(".recognised").innerHTML = html;
}
