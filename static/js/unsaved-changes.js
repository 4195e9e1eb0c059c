/* The browser's own question before typed changes are lost, and only when something was changed. */
customElements.define("unsaved-changes", class extends HTMLElement {
  connectedCallback() {
    this.submitted = false;
    this.ask = (event) => this.changed && event.preventDefault();
    window.addEventListener("beforeunload", this.ask);
    this.addEventListener("submit", () => (this.submitted = true));
  }

  disconnectedCallback() {
    window.removeEventListener("beforeunload", this.ask);
  }

  get changed() {
    if (this.submitted) return false;
    return [...this.querySelectorAll("input, select, textarea")].some((field) =>
      field.options ? [...field.options].some((option) => option.selected !== option.defaultSelected)
        : field.checked !== field.defaultChecked || (field.type !== "hidden" && field.value !== field.defaultValue));
  }
});

// Leaving by a boosted link would not ask, so with unsaved changes the page is loaded whole.
document.addEventListener("htmx:confirm", (event) => {
  const { elt, path, target } = event.detail;
  const changed = [...document.querySelectorAll("unsaved-changes")].some((form) => form.changed);
  if (!changed || !elt.matches("a") || target.id !== "page") return;
  event.preventDefault();
  window.location.assign(path);
});
