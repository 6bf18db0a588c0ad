// Lines for the live region: answers with HX-Trigger {"kf:toast": {"text", "tone"}}, and requests that failed.
const region = document.getElementById("kf-toasts");
const phrases = JSON.parse(document.getElementById("kf-phrases")?.textContent || "{}");

function say({ text, tone = "done" }) {
  if (!region || !text) return;
  const line = document.createElement("div");
  line.className = "kf-note";
  line.dataset.tone = tone;
  const words = document.createElement("span");
  words.textContent = text;
  const close = Object.assign(document.createElement("button"), { type: "button", textContent: "×" });
  close.dataset.dismiss = "";
  close.setAttribute("aria-label", phrases.dismiss || "×");
  line.append(words, close);
  region.append(line);
  // What went wrong stays until it is read.
  if (tone !== "late") setTimeout(() => line.remove(), 8000);
}

document.addEventListener("kf:toast", (event) => say(event.detail));
document.addEventListener("htmx:sendError", () => say({ text: phrases.offline, tone: "late" }));
document.addEventListener("htmx:responseError", (event) => {
  const answer = event.detail.xhr;
  if (!/kf:toast/.test(answer.getResponseHeader("HX-Trigger") || "")) say({ text: phrases.failed, tone: "late" });
});
document.addEventListener("click", (event) => event.target.closest("[data-dismiss]")?.closest(".kf-note").remove());
