// The search box: "/" or Ctrl K goes there, results come while typing, arrows choose, Enter opens.
// While an input method composes, nothing is asked and Enter belongs to the input method.
const form = document.querySelector("[data-search]");
const box = form?.querySelector("input");
const list = document.getElementById("kf-found");
let waiting;

const options = () => [...list.querySelectorAll("[role=option]:not([aria-disabled])")];
const chosen = () => list.querySelector("[aria-selected=true]");

function show(open) {
  box.setAttribute("aria-expanded", open);
  list.hidden = !open;
  if (!open) box.removeAttribute("aria-activedescendant");
}

function choose(step) {
  const all = options();
  if (!all.length) return;
  const at = all.indexOf(chosen());
  const next = all[(at + step + all.length + (at < 0 && step < 0 ? 1 : 0)) % all.length];
  chosen()?.removeAttribute("aria-selected");
  next.setAttribute("aria-selected", "true");
  next.scrollIntoView({ block: "nearest" });
  box.setAttribute("aria-activedescendant", next.id);
}

function ask() {
  clearTimeout(waiting);
  if (!box.value.trim()) return list.replaceChildren(), show(false);
  waiting = setTimeout(() => htmx.trigger(box, "kf:search"), 150);
}

if (box) {
  show(false);
  box.addEventListener("input", (event) => event.isComposing || ask());
  box.addEventListener("compositionend", ask);
  box.addEventListener("keydown", (event) => {
    if (event.isComposing || event.keyCode === 229) return event.key === "Enter" && event.preventDefault();
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      choose(event.key === "ArrowDown" ? 1 : -1);
    } else if (event.key === "Enter" && chosen()) {
      event.preventDefault();
      chosen().click();
    } else if (event.key === "Escape") {
      show(false);
    }
  });
  list.addEventListener("htmx:afterSwap", () => show(Boolean(list.childElementCount)));
  document.addEventListener("click", (event) => form.contains(event.target) || show(false));
}
