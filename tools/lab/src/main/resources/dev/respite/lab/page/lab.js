// The page: puts a step's controls, the engine's responses and the charts together. The state is in the address at all times.

import {CHARTS, sample, time} from "./charts.js";
import {conclusions} from "./conclusions.js";
import {Refused, EngineClient, Replaced} from "./engine-client.js";
import {exportsOf} from "./exports.js";
import {element, fieldOf, replaceDetails} from "./fields.js";
import {Observer} from "./observer.js";
import {listCourse, showLesson} from "./path.js";
import {Scene} from "./scene.js";
import {scorecard} from "./scorecard.js";
import {decode, encode, initial} from "./state.js";
import {STEPS, step} from "./steps.js";

const DEBOUNCE_MS = 150;
const FRAME_MS = 50;
const PLAY_SECONDS = 12;

const $ = id => document.getElementById(id);
const form = new URLSearchParams(location.search).get("form") ?? "";
const stillness = matchMedia("(prefers-reduced-motion: reduce)");

const engineStatus = {
  form,
  onForm: name => {
    $("engine").textContent = name === "wasm" ? "The engine runs as WebAssembly."
      : "The engine runs as JavaScript: this browser cannot run its WebAssembly, which is faster.";
  },
  onFailure: message => showProblem(`The engine cannot be loaded: ${message}. Serve the whole folder, for example by ./respite lab.`),
};
const engines = {run: new EngineClient(engineStatus), observe: new Observer({form}), second: new Observer({form}),
  card: new EngineClient({form}), side: new EngineClient({form})};

const scene = new Scene($("scene"), {form, showProblem});

let state;
let scenarios = [];
let timer;
let drawn = [];
let shown;
let playing;
let asked = 0;
/** The problem of the address: it stays until a control is changed. */
let notice = "";

async function begin() {
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
  $("share").addEventListener("click", share);
  $("previous").addEventListener("click", () => go(-1));
  $("next").addEventListener("click", () => go(1));
  listenToPlayer();
  new ResizeObserver(redraw).observe($("figures"));
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", redraw);
  await enter(decoded.problem);
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
async function enter(problem) {
  const now = step(state.step);
  const entered = state;
  document.title = `${now.title} · Respite lab`;
  $("title").textContent = now.title;
  $("idea").textContent = now.idea;
  showLesson($("lesson"), state.item);
  for (const link of $("steps").querySelectorAll("a")) {
    if (link.hash === `#${now.id}`) {
      link.setAttribute("aria-current", "step");
    } else {
      link.removeAttribute("aria-current");
    }
  }
  $("previous").disabled = now === STEPS[0];
  $("next").disabled = now === STEPS.at(-1);
  $("experiment").hidden = now.isScene === true;
  $("scene").hidden = !now.isScene;
  scene.leave();
  $("conclusion").replaceChildren();
  $("conclusion").parentElement.classList.remove("stale");
  $("shared").textContent = "";
  $("figures").replaceChildren();
  $("scorecard").hidden = true;
  drawn = [];
  shown = undefined;
  stop();
  $("player").hidden = !now.isPlayed;
  notice = problem ?? "";
  showProblem(notice);
  if (now.isScene) {
    scene.enter(state, () => history.replaceState(null, "", encode(state)));
    return;
  }
  if (scenarios.length === 0) {
    const listed = (await engines.run.ask({op: "list"})).scenarios;
    if (state !== entered) {
      return;
    }
    scenarios = listed;
  }
  showControls();
  if (now.hasScorecard) {
    scorecard($("scorecard"), request => engines.card.ask(request), () => now.policies(state.values), state.values, values => {
      Object.assign(state.values, values);
      history.replaceState(null, "", encode(state));
      document.documentElement.dataset.state = encode(state);
    });
  }
  ask(0);
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
  history.replaceState(null, "", encode(state));
  if (isRebuilt) {
    showControls();
  }
  markStale();
  ask(DEBOUNCE_MS);
}

/** Marks the results as those of values that were changed since. */
function markStale() {
  $("figures").classList.add("stale");
  $("conclusion").parentElement.classList.add("stale");
  $("conclusion").setAttribute("aria-busy", "true");
  warn("warnings", []);
  warn("cautions", []);
  $("status").textContent = "Computing.";
}

function ask(delay) {
  clearTimeout(timer);
  const began = performance.now();
  timer = setTimeout(() => respond(began), delay);
}

/** Shows what belongs to the state, which has been changed at the time "began". */
async function respond(began) {
  const number = ++asked;
  // What is still computed for the last values would take the processors from the new picture.
  engines.run.cancel();
  engines.side.cancel();
  const now = step(state.step);
  const isCurrent = () => number === asked;
  try {
    const source = now.scenario?.(state.values);
    const policies = now.policies(state.values);
    const firstSeed = now.firstSeed?.(state.values) ?? 1;
    const picture = now.transfer
      ? engines.run.ask({op: "transfer", ...now.transfer(state.values)})
      : Promise.all([
        engines.observe.ask({op: "observe", ...source, policies, firstSeed, ...now.observe}),
        now.second ? second(asker(number, engines.second), now.second(state.values)) : undefined,
      ]).then(([observed, second]) => ({observed, second}));
    const side = beside(asker(number, engines.side), policies, source);
    // It is waited for below, and may not fail unheard before that.
    side.catch(() => {});
    const results = await picture;
    if (!isCurrent()) {
      return;
    }
    const context = showPicture(results, began);
    // Only now: the picture has the processors to itself.
    const run = now.transfer || now.isObserved ? undefined
      : await engines.run.ask({op: "run", ...source, policies, firstSeed, seeds: now.seeds?.(state.values) ?? 1},
        (done, total) => isCurrent() && progress(done, total));
    const rest = {...results, run, side: await side};
    if (isCurrent()) {
      showWords(rest, context, performance.now() - began);
    }
  } catch (failure) {
    if (failure instanceof Replaced || !isCurrent()) {
      return;
    }
    showProblem(failure instanceof Refused ? failure.message : `This should not happen: ${failure.message}`);
    $("conclusion").setAttribute("aria-busy", "false");
    $("status").textContent = "The figures are those of the last values that could be run.";
  }
}

/** Asks an engine one thing after the other, as long as there is no newer question. */
function asker(number, engine) {
  return request => (number === asked ? engine.ask(request) : Promise.reject(new Replaced()));
}

/** A scenario beside the step's own, for a chart of its own. */
async function second(asks, {scenario, policies, charts, without}) {
  const ask = side => asks({op: "observe", ...side.scenario, policies: side.policies, binMs: 1000, lanes: 0});
  const other = await ask(without);
  const own = await ask({scenario, policies});
  return {charts, observed: {...own, observations: [...other.observations, ...own.observations]}};
}

/** Shows the warnings of the policies, and the scenario as a file. */
async function beside(asks, policies, source) {
  const warnings = [];
  for (const [name, text] of Object.entries(policies)) {
    if (name !== "naive" && name !== "none") {
      const explanation = await asks({op: "explain", policy: text});
      warnings.push(...explanation.warnings.map(message => `${name}: ${message}`));
    }
  }
  const yaml = source ? (await asks({op: "print", ...source})).yaml : undefined;
  return {warnings, yaml};
}

function progress(done, total) {
  $("status").textContent = `Running: ${Math.round(100 * done / total)} %`;
}

/** The charts come first: they are there before the calm runs that the conclusions need. Returns what they are drawn from. */
function showPicture(results, began) {
  const now = step(state.step);
  showProblem(notice);
  const {observed, transfer} = results;
  const context = transfer ? {transfer, durationMs: 0} : {
    observations: observed.observations,
    faults: observed.faults,
    durationMs: Math.max(observed.durationMs, ...observed.observations.flatMap(each => each.calls.map(call => call.endMs ?? 0))),
    capacity: now.capacity?.(state.values),
  };
  const charts = now.charts.map(name => CHARTS[name](context));
  if (results.second) {
    const {charts: names, observed: other} = results.second;
    charts.push(...names.map(name => CHARTS[name](other)));
  }
  shown = {durationMs: context.durationMs, charts};
  showFigures();
  $("conclusion").setAttribute("aria-busy", "true");
  $("time").max = context.durationMs;
  if (!playing) {
    $("time").value = context.durationMs;
  }
  redraw();
  // In the frame of the drawing, after it.
  requestAnimationFrame(() => {
    document.documentElement.dataset.pictureMs = Math.round(performance.now() - began);
  });
  return context;
}

function showWords(results, context, took) {
  const now = step(state.step);
  const {warnings, yaml} = results.side;
  // Of a policy that is there to show something, only who takes it has to know.
  warn("warnings", now.isWritten ? warnings : []);
  warn("cautions", now.isWritten ? [] : warnings);
  $("conclusion").replaceChildren(...conclusions(now, results, context).map(([policy, text]) =>
    element("p", {}, ...(policy ? [element("b", {}, policy), ": "] : []), text)));
  $("conclusion").setAttribute("aria-busy", "false");
  $("conclusion").parentElement.classList.remove("stale");
  $("status").textContent = `Computed in ${time(took)}.`;
  replaceDetails($("exports"), exportsOf(now, state.values, yaml));
  document.documentElement.dataset.step = now.id;
  document.documentElement.dataset.state = encode(state);
}

function warn(id, warnings) {
  $(id).replaceChildren(...warnings.map(text => element("li", {}, text)));
  $(id).hidden = warnings.length === 0;
}

function showFigures() {
  $("figures").classList.remove("stale");
  undraw();
  replaceDetails($("figures"), shown.charts.map((chart, index) => {
    const box = element("div", {class: "drawing"});
    drawn[index] = {chart, box};
    const key = element("ul", {class: "key"});
    for (const entry of chart.key) {
      const item = element("li", {});
      item.append(sample(entry), element("span", {}, entry.name));
      key.append(item);
    }
    const figure = element("figure", chart.isWide ? {class: "wide"} : {});
    figure.append(element("h3", {}, chart.title), key, box, element("figcaption", {}, chart.caption), tableOf(chart));
    return figure;
  }));
}

function tableOf({title, table, isTableOpen}) {
  const body = element("tbody", {});
  for (const row of table.rows) {
    body.append(element("tr", {}, ...row.map((cell, i) => element("td", Number.isNaN(Number.parseFloat(cell)) && i > 0
      ? {class: "left"} : {}, cell))));
  }
  const head = element("thead", {}, element("tr", {}, ...table.columns.map(name => element("th", {scope: "col"}, name))));
  const grid = element("table", {}, element("caption", {}, title), head, body);
  const scroll = element("div", {class: "scroll", tabindex: "0", role: "region", "aria-label": `The numbers: ${title}`}, grid);
  const details = element("details", isTableOpen ? {open: ""} : {}, element("summary", {}, "The numbers"), scroll);
  return details;
}

function undraw() {
  for (const figure of drawn) {
    figure?.remove?.();
  }
  drawn = [];
}

let pendingFrame = 0;

function redraw() {
  if (!shown || pendingFrame) {
    return;
  }
  pendingFrame = requestAnimationFrame(() => {
    pendingFrame = 0;
    // Another step may have been entered since.
    if (!shown) {
      return;
    }
    const until = step(state.step).isPlayed ? Number($("time").value) : Infinity;
    $("clock").textContent = time(Math.min(until, shown.durationMs));
    $("time").setAttribute("aria-valuetext", $("clock").textContent);
    for (const figure of drawn) {
      const width = Math.floor(figure.box.clientWidth);
      if (width > 0) {
        figure.remove?.();
        figure.box.replaceChildren();
        figure.remove = figure.chart.draw(figure.box, width, until);
      }
    }
  });
}

function listenToPlayer() {
  $("play").addEventListener("click", () => (playing ? stop() : play()));
  $("back").addEventListener("click", () => move(-1));
  $("forward").addEventListener("click", () => move(1));
  $("time").addEventListener("input", () => {
    stop();
    redraw();
  });
}

/** One fiftieth of the run, back or forth. */
function move(by) {
  stop();
  const size = Number($("time").max) / 50;
  $("time").value = Math.round(Number($("time").value) / size + by) * size;
  redraw();
}

function play() {
  const slider = $("time");
  const length = Number(slider.max);
  if (Number(slider.value) >= length) {
    slider.value = 0;
  }
  $("play").textContent = "Pause";
  $("play").setAttribute("aria-pressed", "true");
  // Without motion: a jump of a tenth each second.
  const still = stillness.matches;
  const step = still ? length / 10 : length * FRAME_MS / 1000 / PLAY_SECONDS;
  playing = setInterval(() => {
    slider.value = Math.min(length, Number(slider.value) + step);
    redraw();
    if (Number(slider.value) >= length) {
      stop();
    }
  }, still ? 1000 : FRAME_MS);
}

function stop() {
  clearInterval(playing);
  playing = undefined;
  $("play").textContent = "Play";
  $("play").setAttribute("aria-pressed", "false");
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

function showProblem(message) {
  $("problem").textContent = message;
  $("problem").hidden = message === "";
}

begin().catch(failure => showProblem(`The lab cannot start: ${failure.message}`));
