// The forms that correct recognised values are many and seldom opened: on a page of 150 items they are half of its
// elements. They stand in `noscript`, which a browser with scripts keeps as plain text until they are wanted.

export function startFolded(page) {
  const { main } = page;
  main.addEventListener("toggle", ({ target }) => target.open && unfold(target), { capture: true });
  // a quick yes or no sends all fields of its form, also those that were not opened
  main.addEventListener("click", ({ target }) => target.closest("button") && unfold(target.closest(".chip")), {
    capture: true,
  });
}

function unfold(place) {
  for (const folded of place?.querySelectorAll("noscript") ?? []) {
    const template = folded.ownerDocument.createElement("template");
    template.innerHTML = folded.childElementCount ? folded.innerHTML : folded.textContent;
    const parts = [...template.content.childNodes];
    folded.replaceWith(...parts);
    for (const part of parts) if (part instanceof Element) window.htmx?.process(part);
  }
}
