// The review desk: how many values are ticked, which are left, "a" approves. The server checks all of it again.
const form = document.querySelector("form[data-review]");
const ticks = [...document.querySelectorAll("[data-tick]")];
const typing = (element) => element.closest("input:not([type=checkbox]), textarea, select, dialog[open]");

function count() {
  const open = ticks.filter((tick) => !tick.checked).map((tick) => tick.dataset.tick);
  const left = form.querySelector("[data-left]");
  const ticked = form.querySelector("[data-ticked]");
  ticked.textContent = ticks.length ? `${ticked.dataset.words} ${ticks.length - open.length} / ${ticks.length}` : "";
  left.textContent = open.length ? `${left.dataset.words}${open.slice(0, 3).join("、")}${open.length > 3 ? "…" : ""}。` : "";
  form.querySelector("[data-approve]").disabled = open.length > 0;
}

if (form) {
  for (const tick of ticks) tick.addEventListener("change", count);
  count();
  document.addEventListener("keydown", (event) => {
    if (event.key !== "a" || event.ctrlKey || event.metaKey || event.altKey || event.isComposing || typing(event.target)) return;
    event.preventDefault();
    form.querySelector("[data-approve]").disabled || form.requestSubmit();
  });
}
