// Asks the engine. Two kinds of questions go to workers of their own, so that the figures of a run and what happened in it are
// computed at the same time. A newer question of a kind ends the older one: its worker is terminated, and a new one is loaded.

/** The question was replaced by a newer one. */
export class Replaced extends Error {}

/** The engine has refused the question: its message says what is wrong and what to do. */
export class Refused extends Error {
  constructor({kind, message, policy}) {
    super(policy ? `policy ${policy}: ${message}` : message);
    this.kind = kind;
    this.policy = policy;
  }
}

export class EngineClient {
  #worker;
  #pending;
  #id = 0;
  #form;
  #onForm;
  #onFailure;

  constructor({form = "", onForm = () => {}, onFailure = () => {}} = {}) {
    this.#form = form;
    this.#onForm = onForm;
    this.#onFailure = onFailure;
  }

  /** Returns the response to a request; progress(done, total) is called while a run goes on. */
  ask(request, progress = () => {}) {
    if (this.#pending) {
      this.#worker.terminate();
      this.#worker = undefined;
      this.#pending.reject(new Replaced());
    }
    this.#worker ??= this.#start();
    const id = ++this.#id;
    return new Promise((resolve, reject) => {
      this.#pending = {id, resolve, reject, progress};
      this.#worker.postMessage({id, request: JSON.stringify(request)});
    });
  }

  #start() {
    const query = this.#form ? `?form=${this.#form}` : "";
    const worker = new Worker(new URL(`worker.js${query}`, import.meta.url), {type: "module"});
    worker.onmessage = ({data}) => this.#receive(data);
    worker.onerror = event => this.#fail(event.message || "the worker cannot be started");
    return worker;
  }

  #receive({id, form, failure, done, total, response}) {
    if (form) {
      this.#onForm(form);
    } else if (failure) {
      this.#fail(failure);
    } else if (this.#pending?.id !== id) {
      return;
    } else if (response === undefined) {
      this.#pending.progress(done, total);
    } else {
      const {resolve, reject} = this.#pending;
      this.#pending = undefined;
      const value = JSON.parse(response);
      if (value.error) {
        reject(new Refused(value.error));
      } else {
        resolve(value);
      }
    }
  }

  #fail(message) {
    this.#onFailure(message);
    this.#pending?.reject(new Error(message));
    this.#pending = undefined;
    this.#worker?.terminate();
    this.#worker = undefined;
  }
}
