/* What happened while htmx was busy: announced, or shown when the connection failed. Every text is already in the page. */
customElements.define("page-status", class extends HTMLElement {
  connectedCallback() {
    const on = (name, action) => document.addEventListener(name, action);
    on("htmx:sendError", () => this.show("offline"));
    on("htmx:timeout", () => this.show("timeout"));
    on("htmx:beforeRequest", ({ detail }) => {
      this.show();
      if (detail.target.id === "page") this.last = detail.xhr;
    });
    on("htmx:beforeSwap", (event) => this.demandPage(event));
    on("htmx:afterSettle", (event) => this.announce(event.detail.elt));
    // What a page brings with it is read only when it changes after that, and the focus may be in a field already.
    window.addEventListener("load", () => setTimeout(() => say(news(document)), 300));
  }

  show(name) {
    const alert = this.querySelector("[role=alert]");
    alert.replaceChildren();
    if (!name) return;
    const banner = document.createElement("p");
    banner.className = "banner banner--bad";
    banner.textContent = text(name);
    alert.append(banner);
  }

  // Something other than this site has answered, or the session's end: the browser goes there itself.
  demandPage({ detail }) {
    const { target, xhr } = detail;
    /* Of two pages on their way the one pressed last is shown: drawn first, the other one would take its place away. */
    const isLate = target.id === "page" && this.last !== xhr && this.last?.readyState < 4;
    if (!isLate && (xhr.status === 204 || /\bid="page"/.test(xhr.responseText))) return;
    detail.shouldSwap = false;
    if (!isLate) window.location.assign(xhr.responseURL);
  }

  announce(swapped) {
    say(swapped.id === "page" ? news(swapped) : "");
    // Under boost htmx scrolls to the top after it has set the focus, whatever part of the page the address names.
    setTimeout(() => {
      const part = swapped.id === "page" && document.querySelector(`main section[id="${CSS.escape(window.location.hash.slice(1))}"]`);
      if (part) {
        const heading = part.querySelector("h2") ?? part;
        heading.tabIndex = -1;
        heading.focus({ preventScroll: true });
        part.scrollIntoView();
      } else {
        document.activeElement.closest("main")?.querySelector(":focus")?.scrollIntoView({ block: "nearest" });
      }
    });
  }
});

function text(name) {
  return document.querySelector(`page-status [data-text=${name}]`).textContent;
}

function news(page) {
  const words = (one) => one.dataset.announce || one.textContent.trim().replace(/\s+/g, " ");
  return [...page.querySelectorAll("[data-announce]")].map(words).join(" ");
}

function say(words) {
  document.querySelector("page-status [role=status]").textContent = words;
}
