// Rows of a list are picked for a verb: all of the page, all that match, by mouse or with "x" on the row under the focus.
const form = () => document.querySelector("form[data-picking]");
const boxes = (of) => [...document.querySelectorAll(`input[name="row"][form="${of.id}"]`)];

function tell(of) {
  const words = of.querySelector("[data-picked]");
  const whole = of.querySelector("[data-pick-whole]")?.checked;
  const count = boxes(of).filter((box) => box.checked).length;
  words.dataset.before ??= words.textContent;
  words.textContent = whole ? words.dataset.whole : count ? words.dataset.words.replace("{n}", count) : words.dataset.before;
  of.querySelectorAll("button[name=action]").forEach((button) => { button.disabled = !whole && !count; });
  const all = of.querySelector("[data-pick-all]");
  all.checked = count > 0 && count === boxes(of).length;
  all.indeterminate = count > 0 && !all.checked;
}

document.addEventListener("change", (event) => {
  const of = event.target.form;
  if (!of?.matches("[data-picking]")) return;
  if (event.target.matches("[data-pick-all]")) boxes(of).forEach((box) => { box.checked = event.target.checked; });
  tell(of);
});

document.addEventListener("keydown", (event) => {
  const of = form();
  if (!of || event.key !== "x" || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  if (event.target.closest("input, textarea, select, dialog[open]")) return;
  const box = document.querySelector('[data-rows] [data-focus] input[name="row"]');
  if (!box) return;
  box.checked = !box.checked;
  tell(of);
});

const start = () => form() && tell(form());
start();
document.addEventListener("htmx:afterSwap", start);
addEventListener("pageshow", start);
