// A field with data-scan keeps the focus for the scanner: on load, after each answer, and when keys fall beside it.
const field = () => document.querySelector("[data-scan]");
const busy = (element) => element?.closest("input, textarea, select, button, a, summary, dialog[open], [contenteditable]");

function take() {
  const input = field();
  if (!input || document.querySelector("dialog[open]")) return;
  input.focus({ preventScroll: true });
  input.select();
}

document.addEventListener("keydown", (event) => {
  if (event.key.length !== 1 || event.ctrlKey || event.altKey || event.metaKey || busy(event.target)) return;
  const input = field();
  if (!input || !/[A-Za-z0-9]/.test(event.key) || document.querySelector("[data-scan-keys]")) return;
  input.focus({ preventScroll: true });
});
document.addEventListener("htmx:afterSettle", () => busy(document.activeElement) || take());
document.addEventListener("kf:scanned", take);
take();
