// Which key means what. Typing Chinese or digits into a box always comes first: a key means something else only
// with Alt or Ctrl, as a function key, or while nothing was typed into the box yet.

let composedAt = 0;
document.addEventListener("compositionend", () => { composedAt = performance.now(); });

/** Whether a key press belongs to the input method: it is choosing characters, or has just done so. */
export function isComposing(event) {
  const justDone = event.key === "Enter" && performance.now() - composedAt < 40;
  return event.isComposing || event.keyCode === 229 || justDone;
}

const FUNCTION_KEYS = { F2: ["help"], F4: ["fix"], F7: ["image"], F8: ["blank"], F9: ["illegible"] };
const WITH_ALT = { KeyZ: ["undo"], KeyS: ["skip"], KeyR: ["return"], KeyQ: ["ask"], KeyX: ["set-aside"], KeyO: ["order"], KeyM: ["marks"], Enter: ["confirm"],
  NumpadEnter: ["confirm"], Equal: ["zoom", 1.25], NumpadAdd: ["zoom", 1.25], Minus: ["zoom", 0.8],
  NumpadSubtract: ["zoom", 0.8], Digit0: ["zoom-all"] };
const BARE = { "?": ["help"], "？": ["help"], "+": ["zoom", 1.25], "=": ["zoom", 1.25], "-": ["zoom", 0.8] };
const MODIFIERS = new Set(["Shift", "Control", "Alt", "Meta", "CapsLock", "Process"]);

/**
 * The action of a key press as [name, …arguments], null when the key is the box's own.
 * `state`: inBox, isTouched, mode (digits, choice, text, long, ""), candidates (how many), inGrid.
 */
export function actionOf(event, state) {
  if (isComposing(event) || MODIFIERS.has(event.key)) return null;
  if (event.ctrlKey || event.metaKey) return ofCtrl(event, state);
  if (event.altKey) return ofAlt(event, state);
  if (FUNCTION_KEYS[event.key]) return FUNCTION_KEYS[event.key];
  if (event.key === "PageUp" || event.key === "PageDown") return paging(event);
  if (event.key === "Enter") return ofEnter(event, state);
  if (event.key === "Tab" && state.inBox) return ["step", event.shiftKey ? -1 : 1];
  if (event.key === "Escape") return state.inBox ? ["leave"] : null;
  if (event.key.startsWith("Arrow")) return ofArrow(event, state);
  return state.isTouched ? null : ofUntouched(event, state);
}

/** Whether a press counts as work: not a modifier alone, not the input method's. */
export function counts(event) { return !MODIFIERS.has(event.key); }

function ofCtrl(event, state) {
  if (event.key === "Enter" && state.inGrid && state.inBox) return event.repeat ? ["nothing"] : ["accept-row"];
  if (event.key === "Delete" && state.inGrid && state.inBox) return event.repeat ? ["nothing"] : ["clear-row"];
  return event.code === "KeyZ" && !event.shiftKey && !event.altKey && !state.isTouched ? ["undo"] : null;
}

function ofAlt(event, state) {
  const digit = /^(?:Digit|Numpad)([1-9])$/.exec(event.code)?.[1];
  if (digit && state.inBox && Number(digit) <= state.candidates) return ["pick", Number(digit)];
  if (digit) return event.code === "Digit9" ? ["zoom-field"] : null;
  return WITH_ALT[event.code] ?? null;
}

function paging(event) {
  const by = event.key === "PageDown" ? 0.55 : -0.55;
  return event.shiftKey ? ["pan", by, 0] : ["pan", 0, by];
}

function ofEnter(event, state) {
  if (event.repeat) return ["nothing"];
  if (event.shiftKey) return ["sign-off"];
  return state.inBox ? ["accept"] : state.inDesk ? null : ["start"];
}

function ofArrow(event, state) {
  const [right, down] = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
  if (event.shiftKey) return null;
  if (state.inGrid && state.inBox) return ["move", right, down];
  if (state.inBox) return down && !(state.mode === "long" && state.isTouched) ? ["step", down] : null;
  return state.inDesk ? null : ["pan", right * 0.25, down * 0.25];
}

/** Nothing typed yet: number keys choose, unless the field itself is made of digits. */
function ofUntouched(event, state) {
  if (/^[1-9]$/.test(event.key) && state.inBox && state.mode !== "digits") {
    return Number(event.key) <= state.candidates ? ["pick", Number(event.key)] : null;
  }
  return BARE[event.key] ?? null;
}
