// Shows and hides questions by their conditions while somebody answers; the server checks all of it again.
const compare = { ">": (a, b) => a > b, ">=": (a, b) => a >= b, "<": (a, b) => a < b, "<=": (a, b) => a <= b };
compare["="] = (a, b) => a === b;
compare["!="] = (a, b) => a !== b;
const inputs = (root, code) => [...root.querySelectorAll(`[name="${code}"]`)].filter((input) => !input.closest("[data-item][hidden]"));
const chosen = (input) => (input.type === "radio" || input.type === "checkbox" ? input.checked : input.value.trim() !== "");
const given = (root, code) => inputs(root, code).filter(chosen).map((input) => input.value.trim());

function rowScore(row) {
  const cells = [...row.querySelectorAll("[data-cell]")].map((cell) => cell.hidden ? null : cell.querySelector("input:checked"));
  return cells.some(Boolean) ? cells.reduce((product, input) => product * Number(input?.dataset.score || 0), 1) : null;
}

function score(root, code) {
  const matrix = root.querySelector(`[data-scored="${code}"]`);
  const scores = matrix && !matrix.closest("[hidden]")
    ? [...matrix.querySelectorAll("[data-row]")].map(rowScore)
    : inputs(root, code).filter((input) => chosen(input) && input.dataset.score).map((input) => Number(input.dataset.score));
  const counted = scores.filter((value) => value !== null);
  return counted.length ? counted.reduce((sum, value) => sum + value, 0) : null;
}

function holds(root, facts, { code, operator, values, score: byScore }) {
  if (byScore) {
    const value = score(root, code);
    return value !== null && compare[operator](value, Number(values[0]));
  }
  const answers = code in facts ? [facts[code]].filter(Boolean) : given(root, code);
  if (!answers.length) return false;
  if (operator === "=") return answers.some((answer) => values.includes(answer));
  if (operator === "!=") return !answers.includes(values[0]);
  return answers.some((answer) => compare[operator](Number(answer), Number(values[0])));
}

function update(root) {
  const facts = JSON.parse(root.dataset.facts || "{}");
  for (const part of root.querySelectorAll("[data-show-if]")) part.hidden = !holds(root, facts, JSON.parse(part.dataset.showIf));
}

document.addEventListener("change", ({ target }) => {
  const root = target.closest?.(".kq");
  if (!root) return;
  if (target.type === "checkbox" && target.checked) {
    for (const other of inputs(root, target.name)) if (other !== target && (target.dataset.exclusive ?? other.dataset.exclusive) !== undefined) other.checked = false;
  }
  update(root);
});
document.addEventListener("click", ({ target }) => {
  const code = target.closest?.("[data-clear]")?.dataset.clear;
  if (!code) return;
  const ticked = inputs(target.closest(".kq"), code).filter(chosen);
  for (const input of ticked) input.checked = false;
  ticked[0]?.dispatchEvent(new Event("change", { bubbles: true }));
});
document.querySelectorAll(".kq").forEach(update);
