// The steps but the first: puts a step's controls, the engine's responses and the charts together. It is loaded, with the library of the charts, when
// the first of these steps is shown.

import {time} from "./chart-kit.js";
import {CHARTS} from "./charts.js";
import {coarse, conclusion} from "./conclusions.js";
import {EngineClient} from "./engine-client.js";
import {exportsOf} from "./exports.js";
import {element, fieldOf, replaceDetails} from "./fields.js";
import {Figures} from "./figures.js";
import {Player} from "./player.js";
import {Questions} from "./questions.js";
import {scorecard} from "./scorecard.js";
import {encode} from "./state.js";
import {step} from "./steps.js";

const DEBOUNCE_MS = 150;

const $ = id => document.getElementById(id);
const page = document.documentElement.dataset;

const player = new Player($("player"), () => figures.redraw(), time);
const figures = new Figures(() => player.until());

let questions;
/** The engine of the scorecard, and of the list of scenarios. */
let card;
let showProblem;

let state;
let scenarios = [];
/** The request of the scenarios, once it has been made. */
let listed;
/** The step has a whole picture. Until then a part of it is shown. */
let isDrawn = false;
/** The problem of the address: it stays until a control is changed. */
let notice = "";

/** Receives what all steps need: the status of engines, and where problems are shown. Called once. */
export function begin(engineStatus, show) {
  questions = new Questions(engineStatus);
  card = new EngineClient({form: engineStatus.form});
  showProblem = show;
  $("share").addEventListener("click", share);
}

/** Ends what goes on for the step that is left. */
export function leave() {
  questions.end();
  player.show(false);
}

/** Shows the step of a state, and the problem of its address. */
export function enter(now, entered, problem) {
  state = entered;
  notice = problem;
  player.show(now.isPlayed === true);
  isDrawn = false;
  $("experiment").classList.remove("stale");
  conclude("", []);
  $("status").textContent = "Computing.";
  $("shared").textContent = "";
  $("exports").replaceChildren();
  $("scorecard").hidden = true;
  warn("warnings", []);
  warn("cautions", []);
  figures.begin(namesOf(now));
  showControls();
  if (now.hasScorecard) {
    scorecard($("scorecard"), request => card.ask(request), () => now.policies(state.values), state.values, values => {
      Object.assign(state.values, values);
      history.replaceState(null, "", encode(state));
      page.state = encode(state);
    });
  }
  const began = performance.now();
  ask(0);
  page.skeletonMs = Math.round(performance.now() - began);
}

/** Completes the controls of a step that has a list of scenarios: after its first picture, which has the processors to itself. */
function listScenarios(now) {
  if (!now.controls.some(({kind}) => kind === "scenario")) {
    return;
  }
  listed ??= card.ask({op: "list"}).then(response => {
    scenarios = response.scenarios;
    if (step(state.step) === now) {
      showControls();
    }
  }, () => {
    listed = undefined;
  });
}

function namesOf({charts, second}) {
  return [...charts, ...(second ? second(state.values).charts : [])];
}

function showControls() {
  const now = step(state.step);
  const fields = now.controls.flatMap(control => fieldOf(control, state.values, scenarios, change));
  const focused = document.activeElement.id;
  $("controls").replaceChildren(...fields);
  // A control that changes which others there are keeps the focus.
  if (focused.startsWith("control-")) {
    $(focused)?.focus();
  }
  $("controls").onsubmit = event => event.preventDefault();
}

/** A control has changed: values are what it sets. */
function change(values, isRebuilt = false) {
  Object.assign(state.values, values);
  notice = "";
  // A problem of the last values is none of these.
  showProblem("");
  history.replaceState(null, "", encode(state));
  if (isRebuilt) {
    showControls();
  }
  markStale();
  ask(DEBOUNCE_MS);
}

/** Marks the results as those of values that were changed since. */
function markStale() {
  $("experiment").classList.add("stale");
  $("conclusion").setAttribute("aria-busy", "true");
  warn("warnings", []);
  warn("cautions", []);
  $("status").textContent = "Computing.";
}

/** Requests the results of the state. */
function ask(delay) {
  const began = performance.now();
  const now = step(state.step);
  questions.ask(now, state.values, {
    picture: (results, isWhole) => showPicture(now, results, isWhole, began),
    progress: (done, total) => {
      $("status").textContent = `Comparing: ${Math.round(100 * done / total)} %.`;
    },
    words: results => showWords(now, results, performance.now() - began),
    exported: results => showExports(now, results),
    refused: message => {
      listScenarios(now);
      showProblem(message);
      $("conclusion").setAttribute("aria-busy", "false");
      $("status").textContent = "The figures are those of the last values that could be run.";
    },
  }, delay);
}

/** The charts come first: they are there before the calm runs that the conclusions need. A part of them is shown only if there are none yet. */
function showPicture(now, {context, transfer, second}, isWhole, began) {
  if (isDrawn && !isWhole) {
    return;
  }
  isDrawn ||= isWhole;
  listScenarios(now);
  showProblem(notice);
  const drawn = context ?? {transfer, durationMs: 0};
  const charts = now.charts.map(name => CHARTS[name](drawn));
  if (second) {
    charts.push(...now.second(state.values).charts.map(name => CHARTS[name](second)));
  }
  player.setLength(drawn.durationMs);
  figures.show(charts, namesOf(now));
  $("experiment").classList.remove("stale");
  $("conclusion").setAttribute("aria-busy", "true");
  conclude(coarse(now, transfer, context), []);
  // In the frame of the drawing, after it.
  requestAnimationFrame(() => {
    const took = Math.round(performance.now() - began);
    page.coarseMs ??= took;
    page.pictureMs = took;
  });
}

function showWords(now, results, took) {
  const {warnings} = results.side;
  // Of a policy that is there to show something, only who takes it has to know.
  warn("warnings", now.isWritten ? warnings : []);
  warn("cautions", now.isWritten ? [] : warnings);
  const {line, rows} = conclusion(now, results, results.context);
  conclude(line, rows);
  $("conclusion").setAttribute("aria-busy", "false");
  $("status").textContent = `Computed in ${time(took)}.`;
  showExports(now, results);
  page.step = now.id;
  page.state = encode(state);
}

/** Shows a conclusion: its line, and the figures folded below it. */
function conclude(line, rows) {
  $("conclusion").textContent = line;
  $("findings").hidden = rows.length === 0;
  $("findings").lastElementChild.replaceChildren(...rows.map(([policy, text]) =>
    element("p", {}, ...(policy ? [element("b", {}, policy), ": "] : []), text)));
}

function showExports(now, {run, side}) {
  replaceDetails($("exports"), exportsOf(now, state.values, side.yaml, run));
}

function warn(id, warnings) {
  $(id).replaceChildren(...warnings.map(text => element("li", {}, text)));
  $(id).hidden = warnings.length === 0;
}

async function share() {
  history.replaceState(null, "", encode(state));
  try {
    await navigator.clipboard.writeText(location.href);
    $("shared").textContent = "Copied.";
  } catch {
    $("shared").textContent = "The browser does not allow that: copy the address from its address bar.";
  }
}
