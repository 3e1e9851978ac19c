// A whole page that is pasted into an empty field is offered to be read as a page; what was taken over can be
// undone from the page it leads to.
import { fromClipboard } from "./markdown.js";
import { forgetSent } from "./pagetext.js";

export function startTaking(page) {
  page.main.addEventListener("paste", (event) => offer(page, event), true);
  showTaken(page);
}

/** Asks before the text is put anywhere; "as lines" gives it to whoever else takes pasted lists. */
function offer(page, event) {
  const field = event.target;
  if (!field.matches?.("textarea") || field.value.trim() || !event.clipboardData || event.detail === "as lines") return;
  const { markdown, looksLikePage } = fromClipboard(event.clipboardData);
  if (!looksLikePage) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  const section = field.form?.elements.section?.value ?? field.closest("[data-section]")?.dataset.section;
  const copy = new DataTransfer();
  copy.setData("text/plain", markdown);
  const notice = fill("take-page", {
    page: () => readAsPage(page, markdown, isEmptyWeek(page) ? null : section),
    week: () => readAsPage(page, markdown, null),
    lines: () => {
      field.focus();
      const again = new ClipboardEvent("paste", { clipboardData: copy, bubbles: true, cancelable: true });
      Object.defineProperty(again, "detail", { value: "as lines" });
      if (field.dispatchEvent(again)) document.execCommand("insertText", false, markdown);
    },
    leave: () => field.focus(),
  });
  notice.querySelector("[data-act=week]").hidden = isEmptyWeek(page) || !section;
}

/** Nothing written by a person yet: carried items and metrics without a value do not count. */
function isEmptyWeek(page) {
  const items = page.main.querySelectorAll("[data-item]:not([data-carried]) textarea[name=text]");
  return [...items].every((field) => !field.value.trim() || /[:：]\s*$/.test(field.value));
}

function readAsPage(page, markdown, section) {
  const form = document.createElement("form");
  form.method = "post";
  form.action = `${page.url}/paste`;
  for (const [name, value] of Object.entries(section ? { text: markdown, section } : { text: markdown })) {
    const input = document.createElement("textarea");
    input.name = name;
    input.value = value;
    form.append(input);
  }
  form.hidden = true;
  document.body.append(form);
  form.requestSubmit();
}

/** `/edit#taken-12`: the page was taken over; one press takes it back. */
function showTaken(page) {
  const number = /^#taken-(\d+)$/.exec(location.hash)?.[1];
  if (!number) return;
  forgetSent(page);
  history.replaceState(history.state, "", location.pathname + location.search);
  const notice = fill("page-taken", { leave: () => {} });
  const form = notice?.querySelector("form");
  if (form) form.action = form.action.replace(/\/0\//, `/${number}/`);
}

/** A notice made of a template of the page, its buttons doing what they say; Esc leaves it. */
function fill(template, acts) {
  const notices = document.getElementById("notices");
  const content = document.getElementById(template)?.content.cloneNode(true);
  if (!notices || !content) return null;
  notices.replaceChildren(content);
  const leave = (act) => {
    notices.replaceChildren();
    act?.();
  };
  for (const button of notices.querySelectorAll("button[data-act]")) {
    button.addEventListener("click", () => leave(acts[button.dataset.act]));
  }
  notices.firstElementChild.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    event.stopPropagation();
    leave(acts.leave);
  });
  notices.querySelector("button[data-first]")?.focus();
  return notices;
}
