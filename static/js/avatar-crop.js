/* <avatar-crop>: shows which part of the chosen picture the three range inputs leave. The server does the cutting. */
customElements.define("avatar-crop", class extends HTMLElement {
  connectedCallback() {
    this.form = this.querySelector("form");
    this.canvas = this.querySelector("canvas");
    this.file = this.querySelector("input[type=file]");
    this.file.addEventListener("change", () => this.open());
    this.form.addEventListener("input", () => this.draw());
    this.form.addEventListener("submit", (event) => {
      if (!this.tooLarge()) return;
      event.preventDefault();
      event.stopPropagation();
      this.file.focus();
    }, true);
  }

  tooLarge() {
    const file = this.file.files[0];
    const large = Boolean(file) && file.size > Number(this.getAttribute("most-bytes"));
    this.querySelector("[data-too-large]").hidden = !large;
    return large;
  }

  async open() {
    this.picture = null;
    const file = this.file.files[0];
    const unreadable = this.querySelector("[data-unreadable]");
    unreadable.hidden = true;
    if (file && !this.tooLarge()) {
      try {
        this.picture = await createImageBitmap(file, { imageOrientation: "from-image" });
      } catch {
        unreadable.hidden = false;
      }
    }
    this.canvas.parentElement.hidden = !this.picture;
    this.draw();
  }

  draw() {
    if (!this.picture) return;
    const share = (name) => Number(this.form.elements[name].value) / 100;
    const { width, height } = this.picture;
    const side = Math.min(width, height) / share("zoom");
    const context = this.canvas.getContext("2d");
    context.clearRect(0, 0, this.canvas.width, this.canvas.height);
    context.drawImage(
      this.picture,
      (width - side) * share("left"), (height - side) * share("top"), side, side,
      0, 0, this.canvas.width, this.canvas.height,
    );
  }
});
