// A table as on paper: a crop in every cell, arrow keys, sums live at the margins, what does not add up lit.

import { Board } from "./review_board.js";
import { sureness } from "./review_form.js";
import { candidateButtons, element, objectionNote, split } from "./review_parts.js";

const CELL_CROP = [70, 26];
const WIDE_CROP = [80, 26];
const BROAD_CROP = [190, 26]; // over the box, where the table stands under its picture
const FORM_ROW = 0;

export class Grid extends Board {
  constructor(...parts) {
    super(...parts);
    this.grid = this.desk.querySelector("#grid");
    this.line = this.desk.querySelector("#cell-line");
    this.choicesAt = this.desk.querySelector("#cell-choices");
    this.notes = this.desk.querySelector("#table-objections");
    this.isBroad = this.desk.classList.contains("is-broad");
    this.cells = new Map([...this.desk.querySelectorAll(".grid-cell")].map((cell) => [cell.dataset.key, cell]));
    for (const [key, cell] of this.cells) cell.addEventListener("click", (event) => { if (event.target.tagName !== "INPUT") this.focus(key); });
  }

  /** What stands over the table first, then its rows. */
  order() { return [...this.desk.querySelectorAll(".grid-cell input")].map((box) => box.dataset.key); }

  /** Arrow keys; false where the cursor inside the text should move instead. */
  move(right, down) {
    if (!this.current || (right && this.touched)) return false;
    if (right) { this.step(right); return true; }
    const [row, name] = split(this.current);
    const rows = [...this.grid.querySelectorAll("tr[data-row]")].map((line) => Number(line.dataset.row));
    const key = `${rows[rows.indexOf(row) + down]}.${name}`;
    if (this.cells.has(key)) this.focus(key);
    else if (row === FORM_ROW || rows.indexOf(row) + down < 0) this.overEdge(row, down);
    return true;
  }

  /** Between the table and what stands over it. */
  overEdge(row, down) {
    const order = this.order(), over = order.filter((key) => split(key)[0] === FORM_ROW);
    const key = row !== FORM_ROW ? over[0] : down > 0 ? order[over.length] : null;
    if (key) this.focus(key);
  }

  /** Enter goes to what needs a person; while typing a column down, to the cell below. */
  next() {
    if (this.needing.some((key) => key !== this.current)) return super.next();
    if (this.current && this.needs(this.current)) return this.hint();
    const before = this.current;
    if (this.wasTyped && before) { this.move(0, 1); if (this.current !== before) return undefined; }
    return this.toEnd();
  }

  accept() {
    this.wasTyped = this.touched;
    return super.accept();
  }

  /** Ctrl+Enter: the whole row is right as it stands. */
  acceptRow() {
    const [row] = split(this.current);
    for (const key of this.order().filter((other) => split(other)[0] === row)) {
      if (this.field(key).waiting || this.box(key).value !== this.field(key).value) this.save(key, this.box(key).value);
    }
    this.touched = false;
    this.next();
  }

  /** Ctrl+Delete: there is no such row on the paper, or nothing in it. */
  clearRow() {
    const [row] = split(this.current);
    if (row <= FORM_ROW) return;
    for (const key of this.order().filter((other) => split(other)[0] === row)) {
      this.box(key).value = "";
      if (this.field(key).waiting || this.field(key).value) this.save(key, "");
    }
    this.touched = false;
    this.next();
  }

  paint(key) {
    const cell = this.cells.get(key), field = this.field(key);
    if (!cell || !field) return;
    cell.classList.toggle("is-current", key === this.current);
    cell.classList.toggle("is-waiting", Boolean(field.waiting));
    cell.classList.toggle("is-decided", Boolean(field.decided) || Boolean(field.isSaving));
    cell.classList.toggle("is-error", this.errors.has(key));
    this.paper.crop(cell.querySelector("canvas"), field.box, ...this.cropSize(field), false);
    if (key === this.current) this.describe(field);
  }

  cropSize(field) {
    if (field.kind === "count") return CELL_CROP;
    return this.isBroad ? BROAD_CROP : WIDE_CROP;
  }

  describe(field) {
    const [words] = sureness(field);
    const raw = field.raw && field.raw !== field.value ? `，原件写作“${field.raw}”` : "";
    const name = [this.data.row_names[field.row], field.title].filter(Boolean).join(" · ");
    this.line.textContent = this.errors.get(field.key) ?? `${name}：${field.value || "空白"}（${words}${raw}）`;
    this.line.classList.toggle("is-error", this.errors.has(field.key));
    this.choicesAt.replaceChildren(...(this.editable && this.picks(field).length > 1 ? candidateButtons(field, this) : []));
  }

  paintAll() {
    super.paintAll();
    this.notes.replaceChildren(...grouped(this.data.objections).map((group) => objectionNote(group, this)));
    this.checkSums();
  }

  typed() { this.checkSums(); }

  number(key) {
    const text = this.box(key)?.value.trim() ?? "";
    return /^\d+$/.test(text) ? Number(text) : 0;
  }

  /** The sums of what stands in the boxes now, as it is typed. */
  checkSums() {
    const wrong = new Set();
    const culprits = new Set(this.open.map((objection) => objection.fix?.key).filter(Boolean));
    for (const sum of this.data.sums) {
      const should = sum.parts.reduce((total, key) => total + this.number(key), 0);
      const holds = should === this.number(sum.total);
      if (!holds) for (const key of [...sum.parts, sum.total]) wrong.add(key);
      this.mark(sum, should, holds);
    }
    for (const [key, cell] of this.cells) {
      cell.classList.toggle("is-wrong", wrong.has(key));
      cell.classList.toggle("is-culprit", culprits.has(key) && wrong.has(key));
    }
  }

  mark(sum, should, holds) {
    const place = sum.rule === "row_sum" ? `[data-check="row_sum"][data-row="${sum.row}"]` : `[data-check="${sum.rule}"]`;
    const check = this.grid.querySelector(place);
    if (!check) return;
    const empty = !should && !this.box(sum.total)?.value;
    check.textContent = empty ? "" : holds ? "✓" : `应为 ${should}`;
    check.classList.toggle("is-wrong", !holds);
  }

  /** A further row, for one the reader did not find. */
  addRow() {
    const rows = [...this.grid.querySelectorAll("tbody tr")], last = rows.at(-1);
    const row = Math.max(0, ...rows.map((line) => Number(line.dataset.row))) + 1;
    const line = last.cloneNode(true);
    line.dataset.row = String(row);
    for (const cell of line.querySelectorAll(".grid-cell")) this.addCell(cell, row);
    const check = line.querySelector("[data-check]");
    if (check) { check.dataset.row = String(row); check.textContent = ""; }
    last.after(line);
    this.focus(line.querySelector("input").dataset.key);
  }

  addCell(cell, row) {
    const [, name] = split(cell.dataset.key), key = `${row}.${name}`, box = cell.querySelector("input");
    const like = this.field(cell.dataset.key);
    cell.dataset.key = box.dataset.key = key;
    cell.className = `grid-cell is-${like.kind}`;
    box.value = "";
    this.fields.set(key, { ...like, key, row, value: "", raw: "", box: [], candidates: [], flags: [], decided: null,
      waiting: false, isSaving: false, accepted: false, words: "待填写", certainty: "absent" });
    this.cells.set(key, cell);
    this.inputs.set(key, box);
    this.attach(key, box);
    cell.querySelector("canvas").hidden = true;
  }

  reveal(key) { this.cells.get(key)?.scrollIntoView({ block: "nearest", inline: "nearest" }); }

  hint() {
    const note = this.notes.querySelector(".objection:not(.is-confirmed)");
    note?.classList.remove("is-asking");
    void note?.offsetWidth;
    note?.classList.add("is-asking");
  }

  left(key) {
    super.left(key);
    this.line.replaceChildren(element("span", "text-soft", "方向键移动，直接输入数字；空白格留空。"));
    this.choicesAt.replaceChildren();
  }
}

/** A row and a column that one and the same change mends are one trouble. */
function grouped(objections) {
  const groups = new Map();
  for (const objection of objections) {
    const key = objection.fix && !objection.confirmed ? `${objection.fix.key}=${objection.fix.value}` : objection.key;
    groups.set(key, [...(groups.get(key) ?? []), objection]);
  }
  return [...groups.values()];
}
