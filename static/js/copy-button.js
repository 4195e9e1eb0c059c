/* <copy-button text="…">: copies, and says so for two seconds. The button exists only where scripts run. */
customElements.define("copy-button", class extends HTMLElement {
  connectedCallback() {
    if (this.querySelector("button") || !navigator.clipboard) return;
    const button = document.createElement("button");
    button.type = "button";
    button.className = `button button--${this.getAttribute("kind") ?? "quiet"}`;
    // An icon and hidden words may stand in the element; they move into the button.
    const label = document.createElement("span");
    label.textContent = text("copy");
    button.append(...this.childNodes);
    button.insertBefore(label, button.querySelector(".visually-hidden"));
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(this.getAttribute("text"));
      label.textContent = text("copied");
      say(text("copied"));
      setTimeout(() => (label.textContent = text("copy")), 2000);
    });
    this.append(button);
  }
});
