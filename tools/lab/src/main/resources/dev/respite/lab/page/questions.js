// The requests of a step to the engine: first the runs of its picture, then those of its conclusion. A newer request ends an older one.

import {EngineClient, Refused, Replaced} from "./engine-client.js";
import {Observer} from "./observer.js";

export class Questions {
  #run;
  #side;
  #observer;
  #second;
  #timer;
  #number = 0;

  constructor(status) {
    const {form} = status;
    this.#run = new EngineClient(status);
    this.#side = new EngineClient({form});
    this.#observer = new Observer(status);
    this.#second = new Observer({form});
  }

  /** Ends all requests: their runs would take the processors from a new picture. */
  end() {
    clearTimeout(this.#timer);
    this.#number++;
    [this.#run, this.#side].forEach(engine => engine.cancel());
    [this.#observer, this.#second].forEach(observer => observer.end());
  }

  /**
   * Requests all of a step after a delay, and calls the listener as results come: picture(results, isWhole), words(results), progress(done, total),
   * exported(results), refused(message).
   */
  ask(now, values, listener, delay) {
    this.end();
    const number = this.#number;
    const call = (name, ...given) => number === this.#number && listener[name](...given);
    this.#timer = setTimeout(() => this.#respond(now, values, number, call).catch(failure => {
      if (!(failure instanceof Replaced)) {
        call("refused", failure instanceof Refused ? failure.message : `This should not happen: ${failure.message}`);
      }
    }), delay);
  }

  async #respond(now, values, number, call) {
    const one = engine => (...request) => (number === this.#number ? engine.ask(...request) : Promise.reject(new Replaced()));
    const source = now.scenario?.(values);
    const policies = now.policies(values);
    if (now.transfer) {
      const {transfer} = await this.#run.ask({op: "transfer", ...now.transfer(values)});
      call("picture", {transfer}, true);
      call("words", {transfer, side: await beside(one(this.#side), policies, now.taken?.(values))});
      return;
    }
    const firstSeed = now.firstSeed?.(values) ?? 1;
    const contextOf = observed => ({
      observations: observed.observations,
      faults: observed.faults,
      durationMs: Math.max(observed.durationMs, ...observed.observations.flatMap(each => each.calls.map(call => call.endMs ?? 0))),
      capacity: now.capacity?.(values),
      taken: now.taken?.(values)[0],
    });
    const observed = await this.#observer.ask({op: "observe", ...source, policies, firstSeed, ...now.observe},
      early => call("picture", {context: contextOf(early)}, false));
    const results = {context: contextOf(observed)};
    call("picture", results, !now.second);
    if (now.second) {
      results.second = await second(one(this.#second), now.second(values));
      call("picture", results, true);
    }
    const run = (...progress) => one(this.#run)({op: "run", ...source, policies, firstSeed, seeds: now.seeds?.(values) ?? 1}, ...progress);
    // Only now: the picture has the processors to itself.
    const [compared, side] = await Promise.all([now.isObserved ? undefined : run((done, total) => call("progress", done, total)),
      beside(one(this.#side), policies, now.taken?.(values), source)]);
    Object.assign(results, {run: compared, side});
    call("words", results);
    if (now.isObserved && source.builtIn) {
      results.run = await run();
      call("exported", results);
    }
  }
}

/** A scenario beside the step's own, for a chart of its own. */
async function second(asks, {scenario, policies, without}) {
  const ask = side => asks({op: "observe", ...side.scenario, policies: side.policies, binMs: 1000, lanes: 0});
  const other = await ask(without);
  const own = await ask({scenario, policies});
  return {...own, observations: [...other.observations, ...own.observations].map((each, index) => ({...each, index}))};
}

/** Returns the warnings of the reader's policies, and the scenario as a file. */
async function beside(asks, policies, taken, source) {
  const warnings = [];
  for (const [name, text] of Object.entries(policies)) {
    if (taken ? taken.includes(name) : name !== "naive" && name !== "none") {
      const explanation = await asks({op: "explain", policy: text});
      warnings.push(...explanation.warnings.map(message => `${name}: ${message}`));
    }
  }
  const yaml = source ? (await asks({op: "print", ...source})).yaml : undefined;
  return {warnings, yaml};
}
