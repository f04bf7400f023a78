// The page: its steps, of which one is shown. The state is in the address at all times.

import {element} from "./fields.js";
import {listCourse, showLesson} from "./path.js";
import {Scene} from "./scene.js";
import {decode, encode, initial} from "./state.js";
import {STEPS, step} from "./steps.js";

const $ = id => document.getElementById(id);
const form = new URLSearchParams(location.search).get("form") ?? "";

const engineStatus = {
  form,
  onForm: name => {
    $("engine").textContent = name === "wasm" ? "The engine runs as WebAssembly."
      : "The engine runs as JavaScript: this browser cannot run its WebAssembly, which is faster.";
  },
  onFailure: message => showProblem(`The engine cannot be loaded: ${message}. Serve the whole folder, for example by ./respite lab.`),
};
const scene = new Scene($("scene"), {...engineStatus, showProblem});

let state;
/** The module of the other steps, once it is requested, and once it is there. */
let loading;
let experiment;

function begin() {
  const decoded = decode(location.hash);
  state = decoded.state;
  for (const known of STEPS) {
    const link = element("a", {href: `#${known.id}`}, known.title);
    $("steps").append(element("li", {}, link));
  }
  listCourse($("course"), () => $("main").focus());
  addEventListener("hashchange", () => {
    const read = decode(location.hash);
    if (encode(read.state) !== encode(state) || read.problem) {
      state = read.state;
      enter(read.problem);
    }
  });
  // The address is the state's alone.
  document.querySelector(".skip").addEventListener("click", event => {
    event.preventDefault();
    $("main").focus();
  });
  $("previous").addEventListener("click", () => go(-1));
  $("next").addEventListener("click", () => go(1));
  enter(decoded.problem);
}

function go(by) {
  const index = STEPS.indexOf(step(state.step)) + by;
  state = initial(STEPS[index].id);
  history.pushState(null, "", encode(state));
  enter();
  $("main").focus();
  scrollTo(0, 0);
}

/** Shows the step of the state. */
function enter(problem) {
  const now = step(state.step);
  document.title = `${now.title} · Respite lab`;
  $("title").textContent = now.title;
  $("idea").textContent = now.idea ?? "";
  $("more").textContent = now.more ?? "";
  showLesson($("lesson"), state.item);
  $("idea").hidden = !$("lesson").hidden;
  markStep(now);
  $("previous").disabled = now === STEPS[0];
  $("next").disabled = now === STEPS.at(-1);
  $("experiment").hidden = now.isScene === true;
  $("scene").hidden = !now.isScene;
  scene.leave();
  experiment?.leave();
  showProblem(problem ?? "");
  if (now.isScene) {
    scene.enter(state, () => history.replaceState(null, "", encode(state)));
    return;
  }
  const entered = state;
  loading ??= import("./experiment.js").then(module => {
    module.begin(engineStatus, showProblem);
    experiment = module;
  });
  loading.then(() => {
    if (state === entered) {
      experiment.enter(now, entered, problem ?? "");
    }
  }, failure => showProblem(`The step cannot be loaded: ${failure.message}. Serve the whole folder, for example by ./respite lab.`));
}

/** Marks the link of the step, and scrolls the row of links to it where they do not fit. */
function markStep(now) {
  for (const link of $("steps").querySelectorAll("a")) {
    if (link.hash === `#${now.id}`) {
      link.setAttribute("aria-current", "step");
      $("steps").scrollLeft = link.offsetLeft - $("steps").offsetLeft - 40;
    } else {
      link.removeAttribute("aria-current");
    }
  }
}

function showProblem(message) {
  $("problem").textContent = message;
  $("problem").hidden = message === "";
}

try {
  begin();
} catch (failure) {
  showProblem(`The lab cannot start: ${failure.message}`);
}
