// The state of the page, and its form in an address: "#s=1." and the Base64 of JSON: the step, what differs from its defaults, and the item
// of the course for a reader who follows it. Version 1. An address that cannot be read gives the first step and a message.

import {COURSE} from "./course.js";
import {STEPS, step} from "./steps.js";

const VERSION = "1";
const PREFIX = "#s=";

/** The state in which a step begins. */
export function initial(id) {
  return {step: id, values: {...step(id).defaults}};
}

/** The state of an item of the course. */
export function lesson({id, step, values}) {
  const state = initial(step);
  return {...state, values: {...state.values, ...values}, item: id};
}

/** The fragment of a state. */
export function encode(state) {
  const {defaults} = step(state.step);
  const changed = {};
  for (const [name, value] of Object.entries(state.values)) {
    if (JSON.stringify(value) !== JSON.stringify(defaults[name])) {
      changed[name] = value;
    }
  }
  const compact = state.item ? [state.step, changed, state.item]
    : Object.keys(changed).length ? [state.step, changed] : [state.step];
  const bytes = new TextEncoder().encode(JSON.stringify(compact));
  const text = btoa(Array.from(bytes, byte => String.fromCharCode(byte)).join(""));
  return `${PREFIX}${VERSION}.${text.replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "")}`;
}

/** The state of a fragment: {state} or {state, problem}. A step's name alone is one, too: "#herd". */
export function decode(fragment) {
  const first = initial(STEPS[0].id);
  if (fragment === "" || fragment === "#") {
    return {state: first};
  }
  const id = fragment.slice(1);
  if (STEPS.some(known => known.id === id)) {
    return {state: initial(id)};
  }
  const match = /^#s=(\d+)\.([\w-]*)$/.exec(fragment);
  if (!match) {
    return {state: first, problem: `The address ends in '${short(fragment)}', which is no state of this page.`};
  }
  if (match[1] !== VERSION) {
    return {state: first, problem: `The address has a state of version ${match[1]}; this page reads version ${VERSION}.`};
  }
  try {
    const bytes = Uint8Array.from(atob(match[2].replaceAll("-", "+").replaceAll("_", "/")), char => char.charCodeAt(0));
    const [name, changed = {}, item] = JSON.parse(new TextDecoder("utf-8", {fatal: true}).decode(bytes));
    const known = step(name);
    const state = initial(name);
    for (const [key, value] of Object.entries(changed)) {
      if (!Object.hasOwn(known.defaults, key) || !sameShape(value, known.defaults[key])) {
        return {state: first, problem: `The address sets '${short(key)}', which step '${name}' does not have in this form.`};
      }
      if (!isOffered(value, known.controls.find(control => control.name === key))) {
        return {state: first, problem: `The address sets '${key}' to '${short(value)}', which step '${name}' does not offer.`};
      }
      state.values[key] = value;
    }
    if (item !== undefined) {
      if (!COURSE.some(({id, step}) => id === item && step === name)) {
        return {state: first, problem: `The address names item '${short(item)}' of the course, which step '${name}' does not show.`};
      }
      state.item = item;
    }
    return {state};
  } catch {
    return {state: first, problem: "The state in the address is incomplete. Copy the whole address."};
  }
}

function short(value) {
  return String(value).slice(0, 40);
}

/** Returns whether a control can set a value; others cannot be set to what would never end. */
function isOffered(value, control) {
  if (control?.kind === "select") {
    return control.options.some(option => (Array.isArray(option) ? option[0] : option) === value);
  }
  return typeof value !== "number" || (value >= (control?.min ?? 1) && value <= (control?.max ?? Number.MAX_SAFE_INTEGER));
}

/** Returns whether a value can take the place of a default: the same type, and texts only in an object. */
function sameShape(value, pattern) {
  if (typeof pattern !== "object") {
    return typeof value === typeof pattern && (typeof value !== "number" || Number.isFinite(value));
  }
  return typeof value === "object" && value !== null && !Array.isArray(value)
    && Object.values(value).every(text => typeof text === "string");
}
