// Drafts of sheets: what htmx could not send is sent again, and leaving the page sends what was typed last.
const unsent = new Set();
const own = (target) => target.closest?.("form[data-draft]");

for (const kind of ["input", "change"]) document.addEventListener(kind, ({ target }) => own(target) && unsent.add(own(target)));
document.addEventListener("submit", ({ target }) => unsent.delete(target));
document.addEventListener("htmx:beforeRequest", ({ target }) => unsent.delete(target));
for (const failure of ["htmx:sendError", "htmx:timeout"]) {
  document.addEventListener(failure, ({ target }) => {
    if (!own(target)) return;
    unsent.add(target);
    setTimeout(() => unsent.has(target) && target.dispatchEvent(new Event("change", { bubbles: true })), 15000);
  });
}
addEventListener("pagehide", () => {
  for (const form of unsent) navigator.sendBeacon(form.dataset.draft, new FormData(form));
  unsent.clear();
});
addEventListener("pageshow", ({ persisted }) => persisted && document.querySelector("form[data-draft]") && location.reload());
