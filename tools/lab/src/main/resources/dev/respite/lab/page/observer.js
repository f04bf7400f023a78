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

  /** Returns the response to a request to observe policies; part(response) is called with those that are there. A newer question ends this one. */
  async ask({policies, ...request}, part = () => {}) {
    const turn = ++this.#turn;
    this.#clients.forEach(client => client.cancel());
    const keys = new Map(Object.entries(policies).map(([name, text]) => [name, JSON.stringify([request, text])]));
    const waiting = Object.keys(policies).filter(name => !this.#kept.has(keys.get(name)));
    const fresh = new Map();
    const of = responses => ({
      ...responses[0][1],
      observations: responses.map(([name, {observations: [observation]}]) =>
        ({...observation, policy: name, index: Object.keys(policies).indexOf(name)})),
    });
    const there = () => [...keys].map(([name, key]) => [name, fresh.get(key) ?? this.#kept.get(key)]).filter(([, response]) => response);
    const work = async client => {
      while (turn === this.#turn && waiting.length > 0) {
        const name = waiting.shift();
        fresh.set(keys.get(name), await client.ask({...request, policies: {[name]: policies[name]}}));
        if (turn === this.#turn && there().length < keys.size) {
          part(of(there()));
        }
      }
    };
    await Promise.all(this.#clients.map(work));
    if (turn !== this.#turn) {
      throw new Replaced();
    }
    const responses = there();
    responses.forEach(([name, response]) => this.#keep(keys.get(name), response));
    return of(responses);
  }

  #keep(key, response) {
    this.#kept.delete(key);
    this.#kept.set(key, response);
    if (this.#kept.size > KEPT) {
      this.#kept.delete(this.#kept.keys().next().value);
    }
  }
}
