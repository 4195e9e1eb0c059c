/* Opening a row focuses its field and closes the other one unless it was changed; closing returns the focus to the row's link. */
const FIELDS = "input:not([type=hidden]), select, textarea";
let leaving = [];
let writing = null;

document.addEventListener("htmx:afterSettle", ({ detail: { elt } }) => {
  if (elt.matches?.(".row--open")) {
    elt.animate({ opacity: [0, 1] }, window.matchMedia("(prefers-reduced-motion: reduce)").matches ? 0 : 160);
    focusField(elt);
    for (const open of document.querySelectorAll(".row--open")) {
      if (open !== elt && !open.querySelector("unsaved-changes")?.changed) open.querySelector("[data-cancel]")?.click();
    }
  } else if (elt.matches?.(".row") && !document.querySelector(".row--open")) {
    elt.querySelector(".row__actions a:last-of-type")?.focus();
  } else if (elt.id === "arranged") {
    elt.closest("form").querySelector(":scope > .banner")?.remove();
    leaving.forEach((field) => take(field, elt));
  } else if (elt.id === "page") {
    focusField(elt.querySelector(".row--open"));
  }
});

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") event.target.closest(".row--open")?.querySelector("[data-cancel]")?.click();
});

// Other fields take the place of these.
document.addEventListener("htmx:beforeSwap", ({ detail: { target } }) => {
  if (target.id !== "arranged") return;
  leaving = [...target.querySelectorAll(FIELDS)];
  writing = document.activeElement;
});

// Where Logto is down altogether the answer has no row: what was typed stays in this one, below the answer's words.
document.addEventListener("htmx:beforeSwap", ({ detail }) => {
  const form = detail.requestConfig.elt.closest?.(".row--open form");
  const { status, responseText } = detail.xhr;
  if (!form || (status < 500 && status !== 429) || responseText.includes("row--open")) return;
  const answer = new DOMParser().parseFromString(responseText, "text/html");
  const words = [...answer.querySelectorAll("main h1, main .heading__lead")].slice(0, 2).map((one) => one.textContent.trim());
  if (!words.length) return;
  detail.shouldSwap = false;
  form.closest("unsaved-changes").submitted = false;
  const banner = document.createElement("p");
  banner.className = "banner banner--bad";
  banner.tabIndex = -1;
  banner.textContent = words.join(". ");
  form.querySelector(".banner")?.remove();
  form.prepend(banner);
  banner.focus();
});

// What was typed while the others were on their way is taken over; what they have no place for keeps its own field.
function take(field, arranged) {
  const other = [...arranged.querySelectorAll(FIELDS)].find(({ name }) => name === field.name);
  if (other) other.value = field.value;
  else if (field.value) arranged.append(field.closest(".field"));
  if (!other && field === writing) field.focus();
}

function focusField(row) {
  if (row && !document.querySelector("#page .main :is(input, select, textarea, .banner)[autofocus]")) row.querySelector(FIELDS)?.focus();
  // Browsers begin at the start, where nobody goes on writing.
  const field = document.activeElement;
  if (row?.contains(field) && field.selectionEnd === 0) field.setSelectionRange(field.value.length, field.value.length);
}

focusField(document.querySelector(".row--open"));
