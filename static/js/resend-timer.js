/* Counts down until another code may be asked for. The button keeps the focus, and the server decides in any case. */
customElements.define("resend-timer", class extends HTMLElement {
  connectedCallback() {
    const template = this.querySelector("[data-countdown]");
    if (!template) return;
    const end = Date.now() + Number(this.getAttribute("seconds")) * 1000;
    const button = this.querySelector("button");
    const wait = this.querySelector("[data-wait]");
    wait.replaceChildren(template.content.cloneNode(true));
    const left = wait.querySelector("[data-left]");
    button.setAttribute("aria-disabled", "true");
    const refuse = (event) => event.preventDefault();
    button.addEventListener("click", refuse);
    const tick = () => {
      const seconds = Math.max(0, Math.ceil((end - Date.now()) / 1000));
      left.textContent = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
      if (seconds) return;
      clearInterval(this.timer);
      button.removeAttribute("aria-disabled");
      button.removeEventListener("click", refuse);
      wait.textContent = text("resend");
      say(wait.textContent);
    };
    this.timer = setInterval(tick, 1000);
    tick();
  }

  disconnectedCallback() {
    clearInterval(this.timer);
  }
});
