// Keys for the whole page: "?" the sheet, "/" or Ctrl K the search, "g" and a letter a section, "n" new,
// j and k move through [data-rows], Enter opens the row. Silent while somebody types.
const typing = (element) => element.closest("input, textarea, select, [contenteditable], dialog[open]");
const sheet = document.getElementById("kf-sheet");
let going = 0;

function search() {
  const box = document.querySelector("[data-search] input");
  box?.focus();
  box?.select();
}

function make() {
  const menu = document.querySelector("[data-create]");
  if (!menu) return;
  menu.open = true;
  menu.querySelector("a")?.focus();
}

function move(step) {
  const rows = [...document.querySelectorAll("[data-rows] [data-key]")];
  if (!rows.length) return;
  const at = rows.findIndex((row) => row.hasAttribute("data-focus"));
  const next = rows[Math.max(0, Math.min(rows.length - 1, at + step))];
  rows[at]?.removeAttribute("data-focus");
  next.setAttribute("data-focus", "");
  const link = next.matches("a, button") ? next : next.querySelector("a, button");
  (link || next).focus({ preventScroll: true });
  next.scrollIntoView({ block: "nearest" });
}

const keys = {
  "?": () => sheet?.showModal(),
  "/": search,
  n: make,
  j: () => move(1),
  k: () => move(-1),
  g: () => { going = Date.now(); },
};

document.addEventListener("keydown", (event) => {
  if (event.isComposing || event.altKey || event.defaultPrevented) return;
  if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") return event.preventDefault(), search();
  if (event.ctrlKey || event.metaKey || typing(event.target)) return;
  const section = Date.now() - going < 1500 && document.querySelector(`[data-go="${CSS.escape(event.key)}"]`);
  if (section) return event.preventDefault(), section.click();
  if (!keys[event.key]) return;
  event.preventDefault();
  keys[event.key]();
});

document.addEventListener("click", (event) => event.target.closest("[data-open-sheet]") && sheet?.showModal());
