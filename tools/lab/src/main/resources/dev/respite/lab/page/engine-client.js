// Asks the engine, in a worker of its own. A newer question ends the older one: the worker is terminated, and a new one is loaded.

async function compile() {
  try {
    return await WebAssembly.compileStreaming(fetch(new URL("engine.wasm", import.meta.url)));
  } catch {
    return undefined;
  }
}

/** The engine, compiled once for all workers, as soon as the page loads. Undefined if it cannot be: then each worker tries by itself, and takes JavaScript. */
const compiled = new URLSearchParams(location.search).has("form") ? undefined : compile();

/** The question was replaced by a newer one. */
export class Replaced extends Error {}

/** The engine has refused the question: its message says what is wrong and what to do. */
export class Refused extends Error {}

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
    this.cancel();
    this.#worker ??= this.#start();
    const id = ++this.#id;
    return new Promise((resolve, reject) => {
      this.#pending = {id, resolve, reject, progress};
      this.#worker.postMessage({id, request: JSON.stringify(request)});
    });
  }

  /** Ends the question that has no response yet, if there is one. */
  cancel() {
    if (this.#pending) {
      this.#worker.terminate();
      this.#worker = undefined;
      this.#pending.reject(new Replaced());
      this.#pending = undefined;
    }
  }

  #start() {
    const query = this.#form ? `?form=${this.#form}` : "?given";
    const worker = new Worker(new URL(`worker.js${query}`, import.meta.url), {type: "module"});
    worker.onmessage = ({data}) => this.#receive(data);
    if (!this.#form) {
      compiled.then(module => worker.postMessage({module}));
    }
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
