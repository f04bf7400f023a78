// The first step: a service with its clients, which plays by itself. The reader replaces its policy and breaks it while it runs; what follows is
// computed by the engine, from the beginning and with the same seed, so that nothing before that moment changes.

import {EngineClient, Refused, Replaced} from "./engine-client.js";
import {element} from "./fields.js";
import {recorded} from "./first-run.js";
import {CanvasPen, coloursOf, SvgPen} from "./pens.js";
import {drawKey, drawStage, heightOf, KEY_HEIGHT, prepare, SPEED, succeedingNow, waitingNow} from "./stage.js";
import {add, BREAKS, faultsOf, hint, isBroken, isInTime, lengthOf, noteOn, opening, percent, POLICIES, policyAt, queueOf, read, requestOf, requestsOfADot, sentence,
  share, STORY, toldFrom, write} from "./story.js";
import {Verdict} from "./verdict.js";

const STEP_MS = 5000;
const STILL_MS = 1000;
const SHARED_WIDTH = 960;

const $ = id => document.getElementById(id);
const stillness = matchMedia("(prefers-reduced-motion: reduce)");

export class Scene {
  #engines;
  #showProblem;
  #pen;
  #colours;
  #values;
  #changes;
  #remember = () => {};
  #time = 0;
  #isPlaying = false;
  #isEntered = false;
  #run;
  #none;
  /** The last run without retries, or a promise of it: {of, record}. */
  #kept = recorded();
  /** The whole run of the story is there. */
  #isKnown = false;
  #number = 0;
  #verdict;
  #frames;
  /** The number of the latest playback. */
  #turn = 0;
  /** The time up to which the run is known. */
  #limit = Infinity;
  #width = 0;
  /** Keys of the state that the buttons show, and of the conclusion. */
  #shownState;
  #shownText;

  constructor(section, {showProblem, ...engineStatus}) {
    const engine = () => new EngineClient(engineStatus);
    this.#engines = {run: engine(), none: engine()};
    this.#verdict = new Verdict(engine());
    this.#showProblem = showProblem;
    this.#pen = new CanvasPen($("scene-canvas"));
    for (const button of section.querySelectorAll("[data-policy]")) {
      button.addEventListener("click", () => this.#change({policy: button.dataset.policy}));
    }
    for (const button of section.querySelectorAll("[data-break]")) {
      const kind = button.dataset.break;
      button.addEventListener("click", () => this.#change({kind, isOn: !isBroken(this.#changes, kind, this.#time)}));
    }
    $("scene-play").addEventListener("click", () => (this.#isPlaying ? this.#stop() : this.#play()));
    $("scene-back").addEventListener("click", () => this.#move(this.#time - STEP_MS));
    $("scene-forward").addEventListener("click", () => this.#move(this.#time + STEP_MS));
    $("scene-time").addEventListener("input", () => this.#move(Number($("scene-time").value)));
    $("scene-again").addEventListener("click", () => this.#begin(STORY));
    $("scene-picture").addEventListener("click", () => this.#save());
    $("scene-share").addEventListener("click", () => this.#copy());
    $("scene-numbers").onsubmit = event => event.preventDefault();
    $("scene-numbers").onchange = () => this.#readNumbers();
    new ResizeObserver(([{contentRect}]) => {
      this.#width = Math.floor(contentRect.width);
      this.#draw();
    }).observe($("scene-canvas").parentElement);
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => {
      this.#colours = undefined;
      this.#draw();
    });
  }

  /** Shows the story of a state, which is kept up to date. */
  enter(state, remember) {
    this.#isEntered = true;
    this.#values = state.values;
    this.#remember = remember;
    this.#changes = read(state.values.story);
    if (!this.#changes) {
      this.#showProblem(`The address has a story that cannot be read: ${state.values.story.slice(0, 40)}`);
      this.#values.story = STORY;
      this.#changes = read(STORY);
    }
    for (const name of ["load", "capacity", "timeout", "clients", "errors", "queue"]) {
      $(`scene-${name}`).value = this.#values[name];
    }
    this.#time = 0;
    this.#draw();
    this.#compute(() => (stillness.matches ? this.#move(this.#changes.at(-1).at + STEP_MS) : this.#play()));
  }

  leave() {
    this.#isEntered = false;
    this.#number++;
    this.#stop();
    [...Object.values(this.#engines), this.#verdict].forEach(each => each.cancel());
  }

  #begin(story) {
    this.#changes = read(story);
    this.#time = 0;
    this.#limit = 0;
    this.#run = undefined;
    this.#none = undefined;
    this.#draw();
    this.#tell();
    this.#compute(() => this.#play());
  }

  /** Something happens now: the motion waits for what follows of it. */
  #change(change) {
    const at = Math.floor(this.#time);
    if (!isInTime(at) && change.isOn !== false) {
      this.#showProblem("The run is four minutes long, and ends soon: begin again.");
      return;
    }
    this.#showProblem("");
    const goesOn = this.#isPlaying || this.#time >= lengthOf(this.#changes);
    this.#limit = at;
    this.#changes = add(this.#changes, {at, ...change});
    this.#tell();
    this.#compute(() => (goesOn && !stillness.matches ? this.#play() : this.#move(this.#time)));
  }

  /** The address has the story. */
  #tell() {
    this.#values.story = write(this.#changes);
    this.#remember();
    this.#showState();
  }

  #readNumbers() {
    const form = $("scene-numbers");
    if (!form.reportValidity()) {
      return;
    }
    const numbers = Object.fromEntries([...new FormData(form)].map(([name, text]) => [name, Number(text)]));
    const {isRefused, text} = noteOn(numbers, this.#values);
    $("scene-capacity").setAttribute("aria-invalid", String(isRefused));
    $("scene-refused").textContent = text;
    // A verdict on other numbers would be read as one on these.
    this.#verdict.clear();
    if (isRefused) {
      return;
    }
    Object.assign(this.#values, numbers);
    this.#begin(write(this.#changes));
  }

  /** Has the run of the story recorded, and the one without retries unless it is the same as before; then goes on. */
  async #compute(then) {
    const number = ++this.#number;
    this.#isKnown = false;
    this.#stop();
    // The picture has the processors to itself.
    this.#verdict.cancel();
    $("scene-canvas").parentElement.setAttribute("aria-busy", "true");
    try {
      const values = {...this.#values};
      const none = requestOf(values, this.#changes, "none");
      const run = requestOf(values, this.#changes);
      const noneOf = JSON.stringify(none);
      const isNone = JSON.stringify(run) === noneOf;
      const own = isNone ? undefined : this.#engines.run.ask(run).then(prepare);
      // It is waited for below, and may not fail unheard before that.
      own?.catch(() => {});
      const kept = await this.#kept;
      if (number !== this.#number) {
        return;
      }
      const other = kept.of === noneOf ? kept.record : prepare(await this.#engines.none.ask(none));
      if (number !== this.#number) {
        return;
      }
      this.#none = other;
      this.#kept = {of: noneOf, record: other};
      $("scene-time").max = lengthOf(this.#changes);
      // Until the first fault no call fails, so that the run is the one without retries, which is there first.
      const calm = values.errors === 0 ? Math.min(...faultsOf(this.#changes).map(({at}) => at)) : 0;
      let goOn = then;
      if (own && this.#time < calm && !stillness.matches) {
        this.#run = other;
        this.#limit = calm;
        then();
        document.documentElement.dataset.firstMs ??= Math.round(performance.now());
        goOn = () => {};
      }
      const record = (await own) ?? other;
      if (number !== this.#number) {
        return;
      }
      this.#run = record;
      this.#limit = Infinity;
      this.#isKnown = true;
      goOn();
      this.#describe();
      document.documentElement.dataset.firstMs ??= Math.round(performance.now());
      document.documentElement.dataset.step = "outage";
    } catch (failure) {
      if (!(failure instanceof Replaced) && number === this.#number) {
        this.#showProblem(failure instanceof Refused ? failure.message : `This should not happen: ${failure.message}`);
      }
    } finally {
      if (number === this.#number) {
        $("scene-canvas").parentElement.removeAttribute("aria-busy");
      }
    }
  }

  #play() {
    const end = lengthOf(this.#changes);
    if (this.#time >= end) {
      this.#time = 0;
    }
    this.#isPlaying = true;
    // A frame of an earlier playback may still be due.
    const turn = ++this.#turn;
    this.#frames = {spans: [], scripts: []};
    $("scene-play").textContent = "Pause";
    let before;
    const tick = now => {
      if (!this.#isPlaying || turn !== this.#turn) {
        return;
      }
      const span = before === undefined ? 0 : now - before;
      const isDue = !stillness.matches || before === undefined || span >= STILL_MS;
      if (isDue) {
        // A tab that was hidden goes on where it was.
        this.#time = Math.min(end, this.#limit, this.#time + (stillness.matches ? (before === undefined ? 0 : STEP_MS) : Math.min(span, 100) * SPEED));
        before = now;
        const began = performance.now();
        this.#draw();
        this.#frames.scripts.push(performance.now() - began);
        this.#frames.spans.push(span);
      }
      if (this.#time >= end) {
        this.#stop();
        this.#verdict.show(this.#values);
      } else {
        requestAnimationFrame(tick);
      }
    };
    requestAnimationFrame(tick);
  }

  #stop() {
    if (this.#isPlaying) {
      this.#isPlaying = false;
      document.documentElement.dataset.frames = JSON.stringify(this.#frames);
    }
    $("scene-play").textContent = "Play";
    this.#showState();
    this.#describe();
  }

  #move(time) {
    this.#time = Math.max(0, Math.min(lengthOf(this.#changes), this.#limit, time));
    this.#isPlaying = false;
    $("scene-play").textContent = "Play";
    this.#draw();
    this.#describe();
    if (this.#time >= lengthOf(this.#changes)) {
      this.#verdict.show(this.#values);
    }
  }

  #frame() {
    return {values: this.#values, changes: this.#changes, run: this.#run, none: this.#none, time: this.#time};
  }

  #draw() {
    const width = this.#width;
    if (!this.#isEntered || width === 0) {
      return;
    }
    this.#colours ??= coloursOf(document.documentElement);
    this.#pen.begin(width, heightOf(width), this.#colours);
    drawStage(this.#pen, width, this.#frame());
    $("scene-time").value = this.#time;
    const clock = `${(this.#time / 1000).toFixed(this.#isPlaying ? 0 : 1)} s`;
    if ($("scene-clock").textContent !== clock) {
      $("scene-clock").textContent = clock;
      this.#showState();
      this.#conclude();
    }
  }

  /** The buttons show what holds at the time of the picture. */
  #showState() {
    if (!this.#isEntered) {
      return;
    }
    const {policy} = policyAt(this.#changes, this.#time);
    const state = [policy, ...Object.keys(BREAKS).filter(kind => isBroken(this.#changes, kind, this.#time))].join();
    if (state === this.#shownState) {
      return;
    }
    this.#shownState = state;
    for (const button of document.querySelectorAll("#scene [data-policy]")) {
      button.setAttribute("aria-pressed", String(button.dataset.policy === policy));
    }
    for (const button of document.querySelectorAll("#scene [data-break]")) {
      const {label, repair} = BREAKS[button.dataset.break];
      const isOn = isBroken(this.#changes, button.dataset.break, this.#time);
      const text = isOn ? repair : label;
      if (button.textContent !== text) {
        button.textContent = text;
        button.classList.toggle("broken", isOn);
      }
    }
  }

  /** The picture in words, whenever it stands still, and the conclusion of the whole run. */
  #describe() {
    if (!this.#isEntered || !this.#run) {
      return;
    }
    const words = this.#words();
    $("scene-canvas").setAttribute("aria-label", words);
    $("scene-time").setAttribute("aria-valuetext", words);
    this.#conclude();
    $("scene-scale").textContent = `One dot is ${requestsOfADot(this.#values)} requests of ${this.#values.load} a second; ${SPEED} s of service pass in one second.`
      + ` The queue holds ${queueOf(this.#values)}. Seed 1; ways are drawn longer than they are.`;
    this.#showFigures();
    document.documentElement.dataset.state = location.hash;
  }

  /** First what is going to happen; the conclusion when it has. */
  #conclude() {
    const end = lengthOf(this.#changes);
    const isTold = this.#isKnown && this.#time >= toldFrom(this.#changes);
    const until = this.#time >= end ? end : toldFrom(this.#changes);
    const key = isTold ? `${this.#number} ${until}` : opening(this.#values, this.#changes, this.#time);
    if (key !== this.#shownText) {
      this.#shownText = key;
      $("scene-conclusion").textContent = isTold ? sentence(this.#values, this.#changes, this.#run, this.#none, until) : key;
      $("scene-hint").textContent = isTold ? hint(this.#changes, this.#run, this.#none) : "";
    }
  }

  #words() {
    const {policy} = policyAt(this.#changes, this.#time);
    const broken = Object.keys(BREAKS).filter(kind => isBroken(this.#changes, kind, this.#time)).map(kind => BREAKS[kind].noun);
    const of = record => `${succeedingNow(record, this.#time) || 0} % of calls succeed and ${waitingNow(record, this.#time)} requests wait`;
    return `At ${(this.#time / 1000).toFixed(0)} s${broken.length > 0 ? `, during ${broken.join(" and ")}` : ""}: ${POLICIES[policy].name}: ${of(this.#run)}.`
      + ` Without retries: ${of(this.#none)}.`;
  }

  #showFigures() {
    if (!this.#isKnown) {
      $("scene-table").textContent = "The run is being computed.";
      return;
    }
    const end = lengthOf(this.#changes);
    const sum = bins => bins.reduce((total, bin) => total + bin, 0);
    const row = (name, record) => element("tr", {}, ...[name, sum(record.begun), sum(record.requests), percent(share(record, 0, end)),
      percent(share(record, end - 10_000, end))].map(cell => element("td", {}, String(cell))));
    const head = ["", "calls", "requests", "calls that succeed", "of those in the last 10 s"].map(name => element("th", {scope: "col"}, name));
    $("scene-table").replaceChildren(element("table", {}, element("caption", {}, "The whole run"), element("thead", {}, element("tr", {}, ...head)),
      element("tbody", {}, row("This story", this.#run), row("Without retries", this.#none))));
  }

  /** The picture as a file, in the light colours. */
  svg() {
    const pen = new SvgPen();
    const height = heightOf(SHARED_WIDTH);
    pen.begin(SHARED_WIDTH, height + KEY_HEIGHT, coloursOf($("scene-light")));
    drawStage(pen, SHARED_WIDTH, this.#frame());
    drawKey(pen, height);
    return pen.end(sentence(this.#values, this.#changes, this.#run, this.#none), this.#words());
  }

  #save() {
    const url = URL.createObjectURL(new Blob([this.svg()], {type: "image/svg+xml"}));
    const link = element("a", {href: url, download: "respite-outage.svg"});
    link.click();
    setTimeout(() => URL.revokeObjectURL(url), 1000);
  }

  async #copy() {
    try {
      await navigator.clipboard.writeText(location.href);
      $("scene-copied").textContent = "Copied.";
    } catch {
      $("scene-copied").textContent = "Copy the address from the browser's address bar.";
    }
  }
}
