// What became of a text: a change done to it although others have changed it since, and the same text or not.

/** The text without the white space that the server leaves out: that is nobody's change. */
export const asStored = (text) => text.split("\n").map((line) => line.trim()).filter(Boolean).join("\n");

/**
 * `from` → `to` done to `now`, which others may have changed since it was `from`.
 * Null where they changed the same words.
 */
export function merged(from, to, now) {
  if (now === from) return to;
  if (now === to) return null;
  const [start, end] = changedSpan(from, to);
  const [theirStart, theirEnd] = changedSpan(from, now);
  const put = to.slice(start, to.length - (from.length - end));
  if (theirEnd <= start && !(theirStart === theirEnd && theirStart === start)) {
    const shift = now.length - from.length;
    return now.slice(0, start + shift) + put + now.slice(end + shift);
  }
  if (end <= theirStart && !(start === end && start === theirStart)) {
    return now.slice(0, start) + put + now.slice(end);
  }
  return null;
}

/** Where in `from` the one stretch begins and ends that differs in `to`. */
function changedSpan(from, to) {
  const shorter = Math.min(from.length, to.length);
  let start = 0;
  while (start < shorter && from[start] === to[start]) start += 1;
  let tail = 0;
  while (tail < shorter - start && from.at(-1 - tail) === to.at(-1 - tail)) tail += 1;
  return [start, from.length - tail];
}
