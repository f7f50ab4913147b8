// What can be done with the fields of a sheet, however they are laid out: the form and the grid build on it.

import { sameFix, split } from "./review_parts.js";

export class Board {
  constructor(desk, data, paper, saver) {
    Object.assign(this, { desk, data, paper, saver });
    this.fields = new Map(data.fields.map((field) => [field.key, field]));
    this.errors = new Map();
    this.current = null;
    this.touched = false;
    this.keys = 0;
    this.editable = data.state === "to_review";
    this.inputs = new Map([...desk.querySelectorAll("[data-key] input, [data-key] textarea")].map((box) => [box.dataset.key, box]));
    for (const [key, box] of this.inputs) this.attach(key, box);
    for (const mark of desk.querySelectorAll("[data-mark]")) this.attachMark(mark);
  }

  attach(key, box) {
    box.readOnly = !this.editable;
    box.addEventListener("focus", () => this.entered(key));
    box.addEventListener("blur", () => this.left(key));
    box.addEventListener("input", () => { this.touched = true; this.errors.delete(key); this.typed(key); });
  }

  field(key) { return this.fields.get(key); }
  box(key) { return this.inputs.get(key); }
  get here() { return this.field(this.current); }

  /** The objections a person still has to answer; a field's own are those it is the likeliest cause of. */
  get open() { return this.data.objections.filter((objection) => !objection.confirmed); }
  objectionsOf(key) { return this.data.objections.filter((objection) => objection.fields[0] === key); }
  needs(key) {
    return this.field(key)?.waiting || this.errors.has(key) || this.open.some((objection) => objection.fields[0] === key)
      || this.data.gaps.some((gap) => gap.key === key);
  }
  /** What keeps the sheet open as a whole, and not one of its boxes. */
  get wholeGap() { return this.data.gaps.find((gap) => !this.inputs.has(gap.key)); }
  get needing() { return this.order().filter((key) => this.needs(key)); }

  /** The keys in the order they are walked through. */
  order() { return [...this.inputs.keys()]; }

  entered(key) {
    this.current = key;
    this.touched = false;
    this.box(key).select?.();
    this.paper.show(this.field(key)?.box);
    this.paint(key);
    this.reveal(key);
  }

  left(key) {
    if (this.touched) this.saveTyped(key);
    this.touched = false;
    if (this.current === key) this.current = null;
    this.paint(key);
  }

  focus(key) {
    const box = this.box(key);
    if (!box) return this.toEnd();
    if (document.activeElement === box) this.entered(key);
    else box.focus({ preventScroll: true });
  }

  /** On to the next field that needs a person, around the end; to the sign-off button when none does. */
  next() {
    const order = this.order(), from = order.indexOf(this.current);
    const rest = [...order.slice(from + 1), ...order.slice(0, Math.max(from, 0))];
    const key = rest.find((other) => this.needs(other));
    this.sought = key;
    if (key) return this.focus(key);
    if (this.current && this.needs(this.current)) return this.hint();
    return this.toEnd();
  }

  start() {
    const first = this.needing[0] ?? (this.wholeGap && this.order()[0]); // typed in from the picture: at the first box
    if (first) this.focus(first);
    else this.toEnd();
  }

  step(by) {
    const order = this.order(), at = order.indexOf(this.current);
    const key = order[at + by];
    if (key) this.focus(key);
    else if (at >= 0 && by > 0) this.toEnd();
    return Boolean(key) || by > 0;
  }

  toEnd() {
    if (this.current) this.box(this.current).blur();
    this.paper.show(null);
    this.desk.querySelector(".btn-sign")?.focus({ preventScroll: true });
  }

  /** Enter: what stands in the box is right. */
  accept() {
    const key = this.current, field = this.here;
    if (!field) return this.next();
    const value = this.box(key).value;
    if (field.waiting || value !== field.value || this.isRequiredBlank(field, value)) this.save(key, value);
    this.touched = false;
    return this.next();
  }

  saveTyped(key) {
    if (this.editable && this.box(key).value !== this.field(key).value) this.save(key, this.box(key).value);
  }

  isRequiredBlank(field, value) { return field.required && !value.trim() && !field.decided; }

  pick(number) {
    const value = this.here && this.picks(this.here)[number - 1];
    if (value === undefined) return false;
    if (this.touched && this.here.mode === "long") return this.insert(value);
    this.box(this.current).value = value;
    this.save(this.current, value, "picked");
    this.touched = false;
    this.next();
    return true;
  }

  /** What number keys choose from: what the machine saw, then the phrases usual in this place. */
  picks(field) {
    const usual = field.mode === "long" ? this.data.phrases[field.name] ?? [] : [];
    return [...new Set([...field.candidates, ...usual])].slice(0, 9);
  }

  /** A phrase into the text that is being typed. */
  insert(value) {
    const box = this.box(this.current);
    box.setRangeText(value, box.selectionStart, box.selectionEnd, "end");
    this.typed(this.current);
    return true;
  }

  say(kind) {
    if (!this.here || (kind === "image" && this.here.transcribe === "always")) return;
    this.box(this.current).value = "";
    this.save(this.current, "", kind);
    this.touched = false;
    this.next();
  }

  /** F4: take the change that answers the objection at hand. */
  fix(objection = this.atHand()) {
    if (!objection?.fix) return false;
    const { key, value } = objection.fix;
    if (this.box(key)) this.box(key).value = value;
    if (key === this.current) this.touched = false;
    this.errors.delete(key);
    this.save(key, value);
    for (const other of this.data.objections) if (sameFix(other, objection)) this.answered(other);
    this.paintAll();
    this.next();
    return true;
  }

  /** Alt+Enter: the paper really says so. */
  confirm(objection = this.atHand()) {
    if (!objection || objection.binding) return false;
    if (this.touched) this.saveTyped(this.current);
    this.touched = false;
    for (const other of this.open.filter((each) => each === objection || sameFix(each, objection))) {
      const [row, rule] = split(other.key);
      this.push({ row, field: rule, kind: "accepted", value: "" }, other.key);
      this.answered(other);
    }
    this.paintAll();
    this.next();
    return true;
  }

  /** Count an objection as dealt with until the server has said what stands. */
  answered(objection) {
    objection.confirmed = true;
    this.data.gaps = this.data.gaps.filter((gap) => gap.text !== objection.text);
  }

  /** The objection that F4 and Alt+Enter mean: the current field's, else the first left. */
  atHand() {
    return this.open.find((objection) => objection.fields[0] === this.current)
      ?? this.open.find((objection) => objection.fields.includes(this.current)) ?? this.open[0];
  }

  save(key, value, kind = "corrected") {
    const field = this.field(key), [row, name] = split(key);
    if (!field || !this.editable) return;
    Object.assign(field, { waiting: false, value, isSaving: true });
    const answered = this.objectionsOf(key).map((objection) => objection.text); // the server says whether they are
    this.data.gaps = this.data.gaps.filter((gap) => gap.key !== key || answered.includes(gap.text));
    this.push({ row, field: name, kind, value }, key);
    this.paint(key);
    this.progress?.();
  }

  push(body, key) {
    this.saver.push("decisions", { ...body, keys: this.keys }, { key, base: this.field(key)?.decided?.id ?? null });
    this.keys = 0;
  }

  undo() {
    this.saver.push("undo", {}, { isUndo: true });
  }

  /** What the server says stands now; `change` is what it answers, null when somebody else's save came first. */
  apply(answer, change) {
    for (const field of answer.fields) this.take(field, change);
    for (const part of ["objections", "gaps", "marks", "waiting", "decisions"]) this.data[part] = answer[part];
    this.data.known = answer.known ?? this.data.known;
    for (const later of this.saver.waiting) if (later !== change) this.foresee(later);
    this.paintAll();
    const undone = change?.change.isUndo && answer.fields[0];
    if (undone) return this.focus(undone.key);
    // The field the walk went back to was only waiting for this answer: nothing is left to do there.
    const wasWaiting = this.current && this.current === this.sought && !this.touched && !this.needs(this.current);
    return wasWaiting ? this.next() : undefined;
  }

  /** An answer that does not know of a later change yet may not bring back what that change settles. */
  foresee({ change: { key }, body }) {
    const mark = this.data.marks.find((other) => other.key === key);
    if (mark) mark.there = body.value === "yes";
    for (const objection of this.data.objections) {
      if (objection.key === key || objection.fields.includes(key)) this.answered(objection);
    }
    this.data.gaps = this.data.gaps.filter((gap) => gap.key !== key);
  }

  take(field, change) {
    const key = field.key, box = this.box(key);
    this.fields.set(key, field);
    const later = this.saver.waiting.some((other) => other.change.key === key && other !== change);
    if (later) field.waiting = false;
    else if (box && !(key === this.current && this.touched)) box.value = field.value;
    if (key === this.current && !this.touched) box?.select?.();
  }

  refused(change, message) {
    const key = change.change.key, field = this.field(key);
    if (!field) return false;
    this.errors.set(key, message);
    this.paintAll();
    if (!this.touched) this.focus(key);
    return true;
  }

  attachMark(mark) {
    mark.addEventListener("focusin", () => this.paper.show(this.field(this.markOf(mark)?.of)?.box));
    for (const button of mark.querySelectorAll("[data-there]")) {
      button.disabled = !this.editable;
      button.addEventListener("click", () => {
        const [row, field] = split(mark.dataset.mark);
        this.push({ row, field, kind: "corrected", value: button.dataset.there }, mark.dataset.mark);
        this.markOf(mark).there = button.dataset.there === "yes";
        this.paintMarks();
      });
    }
  }

  markOf(mark) { return this.data.marks.find((other) => other.key === mark.dataset.mark); }

  paintMarks() {
    for (const mark of this.desk.querySelectorAll("[data-mark]")) {
      const { there, decided } = this.markOf(mark);
      for (const button of mark.querySelectorAll("[data-there]")) {
        button.setAttribute("aria-pressed", String((button.dataset.there === "yes") === there));
      }
      mark.querySelector('[data-part="said"]').textContent = decided ? "已确认" : "机器判断";
    }
  }

  typed() {}
  reveal() {}
  hint() {}
  paintAll() {
    for (const key of this.inputs.keys()) this.paint(key);
    this.paintMarks();
    this.progress?.();
  }
}
