// Check-in by keys: 1 to 3 tick, Enter ticks the next and then records, F8 asks for the reason, Escape puts the sample down.
// A scanner types into the scan field as always: keys count here only while that field is empty.
const form = document.querySelector("[data-checks]");
const scan = document.getElementById("scan");

if (form && scan) {
  const boxes = [...form.querySelectorAll("input[type=checkbox]")];
  const outcome = form.querySelector("[data-outcome]");
  const reason = form.querySelector("select");
  const typing = () => document.activeElement?.matches("input:not([type=checkbox]), select, textarea") && document.activeElement !== scan;
  const told = () => {
    const next = boxes.find((box) => !box.checked);
    boxes.forEach((box) => box.closest(".ci-check").toggleAttribute("data-focus", box === next));
    outcome.textContent = next ? outcome.dataset.bad : outcome.dataset.good;
  };
  const keys = {
    F8: () => reason.focus(),
    Escape: () => { location.href = location.pathname; },
    Enter: () => {
      const next = boxes.find((box) => !box.checked);
      if (!next) return form.requestSubmit();
      next.checked = true;
      told();
    },
  };
  for (const number of [1, 2, 3]) keys[number] = () => { boxes[number - 1].checked = !boxes[number - 1].checked; told(); };

  document.addEventListener("keydown", (event) => {
    if (event.isComposing || event.ctrlKey || event.altKey || event.metaKey) return;
    if (/^[a-z]$/i.test(event.key) && !typing()) scan.focus({ preventScroll: true });
    if (!keys[event.key]) return;
    if (event.key !== "F8" && event.key !== "Escape" && (typing() || scan.value)) return;
    if (event.key === "Enter" && document.activeElement?.matches("button, a, summary")) return;
    event.preventDefault();
    keys[event.key]();
  }, true);
  form.addEventListener("change", told);
  told();
}
