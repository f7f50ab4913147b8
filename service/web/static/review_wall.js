// The wall: one screenful of crops after the other. Enter accepts what is on the screen, and only once all of it
// is there to be seen; the space bar picks out what the machine got wrong; Z takes the last screenful back.

import { note } from "./app.js";
import { post, spoken } from "./review_saver.js";

const GAP = 6, CAPTION = 24, EDGE = 8;
const HEIGHTS = [72, 60, 48]; // of a crop on the screen: large when few hang there
const SETTLE = 200; // an Enter meant for the screenful before must not accept this one

class Wall {
  constructor(place) {
    this.place = place;
    this.data = JSON.parse(place.dataset.wall);
    this.tiles = place.querySelector("#tiles");
    this.versions = new Map();
    this.odd = new Set(this.remembered());
    this.groups = this.data.groups.map((group) => ({ value: group.value, tiles: group.tiles.filter((tile) => !this.odd.has(tile.reading)) }));
    for (const group of this.groups) for (const tile of group.tiles) this.versions.set(tile.sheet, tile.version);
    this.left = this.groups.reduce((sum, group) => sum + group.tiles.length, 0);
    this.unsaved = 0;
    this.keys = 0;
    this.pictures = new Map();
    this.chain = Promise.resolve();
    this.history = [];
    place.addEventListener("click", (event) => this.clicked(event));
    document.addEventListener("keydown", (event) => this.key(event));
    window.addEventListener("beforeunload", (event) => { if (this.unsaved) event.preventDefault(); });
    this.next();
  }

  get store() { return `wall-odd:${this.data.form}.${this.data.field}`; }

  remembered() {
    try { return JSON.parse(sessionStorage.getItem(this.store) ?? "[]"); } catch { return []; }
  }

  /** Hang up as many of the next group as can be seen at once. */
  async next() {
    while (this.groups.length && !this.groups[0].tiles.length) this.groups.shift();
    const group = this.groups[0];
    this.shown = null;
    if (!group) return this.finish();
    const first = await this.sprite(group.tiles, 0);
    const { columns, rows } = this.room(first.naturalWidth, group);
    const screen = { value: group.value, tiles: group.tiles.splice(0, columns * rows), odd: new Set(), pictures: new Map() };
    await this.hang(screen, columns, group);
    this.load(this.groups.find((one) => one.tiles.length)?.tiles ?? []);
  }

  /** How many crops fit; they are as large as the whole group allows. */
  room(width, group) {
    const fits = HEIGHTS.map((height) => this.fit(width, height, group.value === null));
    const chosen = fits.find(({ columns, rows }) => columns * rows >= group.tiles.length) ?? fits.at(-1);
    this.tiles.style.setProperty("--crop", `${chosen.height}px`);
    return chosen;
  }

  fit(width, height, hasCaption) {
    const wide = Math.max(64, Math.min(width * (height / Number(this.place.dataset.tileHeight)), this.tiles.clientWidth - 2 * EDGE)) + 2;
    const high = height + 2 + (hasCaption ? CAPTION : 0);
    return { height, columns: Math.max(1, Math.floor((this.tiles.clientWidth - EDGE + GAP) / (wide + GAP))),
      rows: Math.max(1, Math.floor((this.tiles.clientHeight - EDGE + GAP) / (high + GAP))) };
  }

  async hang(screen, columns, group) {
    this.tiles.style.setProperty("--columns", columns);
    this.columns = columns;
    this.here = 0;
    const words = screen.value === null ? "读法各不相同" : screen.value || "空白";
    this.say("group-title", screen.value === null || !screen.value ? words : `机器读作「${words}」`);
    this.say("group-note", `${screen.tiles.length} 处${group.tiles.length ? `，同组还有 ${group.tiles.length} 处` : ""}${screen.value === null ? "；逐个对照下面的字" : ""}`);
    const pieces = [];
    for (let from = 0; from < screen.tiles.length; from += this.atOnce) pieces.push(screen.tiles.slice(from, from + this.atOnce));
    this.tiles.replaceChildren(...screen.tiles.map((tile, index) => this.tile(tile, index, screen.value === null)));
    this.paint(screen);
    const pictures = await Promise.all(pieces.map((piece) => this.sprite(piece, 0, true)));
    pictures.forEach((picture, n) => pieces[n].forEach((_, m) => this.draw(n * this.atOnce + m, picture, m)));
    this.shown = screen;
    this.paint(screen);
    this.hung = (this.hung ?? 0) + 1;
    setTimeout((number) => { this.tiles.dataset.open = number; }, SETTLE, this.hung);
    this.tiles.focus({ preventScroll: true });
  }

  get atOnce() { return Number(this.place.dataset.atOnce); }

  tile(tile, index, hasCaption) {
    const box = document.createElement("div");
    box.className = "tile";
    box.dataset.index = index;
    box.id = `tile-${index}`;
    box.setAttribute("role", "option");
    box.setAttribute("aria-label", `第 ${index + 1} 处，机器读作 ${tile.value || "空白"}`);
    box.append(document.createElement("canvas"));
    if (hasCaption) box.append(Object.assign(document.createElement("span"), { className: "tile-value", textContent: tile.value || "空白" }));
    return box;
  }

  draw(index, picture, place) {
    const canvas = this.tiles.children[index]?.querySelector("canvas");
    if (!canvas) return;
    const high = Number(this.place.dataset.tileHeight);
    canvas.width = picture.naturalWidth;
    canvas.height = high;
    canvas.getContext("2d").drawImage(picture, 0, place * high, picture.naturalWidth, high, 0, 0, picture.naturalWidth, high);
  }

  /** The picture of the crops of up to a request's worth of tiles from `from` on. */
  sprite(tiles, from) {
    const path = `${this.place.dataset.crops}?of=${tiles.slice(from, from + this.atOnce).map((tile) => tile.reading).join(",")}`;
    if (!this.pictures.has(path)) {
      const picture = new Image();
      picture.src = path;
      this.pictures.set(path, picture.decode().then(() => picture).catch(() => {
        this.pictures.delete(path);
        note("图像没有取到，请检查网络后刷新。", "bad");
        return new Promise(() => {}); // without the ink there is nothing to accept
      }));
    }
    return this.pictures.get(path);
  }

  load(tiles) { if (tiles.length) this.sprite(tiles, 0); }

  key(event) {
    if (event.isComposing || event.keyCode === 229 || event.ctrlKey || event.metaKey) return;
    const action = { Enter: ["accept"], " ": ["mark"], x: ["mark"], z: ["undo"], Z: ["undo"], ArrowLeft: ["move", -1],
      ArrowRight: ["move", 1], ArrowUp: ["move", -this.columns], ArrowDown: ["move", this.columns] }[event.key];
    const onLink = event.target.closest("a, button") && ["Enter", " "].includes(event.key);
    if (!action || onLink || event.altKey && event.key !== "z") return;
    event.preventDefault();
    if (event.repeat && action[0] !== "move") return;
    this.keys += 1;
    this[action[0]](action[1]);
  }

  clicked(event) {
    const tile = event.target.closest(".tile"), act = event.target.closest("[data-act]")?.dataset.act;
    if (tile) { this.here = Number(tile.dataset.index); this.mark(); }
    if (act) { this.keys += 1; this[act](); this.tiles.focus({ preventScroll: true }); }
  }

  move(by) {
    if (!this.shown) return;
    const to = this.here + by;
    if (to >= 0 && to < this.shown.tiles.length) this.here = to;
    this.paint(this.shown);
  }

  mark() {
    const tile = this.shown?.tiles[this.here];
    if (!tile) return;
    const { odd } = this.shown;
    odd.has(tile.reading) ? odd.delete(tile.reading) : odd.add(tile.reading);
    this.paint(this.shown);
  }

  accept() {
    const screen = this.shown;
    if (!screen || Number(this.tiles.dataset.open) !== this.hung) return;
    const right = screen.tiles.filter((tile) => !screen.odd.has(tile.reading));
    for (const reading of screen.odd) this.odd.add(reading);
    this.keep();
    const step = { screen, right, keys: this.keys, saved: [] };
    this.history.push(step);
    this.keys = 0;
    this.left -= screen.tiles.length;
    this.send(step);
    this.next();
  }

  /** One request for the screenful, after the ones before it: they may have touched the same sheets. */
  send(step) {
    if (!step.right.length) return;
    this.unsaved += 1;
    this.state();
    this.chain = this.chain.then(async () => {
      const answer = await this.insist(this.place.dataset.accept, () => ({
        keys: step.keys, places: step.right.map((tile) => ({ reading: tile.reading, version: this.versions.get(tile.sheet) })) }));
      step.saved = answer.saved;
      this.settled(answer);
    });
  }

  async undo() {
    const step = this.history.pop();
    if (!step) return note("没有可以撤销的一组");
    await this.chain;
    if (step.saved.length) {
      const answer = await this.insist(this.place.dataset.undo, () => ({
        places: step.saved.map((one) => ({ ...one, version: this.versions.get(one.sheet) })) }));
      this.settled(answer);
      const gone = new Set(answer.saved.map((one) => one.reading));
      step.screen.tiles = step.screen.tiles.filter((tile) => gone.has(tile.reading) || step.screen.odd.has(tile.reading));
    }
    this.left += step.screen.tiles.length;
    for (const reading of step.screen.odd) this.odd.delete(reading);
    this.keep();
    const back = this.shown ? [{ value: this.shown.value, tiles: this.shown.tiles }] : [];
    this.groups = [{ value: step.screen.value, tiles: step.screen.tiles }, ...back, ...this.groups];
    this.place.querySelector("#done").hidden = true;
    this.place.querySelector(".btn-accept").hidden = false;
    this.tiles.hidden = false;
    note(`已撤销 ${step.saved.length} 处`, "ok");
    return this.next();
  }

  /** Send until an answer comes; a refusal of the whole is shown and ends it. */
  async insist(path, body) {
    for (let tries = 0; ; tries += 1) {
      const answer = await post(path, body());
      if (answer.status === 200) return answer.data;
      if ([404, 409, 422].includes(answer.status)) {
        note(spoken(answer.data), "bad");
        return { saved: [], refused: [] };
      }
      this.say("saved", "没有保存，正在重试");
      this.place.querySelector("#saved").dataset.state = "unsaved";
      await new Promise((resolve) => setTimeout(resolve, Math.min(12000, 600 * 2 ** tries)));
    }
  }

  settled(answer) {
    for (const one of answer.saved) this.versions.set(one.sheet, one.version);
    this.unsaved = Math.max(0, this.unsaved - 1);
    this.state();
    if (!answer.refused.length) return;
    const sheets = [...new Set(answer.refused.map((one) => one.sheet))];
    const line = this.place.querySelector("#refused");
    line.hidden = false;
    line.replaceChildren(`有 ${answer.refused.length} 处没有改动：${answer.refused[0].text}它们留在队列里：`,
      ...sheets.slice(0, 12).map((sheet) => Object.assign(document.createElement("a"), { href: `/review/${sheet}`, textContent: ` № ${sheet} ` })));
  }

  state() {
    this.say("saved", this.unsaved ? "正在保存" : "已保存");
    this.place.querySelector("#saved").dataset.state = this.unsaved ? "saving" : "saved";
    this.say("progress", this.left > 0 ? `还有 ${this.left} 处` : "");
  }

  paint(screen) {
    [...this.tiles.children].forEach((tile, index) => {
      const isOdd = screen.odd.has(screen.tiles[index]?.reading);
      tile.classList.toggle("is-here", index === this.here);
      tile.classList.toggle("is-odd", isOdd);
      tile.setAttribute("aria-selected", String(!isOdd));
    });
    this.tiles.setAttribute("aria-activedescendant", `tile-${this.here}`);
    const right = screen.tiles.length - screen.odd.size;
    this.say("accept-words", screen.odd.size ? `接受其余 ${right} 处` : `都对，接受 ${right} 处`);
    this.state();
  }

  keep() {
    try { sessionStorage.setItem(this.store, JSON.stringify([...this.odd])); } catch { /* only costs seeing them again */ }
  }

  finish() {
    this.tiles.replaceChildren();
    this.tiles.hidden = true;
    this.say("group-title", "");
    this.say("group-note", "");
    this.say("accept-words", "接受这一组");
    this.place.querySelector("#done").hidden = false;
    this.place.querySelector(".btn-accept").hidden = true;
    this.place.querySelector("#again").hidden = !this.data.more;
    const rest = [[this.odd.size, "挑出的"], [this.data.unread, "机器没有读出的"]].filter(([number]) => number);
    this.say("done-note", rest.map(([number, words]) => `${words} ${number} 处`).join("、") + (rest.length ? "，留在队列里逐张核对。" : ""));
    this.place.querySelector("#done a:not([hidden])").focus();
  }

  say(id, text) { this.place.querySelector(`#${id}`).textContent = text; }
}

new Wall(document.getElementById("wall"));
