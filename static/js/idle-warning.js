/* Stays signed in without leaving the page, and says aloud what the style sheet only shows. */
customElements.define("idle-warning", class extends HTMLElement {
  connectedCallback() {
    this.addEventListener("animationend", () => say(this.querySelector("strong").textContent));
    this.addEventListener("click", (event) => {
      const link = event.target.closest("a");
      if (!link) return;
      event.preventDefault();
      this.stay(link.href);
    });
  }

  async stay(address) {
    const answer = await fetch(address).catch(() => null);
    if (!answer?.ok || answer.redirected) {
      window.location.reload();
      return;
    }
    this.replaceWith(this.cloneNode(true));
  }
});
