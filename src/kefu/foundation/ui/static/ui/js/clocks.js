// Promise clocks count on: every half minute, from the server's time and in its words.
const book = JSON.parse(document.getElementById("kf-phrases")?.textContent || "{}");
const offset = Date.parse(document.body.dataset.now) - Date.now() || 0;
const MINUTE = 60000;

const fill = (pattern, values) =>
  pattern.replace(/\{(\w+)(?::02d)?\}/g, (whole, name) => (whole.endsWith(":02d}") ? String(values[name]).padStart(2, "0") : values[name]));

function span(milliseconds) {
  const all = Math.floor(milliseconds / MINUTE);
  const h = Math.floor(all / 60);
  const m = all % 60;
  if (all < 1) return book.instant;
  if (h < 1) return fill(book.minutes, { m });
  if (h >= 24) return fill(book.days, { d: Math.floor(h / 24) });
  return m === 0 || h >= 10 ? fill(book.hours, { h }) : fill(book.hours_minutes, { h, m });
}

const zone = document.body.dataset.zone || "Asia/Shanghai";
const hour = (moment) => new Date(moment).toLocaleTimeString("zh-CN", { hour: "2-digit", minute: "2-digit", hour12: false, timeZone: zone });

function tick(clock, now) {
  const due = Date.parse(clock.dataset.due);
  const started = Date.parse(clock.dataset.started || "");
  const left = due - now;
  const words = clock.querySelector("b");
  if (left > 24 * 60 * MINUTE) return;
  if (left <= 0) {
    const small = clock.dataset.tone !== "late" && clock.querySelector("small");
    if (small) small.textContent = fill(book.was_due, { time: hour(due) });
    clock.dataset.tone = "late";
    words.textContent = -left < MINUTE ? book.just_late : fill(book.late, { span: span(-left) });
    return;
  }
  const share = due > started ? Math.min(1, left / (due - started)) : 1;
  clock.dataset.tone = share <= Number(clock.dataset.soon) ? "soon" : "ok";
  words.textContent = fill(book.left, { span: span(left) });
  const fuse = clock.querySelector(".kf-fuse i");
  if (fuse) fuse.className = `kf-left-${Math.max(5, Math.round(share * 20) * 5)}`;
}

function all() {
  const now = Date.now() + offset;
  document.querySelectorAll(".kf-clock[data-due]").forEach((clock) => tick(clock, now));
  const shown = document.querySelector("[data-clock]");
  if (shown) shown.textContent = hour(now);
}

if (book.left) setInterval(all, MINUTE / 2);
