/* <print-page> around a link to a page for printing: with scripts, this page is printed as it stands. */
customElements.define("print-page", class extends HTMLElement {
  connectedCallback() {
    this.addEventListener("click", (event) => {
      event.preventDefault();
      event.stopPropagation();
      window.print();
    }, true);
  }
});
