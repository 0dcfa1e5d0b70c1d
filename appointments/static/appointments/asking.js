// Ticking many boxes at once, counting what is ticked, and telling about a reason that is for cause.
// Without this script every box can still be ticked by itself.
const boxesOf = (group) => [...group.querySelectorAll("input[type=checkbox]:not(:disabled):not([data-tick-group])")];

const settle = (group) => {
  const master = group.querySelector("[data-tick-group]");
  if (!master) return;
  const boxes = boxesOf(group);
  const ticked = boxes.filter((box) => box.checked).length;
  master.checked = ticked > 0 && ticked === boxes.length;
  master.indeterminate = ticked > 0 && ticked < boxes.length;
};

const count = (form) => {
  const said = form && form.querySelector("[data-chosen]");
  if (!said) return;
  said.dataset.first ??= said.textContent;
  const ticked = form.querySelectorAll("[name=pick]:checked").length;
  said.textContent = ticked ? `${ticked.toLocaleString("en-US")} chosen` : said.dataset.first;
};

const refresh = (form) => {
  if (!form) return;
  form.querySelectorAll("[data-group]").forEach(settle);
  count(form);
};

const warn = (select) => {
  const warning = document.getElementById(select.getAttribute("data-cause-warning"));
  const option = select.selectedOptions[0];
  if (warning) warning.hidden = !(option && option.hasAttribute("data-for-cause"));
};

document.addEventListener("change", (event) => {
  const target = event.target;
  if (target.matches("[data-tick-group]")) {
    boxesOf(target.closest("[data-group]")).forEach((box) => (box.checked = target.checked));
  }
  if (target.matches("[data-cause-warning]")) warn(target);
  refresh(target.closest("form"));
});

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-tick]");
  if (!button) return;
  const boxes = boxesOf(button.closest("[data-group]"));
  const wanted = button.dataset.tick === "all" && !(button.closest("tr") && boxes.every((box) => box.checked));
  boxes.forEach((box) => (box.checked = wanted));
  refresh(button.closest("form"));
});

// One reason for every state that takes it.
document.querySelectorAll("[data-fill]").forEach((each) => (each.hidden = false));
document.addEventListener("change", (event) => {
  if (!event.target.matches("[data-fill-reason]") || !event.target.value) return;
  const selects = [...event.target.form.querySelectorAll("select[data-cause-warning]")];
  const taking = selects.filter((select) => [...select.options].some((option) => option.value === event.target.value));
  taking.forEach((select) => { select.value = event.target.value; warn(select); });
  event.target.form.querySelector("[data-filled]").textContent =
    `Set in ${taking.length} of ${selects.length} states; the others do not take it.`;
});

document.querySelectorAll("form[data-chooser]").forEach(refresh);
document.querySelectorAll("[data-cause-warning]").forEach(warn);

// A second press while the first is on its way would only be refused.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!form.matches("form[method=post]") || event.defaultPrevented) return;
  setTimeout(() => form.querySelectorAll("button[type=submit]").forEach((each) => (each.disabled = true)));
});
window.addEventListener("pageshow", () => {
  document.querySelectorAll("form[method=post] button[type=submit]").forEach((each) => (each.disabled = false));
});
