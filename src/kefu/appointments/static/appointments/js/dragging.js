// A booking is dragged to another free slot; before anything moves the server reads item and time back in a dialog.
// Whoever does not drag opens the booking and chooses 改约.
const dialog = document.querySelector("[data-move-dialog]");
let lifted;

const slotOf = (event) => event.target.closest?.("a.cal-free[data-start]");
const clear = () => document.querySelectorAll("[data-over]").forEach((slot) => slot.removeAttribute("data-over"));

function ask(address) {
  htmx.ajax("GET", address, { target: "#cal-move", swap: "innerHTML" }).then(() => {
    if (!dialog.open) dialog.showModal();
  });
}

document.addEventListener("dragstart", (event) => {
  lifted = event.target.closest?.("[data-move][draggable=true]");
  if (!lifted) return;
  event.dataTransfer.effectAllowed = "move";
  event.dataTransfer.setData("text/plain", lifted.dataset.move);
  lifted.setAttribute("data-lifted", "");
});

document.addEventListener("dragover", (event) => {
  const slot = lifted && slotOf(event);
  clear();
  if (!slot) return;
  event.preventDefault();
  slot.setAttribute("data-over", "");
});

document.addEventListener("drop", (event) => {
  const slot = lifted && slotOf(event);
  if (!slot) return;
  event.preventDefault();
  const { start, doctor } = slot.dataset;
  ask(`${lifted.dataset.move}?${new URLSearchParams({ start, doctor })}`);
});

document.addEventListener("dragend", () => {
  lifted?.removeAttribute("data-lifted");
  lifted = undefined;
  clear();
});

dialog?.addEventListener("click", (event) => {
  const other = event.target.closest("a[data-other]");
  if (other) event.preventDefault(), ask(other.href);
  if (event.target.closest("[data-close]")) event.preventDefault(), dialog.close();
});
