// Live screens: /events/ sends {"topic": ...}; parts with hx-trigger="kf:TOPIC from:body" refresh themselves.
// Many events in one moment make one refresh, and a page in the background waits until it is looked at.
const address = document.body.dataset.events;
const due = new Map();
let timer;

function flush() {
  timer = undefined;
  if (document.hidden) return;
  for (const [topic, detail] of due) document.body.dispatchEvent(new CustomEvent(`kf:${topic}`, { detail }));
  due.clear();
}

// After a lost connection everything that listens looks again.
function listened() {
  const triggers = [...document.querySelectorAll("[hx-trigger*='kf:']")].map((part) => part.getAttribute("hx-trigger"));
  return new Set(triggers.join(" ").match(/(?<=kf:)[\w.-]+(?=[^,]*from:body)/g) || []);
}

function receive(event) {
  let said;
  try {
    said = JSON.parse(event.data);
  } catch {
    return;
  }
  if (!said?.topic) return;
  if (said.topic === "resync") listened().forEach((topic) => due.set(topic, said.data));
  else due.set(said.topic, said.data);
  timer ??= setTimeout(flush, 300 + Math.random() * 700);
}

if (address) {
  const source = new EventSource(address);
  source.addEventListener("message", receive);
  addEventListener("pagehide", () => source.close());
  document.addEventListener("visibilitychange", () => due.size && flush());
}
