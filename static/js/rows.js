/* Opening a row focuses its field and closes the other one unless it was changed; closing returns the focus to the row's link. */
document.addEventListener("htmx:afterSettle", ({ detail: { elt } }) => {
  if (elt.matches?.(".row--open")) {
    elt.animate({ opacity: [0, 1] }, window.matchMedia("(prefers-reduced-motion: reduce)").matches ? 0 : 160);
    focusField(elt);
    for (const open of document.querySelectorAll(".row--open")) {
      if (open !== elt && !open.querySelector("unsaved-changes")?.changed) open.querySelector("[data-cancel]")?.click();
    }
  } else if (elt.matches?.(".row") && !document.querySelector(".row--open")) {
    elt.querySelector(".row__actions a:last-of-type")?.focus();
  } else if (elt.id === "page") {
    focusField(elt.querySelector(".row--open"));
  }
});

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") event.target.closest(".row--open")?.querySelector("[data-cancel]")?.click();
});

function focusField(row) {
  if (row && !document.querySelector("#page .main :is(input, select, textarea, .banner)[autofocus]")) row.querySelector("input:not([type=hidden]), select, textarea")?.focus();
}

focusField(document.querySelector(".row--open"));
