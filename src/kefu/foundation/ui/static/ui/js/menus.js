// Menus are <details>: a click elsewhere or Escape closes them, arrows move inside. The journey strip shows its
// current node, and a row of tabs marks the one just opened.
const open = () => document.querySelectorAll("details.kf-menu[open]");

document.addEventListener("click", (event) => open().forEach((menu) => menu.contains(event.target) || menu.removeAttribute("open")));
document.addEventListener("keydown", (event) => {
  const menu = event.target.closest?.("details.kf-menu[open]");
  if (!menu) return;
  if (event.key === "Escape") {
    menu.removeAttribute("open");
    menu.querySelector("summary").focus();
    return;
  }
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (!step || event.target.matches("input")) return;
  event.preventDefault();
  const items = [...menu.querySelectorAll(".kf-pop a, .kf-pop button")];
  items[(items.indexOf(document.activeElement) + step + items.length) % items.length]?.focus();
});

document.addEventListener("click", (event) => {
  const tab = event.target.closest("[data-tabs] .nav-link");
  if (!tab) return;
  tab.closest("[data-tabs]").querySelectorAll(".nav-link").forEach((other) => {
    other.classList.toggle("active", other === tab);
    other === tab ? other.setAttribute("aria-current", "page") : other.removeAttribute("aria-current");
  });
});

document.querySelectorAll(".kf-journey, [data-tabs]").forEach((strip) => {
  const current = strip.querySelector("[aria-current]");
  if (current) strip.scrollLeft = current.offsetLeft - strip.clientWidth / 2 + current.clientWidth / 2;
});
