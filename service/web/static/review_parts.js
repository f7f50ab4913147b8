// The small parts that boards put on a screen: objections with their answers, numbered choices.

/** `10.prior_year` → [10, "prior_year"]. */
export function split(key) {
  const dot = key.indexOf(".");
  return [Number(key.slice(0, dot)), key.slice(dot + 1)];
}

export function sameFix(one, other) {
  return Boolean(one.fix && other.fix) && one.fix.key === other.fix.key && one.fix.value === other.fix.value;
}

/** Objections that have one answer in common, with its keys. */
export function objectionNote(group, board) {
  const [first] = group;
  const note = element("div", `objection${first.confirmed ? " is-confirmed" : ""}`);
  note.append(element("p", "objection-text", group.map((objection) => objection.text).join("；")));
  if (first.confirmed) {
    note.append(element("span", "objection-done", "已确认：原件如此"));
  } else if (board.editable) {
    const answers = element("div", "objection-answers");
    if (first.fix) answers.append(answer("F4", first.fix.label, () => board.fix(first), "is-fix"));
    if (!first.binding) answers.append(answer("Alt Enter", "原件如此", () => board.confirm(first)));
    note.append(answers);
  }
  return note;
}

function answer(key, words, act, style = "") {
  const button = element("button", style);
  button.type = "button";
  button.tabIndex = -1;
  button.append(element("kbd", "", key), ` ${words}`);
  button.addEventListener("mousedown", (event) => event.preventDefault());
  button.addEventListener("click", act);
  return button;
}

/** Numbered candidates and phrases as buttons. */
export function candidateButtons(field, board) {
  return board.picks(field).map((value, index) => {
    const isPhrase = index >= field.candidates.length;
    const button = element("button", `candidate${isPhrase ? " is-phrase" : ""}${value === field.value ? " is-chosen" : ""}`);
    button.type = "button";
    button.tabIndex = -1;
    button.append(element("kbd", "", field.mode === "digits" ? `Alt ${index + 1}` : String(index + 1)), ` ${value}`);
    button.addEventListener("mousedown", (event) => event.preventDefault());
    button.addEventListener("click", () => { board.focus(field.key); board.pick(index + 1); });
    return button;
  });
}

export function element(tag, style = "", text = "") {
  const made = document.createElement(tag);
  if (style) made.className = style;
  if (text) made.textContent = text;
  return made;
}
