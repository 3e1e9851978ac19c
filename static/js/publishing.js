// The page before publishing: Ctrl or Cmd + Enter publishes, Esc goes back to writing.
const form = document.getElementById("publication");

document.addEventListener("keydown", (event) => {
  if (event.isComposing || event.defaultPrevented) return;
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
    event.preventDefault();
    form?.querySelector("button[type=submit]")?.click();
  } else if (event.key === "Escape" && !document.querySelector("details.menu[open]")) {
    location.assign(form.dataset.back);
  }
});

// One publication, however often the key is pressed.
form?.addEventListener("submit", (event) => {
  if (form.dataset.sent) event.preventDefault();
  form.dataset.sent = "true";
});
addEventListener("pageshow", () => delete form?.dataset.sent);
