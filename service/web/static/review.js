// The review desk: opens a sheet, turns keys into actions, keeps the next sheet loaded, and swaps it in.

import { note } from "./app.js";
import { asked, prepareReasons } from "./review_dialogs.js";
import { Form } from "./review_form.js";
import { Grid } from "./review_grid.js";
import { actionOf, counts, isComposing } from "./review_keys.js";
import { sendLeft } from "./review_left.js";
import { Paper } from "./review_paper.js";
import { Saver, post, spoken } from "./review_saver.js";
import { ask as askWhetherSame } from "./review_twins.js";

const SETTLE = 350; // after the last field an Enter in full flow must not sign the sheet off

class Session {
  constructor(desk, image) {
    this.desk = desk;
    this.data = { ...JSON.parse(desk.dataset.desk), known: JSON.parse(desk.dataset.known), phrases: JSON.parse(desk.dataset.phrases) };
    this.base = desk.dataset.base;
    this.endedAt = 0;
    if (image) this.usePicture(image);
    this.paper = new Paper(desk);
    this.editable = this.data.state === "to_review";
    this.saver = new Saver(this.base, this.data.version, desk.dataset.user, {
      saved: (answer, change) => this.board?.apply(answer, change),
      refused: (change, message) => this.refused(change, message),
      conflict: (change, theirs, standing) => this.compare(change, theirs, standing),
      state: (words, tone) => this.showSaved(words, tone),
    });
    this.board = this.makeBoard();
    desk.addEventListener("click", (event) => this.clicked(event));
    desk.querySelector(".btn-sign")?.addEventListener("focus", () => { this.endedAt = performance.now(); });
    for (const dialog of desk.querySelectorAll(".reason-dialog")) prepareReasons(dialog);
  }

  usePicture(image) {
    const place = this.desk.querySelector("#sheet-image");
    image.alt = place.alt;
    image.id = place.id;
    image.draggable = false;
    place.replaceWith(image);
  }

  makeBoard() {
    const kind = { form: Form, table: Grid }[this.data.shape];
    if (!kind) return null;
    const board = new kind(this.desk, this.data, this.paper, this.saver);
    board.progress = () => this.showProgress();
    return board;
  }

  async start() {
    this.board?.paintAll();
    if (this.editable) this.board?.start();
    if (!this.desk.dataset.image) return;
    await this.paper.load(this.desk.dataset.image);
    this.board?.paintAll();
  }

  showSaved(words, tone) {
    const place = this.desk.querySelector("#saved");
    place.textContent = words;
    place.dataset.state = tone;
  }

  showProgress() {
    const left = this.board.needing.length, whole = !left && this.board.wholeGap;
    const progress = this.desk.querySelector("#progress");
    progress.textContent = !this.editable ? "" : left ? `还有 ${left} 处` : whole ? whole.text : "全部核对完";
    progress.classList.toggle("is-done", !left && !whole);
    this.desk.querySelector(".btn-sign")?.classList.toggle("is-ready", !left && !whole);
    const gaps = this.desk.querySelector("#gaps");
    if (gaps && !left) gaps.textContent = "";
  }

  refused(change, message) {
    if (!this.board?.refused(change, message)) note(message, "bad");
  }

  compare(change, theirs, standing) {
    const dialog = this.desk.querySelector("#conflict");
    const set = (name, text) => { dialog.querySelector(`[data-part="${name}"]`).textContent = text; };
    set("what", `${theirs.title}：您和${theirs.decided?.by ?? "同事"}写的不一样。`);
    set("their-name", `${theirs.decided?.by ?? "同事"}的`);
    set("theirs", theirs.value || "（空缺）");
    set("mine", change.body.value || "（空缺）");
    for (const button of dialog.querySelectorAll("[data-choose]")) {
      button.onclick = () => { dialog.close(); this.saver.resolve(button.dataset.choose === "mine", change, standing); };
    }
    this.paper.crop(dialog.querySelector("canvas"), theirs.box, 460, 120);
    dialog.onkeydown = (event) => dialog.querySelectorAll("[data-choose]")[["1", "2"].indexOf(event.key)]?.click();
    dialog.oncancel = (event) => event.preventDefault(); // one of the two must stand
    dialog.showModal();
  }

  clicked(event) {
    const button = event.target.closest("[data-act]");
    const box = event.target.closest("[data-box]");
    if (box) this.paper.show(box.dataset.box.split(",").map(Number));
    if (!button) return;
    const isInFlow = !event.detail && performance.now() - this.endedAt < SETTLE;
    if (button.dataset.act === "sign-off" && isInFlow) return;
    const card = button.closest(".field-card");
    if (card) this.board.focus(card.dataset.key);
    const zoom = { "zoom-in": ["zoom", 1.25], "zoom-out": ["zoom", 0.8] }[button.dataset.act];
    this.act(...(zoom ?? [button.dataset.act, button.dataset.template]));
  }

  act(name, ...parts) {
    const board = this.board;
    const acts = {
      accept: () => board.accept(), pick: (n) => board.pick(n), step: (by) => board.step(by) || null,
      move: (right, down) => board.move(right, down) || null, fix: () => board?.fix() || note("没有可以照改的建议"),
      confirm: () => board?.confirm(), blank: () => board?.say("accepted"), illegible: () => board?.say("illegible"),
      undo: () => board?.undo(), leave: () => this.leaveBox(), start: () => board?.start(), order: () => board?.switchOrder?.(),
      marks: () => this.desk.querySelector("[data-mark] [aria-pressed='true'], [data-mark] button")?.focus(),
      zoom: (factor) => this.paper.zoom(factor), pan: (right, down) => this.paper.pan(right, down),
      "zoom-all": () => this.paper.all(), "zoom-field": () => this.paper.show(board?.here?.box ?? this.paper.box),
      image: () => board?.say("image"), help: () => this.desk.querySelector("#help").showModal(),
      skip: () => this.leaveFor("skip", "已跳过"), ask: () => this.leaveFor("ask", "已请教同事"),
      return: () => this.leaveFor("return", "已退回学校"), "set-aside": () => this.leaveFor("set-aside", "已搁置"),
      "sign-off": () => this.signOff(), template: (id) => this.chooseTemplate(id), "add-row": () => board.addRow(),
      "compare-twins": () => this.compareTwins(JSON.parse(this.desk.dataset.twins)),
      "accept-row": () => board.acceptRow(), "clear-row": () => board.clearRow(),
      nothing: () => {},
    };
    const readOnly = ["step", "move", "leave", "zoom", "pan", "zoom-all", "zoom-field", "help", "order", "nothing", "start"];
    if (!this.editable && !readOnly.includes(name)) return undefined;
    return acts[name]?.(...parts);
  }

  leaveBox() {
    const { board } = this, key = board.current;
    if (board.touched) {
      board.box(key).value = board.field(key).value;
      board.touched = false;
      board.box(key).select();
      board.paint(key);
    } else {
      this.desk.querySelector("#paper").focus({ preventScroll: true });
    }
  }

  async signOff() {
    if (this.isSigning) return;
    this.isSigning = true;
    const { board } = this;
    if (board?.current) board.left(board.current);
    await this.saver.settled();
    const pressedAt = performance.now();
    const answer = await post(`${this.base}/sign-off`, { version: this.saver.version });
    this.isSigning = false;
    if (answer.status === 200) return toNext(this, pressedAt, answer.data.words);
    if (answer.data.twins) return this.compareTwins(answer.data.twins, () => this.signOff());
    if (answer.data.desk) board?.apply(answer.data.desk, null);
    const gaps = answer.data.gaps ?? [];
    this.desk.querySelector("#gaps").textContent = gaps.length ? `${gaps[0].text}${gaps.length > 1 ? `（还有 ${gaps.length - 1} 处）` : ""}` : "";
    if (gaps.length && board?.box(gaps[0].key)) { board.data.gaps = gaps; board.focus(gaps[0].key); board.paintAll(); }
    if (!gaps.length) note(answer.status ? spoken(answer.data) : "网络不通，没有签发，请再试一次。", "bad");
  }

  /** Ask about each sheet that may be the same paper; one that is ends the review, else `then` goes on. */
  async compareTwins(twins, then) {
    for (const twin of twins) {
      const said = await askWhetherSame(this.desk, twin);
      if (!said) return;
      await this.saver.settled();
      const answer = await post(`${this.base}/same-paper`, { version: this.saver.version, other: twin.sheet_id, same: said === "same" });
      if (answer.status !== 200) return note(spoken(answer.data), "bad");
      if (said === "same") return toNext(this, performance.now(), "已搁置，不重复计入");
    }
    this.desk.querySelector("[data-act='compare-twins']")?.closest(".desk-notice").remove();
    return then?.();
  }

  /** Leave the sheet to somebody else or for later, as a dialog says; the field at hand is what a school is shown. */
  async leaveFor(id, words) {
    const { board } = this, key = board?.current ?? null;
    if (key) board.left(key);
    const said = await asked(this.desk.querySelector(`#${CSS.escape(id)}`), this.paper, key && board.field(key));
    if (!said) { if (key) board.focus(key); return; }
    await this.saver.settled();
    const answer = await post(`${this.base}/${id}`, { version: this.saver.version, ...said });
    if (answer.status === 200) toNext(this, performance.now(), words);
    else note(spoken(answer.data), "bad");
  }

  async chooseTemplate(id) {
    const answer = await post(`${this.base}/template`, { version: this.saver.version, template: id });
    if (answer.status === 200) location.reload();
    else note(spoken(answer.data), "bad");
  }

  key(event) {
    if (document.querySelector("dialog[open]")) return;
    const { board, data } = this, active = document.activeElement;
    if (!board && this.editable && /^[1-9]$/.test(event.key) && !event.altKey && !event.ctrlKey) {
      return this.desk.querySelectorAll('[data-act="template"]')[event.key - 1]?.click();
    }
    const inBox = Boolean(board?.current) && active === board.box(board.current);
    const action = actionOf(event, {
      inBox, isTouched: inBox && board.touched, mode: board?.here?.mode ?? "", candidates: board?.here ? board.picks(board.here).length : 0,
      inGrid: data.shape === "table", inDesk: Boolean(active?.closest("button, a, summary")),
    });
    if (board && counts(event) && !isComposing(event)) board.keys += 1;
    if (!action) return;
    const done = this.act(...action);
    if (done !== null) event.preventDefault();
  }

  close() { this.saver.close(); this.paper.close(); }
}

let session = null;
let coming = null;

function open(desk, image) {
  session?.close();
  session = new Session(desk, image);
  session.start().then(() => {
    if (!session.editable) return;
    coming = fetchNext(desk);
    coming.then((next) => { desk.dataset.coming = next?.id ?? ""; });
  });
}

/** Claim the next sheet and load its page and picture while this one is worked on. */
async function fetchNext(desk) {
  const claimed = await post(desk.dataset.next, {});
  if (!claimed.data.path) return null;
  const page = await fetch(claimed.data.path, { headers: { Accept: "text/html" } }).then((answer) => answer.ok ? answer.text() : "").catch(() => "");
  const next = new DOMParser().parseFromString(page, "text/html").getElementById("desk");
  if (!next) return null;
  const image = next.dataset.image ? new Image() : null;
  if (image) {
    image.src = next.dataset.image;
    await image.decode().catch(() => {});
  }
  return { id: claimed.data.id, path: claimed.data.path, desk: document.adoptNode(next), image };
}

/** Show the next sheet in place of this one; without one loaded, go back to the queue. */
async function toNext(from, pressedAt, words) {
  const next = await coming;
  coming = null;
  if (!next) return location.assign(`${from.desk.dataset.queue}${from.desk.dataset.queue.includes("?") ? "&" : "?"}done=1`);
  from.desk.replaceWith(next.desk);
  history.pushState({}, "", next.path);
  document.title = next.desk.querySelector("h1").textContent;
  open(next.desk, next.image);
  note(`№ ${from.data.sheet_id} ${words}`, "ok");
  requestAnimationFrame(() => { next.desk.dataset.shownIn = String(Math.round(performance.now() - pressedAt)); });
  return undefined;
}

document.addEventListener("keydown", (event) => session?.key(event));
window.addEventListener("popstate", () => location.reload());
window.addEventListener("beforeunload", (event) => { if (session?.saver.troubled) event.preventDefault(); });
window.addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); }); // what it showed is old
window.addEventListener("pagehide", async () => {
  session?.saver.farewell();
  const next = await coming;
  const token = document.querySelector('meta[name="csrf-token"]').content;
  if (next) navigator.sendBeacon(`/review/${next.id}/release`, new URLSearchParams({ csrf_token: token }));
});
open(document.getElementById("desk"));
sendLeft(session.desk.dataset.user, session.base);
