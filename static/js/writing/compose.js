// Input methods (pinyin and others): what is half composed is not text yet.
//
// Chromium sends no `input` after `compositionend`; Firefox sends one; Safari ends the composition before the
// `keydown` of the key that ended it, which then has the key code 229.

let composed = null;

/** The field in which something is being composed, or null. */
export const composing = () => composed;

/** Whether the event belongs to a composition: such a key is the input method's, not ours. */
export const isComposing = (event) => event.isComposing || event.keyCode === 229 || composed !== null;

/** Calls `ended(field)` when a composition is over and its text stands in the field. */
export function watchComposing(root, ended) {
  const over = (event) => {
    if (composed === null) return;
    composed = null;
    ended(event.target);
  };
  root.addEventListener("compositionstart", (event) => (composed = event.target));
  root.addEventListener("compositionend", over);
  root.addEventListener("focusout", over);
}
