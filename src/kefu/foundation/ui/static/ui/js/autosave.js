// Drafts: two seconds after the last key the form goes to data-autosave, and the state says when.
const phrases = JSON.parse(document.getElementById("kf-phrases")?.textContent || "{}");
const timers = new WeakMap();
const flights = new WeakMap();

function say(form, words) {
  const state = form.querySelector("[data-autosave-state]");
  if (state) state.textContent = words;
}

async function save(form) {
  const token = form.querySelector("[name=csrfmiddlewaretoken]")?.value || "";
  const body = new FormData(form);
  for (const [name, value] of [...body]) if (value instanceof File) body.delete(name);
  const flight = new AbortController();
  flights.set(form, flight);
  try {
    const options = { method: "POST", body, headers: { "X-CSRFToken": token }, signal: flight.signal };
    const answer = await fetch(form.dataset.autosave, options);
    if (!answer.ok) throw new Error(answer.status);
    const time = new Date().toLocaleTimeString("zh-CN", { hour: "2-digit", minute: "2-digit", hour12: false });
    say(form, (phrases.draft_saved || "").replace("{time}", time));
  } catch {
    if (flight.signal.aborted) return; // the form itself is being sent
    say(form, phrases.draft_waiting || "");
    timers.set(form, setTimeout(save, 15000, form));
  }
}

function later(event) {
  const form = event.target.closest?.("form[data-autosave]");
  if (!form) return;
  clearTimeout(timers.get(form));
  timers.set(form, setTimeout(save, 2000, form));
}

document.addEventListener("input", later);
document.addEventListener("change", later);
document.addEventListener("submit", (event) => {
  clearTimeout(timers.get(event.target));
  flights.get(event.target)?.abort();
});
