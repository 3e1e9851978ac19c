// What is left to look at before publishing, kept as it stands: asked anew a moment after a save.

const QUIET = 1200;

export function startChecks(page, queue) {
  const panel = () => page.document.getElementById("checks");
  let waiting = null;
  let asking = null;

  const later = () => {
    clearTimeout(waiting);
    waiting = setTimeout(renew, QUIET);
  };

  async function renew() {
    const old = panel();
    if (!old) return;
    asking?.abort();
    asking = new AbortController();
    try {
      const answer = await fetch(old.dataset.url, { headers: { "HX-Request": "true" }, signal: asking.signal });
      if (answer.ok) put(await answer.text());
    } catch {
      // no network: the next save asks again
    }
  }

  /** A person who is in the list keeps it as it is until they leave. */
  function put(html) {
    const old = panel();
    if (old.open && old.contains(page.document.activeElement)) {
      old.addEventListener("focusout", later, { once: true });
      return;
    }
    const template = page.document.createElement("template");
    template.innerHTML = html;
    const fresh = template.content.querySelector("#checks");
    if (!fresh) return;
    fresh.open = old.open;
    old.replaceWith(fresh);
  }

  queue.addEventListener("saved", later);
  queue.addEventListener("answered", later);
  page.document.addEventListener("htmx:after:swap", later);
  // A finding leads into its field, and the list folds.
  page.document.addEventListener("click", (event) => {
    const link = event.target.closest?.("#checks a[href^='#']");
    if (!link) return;
    const place = page.document.getElementById(link.hash.slice(1));
    const selector = "textarea, input:not([type=hidden]), select";
    const field = place?.matches(selector) ? place : place?.querySelector(selector);
    if (!field) return;
    event.preventDefault();
    panel().open = false;
    place.scrollIntoView({ block: "center" });
    field.focus({ preventScroll: true });
  });
}
