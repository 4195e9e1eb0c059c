/* Judges length, kinds and characters of a new password while it is typed, and lets Logto judge the rest after a pause. */
customElements.define("password-check", class extends HTMLElement {
  connectedCallback() {
    this.input = this.querySelector("input[autocomplete=new-password]");
    if (!this.input) return;
    this.verdict = () => this.querySelector("#password-verdict");
    this.rules = [...document.querySelectorAll("[data-rule]")];
    const ask = {
      "hx-post": this.getAttribute("url"),
      "hx-trigger": "judge delay:600ms",
      "hx-sync": "this:queue last",
      "hx-request": '{"timeout": 5000}',
      "hx-params": "password,csrfmiddlewaretoken",
      "hx-target": "#password-verdict",
      "hx-select": "#password-verdict",
      "hx-swap": "outerHTML",
      "hx-push-url": "false",
      "hx-disabled-elt": "unset",
    };
    Object.entries(ask).forEach(([name, value]) => this.input.setAttribute(name, value));
    htmx.process(this.input);
    this.input.addEventListener("input", () => this.judge());
    // A verdict that does not come is no trouble worth a banner: saving asks again.
    ["htmx:sendError", "htmx:timeout"].forEach((name) => this.addEventListener(name, (event) => event.stopPropagation()));
    this.addEventListener("htmx:beforeSwap", (event) => {
      if (event.target !== this.verdict() && event.detail.elt !== this.input) return;
      event.stopPropagation();
      const answers = /\bid="password-verdict"/.test(event.detail.xhr.responseText);
      event.detail.shouldSwap = answers && event.detail.requestConfig.parameters.password === this.input.value;
    });
    this.addEventListener("htmx:afterSettle", () => {
      const meetsAll = Boolean(this.verdict()?.querySelector(".verdict__sentence--ok"));
      this.rules.filter((rule) => rule.dataset.rule === "verdict").forEach((rule) => this.tick(rule, meetsAll));
    });
  }

  judge() {
    const password = this.input.value;
    this.rules.forEach((rule) => this.tick(rule, this.meets(rule, password)));
    this.verdict()?.replaceChildren();
    const judgedHere = this.rules.filter((rule) => rule.dataset.rule !== "verdict");
    if (password && judgedHere.every((rule) => this.meets(rule, password)) && password.length <= Number(this.getAttribute("most"))) {
      this.input.dispatchEvent(new Event("judge"));
    }
  }

  /* Rules named "verdict" are met when Logto has said so. */
  meets(rule, password) {
    const limit = Number(rule.dataset.limit);
    const kinds = [/[a-z]/, /[A-Z]/, /[0-9]/, /[ -/:-@[-`{-~]/].filter((kind) => kind.test(password)).length;
    return password !== "" && {
      length: password.length >= limit,
      kinds: kinds >= limit,
      characters: /^[ -~]*$/.test(password),
      verdict: false,
    }[rule.dataset.rule];
  }

  tick(rule, met) {
    rule.toggleAttribute("data-is-met", met);
    rule.querySelector("[data-met]").hidden = !met;
  }
});
