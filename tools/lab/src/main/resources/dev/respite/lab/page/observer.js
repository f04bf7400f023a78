// What happened in runs. Each policy is observed by itself: several at the same time, and none again that has not changed.

import {EngineClient, Replaced} from "./engine-client.js";

/** So many observations are kept, of the newest questions. */
const KEPT = 24;
/** More workers would each load the engine, for a few policies. */
const MAX_WORKERS = 3;

export class Observer {
  #clients;
  #kept = new Map();
  #turn = 0;

  constructor(status) {
    const workers = Math.min(MAX_WORKERS, Math.max(1, navigator.hardwareConcurrency ?? 2));
    this.#clients = Array.from({length: workers}, () => new EngineClient(status));
  }

  /** Ends the request that has no response yet. Policies that have been observed are kept. */
  end() {
    this.#turn++;
    this.#clients.forEach(client => client.cancel());
  }

  /** Returns the response to a request to observe policies; early(response) is called with those that are there. A newer request ends this one. */
  async ask({policies, ...request}, early = () => {}) {
    this.end();
    const turn = this.#turn;
    const names = Object.keys(policies);
    const keys = new Map(names.map(name => [name, JSON.stringify([request, policies[name]])]));
    const waiting = names.filter(name => !this.#kept.has(keys.get(name)));
    const observed = () => {
      const there = names.filter(name => this.#kept.has(keys.get(name)));
      there.forEach(name => this.#keep(keys.get(name), this.#kept.get(keys.get(name))));
      return {
        ...this.#kept.get(keys.get(there[0])),
        observations: there.map(name => ({...this.#kept.get(keys.get(name)).observations[0], policy: name, index: names.indexOf(name)})),
      };
    };
    // The first run of a page has few processors to itself: loading the engine twice would delay it.
    let begin;
    const begun = this.#kept.size > 0 || navigator.hardwareConcurrency > 3 ? undefined : new Promise(resolve => {
      begin = resolve;
    });
    const work = async (client, index) => {
      await (index > 0 ? begun : undefined);
      while (turn === this.#turn && waiting.length > 0) {
        const name = waiting.shift();
        this.#keep(keys.get(name), await client.ask({...request, policies: {[name]: policies[name]}}));
        begin?.();
        if (turn === this.#turn && names.some(each => !this.#kept.has(keys.get(each)))) {
          early(observed());
        }
      }
    };
    await Promise.all(this.#clients.map(work));
    if (turn !== this.#turn) {
      throw new Replaced();
    }
    return observed();
  }

  /** Keeps a response as the newest. */
  #keep(key, response) {
    this.#kept.delete(key);
    this.#kept.set(key, response);
    if (this.#kept.size > KEPT) {
      this.#kept.delete(this.#kept.keys().next().value);
    }
  }
}
