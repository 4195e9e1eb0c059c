/* Tells the page around the frame how high this one is, as docs/embedding.md says. Only the listed origins learn of it. */
customElements.define("frame-height", class extends HTMLElement {
  connectedCallback() {
    if (window.parent === window) return;
    new ResizeObserver(() => {
      const message = { type: "accountsite.height", height: document.body.scrollHeight };
      for (const origin of this.getAttribute("origins").split(" ")) window.parent.postMessage(message, origin);
    }).observe(document.body);
  }
});
