// A second submit does nothing while the first is under way. htmx requests are freed when they end,
// page loads when the page comes back from the browser's cache.
const running = new WeakSet();

function hold(form, on) {
  on ? running.add(form) : running.delete(form);
  form.setAttribute("aria-busy", String(on));
}

document.addEventListener("submit", (event) => {
  const form = event.target.closest("form[data-once]");
  if (!form) return;
  if (running.has(form)) {
    event.preventDefault();
    event.stopImmediatePropagation();
    return;
  }
  if (event.defaultPrevented || event.submitter?.formNoValidate) return;
  hold(form, true);
  setTimeout(() => hold(form, false), 15000);
}, true);

document.addEventListener("htmx:afterRequest", (event) => {
  const form = event.target.closest?.("form[data-once]");
  if (form) hold(form, false);
});

addEventListener("pageshow", (event) => {
  if (event.persisted) document.querySelectorAll("form[data-once]").forEach((form) => hold(form, false));
});

// After a refused form the summary of errors takes the focus.
document.querySelector("[data-focus-me]")?.focus();
