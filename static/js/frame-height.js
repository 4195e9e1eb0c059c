/* Tells the page around the frame how high this one is, as docs/embedding.md says. Only the listed origins learn of it. */
customElements.define("frame-height", class extends HTMLElement {
  connectedCallback() {
    const tell = (origin) => parent.postMessage({ type: "accountsite.height", height: document.body.scrollHeight }, origin);
    new ResizeObserver(() => this.getAttribute("origins").split(" ").forEach(tell)).observe(document.body);
  }
});
