/* A picture that cannot be loaded gives way to the initials under it. */
customElements.define("avatar-picture", class extends HTMLElement {
  connectedCallback() {
    const picture = this.querySelector("img");
    if (!picture) return;
    picture.addEventListener("error", () => picture.remove());
    if (picture.complete && !picture.naturalWidth) picture.remove();
  }
});
