// Ticking rows: "all on this page", then "all that match". Without this script single rows can still be ticked.
document.addEventListener("change", (event) => {
  const form = event.target.closest("[data-list]");
  if (!form) return;
  const rows = [...form.querySelectorAll("[name=ids]")];
  if (event.target.matches("[data-pick-all]")) rows.forEach((row) => (row.checked = event.target.checked));
  const picked = rows.filter((row) => row.checked).length;
  const all = form.querySelector("[data-pick-all]");
  if (all) {
    all.checked = picked > 0 && picked === rows.length;
    all.indeterminate = picked > 0 && picked < rows.length;
  }
  const matching = form.querySelector("[data-all-matching]");
  if (matching) matching.hidden = !(all && all.checked);
  if (matching && matching.hidden) matching.querySelector("input").checked = false;
  const said = form.querySelector("[data-picked]");
  if (said) said.textContent = picked ? `${picked} chosen` : "";
});

// Filters that are not in use fold away on a phone (app.css), so that the rows come first.
document.querySelectorAll("[data-fold]").forEach((form) => {
  const button = form.querySelector("[data-fold-toggle]");
  const fold = (folded) => {
    form.classList.toggle("is-folded", folded);
    button.setAttribute("aria-expanded", String(!folded));
  };
  button.addEventListener("click", () => fold(!form.classList.contains("is-folded")));
  fold(true);
});
