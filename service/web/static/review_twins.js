// The question whether a sheet is a paper that came before: both pictures side by side, one key to answer.

/** Shows `twin` beside the sheet at `desk`; resolves to "same", "other" or "" for later. */
export function ask(desk, twin) {
  const dialog = desk.querySelector("#twins"), [mine, theirs] = dialog.querySelectorAll("img");
  const set = (name, text) => { dialog.querySelector(`[data-part="${name}"]`).textContent = text; };
  set("signs", `${twin.signs.join("；")}。请看两边是不是同一张纸。`);
  set("mine", desk.querySelector(".desk-number").textContent);
  set("theirs", `№ ${twin.sheet_id} · ${twin.unit} · ${twin.state}`);
  mine.src = desk.dataset.image ?? "";
  theirs.src = twin.has_image ? `/sheets/${twin.sheet_id}/image` : "";
  for (const picture of dialog.querySelectorAll("[data-zoom]")) picture.onclick = () => zoom(dialog);
  dialog.dataset.zoomed = "";
  dialog.returnValue = "";
  dialog.showModal();
  dialog.querySelector("[data-choose='same']").focus();
  return new Promise((resolve) => {
    for (const button of dialog.querySelectorAll("[data-choose]")) button.onclick = () => dialog.close(button.dataset.choose);
    dialog.onkeydown = (event) => dialog.querySelector({ 1: "[data-choose='same']", 2: "[data-choose='other']" }[event.key])?.click();
    dialog.onclose = () => resolve(dialog.returnValue);
  });
}

/** Both pictures grow together, so that the same place can be compared. */
function zoom(dialog) {
  dialog.dataset.zoomed = dialog.dataset.zoomed ? "" : "yes";
}
