/* Stays signed in without leaving the page, says aloud what the style sheet only shows, and clears the page at the end. */
customElements.define("idle-warning", class extends HTMLElement {
  connectedCallback() {
    this.ends = Date.now() + (Number(this.getAttribute("seconds")) + 1) * 1000;
    this.tabs = new BroadcastChannel("session");
    if (!this.hasAttribute("told")) this.tabs.postMessage("in use");
    this.stop = new AbortController();
    const on = (target, name, action) => target.addEventListener(name, action, { signal: this.stop.signal });
    // Another tab is in use, or a part of this page was loaded: the session goes on from here.
    on(this.tabs, "message", () => this.begin({ told: true }));
    on(document, "htmx:afterRequest", (event) => event.detail.successful && this.begin());
    on(this, "animationend", () => say(this.querySelector("strong").textContent));
    on(this, "click", (event) => this.stay(event));
    // A timer stands still while the device sleeps.
    on(document, "visibilitychange", () => this.end());
    on(window, "pageshow", () => this.end());
    this.timer = setTimeout(() => this.end(), this.ends - Date.now());
  }

  disconnectedCallback() {
    this.stop.abort();
    this.tabs.close();
    clearTimeout(this.timer);
  }

  begin({ told = false } = {}) {
    const again = this.cloneNode(true);
    again.toggleAttribute("told", told);
    if (this.isConnected) this.replaceWith(again);
  }

  // The session is over: nothing of the person stays on the screen.
  end() {
    if (Date.now() < this.ends) return;
    document.querySelector("#page").replaceChildren();
    window.location.replace(window.location.href.split("#")[0]);
  }

  async stay(event) {
    const link = event.target.closest("a");
    if (!link) return;
    event.preventDefault();
    const answer = await fetch(link.href).catch(() => null);
    if (!answer?.ok || answer.redirected) {
      window.location.reload();
      return;
    }
    this.begin();
  }
});
