// Second reading: the ink of one place, a box, the next place. What anybody said before never reaches this page.

import { note } from "./app.js";
import { isComposing } from "./review_keys.js";
import { post, spoken } from "./review_saver.js";

const panel = document.getElementById("second"), form = document.getElementById("entry"), box = document.getElementById("box");
const byId = (id) => document.getElementById(id);
let place = JSON.parse(panel.dataset.place), keys = 0, isBusy = false;

function show(next) {
  place = next;
  panel.hidden = !place;
  byId("none").hidden = Boolean(place);
  if (!place) return byId("none").querySelector("a").focus();
  byId("form").textContent = place.form_title;
  byId("left").textContent = `还有 ${place.left} 处`;
  byId("title").textContent = [place.where, place.title].filter(Boolean).join(" · ");
  byId("ink").src = place.crop;
  box.inputMode = ["count", "age"].includes(place.kind) ? "numeric" : "text";
  box.value = "";
  keys = 0;
  wrong("");
  box.focus();
  panel.dataset.shown = place.id;
}

function wrong(text) {
  byId("wrong").textContent = text;
  byId("wrong").hidden = !text;
  box.classList.toggle("is-invalid", Boolean(text));
}

async function enter(how) {
  if (isBusy || !place) return;
  if (how === "value" && !box.value.trim()) return wrong("请照着写；纸面上没有写的，按 F8“原件空缺”。");
  isBusy = true;
  const answer = await post(place.enter, { how, text: box.value, keys });
  isBusy = false;
  if (answer.status === 200) return show(answer.data.next);
  if (answer.status === 422) return wrong(spoken(answer.data));
  if ([404, 409].includes(answer.status)) { note(spoken(answer.data)); return location.reload(); }
  return note(answer.status ? spoken(answer.data) : "网络不通，没有保存，请再按一次。", "bad");
}

form.addEventListener("submit", (event) => { event.preventDefault(); enter("value"); });
form.addEventListener("click", (event) => { const how = event.target.closest("[data-how]")?.dataset.how; if (how) enter(how); });
document.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && isComposing(event)) return event.preventDefault(); // choosing characters
  if (event.repeat && event.key === "Enter") return event.preventDefault();
  if (!isComposing(event)) keys += 1;
  const how = { F8: "blank", F9: "illegible" }[event.key];
  if (how) { event.preventDefault(); enter(how); }
  return undefined;
});
show(place);
