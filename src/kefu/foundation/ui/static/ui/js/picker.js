// Type-ahead: asks data-url with q, arrows and Enter or a click pick, and what was typed over is no longer picked.
const part = ({ children: [picked, text, list] }) => ({ picked, text, list });
const timers = new WeakMap();

function close({ text, list }) {
  list.replaceChildren();
  text.setAttribute("aria-expanded", "false");
  text.removeAttribute("aria-activedescendant");
}

async function ask(picker) {
  const { text, list } = part(picker);
  const asked = text.value.trim();
  if (!asked) return close(part(picker));
  const address = new URL(text.dataset.url, location);
  address.searchParams.set("q", asked);
  const answer = await fetch(address, { headers: { "HX-Request": "true" } });
  if (!answer.ok || text.value.trim() !== asked) return; // a newer question is on its way
  list.innerHTML = await answer.text();
  [...list.children].forEach((option, at) => { option.id = `${list.id}_${at}`; });
  text.setAttribute("aria-expanded", "true");
}

function pick(picker, option) {
  const { picked, text } = part(picker);
  [text.value, picked.value] = [option.dataset.label, option.dataset.id];
  close(part(picker));
  picked.dispatchEvent(new Event("change", { bubbles: true }));
}

function typed(event) {
  const picker = event.target.closest?.("[data-picker]");
  if (!picker || event.isComposing) return;
  part(picker).picked.value = "";
  clearTimeout(timers.get(picker));
  timers.set(picker, setTimeout(ask, 200, picker));
}
["input", "compositionend"].forEach((name) => document.addEventListener(name, typed));
document.addEventListener("keydown", (event) => {
  const picker = event.target.closest?.("[data-picker]");
  if (!picker || event.isComposing || event.keyCode === 229) return;
  const { text, list } = part(picker);
  const [options, chosen] = [[...list.querySelectorAll("[data-id]")], list.querySelector("[aria-selected=true]")];
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (step && options.length) {
    const next = options[(options.indexOf(chosen) + step + options.length) % options.length];
    chosen?.removeAttribute("aria-selected");
    next.setAttribute("aria-selected", "true");
    text.setAttribute("aria-activedescendant", next.id);
  } else if (event.key === "Enter" && options.length) pick(picker, chosen || options[0]);
  else if (event.key === "Escape") return close(part(picker));
  if ((step || event.key === "Enter") && options.length) event.preventDefault();
});

document.addEventListener("click", ({ target }) => {
  const option = target.closest("[data-picker] [data-id]");
  if (option) return pick(option.closest("[data-picker]"), option);
  document.querySelectorAll("[data-picker]").forEach((picker) => picker.contains(target) || close(part(picker)));
});
