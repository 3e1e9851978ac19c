// Links marked `data-sheet` open their small form in a sheet over the page; it is sent from there, and what
// is refused is shown there. Without this they lead to the same form as a page.

const dialog = document.createElement("dialog");
dialog.className = "over";
let opener = null;

const ask = (address, options = {}) =>
  fetch(address, { ...options, headers: { "HX-Request": "true", Accept: "text/html", ...options.headers } });

const put = (html) => {
  dialog.innerHTML = html;
  const heading = dialog.querySelector("h2");
  if (heading) dialog.setAttribute("aria-labelledby", heading.id);
  const first = ["[aria-invalid]", "form input:not([type=hidden])", "a, summary, button"];
  first.map((selector) => dialog.querySelector(selector)).find((found) => found?.checkVisibility())?.focus();
};

const follow = (address) => {
  const to = new URL(address, location.href);
  const here = to.pathname === location.pathname && to.search === location.search;
  if (!here) return location.assign(to);
  history.replaceState(null, "", to);
  location.reload();
};

const here = () => encodeURIComponent(location.pathname + location.search);

const open = async (link, address) => {
  const answer = await ask(address).catch(() => null);
  if (!answer?.ok || answer.redirected) return location.assign(address);
  opener = link;
  if (!dialog.isConnected) document.body.append(dialog);
  const html = await answer.text();
  if (!dialog.open) dialog.showModal();
  typed = false;
  put(html);
};

// A click beside the sheet closes it, but not over what somebody typed.
let typed = false;
dialog.addEventListener("input", () => (typed = true));

document.addEventListener("click", (event) => {
  if (event.target === dialog && typed) return;
  if (event.target === dialog || event.target.closest?.("dialog [data-close]")) {
    event.preventDefault();
    return dialog.close();
  }
  const link = event.target.closest?.("a[data-sheet]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
  event.preventDefault();
  const address = link.getAttribute("href");
  open(link, `${address}${address.includes("?") ? "&" : "?"}back=${here()}`);
});

dialog.addEventListener("close", () => opener?.focus());

dialog.addEventListener("submit", async (event) => {
  event.preventDefault();
  const form = event.target;
  const sender = event.submitter;
  const body = new URLSearchParams(new FormData(form, sender));
  const buttons = [...form.querySelectorAll("button")];
  for (const button of buttons) button.disabled = true;
  const answer = await ask(sender?.getAttribute("formaction") ?? form.action, { method: "POST", body }).catch(() => null);
  for (const button of buttons) button.disabled = false;
  const to = answer?.headers.get("HX-Redirect");
  if (to) return follow(to);
  if (answer && !answer.headers.get("HX-Retarget")) return put(await answer.text());
  const said = answer ? await answer.text() : document.getElementById("sheet-offline")?.innerHTML;
  form.querySelector("[role=alert]")?.remove();
  form.insertAdjacentHTML("afterbegin", said ?? "");
  sender?.focus();
});
