/* Tells the site the browser's time zone, once for each session, so that times of day are those of the clock beside it. */
customElements.define("browser-zone", class extends HTMLElement {
  connectedCallback() {
    const { timeZone } = Intl.DateTimeFormat().resolvedOptions();
    if (!timeZone || timeZone === this.getAttribute("kept")) return;
    const form = this.querySelector("form");
    form.elements.zone.value = timeZone;
    fetch(form.action, { method: "POST", redirect: "manual", body: new URLSearchParams(new FormData(form)) }).catch(() => {});
  }
});
