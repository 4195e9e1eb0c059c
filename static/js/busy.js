/* A request that takes longer shows it: at once nothing, after 0.4 s a bar and "Saving…", after 8 s a sentence. */
document.addEventListener("htmx:beforeRequest", ({ detail: { elt, xhr, requestConfig } }) => {
  const button = requestConfig.triggeringEvent?.submitter;
  const row = elt.closest(".row");
  const label = [...(button?.childNodes ?? [])];
  const soon = setTimeout(() => {
    row?.setAttribute("aria-busy", "true");
    if (!button) return;
    const spinner = document.createElement("span");
    spinner.className = "spinner";
    button.style.minInlineSize = `${button.offsetWidth}px`;
    button.setAttribute("aria-busy", "true");
    button.replaceChildren(spinner, text("saving"));
  }, 400);
  const late = setTimeout(() => say(text("slow")), 8000);
  xhr.addEventListener("loadend", () => {
    clearTimeout(soon);
    clearTimeout(late);
    row?.removeAttribute("aria-busy");
    if (!button?.hasAttribute("aria-busy")) return;
    button.removeAttribute("aria-busy");
    button.replaceChildren(...label);
  });
});
