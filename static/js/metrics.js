// The order of metrics with the keyboard: Alt and an arrow key on a metric's name do what its buttons do,
// and the focus stays with the metric that moved. Without this the buttons work as forms.

const keys = { ArrowUp: "up", ArrowDown: "down" };
let after = null;

document.addEventListener("keydown", (event) => {
  const direction = keys[event.key];
  const row = event.target.closest?.("#metrics tr[id]");
  if (!direction || !event.altKey || !row) return;
  const button = row.querySelector(`button[value="${direction}"]`);
  if (!button || button.disabled) return;
  event.preventDefault();
  after = event.target.id || `${row.id} th a`;
  button.form.requestSubmit(button);
});

document.addEventListener("click", (event) => {
  const button = event.target.closest?.("#metrics .order button");
  if (button && event.isTrusted) after = button.id;
});

document.addEventListener("htmx:after:swap", () => {
  if (!after) return;
  const wanted = document.getElementById(after) ?? document.querySelector(`#${after}`);
  const row = wanted?.closest("tr");
  (wanted?.disabled ? row.querySelector(".order button:enabled") : wanted)?.focus();
  after = null;
});
