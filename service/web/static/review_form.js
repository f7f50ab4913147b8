// A form's fields as cards: what needs a person stands open and first, the rest folded small but visible.

import { Board } from "./review_board.js";
import { candidateButtons, element, objectionNote } from "./review_parts.js";

const ORDER = "review-order";
const OPEN_CROP = [620, 104];
const SMALL_CROP = [132, 32];
const WIDE_CROP = [260, 34];
const SIDE_CROP = [150, 46];

export class Form extends Board {
  constructor(...parts) {
    super(...parts);
    this.list = this.desk.querySelector("#fields");
    this.cards = new Map([...this.list.children].map((card) => [card.dataset.key, card]));
    this.paperOrder = [...this.cards.keys()];
    this.opened = new Set(this.paperOrder.filter((key) => this.needs(key)));
    this.rest = element("li", "fields-rest");
    this.byPaper = localStorage.getItem(ORDER) === "paper";
    for (const [key, card] of this.cards) {
      card.addEventListener("click", (event) => { if (!event.target.closest("button, input, textarea, label")) this.focus(key); });
    }
    this.sort();
  }

  order() { return [...this.list.querySelectorAll(".field-card")].map((card) => card.dataset.key); }

  switchOrder() {
    this.byPaper = !this.byPaper;
    localStorage.setItem(ORDER, this.byPaper ? "paper" : "doubt");
    const key = this.current;
    this.sort();
    if (key) this.focus(key);
  }

  sort() {
    const first = this.paperOrder.filter((key) => this.opened.has(key));
    const others = this.paperOrder.filter((key) => !this.opened.has(key));
    this.desk.dataset.order = this.byPaper ? "paper" : "doubt";
    this.rest.textContent = this.editable && others.length ? `机器有把握的 ${others.length} 项（点开可改）` : "";
    const wanted = this.byPaper ? this.paperOrder.map((key) => this.cards.get(key))
      : [...first.map((key) => this.cards.get(key)), ...(others.length ? [this.rest] : []), ...others.map((key) => this.cards.get(key))];
    const active = document.activeElement, had = this.touched;
    this.list.replaceChildren(...wanted);
    if (this.list.contains(active) && document.activeElement !== active) { active.focus({ preventScroll: true }); this.touched = had; }
  }

  /** A field that came to need a person is opened; it moves up once nobody is typing. */
  openNeeding() {
    const more = this.paperOrder.filter((key) => this.needs(key) && !this.opened.has(key));
    for (const key of more) this.opened.add(key);
    if (more.length && !this.byPaper) this.sort();
  }

  paintAll() {
    this.openNeeding();
    super.paintAll();
  }

  paint(key) {
    const card = this.cards.get(key), field = this.field(key);
    if (!card || !field) return;
    const isOpen = this.opened.has(key) || key === this.current;
    const objections = this.objectionsOf(key);
    card.classList.toggle("is-open", isOpen);
    card.classList.toggle("is-long", field.mode === "long");
    card.classList.toggle("is-wide", field.mode === "long" || field.kind === "id_number");
    card.classList.toggle("is-current", key === this.current);
    card.classList.toggle("is-waiting", Boolean(field.waiting));
    card.classList.toggle("is-decided", Boolean(field.decided) || (Boolean(field.isSaving) && !field.waiting));
    card.classList.toggle("has-objection", objections.some((objection) => !objection.confirmed));
    const [words, tone] = sureness(field);
    const sure = part(card, "sure");
    sure.textContent = words;
    sure.dataset.tone = tone;
    part(card, "note").textContent = field.flags.join("、");
    this.paintText(card, field, key);
    part(card, "choices").replaceChildren(...(key === this.current && this.editable ? this.choices(field) : []));
    part(card, "objections").replaceChildren(...objections.map((objection) => objectionNote([objection], this)));
    this.paper.crop(card.querySelector("canvas"), field.box, ...cropSize(card, isOpen, field));
    if (field.mode === "long") fit(this.box(key));
  }

  paintText(card, field, key) {
    const raw = part(card, "raw"), error = part(card, "error");
    raw.hidden = !field.raw || field.raw === field.value;
    raw.textContent = raw.hidden ? "" : `纸上原样：${field.raw}`;
    this.paintKnown(card, key);
    error.hidden = !this.errors.has(key);
    error.textContent = this.errors.get(key) ?? "";
    this.box(key).setAttribute("aria-invalid", String(this.errors.has(key)));
  }

  /** What the child's file says in this place, lit where the sheet says otherwise. */
  paintKnown(card, key) {
    const known = this.data.known.fields?.[key], place = part(card, "known");
    place.hidden = !known;
    place.textContent = known ? `档案：${known.text}` : "";
    place.classList.toggle("is-different", Boolean(known?.differs));
    card.classList.toggle("has-difference", Boolean(known?.differs));
  }

  choices(field) {
    return this.picks(field).length > 1 || (field.candidates.length === 1 && field.candidates[0] !== field.value) || field.mode === "long"
      ? candidateButtons(field, this) : [];
  }

  typed(key) {
    const box = this.box(key);
    part(this.cards.get(key), "error").hidden = true;
    if (this.field(key).mode === "long") fit(box);
    if (this.field(key).kind === "id_number") part(this.cards.get(key), "note").textContent = `${box.value.replace(/\s/g, "").length} / 18 位`;
  }

  reveal(key) {
    this.cards.get(key).scrollIntoView({ block: "nearest", behavior: "smooth" });
  }

  hint() {
    const card = this.cards.get(this.current);
    card.classList.remove("is-asking");
    void card.offsetWidth;
    card.classList.add("is-asking");
  }
}

/** The crop is large over the box one is at, and beside it or small elsewhere. */
function cropSize(card, isOpen, field) {
  if (!isOpen) return card.classList.contains("is-wide") ? WIDE_CROP : SMALL_CROP;
  const isLarge = card.classList.contains("is-current") || field.mode === "long";
  return isLarge ? [Math.min(OPEN_CROP[0], card.clientWidth - 28), OPEN_CROP[1]] : SIDE_CROP;
}

function part(card, name) { return card.querySelector(`[data-part="${name}"]`); }

/** A text box as high as what is in it. */
function fit(box) {
  box.style.height = "auto";
  box.style.height = `${Math.min(box.scrollHeight + 2, 160)}px`;
}

/** How sure the value is, in words, and the tone of its colour. */
export function sureness(field) {
  if (field.decided || (field.isSaving && !field.waiting)) {
    const kind = field.decided?.kind;
    const by = field.decided && !field.decided.is_mine ? `${field.decided.by} ` : "";
    if (field.as_image || kind === "image") return [`${by}留作图像`, "said"];
    if (kind === "illegible") return [`${by}看不清`, "said"];
    return [`${by}${field.value ? "已核对" : "原件空缺"}`, "said"];
  }
  if (field.as_image) return ["留作图像", "sure"];
  return [field.words, field.waiting ? { likely: "likely", unsure: "unsure" }[field.certainty] ?? "poor" : "sure"];
}
