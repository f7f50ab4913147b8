// The picture of the sheet: pan, zoom, the current field lit and brought to the middle, crops for the boxes.

const MOST = 4;
const MARGIN = 0.006;

export class Paper {
  constructor(desk) {
    this.view = desk.querySelector("#paper");
    this.layer = desk.querySelector("#layer");
    this.lit = desk.querySelector("#lit");
    this.image = desk.querySelector("#sheet-image");
    this.at = { scale: 1, x: 0, y: 0 };
    this.box = null;
    this.ink = new Map();
    this.scratch = document.createElement("canvas");
    if (!this.layer) return;
    this.watcher = new ResizeObserver(() => (this.box ? this.show(this.box, false) : this.all(false)));
    this.listen();
  }

  /** Show `image` once it is decoded. */
  async load(source) {
    if (!this.layer) return;
    if (!this.image.src) this.image.src = source;
    await this.image.decode().catch(() => {});
    this.size = { width: this.image.naturalWidth, height: this.image.naturalHeight };
    if (!this.size.width) return;
    this.layer.style.width = `${this.size.width}px`;
    this.layer.style.height = `${this.size.height}px`;
    this.watcher.observe(this.view);
    this.box ? this.show(this.box, false) : this.all(false);
  }

  get ready() { return Boolean(this.size?.width); }

  /** Light a box (relative to the sheet) and bring it near at a readable size. */
  show(box, smooth = true) {
    this.box = box?.length === 4 ? box : null;
    if (!this.layer || !this.ready) return;
    this.lit.hidden = !this.box;
    if (!this.box) return this.all(smooth);
    const [x0, y0, x1, y1] = this.box;
    Object.assign(this.lit.style, { left: `${(x0 - 0.004) * 100}%`, top: `${(y0 - 0.003) * 100}%`,
      width: `${(x1 - x0 + 0.008) * 100}%`, height: `${(y1 - y0 + 0.006) * 100}%` });
    const { clientWidth: width, clientHeight: height } = this.view;
    const wanted = Math.min((width * 0.86) / ((x1 - x0) * this.size.width), (height * 0.45) / ((y1 - y0) * this.size.height));
    const closest = width > 2 * height ? 1.1 : 1.75; // in a broad low view the whole row stays in sight
    const scale = Math.min(Math.max(wanted, this.widthScale), this.widthScale * closest, 2);
    this.centre(((x0 + x1) / 2) * this.size.width, ((y0 + y1) / 2) * this.size.height, scale, smooth);
  }

  /** The whole sheet. */
  all(smooth = true) {
    if (!this.ready) return;
    const scale = Math.min(this.widthScale, this.view.clientHeight / this.size.height);
    this.centre(this.size.width / 2, this.size.height / 2, scale, smooth);
  }

  get widthScale() { return this.view.clientWidth / this.size.width; }

  /** Zoom by `factor` around a point of the view, its middle unless told. */
  zoom(factor, px = this.view.clientWidth / 2, py = this.view.clientHeight / 2, smooth = true) {
    if (!this.ready) return;
    const scale = Math.min(Math.max(this.at.scale * factor, this.widthScale * 0.3), MOST);
    const grow = scale / this.at.scale;
    this.set(scale, px - (px - this.at.x) * grow, py - (py - this.at.y) * grow, smooth);
  }

  /** Move the picture by shares of the view. */
  pan(right, down) {
    if (!this.ready) return;
    this.set(this.at.scale, this.at.x - right * this.view.clientWidth, this.at.y - down * this.view.clientHeight, true);
  }

  /** Draw the piece of the sheet inside `box` into `canvas`, at most so many CSS pixels wide and high. */
  crop(canvas, box, mostWidth, mostHeight, showsBlank = true) {
    canvas.hidden = !this.ready || box?.length !== 4;
    if (canvas.hidden) return;
    const { left, top, wide, high, isBlank } = this.inked(box);
    canvas.hidden = Boolean(isBlank) && !showsBlank;
    const scale = Math.min(mostWidth / wide, mostHeight / high, 1.6);
    const dots = window.devicePixelRatio || 1;
    canvas.width = Math.max(1, Math.round(wide * scale * dots));
    canvas.height = Math.max(1, Math.round(high * scale * dots));
    canvas.style.width = `${wide * scale}px`;
    canvas.style.height = `${high * scale}px`;
    const pen = canvas.getContext("2d");
    pen.imageSmoothingQuality = "high";
    pen.drawImage(this.image, left, top, wide, high, 0, 0, canvas.width, canvas.height);
  }

  /** The part of a box that carries ink, in pixels of the image with a little paper around it. */
  inked(box) {
    const name = box.join();
    if (!this.ink.has(name)) this.ink.set(name, this.findInk(box));
    return this.ink.get(name);
  }

  findInk(box) {
    const { width, height } = this.size;
    const pad = MARGIN * width;
    const whole = { left: box[0] * width, top: box[1] * height, wide: (box[2] - box[0]) * width, high: (box[3] - box[1]) * height };
    const shrink = Math.min(1, 360 / whole.wide);
    const columns = Math.max(8, Math.round(whole.wide * shrink)), rows = Math.max(8, Math.round(whole.high * shrink));
    this.scratch.width = columns;
    this.scratch.height = rows;
    const pen = this.scratch.getContext("2d", { willReadFrequently: true });
    pen.drawImage(this.image, whole.left, whole.top, whole.wide, whole.high, 0, 0, columns, rows);
    const found = inkBounds(pen.getImageData(0, 0, columns, rows).data, columns, rows);
    const around = found && { left: whole.left + found[0] / shrink - pad, top: whole.top + found[1] / shrink - pad,
      wide: (found[2] - found[0]) / shrink + 2 * pad, high: (found[3] - found[1]) / shrink + 2 * pad };
    return clipped(around ?? { isBlank: true, left: whole.left - pad, top: whole.top - pad, wide: whole.wide + 2 * pad, high: whole.high + 2 * pad }, width, height);
  }

  centre(x, y, scale, smooth) {
    this.set(scale, this.view.clientWidth / 2 - x * scale, this.view.clientHeight / 2 - y * scale, smooth);
  }

  set(scale, x, y, smooth) {
    const { clientWidth: width, clientHeight: height } = this.view;
    const wide = this.size.width * scale, high = this.size.height * scale;
    this.at = { scale, x: held(x, wide, width), y: held(y, high, height) };
    this.layer.classList.toggle("is-smooth", smooth);
    this.layer.style.setProperty("--scale", scale);
    this.layer.style.transform = `translate(${this.at.x}px, ${this.at.y}px) scale(${scale})`;
  }

  listen() {
    const fingers = new Map();
    this.view.addEventListener("wheel", (event) => {
      event.preventDefault();
      const { left, top } = this.view.getBoundingClientRect();
      this.zoom(Math.exp(-event.deltaY * 0.0016), event.clientX - left, event.clientY - top, false);
    }, { passive: false });
    this.view.addEventListener("pointerdown", (event) => {
      fingers.set(event.pointerId, [event.clientX, event.clientY]);
      this.view.setPointerCapture(event.pointerId);
      this.view.classList.add("is-held");
    });
    this.view.addEventListener("pointermove", (event) => {
      const last = fingers.get(event.pointerId);
      if (!last || !this.ready) return;
      const others = [...fingers].filter(([id]) => id !== event.pointerId).map(([, point]) => point);
      if (others.length) this.pinch(others[0], last, [event.clientX, event.clientY]);
      else this.set(this.at.scale, this.at.x + event.clientX - last[0], this.at.y + event.clientY - last[1], false);
      fingers.set(event.pointerId, [event.clientX, event.clientY]);
    });
    for (const end of ["pointerup", "pointercancel"]) {
      this.view.addEventListener(end, (event) => {
        fingers.delete(event.pointerId);
        this.view.classList.toggle("is-held", fingers.size > 0);
      });
    }
    this.view.addEventListener("dblclick", () => (this.box ? this.show(this.box) : this.all()));
  }

  pinch(still, before, after) {
    const { left, top } = this.view.getBoundingClientRect();
    const apart = (point) => Math.hypot(point[0] - still[0], point[1] - still[1]) || 1;
    this.zoom(apart(after) / apart(before), still[0] - left, still[1] - top, false);
  }

  close() { this.watcher?.disconnect(); }
}

/** Bounds of what is clearly darker than the paper, the rulings at the rim left out; null when there is nothing. */
function inkBounds(pixels, columns, rows) {
  const rim = Math.min(5, Math.max(2, Math.round(Math.min(columns, rows) * 0.09)));
  const grey = (x, y) => { const at = (y * columns + x) * 4; return Math.min(pixels[at], (pixels[at] + pixels[at + 1]) / 2); };
  const sorted = [];
  for (let y = rim; y < rows - rim; y += 2) for (let x = rim; x < columns - rim; x += 2) sorted.push(grey(x, y));
  sorted.sort((a, b) => a - b);
  const dark = sorted[Math.floor(sorted.length * 0.6)] - 48;
  const bounds = [columns, rows, 0, 0];
  let count = 0;
  for (let y = rim; y < rows - rim; y += 1) {
    for (let x = rim; x < columns - rim; x += 1) {
      if (grey(x, y) >= dark) continue;
      count += 1;
      bounds[0] = Math.min(bounds[0], x); bounds[1] = Math.min(bounds[1], y);
      bounds[2] = Math.max(bounds[2], x + 1); bounds[3] = Math.max(bounds[3], y + 1);
    }
  }
  return count > 6 ? bounds : null;
}

function clipped({ left, top, wide, high, isBlank }, width, height) {
  const x = Math.max(0, left), y = Math.max(0, top);
  return { isBlank, left: x, top: y, wide: Math.max(1, Math.min(width, left + wide) - x), high: Math.max(1, Math.min(height, top + high) - y) };
}

/** A picture smaller than the view stands in its middle; a larger one may not be pushed out of it. */
function held(at, size, view) {
  if (size <= view) return (view - size) / 2;
  const spare = view * 0.05;
  return Math.min(spare, Math.max(at, view - size - spare));
}
