// Uploads: choosing files with checks and progress, and mending rows. Without this script the forms work as forms.

// Choosing and sending files --------------------------------------------------------------------------------------
const uploadForm = document.querySelector("[data-upload]");
if (uploadForm) beginUpload(uploadForm);

function beginUpload(form) {
  const input = form.querySelector("[type=file]");
  const drop = form.querySelector("[data-drop]");
  const list = form.querySelector("[data-files]");
  const fault = form.querySelector("#file-error");
  const mostBytes = Number(form.dataset.mostBytes);
  let chosen = [];
  input.hasChangeListener = true; // keeps the admin's own script, which looks for a text field beside it, away
  form.classList.add("is-live");
  input.addEventListener("change", () => { add(input.files); input.value = ""; });
  for (const name of ["dragenter", "dragover"]) drop.addEventListener(name, () => drop.classList.add("is-over"));
  for (const name of ["dragleave", "drop"]) drop.addEventListener(name, () => drop.classList.remove("is-over"));
  list.addEventListener("click", (event) => {
    const button = event.target.closest("[data-remove]");
    if (!button) return;
    chosen = chosen.filter((each) => each !== list.children[[...list.children].indexOf(button.closest("li"))].file);
    show();
    input.focus();
  });
  form.addEventListener("submit", (event) => { event.preventDefault(); send(); });
  form.addEventListener("change", (event) => { if (event.target.name === "type") wrongType(""); });

  function add(files) {
    const known = new Set(chosen.map((each) => `${each.file.name}/${each.file.size}/${each.file.lastModified}`));
    for (const file of files) {
      if (!known.has(`${file.name}/${file.size}/${file.lastModified}`)) chosen.push({ file, fault: unfit(file) });
    }
    say([]);
    show();
  }

  function unfit(file) {
    if (!file.size) return "The file is empty. Fill the template and choose it again.";
    if (file.size > mostBytes) {
      const most = Math.floor(mostBytes / 1048576);
      return `The file has ${(file.size / 1048576).toFixed(1)} MB; at most ${most} MB are read. Split it and upload the parts one after the other.`;
    }
    if (!/\.(csv|xlsx|tsv|txt)$/i.test(file.name)) return "This is no CSV and no XLSX file. Save it as one of these in your spreadsheet.";
    return "";
  }

  function show() {
    list.hidden = !chosen.length;
    list.replaceChildren(...chosen.map(item));
    const faulty = chosen.some((each) => each.fault);
    input.toggleAttribute("aria-invalid", faulty);
    if (faulty) input.setAttribute("aria-invalid", "true");
  }

  function item(each) {
    const line = document.createElement("li");
    line.file = each;
    const name = document.createElement("span");
    name.className = "u-file-name";
    name.textContent = each.file.name;
    line.append(name, element("span", "as-quiet u-number", size(each.file.size)));
    if (each.url) {
      const link = element("a", "as-link", "Open this upload");
      link.href = each.url;
      line.append(link);
    } else if (each.sent !== undefined) {
      const bar = document.createElement("progress");
      bar.max = 100;
      bar.value = each.sent;
      bar.setAttribute("aria-label", `Sending ${each.file.name}`);
      line.append(bar);
    } else {
      const remove = element("button", "as-button u-slim", "Remove");
      remove.type = "button";
      remove.dataset.remove = "";
      remove.setAttribute("aria-label", `Remove ${each.file.name}`);
      line.append(remove);
    }
    if (each.fault) line.append(element("p", "as-error", each.fault));
    return line;
  }

  async function send() {
    say([]);
    if (!form.querySelector("[name=type]:checked")) return wrongType("Choose what the file is about.");
    wrongType("");
    const waiting = chosen.filter((each) => !each.url && !each.fault);
    if (!chosen.length) return say(["Choose a file, or drop one here."]);
    if (!waiting.length) return say(["Remove the files that cannot be read, or choose others."]);
    const button = form.querySelector("button[type=submit]");
    button.disabled = true;
    for (const each of waiting) await one(each);
    button.disabled = false;
    const taken = chosen.filter((each) => each.url);
    if (taken.length === chosen.length) location.assign(taken.length === 1 ? taken[0].url : form.dataset.list);
    else input.focus();
  }

  function one(each) {
    const body = new FormData(form);
    body.delete("file");
    body.append("file", each.file, each.file.name);
    const request = new XMLHttpRequest();
    request.open("POST", form.action);
    request.setRequestHeader("X-Requested-With", "fetch");
    return new Promise((done) => {
      const end = (sentence) => { delete each.sent; if (sentence) each.fault = sentence; show(); done(); };
      request.upload.addEventListener("progress", (event) => {
        const bar = list.children[chosen.indexOf(each)]?.querySelector("progress");
        each.sent = Math.round((event.loaded / event.total) * 100);
        if (bar) bar.value = each.sent;
      });
      request.addEventListener("error", () => end("The connection broke off. Choose Upload to send it again.", true));
      request.addEventListener("load", () => end(judge(each, request)));
      each.sent = 0;
      show();
      request.send(body);
    }).then(() => { if (each.fault.startsWith("The connection")) { say([`“${each.file.name}”: ${each.fault}`]); each.fault = ""; show(); } });
  }

  function judge(each, request) {
    let said;
    try { said = JSON.parse(request.responseText); } catch { said = null; }
    if (!said) return "The connection broke off or the session has ended. Reload the page and sign in again.";
    if (said.uploads.length) { each.url = said.uploads[0].url; return ""; }
    return Object.values(said.errors).flat().map((text) => text.replace(`“${each.file.name}”: `, "")).join(" ");
  }

  function wrongType(sentence) {
    const place = form.querySelector("#type-error");
    place.textContent = sentence;
    place.hidden = !sentence;
    if (sentence) form.querySelector("[name=type]:enabled").focus();
  }

  function say(sentences) {
    fault.replaceChildren(...sentences.map((each) => element("p", "", each)));
    if (sentences.length) input.focus();
  }
}

function element(tag, classes, text) {
  const made = document.createElement(tag);
  if (classes) made.className = classes;
  made.textContent = text;
  return made;
}

function size(bytes) {
  return bytes < 1048576 ? `${Math.max(1, Math.round(bytes / 1024)).toLocaleString("en-US")} KB` : `${(bytes / 1048576).toFixed(1)} MB`;
}

// On a phone the tabs are wider than the screen: the one that is open is brought into sight.
function showOpenTab() {
  const open = document.querySelector(".u-tabs [aria-current]");
  if (open) open.parentElement.scrollLeft = open.offsetLeft - open.parentElement.offsetLeft - 24;
}
showOpenTab();
document.addEventListener("htmx:afterSettle", showOpenTab);

// Mending rows ----------------------------------------------------------------------------------------------------
const unhide = (root) => root.querySelectorAll("[data-offer], [data-save-row]").forEach((each) => (each.hidden = false));
const cellsOf = (root) => [...root.querySelectorAll("input[id^='cell-']")];
const isChanged = (cell) => cell.value !== cell.defaultValue;

function recount(form, before = "") {
  const said = form.querySelector("[data-changed]");
  if (!said) return;
  said.dataset.first ??= said.textContent;
  const changed = cellsOf(form).filter(isChanged).length;
  const open = `${changed} cell${changed === 1 ? "" : "s"} changed, not saved yet`;
  said.textContent = changed ? `${before} ${open}`.trim() : said.dataset.first;
}

document.querySelectorAll("[data-mend]").forEach((form) => {
  unhide(form);
  form.addEventListener("input", () => recount(form));
  form.addEventListener("submit", () => { form.dataset.saving = ""; });
  form.addEventListener("click", (event) => {
    const offer = event.target.closest("[data-offer]");
    if (!offer) return;
    const cell = document.getElementById(offer.dataset.cell);
    cell.value = offer.dataset.offer;
    cell.dispatchEvent(new Event("input", { bubbles: true }));
    cell.focus();
  });
});

window.addEventListener("beforeunload", (event) => {
  const open = [...document.querySelectorAll("[data-mend]:not([data-saving])")];
  if (open.some((form) => cellsOf(form).some(isChanged))) event.preventDefault();
});
window.addEventListener("pageshow", () => document.querySelectorAll("[data-saving]").forEach((form) => delete form.dataset.saving));

// A row that was saved by itself: the hand goes to the next cell that is wrong, in this row or below it.
document.addEventListener("htmx:afterSettle", (event) => {
  const row = document.querySelector("tr[data-swapped]");
  if (!row) return;
  const said = row.dataset.swapped;
  row.removeAttribute("data-swapped");
  const form = row.closest("[data-mend]");
  unhide(row);
  form.querySelector("[data-changed]").dataset.first = said;
  recount(form, said);
  const wrong = [...form.querySelectorAll("[aria-invalid=true]")];
  const next = wrong.find((cell) => row.contains(cell) || row.compareDocumentPosition(cell) & Node.DOCUMENT_POSITION_FOLLOWING);
  (next ?? wrong[0] ?? row).focus();
});

// The address names a cell to go on with; it may lie in a part that is folded away.
function goToNamed() {
  const named = location.hash.length > 1 && document.getElementById(location.hash.slice(1));
  if (!named) return;
  const folded = named.closest("details");
  if (folded) folded.open = true;
  named.focus({ preventScroll: true });
  named.scrollIntoView({ block: "center" });
  const said = document.querySelector("[data-changed] strong");
  // Screen readers speak what changes; this stood there from the start.
  if (said) setTimeout(() => said.replaceWith(said.cloneNode(true)), 300);
}
if (/^#(cell|row)-/.test(location.hash)) window.addEventListener("load", goToNamed);

// A second press while the first is on its way would only be refused.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!form.matches("form[method=post]") || event.defaultPrevented) return;
  setTimeout(() => form.querySelectorAll("button[type=submit]").forEach((each) => (each.disabled = true)));
});
window.addEventListener("pageshow", () => {
  document.querySelectorAll("form[method=post] button[type=submit]").forEach((each) => (each.disabled = false));
});
