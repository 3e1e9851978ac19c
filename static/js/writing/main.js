// The editing page: says what is saved, and settles a clash with the stored text. Forms work without it.
document.documentElement.classList.add("has-script");

const state = () => document.getElementById("save-state");
const say = (kind) => {
  const element = state();
  if (!element) return;
  const words = element.dataset;
  element.classList.toggle("is-worse", kind === "failed");
  element.classList.toggle("is-ok", kind === "saved");
  const text = { saving: words.saving, failed: words.failed, unsaved: words.unsaved }[kind];
  if (text) element.querySelector("b").textContent = text;
};

const unsaved = new Set();
document.addEventListener("input", (event) => {
  const form = event.target.form;
  if (!form || !form.closest(".editing")) return;
  unsaved.add(form);
  say("unsaved");
});
document.addEventListener("htmx:before:request", () => say("saving"));
document.addEventListener("htmx:after:request", (event) => {
  const response = event.detail?.ctx?.response;
  if (response && response.status < 400) {
    unsaved.delete(event.target.closest?.("form") ?? event.target);
    document.getElementById("notices")?.replaceChildren();
  } else say("failed");
});
document.addEventListener("htmx:error", () => say("failed"));
addEventListener("beforeunload", (event) => {
  for (const form of unsaved) if (!form.isConnected) unsaved.delete(form);
  if (unsaved.size) event.preventDefault();
});

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-use-theirs]");
  if (!button) return;
  const form = document.getElementById(button.dataset.useTheirs);
  const field = form?.querySelector("textarea, input:not([type=hidden])");
  if (!field) return;
  field.value = button.closest(".clash").querySelector("[data-theirs]").textContent;
  field.dispatchEvent(new Event("change", { bubbles: true }));
});

// Ctrl or Cmd + Enter saves the field one is in; Enter in a new item's field adds it.
document.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.isComposing) return;
  const form = event.target.form;
  if (!form?.closest(".editing")) return;
  const adds = form.classList.contains("adding") && event.target.matches("textarea") && !event.shiftKey;
  if (event.ctrlKey || event.metaKey || adds) {
    event.preventDefault();
    form.requestSubmit();
  }
});

// A list that is drawn anew keeps the focus: on the same field or button of the same form.
let held = null;
document.addEventListener("htmx:before:request", () => {
  const element = document.activeElement;
  const form = element?.form;
  held = form?.id ? { form: form.id, id: element.id, name: element.name, value: element.value } : null;
});
document.addEventListener("htmx:after:swap", () => {
  if (!held || (document.activeElement && document.activeElement !== document.body)) return;
  const form = document.getElementById(held.form);
  const same = [...(form?.elements ?? [])].find((element) =>
    held.id ? element.id === held.id : element.name === held.name && element.value === held.value,
  );
  (same ?? form?.querySelector("textarea, input:not([type=hidden])"))?.focus();
});
