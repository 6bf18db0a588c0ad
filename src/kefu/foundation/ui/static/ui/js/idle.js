// Locks the page after data-idle-minutes without a key, a touch or a move, in every tab at once.
const minutes = Number(document.body.dataset.idleMinutes || 0);
const KEY = "kf-last-touch";

function touch() {
  localStorage.setItem(KEY, String(Date.now()));
}

function lock() {
  const form = document.createElement("form");
  form.method = "post";
  form.action = document.body.dataset.lock;
  const fields = { csrfmiddlewaretoken: JSON.parse(document.body.getAttribute("hx-headers"))["X-CSRFToken"], next: location.pathname + location.search };
  for (const [name, value] of Object.entries(fields)) {
    const input = Object.assign(document.createElement("input"), { type: "hidden", name, value });
    form.append(input);
  }
  document.body.append(form);
  form.submit();
}

function away() {
  return Date.now() - Number(localStorage.getItem(KEY)) > minutes * 60000;
}

if (minutes > 0) {
  let last = 0;
  const mark = () => {
    if (Date.now() - last < 5000) return;
    if (away()) return lock(); // the machine slept: nobody may go on just by waking it
    last = Date.now();
    touch();
  };
  touch();
  ["keydown", "pointerdown", "pointermove", "scroll"].forEach((name) => addEventListener(name, mark, { passive: true, capture: true }));
  setInterval(() => away() && lock(), 10000);
}
