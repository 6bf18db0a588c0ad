// A value that was shown hides itself after its seconds, or at once when asked to or when the page is left.
function hide(shown) {
  if (!shown.isConnected) return;
  const masked = document.createElement("span");
  masked.className = "kf-mask";
  masked.textContent = shown.dataset.masked;
  shown.replaceWith(masked);
}

function watch(root) {
  root.querySelectorAll?.(".kf-mask[data-hide-after]").forEach((shown) => {
    setTimeout(hide, Number(shown.dataset.hideAfter) * 1000, shown);
    shown.removeAttribute("data-hide-after");
  });
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-hide]");
  if (button) hide(button.closest(".kf-mask"));
});
document.addEventListener("htmx:afterSwap", () => watch(document));
document.addEventListener("visibilitychange", () => {
  if (document.hidden) document.querySelectorAll(".kf-mask[data-shown]").forEach(hide);
});
watch(document);
