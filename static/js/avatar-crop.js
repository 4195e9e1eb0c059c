/* <avatar-crop>: shows the square that will be cut out of the chosen picture, to be dragged and zoomed. The three range
   inputs of the form hold what is chosen, also for the keyboard; the server does the cutting. */
customElements.define("avatar-crop", class extends HTMLElement {
  connectedCallback() {
    this.form = this.querySelector("form");
    this.canvas = this.querySelector("canvas");
    this.file = this.querySelector("input[type=file]");
    this.details = this.querySelector("details");
    this.zoom = this.form.elements.zoom.closest(".field");
    this.details.before(this.zoom);
    const summary = this.details.querySelector("summary");
    summary.textContent = summary.dataset.besidePreview;
    this.file.addEventListener("change", () => this.open());
    this.form.addEventListener("input", (event) => this.chosen(event.target));
    this.canvas.addEventListener("pointerdown", (event) => this.canvas.setPointerCapture(event.pointerId));
    this.canvas.addEventListener("pointermove", (event) => this.drag(event));
    this.form.addEventListener("submit", (event) => {
      if (!this.tooLarge()) return;
      event.preventDefault();
      event.stopPropagation();
      this.file.focus();
    }, true);
    this.show();
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
    this.set({ zoom: 100, left: 50, top: 50 });
    this.show();
  }

  /* Nothing to adjust is shown before there is a picture. */
  show() {
    [this.canvas.parentElement, this.zoom, this.details].forEach((one) => { one.hidden = !this.picture; });
    this.draw();
  }

  /* `place` is finer than the whole numbers of the inputs, so that a picture follows the pointer without steps. */
  set(values) {
    this.place = { ...this.place, ...values };
    Object.entries(values).forEach(([name, value]) => { this.form.elements[name].value = Math.round(value); });
  }

  chosen(input) {
    if (["zoom", "left", "top"].includes(input.name)) this.set({ [input.name]: Number(input.value) });
    this.draw();
  }

  get side() {
    return (Math.min(this.picture.width, this.picture.height) * 100) / this.place.zoom;
  }

  drag(event) {
    if (!this.picture || !this.canvas.hasPointerCapture(event.pointerId)) return;
    const scale = this.side / this.canvas.clientWidth;
    const moved = (before, distance, room) => (room > 0 ? Math.min(100, Math.max(0, before - (distance * scale * 100) / room)) : before);
    this.set({
      left: moved(this.place.left, event.movementX, this.picture.width - this.side),
      top: moved(this.place.top, event.movementY, this.picture.height - this.side),
    });
    this.draw();
  }

  draw() {
    if (!this.picture) return;
    const { width, height } = this.picture;
    const context = this.canvas.getContext("2d");
    context.clearRect(0, 0, this.canvas.width, this.canvas.height);
    context.drawImage(
      this.picture,
      ((width - this.side) * this.place.left) / 100, ((height - this.side) * this.place.top) / 100, this.side, this.side,
      0, 0, this.canvas.width, this.canvas.height,
    );
  }
});
