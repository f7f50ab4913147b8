// The dialogs by which a sheet leaves the desk without being signed: a reason by number, perhaps more.

import { isComposing } from "./review_keys.js";
import { split } from "./review_parts.js";

/** Numbers choose a ready reason, Enter sends it unless the input method is at work. */
export function prepareReasons(dialog) {
  const input = dialog.querySelector("input[name=reason]"), reasons = [...dialog.querySelectorAll("[data-reason]")];
  for (const reason of reasons) reason.addEventListener("click", () => choose(dialog, reason, input));
  dialog.querySelector("[data-close]").addEventListener("click", () => dialog.close("cancel"));
  dialog.addEventListener("keydown", (event) => {
    if (isComposing(event)) return;
    if (event.key === "Enter" && event.target === input) { event.preventDefault(); dialog.close("ok"); }
    const reason = /^[1-9]$/.test(event.key) && !input.value && reasons[event.key - 1];
    if (reason) { event.preventDefault(); reason.click(); }
  });
}

function choose(dialog, reason, input) {
  if (reason.dataset.colleague) {
    for (const other of dialog.querySelectorAll("[data-colleague]")) other.setAttribute("aria-pressed", String(other === reason));
  } else {
    input.value = reason.dataset.reason;
  }
  input.focus();
}

/** What the person says in `dialog`, as the request's body; null when nothing. `field` is the one at hand. */
export function asked(dialog, paper, field) {
  const input = dialog.querySelector("input[name=reason]"), piece = dialog.querySelector("[data-part='piece']");
  input.value = "";
  if (piece) offerPiece(piece, paper, field);
  dialog.returnValue = "";
  dialog.showModal();
  input.focus();
  return new Promise((resolve) => { dialog.onclose = () => resolve(dialog.returnValue === "ok" ? body(dialog, input, field) : null); });
}

/** A returned sheet can show the school the very place. */
function offerPiece(piece, paper, field) {
  piece.hidden = field?.box?.length !== 4;
  if (piece.hidden) return;
  piece.querySelector("input").checked = true;
  piece.querySelector("[data-part='piece-name']").textContent = field.title;
  paper.crop(piece.querySelector("canvas"), field.box, 420, 90);
}

function body(dialog, input, field) {
  const reason = input.value.trim(), colleague = dialog.querySelector("[data-colleague][aria-pressed='true']");
  if (dialog.id === "ask") return reason && colleague ? { note: reason, colleague: Number(colleague.dataset.colleague) } : null;
  if (!reason && dialog.id !== "skip") return null;
  const piece = dialog.querySelector("[data-part='piece']");
  if (!piece || piece.hidden || !piece.querySelector("input").checked) return { reason };
  const [row, name] = split(field.key);
  return { reason, row, field: name };
}
