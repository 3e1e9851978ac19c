// Where the caret of a textarea stands among the lines one sees, which a browser does not tell.

const COPIED = [
  "boxSizing",
  "fontFamily",
  "fontSize",
  "fontWeight",
  "fontVariantNumeric",
  "letterSpacing",
  "lineHeight",
  "paddingBottom",
  "paddingLeft",
  "paddingRight",
  "paddingTop",
  "tabSize",
  "textAutospace",
  "textIndent",
  "wordSpacing",
];
let mirror = null;

/** { first, last, x }: whether the caret is in the first and in the last line, and how far from the left. */
export function caretLine(field) {
  const at = placesIn(field);
  const caret = at(field.selectionStart);
  return {
    first: Math.abs(caret.top - at(0).top) < 2,
    last: Math.abs(caret.top - at(field.value.length).top) < 2,
    x: caret.left,
  };
}

/** The offset in the field's first or last line that is nearest to `x`. */
export function offsetNear(field, line, x) {
  const at = placesIn(field);
  const length = field.value.length;
  const top = at(line === "first" ? 0 : length).top;
  const step = line === "first" ? 1 : -1;
  let nearest = line === "first" ? 0 : length;
  for (let offset = nearest; offset >= 0 && offset <= length; offset += step) {
    const place = at(offset);
    if (Math.abs(place.top - top) >= 2) break;
    if (Math.abs(place.left - x) < Math.abs(at(nearest).left - x)) nearest = offset;
  }
  return nearest;
}

/** A function from an offset in the field's text to where it would be drawn. */
function placesIn(field) {
  mirror ??= makeMirror();
  const style = getComputedStyle(field);
  for (const name of COPIED) mirror.style[name] = style[name];
  mirror.style.width = `${field.clientWidth}px`;
  mirror.lang = field.closest("[lang]")?.lang ?? "";
  mirror.textContent = `${field.value}\u200b`;
  const text = mirror.firstChild;
  const range = document.createRange();
  const corner = mirror.getBoundingClientRect();
  return (offset) => {
    range.setStart(text, offset);
    range.setEnd(text, Math.min(offset + 1, text.length));
    // a line feed has no box where the next line begins: the last of two is the one after it
    const box = [...range.getClientRects()].at(-1) ?? range.getBoundingClientRect();
    return { top: box.top - corner.top, left: box.left - corner.left };
  };
}

function makeMirror() {
  const element = document.createElement("div");
  element.setAttribute("aria-hidden", "true");
  element.className = "caret-mirror";
  document.body.append(element);
  return element;
}
