"use strict";

// The fee of what is ticked, as the boxes say it; without this file the page says the fee of all.
document.addEventListener("change", (event) => {
  const form = event.target.closest("[data-license-form]");
  const total = form && form.querySelector("[data-total]");
  if (!total) return;
  const ticked = [...form.querySelectorAll("input[data-cents]:checked")];
  const cents = ticked.reduce((sum, box) => sum + Number(box.dataset.cents), 0);
  total.textContent = (cents / 100).toLocaleString("en-US", { style: "currency", currency: "USD" });
});
