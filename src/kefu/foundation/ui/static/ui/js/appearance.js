// Theme and density: buttons with data-set and data-value; kept in cookies, so that pages arrive as chosen.
const root = document.documentElement;
const dark = matchMedia("(prefers-color-scheme: dark)");
const cookie = (name) => document.cookie.match(new RegExp(`(?:^|; )kf_${name}=([^;]*)`))?.[1];
const keep = (name, value) => { document.cookie = `kf_${name}=${value}; path=/; max-age=31536000; samesite=lax`; };

function theme(value) {
  const automatic = value.startsWith("auto");
  const shown = automatic ? (dark.matches ? "dark" : "light") : value;
  root.dataset.bsTheme = shown;
  keep("theme", automatic ? `auto-${shown}` : shown);
}

function density(value) {
  root.dataset.density = value;
  keep("density", value);
}

function press() {
  const chosen = { theme: (cookie("theme") || "light").split("-")[0], density: root.dataset.density };
  document.querySelectorAll("[data-set]").forEach((button) =>
    button.setAttribute("aria-pressed", String(chosen[button.dataset.set] === button.dataset.value)));
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-set]");
  if (!button) return;
  ({ theme, density })[button.dataset.set](button.dataset.value);
  press();
});
dark.addEventListener("change", () => cookie("theme")?.startsWith("auto") && theme("auto"));
if (cookie("theme")?.startsWith("auto")) theme("auto");
press();
