// The editor shows only what the chosen kind of question needs.
const form = document.querySelector("form[data-question]");
const type = form?.elements.namedItem("type");

function fit() {
  for (const part of form.querySelectorAll("[data-for]")) part.hidden = part.dataset.for !== "" && !part.dataset.for.split(" ").includes(type.value);
}

type?.addEventListener("change", fit);
if (type) fit();
