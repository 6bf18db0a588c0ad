// Arrows walk through the timetable: up and down within a column, left and right to the nearest hour of the next one.
// Page up and page down open the day before and after.
const places = (column) => [...column.querySelectorAll("a.cal-one, a.cal-free")].sort((a, b) => top(a) - top(b));
const top = (place) => place.getBoundingClientRect().top;

function beside(column, step) {
  for (let next = step > 0 ? column.nextElementSibling : column.previousElementSibling; next; next = step > 0 ? next.nextElementSibling : next.previousElementSibling) {
    if (next.matches(".cal-col") && places(next).length) return next;
  }
}

function walk(place, key) {
  const column = place.closest(".cal-col");
  const rows = places(column);
  if (key === "ArrowDown" || key === "ArrowUp") return rows[rows.indexOf(place) + (key === "ArrowDown" ? 1 : -1)];
  const next = beside(column, key === "ArrowRight" ? 1 : -1);
  return next && places(next).reduce((best, one) => (Math.abs(top(one) - top(place)) < Math.abs(top(best) - top(place)) ? one : best));
}

document.addEventListener("keydown", (event) => {
  if (event.altKey || event.ctrlKey || event.metaKey || event.isComposing) return;
  const turn = { PageUp: "before", PageDown: "after" }[event.key];
  const link = turn && event.target.closest(".cal") && document.querySelector(`[data-turn="${turn}"]`);
  if (link) return event.preventDefault(), link.click();
  const place = event.target.closest?.("a.cal-one, a.cal-free");
  if (!place || !event.key.startsWith("Arrow")) return;
  event.preventDefault();
  walk(place, event.key)?.focus();
});
