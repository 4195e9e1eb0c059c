/* A "Show" button beside a password. */
customElements.define("password-reveal", class extends HTMLElement {
  connectedCallback() {
    const input = this.querySelector("input");
    if (!input || this.querySelector("button")) return;
    const button = document.createElement("button");
    button.type = "button";
    button.className = "button button--neutral";
    button.setAttribute("aria-controls", input.id);
    const draw = (shown) => {
      input.type = shown ? "text" : "password";
      button.textContent = text(shown ? "hide" : "show");
      button.setAttribute("aria-pressed", shown);
    };
    button.addEventListener("click", () => draw(input.type === "password"));
    // A browser that remembers what was typed into text fields must not remember this.
    input.form?.addEventListener("submit", () => draw(false));
    draw(false);
    this.append(button);
  }
});
