// Fields of forms that are saved as a whole: an event's parts, a figure, a goal's outcome, a heading. What is typed and
// chosen in them is taken back as an item's text is.

import { asStored, merged } from "./texts.js";

/** How a step names the field: `{form, name}`; null for one that is no such field. */
export function nameOfField(field) {
  const { form, name } = field ?? {};
  if (!form?.dataset?.save || !name || field.type === "hidden" || field.localName === "button") return null;
  return { form: form.dataset.save, name };
}

/** The field, or the list of radio buttons; null where its form is gone. */
export function fieldAt({ form, name }) {
  const found = document.querySelector(`main form[data-save="${CSS.escape(form)}"]`);
  return found?.elements.namedItem(name) ?? null;
}

/** What the form's fields say, by name. */
export function valuesIn(form) {
  const values = new Map();
  for (const field of form.elements) {
    if (nameOfField(field)) values.set(field.name, form.elements.namedItem(field.name).value);
  }
  return values;
}

/** What the field said when the server drew it. */
export function drawnWith(field) {
  if (field.type === "radio") return [...field.form.elements[field.name]].find((radio) => radio.defaultChecked)?.value ?? "";
  if (field.localName === "select") return ([...field.options].find((option) => option.defaultSelected) ?? field.options[0]).value;
  return field.defaultValue;
}

/** Whether the field says now what `from` became, and what `to` makes of it; null where others changed it. */
export function changed(field, { from, to }) {
  const now = field.value;
  if (asStored(now) === asStored(from) || (field.localName === "input" && isMadeOf(now, from))) return to;
  return isProse(field) ? merged(from, to, now) : null;
}

const isProse = (field) => field.localName === "textarea";

/** The server writes a value its own way: `99.98` as `99.98%`, `6/5 14:40` as `14:40`. */
function isMadeOf(now, typed) {
  const [one, other] = [now, typed].map((value) => value.normalize("NFKC").replace(/[\s,%]/g, ""));
  return one !== "" && other !== "" && (one.endsWith(other) || other.endsWith(one));
}

/** Give the field a value and tell the page, which saves it as if somebody had typed it. */
export function setField(field, value) {
  let told = field;
  if (field instanceof RadioNodeList) {
    for (const radio of field) radio.checked = radio.value === value;
    told = [...field].find(({ checked }) => checked) ?? field[0];
  } else field.value = value;
  for (const kind of ["input", "change"]) told.dispatchEvent(new Event(kind, { bubbles: true }));
}
